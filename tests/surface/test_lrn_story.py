"""The source's story from reported events to the digest: a staleness check found by one reaches those who still need it."""

import json
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import Concord, Era, running

pytestmark = pytest.mark.anyio

BEGIN = datetime(2026, 4, 5, 17, tzinfo=UTC)
"""A Sunday, an hour before the weekly job is due."""
SIGNALS, CACHE, PAGE = "~/outputs/signals.json", "~/cache/market_data.json", "~/deploy/dashboard.html"
SYSTEMS: dict[str, dict[str, Any]] = {
    "sys_signal_generator": {"reads_from": [{"resource": CACHE}], "writes_to": [{"resource": SIGNALS}]},
    "sys_dashboard": {"reads_from": [{"resource": SIGNALS}], "writes_to": [{"resource": PAGE, "consumers": ["users"]}]},
    "sys_mailer": {"reads_from": [{"resource": SIGNALS}]},
    "sys_archiver": {"reads_from": [{"resource": SIGNALS}]},
}
STALENESS_CHECK = {
    "kind": "promotion",
    "proposal_id": "PROP-023",
    "title": "Check how old the data is before processing",
    "approach": "compare the file's timestamp with the present before processing it, and skip what is too old",
    "error_category": "stale_data",
    "before": 12,
    "after": 3,
    "observation_days": 28,
}


DECLINED_BECAUSE = "stale signals are mailed with their date on purpose"


class Clock:
    """The server's clock, as a file that tests turn."""

    def __init__(self, file: Path) -> None:
        self.file, self.now = file, BEGIN
        self.turn(0)

    def turn(self, days: float) -> None:
        self.now += timedelta(days=days)
        self.file.write_text(self.now.isoformat())

    def ago(self, days: float) -> str:
        return (self.now - timedelta(days=days)).isoformat()


def errors(clock: Clock, days: list[float], category: str = "stale_data") -> list[dict[str, Any]]:
    return [{"kind": "error", "category": category, "at": clock.ago(day), "id": f"{clock.ago(day)}"} for day in days]


@dataclass
class Story:
    """The server, whoever calls it, and the entry that it is about."""

    database_url: str
    home: Path
    era: Era
    clock: Clock
    entry_id: str = ""
    proposal_id: str = ""

    def caller(self, system_id: str = "") -> AbstractAsyncContextManager[Concord]:
        now = f"@{self.clock.file}"
        return running(self.database_url, self.home, era=self.era, now=now, system=system_id)


