"""Registry rule 5: health from the last run against what was to be expected, and from how it ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.model.event import Run, RunResult
from server.model.moments import to_wire
from server.model.signs import LastRun, Look, Signs, with_heartbeat, with_run
from server.model.system import Status, Timing
from server.registry.health import Health, beside_upstream, judge_health

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)
HOURLY = Timing(interval_seconds=3_600)


def ran(ago: timedelta, result: str = "OK") -> Signs:
    return Signs(run=LastRun(at=to_wire(NOW - ago), result=RunResult(result)))


def after_run(**members: Any) -> Signs:
    return with_run(Signs(), Run(**members), to_wire(NOW))


def judged(timing: Timing | None, signs: Signs, now: datetime = NOW) -> Health:
    found = judge_health(timing, signs, now)
    assert found.reason.endswith(".")
    return found


@pytest.mark.parametrize(
    ("ago", "status"),
    [
        (timedelta(0), Status.HEALTHY),
        (timedelta(hours=2), Status.HEALTHY),
        (timedelta(hours=2, seconds=1), Status.DEGRADED),
        (timedelta(hours=5), Status.DEGRADED),
        (timedelta(hours=5, seconds=1), Status.DOWN),
        (timedelta(days=900), Status.DOWN),
    ],
)
def test_reg_05_more_than_two_intervals_are_degraded_and_more_than_five_down(ago: timedelta, status: Status) -> None:
    assert judged(HOURLY, ran(ago)).status is status


@pytest.mark.parametrize("seconds", [0.000001, 0.1, 1, 7, 60, 900.5, 1234.567891, 86_400, 31 * 86_400])
def test_reg_05_the_boundaries_are_exact_to_the_microsecond(seconds: float) -> None:
    timing, began = Timing(interval_seconds=seconds), NOW
    signs = Signs(run=LastRun(at=to_wire(began), result=RunResult.OK))
    just = timedelta(microseconds=1)
    for bound, within, beyond in ((2, Status.HEALTHY, Status.DEGRADED), (5, Status.DEGRADED, Status.DOWN)):
        edge = began + bound * timedelta(seconds=seconds)
        assert judged(timing, signs, edge).status is within
        late = judged(timing, signs, edge + just)
        assert late.status is beyond
        assert f"interval of {seconds:.6f}".rstrip("0").rstrip(".") + " s" in late.reason


def test_reg_05_an_interval_of_next_to_nothing_is_one_of_a_microsecond() -> None:
    assert judged(Timing(interval_seconds=1e-9), ran(timedelta(microseconds=0))).status is Status.HEALTHY


@pytest.mark.parametrize(
    ("missed", "status"), [(0, "HEALTHY"), (2, "HEALTHY"), (3, "DEGRADED"), (5, "DEGRADED"), (6, "DOWN"), (40, "DOWN")]
)
def test_reg_05_with_a_calendar_the_missed_runs_are_counted(missed: int, status: str) -> None:
    timing = Timing.model_validate({"schedule": "0 9 * * MON-FRI", "timezone": "Europe/Berlin", "jitter_seconds": 60})
    fires = [day for day in range(1, 80) if (datetime(2026, 6, 1, tzinfo=UTC) + timedelta(days=day)).weekday() < 5]
    began = datetime(2026, 6, 1, 7, 0, 30, tzinfo=UTC)
    signs = Signs(run=LastRun(at=to_wire(began), result=RunResult.OK))
    last_missed = datetime(2026, 6, 1, 7, tzinfo=UTC) + timedelta(days=fires[missed - 1] if missed else 0)
    found = judged(timing, signs, last_missed + timedelta(seconds=61))
    assert (found.status, found.missed) == (status, min(missed, 6))
    if missed:  # a run is not missed before it may be late no longer
        early = judged(timing, signs, last_missed + timedelta(seconds=60))
        assert early.missed == min(missed - 1, 6)


def test_reg_05_a_weekend_is_no_silence_for_a_system_that_runs_on_weekdays() -> None:
    timing = Timing(schedule="*/30 8-17 * * 1-5", timezone="America/New_York")
    friday = datetime(2026, 4, 3, 21, 30, tzinfo=UTC)
    signs = Signs(run=LastRun(at=to_wire(friday), result=RunResult.OK))
    assert judged(timing, signs, datetime(2026, 4, 6, 12, tzinfo=UTC)).status is Status.HEALTHY
    assert judged(timing, signs, datetime(2026, 4, 6, 13, 4, tzinfo=UTC)).status is Status.DEGRADED


@pytest.mark.parametrize("timing", [None, HOURLY, Timing(schedule="0 6 * * *")])
def test_reg_05_who_never_reported_is_unknown(timing: Timing | None) -> None:
    found = judged(timing, Signs())
    assert (found.status, found.last_health_check) == (Status.UNKNOWN, "")
    assert "never reported" in found.reason


@pytest.mark.parametrize(
    ("minutes", "told"), [(0, "less than its interval"), (59, "less than its interval"), (90, "1.5 times its interval")]
)
def test_reg_05_a_run_within_its_interval_is_told_without_a_fraction(minutes: int, told: str) -> None:
    assert f", {told} of 3" in judged(HOURLY, ran(timedelta(minutes=minutes))).reason


def test_reg_05_what_a_registration_states_counts_until_anything_is_heard() -> None:
    found = judge_health(HOURLY, Signs(), NOW, declared=Status.DEGRADED, declared_at="2026-04-01T00:00:00Z")
    assert (found.status, found.last_health_check) == (Status.DEGRADED, "2026-04-01T00:00:00Z")
    assert "registration" in found.reason
    assert judge_health(HOURLY, ran(timedelta(0)), NOW, declared=Status.DOWN).status is Status.HEALTHY


def test_reg_05_a_critical_result_is_down_until_a_later_run_ends_otherwise() -> None:
    signs = ran(timedelta(minutes=5), "CRITICAL")
    assert judged(HOURLY, signs).status is Status.DOWN
    began = with_run(signs, Run(at=to_wire(NOW), started_at=to_wire(NOW)), to_wire(NOW))
    assert judged(HOURLY, began).status is Status.DOWN
    beating = with_heartbeat(signs, to_wire(NOW), None, to_wire(NOW))
    assert judged(HOURLY, beating).status is Status.DOWN
    late = with_run(signs, Run(at=to_wire(NOW - timedelta(hours=1)), result=RunResult.OK), to_wire(NOW))
    assert judged(HOURLY, late).status is Status.DOWN
    again = with_run(signs, Run(at=to_wire(NOW), result=RunResult.OK), to_wire(NOW))
    assert judged(HOURLY, again).status is Status.HEALTHY


def test_reg_05_an_error_leaves_it_healthy_and_is_told() -> None:
    found = judged(HOURLY, ran(timedelta(minutes=5), "ERROR"))
    assert found.status is Status.HEALTHY
    assert "ERROR" in found.reason


def test_reg_05_what_is_switched_off_is_unknown_and_not_down() -> None:
    found = judged(Timing(interval_seconds=60, enabled=False), ran(timedelta(days=30), "CRITICAL"))
    assert found.status is Status.UNKNOWN
    assert "switched off" in found.reason


def test_reg_05_without_an_expected_interval_no_silence_is_noticed_and_the_reason_says_so() -> None:
    for timing in (None, Timing(), Timing(interval_seconds=0)):
        found = judged(timing, ran(timedelta(days=365)))
        assert found.status is Status.HEALTHY
        assert "no silence is noticed" in found.reason
    both = Timing(schedule="when the moon is full", interval_seconds=60)
    assert judged(both, ran(timedelta(days=1))).status is Status.DOWN


def test_reg_05_a_run_that_is_under_way_is_alive_and_one_without_end_is_degraded() -> None:
    began = after_run(at="2026-04-05T10:00:00Z", started_at="2026-04-05T10:00:00Z")
    assert "under way" in judged(HOURLY, began).reason
    assert judged(HOURLY, began).status is Status.HEALTHY
    assert judged(HOURLY, began, NOW + timedelta(hours=1)).status is Status.HEALTHY
    assert judged(HOURLY, began, NOW + timedelta(hours=1, seconds=1)).status is Status.DEGRADED
    assert judged(HOURLY, began, NOW + timedelta(days=9)).status is Status.DEGRADED
    ended = with_run(began, Run(at="2026-04-05T10:40:00Z", result=RunResult.OK), to_wire(NOW))
    assert ended.running_since == ""
    assert judged(HOURLY, ended).status is Status.DEGRADED


def test_reg_05_heartbeats_show_life_where_there_is_no_schedule() -> None:
    signs = with_heartbeat(ran(timedelta(days=9)), to_wire(NOW - timedelta(hours=1)), 0.25, to_wire(NOW))
    found = judged(HOURLY, signs)
    assert found.status is Status.HEALTHY
    assert "0.25" in found.reason
    daily = Timing(schedule="0 6 * * *")
    assert judged(daily, signs).status is Status.DOWN
    assert judged(daily, Signs(heartbeat=to_wire(NOW))).status is Status.HEALTHY


def test_reg_05_a_moment_in_the_future_counts_as_now() -> None:
    signs = after_run(at="2030-01-01T00:00:00Z", result="OK")
    assert judged(HOURLY, signs, NOW + timedelta(hours=3)).status is Status.DEGRADED


def test_reg_05_events_may_come_in_any_order() -> None:
    results = {hour: RunResult.CRITICAL if hour == 9 else RunResult.OK for hour in range(6, 12)}
    runs = [Run(at=f"2026-04-05T{hour:02d}:00:00Z", result=result) for hour, result in results.items()]
    orders = [runs, runs[::-1], [*runs[3:], *runs[:3]]]
    found = []
    for order in orders:
        signs = Signs()
        for run in order:
            signs = with_run(signs, run, to_wire(NOW))
        found.append(signs)
    assert found[0] == found[1] == found[2]
    assert found[0].run is not None
    assert found[0].run.at == "2026-04-05T11:00:00Z"


def test_reg_05_a_status_file_shows_how_it_was_when_it_was_looked_at() -> None:
    look = Look(looked_at="2026-04-05T08:00:00Z", stated="OK", last_run="2026-04-05T07:30:00Z")
    found = judged(HOURLY, Signs(status_file=look))
    assert (found.status, found.last_health_check) == (Status.HEALTHY, "2026-04-05T08:00:00Z")
    assert "status file" in found.reason
    old = look.model_copy(update={"last_run": "2026-04-05T04:30:00Z"})
    assert judged(HOURLY, Signs(status_file=old)).status is Status.DEGRADED
    critical = look.model_copy(update={"stated": "CRITICAL"})
    assert judged(HOURLY, Signs(status_file=critical)).status is Status.DOWN
    degraded = look.model_copy(update={"stated": "DEGRADED"})
    assert judged(HOURLY, Signs(status_file=degraded)).status is Status.DEGRADED
    unreadable = Look(looked_at="2026-04-05T08:00:00Z", problem="Its status file is not there.")
    found = judged(HOURLY, Signs(status_file=unreadable))
    assert (found.status, found.reason) == (Status.UNKNOWN, "Its status file is not there.")
    reported = ran(timedelta(minutes=1)).model_copy(update={"status_file": critical})
    assert judged(HOURLY, reported).status is Status.HEALTHY


def test_reg_05_what_a_status_file_does_not_say_is_no_ok() -> None:
    stated = Look(looked_at="2026-04-05T08:00:00Z", last_run="2026-04-05T07:30:00Z")
    empty = stated.model_copy(update={"only_written": True})
    for look, says in ((stated, "its result unknown"), (empty, "how the run ended is unknown")):
        found = judged(HOURLY, Signs(status_file=look))
        assert found.status is Status.HEALTHY
        assert says in found.reason
        assert "OK" not in found.reason
    old = empty.model_copy(update={"last_run": "2026-04-05T02:00:00Z"})
    assert judged(HOURLY, Signs(status_file=old)).status is Status.DOWN
    found = judged(None, Signs(status_file=empty))
    assert found.status is Status.UNKNOWN
    assert "empty" in found.reason


@pytest.mark.parametrize("stated", ["CRITICAL", "DEGRADED"])
def test_reg_05_a_status_file_speaks_for_the_moment_that_it_states_and_not_against_a_later_run(stated: str) -> None:
    members = {"looked_at": to_wire(NOW), "last_run": to_wire(NOW - timedelta(minutes=20)), "stated": stated}
    look = Look.model_validate(members)
    after = ran(timedelta(minutes=5)).model_copy(update={"status_file": look})
    assert judged(HOURLY, after).status is Status.HEALTHY
    before = ran(timedelta(minutes=30)).model_copy(update={"status_file": look})
    assert judged(HOURLY, before).status is not Status.HEALTHY
    beating = with_heartbeat(before, to_wire(NOW), None, to_wire(NOW))  # alive, which it does not deny
    assert judged(HOURLY, beating).status is not Status.HEALTHY


def test_reg_05_a_broken_status_file_is_unknown_unless_somebody_reported() -> None:
    broken = Look(looked_at=to_wire(NOW), problem="Its status file is broken JSON.")
    found = judged(HOURLY, Signs(status_file=broken))
    assert (found.status, found.reason) == (Status.UNKNOWN, "Its status file is broken JSON.")
    reported = ran(timedelta(minutes=5)).model_copy(update={"status_file": broken})
    assert judged(HOURLY, reported).status is Status.HEALTHY


def test_reg_05_an_endpoint_speaks_for_itself_and_against_what_was_reported_before() -> None:
    at = to_wire(NOW - timedelta(minutes=10))
    for stated, status in (("OK", "HEALTHY"), ("DEGRADED", "DEGRADED"), ("CRITICAL", "DOWN")):
        signs = Signs(endpoint=Look.model_validate({"looked_at": at, "stated": stated}))
        assert judged(HOURLY, signs, NOW + timedelta(days=3)).status == status
    dead = Look(looked_at=at, stated="CRITICAL", problem="Its health endpoint did not answer.")
    before = ran(timedelta(minutes=20)).model_copy(update={"endpoint": dead})
    assert judged(HOURLY, before).status is Status.DOWN
    after = ran(timedelta(minutes=5)).model_copy(update={"endpoint": dead})
    assert judged(HOURLY, after).status is Status.HEALTHY
    silent = ran(timedelta(hours=3)).model_copy(update={"endpoint": Look(looked_at=at, stated="OK")})
    assert judged(HOURLY, silent).status is Status.DEGRADED


def test_reg_05_a_system_that_is_down_is_mentioned_downstream_and_not_inherited() -> None:
    health = judged(HOURLY, ran(timedelta(minutes=5)))
    told = beside_upstream(health, ["sys_a"])
    assert told.status is Status.HEALTHY
    assert told.reason == f"{health.reason} sys_a, which it needs, is DOWN."
    assert "and 2 more, which it needs, are DOWN." in beside_upstream(health, list("abcde")).reason
    assert beside_upstream(health, []) == health


def test_reg_05_since_says_when_it_became_so() -> None:
    assert judged(HOURLY, ran(timedelta(hours=3))).since == "2026-04-05T13:00:00Z"
    assert judged(HOURLY, ran(timedelta(hours=7))).since == "2026-04-05T12:00:00Z"
    assert judged(HOURLY, ran(timedelta(hours=1))).since == "2026-04-05T13:00:00Z"
    assert judged(HOURLY, ran(timedelta(hours=1), "CRITICAL")).since == "2026-04-05T13:00:00Z"
