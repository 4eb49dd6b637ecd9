"""How grave a pattern is: who suffers, how badly, and how often. The source knows HIGH, MEDIUM and LOW."""

from collections.abc import Iterable

from server.model.tier import Severity, Tier, strictest

OFTEN = 6
"""Occurrences from which a pattern counts as frequent: the second band of PAT-9."""
_OF_TIER = {Tier.MISSION_CRITICAL: 2, Tier.PRODUCTION: 1, Tier.EXPERIMENTAL: 0}
_OF_TROUBLE = (-1, 0, 1, 2)
"""Points for the gravest trouble: LOW, MEDIUM, HIGH, CRITICAL."""
_HIGH, _MEDIUM = 3, 1


def severity_of(tiers: Iterable[Tier], worst: int, occurrences: int) -> Severity:
    """Of the strictest tier of those who suffer, the gravest of the troubles (0 LOW … 3 CRITICAL), and how often it showed.

    Points: MISSION_CRITICAL 2, PRODUCTION 1; a CRITICAL trouble 2, HIGH 1, LOW -1; six occurrences or more 1. From 3 points
    on it is HIGH, from 1 on MEDIUM, else LOW.
    """
    points = _OF_TIER[strictest(tiers)] + _OF_TROUBLE[min(max(worst, 0), 3)] + (occurrences >= OFTEN)
    return Severity.HIGH if points >= _HIGH else Severity.MEDIUM if points >= _MEDIUM else Severity.LOW
