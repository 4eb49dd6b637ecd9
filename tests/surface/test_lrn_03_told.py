"""LRN-3, the second half: a system that proposes what several have rejected is told, and whoever proposes anything else isn't."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import Concord, Era, running

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 4, 5, 17, tzinfo=UTC)
APPROACH = "retry the request immediately without backoff"
OUTPUT = "~/outputs/c.json"


def rejection(number: int, **members: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=number)).isoformat()
    said = {"title": f"Retry at once ({number})", "approach": APPROACH, "error_category": "api_timeout"}
    return {"kind": "rejection", "proposal_id": f"P-{number}", "at": at, **said, **members}


async def rejected_by(concord: Concord, *systems: str) -> dict[str, Any]:
    """These have rejected it, a third system writes something, and the job has run; its summary."""
    for number, system_id in enumerate(systems, 1):
        await concord.register(system_id)
        await concord.call("report", system_id=system_id, events=[rejection(number, before=5, after=9)])
    await concord.register("sys_c", writes_to=[{"resource": OUTPUT, "consumers": []}])
    run = await concord.call("run_job", job="learning")
    assert run["state"] == "SUCCEEDED", run
    summary: dict[str, Any] = run["summary_data"]
    return summary


async def proposed(concord: Concord, *, source_system: str = "sys_c", **members: str) -> dict[str, Any]:
    changes = [{"description": "as the title says"}]
    return await concord.call(
        "submit_proposal", source_system=source_system, changes=changes, state="READY_FOR_SHADOW_TEST", **members
    )


async def test_lrn_03_who_proposes_what_two_systems_rejected_is_told_and_nobody_is_held_back_by_it(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    clock = tmp_path / "now"
    clock.write_text(NOW.isoformat())
    async with running(database_url, tmp_path, era=era, now=f"@{clock}") as concord:
        (new,) = (await rejected_by(concord, "sys_a", "sys_b"))["new"]
        assert new["type"] == "anti_pattern"
        similar = {"title": "Be faster", "approach": "retries requests immediately, without a backoff"}
        answer = await proposed(concord, **similar, error_category="api-timeout")
        (told,) = answer["check"]["knowledge"]
        assert (told["id"], told["rejected_by"]) == (new["id"], ["sys_a", "sys_b"])
        assert (told["error_category"], told["title"]) == ("api_timeout", new["title"])
        assert told["why"]
        assert f"2 systems rejected this before: {new['id']}." in answer["summary"]
        assert (answer["check"]["verdict"], answer["check"]["blocks"]) == ("CLEAR", False)
        assert answer["state"] == "READY_FOR_SHADOW_TEST", "it decides nothing"
        prompt = await concord.client.get_prompt("review_proposal", {"proposal_id": answer["proposal_id"]})
        assert "rejected_by" in prompt.model_dump_json(), "who reviews it is told as well"

        again = await proposed(concord, source_system="sys_a", **similar)
        assert [one["id"] for one in again["check"]["knowledge"]] == [new["id"]], "so is who rejected it itself"
        title = "Retry requests immediately without backoff"
        check = await concord.check(source_system="sys_c", title=title, changes=[{"description": "see above"}])
        assert [one["id"] for one in check["knowledge"]] == [new["id"]]
        words = [{"description": "Retry requests immediately without backoff."}]
        assert (await concord.check(source_system="sys_c", changes=words))["knowledge"] == check["knowledge"]

        record = json.loads(await concord.read(f"concord://checks/{check['check_id']}"))
        assert record["knowledge"] == check["knowledge"]
        rerun = json.loads(await concord.read(f"concord://checks/{check['check_id']}/again"))
        assert rerun["same"], rerun["differences"]
        file = json.loads(await concord.read(f"concord://files/conflict_check.json?check_id={check['check_id']}"))
        assert [one["id"] for one in file["knowledge"]] == [new["id"]]

        clock.write_text((NOW + timedelta(days=91)).isoformat())
        assert (await proposed(concord, **similar))["check"]["knowledge"] == [], "it has expired"
        rerun = json.loads(await concord.read(f"concord://checks/{check['check_id']}/again"))
        assert rerun["same"], "as it stood then"


async def test_lrn_03_another_approach_another_topic_and_a_change_without_a_word_are_not_told(concord: Concord) -> None:
    await rejected_by(concord, "sys_a", "sys_b")
    for members in (
        {"title": "Back off", "approach": "retry with exponential backoff and jitter", "error_category": "api_timeout"},
        {"title": "Raise the deadline of requests to 30 seconds", "error_category": "api_timeout"},
        {"title": "Show the price beside each signal", "description": "People asked for it."},
    ):
        answer = await proposed(concord, **members)
        assert answer["check"]["knowledge"] == [], members
        assert "rejected" not in answer["summary"]
    check = await concord.check(resource=OUTPUT, new_schema={"type": "object"}, source_system="sys_c")
    assert check["knowledge"] == []


async def test_lrn_03_one_system_s_rejection_is_nobody_else_s_business(concord: Concord) -> None:
    assert (await rejected_by(concord, "sys_a"))["new"] == []
    answer = await proposed(concord, title="Be faster", approach=APPROACH, error_category="api_timeout")
    assert answer["check"]["knowledge"] == []
