"""The life of a pattern through the surface: three occurrences, recurrence, thirty days, confidence, evidence."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.surface.overlapping import at, detected, overlap, patterns
from tests.surface.world import Concord, Era, running

pytestmark = pytest.mark.anyio


async def pair(concord: Concord) -> None:
    """A writer, and one that reads."""
    await concord.register("sys_b", writes_to=[{"resource": "~/prices.json"}])
    await concord.register("sys_a", "MISSION_CRITICAL")


async def contention(concord: Concord, **filters: Any) -> list[dict[str, Any]]:
    """The patterns of that type; that the reader does not wait for the writer is one of another."""
    return await patterns(concord, type="resource_contention", **filters)


async def test_pat_07_two_occurrences_are_no_pattern_however_often_they_are_told_and_a_third_makes_one(
    concord: Concord,
) -> None:
    await pair(concord)
    assert (await detected(concord))["skipped"].startswith("Nothing has been reported")
    for _ in range(2):
        await overlap(concord, [70, 77])
        await detected(concord)
        assert await patterns(concord, status="ALL") == []
    await overlap(concord, [84])
    assert (await detected(concord))["by_type"]["resource_contention"] == 1
    (pattern,) = await contention(concord)
    assert (pattern["id"], pattern["status"], pattern["occurrences"]) == ("XPAT-001", "ACTIVE", 3)
    assert (await detected(concord))["skipped"].startswith("Nothing has been reported or registered since")


async def test_pat_08_what_stays_away_is_resolved_after_thirty_days_and_reopened_when_it_recurs(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    clock = tmp_path / "now"
    clock.write_text(at(42, 60), encoding="utf-8")
    async with running(database_url, tmp_path, era=era, now=f"@{clock}") as concord:
        await pair(concord)
        await overlap(concord, [28, 35, 42])
        await detected(concord)
        (first,) = await contention(concord)
        clock.write_text(at(72, 1), encoding="utf-8")
        assert (await detected(concord))["resolved"] == 0
        assert await contention(concord) == [first]
        clock.write_text(at(72, 61), encoding="utf-8")
        await concord.call(
            "report",
            system_id="sys_b",
            events=[{"kind": "access", "at": at(50), "resource": "~/prices.json", "mode": "write"}],
        )
        assert (await detected(concord))["resolved"] > 0
        assert await contention(concord) == []
        (resolved,) = await contention(concord, status="RESOLVED")
        assert (resolved["resolved_at"], resolved["cause_fired_since"]) == ("2026-03-20T03:56:00Z", 1)
        await overlap(concord, [73])
        clock.write_text(at(73, 60), encoding="utf-8")
        assert (await detected(concord))["reopened"] > 0
        (back,) = await contention(concord)
        assert (back["id"], back["first_detected"]) == (first["id"], first["first_detected"])
        assert (back["occurrences"], back["certainty"]) == (4, "CONFIRMED")
        assert (back["reopened_at"], back["resolved_at"]) == ("2026-03-21T03:55:00Z", "")


async def test_pat_09_confidence_is_in_the_band_of_its_occurrences(concord: Concord) -> None:
    bands = {"~/three.json": 3, "~/five.json": 5, "~/eight.json": 8, "~/twelve.json": 12}
    await pair(concord)
    for place, (resource, count) in enumerate(bands.items()):
        await overlap(concord, [week * 7 + place for week in range(count)], resource=resource)
    await detected(concord)
    found = {one["resources"][0].rpartition("/")[2]: one["confidence"] for one in await contention(concord)}
    assert found == {"three.json": 0.6, "five.json": 0.8, "eight.json": 0.86, "twelve.json": 0.916}
    sure = await contention(concord, min_confidence=0.9)
    assert [one["occurrences"] for one in sure] == [12]


async def test_pat_12_the_evidence_opens_the_stored_events_the_newest_fifty_with_the_total(concord: Concord) -> None:
    await pair(concord)
    days = [20 + step / 2 for step in range(40)]
    await overlap(concord, days)
    await detected(concord)
    (pattern,) = await contention(concord)
    assert {row["source"] for row in pattern["evidence"]} == {"report: access"}
    assert [row["events_total"] for row in pattern["evidence"]] == [40, 40]
    opened = json.loads(await concord.read(f"concord://patterns/{pattern['id']}"))
    assert (opened["events_total"], len(opened["events"])) == (80, 50)
    newest = opened["events"][0]
    assert newest == {
        "event_id": f"r{days[-1]}~/prices.json",
        "system": "sys_a",
        "at": "2026-02-15T15:00:00Z",
        "kind": "access",
    }
    moments = [event["at"] for event in opened["events"]]
    assert moments == sorted(moments, reverse=True)
