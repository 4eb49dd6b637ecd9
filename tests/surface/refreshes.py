"""The source's example as systems would report it: rendering errors 15 minutes after a weekly refresh."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.surface.world import Concord, register_example

WEDNESDAY = datetime(2026, 1, 7, 3, 0, tzinfo=UTC)
"""The first refresh; the last one is on 1 April."""
WEEKS = 13
CAUSE, EFFECT = "sys_data_pipeline", "sys_dashboard"


def refreshes(weeks: int = WEEKS) -> list[dict[str, Any]]:
    """The runs of the pipeline: a short one each day at noon, and the long refresh on Wednesdays."""
    runs = []
    for day in range(7 * weeks):
        noon = WEDNESDAY + timedelta(days=day, hours=9)
        runs.append(_run(noon, minutes=4))
        if day % 7 == 0:
            runs.append(_run(WEDNESDAY + timedelta(days=day), minutes=20))
    return runs


def rendering_errors(weeks: int = WEEKS, *, minutes: float = 15) -> list[dict[str, Any]]:
    """An error of the dashboard so long after the beginning of each refresh, and a few at other times."""
    times = [WEDNESDAY + timedelta(weeks=week, minutes=minutes + week % 3) for week in range(weeks)]
    others = [WEDNESDAY + timedelta(days=17 * number + 2, hours=number * 5 + 1) for number in range(4)]
    return [
        {
            "kind": "error",
            "at": at.isoformat(),
            "category": "rendering" if at in times else "login",
            "severity": "HIGH",
            "description": "Unexpected null values in a row of the page.",
        }
        for at in (*times, *others)
    ]


async def reported(concord: Concord, *, minutes: float = 15) -> dict[str, Any]:
    """The example is registered and has reported 13 weeks; the run of the job that has looked at it."""
    await register_example(concord)
    await concord.call("report", system_id=CAUSE, events=refreshes())
    await concord.call("report", system_id=EFFECT, events=rendering_errors(minutes=minutes))
    run = await concord.call("run_job", job="patterns")
    assert run["state"] == "SUCCEEDED", run
    return run


def _run(started: datetime, *, minutes: float) -> dict[str, Any]:
    finished = started + timedelta(minutes=minutes)
    return {
        "kind": "run",
        "at": finished.isoformat(),
        "started_at": started.isoformat(),
        "finished_at": finished.isoformat(),
        "result": "OK",
    }
