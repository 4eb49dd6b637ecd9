"""Which active patterns somebody should know of before work on a system or a resource."""

from collections.abc import Iterable

from server.model.base import JsonObject
from server.model.pattern import Pattern
from server.model.withholding import name_crossing
from server.registry.resources import overlaps


def about_resource(
    patterns: Iterable[Pattern], name: str, *, writers: Iterable[str], concerned: Iterable[str]
) -> list[Pattern]:
    """Those on this resource (a canonical name); of those on none, what a writer of it is part of, or two of those concerned."""
    writing, near = set(writers), set(concerned)
    return [
        one
        for one in patterns
        if any(overlaps(resource, name) for resource in one.resources)
        or (
            not one.resources
            and (writing.intersection(one.systems_involved) or len(near.intersection(one.systems_involved)) > 1)
        )
    ]


def gravest_first(patterns: Iterable[Pattern]) -> list[Pattern]:
    """By severity, then confidence, then id."""
    return sorted(patterns, key=lambda one: (-one.severity.rank, -one.confidence, len(one.id), one.id))


def in_brief(pattern: Pattern) -> JsonObject:
    """What a briefing tells of it, its names as they may be seen (LRN-10)."""
    names = {one: name_crossing(one) for one in (pattern.subject, *pattern.resources)}

    def told(sentence: str) -> str:
        for name, shown in names.items():
            sentence = sentence if name == shown else sentence.replace(name, shown)
        return sentence

    return {
        "id": pattern.id,
        "type": pattern.type.value,
        "severity": pattern.severity.value,
        "confidence": pattern.confidence,
        "systems_involved": list(pattern.systems_involved),
        "description": told(pattern.description),
        "recommendation": told(pattern.recommendation),
    }
