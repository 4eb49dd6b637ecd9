"""A cron expression expanded over days, in its time zone: what happens on the nights when clocks are changed."""

from collections import defaultdict
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from server.conflicts.schedules.moments import DAY, Moments, Pattern
from server.registry.rhythm import MOST_A_DAY, Unreadable, parsed, zone_named

_EPOCH = date(1970, 1, 1).toordinal()
_MIDNIGHT = datetime(1970, 1, 1)  # noqa: DTZ001 - local time; the zone is put on it where it is needed


class Habit(Enum):
    """What a scheduler does with a time of day that clocks skip or show twice. Both are in wide use."""

    CATCHES_UP = "starts a skipped run as soon as the clocks have jumped, and a repeated one once"
    """As Debian's cron does for jobs at a fixed hour; jobs with a `*` for the hour or the minute go by the clock."""
    BY_THE_CLOCK = "leaves a skipped run out, and starts a repeated one twice"


def expand(schedule: str, timezone: str, habit: Habit, first_day: int, end_day: int) -> Moments:
    """The starts from one UTC day on and before another (days since 1970-01-01). Raises Unreadable."""
    if habit is Habit.CATCHES_UP and not at_fixed_times(schedule):
        habit = Habit.BY_THE_CLOCK
    return _expanded(schedule, timezone.strip(), habit, first_day, end_day)


def at_fixed_times(schedule: str) -> bool:
    """Whether both hour and minute are given, and no seconds: where schedulers differ on what clocks skip."""
    fields = schedule.split()
    return len(fields) == 5 and not fields[0].startswith("*") and not fields[1].startswith("*")


@lru_cache(maxsize=64)
def _expanded(schedule: str, timezone: str, habit: Habit, first_day: int, end_day: int) -> Moments:
    cron, zone = parsed(schedule), zone_named(timezone)
    times = tuple(
        hour * 3600 + minute * 60 + second
        for hour in sorted(cron.hours)
        for minute in sorted(cron.minutes)
        for second in sorted(cron.seconds)
    )
    if len(times) > MOST_A_DAY:
        raise Unreadable("schedule", f"{schedule!r} runs more than once a minute, which is not expanded.")
    parts: defaultdict[int, list[Pattern]] = defaultdict(list)
    splits: dict[int, list[tuple[int, Pattern]]] = {}
    offsets = _offsets(timezone, first_day - 1, end_day + 2)
    for day, (at_start, at_end) in enumerate(pairwise(offsets), first_day - 1):
        local = date.fromordinal(_EPOCH + day)
        if local.month not in cron.months or not cron.match_day(local):
            continue
        if at_start != at_end:
            moments = _through_a_change(day, times, at_start, at_end, zone, habit)
            for away, pattern in _split([moment - day * DAY for moment in moments]):
                parts[day + away].append(pattern)
            continue
        if at_start not in splits:
            splits[at_start] = _split([second - at_start for second in times])
        for away, pattern in splits[at_start]:
            parts[day + away].append(pattern)
    return Moments.of(first_day, _joined(parts, first_day, end_day))


def _joined(parts: dict[int, list[Pattern]], first_day: int, end_day: int) -> tuple[Pattern, ...]:
    known: dict[tuple[int, ...], Pattern] = {(): ()}
    days = []
    for day in range(first_day, end_day):
        here = parts.get(day, [])
        key = tuple(id(part) for part in here)
        if key not in known:
            known[key] = here[0] if len(here) == 1 else tuple(sorted({second for part in here for second in part}))
        days.append(known[key])
    return tuple(days)


def _split(seconds: list[int]) -> list[tuple[int, Pattern]]:
    """Seconds from the beginning of a day, by the day that they fall on: (days away, pattern)."""
    by_day: defaultdict[int, list[int]] = defaultdict(list)
    for second in seconds:
        by_day[second // DAY].append(second % DAY)
    return [(away, tuple(sorted(set(found)))) for away, found in by_day.items()]


@lru_cache(maxsize=64)
def _offsets(timezone: str, first_day: int, end_day: int) -> tuple[int, ...]:
    """Seconds east of UTC at the beginning of each local day."""
    zone = zone_named(timezone)
    return tuple(
        _seconds((_MIDNIGHT + timedelta(days=day)).replace(tzinfo=zone).utcoffset())
        for day in range(first_day, end_day)
    )


def _seconds(offset: timedelta | None) -> int:
    return 0 if offset is None else int(offset.total_seconds())


def _through_a_change(
    day: int, times: tuple[int, ...], before: int, after: int, zone: tzinfo, habit: Habit
) -> list[int]:
    """The starts on a local day on which clocks change once, in seconds since 1970; offsets as at its two ends."""
    change = _change_in(day * DAY - before, (day + 1) * DAY - after, after, zone)
    moments: list[int] = []
    for second in times:
        first, again = day * DAY + second - before, day * DAY + second - after
        shown = [moment for moment, valid in ((first, first < change), (again, again >= change)) if valid]
        if habit is Habit.CATCHES_UP:
            shown = shown[:1] or [change]
        moments += shown
    return moments


def _change_in(begin: int, end: int, after: int, zone: tzinfo) -> int:
    """The first moment with the offset `after`."""
    while begin < end:
        middle = (begin + end) // 2
        if _seconds(datetime.fromtimestamp(middle, zone).utcoffset()) == after:
            end = middle
        else:
            begin = middle + 1
    return begin
