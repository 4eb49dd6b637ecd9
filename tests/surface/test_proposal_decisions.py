"""Who decides what about a proposal, through the surface: each caller is a server of its own on one database."""

from pathlib import Path
from typing import Any

import pytest

from tests.surface.proposing import BREAKING, READER, SAFE, SUBMITTED, UNCLEAR, WRITER, callers
from tests.surface.world import SIGNALS, Concord, Era, register_example

pytestmark = pytest.mark.anyio
OWNER, STRANGER = "sys_lead", "sys_stranger"
ID = {"proposal_id": "PROP-001"}


async def everyone(user: Concord) -> None:
    """The example with an owner of the dashboard, and somebody who has nothing to do with it."""
    await register_example(user)
    dashboard = (await user.call("get_system", system_id=READER))["contracts"]
    await user.register(
        READER, owner=OWNER, reads_from=[{"resource": SIGNALS, "schema_version": "v2"}], contracts=dashboard
    )
    await user.register(OWNER)
    await user.register(STRANGER)


async def test_con_10_the_affected_system_or_its_owner_accepts_and_the_change_goes_on(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER, OWNER) as (user, writer, reader, owner):
        await everyone(user)
        for accepting in (reader, owner):
            submitted = await writer.call("submit_proposal", **BREAKING, **SUBMITTED)
            about = {"proposal_id": submitted["proposal_id"]}
            assert (await accepting.call("get_proposal", **about))["allowed"][0] == "ACCEPT"
            done = await accepting.call(
                "decide_proposal", **about, decision="ACCEPT", reason="We will follow the plan."
            )
            assert done["state"] == "READY_FOR_SHADOW_TEST"
            assert await accepting.call("decide_proposal", **about, decision="ACCEPT") == done, (
                "said again, it is harmless"
            )
            (decision,) = (await user.call("get_proposal", **about))["decisions"]
            assert (decision["actor"], decision["waiver"], decision["version"]) == (READER, False, 1)


async def test_con_10_a_proposer_never_accepts_for_the_other_side_and_nobody_else_does_unasked(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER, STRANGER) as (user, writer, stranger):
        await everyone(user)
        await writer.call("submit_proposal", **BREAKING, **SUBMITTED)
        for actor in ("", READER, WRITER):
            error = await writer.refused("decide_proposal", **ID, decision="ACCEPT", actor=actor, reason="Trust me.")
            assert (error["code"], error["allowed"]) == ("not_allowed", [READER])
        for actor in ("", READER, STRANGER):
            error = await stranger.refused("decide_proposal", **ID, decision="ACCEPT", actor=actor, reason="x")
            assert error["code"] == "not_allowed"
            assert READER in error["hint"], "who is asked is named"
        assert (await stranger.call("get_proposal", **ID))["allowed"] == []
        allowed = (await writer.call("get_proposal", **ID))["allowed"]
        assert {"submit_proposal", "WITHDRAW"} <= set(allowed)
        assert not {"ACCEPT", "MODIFY", "REJECT"} & set(allowed)
        assert (await user.call("get_proposal", **ID))["state"] == "BLOCKED"


async def test_con_10_an_owner_that_is_the_proposer_itself_does_not_accept_for_what_it_owns(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER) as (user, writer):
        await register_example(user)
        known = (await user.call("get_system", system_id=READER))["contracts"]
        await user.register(READER, owner=WRITER, reads_from=[SIGNALS], contracts=known)
        await writer.call("submit_proposal", **BREAKING, **SUBMITTED)
        error = await writer.refused("decide_proposal", **ID, decision="ACCEPT", actor=READER)
        assert error["code"] == "not_allowed"


