"""A system that doesn't answer is asked about from its shadow days on, whoever looks, and wherever."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.surface.proposing import BREAKING, READER, SAFE, SUBMITTED, WRITER, callers
from tests.surface.world import SIGNALS, Concord, Era, register_example, running

pytestmark = pytest.mark.anyio
ID = {"proposal_id": "PROP-001"}
BEFORE, DUE = "2026-04-12T13:59:59Z", "2026-04-12T14:00:00Z"
SENTENCE = f"{READER} has not answered for 7 days"
KIND = "acceptance_needed"


async def proposed(user: Concord) -> None:
    """A proposal of 5 April, 14:00, waits for a system that can answer by itself."""
    await register_example(user)
    known = await user.call("get_system", system_id=READER)
    members = {name: known[name] for name in ("reads_from", "contracts")}
    await user.register(READER, evolution_engine=True, owner="sys_lead", **members)
    await user.call("submit_proposal", **BREAKING, **SUBMITTED)


async def messages_everywhere(user: Concord) -> dict[str, list[str]]:
    """What is said about the silence, by where it is said. Each place is asked of a server that nobody has looked into."""
    brief = {
        "brief": {"system_id": READER},
        "brief of the writer": {"system_id": WRITER},
        "of a path": {"path": SIGNALS},
    }
    found = {name: (await user.call("brief", **about))["findings"] for name, about in brief.items()}
    found["get_proposal"] = (await user.call("get_proposal", **ID))["findings"]
    found["proposal record"] = json.loads(await user.read("concord://proposals/PROP-001"))["findings"]
    found["get_system"] = (await user.call("get_system", system_id=READER))["findings"]
    found["system record"] = json.loads(await user.read(f"concord://systems/{READER}"))["findings"]
    found["find_findings"] = (await user.call("find_findings"))["findings"]
    return {place: [one["message"] for one in rows if one["kind"] == KIND] for place, rows in found.items()}


@pytest.mark.parametrize(("now", "asked"), [(BEFORE, 0), (DUE, 1)], ids=["a second before", "at the moment"])
async def test_silence_is_told_wherever_somebody_looks_from_the_moment_on_that_it_is_due(
    database_url: str, tmp_path: Path, era: Era, now: str, asked: int
) -> None:
    async with callers(database_url, tmp_path, era) as (user,):
        await proposed(user)
        assert not any((await messages_everywhere(user)).values())
    async with callers(database_url, tmp_path, era, now=now) as (user,):
        for place, messages in (await messages_everywhere(user)).items():
            assert [SENTENCE in message for message in messages] == [True] * asked, place


@pytest.mark.parametrize("place", ["find_findings", "get_system", "system record", "registry_audit"])
async def test_whoever_looks_first_leaves_the_question_for_everyone_else(
    database_url: str, tmp_path: Path, era: Era, place: str
) -> None:
    async with callers(database_url, tmp_path, era) as (user,):
        await proposed(user)
    async with callers(database_url, tmp_path, era, now=DUE) as (user,):
        seen: Any
        if place == "find_findings":
            seen = await user.call("find_findings", kind=KIND)
        elif place == "get_system":
            seen = await user.call("get_system", system_id=READER)
        elif place == "system record":
            seen = await user.read(f"concord://systems/{READER}")
        else:
            seen = (await user.client.get_prompt("registry_audit", {})).messages
        assert SENTENCE in str(seen)
    async with running(database_url, tmp_path, era=era, now=DUE, read_only=True) as looking:
        (finding,) = (await looking.call("find_findings", kind=KIND))["findings"]
        assert (finding["first_seen"], finding["details"]["owner"]) == (DUE, "sys_lead")


async def test_a_review_tells_of_the_silence(database_url: str, tmp_path: Path, era: Era) -> None:
    async with callers(database_url, tmp_path, era) as (user,):
        await proposed(user)
    for now, told in ((BEFORE, False), (DUE, True)):
        async with callers(database_url, tmp_path, era, now=now) as (user,):
            review = await user.client.get_prompt("review_proposal", ID)
            assert (SENTENCE in str(review.messages)) is told


async def test_a_server_that_changes_nothing_tells_of_the_silence_at_the_proposal_and_stores_no_finding(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era) as (user,):
        await proposed(user)
    async with running(database_url, tmp_path, era=era, now=DUE, read_only=True) as looking:
        assert (await looking.call("find_findings", kind=KIND))["total"] == 0
        (told,) = (await looking.call("get_proposal", **ID))["findings"]
        assert SENTENCE in told["message"]
        briefing = await looking.call("brief", system_id=READER)
        assert told["message"] in [one["message"] for one in briefing["findings"]]
        assert f"{len(briefing['findings'])} open finding" in briefing["summary"]


async def test_nobody_is_asked_twice_and_an_answer_ends_it(database_url: str, tmp_path: Path, era: Era) -> None:
    async with callers(database_url, tmp_path, era) as (user,):
        await proposed(user)
    async with callers(database_url, tmp_path, era, READER, now=DUE) as (user, reader):
        first = (await user.call("find_findings", kind=KIND))["findings"]
        again = (await reader.call("find_findings", kind=KIND, status="ALL"))["findings"]
        assert first == again
        await reader.call("decide_proposal", **ID, decision="ACCEPT")
        assert (await user.call("find_findings", kind=KIND))["total"] == 0
        assert (await user.call("get_proposal", **ID))["findings"] == []
        assert not any((await messages_everywhere(user)).values())


async def test_a_new_version_is_another_question_with_days_of_its_own(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era) as (user,):
        await proposed(user)
    async with callers(database_url, tmp_path, era, now=BEFORE) as (user,):
        await user.call("submit_proposal", **ID, changes=BREAKING["changes"])
    for now, asked in (("2026-04-19T13:59:58Z", 0), ("2026-04-19T13:59:59Z", 1)):
        async with callers(database_url, tmp_path, era, now=now) as (user,):
            assert (await user.call("find_findings", kind=KIND))["total"] == asked, now


async def test_what_waits_for_nobody_asks_nobody_however_long_it_takes(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era) as (user,):
        await register_example(user)
        await user.call("submit_proposal", **SAFE, **SUBMITTED)
    async with callers(database_url, tmp_path, era, now="2027-01-01T00:00:00Z") as (user,):
        assert not any((await messages_everywhere(user)).values())
