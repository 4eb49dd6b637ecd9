"""The weekly documents through the surface, and the Sundays on which no server ran (LRN-9)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import Concord, Era, running

pytestmark = pytest.mark.anyio
DIGEST: dict[str, Any] = {
    "total_promotions_across_systems": int,
    "total_rejections_across_systems": int,
    "new_shared_knowledge_entries": int,
    "knowledge_transfers_completed": int,
    "cross_system_conflicts_resolved": int,
    "organizational_health": str,
    "top_insight": str,
    "systems_needing_attention": list,
}
"""The members of the source's digest, in their order."""


async def learned(concord: Concord) -> dict[str, Any]:
    """What came of a run."""
    run = await concord.call("run_job", job="learning")
    assert run["state"] == "SUCCEEDED", run
    data: dict[str, Any] = run["summary_data"]
    return data


async def digest(concord: Concord, week: str = "latest") -> dict[str, Any]:
    """The digest of a week as the resource has it."""
    document: dict[str, Any] = json.loads(await concord.read(f"concord://digests/{week}"))
    return document


async def promoted(concord: Concord, day: str, title: str, category: str) -> None:
    """`sys_a` promoted a change that took the errors of a category from 12 to 3 a week, and `sys_b` has the same ones."""
    fix = {
        "kind": "promotion",
        "proposal_id": f"P-{category}",
        "title": title,
        "description": f"{title}, so that {category} errors no longer occur.",
        "error_category": category,
        "before": 12,
        "after": 3,
        "observation_days": 28,
        "at": f"{day}T09:00:00Z",
    }
    errors = [{"kind": "error", "category": category, "at": f"{day}T1{hour}:00:00Z"} for hour in range(5)]
    await concord.call("report", system_id="sys_a", events=[fix])
    await concord.call("report", system_id="sys_b", events=errors)


async def test_lrn_09_three_missed_sundays_each_get_their_digest_at_the_next_run(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    clock = tmp_path / "now"
    clock.write_text("2026-04-05T19:00:00Z")
    async with running(database_url, tmp_path, era=era, now=f"@{clock}") as concord:
        assert await digest(concord) == {}
        assert json.loads(await concord.read("concord://files/learning_digest.json")) == {}
        await concord.register("sys_a", writes_to=["/data/a.json"])
        await concord.register("sys_b", reads_from=["/data/a.json"])
        assert (await learned(concord))["caught_up"] == [], "a new database has missed nothing"
        clock.write_text("2026-04-16T10:00:00Z")
        await promoted(concord, "2026-04-08", "Check how old each incoming file is before parsing it", "stale_data")
        await promoted(concord, "2026-04-15", "Retry the upload with a growing pause after a timeout", "upload_timeout")

        clock.write_text("2026-04-29T10:00:00Z")
        summary = await learned(concord)
        assert [one["week_ending"] for one in summary["caught_up"]] == ["2026-04-12", "2026-04-19", "2026-04-26"]
        assert [len(one["new"]) for one in summary["caught_up"]] == [1, 1, 0], "each counts in its own week"
        second = await digest(concord, "2026-04-19")
        first = await digest(concord, "2026-04-12")
        assert list(first) == ["week_ending", "digest", "left_out"]
        assert {name: type(value) for name, value in first["digest"].items()} == DIGEST
        assert list(first["digest"]) == list(DIGEST)
        for week, found in (("2026-04-12", first), ("2026-04-19", second)):
            assert found["week_ending"] == week
            assert found["digest"]["total_promotions_across_systems"] == 1
            assert found["digest"]["new_shared_knowledge_entries"] == 1
            assert found["digest"]["organizational_health"] == "STABLE"
        assert "SK-001" in first["digest"]["top_insight"]
        assert "SK-002" in second["digest"]["top_insight"]
        latest = await digest(concord)
        assert (latest["week_ending"], latest["digest"]["top_insight"]) == ("2026-05-03", "")
        file = json.loads(await concord.read("concord://files/learning_digest.json"))
        assert file == {name: latest[name] for name in ("week_ending", "digest")}
        entry = json.loads(await concord.read("concord://knowledge/SK-001"))
        assert (entry["created"], entry["expires"]) == ("2026-04-12", "2026-07-11"), "as of its Sunday"

        again = await learned(concord)
        assert (again["caught_up"], again["new"], again["changed"]) == ([], [], [])
        assert await digest(concord, "2026-04-12") == first
        assert await digest(concord) == latest
