"""Which of two runs comes first, and whether they overlap."""

from dataclasses import dataclass
from functools import lru_cache

from server.conflicts.schedules.ages import Fixed, Found, Window
from server.conflicts.schedules.moments import DAY, Moments

MOST_ORDERED = 5_000
"""Runs in 400 days up to which a reader has its place in the day: twelve a day. One that reads more often has none."""


@dataclass(frozen=True)
class Missed:
    """A run that used to be finished when something was read, and comes only afterwards now."""

    found: Found
    """What is found instead."""
    used_to_be: int
    """When it was finished before, in seconds since 1970."""
    comes_at: int
    """When it will be finished at the latest."""


@lru_cache(maxsize=128)
def run_missed(before: Fixed, after: Fixed, readings: Moments | None, window: Window) -> Missed | None:
    """The first reading that finds the run before the one that it used to find; at any moment where readings is None.

    Two runs are the same one in two schedules where they are nearest to each other, and nearer than half of the time
    between two runs. None also where it is read too often to have an order. Days that look alike are asked once.
    """
    if readings is not None and readings.count(window.first_day, window.end_day) > MOST_ORDERED:
        return None
    asked = set()
    for day in range(window.first_day, window.end_day):
        kind = tuple((id(before.finished.on(near)), id(after.finished.on(near))) for near in (day - 1, day, day + 1))
        seconds = (readings if readings is not None else before.finished).on(day)
        busy = all(side.finished.on(near) for side in (before, after) for near in (day - 1, day, day + 1))
        if (kind, id(seconds)) in asked:
            continue
        if busy:  # all runs that matter are those of these days
            asked.add((kind, id(seconds)))
        for second in seconds:
            moment = day * DAY + second
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


@lru_cache(maxsize=128)
def first_overlap(writes: Moments, write_lasts: int, reads: Moments, read_lasts: int, window: Window) -> Overlap | None:
    """The first two runs that share more than an edge: a run of no length overlaps only what it lies strictly inside of.

    All days that look alike are asked once.
    """
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
