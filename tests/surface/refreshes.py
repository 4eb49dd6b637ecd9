"""The source's example as systems would report it: rendering errors 15 minutes after a weekly refresh."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.surface.world import Concord, register_example

WEDNESDAY = datetime(2026, 1, 7, 3, 0, tzinfo=UTC)
"""The first refresh; the last one is on 1 April."""
WEEKS = 13
SKIPPED, LATE = (4,), {7: timedelta(hours=5), 10: timedelta(hours=2)}
"""Weeks without a refresh, and those in which it came later: what tells a cause from two schedules."""
CAUSE, EFFECT = "sys_data_pipeline", "sys_dashboard"


def beginnings() -> list[datetime]:
    """When the long refreshes began."""
    weeks = (week for week in range(WEEKS) if week not in SKIPPED)
    return [WEDNESDAY + timedelta(weeks=week) + LATE.get(week, timedelta()) for week in weeks]


def refreshes() -> list[dict[str, Any]]:
    """The runs of the pipeline: a short one each day at noon, and the long refresh on Wednesdays."""
    noons = [WEDNESDAY + timedelta(days=day, hours=9) for day in range(7 * WEEKS)]
    return [*(_run(noon, minutes=4) for noon in noons), *(_run(begun, minutes=20) for begun in beginnings())]


def rendering_errors(*, minutes: float = 15) -> list[dict[str, Any]]:
    """An error of the dashboard so long after the beginning of each refresh, and a few of another kind at other times."""
    times = [begun + timedelta(minutes=minutes + number % 3) for number, begun in enumerate(beginnings())]
    others = [WEDNESDAY + timedelta(days=17 * number + 2, hours=number * 5 + 1) for number in range(4)]
    return [*(_error(at, "rendering") for at in times), *(_error(at, "login") for at in others)]


async def reported(concord: Concord, *, minutes: float = 15) -> dict[str, Any]:
    """The example is registered and has reported 13 weeks; the run of the job that has looked at it."""
    await register_example(concord)
    await concord.call("report", system_id=CAUSE, events=refreshes())
    await concord.call("report", system_id=EFFECT, events=rendering_errors(minutes=minutes))
    run = await concord.call("run_job", job="patterns")
    assert run["state"] == "SUCCEEDED", run
    return run


def _error(at: datetime, category: str) -> dict[str, Any]:
    return {
        "kind": "error",
        "at": at.isoformat(),
        "category": category,
        "severity": "HIGH",
        "description": "Unexpected null values in a row of the page.",
    }


def _run(started: datetime, *, minutes: float) -> dict[str, Any]:
    finished = started + timedelta(minutes=minutes)
    return {
        "kind": "run",
        "at": finished.isoformat(),
        "started_at": started.isoformat(),
        "finished_at": finished.isoformat(),
        "result": "OK",
    }
