"""Shared entries hold for 90 days unless they are renewed, by whom they are from or by the user (LRN-6)."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import Concord, Era, running

pytestmark = pytest.mark.anyio
LEARNED = date(2026, 4, 5)


class Days:
    """The server's clock."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "now"
        self.after(0)

    def after(self, days: int, time: str = "14:00:00Z") -> None:
        """It is so many days after the synthesis."""
        self.file.write_text(f"{LEARNED + timedelta(days=days)}T{time}")


async def learned(concord: Concord) -> dict[str, Any]:
    """What the synthesis came to."""
    run = await concord.call("run_job", job="learning")
    assert run["state"] == "SUCCEEDED", run
    summary: dict[str, Any] = run["summary_data"]
    return summary


async def teach(concord: Concord) -> None:
    """`sys_a` made an error rarer that `sys_b` has as well."""
    await concord.register("sys_a", evolution_engine=True)
    await concord.register("sys_b", evolution_engine=True)
    fix = {
        "kind": "promotion",
        "proposal_id": "PROP-023",
        "title": "Check how old each incoming file is before parsing it",
        "error_category": "stale_data",
        "before": 12,
        "after": 3,
        "observation_days": 28,
        "at": "2026-04-01T09:00:00Z",
    }
    errors = [{"kind": "error", "category": "stale_data", "at": f"2026-04-0{day}T10:00:00Z"} for day in range(1, 6)]
    await concord.call("report", system_id="sys_a", events=[fix])
    await concord.call("report", system_id="sys_b", events=errors)
    assert [one["id"] for one in (await learned(concord))["new"]] == ["SK-001"]


async def shown(concord: Concord, **filters: Any) -> list[str]:
    """Ids that find_knowledge gives."""
    answer = await concord.call("find_knowledge", **filters)
    return [one["id"] for one in answer["knowledge_entries"]]


async def renew(concord: Concord, **members: Any) -> dict[str, Any]:
    """The answer to a renewal."""
    return await concord.call("respond_to_knowledge", entry_id="SK-001", decision="RENEW", **members)


async def expires(concord: Concord) -> str:
    """The day from which on the entry is hidden."""
    day: str = json.loads(await concord.read("concord://knowledge/SK-001"))["expires"]
    return day


async def test_lrn_06_an_entry_is_shown_for_ninety_days_and_hidden_from_the_next_on(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    days = Days(tmp_path)
    async with running(database_url, tmp_path, era=era, now=f"@{days.file}") as concord:
        await teach(concord)
        assert await expires(concord) == "2026-07-04"
        for after in (0, 89):
            days.after(after, "23:59:59Z")
            assert await shown(concord) == await shown(concord, system_id="sys_b") == ["SK-001"]
            assert await shown(concord, query="how old is the file") == ["SK-001"]
        for after in (90, 91):
            days.after(after, "00:00:00Z")
            assert await shown(concord) == await shown(concord, system_id="sys_b") == []
            assert await shown(concord, query="how old is the file") == []
        assert await shown(concord, status="EXPIRED") == ["SK-001"]
        assert await shown(concord, as_of="2026-07-03") == ["SK-001"]
        assert json.loads(await concord.read("concord://files/shared_knowledge.json"))["knowledge_entries"] == []
        refused = await concord.refused(
            "respond_to_knowledge", entry_id="SK-001", system_id="sys_b", decision="ADOPT", reason="It helps here, too."
        )
        assert "expired on 2026-07-04" in refused["message"]


async def test_lrn_06_a_synthesis_of_the_same_facts_renews_nothing_and_one_of_new_facts_does(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    days = Days(tmp_path)
    async with running(database_url, tmp_path, era=era, now=f"@{days.file}") as concord:
        await teach(concord)
        days.after(10)
        again = await learned(concord)
        assert (again["new"], again["changed"], await expires(concord)) == ([], [], "2026-07-04")
        days.after(95)
        fix = {
            "kind": "promotion",
            "proposal_id": "PROP-099",
            "title": "Check how old each incoming file is before parsing it",
            "error_category": "stale_data",
            "before": 12,
            "after": 2,
            "observation_days": 28,
            "at": "2026-07-08T09:00:00Z",
        }
        errors = [{"kind": "error", "category": "stale_data", "at": f"2026-07-08T1{n}:00:00Z"} for n in range(5)]
        await concord.call("report", system_id="sys_a", events=[fix])
        await concord.call("report", system_id="sys_b", events=errors)
        assert (await learned(concord))["changed"] == ["SK-001"]
        assert await shown(concord) == ["SK-001"], "it is back under its id"
        assert await expires(concord) == "2026-10-07"


async def test_lrn_06_an_entry_is_renewed_by_its_source_or_the_user_and_by_no_stranger(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    days = Days(tmp_path)
    now = f"@{days.file}"
    async with running(database_url, tmp_path, era=era, now=now) as user:
        await teach(user)
        days.after(80)
        async with running(database_url, tmp_path, era=era, now=now, system="sys_b") as stranger:
            error = await stranger.refused("respond_to_knowledge", entry_id="SK-001", decision="RENEW")
            assert (error["code"], error["hint"]) == ("not_allowed", "Say ADOPT or DECLINE.")
        error = await user.refused("respond_to_knowledge", entry_id="SK-001", system_id="sys_b", decision="RENEW")
        assert (error["code"], "system_id" in error["hint"]) == ("not_allowed", True)
        assert await expires(user) == "2026-07-04", "nothing came of it"
        async with running(database_url, tmp_path, era=era, now=now, system="sys_a") as source:
            assert (await renew(source))["entry_status"] == "ACTIVE"
        assert await expires(user) == "2026-10-02", "90 days from its last one"
        days.after(179)
        assert await shown(user) == ["SK-001"]
        days.after(180)
        assert await shown(user) == []
        days.after(200)
        await renew(user)
        assert (await expires(user), await shown(user)) == ("2027-01-20", ["SK-001"])
        versions = json.loads(await user.read("concord://knowledge/SK-001"))["versions"]
        assert [one["valid_from"][:10] for one in versions] == ["2026-04-05", "2026-06-24", "2026-10-22"]