async def test_a_person_accepts_for_a_named_system_with_a_reason_that_is_kept_as_a_waiver(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    error = await concord.refused("decide_proposal", **ID, decision="ACCEPT", reason="It is fine.")
    assert (error["path"], error["allowed"], error["try"]["arguments"]["actor"]) == ("/actor", [READER], READER)
    error = await concord.refused("decide_proposal", **ID, decision="ACCEPT", actor=READER)
    assert (error["path"], bool(error["try"]["arguments"]["reason"])) == ("/reason", True)
    error = await concord.refused("decide_proposal", **ID, decision="ACCEPT", actor="sys_data_pipeline", reason="x")
    assert (error["code"], error["allowed"]) == ("not_allowed", [READER])
    done = await concord.call("decide_proposal", **ID, decision="ACCEPT", actor=READER, reason="Tried it with them.")
    assert done["state"] == "READY_FOR_SHADOW_TEST"
    (decision,) = (await concord.call("get_proposal", **ID))["decisions"]
    assert (decision["actor"], decision["by"], decision["waiver"]) == (READER, "", True)
    assert decision["reason"] == "Tried it with them."


async def test_what_names_no_system_is_accepted_by_a_person_alone(database_url: str, tmp_path: Path, era: Era) -> None:
    async with callers(database_url, tmp_path, era, "sys_a", "sys_b") as (user, a, b):
        await user.register("sys_a", writes_to=["/x"])
        await user.register("sys_b")
        change = {"resource": "/x", "new_schema": {"type": "object"}}
        done = await a.call("submit_proposal", changes=[change], **SUBMITTED)
        assert (done["state"], done["check"]["must_accept"]) == ("IN_REVIEW", ["user"])
        for system in (a, b):
            assert (await system.refused("decide_proposal", **ID, decision="ACCEPT", actor="user"))[
                "code"
            ] == "not_allowed"
        error = await user.refused("decide_proposal", **ID, decision="ACCEPT", reason="x")
        assert error["allowed"] == ["user"]
        done = await user.call("decide_proposal", **ID, decision="ACCEPT", actor="user", reason="Nobody else reads it.")
        assert done["state"] == "READY_FOR_SHADOW_TEST"


async def test_a_change_goes_on_when_everyone_asked_has_accepted(concord: Concord) -> None:
    await register_example(concord)
    for name in ("sys_b", "sys_c"):
        reads = {"type": "CONSUMER", "counterparty": WRITER, "resource": SIGNALS, "reads": ["/ticker"]}
        await concord.register(name, reads_from=[SIGNALS], contracts=[reads])
    done = await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    asked = done["check"]["must_accept"]
    assert asked == ["sys_b", "sys_c", READER]
    for place, actor in enumerate(asked, start=1):
        done = await concord.call("decide_proposal", **ID, decision="ACCEPT", actor=actor, reason="Agreed.")
        assert done["state"] == ("READY_FOR_SHADOW_TEST" if place == len(asked) else "BLOCKED")
        open_now = [sentence.split()[0] for sentence in done["unmet"] if "not accepted" in sentence]
        assert open_now == asked[place:]


async def test_an_affected_system_the_proposers_owner_and_a_person_may_reject(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER, OWNER, STRANGER) as everybody:
        user, writer, reader, owner, stranger = everybody
        await everyone(user)
        mine = await user.call("get_system", system_id=WRITER)
        members = ("reads_from", "writes_to", "contracts")
        await user.register(WRITER, owner=OWNER, **{name: mine[name] for name in members})
        for rejecting in (reader, owner):
            about = {"proposal_id": (await writer.call("submit_proposal", **BREAKING, **SUBMITTED))["proposal_id"]}
            for other in (writer, stranger):
                assert (await other.refused("decide_proposal", **about, decision="REJECT"))["code"] == "not_allowed"
            done = await rejecting.call("decide_proposal", **about, decision="REJECT", reason="No.")
            assert (done["state"], done["allowed"]) == ("REJECTED", [])
        about = {"proposal_id": (await writer.call("submit_proposal", **SAFE, **SUBMITTED))["proposal_id"]}
        assert (await user.refused("decide_proposal", **about, decision="REJECT"))["path"] == "/reason"
        assert (await user.call("decide_proposal", **about, decision="REJECT", reason="Not now."))[
            "state"
        ] == "REJECTED"


async def test_the_owner_of_an_affected_system_sends_other_changes_as_a_draft_of_the_proposers(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER, OWNER, STRANGER) as everybody:
        user, writer, reader, owner, stranger = everybody
        await everyone(user)
        await writer.call("submit_proposal", **BREAKING, **SUBMITTED)
        modification = {**ID, "decision": "MODIFY", "changes": SAFE["changes"], "reason": "So it would not break us."}
        for other in (writer, stranger, reader):
            assert (await other.refused("decide_proposal", **modification))["code"] == "not_allowed"
        assert (await owner.refused("decide_proposal", **ID, decision="MODIFY"))["path"] == "/changes"
        done = await owner.call("decide_proposal", **modification)
        assert (done["version"], done["state"], done["allowed"]) == (2, "DRAFT", [])
        shown = await writer.call("get_proposal", **ID)
        assert (shown["version"], shown["changes"]) == (2, SAFE["changes"])
        assert (await owner.refused("get_proposal", **ID))["code"] == "not_found", "a draft is the proposer's alone"
        sent = await writer.call("submit_proposal", **ID, **SUBMITTED)
        assert (sent["version"], sent["state"]) == (3, "READY_FOR_SHADOW_TEST")


async def test_only_the_proposing_system_or_a_person_withdraws(database_url: str, tmp_path: Path, era: Era) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER) as (user, writer, reader):
        await register_example(user)
        for withdrawing in (writer, user):
            about = {"proposal_id": (await writer.call("submit_proposal", **BREAKING, **SUBMITTED))["proposal_id"]}
            assert (await reader.refused("decide_proposal", **about, decision="WITHDRAW"))["code"] == "not_allowed"
            assert (await withdrawing.call("decide_proposal", **about, decision="WITHDRAW"))["state"] == "WITHDRAWN"


