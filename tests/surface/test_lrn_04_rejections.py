"""LRN-4: whatever way a rejection is told, it is analysed; one alone makes no entry, but is counted and listed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import Concord

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)
IDEA = {"title": "Poll faster", "approach": "poll the price feed every second", "error_category": "stale_data"}


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


async def learned(concord: Concord) -> dict[str, Any]:
    run = await concord.call("run_job", job="learning")
    assert run["state"] == "SUCCEEDED", run
    summary: dict[str, Any] = run["summary_data"]
    return summary


async def submitted(concord: Concord, system_id: str) -> str:
    await concord.register(system_id)
    answer = await concord.call(
        "submit_proposal",
        source_system=system_id,
        changes=[{"description": "poll more often"}],
        state="READY_FOR_SHADOW_TEST",
        **IDEA,
    )
    return str(answer["proposal_id"])


async def decided(concord: Concord, proposal_id: str, decision: str) -> None:
    await concord.call("decide_proposal", proposal_id=proposal_id, decision=decision, reason="The feed bans us.")


async def test_lrn_04_rejections_by_report_by_decision_in_a_file_and_a_rollback_are_one_anti_pattern(
    concord: Concord, tmp_path: Path
) -> None:
    await concord.register("sys_reports")
    await concord.call("report", system_id="sys_reports", events=[{"kind": "rejection", "at": ago(3), **IDEA}])
    await decided(concord, await submitted(concord, "sys_decides"), "REJECT")
    root = tmp_path / "root"
    (root / "evolution").mkdir(parents=True)
    entry = {"id": "CHG-7", "status": "REJECTED", "rejected_at": ago(2), **IDEA}
    (root / "evolution" / "proposed_changes.json").write_text(json.dumps({"proposals": [entry]}))
    await concord.register("sys_writes_files", root=str(root))
    rolled_back = await submitted(concord, "sys_rolls_back")
    tried = [
        {"kind": "promotion", "proposal_id": rolled_back, "at": ago(2)},
        {"kind": "rejection", "proposal_id": rolled_back, "at": ago(1), "before": 4, "after": 11},
    ]
    await concord.call("report", system_id="sys_rolls_back", events=tried)
    await decided(concord, await submitted(concord, "sys_withdraws"), "WITHDRAW")

    summary = await learned(concord)
    assert [one["type"] for one in summary["new"]] == ["anti_pattern"], summary
    analysed = summary["analysed"]
    assert (analysed["promotions"], analysed["rejections"], analysed["in_anti_patterns"]) == (0, 4, 4)
    assert analysed["rejected_alone"] == []
    (found,) = (await concord.call("find_knowledge", type="anti_pattern"))["knowledge_entries"]
    told_by = {one["system"] for one in found["support"]}
    assert told_by == {"sys_reports", "sys_decides", "sys_writes_files", "sys_rolls_back"}, "what is withdrawn is none"


async def test_lrn_04_a_rejection_alone_is_counted_and_listed_but_makes_no_entry(concord: Concord) -> None:
    rejected = await submitted(concord, "sys_decides")
    await decided(concord, rejected, "REJECT")
    summary = await learned(concord)
    assert summary["new"] == []
    assert summary["analysed"]["rejections"] == summary["analysed"]["alone"] == 1
    assert summary["analysed"]["rejected_alone"] == [
        {
            "system": "sys_decides",
            "proposal_id": rejected,
            "title": IDEA["title"],
            "error_category": IDEA["error_category"],
        }
    ]
    assert (await concord.call("find_knowledge"))["total"] == 0


async def test_lrn_04_a_private_draft_is_never_looked_at_even_where_its_end_is_told(concord: Concord) -> None:
    await concord.register("sys_a")
    draft = await concord.call(
        "submit_proposal", source_system="sys_a", changes=[{"description": "hush"}], state="DRAFT", **IDEA
    )
    rejection = {"kind": "rejection", "proposal_id": draft["proposal_id"], "at": ago(1)}
    await concord.call("report", system_id="sys_a", events=[rejection])
    listed = (await learned(concord))["analysed"]["rejected_alone"]
    assert [(one["title"], one["error_category"]) for one in listed] == [("", "")]
