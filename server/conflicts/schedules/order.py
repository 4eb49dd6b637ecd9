"""Which of two runs comes first, and whether they overlap."""

from dataclasses import dataclass

from server.conflicts.schedules.ages import Fixed, Found, Window
from server.conflicts.schedules.moments import DAY, Moments

MOST_ORDERED = 10_000
"""Runs in a window up to which they have an order with others; one that runs more often has no place in the day."""


@dataclass(frozen=True)
class Missed:
    """A run that used to be finished when something was read, and comes only afterwards now."""

    found: Found
    """What is found instead."""
    used_to_be: int
    """When it was finished before, in seconds since 1970."""
    comes_at: int
    """When it will be finished at the latest."""


def run_missed(before: Fixed, after: Fixed, readings: Moments | None, window: Window) -> Missed | None:
    """The first reading that finds the run before the one that it used to find; at any moment where readings is None.

    Two runs are the same one in two schedules where they are nearest to each other, and nearer than half of the time
    between two runs. None also where something runs too often to have an order.
    """
    asked = readings if readings is not None else before.finished
    if asked.count(window.first_day, window.end_day) > MOST_ORDERED:
        return None
    for moment in asked.between(window.first_day, window.end_day):
        missed = _missed_at(before.finished, after, moment if readings is not None else None, moment)
        if missed is not None:
            return missed
    return None


def _missed_at(before: Moments, after: Fixed, reading: int | None, moment: int) -> Missed | None:
    run = moment if reading is None else before.last_before(moment)
    if run is None:
        return None
    found, comes = after.finished.last_before(run + 1), after.finished.first_from(run + 1)
    if comes is None or found == run or comes - run > DAY * 400:
        return None
    at = comes if reading is None else reading
    following, previous = before.first_from(run + 1), before.last_before(run)
    if following is None:
        return None
    cycle = following - run if previous is None else min(following - run, run - previous)
    if found is None or found > run or comes < at or comes - run > run - found or 2 * (comes - run) > cycle:
        return None
    if 2 * (at - found) < cycle:
        return None
    return Missed(Found(at, found - after.jitter), run, comes)


@dataclass(frozen=True)
class Overlap:
    """Two runs at the same time, in seconds since 1970."""

    writing: int
    """Start of the writer's run."""
    reading: int
    """Start of the reader's run."""


def first_overlap(writes: Moments, write_lasts: int, reads: Moments, read_lasts: int, window: Window) -> Overlap | None:
    """The first two runs that overlap; what is not said to last takes a second. All days that look alike are asked once."""
    write_lasts, read_lasts = max(1, write_lasts), max(1, read_lasts)
    around = range(-1 - write_lasts // DAY, 2 + read_lasts // DAY)
    asked = set()
    for day in range(window.first_day, window.end_day):
        reading = reads.on(day)
        key = (id(reading), *(id(writes.on(day + away)) for away in around))
        if not reading or key in asked:
            continue
        asked.add(key)
        for second in reading:
            start = day * DAY + second
            writing = writes.last_before(start + read_lasts)
            if writing is not None and writing + write_lasts > start:
                return Overlap(writing, start)
    return None