async def test_a_system_proposes_only_for_itself(database_url: str, tmp_path: Path, era: Era) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER) as (user, writer, reader):
        await register_example(user)
        error = await reader.refused("submit_proposal", **BREAKING, source_system=WRITER)
        assert (error["code"], error["path"]) == ("not_allowed", "/source_system")
        await writer.call("submit_proposal", **BREAKING, **SUBMITTED)
        error = await reader.refused("submit_proposal", **ID, title="Mine now")
        assert error["code"] == "not_allowed"
        error = await writer.refused("submit_proposal", **ID, source_system=READER)
        assert error["path"] == "/source_system"


@pytest.mark.parametrize("proposal", [BREAKING, UNCLEAR], ids=["blocked", "in review"])
async def test_whoever_cannot_answer_by_itself_is_asked_by_a_finding_until_it_is_answered(
    concord: Concord, proposal: dict[str, Any]
) -> None:
    await register_example(concord)

    async def asked() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await concord.call("find_findings", kind="acceptance_needed"))["findings"]
        return found

    submitted = await concord.call("submit_proposal", **proposal, **SUBMITTED)
    must = submitted["check"]["must_accept"]
    found = await asked()
    assert sorted(one["details"]["actor"] for one in found) == must
    assert {one["subject"] for one in found} == {"PROP-001"}
    await concord.register("sys_other", writes_to=["/y"])
    system = await concord.call("get_system", system_id=WRITER)
    await concord.register(
        WRITER, description="New.", **{name: system[name] for name in ("reads_from", "writes_to", "contracts")}
    )
    assert len(await asked()) == len(must), "a registration leaves the question open"
    for actor in must:
        await concord.call("decide_proposal", **ID, decision="ACCEPT", actor=actor, reason="Agreed.")
    assert await asked() == []
    await concord.call("submit_proposal", **ID, changes=proposal["changes"])
    assert len(await asked()) == len(must), "another version is another question"
    await concord.call("decide_proposal", **ID, decision="WITHDRAW")
    assert await asked() == []


async def test_a_system_with_an_engine_is_asked_by_a_finding_only_after_its_days_of_silence(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era) as (user,):
        await register_example(user, reader_tier="MISSION_CRITICAL")
        known = await user.call("get_system", system_id=READER)
        members = {name: known[name] for name in ("reads_from", "contracts")}
        await user.register(READER, "MISSION_CRITICAL", evolution_engine=True, **members)
        await user.call("submit_proposal", **BREAKING, **SUBMITTED)
        assert (await user.call("find_findings", kind="acceptance_needed"))["total"] == 0
    for now, expected in (("2026-04-19T13:59:59Z", 0), ("2026-04-19T14:00:00Z", 1)):
        async with callers(database_url, tmp_path, era, now=now) as (user,):
            await user.call("submit_proposal", changes=[{"description": "Tidy up."}], source_system="sys_data_pipeline")
            assert (await user.call("find_findings", kind="acceptance_needed"))["total"] == expected, now