async def test_lrn_01_the_staleness_check_reaches_those_who_need_it_and_the_digest_tells_what_became_of_it(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    story = Story(database_url, tmp_path, era, Clock(tmp_path / "now"))
    await what_was_reported_becomes_an_entry(story)
    story.clock.turn(1)
    await the_dashboard_adopts_it_adapted(story)
    await the_mailer_declines_it(story)
    story.clock.turn(6)
    await the_next_digest_counts_the_adoption(story)
    story.clock.turn(21)
    await the_dashboard_reports_fewer_errors(story)
    await it_is_told_what_became_of_it(story)


async def what_was_reported_becomes_an_entry(story: Story) -> None:
    clock = story.clock
    async with story.caller() as user:
        for system_id, members in SYSTEMS.items():
            await user.register(system_id, evolution_engine=True, **members)
        for system_id, times in (("sys_dashboard", 6), ("sys_mailer", 5), ("sys_archiver", 2)):
            told = errors(clock, [day + 0.5 for day in range(times)])
            await user.call("report", system_id=system_id, events=told)
        await user.call("report", system_id="sys_signal_generator", events=[{**STALENESS_CHECK, "at": clock.ago(1)}])
        summary = await learned(user)
        assert [one["type"] for one in summary["new"]] == ["transferable_fix"]
        assert (summary["analysed"]["promotions"], summary["analysed"]["rejections"]) == (1, 0)
        (entry,) = (await user.call("find_knowledge"))["knowledge_entries"]
        story.entry_id = entry["id"]
        assert entry["source_system"] == "sys_signal_generator"
        assert entry["evidence"] == {
            "before_metric": "12 stale_data errors per week",
            "after_metric": "3 stale_data errors per week",
            "improvement": "75% reduction",
            "observation_period": "28 days",
            "proposal_id": "PROP-023",
            "promotion_date": "2026-04-04",
        }
        assert entry["applicable_to"] == ["sys_dashboard", "sys_mailer"], "not whoever had two such errors"
        because = {one["system"]: " ".join(one["because"]) for one in entry["applicability"]}
        assert "6 times" in because["sys_dashboard"]
        assert "5 times" in because["sys_mailer"]
        assert entry["suggested_adaptation"]
        assert entry["e_value"] > 100
        digest = json.loads(await user.read("concord://digests/latest"))["digest"]
        assert digest["new_shared_knowledge_entries"] == digest["total_promotions_across_systems"] == 1
        assert story.entry_id in digest["top_insight"]
    async with story.caller("sys_archiver") as archiver:
        assert (await archiver.call("find_knowledge", system_id="sys_archiver"))["total"] == 0


async def the_dashboard_adopts_it_adapted(story: Story) -> None:
    async with story.caller("sys_dashboard") as dashboard:
        (found,) = (await dashboard.call("find_knowledge", system_id="sys_dashboard"))["knowledge_entries"]
        submitted = await dashboard.call(
            "submit_proposal",
            title="Check how old signals.json is before rendering it",
            changes=[{"description": "skip rendering when the signals are older than one run"}],
            approach="compare the file's timestamp with the last run before rendering",
            error_category="stale_data",
            knowledge_id=found["id"],
            state="READY_FOR_SHADOW_TEST",
        )
        assert submitted["state"] == "READY_FOR_SHADOW_TEST", "nobody else reads how it checks its input"
        story.proposal_id = submitted["proposal_id"]
        answer = await dashboard.call(
            "respond_to_knowledge",
            entry_id=found["id"],
            decision="ADOPT",
            proposal_id=story.proposal_id,
            reason="adapted to the signals that it renders",
        )
        assert (answer["system_id"], answer["entry_status"]) == ("sys_dashboard", "ACTIVE")
        assert (await dashboard.call("find_knowledge", system_id="sys_dashboard"))["total"] == 0, "it has answered"


async def the_mailer_declines_it(story: Story) -> None:
    async with story.caller("sys_mailer") as mailer:
        answer = await mailer.call(
            "respond_to_knowledge", entry_id=story.entry_id, decision="DECLINE", reason=DECLINED_BECAUSE
        )
        assert answer["entry_status"] == "ACTIVE", "one has adopted it, one has declined"


async def the_dashboard_reports_fewer_errors(story: Story) -> None:
    promotion = {
        "kind": "promotion",
        "proposal_id": story.proposal_id,
        "before": 6,
        "after": 1,
        "observation_days": 21,
        "at": story.clock.ago(2),
    }
    async with story.caller("sys_dashboard") as dashboard:
        await dashboard.call("report", events=[promotion, *errors(story.clock, [20.0, 6.0])])


async def the_next_digest_counts_the_adoption(story: Story) -> None:
    async with story.caller() as user:
        assert (await learned(user))["new"] == []
        digest = json.loads(await user.read("concord://digests/latest"))
        assert (digest["week_ending"], digest["digest"]["knowledge_transfers_completed"]) == ("2026-04-12", 1)
        assert digest["digest"]["new_shared_knowledge_entries"] == 0
        first = json.loads(await user.read("concord://digests/2026-04-05"))["digest"]
        assert (first["knowledge_transfers_completed"], first["new_shared_knowledge_entries"]) == (0, 1)


async def it_is_told_what_became_of_it(story: Story) -> None:
    async with story.caller() as user:
        summary = await learned(user)
        assert (summary["new"], summary["analysed"]["adoptions"]) == ([], 1), "what was adopted is no new evidence"
        record = json.loads(await user.read(f"concord://knowledge/{story.entry_id}"))
        assert (record["adopted_by"], record["declined_by"]) == (["sys_dashboard"], ["sys_mailer"])
        transfers = {one["system"]: one for one in record["transfers"]}
        adopted = transfers["sys_dashboard"]
        assert (adopted["decision"], adopted["outcome"]) == ("ADOPT", "IMPROVED")
        assert (adopted["before"], adopted["after"], adopted["proposal_id"]) == (6, 1, story.proposal_id)
        declined = transfers["sys_mailer"]
        assert (declined["decision"], declined["reason"]) == ("DECLINE", DECLINED_BECAUSE)
        digest = json.loads(await user.read("concord://digests/latest"))
        assert digest["week_ending"] == "2026-05-03"
        assert digest["digest"]["total_promotions_across_systems"] == 1
        metrics = json.loads(await user.read("concord://files/organizational_metrics.json"))
        weeks = {one["week_ending"]: one for one in metrics["weeks"]}
        adopted_in = weeks["2026-04-12"]
        assert (adopted_in["knowledge_transfers_completed"], adopted_in["adoption_lag_days"]) == (1, 1.0)
        assert adopted_in["knowledge_transfer_success_rate"] == 1.0
        shared = json.loads(await user.read("concord://files/shared_knowledge.json"))["knowledge_entries"]
        assert [(one["id"], one["adopted_by"]) for one in shared] == [(story.entry_id, ["sys_dashboard"])]


async def learned(user: Concord) -> dict[str, Any]:
    """The summary of a run of the job."""
    run = await user.call("run_job", job="learning")
    assert run["state"] == "SUCCEEDED", run
    summary: dict[str, Any] = run["summary_data"]
    return summary
