"""Every record is what its published schema says, and nothing else."""

import inspect
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from server.model.base import Value
from server.surface.described import described
from tests.surface.proposing import BREAKING, READER, SAFE, SUBMITTED, UNCLEAR, WRITER
from tests.surface.world import NESTED_SCHEMA, SIGNAL_SCHEMA, SIGNALS, Concord, register_example

pytestmark = pytest.mark.anyio
WORDS = {"summary", "next", "notes"}
"""What an answer has besides the record."""


async def complaints(concord: Concord, name: str, record: dict[str, Any]) -> list[str]:
    """What the published schema of that name finds wrong with a record."""
    schema = json.loads(await concord.read(f"concord://schemas/{name}"))
    Draft202012Validator.check_schema(schema)
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(record)]


async def record(concord: Concord, uri: str) -> dict[str, Any]:
    """The record by that address."""
    found: dict[str, Any] = json.loads(await concord.read(uri))
    return found


def bare(answer: dict[str, Any]) -> dict[str, Any]:
    """The record in an answer."""
    return {name: value for name, value in answer.items() if name not in WORDS}


async def test_a_proposal_is_what_its_schema_says_in_every_state_and_answer(concord: Concord) -> None:
    await register_example(concord)
    draft = await concord.call("submit_proposal", **BREAKING)
    named = {"proposal_id": draft["proposal_id"]}

    async def check() -> dict[str, Any]:
        shown = await record(concord, "concord://proposals/PROP-001")
        assert await complaints(concord, "proposal", shown) == []
        answer = bare(await concord.call("get_proposal", **named))
        assert await complaints(concord, "proposal", answer) == []
        assert set(shown) == {*answer, "versions"}
        return shown

    await check()
    submitted = await concord.call("submit_proposal", **named, **SUBMITTED)
    assert await complaints(concord, "check", submitted["check"]) == []
    await check()
    await concord.call("decide_proposal", **named, decision="ACCEPT", actor=READER, reason="Agreed.")
    await concord.call("decide_proposal", **named, decision="COMPLETE_STEP", step=1, evidence='{"commit": "abc"}')
    shown = await check()
    assert shown["evidence"]
    assert shown["decisions"]
    reads = {"resource": SIGNALS, "reads": ["/ticker", {"path": "/note", "required": False}]}
    await concord.call("submit_proposal", **named, changes=[reads, {"resource": SIGNALS, "timing": "0 6 * * *"}])
    shown = await check()
    assert shown["versions"][1]["decisions"]
    await concord.call("decide_proposal", **named, decision="WITHDRAW")
    assert (await check())["state"] == "WITHDRAWN"


@pytest.mark.parametrize("change", [BREAKING, SAFE, UNCLEAR], ids=["conflict", "clear", "review"])
async def test_a_check_is_what_its_schema_says_in_its_record_and_its_answer(
    concord: Concord, change: dict[str, Any]
) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **SAFE, **SUBMITTED)
    answer = await concord.check(changes=change["changes"], source_system=WRITER)
    assert await complaints(concord, "check", bare(answer)) == []
    kept = await record(concord, f"concord://checks/{answer['check_id']}")
    assert kept["inputs"]
    assert await complaints(concord, "check", kept) == []


async def test_an_answer_that_is_too_long_for_all_plans_is_what_the_schema_says_too(concord: Concord) -> None:
    await register_example(concord)
    for number in range(12):
        reads = {"type": "CONSUMER", "resource": SIGNALS, "reads": ["/ticker"]}
        await concord.register(f"sys_r{number:02d}", reads_from=[SIGNALS], contracts=[reads])
    answer = await concord.check(resource=SIGNALS, new_schema=NESTED_SCHEMA)
    assert "uri" in answer
    assert await complaints(concord, "check", bare(answer)) == []


async def test_a_system_is_what_its_schema_says_also_when_it_is_archived(concord: Concord) -> None:
    await register_example(concord)
    timing = {"schedule": "0 6 * * *", "timezone": "UTC"}
    await concord.register("sys_full", owner="sys_lead", root="~/full", timing=timing, writes_to=["~/full/out.json"])
    await concord.call("archive_system", system_id="sys_full", reason="Replaced.")
    for system_id in ("sys_full", WRITER, READER):
        shown = await record(concord, f"concord://systems/{system_id}")
        assert await complaints(concord, "system", shown) == [], system_id
        answer = bare(await concord.call("get_system", system_id=system_id))
        assert await complaints(concord, "system", answer) == [], system_id


async def test_a_contract_and_each_of_its_entries_are_what_the_schema_says(concord: Concord) -> None:
    await register_example(concord)
    shown = await record(concord, "concord://contracts/CTR-001")
    assert await complaints(concord, "contract", shown) == []
    assert len(shown["entries"]) == 2
    for entry in [*shown["entries"], *shown["versions"]]:
        assert await complaints(concord, "contract", entry) == []
    assert await complaints(concord, "contract", {"contract_id": "CTR-001"})
    broken = {**shown, "entries": [{**shown["entries"][0], "type": "OTHER"}]}
    assert await complaints(concord, "contract", broken)


async def test_only_an_entry_that_states_a_schema_shows_a_hash_of_it(concord: Concord) -> None:
    from server.model.contract import schema_hash

    await register_example(concord)
    shown = await record(concord, "concord://contracts/CTR-001")
    hashes = {entry["type"]: entry.get("schema_hash") for entry in shown["entries"]}
    assert hashes == {"PRODUCER": schema_hash(SIGNAL_SCHEMA), "CONSUMER": None}


async def test_what_a_record_does_not_have_is_refused_by_its_schema(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    for name, uri in (("proposal", "concord://proposals/PROP-001"), ("check", "concord://checks/latest")):
        assert await complaints(concord, name, {**await record(concord, uri), "surprise": 1})


def undescribed(schema: dict[str, Any]) -> list[str]:
    """The members that have no description of their own, of one line."""
    shapes = {"": schema, **schema.get("$defs", {})}
    return [
        f"{shape}.{name}"
        for shape, node in shapes.items()
        for name, member in node.get("properties", {}).items()
        if not member.get("description", "").strip() or "\n" in member["description"]
    ]


@pytest.mark.parametrize("name", ["system", "contract", "change", "check", "proposal", "pattern", "knowledge_entry"])
async def test_sur_15_every_member_of_a_published_schema_says_in_a_line_what_it_means(
    concord: Concord, name: str
) -> None:
    schema = json.loads(await concord.read(f"concord://schemas/{name}"))
    assert undescribed(schema) == []


async def test_sur_15_a_schema_says_what_the_values_say_of_themselves(concord: Concord) -> None:
    contract = json.loads(await concord.read("concord://schemas/contract"))["properties"]
    assert contract["max_age_seconds"]["description"] == "How old the data may be when it is read, in seconds."
    assert contract["schema"]["description"].startswith("The source's short form")  # under the name that is sent
    check = json.loads(await concord.read("concord://schemas/check"))
    assert check["properties"]["verdict"]["description"] == "The worst item decides."  # of the value that it builds on
    assert "EXCLUSIVE: Only one of them can go in." in check["$defs"]["Relation"]["description"]


def test_sur_15_without_its_source_a_value_is_described_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unread(Value):
        size: int
        """In bytes."""

    schema = Unread.model_json_schema()

    def missing(kind: type) -> str:
        raise OSError

    monkeypatch.setattr(inspect, "getsource", missing)
    assert described(schema, Unread) == schema
