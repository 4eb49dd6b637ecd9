"""The rules of timing, each over every way that things may go; the first that shows something decides (rulebook, timing)."""

from dataclasses import dataclass, field

from server.conflicts.facets.timing_needs import MostAge, Needs
from server.conflicts.schedules.ages import Fixed, Floating, Found
from server.conflicts.schedules.courses import Course
from server.conflicts.schedules.deadline import Deadline
from server.conflicts.schedules.expansion import Habit, expand
from server.conflicts.schedules.moments import Moments
from server.conflicts.schedules.order import Missed, Overlap, first_overlap, run_missed
from server.registry.rhythm import Rhythm


@dataclass(frozen=True)
class Case:
    """One reader before and after the change, in every way that things may go."""

    before: Rhythm | None
    """None where nobody knows when it is written today."""
    after: Rhythm
    reader: Rhythm | None
    """None where it may read at any moment."""
    needs: Needs
    deadlines: tuple[Deadline, ...]
    courses: tuple[Course, ...]


@dataclass(frozen=True)
class Shown:
    """What a rule shows: the first moment at which the consumer is worse off."""

    rule: str
    course: Course
    found: Found
    """What the consumer finds at the first such moment; for an overlap the run that overlaps is in `overlap`."""
    oldest: Found | None = None
    """What it finds at the worst such moment, where it is the age that matters."""
    age: MostAge | None = None
    deadline: Deadline | None = None
    missed: Missed | None = None
    overlap: Overlap | None = None
    found_before: Found | None = None


@dataclass
class Outcome:
    """What all rules together say of one reader."""

    shown: list[Shown] = field(default_factory=list)
    """In the order of the rules; the first decides."""
    open: list[str] = field(default_factory=list)
    """Why something could not be decided; for words that follow "…: "."""
    notes: list[str] = field(default_factory=list)
    already: str = ""
    """What is not met today either, and no more so after the change; empty for nothing."""


def outcome_of(case: Case) -> Outcome:
    """Every rule asked."""
    outcome = Outcome()
    if all(course.after.over(course.readings, course.window, None).worst is None for course in case.courses):
        outcome.open.append("by the registered schedules it never reads what will be written within the days looked at")
        return outcome
    if case.needs.age is not None:
        _too_old(case, case.needs.age, outcome)
    for deadline in case.deadlines:
        _too_late(case, deadline, outcome)
    _out_of_order(case, outcome)
    if case.needs.age is None and not case.deadlines:
        _older_than_before(case, outcome)
    _overlapping(case, outcome)
    if case.needs.promised is not None:
        _promise_broken(case, case.needs.promised, outcome)
    return outcome


def _too_old(case: Case, need: MostAge, outcome: Outcome) -> None:
    already, worse = False, False
    for course in case.courses:
        shown, was_so = _beyond(course, need, "timing.too-old")
        if shown is not None and not was_so:
            outcome.shown.append(shown)
            return
        already = already or shown is not None
        worse = worse or (shown is not None and _gets_worse(course, need))
    if worse:
        outcome.open.append(
            f"what is found is older than {need.member} = {need.seconds:g} allows at times already, and will be so "
            "more often or by more: whether that still matters to it can't be told"
        )
    elif already:
        outcome.already = (
            f"what it finds is older than {need.member} = {need.seconds:g} allows at times today, and no more so then"
        )


def _beyond(course: Course, need: MostAge, rule: str) -> tuple[Shown | None, bool]:
    """What is older than needed after the change, and whether something was so before."""
    after = course.after.over(course.readings, course.window, int(need.seconds)).worst
    if after is None or after.age <= need.seconds:
        return None, False
    before = None if course.before is None else course.before.over(course.readings, course.window, None).worst
    first = course.after.first_beyond(course.readings, course.window, int(need.seconds)) or after
    shown = Shown(rule, course, first, after, age=need, found_before=before)
    return shown, before is not None and before.age > need.seconds


def _gets_worse(course: Course, need: MostAge) -> bool:
    """Whether what is too old today will be older, or too old more often."""
    if course.before is None:
        return False
    after = course.after.over(course.readings, course.window, int(need.seconds))
    before = course.before.over(course.readings, course.window, int(need.seconds))
    if after.worst is None or before.worst is None:
        return False
    return after.worst.age > before.worst.age or after.beyond > before.beyond


def _too_late(case: Case, deadline: Deadline, outcome: Outcome) -> None:
    doubtful = ""
    for course in case.courses:
        shown, doubt = _late(course, deadline)
        if shown is not None:
            outcome.shown.append(shown)
            return
        doubtful = doubtful or doubt
    if doubtful:
        outcome.open.append(f"whether it will be there by {deadline.in_words()} can't be told: {doubtful}")


