"""The ways in which a change of schedule may go: both sides expanded, for each habit that schedulers have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from server.conflicts.schedules.ages import Fixed, Floating, Window, Writer
from server.conflicts.schedules.expansion import Habit, expand
from server.conflicts.schedules.moments import DAY, Moments
from server.registry.rhythm import Rhythm, Unreadable, first_start

DAYS = 400
"""How far schedules are looked at: more than a year, so that every date and both changes of the clocks come up."""
_LONGEST_WAIT = 1_500
"""Days until the first run, beyond which a schedule is not looked at."""
_BACK = 8
"""Days before the present from which on runs are expanded, so that the first of a window have some before them."""


@dataclass(frozen=True)
class Course:
    """One way in which it may go. The window begins when each side has written once."""

    before: Writer | None
    """None where nobody knows when it is written today."""
    after: Writer
    readings: Moments | None
    """When the consumer's runs start; None where it may read at any moment."""
    starts_before: Moments | None
    starts_after: Moments | None
    """When the writer's runs start; None where that is not known."""
    window: Window
    habits: tuple[Habit, Habit]
    """The writer's scheduler's, and the reader's."""


@lru_cache(maxsize=32)
def courses(before: Rhythm | None, after: Rhythm, reader: Rhythm | None, now: datetime) -> tuple[Course, ...]:
    """Every way that differs from the others. Raises Unreadable where a schedule can't be expanded."""
    window = _window((before, after), now)
    days = (int(now.timestamp()) // DAY - _BACK, window.end_day + 2)
    found: list[Course] = []
    for writes_by, starts_before, starts_after in _distinct(before, after, days):
        for reads_by, readings, _ in _distinct(reader, None, days):
            found.append(
                Course(
                    before=None if before is None else _writer(before, starts_before),
                    after=_writer(after, starts_after),
                    readings=readings,
                    starts_before=starts_before,
                    starts_after=starts_after,
                    window=window,
                    habits=(writes_by, reads_by),
                )
            )
    return tuple(found)


def _window(writers: tuple[Rhythm | None, ...], now: datetime) -> Window:
    begin = present = int(now.timestamp())
    for rhythm in writers:
        if rhythm is not None and rhythm.schedule:
            begin = max(begin, first_start(rhythm, now) + rhythm.delay)
    if begin - present > _LONGEST_WAIT * DAY:
        raise Unreadable("schedule", "It runs so rarely that its first run is years away.")
    first_day = begin // DAY + 1
    return Window(first_day, first_day + DAYS)


def _distinct(
    one: Rhythm | None, other: Rhythm | None, days: tuple[int, int]
) -> Iterator[tuple[Habit, Moments | None, Moments | None]]:
    first: tuple[Moments | None, Moments | None] | None = None
    for habit in Habit:
        expanded = (_starts(one, habit, days), _starts(other, habit, days))
        if first is not None and all(_alike(*pair) for pair in zip(first, expanded, strict=True)):
            continue
        first = expanded
        yield habit, *expanded


def _starts(rhythm: Rhythm | None, habit: Habit, days: tuple[int, int]) -> Moments | None:
    if rhythm is None or not rhythm.schedule:
        return None
    return expand(rhythm.schedule, rhythm.timezone, habit, *days)


def _alike(one: Moments | None, other: Moments | None) -> bool:
    return one is other or (one is not None and other is not None and one.patterns == other.patterns)


def _writer(rhythm: Rhythm, starts: Moments | None) -> Writer:
    if starts is None:
        return Floating(rhythm.interval, rhythm.jitter)
    return Fixed(starts.later_by(rhythm.delay), rhythm.jitter)
