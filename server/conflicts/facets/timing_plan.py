"""The way out where something will be written at other moments: one side's times follow the other's (conflict rules 4 and 5)."""

import math
from dataclasses import replace

from server.conflicts.facets.timing_rules import Case, Shown, outcome_of
from server.conflicts.facets.timing_words import lasting, local_time, reader_zone
from server.conflicts.schedules.courses import Course
from server.model.check import PlanStep, RejectedStrategy, Resolution, RollbackStep, Strategy
from server.model.tier import SHADOW_DAYS, Tier
from server.registry.rhythm import Rhythm

MARGIN = 600
"""Seconds that a reader's new time leaves after the write."""
_GRID = 300
"""New times are whole multiples of so many seconds away from the old ones."""


def shift_schedules(case: Case, shown: Shown, *, writer: str, consumer: str, resource: str, tier: Tier) -> Resolution:
    """A plan in which the consumer moves first and the writer follows.

    Where a later run of the consumer helps, it is named, and was put through the same rules; else the plan names what
    the consumer would have to take.
    """
    days = SHADOW_DAYS[tier]
    move, proof = _move(case, shown, consumer) or (_allowance(case, shown, consumer, resource), "")
    watched = f"{consumer} is run that way for {days} days, on what is written today"
    follows = f"{writer} writes {resource} {_when(case.after)}"
    steps = [
        PlanStep(
            step=1,
            owner=consumer,
            description=move,
            entry_condition="Everyone named in requires_changes_in has agreed to the plan.",
            duration_days=0,
        ),
        PlanStep(step=2, owner=consumer, description=watched, entry_condition="Step 1 is done.", duration_days=days),
        PlanStep(step=3, owner=writer, description=follows, entry_condition="Step 2 is done.", duration_days=0),
    ]
    back = _when(case.before) if case.before is not None else "when it did before"
    return Resolution(
        strategy=Strategy.SEQUENTIAL_DEPLOY,
        description=f"{move}; then {follows}.{proof}",
        steps=tuple(f"{step.step}. {step.description}" for step in steps),
        estimated_duration_days=days,
        requires_changes_in=(writer, consumer),
        rollback_plan=(
            f"{writer} writes {resource} {back} again, then {consumer} goes back to its own previous times and terms: each puts "
            "one recorded setting back, which takes effect with the next run, in under 5 minutes."
        ),
        rejected_strategies=(
            RejectedStrategy(
                strategy=Strategy.VERSIONED_OUTPUT,
                reason="The documents stay as they are; a second one that is written at the old times is no change of times.",
            ),
            RejectedStrategy(
                strategy=Strategy.ADAPTER_LAYER, reason="No adapter can make a document younger than it is."
            ),
            RejectedStrategy(
                strategy=Strategy.COORDINATED_MIGRATION,
                reason="Both sides need not change at the same moment; one after the other is safer.",
            ),
        ),
        plan=tuple(steps),
        rollback=(
            RollbackStep(
                step=1,
                system_id=writer,
                action="restore_output",
                resource=resource,
                description=f"{writer} writes {resource} {back} again",
            ),
            RollbackStep(
                step=2,
                system_id=consumer,
                action="restore_reader",
                resource=resource,
                description=f"{consumer} goes back to its previous times and terms",
            ),
        ),
    )


def _move(case: Case, shown: Shown, consumer: str) -> tuple[str, str] | None:
    """The consumer's later time, and that it was proved; None where no later time helps."""
    if shown.deadline is not None or case.reader is None or shown.course.readings is None:
        return None
    comes = _comes_at(case, shown)
    if comes is None:
        return None
    reading = shown.overlap.reading if shown.overlap is not None else shown.found.at
    later = math.ceil((comes + MARGIN - _worst_reading(shown)) / _GRID) * _GRID
    moved = replace(case, courses=tuple(_moved(course, later) for course in case.courses))
    outcome = outcome_of(moved)
    if outcome.shown or outcome.open:
        return None
    zone = reader_zone(case)
    schedule = _later(case.reader.schedule, later)
    named = f", such as at {schedule}" if schedule else ""
    move = (
        f"{consumer} runs {lasting(later)} later{named}: on {local_time(reading + later, zone)} instead of "
        f"{local_time(reading, zone)}"
    )
    return move, " With that, the same rules find nothing in the same days."


def _comes_at(case: Case, shown: Shown) -> int | None:
    """When the write is there that the consumer would have to wait for, in seconds since 1970."""
    if shown.overlap is not None:
        return shown.overlap.writing + case.after.delay
    starts = shown.course.starts_after
    if starts is None:
        return None
    start = starts.first_from(_worst_reading(shown) - case.after.delay)
    return None if start is None else start + case.after.delay


def _worst_reading(shown: Shown) -> int:
    """The run of the consumer that waits longest: a time that is late enough for it is so for the others."""
    if shown.overlap is not None:
        return shown.overlap.reading
    return (shown.oldest or shown.found).at


def _moved(course: Course, later: int) -> Course:
    return replace(course, readings=None if course.readings is None else course.readings.later_by(later))


def _allowance(case: Case, shown: Shown, consumer: str, resource: str) -> str:
    """What the consumer would have to take, where no later time helps."""
    if shown.deadline is not None and case.after.schedule:
        starts = shown.course.starts_after
        start = None if starts is None else starts.first_from(shown.found.at - case.after.delay)
        if start is not None:
            there = local_time(start + case.after.delay, shown.deadline.timezone)
            return f"{consumer} needs {resource} no sooner than it is there: on {there}, and registers the new needs_by"
    if shown.overlap is not None:
        return f"{consumer} reads {resource} only when {case.after.in_words()} is over, or the writer puts a whole new file in its place"
    worst = max(
        (ages.worst.age for one in case.courses if (ages := one.after.over(one.readings, one.window, None)).worst),
        default=shown.found.age,
    )
    return (
        f"{consumer} is changed to take {resource} up to {lasting(worst)} old, and registers max_age_seconds = {worst}"
    )


def _when(rhythm: Rhythm) -> str:
    return f"at {rhythm.in_words()}" if rhythm.schedule else rhythm.in_words()


def _later(schedule: str, seconds: int) -> str:
    """The expression with its one time of day moved; empty where that is not so simple."""
    fields = schedule.split()
    if len(fields) != 5 or not fields[0].isdecimal() or not fields[1].isdecimal():
        return ""
    minutes = int(fields[1]) * 60 + int(fields[0]) + seconds // 60
    if not 0 <= minutes < 24 * 60:
        return ""
    return " ".join([str(minutes % 60), str(minutes // 60), *fields[2:]])
