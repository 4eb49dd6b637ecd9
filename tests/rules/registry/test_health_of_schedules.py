"""Punctual systems on real schedules, across a change of the clocks: nobody is ever said to be late."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from server.conflicts.schedules.expansion import Habit, expand
from server.conflicts.schedules.moments import DAY
from server.model.event import Run, RunResult
from server.model.moments import to_wire
from server.model.signs import LastRun, Signs, with_run
from server.model.system import Status, Timing
from server.registry.health import judge_health

DAYS = 28

SCHEDULES = [
    # crontabs
    ("* * * * *", "Europe/Berlin"),
    ("*/5 * * * *", "America/New_York"),
    ("*/15 8-18 * * 1-5", "Europe/Berlin"),
    ("0 * * * *", "UTC"),
    ("7 */2 * * *", "Australia/Sydney"),
    ("30 2 * * *", "Europe/Berlin"),
    ("30 2 * * *", "America/New_York"),
    ("0,10,20,30,40,50 2 * * *", "Europe/Berlin"),
    ("*/10 2 * * *", "Europe/Berlin"),
    ("15 1,2,3 * * *", "America/Chicago"),
    ("0 3 * * *", "Europe/London"),
    ("59 1 * * *", "Europe/London"),
    ("0 0 * * *", "America/Santiago"),
    ("30 0 * * *", "Africa/Cairo"),
    ("0 6 * * MON-FRI", "Europe/Paris"),
    ("0 9 * * 1-5", "America/New_York"),
    ("0 22 * * 0", "Asia/Tokyo"),
    ("30 17 * * 5", "Asia/Kolkata"),
    ("0 4 1 * *", "UTC"),
    ("0 4 31 * *", "Europe/Berlin"),
    ("0 4 L * *", "Europe/Berlin"),
    ("0 4 29 2 *", "UTC"),
    ("0 12 1,15 * *", "America/Los_Angeles"),
    ("0 8 * * 1#1", "Europe/Madrid"),
    ("0 8 * * 5L", "Europe/Madrid"),
    ("5 4 * * sun", "Pacific/Auckland"),
    ("0 0 1 1,4,7,10 *", "Europe/Zurich"),
    ("0 2-4 * * *", "Australia/Lord_Howe"),
    ("@hourly", "Europe/Berlin"),
    ("@daily", "America/New_York"),
    ("@weekly", "Europe/Berlin"),
    ("@monthly", "UTC"),
    ("@yearly", "UTC"),
    # workflow files: UTC, and often minutes late
    ("17 5 * * *", ""),
    ("0 */6 * * *", ""),
    ("30 5,17 * * 1-5", ""),
    # CronJobs with the zone in front, and with seconds as timers have them
    ("CRON_TZ=Europe/Rome 0 2 * * *", ""),
    ("TZ=America/Sao_Paulo 45 23 * * *", ""),
    ("@every 90m", ""),
    ("0 30 2 * * *", "Europe/Berlin"),
    ("30 0 12 * * MON", "+05:30"),
]

CHANGES = {
    "spring in America and Europe": datetime(2026, 3, 5, tzinfo=UTC),
    "spring in Europe, autumn in Australia": datetime(2026, 3, 20, tzinfo=UTC),
    "autumn in Europe and America": datetime(2026, 10, 15, tzinfo=UTC),
}


def starts(schedule: str, zone: str, begin: datetime, habit: Habit) -> list[int]:
    """When a scheduler of this habit starts it, in seconds since 1970, with the last start before the beginning."""
    if schedule == "@every 90m":
        return list(range(int(begin.timestamp()) - 1_800, int(begin.timestamp()) + DAYS * DAY, 5_400))
    if "TZ=" in schedule:
        zone, schedule = schedule.split("=", 1)[1].split(" ", 1)
    nicknames = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0"}
    schedule = {**nicknames, "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *"}.get(schedule, schedule)
    first = int(begin.timestamp()) // DAY
    back = 1_500 if "29 2" in schedule else 400 if schedule.endswith("1 *") or "," in schedule.split()[3] else 70
    found = list(expand(schedule, zone, habit, first - back, first + DAYS).between(first - back, first + DAYS))
    earlier = [one for one in found if one < int(begin.timestamp())]
    return found[len(earlier) - 1 :]


def test_the_list_holds_41_kinds_of_schedules() -> None:
    assert len(set(SCHEDULES)) == 41


@pytest.mark.parametrize("begin", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(("schedule", "zone"), SCHEDULES)
def test_reg_05_a_punctual_system_is_never_said_to_be_late(schedule: str, zone: str, begin: datetime) -> None:
    timing = Timing(schedule=schedule, timezone=zone)
    for runs in {tuple(starts(schedule, zone, begin, habit)) for habit in Habit}:
        assert runs[0] < begin.timestamp()
        said: Counter[Status] = Counter()
        position = 0
        for hour in range(DAYS * 24):
            # a little after every hour, and just before the next one begins
            for now in (begin + timedelta(hours=hour, seconds=2), begin + timedelta(hours=hour + 1, seconds=-1)):
                while position + 1 < len(runs) and runs[position + 1] <= now.timestamp():
                    position += 1
                last = LastRun(at=to_wire(datetime.fromtimestamp(runs[position], UTC)), result=RunResult.OK)
                said[judge_health(timing, Signs(run=last), now).status] += 1
        assert said == {Status.HEALTHY: DAYS * 24 * 2}


@pytest.mark.parametrize(("schedule", "zone"), SCHEDULES)
def test_reg_05_a_system_that_stopped_is_degraded_and_then_down(schedule: str, zone: str) -> None:
    timing = Timing(schedule=schedule, timezone=zone)
    stopped = datetime(2026, 3, 1, tzinfo=UTC)
    signs = Signs(run=LastRun(at=to_wire(stopped), result=RunResult.OK))
    seen = [judge_health(timing, signs, stopped + timedelta(days=30 * month)).status for month in range(12 * 26)]
    assert seen[0] is Status.HEALTHY
    assert seen[-1] is Status.DOWN
    order = [Status.HEALTHY, Status.DEGRADED, Status.DOWN]
    assert seen == sorted(seen, key=order.index)


def test_reg_05_a_run_that_takes_its_time_is_not_late_while_it_may_last() -> None:
    timing = Timing.model_validate({"schedule": "0 * * * *", "duration_seconds": 3_000})
    begin = datetime(2026, 3, 28, tzinfo=UTC)
    signs = Signs()
    for minute in range(48 * 60):
        now = begin + timedelta(minutes=minute)
        if now.minute == 50:  # started with the hour, over after fifty minutes, and reported only then
            started = now - timedelta(minutes=50)
            run = Run(at=to_wire(now), started_at=to_wire(started), finished_at=to_wire(now), result=RunResult.OK)
            signs = with_run(signs, run, to_wire(now))
        if signs.run is not None:
            assert judge_health(timing, signs, now).missed == 0


@pytest.mark.parametrize("schedule", ["30 2 * * *", "0,20,40 2 * * *", "0 30 2 * * *"])
def test_reg_05_a_time_that_the_clocks_skip_is_not_missed(schedule: str) -> None:
    timing = Timing(schedule=schedule, timezone="Europe/Berlin")
    last = datetime(2026, 3, 28, 1, 40, tzinfo=UTC)  # 02:40 of the day before
    signs = Signs(run=LastRun(at=to_wire(last), result=RunResult.OK))
    assert judge_health(timing, signs, datetime(2026, 3, 29, 23, tzinfo=UTC)).missed == 0
    missed = judge_health(timing, signs, datetime(2026, 3, 30, 4, tzinfo=UTC)).missed
    assert missed == len(schedule.split()[0].split(","))


def test_reg_05_a_time_that_the_clocks_show_twice_is_missed_once() -> None:
    timing = Timing(schedule="30 2 * * *", timezone="Europe/Berlin")
    signs = Signs(run=LastRun(at="2026-10-24T00:30:00Z", result=RunResult.OK))
    assert judge_health(timing, signs, datetime(2026, 10, 25, 23, tzinfo=UTC)).missed == 1
    again = Signs(run=LastRun(at="2026-10-25T01:30:00Z", result=RunResult.OK))
    assert judge_health(timing, again, datetime(2026, 10, 25, 23, tzinfo=UTC)).missed == 0