def _late(course: Course, deadline: Deadline) -> tuple[Shown | None, str]:
    """The first day on which the day's write no longer comes in time; else why that can't be told, empty where it does."""
    window, doubt = course.window, ""
    days = (window.first_day - 2, window.end_day + 3)
    by = expand(deadline.schedule, deadline.timezone, Habit.CATCHES_UP, *days)
    midnights = expand("0 0 * * *", deadline.timezone, Habit.CATCHES_UP, *days)
    for moment in by.between(window.first_day, window.end_day):
        begin, end = midnights.last_before(moment + 1), midnights.first_from(moment + 1)
        if begin is None or end is None:
            continue
        if course.readings is not None and not _any_in(course.readings.first_from(begin), end):
            continue
        found = course.after.found_at(moment + 1)
        if _written_since(course.after, begin, moment):
            continue
        before = None if course.before is None else course.before.found_at(moment + 1)
        if before is not None and found is not None and found.age <= before.age:
            continue
        in_time_before = course.before is not None and _written_since(course.before, begin, moment)
        comes_later = isinstance(course.after, Fixed) and _any_in(course.after.finished.first_from(moment + 1), end)
        if found is not None and (in_time_before or comes_later):
            at = Found(moment, found.written_at)
            return Shown("timing.too-late", course, at, deadline=deadline, found_before=before), ""
        doubt = doubt or "on some days nothing will be written before, and it may not have been so far either"
    return None, doubt


def _any_in(first: int | None, end: int) -> bool:
    return first is not None and first < end


def _written_since(writer: Fixed | Floating, begin: int, moment: int) -> bool:
    """Whether a write is surely finished from `begin` until the moment, both included."""
    if isinstance(writer, Floating):
        return writer.interval + writer.jitter <= moment - begin
    finished = writer.finished.last_before(moment + 1)
    return finished is not None and finished >= begin


def _out_of_order(case: Case, outcome: Outcome) -> None:
    """A reader of known runs that used to follow the write; where its runs are not known, nobody can say.

    Where it says how old it may be, that decides, and the order is only noted (CON-13).
    """
    if case.reader is None and (case.needs.age is not None or case.deadlines):
        return
    for course in case.courses:
        if not isinstance(course.before, Fixed) or not isinstance(course.after, Fixed):
            continue
        if course.readings is None and case.reader is not None:
            continue  # it reads every so often: its runs have no place in the day
        missed = run_missed(course.before, course.after, course.readings, course.window)
        if missed is None:
            continue
        if case.needs.age is not None:
            if not outcome.shown and not outcome.open:
                outcome.notes.append(
                    "it will run before the write that it used to follow, and takes what is there that old"
                )
            return
        if course.readings is None:
            outcome.open.append("when it reads is not registered, so it may come between the old time and the new one")
            return
        before = course.before.found_at(missed.found.at)
        outcome.shown.append(Shown("timing.too-late", course, missed.found, missed=missed, found_before=before))
        return


def _older_than_before(case: Case, outcome: Outcome) -> None:
    if case.before is None:
        outcome.open.append("neither is it known when it is written today, nor has anybody said how old it may be")
        return
    for course in case.courses:
        after = course.after.over(course.readings, course.window, None).worst
        before = None if course.before is None else course.before.over(course.readings, course.window, None).worst
        if after is None or before is None:
            continue
        if after.age > before.age:
            first = course.after.first_beyond(course.readings, course.window, before.age) or after
            outcome.shown.append(Shown("timing.older-than-before", course, first, after, found_before=before))
            return
        if case.reader is None and isinstance(course.before, Fixed) and isinstance(course.after, Floating):
            outcome.open.append("when it reads is not registered, so it may rely on the present times of day")
            return


def _overlapping(case: Case, outcome: Outcome) -> None:
    """New where no two runs overlap today. A run that nobody said the length of is a moment, and only meets another."""
    if case.reader is None:
        return
    meets = False
    for course in case.courses:
        overlap = _overlap(course, course.starts_after, case.after, case.reader)
        if overlap is None:
            meets = meets or _newly_meets(case, course, case.reader)
            continue
        if case.before is None:
            outcome.open.append("its runs will overlap the writer's; whether they do so today is not known")
            return
        if _overlap(course, course.starts_before, case.before, case.reader) is None:
            found = course.after.found_at(overlap.reading)
            if found is not None:
                outcome.shown.append(Shown("timing.overlap", course, found, overlap=overlap))
                return
    if meets:
        outcome.notes.append(
            "at times it will run at the very moment of the write and may or may not find it; how long their runs take is not "
            "declared (duration_seconds), so no overlap is shown"
        )


def _overlap(course: Course, starts: Moments | None, writer: Rhythm, reader: Rhythm) -> Overlap | None:
    if not writer.duration and not reader.duration:
        return None  # two moments meet or they do not: neither is inside the other
    if starts is not None and course.readings is not None:
        return first_overlap(starts, writer.delay, course.readings, reader.delay, course.window)
    reading = course.window.start if course.readings is None else course.readings.first_from(course.window.start)
    return None if reading is None else Overlap(reading, reading)


def _newly_meets(case: Case, course: Course, reader: Rhythm) -> bool:
    """Whether a run of the reader then falls on the second of a write, and none does today."""
    if course.readings is None or course.starts_after is None or case.before is None:
        return False

    def meet(starts: Moments | None, writer: Rhythm) -> bool:
        readings = course.readings
        if starts is None or readings is None:
            return True  # nobody knows that they do not
        second = max(1, writer.delay), max(1, reader.delay)
        return first_overlap(starts, second[0], readings, second[1], course.window) is not None

    return meet(course.starts_after, case.after) and not meet(course.starts_before, case.before)


def _promise_broken(case: Case, promise: MostAge, outcome: Outcome) -> None:
    for course in case.courses:
        shown, was_so = _beyond(course, promise, "timing.touched")
        if shown is not None and not was_so:
            outcome.shown.append(shown)
            return
