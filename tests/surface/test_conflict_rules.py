"""The conflict check's rules, through the surface."""

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.surface.world import NESTED_SCHEMA, SIGNAL_SCHEMA, SIGNALS, Concord, register_example

pytestmark = pytest.mark.anyio


def changed(**properties: Any) -> dict[str, Any]:
    """The signals' schema with some properties replaced; None takes one out."""
    schema: dict[str, Any] = copy.deepcopy(SIGNAL_SCHEMA)
    for name, value in properties.items():
        if value is None:
            del schema["properties"][name]
            schema["required"] = [other for other in schema["required"] if other != name]
        else:
            schema["properties"][name] = value
    return schema


async def test_con_12_a_schema_conflict_carries_a_witness_that_the_reader_rejects(concord: Concord) -> None:
    await register_example(concord)
    check = await concord.check(resource=SIGNALS, new_schema=NESTED_SCHEMA)
    assert check["verdict"] == "CONFLICT_DETECTED"
    assert check["blocks"] is True
    (conflict,) = check["conflicts"]
    assert conflict["type"] == "schema_break"
    assert conflict["affected_system"] == "sys_dashboard"
    assert conflict["affected_contract"] == "CTR-001"
    witness = conflict["witness"]
    assert Draft202012Validator(NESTED_SCHEMA).is_valid(witness)
    assert not {"ticker", "score"} <= set(witness)


async def test_con_02_the_rule_that_decided_is_named_and_the_same_input_gives_the_same_answer(concord: Concord) -> None:
    await register_example(concord)
    one, two = [await concord.check(resource=SIGNALS, new_schema=NESTED_SCHEMA) for _ in range(2)]
    (conflict,) = one["conflicts"]
    assert conflict["severity"] == conflict["severity_base"] == "CRITICAL"
    assert conflict["rule"] == "schema.required-read"
    for check in (one, two):
        del check["check_id"], check["next"]
    assert one == two


async def test_con_02_a_change_proved_safe_is_no_conflict_but_a_note(concord: Concord) -> None:
    await register_example(concord)
    check = await concord.check(resource=SIGNALS, new_schema=changed(confidence_interval={"type": "array"}))
    assert check["verdict"] == "CLEAR"
    assert check["blocks"] is False
    assert check["conflicts"] == check["undecided"] == []
    assert "sys_dashboard" in check["non_breaking_notes"]


async def test_con_02_a_break_on_an_optional_read_is_high(concord: Concord) -> None:
    await register_example(concord)
    check = await concord.check(resource=SIGNALS, new_schema=changed(note={"type": "number"}))
    (conflict,) = check["conflicts"]
    assert (conflict["severity"], conflict["rule"]) == ("HIGH", "schema.optional-read")


async def test_con_02_a_judgement_that_rests_on_an_inferred_contract_is_a_review_until_it_is_confirmed(
    concord: Concord,
) -> None:
    await concord.register(
        "sys_a",
        writes_to=[{"resource": "/x", "consumers": ["sys_b"]}],
        contracts=[{"contract_id": "CTR-7", "type": "PRODUCER", "resource": "/x", "schema": SIGNAL_SCHEMA}],
    )
    inferred = {"contract_id": "CTR-8", "type": "CONSUMER", "resource": "/x", "reads": ["/ticker"], "basis": "inferred"}
    await concord.register("sys_b", reads_from=["/x"], contracts=[inferred])
    safe = {"resource": "/x", "new_schema": changed(note=None)}
    check = await concord.check(**safe)
    assert check["verdict"] == "REVIEW_REQUIRED"
    assert check["basis"] == "inferred"
    await concord.call("confirm_contract", contract_id="CTR-8", reason="Asked its owner.")
    check = await concord.check(**safe)
    assert (check["verdict"], check["basis"]) == ("CLEAR", "declared")


@pytest.mark.parametrize(
    ("writer", "reader", "verdict", "blocks"),
    [
        ("EXPERIMENTAL", "MISSION_CRITICAL", "CONFLICT_DETECTED", True),
        ("EXPERIMENTAL", "PRODUCTION", "CONFLICT_DETECTED", True),
        ("EXPERIMENTAL", "EXPERIMENTAL", "REVIEW_REQUIRED", False),
        ("MISSION_CRITICAL", "EXPERIMENTAL", "CONFLICT_DETECTED", True),
    ],
)
async def test_con_03_the_stricter_tier_of_both_sides_decides_what_a_high_conflict_does(
    concord: Concord, writer: str, reader: str, verdict: str, blocks: bool
) -> None:
    await register_example(concord, writer_tier=writer, reader_tier=reader)
    check = await concord.check(resource=SIGNALS, new_schema=changed(note={"type": "number"}))
    assert (check["verdict"], check["blocks"]) == (verdict, blocks)


