"""The rules of timing, against ages worked out run by run with the cron library."""

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from server.conflicts.facets.timing_needs import MostAge, Needs
from server.conflicts.facets.timing_rules import Case, Outcome, outcome_of
from server.conflicts.facets.timing_words import lasting, seen_by
from server.conflicts.rulebook import RULES
from server.conflicts.schedules.ages import Window
from server.conflicts.schedules.courses import courses
from server.conflicts.schedules.deadline import Deadline
from server.registry.rhythm import Rhythm

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)
HOUR, DAY = 3_600, 86_400


def case_of(
    before: Rhythm | None,
    after: Rhythm,
    reader: Rhythm | None,
    need: float | None = None,
    deadlines: tuple[Deadline, ...] = (),
) -> Case:
    age = None if need is None else MostAge(need, "CTR-7", "max_age_seconds")
    return Case(before, after, reader, Needs(age, None, ()), deadlines, courses(before, after, reader, NOW))


def rules_of(outcome: Outcome) -> list[str]:
    return [shown.rule for shown in outcome.shown]


@st.composite
def rhythms(draw: st.DrawFn, zones: tuple[str, ...] = ("UTC", "+05:30")) -> Rhythm:
    minute = draw(st.sampled_from([0, 10, 20, 30, 50]))
    hours = draw(st.sampled_from(["0", "1", "2", "3", "4", "9", "2,14", "23", "*/6", "8-11"]))
    days = draw(st.sampled_from(["* * *", "* * 1-5", "* * 6", "*/2 * *", "31 * *", "L * *", "1,15 * *", "* * 0,3"]))
    lasts = draw(st.sampled_from([0, 0, 600, 5400]))
    return Rhythm(
        f"{minute} {hours} {days}", draw(st.sampled_from(zones)), 0, lasts, draw(st.sampled_from([0, 0, 900]))
    )


@lru_cache(maxsize=64)
def runs(rhythm: Rhythm, window: Window) -> list[int]:
    """Its starts from a good while before the window to its end, by the cron library."""
    zone = UTC if rhythm.timezone == "UTC" else datetime.fromisoformat(f"2026-01-01T00:00{rhythm.timezone}").tzinfo
    begin = datetime.fromtimestamp(window.start - 70 * DAY, zone)
    return [
        int(run.timestamp())
        for run in takewhile(lambda run: run.timestamp() < window.end, CronSim(rhythm.schedule, begin))
    ]


def oldest(writer: Rhythm, reader: Rhythm, window: Window) -> int | None:
    """The worst age of what is found: written as early as can be, and the next one finished as late as can be."""
    starts = runs(writer, window)
    worst = None
    for at in runs(reader, window):
        there = bisect_left(starts, at - writer.duration - writer.jitter)  # of these it is sure that they are over
        if at >= window.start and there:
            worst = max(worst or 0, at - starts[there - 1] - writer.duration)
    return worst


@settings(max_examples=40, deadline=None)
@given(rhythms(), rhythms(), rhythms(), st.sampled_from([HOUR, 6 * HOUR, DAY, 3 * DAY, 8 * DAY, 40 * DAY]))
def test_what_is_older_than_needed_is_never_missed_and_never_made_up(
    before: Rhythm, after: Rhythm, reader: Rhythm, need: int
) -> None:
    case = case_of(before, after, reader, need)
    (course,) = case.courses
    then, today = oldest(after, reader, course.window), oldest(before, reader, course.window)
    outcome = outcome_of(case)
    assert then is not None
    assert today is not None
    assert ("timing.too-old" in rules_of(outcome)) == (then > need >= today)
    if then > need and today > need:
        assert outcome.open or outcome.already
    for shown in outcome.shown[:1]:
        if shown.rule == "timing.too-old":
            assert shown.oldest is not None
            assert shown.oldest.age == then
            assert shown.found.age > need
            starts = [at for at in runs(reader, course.window) if at >= course.window.start]
            earlier = [course.after.found_at(at) for at in starts if at < shown.found.at]
            assert shown.found.at in starts
            assert all(one is None or one.age <= need for one in earlier)


@settings(max_examples=40, deadline=None)
@given(rhythms(), rhythms(), rhythms())
def test_older_than_before_is_what_is_older_at_its_worst(before: Rhythm, after: Rhythm, reader: Rhythm) -> None:
    case = case_of(before, after, reader)
    (course,) = case.courses
    then, today = oldest(after, reader, course.window), oldest(before, reader, course.window)
    outcome = outcome_of(case)
    assert then is not None
    assert today is not None
    assert ("timing.older-than-before" in rules_of(outcome)) == (then > today)


