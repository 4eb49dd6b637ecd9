"""Proposals through the surface: submitted and checked in one call, revised, withdrawn, and never half."""

import json
from typing import Any

import pytest

from tests.surface.proposing import BREAKING, READER, SAFE, SUBMITTED, UNCLEAR, WRITER
from tests.surface.world import SIGNALS, Concord, register_example

pytestmark = pytest.mark.anyio

AHEAD = "A shadow test of 7 days comes last: run it outside Concord, as no tool of this version begins or records it."


async def test_con_09_a_submission_is_checked_in_the_same_call_and_blocked_by_what_it_breaks(concord: Concord) -> None:
    await register_example(concord)
    done = await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    assert (done["proposal_id"], done["version"], done["state"]) == ("PROP-001", 1, "BLOCKED")
    check = done["check"]
    assert (check["verdict"], check["blocks"], check["proposal_id"]) == ("CONFLICT_DETECTED", True, "PROP-001")
    assert check["must_accept"] == [READER]
    stored = json.loads(await concord.read(f"concord://checks/{check['check_id']}"))
    assert stored["proposal_id"] == "PROP-001"
    assert stored["inputs"]["changes"] == BREAKING["changes"]
    shown = await concord.call("get_proposal", proposal_id="PROP-001")
    assert [(one["id"], one["verdict"], one["version"]) for one in shown["checks"]] == [
        (check["check_id"], "CONFLICT_DETECTED", 1)
    ]
    assert {"system_id": READER, "waiting_for": "ACCEPT"} in shown["pending"]
    assert shown["source_system"] == WRITER, "the only writer of what is changed"
    assert shown["next"][0]["arguments"]["decision"] == "ACCEPT"


async def test_what_breaks_nobody_goes_on_and_says_what_is_still_to_come(concord: Concord) -> None:
    await register_example(concord)
    done = await concord.call("submit_proposal", **SAFE, **SUBMITTED)
    assert (done["state"], done["check"]["verdict"], done["check"]["must_accept"]) == (
        "READY_FOR_SHADOW_TEST",
        "CLEAR",
        [],
    )
    shown = await concord.call("get_proposal", proposal_id="PROP-001")
    assert shown["expected_days"] == 7
    assert shown["unmet"] == [AHEAD]
    assert (shown["pending"], shown.get("next", [])) == ([], []), "a revision would only discard what was accepted"


async def test_what_cannot_be_decided_waits_for_review_by_whom_it_concerns(concord: Concord) -> None:
    await register_example(concord)
    done = await concord.call("submit_proposal", **UNCLEAR, **SUBMITTED)
    assert (done["state"], done["check"]["verdict"]) == ("IN_REVIEW", "REVIEW_REQUIRED")
    assert done["check"]["must_accept"], "somebody has to look at it"


async def test_evo_01_a_draft_is_kept_as_sent_and_not_checked_until_it_is_sent_on(concord: Concord) -> None:
    await register_example(concord)
    draft = await concord.call("submit_proposal", **BREAKING, description="So that it reads better.", metric="errors")
    assert (draft["state"], draft["version"], draft["check"]) == ("DRAFT", 1, {})
    assert draft["next"][0] == {"tool": "submit_proposal", "arguments": {"proposal_id": "PROP-001", **SUBMITTED}}
    again = await concord.call("submit_proposal", proposal_id="PROP-001", title="Nest it")
    assert (again["state"], again["version"], again["check"]) == ("DRAFT", 2, {})
    sent = await concord.call("submit_proposal", proposal_id="PROP-001", **SUBMITTED)
    assert (sent["state"], sent["version"]) == ("BLOCKED", 3)
    shown = await concord.call("get_proposal", proposal_id="PROP-001")
    assert (shown["title"], shown["description"], shown["metric"]) == ("Nest it", "So that it reads better.", "errors")
    assert shown["changes"] == BREAKING["changes"]
    assert (shown["goal"], [one["version"] for one in shown["checks"]]) == ("IMPROVE", [3])