async def test_con_03_a_critical_conflict_blocks_even_an_experiment(concord: Concord) -> None:
    await register_example(concord, writer_tier="EXPERIMENTAL", reader_tier="EXPERIMENTAL")
    check = await concord.check(resource=SIGNALS, new_schema=NESTED_SCHEMA)
    assert (check["verdict"], check["blocks"]) == ("CONFLICT_DETECTED", True)


async def test_con_04_a_conflict_carries_the_versioned_output_plan_of_the_source(concord: Concord) -> None:
    await register_example(concord, writer_tier="MISSION_CRITICAL")
    check = await concord.check(resource=SIGNALS, new_schema=NESTED_SCHEMA)
    plan = check["conflicts"][0]["proposed_resolution"]
    assert plan["strategy"] == "VERSIONED_OUTPUT"
    assert plan["requires_changes_in"] == ["sys_signal_generator", "sys_dashboard"]
    assert plan["estimated_duration_days"] == 21
    assert "signals_v3.json" in plan["description"]
    assert [step[:2] for step in plan["steps"]] == ["1.", "2.", "3.", "4.", "5."]


async def test_con_04_where_a_better_strategy_does_not_fit_the_plan_says_why(concord: Concord) -> None:
    await register_example(concord)
    check = await concord.check(resource=SIGNALS, removes=True)
    plan = check["conflicts"][0]["proposed_resolution"]
    assert plan["strategy"] == "SEQUENTIAL_DEPLOY"
    assert [one["strategy"] for one in plan["rejected_strategies"]] == [
        "VERSIONED_OUTPUT",
        "ADAPTER_LAYER",
        "COORDINATED_MIGRATION",
    ]


async def test_con_05_every_plan_says_how_all_systems_go_back_in_under_five_minutes(concord: Concord) -> None:
    await register_example(concord)
    for change in ({"new_schema": NESTED_SCHEMA}, {"removes": True}):
        check = await concord.check(resource=SIGNALS, **change)
        for conflict in check["conflicts"]:
            rollback = conflict["proposed_resolution"]["rollback_plan"]
            assert "under 5 minutes" in rollback
            for system in conflict["proposed_resolution"]["requires_changes_in"]:
                assert system in rollback


async def test_con_06_a_change_that_touches_no_contract_is_clear(concord: Concord) -> None:
    await register_example(concord)
    check = await concord.check(source_system="sys_signal_generator", changes=[{"description": "new scoring weights"}])
    assert check["verdict"] == "CLEAR"
    assert "new scoring weights" in check["non_breaking_notes"]
    await concord.register("sys_lonely", writes_to=[{"resource": "~/scratch.json", "consumers": []}])
    assert (await concord.check(resource="~/scratch.json", new_schema={"type": "object"}))["verdict"] == "CLEAR"


async def test_con_10_an_unknown_consumer_is_never_clear(concord: Concord) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
    contract = {"type": "PRODUCER", "resource": "/x", "schema": schema}
    await concord.register(
        "sys_a", writes_to=[{"resource": "/x", "consumers": ["consumers_unknown"]}], contracts=[contract]
    )
    check = await concord.check(resource="/x", new_schema={"type": "object"})
    assert check["verdict"] == "REVIEW_REQUIRED"
    assert "not known" in check["undecided"][0]["reason"]
    narrower = {**schema, "required": ["a", "b"]}
    assert (await concord.check(resource="/x", new_schema=narrower))["verdict"] == "CLEAR"


async def test_con_10_a_remote_reference_is_never_fetched_and_never_clear(concord: Concord) -> None:
    await register_example(concord)
    remote = changed(score={"$ref": "https://example.com/score.json"})
    check = await concord.check(resource=SIGNALS, new_schema=remote)
    assert check["verdict"] == "REVIEW_REQUIRED"
    assert check["undecided"][0]["affected_system"] == "sys_dashboard"
    assert check["undecided"][0]["reason"]


async def test_con_10_samples_prove_a_break_and_never_safety(concord: Concord) -> None:
    await register_example(concord)
    good = {"ticker": "A", "score": 1, "signal": "BUY", "timestamp": "t"}
    check = await concord.check(resource=SIGNALS, samples_after=[good])
    assert check["verdict"] == "REVIEW_REQUIRED"
    bad = {**good, "score": "1"}
    check = await concord.check(resource=SIGNALS, samples_after=[good, bad])
    assert check["conflicts"][0]["witness"] == bad
    assert check["conflicts"][0]["path"] == "/score"