@settings(max_examples=40, deadline=None)
@given(rhythms(("UTC", "Europe/Berlin", "America/New_York")), rhythms(("Europe/Berlin",)), st.booleans())
def test_the_same_times_again_change_nothing_for_anyone(writer: Rhythm, reader: Rhythm, known: bool) -> None:
    outcome = outcome_of(case_of(writer, writer, reader if known else None))
    assert (outcome.shown, outcome.open) == ([], [])


@settings(max_examples=40, deadline=None)
@given(rhythms(("UTC", "Europe/Berlin")), rhythms(("Europe/Berlin",)), st.booleans())
def test_runs_that_come_on_top_make_nothing_older(writer: Rhythm, reader: Rhythm, known: bool) -> None:
    minute, _, *days = writer.schedule.split()
    more = Rhythm(" ".join([minute, "*", *days]), writer.timezone, 0, writer.duration, writer.jitter)
    outcome = outcome_of(case_of(writer, more, reader if known else None))
    assert set(rules_of(outcome)) <= {"timing.overlap"}
    assert outcome.open == []


@settings(max_examples=40, deadline=None)
@given(rhythms(), rhythms(), rhythms())
def test_an_overlap_is_two_runs_at_one_time_where_none_were_before(
    before: Rhythm, after: Rhythm, reader: Rhythm
) -> None:
    case = case_of(before, after, reader)
    window = case.courses[0].window

    def overlap(writer: Rhythm) -> bool:
        if not writer.duration and not reader.duration:
            return False
        lasts, reads = writer.delay, reader.delay
        starts = [at for at in runs(reader, window) if at >= window.start]
        writes = runs(writer, window)
        return any(bisect_left(writes, read + reads) > bisect_right(writes, read - lasts) for read in starts)

    expected = not overlap(before) and overlap(after)
    assert ("timing.overlap" in rules_of(outcome_of(case))) == expected


@settings(max_examples=30, deadline=None)
@given(rhythms(), st.sampled_from([HOUR, DAY, 3 * DAY, 20 * DAY]))
def test_a_reader_at_any_moment_finds_the_longest_gap(after: Rhythm, need: int) -> None:
    case = case_of(None, after, None, need)
    window = case.courses[0].window
    done = [start + after.delay for start in runs(after, window) if start + after.delay < window.end]
    begin = max(at for at in done if at < window.start)
    gaps = [
        later - earlier + after.jitter for earlier, later in pairwise([at for at in done if at >= begin] + [window.end])
    ]
    outcome = outcome_of(case)
    assert bool(outcome.shown) == (max(gaps) > need)
    for shown in outcome.shown:
        assert shown.oldest is not None
        assert shown.oldest.age == max(gaps)
        assert seen_by(case, shown) == shown.found
        assert shown.found.age > need
        just_before = case.courses[0].after.found_at(shown.found.at - 1)
        assert just_before is None or just_before.age <= need or shown.found.at == window.start


BERLIN = ZoneInfo("Europe/Berlin")


def daily(hour: int, minute: int = 0, **members: int) -> Rhythm:
    return Rhythm(f"{minute} {hour} * * *", "Europe/Berlin", **members)


def test_a_shift_of_hours_across_midnight_is_a_missed_run() -> None:
    outcome = outcome_of(case_of(daily(23, 30), daily(1, 30), daily(1)))
    assert rules_of(outcome)[0] == "timing.too-late"
    missed = outcome.shown[0].missed
    assert missed is not None
    used, comes = (datetime.fromtimestamp(at, BERLIN) for at in (missed.used_to_be, missed.comes_at))
    assert (used.hour, comes.hour) == (23, 1)
    assert (comes - used).total_seconds() == 2 * HOUR


def test_a_run_that_moves_to_an_earlier_hour_is_not_missed() -> None:
    outcome = outcome_of(case_of(daily(5), daily(4), daily(6)))
    assert rules_of(outcome) == ["timing.older-than-before"]
    assert outcome_of(case_of(daily(5), daily(4), None)).shown == []


def test_runs_of_no_declared_length_only_meet() -> None:
    hourly = Rhythm("0 * * * *", "Europe/Berlin")
    outcome = outcome_of(case_of(daily(6), hourly, daily(7)))
    assert (outcome.shown, outcome.open) == ([], [])
    assert "at the very moment of the write" in outcome.notes[0]
    late = Rhythm("0 * * * *", "Europe/Berlin", jitter=600)  # a late start lasts no longer
    assert "timing.overlap" not in rules_of(outcome_of(case_of(daily(6), late, daily(7))))
    assert outcome_of(case_of(daily(6, 10), Rhythm("10 * * * *", "Europe/Berlin"), daily(7))).notes == []