async def test_con_09_a_revision_is_the_next_version_with_a_check_of_its_own_and_the_old_one_is_kept(
    concord: Concord,
) -> None:
    await register_example(concord)
    first = await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    await concord.call("decide_proposal", proposal_id="PROP-001", decision="ACCEPT", actor=READER, reason="Asked them.")
    second = await concord.call("submit_proposal", proposal_id="PROP-001", **SAFE)
    assert (second["version"], second["state"], second["check"]["verdict"]) == (2, "READY_FOR_SHADOW_TEST", "CLEAR")
    third = await concord.call("submit_proposal", proposal_id="PROP-001", changes=BREAKING["changes"])
    assert (third["version"], third["state"]) == (3, "BLOCKED"), "what was agreed to was another version"
    shown = json.loads(await concord.read("concord://proposals/PROP-001"))
    assert [one["id"] for one in shown["checks"]] == [one["check"]["check_id"] for one in (first, second, third)]
    assert [one["version"] for one in shown["versions"]] == [1, 2]
    assert shown["versions"][0]["decisions"][0]["actor"] == READER
    assert shown["decisions"] == []
    back = await concord.call("submit_proposal", proposal_id="PROP-001", state="DRAFT")
    assert (back["version"], back["state"], back["check"]) == (4, "DRAFT", {})


async def test_sur_11_a_revision_or_decision_that_expects_another_version_is_refused(concord: Concord) -> None:
    await register_example(concord)
    error = await concord.refused("submit_proposal", **SAFE, expected_version=1)
    assert (error["code"], error["path"]) == ("stale_version", "/expected_version")
    await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    revised = await concord.call("submit_proposal", proposal_id="PROP-001", title="Second", expected_version=1)
    assert revised["version"] == 2
    error = await concord.refused("submit_proposal", proposal_id="PROP-001", title="Third", expected_version=1)
    assert (error["code"], error["present_version"]) == ("stale_version", 2)
    decision = {"proposal_id": "PROP-001", "decision": "WITHDRAW", "expected_version": 1}
    assert (await concord.refused("decide_proposal", **decision))["code"] == "stale_version"
    assert (await concord.call("decide_proposal", **{**decision, "expected_version": 2}))["state"] == "WITHDRAWN"


async def test_sur_10_a_repeated_submission_or_decision_with_one_key_is_done_once(concord: Concord) -> None:
    await register_example(concord)
    call = {**BREAKING, **SUBMITTED, "idempotency_key": "k-1"}
    first = await concord.call("submit_proposal", **call)
    assert await concord.call("submit_proposal", **call) == first
    error = await concord.refused("submit_proposal", **{**call, "title": "Other"})
    assert error["code"] == "idempotency_mismatch"
    assert (await concord.refused("get_proposal", proposal_id="PROP-002"))["code"] == "not_found"
    revision = {"proposal_id": "PROP-001", "title": "Second", "expected_version": 1, "idempotency_key": "k-2"}
    second = await concord.call("submit_proposal", **revision)
    assert await concord.call("submit_proposal", **revision) == second, (
        "although version 1 is no longer the present one"
    )
    decision = {"proposal_id": "PROP-001", "decision": "WITHDRAW", "idempotency_key": "k-3"}
    assert await concord.call("decide_proposal", **decision) == await concord.call("decide_proposal", **decision)


async def test_evo_01_a_proposal_that_is_over_can_only_be_looked_at(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    done = await concord.call("decide_proposal", proposal_id="PROP-001", decision="WITHDRAW")
    assert (done["state"], done["unmet"], done["allowed"]) == ("WITHDRAWN", [], [])
    for tool, arguments in (
        ("submit_proposal", {"title": "Again"}),
        ("decide_proposal", {"decision": "ACCEPT", "actor": READER, "reason": "x"}),
        ("decide_proposal", {"decision": "WITHDRAW"}),
        ("decide_proposal", {"decision": "MODIFY", "changes": SAFE["changes"]}),
        ("decide_proposal", {"decision": "COMPLETE_STEP", "step": 1, "evidence": "x"}),
    ):
        error = await concord.refused(tool, proposal_id="PROP-001", **arguments)
        told = (error["code"], error["state"], error["legal"], error["allowed"])
        assert told == ("refused", "WITHDRAWN", [], []), arguments
    shown = await concord.call("get_proposal", proposal_id="PROP-001")
    assert (shown["allowed"], shown["pending"], shown["expected_days"]) == ([], [], 0)


async def test_evo_01_a_move_that_the_state_does_not_know_names_those_that_it_does(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **BREAKING)
    error = await concord.refused(
        "decide_proposal", proposal_id="PROP-001", decision="ACCEPT", actor=READER, reason="x"
    )
    assert (error["code"], error["allowed"]) == ("refused", ["submit_proposal", "WITHDRAW"])
    await concord.call("submit_proposal", proposal_id="PROP-001", **SAFE, **SUBMITTED)
    error = await concord.refused(
        "decide_proposal", proposal_id="PROP-001", decision="ACCEPT", actor=READER, reason="x"
    )
    assert error["code"] == "refused"
    assert error["unmet"] == [AHEAD]
    assert set(error["allowed"]) == {"submit_proposal", "MODIFY", "REJECT", "WITHDRAW"}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"title": "Nothing"}, "/changes"),
    ({"changes": [{"resource": SIGNALS}]}, "/changes/0"),
    ({"changes": [{"resource": SIGNALS, "new_schema": {"type": 5}}]}, "/changes/0/new_schema"),
    ({"changes": [{"resource": "~/nobody.json", "removes": True}]}, "/source_system"),
    ({"changes": [{"description": "x"}], "source_system": "sys_ghost"}, "/source_system"),
    ({"proposal_id": "PROP-099", "title": "x"}, "/proposal_id"),
    ({"changes": [{"description": "x"}], "source_system": WRITER, "state": "PROMOTED"}, "/state"),
    ({"changes": [{"description": "x"}], "source_system": WRITER, "title": "t" * 201}, "/title"),
    (
        {"changes": [{"resource": SIGNALS, "patch": [{"op": "remove", "path": "/gone"}]}], **SUBMITTED},
        "/patch",
    ),
]


