"""Schedules expanded, against clocks looked at minute by minute, and ages against every pair of moments."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from server.conflicts.schedules.ages import Fixed, Floating, Found, Window
from server.conflicts.schedules.deadline import Deadline, read_deadline
from server.conflicts.schedules.expansion import Habit, at_fixed_times, expand
from server.conflicts.schedules.moments import DAY, Moments
from server.registry.rhythm import Unreadable, first_start, read_rhythm, zone_named

CHANGES = {
    "Europe/Berlin": (date(2026, 10, 25), date(2027, 3, 28)),
    "America/New_York": (date(2026, 11, 1), date(2027, 3, 14)),
    "America/Havana": (date(2026, 11, 1), date(2027, 3, 14)),
    "Africa/Cairo": (date(2026, 10, 30), date(2026, 4, 24)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Asia/Kathmandu": (date(2026, 10, 25),),
    "UTC": (date(2027, 3, 28),),
}
"""Nights on which clocks change, and zones whose clocks never do."""


def day_number(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


@st.composite
def crons(draw: st.DrawFn) -> tuple[str, Callable[[datetime], bool]]:
    """An expression, and whether a local time is one of its moments, worked out without reading the expression."""
    minutes = draw(st.sets(st.sampled_from([0, 5, 15, 29, 30, 45, 59]), min_size=1, max_size=3))
    hours = draw(st.sets(st.integers(0, 23), min_size=1, max_size=4) | st.sets(st.integers(0, 3), min_size=1))
    weekdays = draw(st.none() | st.sets(st.integers(0, 6), min_size=3))
    every_minute, every_hour = draw(st.booleans()), draw(st.booleans())
    fields = [
        "*/20" if every_minute else ",".join(map(str, sorted(minutes))),
        "*" if every_hour else ",".join(map(str, sorted(hours))),
        "*",
        "*",
        "*" if weekdays is None else ",".join(map(str, sorted(weekdays))),
    ]

    def matches(local: datetime) -> bool:
        return (
            (local.minute % 20 == 0 if every_minute else local.minute in minutes)
            and (every_hour or local.hour in hours)
            and (weekdays is None or (local.weekday() + 1) % 7 in weekdays)
        )

    return " ".join(fields), matches


@st.composite
def nights(draw: st.DrawFn) -> tuple[str, int]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    return zone, day_number(draw(st.sampled_from(CHANGES[zone]))) - draw(st.integers(0, 2))


def by_the_clock(matches: Callable[[datetime], bool], zone: str, minutes: range) -> set[int]:
    """Every minute whose local time fits."""
    tz = ZoneInfo(zone)
    return {minute * 60 for minute in minutes if matches(datetime.fromtimestamp(minute * 60, tz))}


def catching_up(matches: Callable[[datetime], bool], zone: str, minutes: range) -> set[int]:
    """The same without second showings of a time, and with what is skipped put where the clocks have jumped to."""
    tz = ZoneInfo(zone)
    found = {at for at in by_the_clock(matches, zone, minutes) if datetime.fromtimestamp(at, tz).fold == 0}
    for minute in minutes:
        earlier = datetime.fromtimestamp((minute - 1) * 60, tz).replace(tzinfo=None)
        now = datetime.fromtimestamp(minute * 60, tz).replace(tzinfo=None)
        skipped = earlier + timedelta(minutes=1)
        while skipped < now:
            if matches(skipped):
                found.add(minute * 60)
            skipped += timedelta(minutes=1)
    return found


@settings(max_examples=150, deadline=None)
@given(crons(), nights(), st.sampled_from(Habit))
def test_expanded_moments_are_those_that_a_clock_watched_minute_by_minute_shows(
    cron: tuple[str, Callable[[datetime], bool]], night: tuple[str, int], habit: Habit
) -> None:
    (expression, matches), (zone, first_day) = cron, night
    expanded = set(expand(expression, zone, habit, first_day, first_day + 3).between(first_day, first_day + 3))
    minutes = range(first_day * 1440, (first_day + 3) * 1440)
    watched = catching_up if habit is Habit.CATCHES_UP and at_fixed_times(expression) else by_the_clock
    assert expanded == watched(matches, zone, minutes)


@settings(max_examples=100, deadline=None)
@given(crons(), nights())
def test_a_scheduler_that_catches_up_does_what_the_cron_library_does(
    cron: tuple[str, Callable[[datetime], bool]], night: tuple[str, int]
) -> None:
    (expression, _), (zone, first_day) = cron, night
    begin, end = first_day * DAY, (first_day + 3) * DAY
    if not at_fixed_times(expression) and zone in ("Australia/Lord_Howe", "America/Havana"):
        return  # the library walks in whole hours of days that begin at midnight: clocks change by half an hour, or at midnight
    runs = CronSim(expression, datetime.fromtimestamp(begin - 1, ZoneInfo(zone)))
    library = {int(run.timestamp()) for run in takewhile(lambda run: run.timestamp() < end, runs)}
    library = {moment for moment in library if moment >= begin}
    expanded = expand(expression, zone, Habit.CATCHES_UP, first_day, first_day + 3)
    assert set(expanded.between(first_day, first_day + 3)) == library


@pytest.mark.parametrize(
    ("habit", "autumn", "spring"),
    [
        (Habit.CATCHES_UP, ["2026-10-25T00:30"], ["2027-03-28T01:00"]),
        (Habit.BY_THE_CLOCK, ["2026-10-25T00:30", "2026-10-25T01:30"], []),
    ],
)
def test_half_past_two_comes_twice_in_autumn_and_never_in_spring(
    habit: Habit, autumn: list[str], spring: list[str]
) -> None:
    for night, expected in ((date(2026, 10, 25), autumn), (date(2027, 3, 28), spring)):
        day = day_number(night)
        found = expand("30 2 * * *", "Europe/Berlin", habit, day, day + 1).between(day, day + 1)
        assert [f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M}" for at in found] == expected


@pytest.mark.parametrize(
    ("expression", "dates"),
    [
        ("0 6 31 * *", ["05-31", "07-31", "08-31", "10-31", "12-31", "01-31", "03-31"]),
        ("0 6 L 2 *", ["02-28"]),
        ("0 6 29 2 *", []),
        ("0 6 * 4 5L", ["04-24", "04-30"]),
        ("0 6 * 5 1#2", ["05-11"]),
    ],
)
def test_dates_of_the_calendar_are_found_in_400_days(expression: str, dates: list[str]) -> None:
    day = day_number(date(2026, 4, 5))
    found = expand(expression, "", Habit.CATCHES_UP, day, day + 400).between(day, day + 400)
    assert [f"{datetime.fromtimestamp(at, UTC):%m-%d}" for at in found] == dates


def test_a_leap_day_is_found_where_it_lies_in_the_days_looked_at() -> None:
    day = day_number(date(2027, 6, 1))
    (leap,) = expand("0 6 29 2 *", "", Habit.CATCHES_UP, day, day + 400).between(day, day + 400)
    assert datetime.fromtimestamp(leap, UTC) == datetime(2028, 2, 29, 6, tzinfo=UTC)
    rhythm = read_rhythm(schedule="0 6 29 2 *")
    assert rhythm is not None
    assert first_start(rhythm, datetime(2026, 4, 5, tzinfo=UTC)) == leap


SECONDS = st.lists(st.integers(0, 6 * DAY // 600 - 1).map(lambda ten: ten * 600), unique=True, max_size=12)


def moments(seconds: list[int]) -> Moments:
    days = [tuple(sorted(at % DAY for at in seconds if at // DAY == day)) for day in range(8)]
    return Moments.of(0, tuple(days))


@given(SECONDS, SECONDS, st.integers(0, 6 * DAY), st.integers(0, 3) | st.just(3600))
def test_the_worst_age_is_that_of_the_oldest_pair_of_moments(
    writes: list[int], reads: list[int], most: int, jitter: int
) -> None:
    window = Window(1, 6)
    pairs = [
        Found(at, max(write for write in writes if write < at) - jitter)
        for at in sorted(reads)
        if window.start <= at < window.end and min(writes, default=at) < at
    ]
    ages = Fixed(moments(writes), jitter).over(moments(reads), window, most)
    assert ages.worst == max(pairs, key=lambda found: found.age, default=None)
    assert ages.beyond == sum(found.age > most for found in pairs)


@given(SECONDS, SECONDS, st.integers(0, 6 * DAY), st.integers(0, 3) | st.just(3600))
def test_the_first_moment_beyond_an_age_is_the_first_of_all_that_are(
    writes: list[int], reads: list[int], most: int, jitter: int
) -> None:
    window = Window(1, 6)
    beyond = [
        found
        for at in sorted(reads)
        if window.start <= at < window.end and min(writes, default=at) < at
        if (found := Found(at, max(write for write in writes if write < at) - jitter)).age > most
    ]
    first = Fixed(moments(writes), jitter).first_beyond(moments(reads), window, most)
    assert first == next(iter(beyond), None)


@given(SECONDS, st.integers(0, 6 * DAY), st.integers(0, 3) | st.just(3600))
def test_at_any_moment_an_age_is_exceeded_a_second_after_it_is_reached(
    writes: list[int], most: int, jitter: int
) -> None:
    window, writer = Window(1, 6), Fixed(moments(writes), jitter)
    first = writer.first_beyond(None, window, most)
    exceeded = [
        at
        for at in {window.start, window.end, *(write + more for write in writes for more in (1, most - jitter + 1))}
        if window.start <= at <= window.end and (found := writer.found_at(at)) is not None and found.age > most
    ]
    assert first == (writer.found_at(min(exceeded)) if exceeded else None)


@given(SECONDS, st.integers(0, 6 * DAY))
def test_at_any_moment_the_worst_age_is_the_longest_gap(writes: list[int], most: int) -> None:
    window = Window(1, 6)
    inside = [at for at in sorted(writes) if window.start <= at < window.end]
    starts = [max([at for at in writes if at < window.start], default=None), *inside]
    gaps = [end - begin for begin, end in zip(starts, [*inside, window.end], strict=True) if begin is not None]
    ages = Fixed(moments(writes), 0).over(None, window, most)
    assert (None if ages.worst is None else ages.worst.age) == max(gaps, default=None)
    assert ages.beyond == sum(max(0, gap - most) for gap in gaps)


@given(SECONDS, st.integers(0, 2 * DAY))
def test_moments_that_come_later_are_the_same_moments(writes: list[int], later: int) -> None:
    shifted = moments(writes).later_by(later)
    assert list(shifted.between(0, 12)) == sorted(at + later for at in writes)
    assert shifted.covers(moments([at + later for at in writes if at + later < 6 * DAY]), 0, 6)


@given(SECONDS, st.integers(0, 7 * DAY))
def test_the_moments_around_another_are_its_neighbours(writes: list[int], at: int) -> None:
    found = moments(writes)
    assert found.last_before(at) == max((write for write in writes if write < at), default=None)
    assert found.first_from(at) == min((write for write in writes if write >= at), default=None)


def test_an_interval_is_taken_to_fall_at_its_worst() -> None:
    window, readings = Window(10, 20), moments([]).later_by(0)
    ages = Floating(3600, 60).over(None, window, 3000)
    assert ages.worst is not None
    assert (ages.worst.age, ages.beyond) == (3660, 660)
    assert Floating(3600, 60).first_beyond(None, window, 3600) == ages.worst
    assert Floating(3600, 60).first_beyond(None, window, 3660) is None
    assert Floating(3600, 60).over(readings, window, 3000).worst is None


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ({"schedule": "0 6 * *"}, "schedule"),
        ({"schedule": "0 6 ? * *"}, "schedule"),
        ({"schedule": "0 6 31 2 *"}, "schedule"),
        ({"schedule": "@reboot"}, "schedule"),
        ({"schedule": "0 6 * * *", "timezone_name": "Europe/Nowhere"}, "timezone"),
        ({"schedule": "0 6 * * *", "timezone_name": "Europe"}, "timezone"),
        ({"schedule": "0 6 * * *", "timezone_name": "../../etc/passwd"}, "timezone"),
        ({"interval_seconds": 0}, "interval_seconds"),
    ],
)
def test_what_is_no_rhythm_is_told_with_its_member(members: dict[str, str], wrong: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_rhythm(**members)  # type: ignore[arg-type]  # each case sets one or two members
    assert refused.value.member == wrong


@pytest.mark.parametrize(
    ("schedule", "read"), [("@daily", "0 0 * * *"), (" 0 6 * * MON-FRI ", "0 6 * * MON-FRI"), ("30 0 6 * * *",) * 2]
)
def test_dialects_that_are_read(schedule: str, read: str) -> None:
    rhythm = read_rhythm(schedule=schedule, duration_seconds=1.5)
    assert rhythm is not None
    assert (rhythm.schedule, rhythm.duration) == (read, 2)


def test_a_zone_may_be_an_offset() -> None:
    assert zone_named("+05:30").utcoffset(None) == zone_named("UTC+5:30").utcoffset(None) == timedelta(hours=5.5)


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("06:00", Deadline(6, 0, "Europe/Paris")),
        ("6:30 Europe/Berlin", Deadline(6, 30, "Europe/Berlin")),
        ("06:00:00 UTC", Deadline(6, 0, "UTC")),
        ("06:00Z", Deadline(6, 0, "Z")),
        ("12:15 am", Deadline(0, 15, "Europe/Paris")),
        ("06:00+02:00", Deadline(6, 0, "+02:00")),
    ],
)
def test_times_of_day_that_are_read(text: str, deadline: Deadline) -> None:
    assert read_deadline(text, "Europe/Paris") == deadline


@pytest.mark.parametrize("text", ["PT6H", "the morning", "25:00", "06:61", "06:00 Europe/Nowhere", "13:00 pm"])
def test_times_of_day_that_are_not(text: str) -> None:
    with pytest.raises(Unreadable):
        read_deadline(text, "")


def test_more_than_a_run_a_minute_is_not_expanded() -> None:
    with pytest.raises(Unreadable):
        expand("*/30 * * * * *", "", Habit.CATCHES_UP, 0, 2)
