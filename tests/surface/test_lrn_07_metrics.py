"""organizational_metrics.json through the surface: the weeks in figures, and where they are heading (LRN-7)."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from tests.surface.world import Concord

pytestmark = pytest.mark.anyio
URI = "concord://files/organizational_metrics.json"
MEMBERS = {
    "week_ending": str,
    "errors": int,
    "error_rate": float,
    "promotions": int,
    "rejections": int,
    "knowledge_transfers_completed": int,
    "knowledge_transfer_success_rate": float,
    "adoption_lag_days": float,
    "conflicts": int,
}
"""Of a week, in their order."""
ERRORS = (14, 13, 16, 14, 5, 4, 6, 5)


async def told(concord: Concord, week: int, count: int) -> None:
    """`sys_a` reports so many errors of one of the eight weeks up to that of the clock, a Sunday."""
    day = date(2026, 4, 5) - timedelta(weeks=7 - week, days=2)
    events = [{"kind": "error", "category": "stale_data", "at": f"{day}T{hour:02}:00:00Z"} for hour in range(count)]
    await concord.call("report", system_id="sys_a", events=events)


async def learned(concord: Concord) -> dict[str, Any]:
    """The file after a run."""
    run = await concord.call("run_job", job="learning")
    assert run["state"] == "SUCCEEDED", run
    document: dict[str, Any] = json.loads(await concord.read(URI))
    return document


async def test_lrn_07_errors_of_eight_weeks_tell_a_trend_and_those_of_seven_do_not(concord: Concord) -> None:
    await concord.register("sys_a")
    for week in range(1, 8):
        await told(concord, week, ERRORS[week])
    seven = await learned(concord)
    assert set(seven["trends"].values()) == {"STABLE"}
    await told(concord, 0, ERRORS[0])
    document = await learned(concord)
    assert list(document) == ["last_updated", "weeks", "trends"]
    for row in document["weeks"]:
        assert list(row) == list(MEMBERS)
        assert all(isinstance(row[name], (kind, int) if kind is float else kind) for name, kind in MEMBERS.items())
    assert [row["errors"] for row in document["weeks"]] == list(ERRORS)
    assert (document["last_updated"], document["weeks"][-1]["week_ending"]) == ("2026-04-05", "2026-04-05")
    assert list(document["trends"]) == list(MEMBERS)[1:]
    assert (document["trends"]["errors"], document["trends"]["promotions"]) == ("IMPROVING", "STABLE")
    digest = json.loads(await concord.read("concord://digests/latest"))
    assert digest["digest"]["organizational_health"] == "IMPROVING"
    assert await learned(concord) == document, "the same reports give the same file"

    await told(concord, 6, 23)
    assert (await learned(concord))["trends"]["errors"] == "STABLE", "one bad week, and chance may explain it"


async def test_lrn_07_weeks_of_a_file_stand_where_nothing_was_counted_here(concord: Concord) -> None:
    week = {**dict.fromkeys(MEMBERS, 0), "errors": 9, "error_rate": 0.3}
    sundays = ("2026-03-22", "2026-03-29", "2026-04-05")
    file = {"last_updated": "2026-04-05", "weeks": [{**week, "week_ending": day} for day in sundays], "trends": {}}
    await concord.call("import_catalog", content=json.dumps(file))
    before = json.loads(await concord.read(URI))
    assert before["weeks"] == file["weeks"]
    await concord.register("sys_a")
    await told(concord, 7, 2)
    assert [row["errors"] for row in (await learned(concord))["weeks"]] == [9, 9, 2]
