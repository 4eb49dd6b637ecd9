"""Failures that follow another system's runs or failures: `cascade_failure` (PAT-1, and PAT-11 for chance).

Detection rule 1 of the scaling-layer document is the floor: three co-occurrences within 30 minutes.
"""


from server.patterns.fleet import Fleet
from server.patterns.found import Found, Identity
from server.patterns.history import History


def detect(history: History, fleet: Fleet, known: frozenset[Identity] = frozenset()) -> list[Found]:
    """The cascades in a history."""
    return []