async def test_con_10_facets_that_are_not_decided_are_left_to_a_person(concord: Concord) -> None:
    await register_example(concord)
    check = await concord.check(changes=[{"resource": SIGNALS, "timing": {"schedule": "0 7 * * 1-5"}}])
    assert check["verdict"] == "REVIEW_REQUIRED"
    assert check["undecided"][0]["facet"] == "timing"


async def test_con_10_a_change_told_only_in_prose_is_left_to_a_person(concord: Concord) -> None:
    await register_example(concord)
    told = {"description": "The score is a percentage from now on."}
    for arguments in ({"changes": [{"resource": SIGNALS, **told}]}, {"resource": SIGNALS, "changes": [told]}):
        check = await concord.check(**arguments)
        assert check["verdict"] == "REVIEW_REQUIRED"
        (item,) = check["undecided"]
        assert (item["facet"], item["affected_system"]) == ("description", "sys_dashboard")
    internal = await concord.check(source_system="sys_signal_generator", changes=[told])
    assert internal["verdict"] == "CLEAR"
    assert told["description"] in internal["non_breaking_notes"]


async def test_a_change_may_name_the_contract_in_place_of_the_resource(concord: Concord) -> None:
    await register_example(concord)
    moved = [{"op": "move", "from": "/properties/score", "path": "/properties/rating"}]
    check = await concord.check(changes=[{"contract_id": "CTR-001", "patch": moved}])
    assert check["verdict"] == "CONFLICT_DETECTED"
    assert check["source_system"] == "sys_signal_generator"
    assert {conflict["affected_contract"] for conflict in check["conflicts"]} == {"CTR-001"}


async def test_con_10_lesser_conflicts_ask_for_a_review(concord: Concord) -> None:
    await concord.register(
        "sys_a", writes_to=["/x"], contracts=[{"type": "PRODUCER", "resource": "/x", "schema": SIGNAL_SCHEMA}]
    )
    await concord.register("sys_b", reads_from=["/x"])
    check = await concord.check(resource="/x", new_schema=changed(score={"type": "number"}))
    (conflict,) = check["conflicts"]
    assert (conflict["severity"], conflict["rule"]) == ("MEDIUM", "schema.undeclared")
    assert (check["verdict"], check["blocks"]) == ("REVIEW_REQUIRED", True)


async def test_con_10_a_reader_that_said_nothing_is_judged_against_the_whole_schema(concord: Concord) -> None:
    closed = {**SIGNAL_SCHEMA, "additionalProperties": False}
    await concord.register(
        "sys_a", writes_to=["/x"], contracts=[{"type": "PRODUCER", "resource": "/x", "schema": closed}]
    )
    await concord.register("sys_b", reads_from=["/x"])
    check = await concord.check(resource="/x", new_schema=changed(timestamp=None))
    assert check["conflicts"][0]["severity"] == "HIGH"
    added = changed(extra={"type": "string"})
    check = await concord.check(resource="/x", new_schema={**added, "additionalProperties": False})
    assert check["verdict"] == "CLEAR"
    assert "has not said what it reads" in check["non_breaking_notes"]


async def test_removing_a_write_that_others_read_names_them_and_those_further_down(concord: Concord) -> None:
    await register_example(concord)
    await concord.register("sys_mailer", reads_from=["~/deploy/dashboard.html"])
    await concord.register("sys_dashboard", reads_from=[SIGNALS], writes_to=[{"resource": "~/deploy/dashboard.html"}])
    check = await concord.check(changes=[{"resource": SIGNALS, "removes": True}])
    conflict, further = check["conflicts"]
    assert conflict["type"] == "dependency_removal"
    assert (conflict["affected_system"], conflict["severity"]) == ("sys_dashboard", "CRITICAL")
    assert "sys_mailer" in conflict["description"]
    assert (further["affected_system"], further["rule"]) == ("sys_mailer", "removal.downstream")
    assert check["verdict"] == "CONFLICT_DETECTED"


