"""The conflict log, fragile contracts and the modes of the tiers, through the surface."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.clock import to_wire
from server.model.check import Mode
from tests.surface.world import NESTED_SCHEMA, NOW, SIGNAL_SCHEMA, SIGNALS, Concord, register_example, running

pytestmark = pytest.mark.anyio

BREAKING = [{"resource": SIGNALS, "new_schema": NESTED_SCHEMA}]
SOURCE = "sys_signal_generator"


async def propose(concord: Concord, title: str = "Nest the signals", **members: Any) -> dict[str, Any]:
    """The answer to a proposal that breaks the dashboard, submitted for its shadow test."""
    arguments = {"source_system": SOURCE, "changes": BREAKING, "state": "READY_FOR_SHADOW_TEST", **members}
    return await concord.call("submit_proposal", title=title, **arguments)


def later(days: float, seconds: float = 0) -> str:
    """A moment after the beginning of the tests' world."""
    return to_wire(datetime.fromisoformat(NOW) + timedelta(days=days, seconds=seconds))


async def test_con_07_every_conflict_of_a_proposals_check_is_logged_newest_first(concord: Concord) -> None:
    await register_example(concord)
    first, second = await propose(concord), await propose(concord, "Nest them again")
    log = await concord.call("find_conflicts")
    assert log["total"] == 2
    newest = log["conflicts"][0]
    assert [entry["check_id"] for entry in log["conflicts"]] == [
        second["check"]["check_id"],
        first["check"]["check_id"],
    ]
    (conflict,) = first["check"]["conflicts"]
    assert log["conflicts"][1] == {
        "check_id": first["check"]["check_id"],
        "proposal_id": first["proposal_id"],
        "at": NOW,
        "contract_id": "CTR-001",
        "source_system": SOURCE,
        "affected_system": "sys_dashboard",
        "type": "schema_break",
        "severity": "CRITICAL",
        "rule": "schema.required-read",
        "description": conflict["description"],
        "verdict": "CONFLICT_DETECTED",
        "mode": "blocking",
        "blocked": True,
        "would_have_blocked": True,
    }
    assert newest["proposal_id"] == second["proposal_id"]
    assert (
        json.loads(await concord.read(f"concord://checks/{newest['check_id']}"))["proposal_id"] == newest["proposal_id"]
    )


async def test_con_07_dry_runs_and_drafts_are_not_logged(concord: Concord) -> None:
    await register_example(concord)
    for _ in range(3):
        await concord.check(resource=SIGNALS, new_schema=NESTED_SCHEMA)
    await propose(concord, state="DRAFT")
    log = await concord.call("find_conflicts")
    assert (log["conflicts"], log["total"], log["fragile_contracts"]) == ([], 0, [])


async def test_con_07_the_log_is_searched_by_contract_system_severity_and_time_page_by_page(
    database_url: str, tmp_path: Path
) -> None:
    async with running(database_url, tmp_path) as concord:
        await register_example(concord)
        await propose(concord)
    async with running(database_url, tmp_path, now=later(1)) as concord:
        await propose(
            concord, changes=[{"resource": SIGNALS, "merge_patch": {"properties": {"note": {"type": "number"}}}}]
        )
        for filters, total in [
            ({}, 2),
            ({"contract_id": "CTR-001"}, 2),
            ({"contract_id": "CTR-002"}, 0),
            ({"system_id": "sys_dashboard"}, 2),
            ({"system_id": SOURCE}, 2),
            ({"system_id": "sys_data_pipeline"}, 0),
            ({"severity": "HIGH"}, 1),
            ({"since": later(1)}, 1),
            ({"since": later(1, 1)}, 0),
            ({"since": "2026-04-05"}, 2),
        ]:
            assert (await concord.call("find_conflicts", **filters))["total"] == total, filters
        page = await concord.call("find_conflicts", limit=1)
        rest = await concord.call("find_conflicts", limit=1, cursor=page["next_cursor"])
        assert [page["conflicts"][0]["severity"], rest["conflicts"][0]["severity"]] == ["HIGH", "CRITICAL"]
        assert rest["next_cursor"] == ""
        error = await concord.refused("find_conflicts", since="yesterday")
        assert (error["code"], error["path"]) == ("invalid_argument", "/since")


async def test_con_07_a_contract_is_fragile_from_the_third_time_on_and_not_from_the_second(concord: Concord) -> None:
    await register_example(concord)
    for _ in range(2):
        await propose(concord)
    assert (await concord.call("find_conflicts"))["fragile_contracts"] == []
    assert (await concord.call("find_findings", kind="fragile_contract"))["total"] == 0
    third = await propose(concord)
    log = await concord.call("find_conflicts")
    (fragile,) = log["fragile_contracts"]
    assert fragile["contract_id"] == "CTR-001"
    assert (fragile["conflicts"], fragile["first"], fragile["last"]) == (3, NOW, NOW)
    assert fragile["proposals"] == ["PROP-001", "PROP-002", "PROP-003"]
    assert fragile["systems"] == ["sys_dashboard", SOURCE]
    assert "Redesign CTR-001" in fragile["recommendation"]
    assert "CTR-001" in log["summary"]
    (finding,) = (await concord.call("find_findings", kind="fragile_contract"))["findings"]
    assert (finding["subject"], finding["system_id"], finding["severity"]) == ("CTR-001", SOURCE, "HIGH")
    assert "fragile" not in third["check"]["recommendation"]


