"""Moments over many days, day by day: days that look alike share one tuple, so that work on them is done once."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

DAY = 86_400
Pattern = tuple[int, ...]
"""Moments of one UTC day, as seconds from its beginning; ascending."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Ascending moments, in seconds since 1970. Equal days are the same object."""

    first_day: int
    """UTC day of the first pattern, counted from 1970-01-01."""
    patterns: tuple[Pattern, ...]
    earlier: tuple[int, ...]
    """For each pattern the position of the last one before it that is not empty; -1 for none."""

    @classmethod
    def of(cls, first_day: int, patterns: tuple[Pattern, ...]) -> "Moments":
        """Those of these days."""
        earlier, last = [], -1
        for position, pattern in enumerate(patterns):
            earlier.append(last)
            if pattern:
                last = position
        return cls(first_day, patterns, tuple(earlier))

    def on(self, day: int) -> Pattern:
        """The moments of a UTC day; none outside what was expanded."""
        position = day - self.first_day
        return self.patterns[position] if 0 <= position < len(self.patterns) else ()

    def last_before(self, moment: int) -> int | None:
        """The last moment before this one."""
        day, second = divmod(moment, DAY)
        position = day - self.first_day
        if position < 0:
            return None
        if position >= len(self.patterns):
            position, second = len(self.patterns) - 1, DAY
        pattern = self.patterns[position]
        found = bisect_left(pattern, second)
        if not found:
            position = self.earlier[position]
            if position < 0:
                return None
            pattern = self.patterns[position]
            found = len(pattern)
        return (self.first_day + position) * DAY + pattern[found - 1]

    def first_from(self, moment: int) -> int | None:
        """The first moment that is not before this one."""
        day, second = divmod(moment, DAY)
        for position in range(max(0, day - self.first_day), len(self.patterns)):
            pattern = self.patterns[position]
            found = bisect_left(pattern, second) if self.first_day + position == day else 0
            if found < len(pattern):
                return (self.first_day + position) * DAY + pattern[found]
        return None

    def between(self, first_day: int, end_day: int) -> Iterator[int]:
        """Every moment from one UTC day on and before another."""
        for day in range(first_day, end_day):
            for second in self.on(day):
                yield day * DAY + second

    def count(self, first_day: int, end_day: int) -> int:
        """How many `between` would give."""
        return sum(len(self.on(day)) for day in range(first_day, end_day))

    def later_by(self, seconds: int) -> "Moments":
        """Every moment so many seconds later; days at the edge of what was expanded lose what came from beyond."""
        return _later(self, seconds) if seconds else self

    def covers(self, other: "Moments", first_day: int, end_day: int) -> bool:
        """Whether every moment of the other is one of these."""
        pairs = {(id(self.on(day)), id(other.on(day))): day for day in range(first_day, end_day)}
        return all(set(other.on(day)) <= set(self.on(day)) for day in pairs.values())


@lru_cache(maxsize=64)
def _later(moments: Moments, seconds: int) -> Moments:
    whole, rest = divmod(seconds, DAY)
    known: dict[tuple[int, int], Pattern] = {}
    shifted = []
    for before, pattern in pairwise(((), *moments.patterns, ())):
        key = (id(before), id(pattern))
        if key not in known:
            carried = tuple(second + rest - DAY for second in before if second + rest >= DAY)
            known[key] = carried + tuple(second + rest for second in pattern if second + rest < DAY)
        shifted.append(known[key])
    return Moments.of(moments.first_day + whole, tuple(shifted))
