"""How old the newest finished write may be when it is found: at given moments, or at any moment."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from server.conflicts.schedules.moments import DAY, Moments, Pattern


@dataclass(frozen=True)
class Found:
    """What is found at a moment, in seconds since 1970."""

    at: int
    written_at: int
    """When the newest write that is surely finished may have been finished, at the earliest."""

    @property
    def age(self) -> int:
        """In seconds."""
        return self.at - self.written_at


@dataclass(frozen=True)
class Ages:
    """What is found over a window."""

    worst: Found | None
    """The oldest, at its first moment; None where nothing is read."""
    beyond: int
    """At how many moments it is older than was asked about; in seconds, where it is read at any moment."""


@dataclass(frozen=True)
class Window:
    """Whole UTC days, counted from 1970-01-01."""

    first_day: int
    end_day: int

    @property
    def start(self) -> int:
        """Its first second since 1970."""
        return self.first_day * DAY

    @property
    def end(self) -> int:
        """The first second after it."""
        return self.end_day * DAY


@dataclass(frozen=True)
class Fixed:
    """A writer that writes at known moments."""

    finished: Moments
    """By when each write is finished at the latest."""
    jitter: int
    """By how many seconds it may be finished earlier."""

    def found_at(self, moment: int) -> Found | None:
        """What is found at the moment at worst: what finishes in that very second is not there yet."""
        finished = self.finished.last_before(moment)
        return None if finished is None else Found(moment, finished - self.jitter)

    def over(self, readings: Moments | None, window: Window, most: int | None) -> Ages:
        """What is found at these moments, or at any moment where they are None; `most` = the age that is asked about."""
        ages = _ages(self.finished, readings, window, None if most is None else most - self.jitter)
        worst = None if ages.worst is None else Found(ages.worst.at, ages.worst.written_at - self.jitter)
        return Ages(worst, ages.beyond)

    def first_beyond(self, readings: Moments | None, window: Window, most: int) -> Found | None:
        """What is found at the first of these moments at which it is older than `most`; None where it never is."""
        of_run = most - self.jitter
        if readings is None:
            found = _first_at_any_moment(self.finished, window, of_run)
        else:
            found = _first_at_readings(self.finished, readings, window, of_run)
        return None if found is None else Found(found.at, found.written_at - self.jitter)


@dataclass(frozen=True)
class Floating:
    """A writer that writes every so often, nobody knows from when on: any beginning is possible."""

    interval: int
    jitter: int

    def found_at(self, moment: int) -> Found | None:
        """What is found at the moment with the worst beginning."""
        return Found(moment, moment - self.interval - self.jitter)

    def over(self, readings: Moments | None, window: Window, most: int | None) -> Ages:
        """What is found with the worst beginning, at the first moment that leaves room for it."""
        oldest = self.interval + self.jitter
        earliest = window.start + oldest
        at = earliest if readings is None else (readings.first_from(earliest) or readings.first_from(window.start))
        if at is None:
            return Ages(None, 0)
        beyond = 0 if most is None or oldest <= most else oldest - most
        return Ages(Found(at, at - oldest), beyond)

    def first_beyond(self, readings: Moments | None, window: Window, most: int) -> Found | None:
        """As `over` says it: where any beginning is possible, no moment comes before another."""
        worst = self.over(readings, window, most).worst
        return worst if worst is not None and worst.age > most else None


Writer = Fixed | Floating


@lru_cache(maxsize=128)
def _ages(written: Moments, readings: Moments | None, window: Window, most: int | None) -> Ages:
    if readings is None:
        return _at_any_moment(written, window, most)
    return _at_readings(written, readings, window, most)


@dataclass(frozen=True)
class _Pairing:
    """One day's readings against one day's writes."""

    on_carried: int
    """How many readings find only what was written on an earlier day."""
    ages: Sequence[int]
    """Of the others, ascending."""
    oldest: tuple[int, int]
    """Age and second of the oldest of these, at its first reading; (-1, 0) for none."""


def _at_readings(written: Moments, readings: Moments, window: Window, most: int | None) -> Ages:
    pairings: dict[tuple[int, int], _Pairing] = {}
    worst, beyond = None, 0
    carried = written.last_before(window.start)
    for day in range(window.first_day, window.end_day):
        writes, reads = written.on(day), readings.on(day)
        if reads:
            key = (id(writes), id(reads))
            if key not in pairings:
                pairings[key] = _pairing(writes, reads)
            pairing, begin = pairings[key], day * DAY
            if carried is not None and pairing.on_carried:
                at = begin + reads[pairing.on_carried - 1]
                if worst is None or at - carried > worst.age:
                    worst = Found(at, carried)
                if most is not None:
                    beyond += pairing.on_carried - bisect_right(reads, carried + most - begin, 0, pairing.on_carried)
            age, second = pairing.oldest
            if age >= 0 and (worst is None or age > worst.age):
                worst = Found(begin + second, begin + second - age)
            if most is not None:
                beyond += len(pairing.ages) - bisect_right(pairing.ages, most)
        if writes:
            carried = day * DAY + writes[-1]
    return Ages(worst, beyond)


def _pairing(writes: Pattern, reads: Pattern) -> _Pairing:
    on_carried = len(reads) if not writes else bisect_right(reads, writes[0])
    ages: list[int] = []
    oldest, position = (-1, 0), 0
    for second in reads[on_carried:]:
        while position + 1 < len(writes) and writes[position + 1] < second:
            position += 1
        age = second - writes[position]
        ages.append(age)
        if age > oldest[0]:
            oldest = (age, second)
    return _Pairing(on_carried, sorted(ages), oldest)


def _at_any_moment(written: Moments, window: Window, most: int | None) -> Ages:
    """Oldest just as the next one is finished; after the last write, at the end of the window."""
    worst, beyond = None, 0
    inner: dict[int, tuple[Found | None, int]] = {}
    carried = written.last_before(window.start)
    for day in range(window.first_day, window.end_day):
        writes, begin = written.on(day), day * DAY
        if not writes:
            continue
        if carried is not None:
            worst, beyond = _longer(worst, beyond, Found(begin + writes[0], carried), most)
        if id(writes) not in inner:
            inner[id(writes)] = _within(writes, most)
        gap, more = inner[id(writes)]
        beyond += more
        if gap is not None and (worst is None or gap.age > worst.age):
            worst = Found(begin + gap.at, begin + gap.written_at)
        carried = begin + writes[-1]
    if carried is not None:
        worst, beyond = _longer(worst, beyond, Found(window.end, carried), most)
    return Ages(worst, beyond)


def _within(writes: Pattern, most: int | None) -> tuple[Found | None, int]:
    worst: Found | None = None
    beyond = 0
    for earlier, later in pairwise(writes):
        worst, beyond = _longer(worst, beyond, Found(later, earlier), most)
    return worst, beyond


def _longer(worst: Found | None, beyond: int, found: Found, most: int | None) -> tuple[Found | None, int]:
    if most is not None:
        beyond += max(0, found.age - most)
    return (found if worst is None or found.age > worst.age else worst), beyond


def _first_at_readings(written: Moments, readings: Moments, window: Window, most: int) -> Found | None:
    pairings: dict[tuple[int, int], _Pairing] = {}
    carried = written.last_before(window.start)
    for day in range(window.first_day, window.end_day):
        writes, reads, begin = written.on(day), readings.on(day), day * DAY
        if reads:
            key = (id(writes), id(reads))
            if key not in pairings:
                pairings[key] = _pairing(writes, reads)
            pairing = pairings[key]
            if carried is not None:
                late = bisect_right(reads, carried + most - begin, 0, pairing.on_carried)
                if late < pairing.on_carried:
                    return Found(begin + reads[late], carried)
            if pairing.oldest[0] > max(most, -1):
                found = (
                    Found(second, writes[bisect_left(writes, second) - 1]) for second in reads[pairing.on_carried :]
                )
                first = next(one for one in found if one.age > most)
                return Found(begin + first.at, begin + first.written_at)
        if writes:
            carried = begin + writes[-1]
    return None


def _first_at_any_moment(written: Moments, window: Window, most: int) -> Found | None:
    """A write is there from the second after it on, and until the second of the next one."""
    wait = max(most, 0) + 1
    longest: dict[int, int] = {}
    carried = written.last_before(window.start)
    for day in range(window.first_day, window.end_day):
        writes, begin = written.on(day), day * DAY
        if not writes:
            continue
        if carried is not None and (at := max(window.start, carried + wait)) <= begin + writes[0]:
            return Found(at, carried)
        if id(writes) not in longest:
            longest[id(writes)] = max((later - earlier for earlier, later in pairwise(writes)), default=0)
        if longest[id(writes)] >= wait:
            earlier = next(earlier for earlier, later in pairwise(writes) if later - earlier >= wait)
            return Found(begin + earlier + wait, begin + earlier)
        carried = begin + writes[-1]
    if carried is not None and (at := max(window.start, carried + wait)) <= window.end:
        return Found(at, carried)
    return None
