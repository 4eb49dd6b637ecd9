"""By what the same pattern is known again, from one detection to the next and from one file to another."""

import hashlib
import json

from server.model.pattern import Pattern, PatternType
from server.patterns.found import Identity

DIRECTED = frozenset({PatternType.CASCADE_FAILURE, PatternType.TIMING_DEPENDENCY, PatternType.TRANSFERABLE_SOLUTION})
"""Types in which the first system does something to the second."""


def fingerprint_of(identity: Identity) -> str:
    """32 hex digits, the same for the same identity for ever."""
    words = [identity.type.value, list(identity.systems), identity.subject]
    text = json.dumps(words, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def identity_of(pattern: Pattern, subject: str = "") -> Identity:
    """What a detector would call it; `subject` is its own word for it where the pattern shows a shortened one.

    Systems stand as they are where the type has a direction, else sorted.
    """
    systems = pattern.systems_involved
    if pattern.type in DIRECTED:
        systems = (pattern.cause, pattern.effect) if pattern.cause and pattern.effect else systems
    else:
        systems = tuple(sorted(systems))
    return Identity(pattern.type, systems, subject or pattern.subject)