@pytest.mark.parametrize(("arguments", "path"), BAD, ids=[str(number) for number in range(len(BAD))])
async def test_sur_12_a_bad_submission_is_told_where_and_leaves_nothing_behind(
    concord: Concord, arguments: dict[str, Any], path: str
) -> None:
    await register_example(concord)
    error = await concord.refused("submit_proposal", **arguments)
    assert error["path"].startswith(path), error
    assert error.get("hint") or error.get("allowed") or error.get("try"), error
    assert (await concord.refused("get_proposal", proposal_id="PROP-001"))["code"] == "not_found"
    done = await concord.call("submit_proposal", **SAFE, **SUBMITTED)
    assert done["proposal_id"] == "PROP-001", "no number was used up"
    assert done["check"]["check_id"] == "CHK-2026-04-05-001"


async def test_a_password_in_the_name_of_a_resource_is_not_kept(concord: Concord) -> None:
    await concord.register("sys_a", writes_to=["postgresql://host/db#t"])
    change = {"resource": "postgresql://me:secret@host/db#t", "new_schema": {"type": "object"}}
    await concord.call("submit_proposal", changes=[change], source_system="sys_a", **SUBMITTED)
    text = await concord.read("concord://proposals/PROP-001") + await concord.read("concord://checks/latest")
    assert "postgresql://host/db#t" in text
    assert "secret" not in text


async def test_a_proposal_has_an_address_whose_argument_completes_and_a_schema(concord: Concord) -> None:
    from mcp_types import ResourceTemplateReference

    await register_example(concord)
    await concord.call("submit_proposal", **SAFE, **SUBMITTED)
    reference = ResourceTemplateReference(type="ref/resource", uri="concord://proposals/{id}")
    completed = await concord.client.complete(reference, {"name": "id", "value": "prop"})
    assert completed.completion.values == ["PROP-001"]
    record = await concord.call("read_record", uri="PROP-001", section="/state")
    assert json.loads(record["content"]) == "READY_FOR_SHADOW_TEST"
    assert "decisions" in json.loads(await concord.read("concord://schemas/proposal"))["properties"]


async def test_a_briefing_tells_what_is_proposed_for_a_path_and_for_everyone_concerned(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    expected = {
        "proposal_id": "PROP-001",
        "title": "Nest the signal",
        "state": "BLOCKED",
        "source_system": WRITER,
    }
    for about in ({"path": SIGNALS}, {"system_id": WRITER}, {"system_id": READER}):
        told = await concord.call("brief", **about)
        assert told["proposals"] == [expected], about
        assert "1 proposal in flight" in told["summary"]
    assert (await concord.call("brief", system_id="sys_data_pipeline"))["proposals"] == []
    await concord.call("decide_proposal", proposal_id="PROP-001", decision="WITHDRAW")
    assert (await concord.call("brief", path=SIGNALS))["proposals"] == []


async def test_con_14_the_order_of_two_open_proposals_names_both(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **SAFE, **SUBMITTED)
    needs = {"resource": SIGNALS, "reads": ["/ticker", "/score", "/confidence"]}
    done = await concord.call("submit_proposal", changes=[needs], source_system=READER, **SUBMITTED)
    (other,) = done["check"]["in_flight"]
    assert (other["relation"], other["order"]) == ("ORDER_DEPENDENT", ["PROP-001", "PROP-002"])
    again = json.loads(await concord.read(f"concord://checks/{done['check']['check_id']}"))
    assert again["in_flight"] == [other]
