"""Counts over weeks as a line of blocks for the terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

BLOCKS = "▁▂▃▄▅▆▇█"
WEEKS = 12
_WEEK = timedelta(days=7)


def sparkline(counts: Sequence[int]) -> str:
    """One block for each count, as high as its share of the largest; a dot where there is none."""
    most = max(counts, default=0)
    return "".join(BLOCKS[-(-count * len(BLOCKS) // most) - 1] if count else "·" for count in counts)


def weekly(moments: Iterable[datetime], until: datetime, weeks: int = WEEKS) -> list[int]:
    """How many moments lie in each of the weeks up to `until`, the oldest week first."""
    counts = [0] * weeks
    for moment in moments:
        ago = (until - moment) // _WEEK
        if 0 <= ago < weeks:
            counts[weeks - 1 - ago] += 1
    return counts
