"""Contention where nobody tells accesses."""

from server.patterns.fleet import Fleet
from server.patterns.found import Found, Identity
from server.patterns.history import History


def overlapping_runs(history: History, fleet: Fleet, known: frozenset[Identity]) -> list[Found]:
    """Nothing yet."""
    return []
