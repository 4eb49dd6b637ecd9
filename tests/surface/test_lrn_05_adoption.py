"""Adoption as systems see it: what they have answered is asked no more, neglect is listed, and harm asks for a retest (LRN-5)."""

import json
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.surface.shared_entries import MAILER, READER, RETRY, SOURCE, STALE, shared
from tests.surface.world import Concord, Era, running

pytestmark = pytest.mark.anyio

BEGIN = datetime(2026, 4, 1, 12, tzinfo=UTC)


@dataclass
class World:
    """A server on one database, and a clock that tests turn."""

    database_url: str
    home: Path
    era: Era
    now: datetime = BEGIN

    def caller(self, system_id: str = "", **flags: Any) -> AbstractAsyncContextManager[Concord]:
        clock = self.home / "now"
        clock.write_text(self.now.isoformat())
        return running(self.database_url, self.home, era=self.era, now=f"@{clock}", system=system_id, **flags)

    def turn(self, **time: float) -> None:
        self.now += timedelta(**time)
        (self.home / "now").write_text(self.now.isoformat())

    def at(self, **ago: float) -> str:
        return (self.now - timedelta(**ago)).isoformat()


@pytest.fixture
def world(database_url: str, tmp_path: Path, era: Era) -> World:
    return World(database_url, tmp_path, era)


async def members(user: Concord, **engines: bool) -> None:
    for system_id in (SOURCE, READER, MAILER):
        await user.register(system_id, evolution_engine=engines.get(system_id, True))


async def open_for(concord: Concord, system_id: str) -> list[str]:
    found = await concord.call("find_knowledge", system_id=system_id)
    return [one["id"] for one in found["knowledge_entries"]]


async def attention(user: Concord) -> list[dict[str, str]]:
    """Who needs it, in the digest of a run of the job."""
    run = await user.call("run_job", job="learning")
    assert run["state"] == "SUCCEEDED", run
    listed: list[dict[str, str]] = json.loads(await user.read("concord://digests/latest"))["digest"][
        "systems_needing_attention"
    ]
    return listed


async def test_lrn_05_what_a_system_has_answered_is_asked_no_more_and_all_adopted_is_adopted(world: World) -> None:
    async with world.caller() as user:
        await members(user, sys_mailer=False)
        await shared(user, STALE, RETRY)
    async with world.caller(READER) as reader:
        assert await open_for(reader, READER) == ["SK-003", "SK-001"]
        briefed = await reader.call("brief", system_id=READER)
        assert briefed["lessons_total"] == 2
        assert briefed["next"] == [{"tool": "find_knowledge", "arguments": {"system_id": READER}}]
        told = (await reader.call("report", events=[{"kind": "run", "at": world.at()}]))["directives"]
        assert {one["id"] for one in told} == {"SK-001:answer", "SK-003:answer"}
        refused = await reader.refused("respond_to_knowledge", entry_id="SK-003", system_id=MAILER, decision="ADOPT")
        assert refused["code"] == "not_allowed"
        answer = await reader.call("respond_to_knowledge", entry_id="SK-003", decision="ADOPT", reason="fits")
        assert answer["entry_status"] == "ACTIVE"
        await reader.call("respond_to_knowledge", entry_id="SK-001", decision="DECLINE", reason="nothing goes outside")
        assert await open_for(reader, READER) == []
        assert (await reader.call("brief", system_id=READER))["lessons"] == []
        assert (await reader.call("report", events=[]))["directives"] == []
    async with world.caller(MAILER) as mailer:
        assert (await mailer.call("report", events=[]))["directives"] == [], "only engines are reminded"
        assert await open_for(mailer, MAILER) == ["SK-003"]
        answer = await mailer.call("respond_to_knowledge", entry_id="SK-003", decision="ADOPT")
        assert answer["entry_status"] == "ADOPTED"
    async with world.caller() as user:
        entries = json.loads(await user.read("concord://files/shared_knowledge.json"))["knowledge_entries"]
        stands = {one["id"]: (one["status"], one["adopted_by"]) for one in entries}
        assert stands == {"SK-001": ("DECLINED", []), "SK-003": ("ADOPTED", sorted([READER, MAILER]))}


async def test_lrn_05_three_entries_left_for_thirty_days_are_listed_and_two_or_twenty_nine_days_are_not(
    world: World,
) -> None:
    three = [{**RETRY, "id": f"SK-01{number}", "expires": "2026-09-01"} for number in range(3)]
    two = [{**one, "id": f"SK-02{number}", "applicable_to": [MAILER]} for number, one in enumerate(three[:2])]
    async with world.caller() as user:
        await members(user)
        await shared(user, *three, *two)
        world.turn(days=29)
        assert await attention(user) == []
        world.turn(days=1)
        assert await attention(user) == [
            {
                "system": READER,
                "reason": "Has not adopted 3 applicable shared knowledge entries. "
                "Evolution engine may not be consuming shared_knowledge.json.",
            }
        ]
        declined = {"system_id": READER, "decision": "DECLINE", "reason": "read, and not for us"}
        await user.call("respond_to_knowledge", entry_id="SK-011", **declined)
        world.turn(days=1)
        assert await attention(user) == [], "what was declined was read"


async def test_lrn_05_harm_after_adoption_asks_the_source_to_test_the_entry_again(world: World) -> None:
    async with world.caller() as user:
        await members(user)
        await shared(user, {**STALE, "expires": "2026-09-01"})
        world.turn(days=28)
        calm = [{"kind": "error", "category": "stale_data", "at": world.at(days=day + 0.5)} for day in range(0, 28, 3)]
        alive = [{"kind": "run", "at": world.at(days=28)}]
        await user.call("report", system_id=READER, events=[*calm, *alive])
        await user.call("respond_to_knowledge", entry_id="SK-003", system_id=READER, decision="ADOPT")
        world.turn(days=28)
        worse = [
            {"kind": "error", "category": "stale_data", "at": world.at(hours=8 * number + 1)} for number in range(80)
        ]
        await user.call("report", system_id=READER, events=worse)
        listed = await attention(user)
        assert [(one["system"], "SK-003" in one["reason"]) for one in listed] == [(SOURCE, True)]
        record = json.loads(await user.read("concord://knowledge/SK-003"))
        (transfer,) = record["transfers"]
        assert (transfer["outcome"], transfer["before"], transfer["after"]) == ("HARMED", 2.5, 20.0)
        assert transfer["p_value"] < 0.001
        (retest,) = record["retest"]
        assert retest["system"] == READER
        assert "from 2.5 to 20 a week" in retest["reason"]
        found = await user.call("find_findings", kind="retest_needed")
        assert [(one["system_id"], one["subject"]) for one in found["findings"]] == [(SOURCE, "SK-003")]
    async with world.caller(SOURCE) as source:
        (directive,) = (await source.call("report", events=[]))["directives"]
        assert (directive["id"], directive["kind"]) == ("SK-003:retest", "retest_knowledge")
        await source.call("respond_to_knowledge", entry_id="SK-003", decision="RENEW", reason="tested again")
        assert (await source.call("report", events=[]))["directives"] == []
        assert "retest" not in json.loads(await source.read("concord://knowledge/SK-003"))
        assert (await source.call("find_findings", kind="retest_needed"))["total"] == 0
