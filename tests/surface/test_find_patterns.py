"""Patterns through the surface: reported, detected, found, opened, drawn; and a near miss that is not found."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp import MCPError
from mcp.types import ResourceTemplateReference

from server.surface.answer import TOKEN_CAP, tokens_of
from tests.surface.refreshes import CAUSE, EFFECT, reported
from tests.surface.test_pat_10_cross_patterns import CASCADE, CONTENTION, FILE, bring_in
from tests.surface.world import Concord, Era, register_example, running

pytestmark = pytest.mark.anyio


async def ids(concord: Concord, **filters: Any) -> list[str]:
    """The patterns that these filters leave."""
    return [one["id"] for one in (await concord.call("find_patterns", **filters))["patterns"]]


async def test_a_refresh_that_breaks_the_page_is_found_opened_and_exported(concord: Concord, tmp_path: Path) -> None:
    await reported(concord)
    answer = await concord.call("find_patterns", system_id=EFFECT)
    (found,) = answer["patterns"]
    assert (found["type"], found["cause"], found["effect"]) == ("cascade_failure", CAUSE, EFFECT)
    assert 14 * 60 <= found["lag_seconds"] <= 18 * 60
    assert found["q_value"] <= 0.05
    assert found["occurrences"] == 12
    assert answer["summary"].startswith(f"1 active pattern, the gravest first: {found['id']} (cascade_failure, HIGH): ")
    assert answer["next"] == [{"tool": "read_record", "arguments": {"uri": f"concord://patterns/{found['id']}"}}]

    opened = json.loads(await concord.read(f"concord://patterns/{found['id']}"))
    assert {name: opened[name] for name in found} == found
    assert opened["events_total"] == len(opened["events"]) == 24
    assert {event["system"] for event in opened["events"]} == {CAUSE, EFFECT}
    assert opened["events"] == sorted(opened["events"], key=lambda event: event["at"], reverse=True)
    schema = json.loads(await concord.read("concord://schemas/pattern"))
    for record in (opened, found):
        assert [error.message for error in Draft202012Validator(schema).iter_errors(record)] == []

    (entry,) = json.loads(await concord.read("concord://files/cross_patterns.json"))["patterns"]
    assert {name: entry[name] for name in CASCADE} == {name: found[name] for name in CASCADE} | {
        "evidence": entry["evidence"]
    }
    assert {row["source"] for row in entry["evidence"]} == {"report: error", "report: run"}
    await concord.call("export_files", directory=str(tmp_path / "out"), formats=["html"])
    page = (tmp_path / "out" / "registry.html").read_text(encoding="utf-8")
    assert "<summary>Patterns: 1 active pattern, 1 HIGH</summary>" in page
    assert page.count('<line class="joined"') == 12


async def test_errors_that_follow_a_refresh_only_after_two_hours_are_no_pattern_that_is_shown(concord: Concord) -> None:
    await reported(concord, minutes=125)
    assert await ids(concord, type="cascade_failure") == []
    assert json.loads(await concord.read("concord://files/cross_patterns.json"))["patterns"] == []


async def test_filters_pages_and_order_hold_over_patterns(concord: Concord) -> None:
    many = [
        {**CONTENTION, "id": f"XPAT-{number:03d}", "systems_involved": ["sys_a", f"sys_{number}"], "confidence": 0.6}
        for number in range(10, 15)
    ]
    resolved = {**CASCADE, "id": "XPAT-020", "systems_involved": ["sys_x", "sys_y"], "status": "RESOLVED"}
    candidate = {**CASCADE, "id": "XPAT-021", "systems_involved": ["sys_x", "sys_z"], "status": "CANDIDATE"}
    await bring_in(concord, {**FILE, "patterns": [*many, CASCADE, resolved, candidate]})
    active = ["XPAT-003", *(one["id"] for one in many)]
    assert await ids(concord) == active, "the gravest first, then in the order of their ids"
    assert await ids(concord, severity="HIGH") == ["XPAT-003"]
    assert await ids(concord, type="resource_contention", system_id="sys_12") == ["XPAT-012"]
    assert await ids(concord, min_confidence=0.9) == ["XPAT-003"]
    assert await ids(concord, status="RESOLVED") == ["XPAT-020"]
    assert await ids(concord, status="CANDIDATE") == ["XPAT-021"]
    assert set(await ids(concord, status="ALL")) == {*active, "XPAT-020", "XPAT-021"}
    assert await ids(concord, status="") == await ids(concord, status="ALL")
    first = await concord.call("find_patterns", limit=4)
    rest = await concord.call("find_patterns", limit=4, cursor=first["next_cursor"])
    assert [one["id"] for one in (*first["patterns"], *rest["patterns"])] == active
    assert (first["total"], rest["next_cursor"]) == (6, "")
    wrong = await concord.refused("find_patterns", type="coincidence")
    assert wrong["path"] == "/type"
    assert "cascade_failure" in wrong["allowed"]


async def test_long_evidence_is_cut_in_a_list_and_whole_in_the_record(concord: Concord) -> None:
    rows = [{"system": "sys_a", "data_point": f"{number} " + "word " * 90, "source": "x"} for number in range(40)]
    long = [
        {**CASCADE, "id": f"XPAT-{one:03d}", "systems_involved": ["sys_a", f"sys_{one}"], "evidence": rows}
        for one in range(1, 51)
    ]
    await bring_in(concord, {**FILE, "patterns": long})
    answer = await concord.call("find_patterns", limit=50)
    assert tokens_of(answer) <= TOKEN_CAP
    first = answer["patterns"][0]
    assert (len(first["evidence"]), first["uri"]) == (6, "concord://patterns/XPAT-001")
    assert answer["next_cursor"]
    assert len(json.loads(await concord.read(first["uri"]))["evidence"]) == 40
    assert (await concord.call("read_record", uri="XPAT-001"))["uri"] == "concord://patterns/XPAT-001"


async def test_ids_complete_and_what_is_no_pattern_is_not_found(concord: Concord) -> None:
    await bring_in(concord, FILE)
    reference = ResourceTemplateReference(type="ref/resource", uri="concord://patterns/{id}")
    completed = await concord.client.complete(reference, {"name": "id", "value": "XPAT"})
    assert completed.completion.values == ["XPAT-003", "XPAT-001"]
    with pytest.raises(MCPError, match="XPAT-009"):
        await concord.read("concord://patterns/XPAT-009")


async def test_a_system_sees_patterns_of_others_and_of_their_events_only_when_they_were(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with running(database_url, tmp_path, era=era) as person:
        await reported(person)
    async with running(database_url, tmp_path, era=era, system="sys_signal_generator") as system:
        (found,) = (await system.call("find_patterns"))["patterns"]
        opened = await system.read(f"concord://patterns/{found['id']}")
        assert "Unexpected null values" not in opened
        assert {name for event in json.loads(opened)["events"] for name in event} == {
            "event_id",
            "system",
            "at",
            "kind",
        }
        assert (await system.refused("import_catalog", content=json.dumps(FILE)))["code"] == "not_allowed"


async def test_a_briefing_tells_the_active_patterns_that_concern_its_object(concord: Concord) -> None:
    await register_example(concord)
    resolved = {**CASCADE, "id": "XPAT-008", "systems_involved": ["sys_dashboard", "sys_x"], "status": "RESOLVED"}
    await bring_in(concord, {**FILE, "patterns": [CONTENTION, CASCADE, resolved]})
    told = await concord.call("brief", system_id="sys_dashboard")
    assert [one["id"] for one in told["patterns"]] == ["XPAT-003", "XPAT-001"]
    assert told["summary"].endswith("; 2 active patterns.")
    assert told["patterns"][0]["recommendation"] == CASCADE["recommendation"]
    told = await concord.call("brief", path="~/cache/market_data/")
    assert [one["id"] for one in told["patterns"]] == ["XPAT-003"]
    told = await concord.call("brief", system_id="sys_data_pipeline")
    assert [one["id"] for one in told["patterns"]] == ["XPAT-003"]
