"""How sure a pattern is, of how often it was seen (detection rule 9 of the source, PAT-9)."""

import math

WIDE_SECONDS = 7_200.0
"""A window beyond two hours makes it less sure."""


def confidence_of(occurrences: int, window_seconds: float | None = None) -> float:
    """0.6 to 0.8 for 3 to 5 distinct occurrences, to 0.9 for 6 to 10, above 0.9 and below 1 beyond; 0 for fewer than 3.

    It grows with every occurrence, and shrinks with the root of a window that is wider than two hours.
    """
    if occurrences < 3:
        return 0.0
    if occurrences <= 5:
        sure = 0.6 + 0.1 * (occurrences - 3)
    elif occurrences <= 10:
        sure = 0.82 + 0.02 * (occurrences - 6)
    else:
        sure = 0.9 + 0.09 * (1 - math.exp(-(occurrences - 10) / 10))
    if window_seconds is not None and window_seconds > WIDE_SECONDS:
        sure *= math.sqrt(WIDE_SECONDS / window_seconds)
    return round(sure, 3)
