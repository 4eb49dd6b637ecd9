"""What one system has not submitted yet does not exist for another: drafts, their versions, and dry runs."""

from pathlib import Path
from typing import Any

import pytest
from mcp import MCPError
from mcp_types import ResourceTemplateReference

from tests.surface.proposing import BREAKING, READER, SAFE, SUBMITTED, WRITER, callers
from tests.surface.world import SIGNALS, Concord, Era, register_example

pytestmark = pytest.mark.anyio
ID = {"proposal_id": "PROP-001"}


async def completed(concord: Concord, family: str) -> list[str]:
    reference = ResourceTemplateReference(type="ref/resource", uri=f"concord://{family}/{{id}}")
    return (await concord.client.complete(reference, {"name": "id", "value": ""})).completion.values


async def not_there(concord: Concord, uri: str) -> None:
    with pytest.raises(MCPError) as refused:
        await concord.read(uri)
    assert "PROP-001 is" not in str(refused.value)
    assert (await concord.refused("read_record", uri=uri))["code"] == "not_found"


async def test_evo_01_a_draft_does_not_exist_for_another_system(database_url: str, tmp_path: Path, era: Era) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER) as (user, writer, reader):
        await register_example(user)
        await writer.call("submit_proposal", **BREAKING)
        unknown = await reader.refused("get_proposal", proposal_id="PROP-999")
        calls: list[tuple[str, dict[str, Any]]] = [
            ("get_proposal", {}),
            ("submit_proposal", {"title": "x"}),
            ("decide_proposal", {"decision": "ACCEPT"}),
            ("decide_proposal", {"decision": "WITHDRAW", "expected_version": 7}),
        ]
        for tool, arguments in calls:
            error = await reader.refused(tool, **ID, **arguments)
            assert error == {**unknown, "message": error["message"]}, "the same as for one that never was"
            assert error["message"] == unknown["message"].replace("PROP-999", "PROP-001")
        await not_there(reader, "concord://proposals/PROP-001")
        assert await completed(reader, "proposals") == []
        for about in ({"path": SIGNALS}, {"system_id": WRITER}, {"system_id": READER}):
            told = await reader.call("brief", **about)
            assert told["proposals"] == []
            assert "in flight" not in told["summary"]
        for concord in (writer, user):
            assert (await concord.call("get_proposal", **ID))["state"] == "DRAFT"
            assert await completed(concord, "proposals") == ["PROP-001"]
            (proposal,) = (await concord.call("brief", path=SIGNALS))["proposals"]
            assert proposal["state"] == "DRAFT"


async def test_evo_01_a_draft_that_is_withdrawn_was_never_there_for_others(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER) as (user, writer, reader):
        await register_example(user)
        await writer.call("submit_proposal", **BREAKING)
        await writer.call("decide_proposal", **ID, decision="WITHDRAW")
        assert (await reader.refused("get_proposal", **ID))["code"] == "not_found"
        assert await completed(reader, "proposals") == []
        assert (await writer.call("get_proposal", **ID))["state"] == "WITHDRAWN"


async def test_evo_01_what_a_proposal_was_as_a_draft_stays_with_its_system(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER) as (user, writer, reader):
        await register_example(user)
        secret = {"title": "Only thinking of it", "changes": [{"resource": SIGNALS, "removes": True}]}
        await writer.call("submit_proposal", **secret)
        await writer.call("submit_proposal", **ID, **SAFE, **SUBMITTED)
        uri = "concord://proposals/PROP-001"
        shown = await reader.read(uri)
        assert "Add confidence" in shown
        assert "thinking" not in shown
        assert "thinking" in await writer.read(uri)
        await writer.call("submit_proposal", **ID, **BREAKING, state="DRAFT")
        await not_there(reader, uri)
        await writer.call("submit_proposal", **ID, **SUBMITTED)
        shown = await reader.read(uri)
        assert '"version": 2' in shown
        assert '"version": 3' not in shown, "the draft in between"


async def test_a_dry_run_is_for_who_asked_and_for_its_system_and_the_check_of_a_proposal_for_all(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER) as (user, writer, reader):
        await register_example(user)
        dry = (await writer.check(**{**BREAKING, "title": ""}))["check_id"]
        for uri in (f"concord://checks/{dry}", "concord://checks/latest"):
            await not_there(reader, uri)
            assert dry in await writer.read(uri)
            assert dry in await user.read(uri)
        for uri in (f"concord://files/conflict_check.json?check_id={dry}", "concord://files/conflict_check.json"):
            await not_there(reader, uri)
            assert dry in await writer.read(uri)
        assert await completed(reader, "checks") == []
        assert await completed(writer, "checks") == [dry]
        of_proposal = (await writer.call("submit_proposal", **BREAKING, **SUBMITTED))["check"]["check_id"]
        for concord in (reader, writer, user):
            assert of_proposal in await concord.read("concord://checks/latest")
        later = (await user.check(**{**BREAKING, "title": ""}))["check_id"]
        assert later in await writer.read("concord://checks/latest"), "it was about its own change"
        assert of_proposal in await reader.read("concord://checks/latest")


async def test_con_14_an_open_proposal_counts_in_the_checks_of_others_and_a_draft_does_not(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER) as (user, writer, reader):
        await register_example(user)
        narrower = {"resource": SIGNALS, "reads": ["/ticker", "/score", "/note"]}
        await writer.call("submit_proposal", **SAFE)
        assert (await reader.check(changes=[narrower]))["in_flight"] == []
        await writer.call("submit_proposal", **ID, **SUBMITTED)
        (other,) = (await reader.check(changes=[narrower]))["in_flight"]
        assert (other["proposal_id"], other["source_system"]) == ("PROP-001", WRITER)
        mine = await writer.call("submit_proposal", **ID, title="Once more")
        assert mine["check"]["in_flight"] == [], "a proposal is not in its own way"
        await writer.call("decide_proposal", **ID, decision="WITHDRAW")
        assert (await reader.check(changes=[narrower]))["in_flight"] == []