def test_a_run_that_begins_or_ends_where_the_other_is_only_a_moment_does_not_overlap() -> None:
    reads = daily(7, duration=1800)
    for minute, overlaps in ((0, False), (29, True), (30, False), (1, True)):
        outcome = outcome_of(case_of(daily(6, minute), Rhythm(f"{minute} * * * *", "Europe/Berlin"), reads))
        assert ("timing.overlap" in rules_of(outcome)) == overlaps, minute
    for minute, overlaps in ((40, False), (41, True), (59, True)):
        hourly = Rhythm(f"{minute} * * * *", "Europe/Berlin", duration=1200)
        before = daily(5, minute, duration=1200)
        assert ("timing.overlap" in rules_of(outcome_of(case_of(before, hourly, daily(7))))) == overlaps, minute
    both = case_of(daily(5, duration=60), Rhythm("0 * * * *", "Europe/Berlin", duration=60), daily(7, duration=60))
    assert "timing.overlap" in rules_of(outcome_of(both))


def test_rarer_runs_are_older_and_not_late() -> None:
    weekly = Rhythm("0 2 * * 1", "Europe/Berlin")
    assert rules_of(outcome_of(case_of(daily(2), weekly, daily(3)))) == ["timing.older-than-before"]


def test_what_is_needed_by_an_hour_is_asked_on_days_on_which_the_consumer_runs() -> None:
    weekdays, saturday = Rhythm("0 5 * * 1-5", ""), Rhythm("0 9 * * 6", "")
    by_six = (Deadline(6, 0, ""),)
    assert outcome_of(case_of(Rhythm("0 5 * * *", ""), weekdays, weekdays, deadlines=by_six)).shown == []
    shown = outcome_of(case_of(Rhythm("0 5 * * *", ""), weekdays, saturday, deadlines=by_six)).shown
    assert [one.rule for one in shown] == ["timing.too-late"]
    assert datetime.fromtimestamp(shown[0].found.at, UTC).isoweekday() == 6


def test_a_write_of_the_evening_before_leaves_open_whether_it_is_in_time() -> None:
    by_six = (Deadline(6, 0, "Europe/Berlin"),)
    outcome = outcome_of(case_of(None, Rhythm("0 23 * * 1", "Europe/Berlin"), None, deadlines=by_six))
    assert rules_of(outcome) == ["timing.too-late"]
    outcome = outcome_of(case_of(None, Rhythm("0 5 * * 1", "Europe/Berlin"), None, deadlines=by_six))
    assert outcome.shown == []
    assert "06:00 (Europe/Berlin)" in outcome.open[0]


def test_an_interval_meets_an_hour_only_where_it_fits_before_it() -> None:
    by_six = (Deadline(6, 0, ""),)
    assert outcome_of(case_of(daily(5), Rhythm("", "", 6 * HOUR), None, deadlines=by_six)).open == []
    late = outcome_of(case_of(Rhythm("0 5 * * *", ""), Rhythm("", "", 7 * HOUR), None, deadlines=by_six))
    assert rules_of(late) == ["timing.too-late"]


def test_every_rule_of_timing_is_one_that_the_facet_shows() -> None:
    named = {rule.id for rule in RULES if rule.id.startswith("timing.")}
    assert named == {
        "timing.too-old", "timing.too-late", "timing.older-than-before", "timing.overlap", "timing.touched",
    }  # fmt: skip


def test_lengths_of_time_are_told_in_two_units() -> None:
    assert [lasting(seconds) for seconds in (0, 59, 3600, 90_000, 86_400 * 2 + 61)] == [
        "0 s",
        "59 s",
        "1 h",
        "1 day 1 h",
        "2 days 1 min",
    ]


@settings(max_examples=40, deadline=None)
@given(rhythms(), rhythms(), rhythms())
def test_a_missed_run_is_one_that_was_there_and_comes_afterwards(before: Rhythm, after: Rhythm, reader: Rhythm) -> None:
    case = case_of(before, after, reader)
    window = case.courses[0].window
    done, later = ([run + one.delay for run in runs(one, window)] for one in (before, after))

    def missed_at(at: int) -> bool:
        """The run that it used to find is nearest to one that comes afterwards, by less than half of the time between runs."""
        place = bisect_left(done, at) - 1
        if place < 1 or place + 1 >= len(done):
            return False
        run, cycle = done[place], min(done[place + 1] - done[place], done[place] - done[place - 1])
        found, comes = later[bisect_left(later, at) - 1], later[bisect_left(later, at)]
        nearest = comes - run <= run - found and 2 * (comes - run) <= cycle
        return found < run < comes and nearest and 2 * (at - found) >= cycle

    starts = [at for at in runs(reader, window) if at >= window.start]
    expected = next((at for at in starts if at < done[-2] and at < later[-1] and missed_at(at)), None)
    shown = [one for one in outcome_of(case).shown if one.missed is not None]
    if expected is not None:
        assert [one.found.at for one in shown] == [expected]
    else:
        assert all(one.found.at >= min(done[-2], later[-1]) for one in shown)
