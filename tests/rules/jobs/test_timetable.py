"""When the built-in schedule wants which job."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.jobs.timetable import SCHEDULE, Timetable
from server.model.run import Job

BY_JOB = {timetable.job: timetable for timetable in SCHEDULE}
SECONDS = st.integers(0, 4_000_000_000)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("job", "now", "last", "following"),
    [
        (Job.REGISTRY, "2026-04-05T05:59:59Z", "2026-04-05T00:00:00Z", "2026-04-05T06:00:00Z"),
        (Job.REGISTRY, "2026-04-05T06:00:00Z", "2026-04-05T06:00:00Z", "2026-04-05T12:00:00Z"),
        (Job.REGISTRY, "2026-04-05T23:59:59Z", "2026-04-05T18:00:00Z", "2026-04-06T00:00:00Z"),
        (Job.VALIDATION, "2026-04-05T01:59:59Z", "2026-04-04T02:00:00Z", "2026-04-05T02:00:00Z"),
        (Job.VALIDATION, "2026-04-05T02:00:00Z", "2026-04-05T02:00:00Z", "2026-04-06T02:00:00Z"),
        (Job.DISCOVERY, "2026-01-01T00:30:00Z", "2025-12-31T03:00:00Z", "2026-01-01T03:00:00Z"),
        (Job.PATTERNS, "2026-04-05T04:59:59Z", "2026-04-04T05:00:00Z", "2026-04-05T05:00:00Z"),
        (Job.LEARNING, "2026-04-05T17:59:59Z", "2026-03-29T18:00:00Z", "2026-04-05T18:00:00Z"),
        (Job.LEARNING, "2026-04-05T18:00:00Z", "2026-04-05T18:00:00Z", "2026-04-12T18:00:00Z"),
        (Job.LEARNING, "2026-04-06T00:00:00Z", "2026-04-05T18:00:00Z", "2026-04-12T18:00:00Z"),
        (Job.LEARNING, "2026-01-01T12:00:00Z", "2025-12-28T18:00:00Z", "2026-01-04T18:00:00Z"),
    ],
)
def test_reg_09_a_job_is_due_at_its_hours_in_utc(job: Job, now: str, last: str, following: str) -> None:
    timetable = BY_JOB[job]
    assert timetable.last_due(at(now)) == at(last)
    assert timetable.next_due(at(now)) == at(following)


def test_reg_09_the_registry_is_looked_at_every_six_hours_and_contracts_daily() -> None:
    assert {job: timetable.every for job, timetable in BY_JOB.items()} == {
        Job.REGISTRY: timedelta(hours=6),
        Job.VALIDATION: timedelta(days=1),
        Job.DISCOVERY: timedelta(days=1),
        Job.PATTERNS: timedelta(days=1),
        Job.LEARNING: timedelta(weeks=1),
    }


@given(SECONDS, st.sampled_from(SCHEDULE))
def test_reg_09_the_last_time_is_never_ahead_and_the_next_never_behind(seconds: int, timetable: Timetable) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert timetable.last_due(now) <= now < timetable.next_due(now)
    assert timetable.last_due(timetable.last_due(now)) == timetable.last_due(now)
