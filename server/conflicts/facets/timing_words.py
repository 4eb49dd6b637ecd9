"""A moment of timing told in words and as evidence, with local times."""

from datetime import UTC, datetime

from server.conflicts.facets.timing_rules import Case, Shown
from server.conflicts.schedules.ages import Fixed, Floating, Found
from server.conflicts.schedules.courses import Course
from server.conflicts.schedules.expansion import at_fixed_times
from server.model.base import JsonObject
from server.registry.rhythm import Rhythm, zone_named

_UNITS = ((86_400, "days", "day"), (3_600, "h", "h"), (60, "min", "min"), (1, "s", "s"))


def lasting(seconds: int, units: int = 2) -> str:
    """A length of time in its largest units, two if nothing is said: `2 days 3 h`, `45 min`."""
    parts = []
    for size, many, one in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {one if count == 1 else many}")
    return " ".join(parts[:units]) or "0 s"


def told_apart(seconds: int, most: int) -> tuple[str, str]:
    """Two lengths of time, to the second where they would else be told in the same words."""
    if lasting(seconds) != lasting(most):
        return lasting(seconds), lasting(most)
    return lasting(seconds, len(_UNITS)), lasting(most, len(_UNITS))


def local_time(moment: int, zone: str) -> str:
    """Such as `Monday 2026-04-06 03:00 (Europe/Berlin)`."""
    local = datetime.fromtimestamp(moment, zone_named(zone))
    seconds = f":{local.second:02}" if local.second else ""
    return f"{local:%A %Y-%m-%d %H:%M}{seconds} ({zone or 'UTC'})"


def utc_time(moment: int) -> str:
    """ISO 8601 in UTC."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


def reader_zone(case: Case) -> str:
    """The zone in which the consumer's moments are told."""
    return case.after.timezone if case.reader is None else case.reader.timezone


def seen_by(case: Case, shown: Shown) -> Found:
    """What is found, at the last second before the next is there where the consumer may read at any moment."""
    found = shown.found
    if shown.oldest is not None and isinstance(shown.course.after, Fixed):
        return found  # the first second at which it is too old
    least = shown.age.seconds if shown.age is not None else (shown.found_before.age if shown.found_before else 0)
    if shown.course.readings is None and shown.deadline is None and shown.missed is None and found.age - 1 > least:
        return Found(found.at - 1, found.written_at)
    return found


def _most_so_far(shown: Shown) -> int:
    """The age that must not be exceeded, in seconds; 0 where it is no age that matters."""
    if shown.age is not None:
        return int(shown.age.seconds)
    return shown.found_before.age if shown.rule == "timing.older-than-before" and shown.found_before is not None else 0


def told(case: Case, shown: Shown, writer: str, consumer: str, resource: str) -> str:
    """What happens at the moment that is shown, in a sentence or two."""
    found, zone = seen_by(case, shown), reader_zone(case)
    when, (age, most) = local_time(found.at, zone), told_apart(found.age, _most_so_far(shown))
    named = f" ({shown.age.member})" if shown.age is not None else ""
    reads = "reads" if case.reader is not None else "may read"
    written = local_time(found.written_at, case.after.timezone)
    match shown.rule:
        case "timing.too-old":
            said = (
                f"On {when}, {consumer} {reads} what was written on {written}: {age} old, and it takes nothing older than "
                f"{most}{named}."
            )
        case "timing.touched":
            said = (
                f"On {when}, what {writer} wrote is {age} old; its contract promises {most}{named}, and {consumer} itself "
                "takes that."
            )
        case "timing.too-late" if shown.deadline is not None:
            said = (
                f"{consumer} needs it by {shown.deadline.in_words()}. On {local_time(found.at, shown.deadline.timezone)} "
                f"the newest that is there was written on {written}, {age} before."
            )
        case "timing.too-late":
            was, comes = (shown.missed.used_to_be, shown.missed.comes_at) if shown.missed is not None else (0, 0)
            said = (
                f"{consumer} runs on {when}. What it reads used to be there from {local_time(was, case.after.timezone)} on and "
                f"will be there from {local_time(comes, case.after.timezone)} on, so it works on what was written {age} before."
            )
        case "timing.older-than-before":
            said = (
                f"On {when}, {consumer} {reads} what was written on {written}: {age} old. So far it has never been older "
                f"than {most}, and nobody has said how old it may be."
            )
        case "timing.overlap":
            writing, reading = (shown.overlap.writing, shown.overlap.reading) if shown.overlap is not None else (0, 0)
            said = (
                f"{writer}'s run of {local_time(writing, case.after.timezone)} overlaps {consumer}'s run of "
                f"{local_time(reading, zone)}, so it may read {resource} half written. Their runs do not overlap today."
            )
        case _:
            raise AssertionError(shown.rule)  # every rule of the facet is told above
    return f"{writer} will write {resource} {_in_words(case.after)}. {said}{_supposed(case, shown)}"


