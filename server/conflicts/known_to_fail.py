"""What others rejected before and a change is like: told beside the verdict, which it never decides (LRN-3)."""

from collections.abc import Iterable, Mapping
from typing import Any

from server.conflicts.effects import Changes
from server.conflicts.question import Circumstances
from server.knowledge.warnings.rejected_before import AntiPattern, rejected_before
from server.model.check import RejectedBefore
from server.model.moments import microseconds, to_wire

_WHY = 300
"""Characters; the whole stands in the entry's record."""
_NAMED = 3


def known_to_fail(changes: Changes, circumstances: Circumstances) -> tuple[AntiPattern, ...]:
    """The anti-patterns that these changes are like, by what the proposer and each change say in words."""
    if not circumstances.anti_patterns:
        return ()
    words = circumstances.words.with_more(change.description for change, _ in changes)
    return rejected_before(words, circumstances.anti_patterns, microseconds(to_wire(circumstances.now)))


def as_told(one: AntiPattern) -> RejectedBefore:
    """An anti-pattern as a check tells it."""
    why = one.why if len(one.why) <= _WHY else f"{one.why[: _WHY - 1].rstrip()}…"
    return RejectedBefore(
        id=one.id, title=one.title, why=why, rejected_by=one.systems, error_category=one.error_category
    )


def said_of_rejections(told: Iterable[Mapping[str, Any]]) -> str:
    """The clause of a summary: `` 2 systems rejected this before: SK-004.``; empty for none."""
    known = list(told)
    if not known:
        return ""
    systems = {system for one in known for system in one["rejected_by"]}
    who = f"{len(systems)} systems" if len(systems) > 1 else "Others"
    named = ", ".join(one["id"] for one in known[:_NAMED])
    return f" {who} rejected this before: {named}."