async def test_con_07_a_fragile_contract_is_named_where_people_look_before_they_change_it(concord: Concord) -> None:
    await register_example(concord)
    for _ in range(3):
        await propose(concord)
    check = await concord.check(resource=SIGNALS, new_schema=SIGNAL_SCHEMA)
    assert "CTR-001 comes into conflict again and again" in check["recommendation"]
    contract = json.loads(await concord.read("concord://contracts/CTR-001"))
    assert contract["fragile"]["conflicts"] == 3
    await concord.register("sys_other", writes_to=[{"resource": "/other", "consumers": []}])
    assert (
        "again and again"
        not in (await concord.check(resource="/other", new_schema={"type": "object"}))["recommendation"]
    )


@pytest.mark.parametrize(("seconds", "still"), [(0, True), (1, False)])
async def test_con_07_three_times_count_for_thirty_days_and_no_longer(
    database_url: str, tmp_path: Path, seconds: float, still: bool
) -> None:
    async with running(database_url, tmp_path) as concord:
        await register_example(concord)
        await propose(concord)
    async with running(database_url, tmp_path, now=later(29)) as concord:
        await propose(concord)
        await propose(concord)
        (fragile,) = (await concord.call("find_conflicts"))["fragile_contracts"]
        assert fragile["fragile_until"] == later(30)
    async with running(database_url, tmp_path, now=later(30, seconds)) as concord:
        assert bool((await concord.call("find_conflicts"))["fragile_contracts"]) is still
        check = await concord.check(resource=SIGNALS, new_schema=SIGNAL_SCHEMA)
        assert ("again and again" in check["recommendation"]) is still


async def test_con_07_the_finding_is_closed_at_the_next_proposal_after_the_contract_has_been_quiet(
    database_url: str, tmp_path: Path
) -> None:
    async with running(database_url, tmp_path) as concord:
        await register_example(concord)
        for _ in range(3):
            await propose(concord)
    async with running(database_url, tmp_path, now=later(31)) as concord:
        await concord.register("sys_data_pipeline", writes_to=[{"resource": "~/cache/market_data/"}])
        assert (await concord.call("find_findings", kind="fragile_contract"))["total"] == 1
        await propose(concord, changes=[{"description": "Refactored inside."}])
        assert (await concord.call("find_findings", kind="fragile_contract"))["total"] == 0
        closed = await concord.call("find_findings", kind="fragile_contract", status="CLOSED")
        assert closed["total"] == 1


async def test_con_07_the_log_file_is_exact_and_whole_and_exported(concord: Concord, tmp_path: Path) -> None:
    await register_example(concord)
    for _ in range(12):
        await propose(concord)
    text = await concord.read("concord://files/conflict_log.json")
    document = json.loads(text)
    assert list(document) == ["last_updated", "conflicts", "fragile_contracts"]
    assert document["last_updated"] == NOW
    assert len(document["conflicts"]) == 12
    newest = [entry["check_id"] for entry in document["conflicts"]]
    assert newest == sorted(newest, reverse=True)
    first_page = await concord.call("find_conflicts")
    assert document["conflicts"][:10] == first_page["conflicts"]
    assert document["fragile_contracts"] == first_page["fragile_contracts"]
    await concord.call("export_files", directory=str(tmp_path / "out"))
    assert (tmp_path / "out" / "conflict_log.json").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("tier", ["MISSION_CRITICAL", "PRODUCTION", "EXPERIMENTAL"])
async def test_con_09_advisory_mode_of_a_tier_keeps_the_verdict_and_holds_nothing(concord: Concord, tier: str) -> None:
    await register_example(concord, writer_tier=tier, reader_tier=tier)
    assert (await propose(concord))["state"] == "BLOCKED"
    answer = await concord.call("set_conflict_mode", tier=tier, mode="advisory", reason="Trying it out.")
    tiers = ("MISSION_CRITICAL", "PRODUCTION", "EXPERIMENTAL")
    assert answer["modes"] == {one: "advisory" if one == tier else "blocking" for one in tiers}
    let_go = await propose(concord)
    check = let_go["check"]
    assert (check["verdict"], check["blocks"], check["mode"]) == ("CONFLICT_DETECTED", False, "advisory")
    assert check["would_block_in"] == [tier]
    assert check["must_accept"] == []
    assert let_go["state"] == "READY_FOR_SHADOW_TEST"
    newest, oldest = (await concord.call("find_conflicts"))["conflicts"]
    assert (newest["mode"], newest["blocked"], newest["would_have_blocked"]) == ("advisory", False, True)
    assert (oldest["mode"], oldest["blocked"], oldest["would_have_blocked"]) == ("blocking", True, True)
    answer = await concord.call("set_conflict_mode", tier=tier, mode="blocking")
    assert answer["modes"][tier] == Mode.BLOCKING
    assert (await propose(concord))["state"] == "BLOCKED"


async def test_con_09_a_mode_outlives_a_restart_and_no_system_sets_one(database_url: str, tmp_path: Path) -> None:
    async with running(database_url, tmp_path) as concord:
        await register_example(concord)
        await concord.call("set_conflict_mode", tier="PRODUCTION", mode="advisory")
    async with running(database_url, tmp_path, system=SOURCE) as concord:
        error = await concord.refused("set_conflict_mode", tier="MISSION_CRITICAL", mode="advisory")
        assert error["code"] == "not_allowed"
        check = await concord.check(resource=SIGNALS, new_schema=NESTED_SCHEMA)
        assert (check["verdict"], check["blocks"], check["mode"]) == ("CONFLICT_DETECTED", False, "advisory")


async def test_con_07_what_was_submitted_is_seen_in_the_log_by_every_system(database_url: str, tmp_path: Path) -> None:
    async with running(database_url, tmp_path) as concord:
        await register_example(concord)
        await propose(concord)
    async with running(database_url, tmp_path, system="sys_data_pipeline") as concord:
        assert (await concord.call("find_conflicts"))["total"] == 1