def witness_of(case: Case, shown: Shown) -> JsonObject:
    """The moment, with everything that is needed to work it out again."""
    found, zone = seen_by(case, shown), reader_zone(case)
    if shown.deadline is not None:
        zone = shown.deadline.timezone
    witness: JsonObject = {
        "at": utc_time(found.at),
        "local": local_time(found.at, zone),
        "written_at": utc_time(found.written_at),
        "age_seconds": found.age,
    }
    if shown.age is not None:
        witness["max_age_seconds"] = shown.age.seconds
    if shown.deadline is not None:
        witness["needs_by"] = shown.deadline.in_words()
    if shown.missed is not None:
        witness["used_to_be_written_at"] = utc_time(shown.missed.used_to_be)
        witness["will_be_written_at"] = utc_time(shown.missed.comes_at)
    if shown.found_before is not None:
        name = "age_seconds_before" if shown.missed or shown.deadline else "oldest_seconds_before"
        witness[name] = shown.found_before.age
    if shown.overlap is not None:
        return {
            "at": utc_time(max(shown.overlap.writing, shown.overlap.reading)),
            "local": local_time(max(shown.overlap.writing, shown.overlap.reading), zone),
            "writer_runs": _run(shown.overlap.writing, case.after),
            "reader_runs": _run(shown.overlap.reading, case.reader),
        }
    return witness


def evidence_of(case: Case, shown: Shown, others: list[str]) -> JsonObject:
    """Schedules and worst ages on both sides of the change, and when the worst one comes after it."""
    course = shown.course
    after = course.after.over(course.readings, course.window, None).worst
    before = None if course.before is None else course.before.over(course.readings, course.window, None).worst
    evidence: JsonObject = {
        "before": rhythm_document(case.before),
        "after": rhythm_document(case.after),
        "reader": rhythm_document(case.reader),
        "oldest_seconds_before": None if before is None else before.age,
        "oldest_seconds_after": None if after is None else after.age,
        "oldest_at": None if after is None else utc_time(after.at),
        "from": utc_time(course.window.start),
        "to": utc_time(course.window.end),
    }
    if others:
        evidence["also"] = others
    return evidence


def rhythm_document(rhythm: Rhythm | None) -> JsonObject | None:
    """The rhythm as JSON; members that say nothing are left out."""
    if rhythm is None:
        return None
    runs: JsonObject = (
        {"schedule": rhythm.schedule, "timezone": rhythm.timezone or "UTC"}
        if rhythm.schedule
        else {"interval_seconds": rhythm.interval}
    )
    lasts = {"duration_seconds": rhythm.duration, "jitter_seconds": rhythm.jitter}
    return {**runs, **{name: seconds for name, seconds in lasts.items() if seconds}}


def _holds_in(course: Course, shown: Shown) -> bool:
    """Whether the same is found at this moment where schedulers have these habits."""
    at = shown.found.at
    reads = course.readings is None or shown.deadline is not None or course.readings.first_from(at) == at
    return reads and course.after.found_at(at + (shown.deadline is not None)) == Found(
        at + (shown.deadline is not None), shown.found.written_at
    )


def _in_words(rhythm: Rhythm) -> str:
    return f"at {rhythm.in_words()}" if rhythm.schedule else rhythm.in_words()


def _run(start: int, rhythm: Rhythm | None) -> list[str]:
    return [utc_time(start), utc_time(start + (0 if rhythm is None else rhythm.delay))]


def _supposed(case: Case, shown: Shown) -> str:
    """What the registry leaves open, and was taken at its worst."""
    said = []
    if isinstance(shown.course.after, Floating):
        said.append("when the interval begins is not known, so it may fall just so")
    if case.after.jitter:
        said.append(f"a run may begin up to {lasting(case.after.jitter)} late")
    writes_by, reads_by = shown.course.habits
    if any(not _holds_in(course, shown) for course in case.courses):
        if case.after.schedule and at_fixed_times(case.after.schedule):
            said.append(f"on nights when the clocks change, the writer's scheduler {writes_by.value}")
        if case.reader is not None and at_fixed_times(case.reader.schedule):
            said.append(f"the reader's {reads_by.value}")
    return f" Supposed that {'; '.join(said)}." if said else ""
