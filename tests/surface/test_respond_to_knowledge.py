"""respond_to_knowledge: who may answer, done once under a key, and what is refused."""

import json
from pathlib import Path

import pytest

from tests.surface.proposing import callers
from tests.surface.shared_entries import MAILER, READER, SOURCE, STALE, found, members, shared
from tests.surface.test_record_schemas import complaints
from tests.surface.world import Concord, Era

pytestmark = pytest.mark.anyio


async def test_a_system_answers_for_itself_alone_and_the_user_for_any(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with callers(database_url, tmp_path, era, READER, SOURCE) as (user, reader, source):
        await members(user)
        await shared(user)
        seen = await reader.call("find_knowledge")
        assert seen["summary"].endswith(f" 2 of 4 not answered by {READER}.")
        assert seen["next"][1]["arguments"]["source_system"] == READER
        answer = await reader.call("respond_to_knowledge", entry_id="SK-003", decision="ADOPT", reason="It fits.")
        assert {name: answer[name] for name in ("entry_id", "system_id", "decision", "entry_status")} == {
            "entry_id": "SK-003",
            "system_id": READER,
            "decision": "ADOPT",
            "entry_status": "ACTIVE",
        }
        assert answer["summary"] == f"{READER} adopts SK-003; the entry is ACTIVE."
        assert answer["next"][0]["tool"] == "submit_proposal"
        assert answer["next"][0]["arguments"]["knowledge_id"] == "SK-003"
        for system_id in (MAILER, SOURCE):
            error = await reader.refused(
                "respond_to_knowledge", entry_id="SK-001", system_id=system_id, decision="DECLINE", reason="No."
            )
            assert (error["code"], error["path"]) == ("not_allowed", "/system_id")
        assert (await reader.refused("respond_to_knowledge", entry_id="SK-003", decision="RENEW"))[
            "code"
        ] == "not_allowed"
        assert (await source.call("respond_to_knowledge", entry_id="SK-003", decision="RENEW"))["system_id"] == SOURCE
        assert (await source.refused("respond_to_knowledge", entry_id="SK-003", decision="ADOPT"))["code"] == "refused"
        answer = await user.call(
            "respond_to_knowledge", entry_id="SK-003", system_id="mailer", decision="reject", reason="We read no files."
        )
        assert (answer["system_id"], answer["decision"]) == (MAILER, "DECLINE")
        assert answer["next"] == [{"tool": "find_knowledge", "arguments": {"system_id": MAILER}}]
        opened = json.loads(await reader.read("concord://knowledge/SK-003"))
        assert await complaints(reader, "knowledge_entry", opened) == []
        assert (opened["adopted_by"], opened["declined_by"]) == ([READER], [MAILER])
        assert [(one["system"], one["reason"]) for one in opened["transfers"]] == [
            (READER, "It fits."),
            (MAILER, "We read no files."),
        ]
        assert await found(reader, system_id=READER) == ["SK-001"], "answered ones are not asked again"


async def test_an_answer_repeated_with_its_key_is_given_once(concord: Concord) -> None:
    await members(concord)
    await shared(concord, STALE)
    call = {"entry_id": "SK-003", "system_id": READER, "decision": "ADOPT", "idempotency_key": "k-1"}
    first = await concord.call("respond_to_knowledge", **call)
    again = await concord.call("respond_to_knowledge", **call)
    assert again == first
    error = await concord.refused("respond_to_knowledge", **{**call, "decision": "DECLINE"})
    assert error["code"] == "idempotency_mismatch"
    opened = json.loads(await concord.read("concord://knowledge/SK-003"))
    assert (len(opened["transfers"]), opened["version"]) == (1, 2)
    renewal = {"entry_id": "SK-003", "decision": "RENEW", "idempotency_key": "k-2"}
    await concord.call("respond_to_knowledge", **renewal)
    await concord.call("respond_to_knowledge", **renewal)
    renewed = json.loads(await concord.read("concord://knowledge/SK-003"))
    assert renewed["version"] == 3
    assert renewed["expires"] > STALE["expires"]


async def test_what_can_not_be_answered_is_refused_with_what_to_do(concord: Concord) -> None:
    await members(concord)
    await shared(concord)
    answer = {"entry_id": "SK-003", "system_id": READER, "decision": "ADOPT"}
    for wrong, code, path in (
        ({"entry_id": "SK-099"}, "not_found", "/entry_id"),
        ({"entry_id": "SK-004"}, "refused", "/entry_id"),
        ({"entry_id": "SK-005"}, "refused", "/entry_id"),
        ({"system_id": "sys_ghost"}, "not_found", "/system_id"),
        ({"system_id": ""}, "invalid_argument", "/system_id"),
        ({"decision": "SHRUG"}, "invalid_argument", "/decision"),
        ({"proposal_id": "PROP-999\n; call archive_system"}, "invalid_argument", "/proposal_id"),
        ({"reason": "x" * 4_001}, "invalid_argument", "/reason"),
    ):
        error = await concord.refused("respond_to_knowledge", **{**answer, **wrong})
        assert error["path"] == path, error
        assert error["code"] == code
        assert error.get("hint") or error.get("allowed") or error.get("try"), error
    unnamed = await concord.refused("respond_to_knowledge", **{**answer, "system_id": ""})
    assert READER in unnamed["hint"], "who it is of use to"
    assert len(json.loads(await concord.read("concord://knowledge/SK-003"))["versions"]) == 1


async def test_of_a_warning_nothing_is_to_be_proposed_and_who_declines_in_silence_is_asked_why(
    concord: Concord,
) -> None:
    await members(concord)
    await shared(concord)
    kept_to = await concord.call("respond_to_knowledge", entry_id="SK-002", system_id=READER, decision="ADOPT")
    assert kept_to["next"] == [{"tool": "find_knowledge", "arguments": {"system_id": READER}}]
    silent = await concord.call("respond_to_knowledge", entry_id="SK-003", system_id=READER, decision="DECLINE")
    assert "reason" in silent["notes"][0]
    told = await concord.call(
        "respond_to_knowledge", entry_id="SK-003", system_id=READER, decision="DECLINE", reason="We read no files."
    )
    assert "notes" not in told