async def test_a_reader_that_can_do_without_makes_a_removal_high(concord: Concord) -> None:
    await concord.register("sys_a", writes_to=["/x"])
    await concord.register("sys_b", reads_from=[{"resource": "/x", "required": False}])
    check = await concord.check(resource="/x", removes=True)
    assert check["conflicts"][0]["severity"] == "HIGH"


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(
    ("also", "said"),
    [
        ("/out/x.json", "sys_c would still write it: "),
        ("/out/", "sys_c would still write to /out/, which takes it in: "),
        ("/out/*.json", "sys_c would still write to /out/*.json, which takes it in: "),
    ],
)
async def test_a_removal_of_what_another_system_goes_on_writing_is_high(
    concord: Concord, also: str, said: str, required: bool
) -> None:
    await concord.register("sys_a", writes_to=["/out/x.json"])
    await concord.register("sys_c", writes_to=[also])
    await concord.register(
        "sys_b", reads_from=[{"resource": "/out/x.json", "required": required}], writes_to=["/page.html"]
    )
    await concord.register("sys_d", reads_from=["/page.html"])
    check = await concord.check(source_system="sys_a", changes=[{"resource": "/out/x.json", "removes": True}])
    conflict = next(one for one in check["conflicts"] if one["affected_system"] == "sys_b")
    assert (conflict["severity"], conflict["rule"]) == ("HIGH", "removal.still-written")
    assert conflict["evidence"] == {"still_written_by": ["sys_c"]}
    assert said in conflict["description"]
    further = next(one for one in check["conflicts"] if one["affected_system"] == "sys_d")
    assert further["severity"] == ("HIGH" if required else "MEDIUM")
    assert check["verdict"] == "CONFLICT_DETECTED"


async def test_a_removal_of_a_folder_of_which_another_system_writes_a_part_stays_critical(concord: Concord) -> None:
    await concord.register("sys_a", writes_to=["/out/"])
    await concord.register("sys_c", writes_to=["/out/x.json"])
    await concord.register("sys_b", reads_from=["/out/"])
    check = await concord.check(source_system="sys_a", changes=[{"resource": "/out/", "removes": True}])
    (conflict,) = check["conflicts"]
    assert (conflict["severity"], conflict["rule"]) == ("CRITICAL", "removal.required")
    assert "sys_c would still write a part of it." in conflict["description"]
    assert "evidence" not in conflict


async def test_dropping_a_dependency_names_who_reaches_it_only_through_the_proposer(concord: Concord) -> None:
    await register_example(concord)
    await concord.register("sys_report", reads_from=[SIGNALS], dependencies=["sys_data_pipeline"])
    check = await concord.check(
        source_system="sys_signal_generator", changes=[{"removes_dependency": "sys_data_pipeline"}]
    )
    critical = [one for one in check["conflicts"] if one["severity"] == "CRITICAL"]
    assert [one["affected_system"] for one in critical] == ["sys_report"]
    assert {item["affected_system"] for item in check["undecided"]} == {"sys_dashboard"}


async def test_a_consumer_that_will_demand_more_is_checked_against_its_writers(concord: Concord) -> None:
    await register_example(concord)
    tighter = {"resource": SIGNALS, "reader_schema": {"type": "object", "required": ["confidence"]}}
    check = await concord.check(source_system="sys_dashboard", changes=[tighter])
    (conflict,) = check["conflicts"]
    assert (conflict["affected_system"], conflict["rule"]) == ("sys_signal_generator", "reader.writer-excluded")
    assert "confidence" not in conflict["witness"]
    looser = {"resource": SIGNALS, "reads": ["/ticker"]}
    assert (await concord.check(source_system="sys_dashboard", changes=[looser]))["verdict"] == "CLEAR"


async def test_a_check_is_kept_with_what_it_saw_and_shown_as_the_sources_file(concord: Concord) -> None:
    await register_example(concord)
    check = await concord.check(resource=SIGNALS, new_schema=NESTED_SCHEMA)
    assert check["check_id"] == "CHK-2026-04-05-001"
    kept = json.loads(await concord.read(f"concord://checks/{check['check_id']}"))
    assert kept["inputs"]["changes"] == [{"resource": SIGNALS, "new_schema": NESTED_SCHEMA}]
    assert kept["inputs"]["compared"][0]["writer_schema"] == NESTED_SCHEMA
    document = json.loads(await concord.read("concord://files/conflict_check.json"))
    assert document["check_id"] == check["check_id"]
    assert set(document) >= {
        "proposal_id",
        "source_system",
        "check_timestamp",
        "verdict",
        "conflicts",
        "recommendation",
    }
    assert "inputs" not in document
    by_id = await concord.read(f"concord://files/conflict_check.json?check_id={check['check_id']}")
    assert json.loads(by_id) == document