@pytest.mark.parametrize("proposal", [BREAKING, UNCLEAR], ids=["blocked", "in review"])
async def test_no_step_is_done_before_everyone_has_accepted(concord: Concord, proposal: dict[str, Any]) -> None:
    await register_example(concord)
    for name in ("sys_b", "sys_c"):
        reads = {"type": "CONSUMER", "counterparty": WRITER, "resource": SIGNALS, "reads": ["/ticker"]}
        await concord.register(name, reads_from=[SIGNALS], contracts=[reads])
    submitted = await concord.call("submit_proposal", **proposal, **SUBMITTED)
    state, asked = submitted["state"], submitted["check"]["must_accept"]
    done = {**ID, "decision": "COMPLETE_STEP", "step": 1, "evidence": "abc123"}
    for place, actor in enumerate(asked):
        error = await concord.refused("decide_proposal", **done)
        assert (error["code"], error["state"]) == ("refused", state)
        assert [sentence.split()[0] for sentence in error["unmet"]] == asked[place:]
        assert "COMPLETE_STEP" not in {*error["allowed"], *error["legal"]}
        shown = await concord.call("get_proposal", **ID)
        assert {one["waiting_for"] for one in shown["pending"]} == {"ACCEPT"}
        await concord.call("decide_proposal", **ID, decision="ACCEPT", actor=actor, reason="Agreed.")
    shown = await concord.call("get_proposal", **ID)
    assert {one["waiting_for"][:13] for one in shown["pending"]} == ({"COMPLETE_STEP"} if shown["plan"] else set())
    if shown["plan"]:
        assert (await concord.call("decide_proposal", **done))["state"] == "READY_FOR_SHADOW_TEST"


async def test_whoever_may_not_move_is_told_what_is_possible_and_that_nothing_is_for_him(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER, STRANGER) as (user, writer, stranger):
        await everyone(user)
        await writer.call("submit_proposal", **BREAKING, **SUBMITTED)
        legal = ["ACCEPT", "submit_proposal", "MODIFY", "REJECT", "WITHDRAW"]
        for tool, arguments in (
            ("submit_proposal", {"title": "Mine"}),
            ("decide_proposal", {"decision": "REJECT", "reason": "x"}),
            ("decide_proposal", {"decision": "WITHDRAW"}),
            ("decide_proposal", {"decision": "MODIFY", "changes": SAFE["changes"]}),
        ):
            error = await stranger.refused(tool, **ID, **arguments)
            assert (error["code"], error["state"], error["legal"]) == ("not_allowed", "BLOCKED", legal), arguments
            assert error["allowed"] == [], arguments


async def test_the_steps_of_the_plan_are_done_in_their_order_by_whoever_owns_them(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, WRITER, READER, STRANGER) as (user, writer, reader, stranger):
        await everyone(user)
        await writer.call("submit_proposal", **BREAKING, **SUBMITTED)
        await reader.call("decide_proposal", **ID, decision="ACCEPT")
        plan = (await user.call("get_proposal", **ID))["plan"]
        assert [step["step"] for step in plan] == list(range(1, len(plan) + 1))
        assert {step["state"] for step in plan} == {"OPEN"}
        owners = {WRITER: writer, READER: reader}
        assert {step["owner"] for step in plan} == set(owners)
        done = {"decision": "COMPLETE_STEP", "evidence": {"commit": "abc123"}}
        later = next(step for step in plan if step["owner"] != plan[0]["owner"])
        error = await owners[later["owner"]].refused("decide_proposal", **ID, **done, step=later["step"])
        assert (error["code"], error["allowed"]) == ("refused", ["1"])
        assert error["unmet"][0].startswith("Step 1 ")
        assert (await stranger.refused("decide_proposal", **ID, **done, step=1))["code"] == "not_allowed"
        first = owners[plan[0]["owner"]]
        opened = {"proposal_id": "PROP-001", "decision": "COMPLETE_STEP", "step": 1, "evidence": "…"}
        for asking in (user, first):
            assert (await asking.call("get_proposal", **ID))["next"] == [
                {"tool": "decide_proposal", "arguments": opened}
            ]
        assert (await owners[later["owner"]].call("get_proposal", **ID)).get("next", []) == []
        assert (await first.refused("decide_proposal", **ID, decision="COMPLETE_STEP", step=1))["path"] == "/evidence"
        assert (await first.refused("decide_proposal", **ID, **done, step=99))["path"] == "/step"
        before = (await user.call("get_proposal", **ID))["expected_days"]
        for step in plan:
            answer = await owners[step["owner"]].call("decide_proposal", **ID, **done, step=step["step"])
        assert await owners[step["owner"]].call("decide_proposal", **ID, **done, step=step["step"]) == answer
        assert not any("is not done" in sentence for sentence in answer["unmet"])
        shown = await user.call("get_proposal", **ID)
        assert {step["state"] for step in shown["plan"]} == {"DONE"}
        assert shown.get("next", []) == []
        assert [one["step"] for one in shown["evidence"]] == [step["step"] for step in plan]
        assert shown["evidence"][0]["evidence"] == {"commit": "abc123"}
        assert shown["expected_days"] == 7 < before
