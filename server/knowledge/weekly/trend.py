"""Where a weekly figure is heading: an exact test of eight weeks (learning rule 7). Values in, values out."""

from collections.abc import Sequence
from itertools import combinations

from server.model.base import WireEnum

WEEKS = 4
"""So many weeks are held against so many before them."""
SIGNIFICANT = 0.05


class Trend(WireEnum):
    """The source's three words for it."""

    IMPROVING = "IMPROVING"
    STABLE = "STABLE"
    DEGRADING = "DEGRADING"


def trend(weeks: Sequence[float], *, less_is_better: bool) -> Trend:
    """Which way the last four weeks differ from the four before, the oldest first; STABLE where chance may explain it.

    STABLE also where there are fewer than eight weeks.
    """
    told = weeks[-2 * WEEKS :]
    if len(told) < 2 * WEEKS or p_value(told[:WEEKS], told[WEEKS:]) >= SIGNIFICANT:
        return Trend.STABLE
    fell = sum(told[WEEKS:]) < sum(told[:WEEKS])
    return Trend.IMPROVING if fell == less_is_better else Trend.DEGRADING


def p_value(before: Sequence[float], after: Sequence[float]) -> float:
    """How often chance alone parts these weeks into two groups whose sums differ as much, of all ways to part them.

    It presumes nothing of how the figures scatter, only that without a change any order of them is as likely. Of four weeks
    and four it is below .05 just where every week of the one group lies above every one of the other (2 of 70 ways).
    """
    weeks = (*before, *after)
    whole = sum(weeks)
    share = whole * len(after) / len(weeks)
    seen = abs(sum(after) - share)
    slack = 1e-9 * max(1.0, abs(whole))  # sums in another order differ in their last digits
    ways = [abs(sum(some) - share) >= seen - slack for some in combinations(weeks, len(after))]
    return sum(ways) / len(ways)
