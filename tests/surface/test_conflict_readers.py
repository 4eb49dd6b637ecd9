"""Who counts as a reader, which part counts as read, and what a change is made against, through the surface."""

from typing import Any

import pytest

from tests.surface.world import NESTED_SCHEMA, SIGNALS, Concord, register_example

pytestmark = pytest.mark.anyio


def record(**properties: Any) -> dict[str, Any]:
    """The schema of an object with these fields, all required; a bare word is the field's type."""
    fields = {name: {"type": value} if isinstance(value, str) else value for name, value in properties.items()}
    return {"type": "object", "required": list(fields), "properties": fields}


AB = record(a="string", b="number")
ONLY_A = record(a="string")


def entry(kind: str, contract_id: str, resource: str = "/x", **members: Any) -> dict[str, Any]:
    """A contract of that kind."""
    return {"type": kind, "contract_id": contract_id, "resource": resource, **members}


async def writer(concord: Concord, schema: Any = AB, **members: Any) -> None:
    """sys_w writes /x by contract CTR-1."""
    contract = entry("PRODUCER", "CTR-1", schema=schema, **members)
    await concord.register("sys_w", name="The Writer", writes_to=["/x"], contracts=[contract])


async def reader(concord: Concord, system_id: str = "sys_r", contract_id: str = "CTR-2", **members: Any) -> None:
    """A system reads /x by a contract of its own."""
    await concord.register(system_id, reads_from=["/x"], contracts=[entry("CONSUMER", contract_id, **members)])


@pytest.mark.parametrize(
    ("today", "reads", "after"),
    [
        (
            {**record(s={"$ref": "#/$defs/n", "maximum": 100}), "$defs": {"n": {"type": "number"}}},
            "/s",
            record(s="number"),
        ),
        (
            {
                **record(s={"$ref": "#/$defs/n", "properties": {"t": {"maximum": 9}}}),
                "$defs": {"n": record(t="number")},
            },
            "/s/t",
            record(s=record(t="number")),
        ),
        (
            {"type": "object", "required": ["p_a"], "patternProperties": {"^p_": {"type": "number"}}},
            "/p_a",
            record(p_a="string"),
        ),
        (
            record(rows={"type": "array", "items": record(p="number")}),
            "/rows/0/p",
            record(rows={"type": "array", "items": record(q="number")}),
        ),
        (
            record(rows={"type": ["array", "null"], "items": record(p="number")}),
            "/rows/*/p",
            record(rows={"type": "array", "items": record(q="string")}),
        ),
    ],
    ids=["beside-a-reference", "through-a-reference", "named-by-a-pattern", "by-index", "of-a-nullable-array"],
)
async def test_what_is_read_is_found_wherever_the_schema_says_it(
    concord: Concord, today: Any, reads: str, after: Any
) -> None:
    await writer(concord, today)
    await reader(concord, reads=[reads])
    assert (await concord.check(resource="/x", new_schema=today))["verdict"] == "CLEAR"
    assert (await concord.check(resource="/x", new_schema=after))["verdict"] == "CONFLICT_DETECTED"


async def test_a_strict_reader_rejects_new_fields_wherever_it_says_what_it_reads(concord: Concord) -> None:
    more = {**record(a="string", extra="string"), "additionalProperties": False}
    await writer(concord)
    await reader(concord, reader_schema=ONLY_A, strict=True)
    assert (await concord.check(resource="/x", new_schema=more))["verdict"] == "CONFLICT_DETECTED"
    await writer(concord, {"required_fields": ["a"]}, counterparty="sys_r")
    await reader(concord, strict=True)
    assert (await concord.check(resource="/x", new_schema=more))["verdict"] == "CONFLICT_DETECTED"


async def test_a_change_named_by_one_contract_is_checked_with_all_who_read_the_resource(
    concord: Concord,
) -> None:
    await writer(concord, counterparty="sys_r")
    await reader(concord, counterparty="sys_w", reads=["/a"])
    await reader(concord, "sys_q", "CTR-3", counterparty="sys_w", reads=["/b"])
    for contract_id in ("CTR-1", "ctr-1", "concord://contracts/CTR-1", "CTR-2"):
        check = await concord.check(resource=contract_id, source_system="sys_w", new_schema=ONLY_A)
        assert [one["affected_system"] for one in check["conflicts"]] == ["sys_q"]
    retyped = await concord.check(resource="CTR-3", new_schema=record(a="string", b="string"))
    assert retyped["verdict"] == "CONFLICT_DETECTED"


async def test_a_contract_id_that_two_systems_gave_out_is_the_proposers_own(concord: Concord) -> None:
    await writer(concord)
    await reader(concord, reads=["/b"])
    await concord.register("sys_a", writes_to=["/y"], contracts=[entry("PRODUCER", "CTR-1", "/y", schema=AB)])
    check = await concord.check(resource="CTR-1", source_system="sys_w", new_schema=ONLY_A)
    assert check["verdict"] == "CONFLICT_DETECTED"
    assert (await concord.refused("check_change", resource="CTR-1", new_schema=ONLY_A))["code"] == "ambiguous"


async def test_con_10_a_resource_that_is_misspelt_is_never_clear(concord: Concord) -> None:
    await register_example(concord)
    mine = {"source_system": "sys_signal_generator", "new_schema": NESTED_SCHEMA}
    assert (await concord.check(resource="signals.json", **mine))["verdict"] == "CONFLICT_DETECTED"
    assert (await concord.check(resource="~/outputs/signal.json", **mine))["verdict"] == "REVIEW_REQUIRED"
    assert (await concord.refused("check_change", resource="CTR-077", **mine))["code"] == "not_found"
    assert (await concord.check(resource="~/outputs/signals_v3.json", **mine))["verdict"] == "CLEAR"


async def test_a_consumer_that_names_its_writer_by_name_is_joined_with_it(concord: Concord) -> None:
    await writer(concord)
    contract = entry("CONSUMER", "CTR-2", counterparty="The Writer", reads=["/b"])
    await concord.register("sys_r", contracts=[contract])
    check = await concord.check(resource="/x", new_schema=ONLY_A)
    assert [one["affected_system"] for one in check["conflicts"]] == ["sys_r"]


async def test_con_10_a_change_by_who_does_not_write_the_resource_is_never_clear(concord: Concord) -> None:
    await concord.register("sys_w", writes_to=[{"resource": "/x", "consumers": ["sys_ghost"]}])
    await concord.register("sys_r", reads_from=["/x"])
    for change in ({"new_schema": ONLY_A}, {"removes": True}):
        check = await concord.check(resource="/x", source_system="sys_r", **change)
        assert check["verdict"] == "REVIEW_REQUIRED"
        assert any(item["facet"] == "writer" and "sys_w" in item["reason"] for item in check["undecided"])


async def test_con_02_a_sample_that_breaks_an_optional_read_hides_no_worse_break(concord: Concord) -> None:
    await writer(concord, record(a="string", n="string"))
    await reader(concord, reads=["/a", {"path": "/n", "required": False}])
    check = await concord.check(resource="/x", new_schema=record(n="number"), samples_after=[{"a": "x", "n": 3}])
    assert check["conflicts"][0]["severity"] == "CRITICAL"


async def test_con_02_an_enumerated_field_of_another_type_is_more_than_a_new_value(concord: Concord) -> None:
    await writer(concord, record(a={"enum": ["x", "y"]}))
    await reader(concord, reads=["/a"])
    for after, severity in (({"enum": ["x", "z"]}, "HIGH"), ({"type": "number"}, "CRITICAL")):
        check = await concord.check(resource="/x", new_schema=record(a=after))
        assert check["conflicts"][0]["severity"] == severity


async def test_several_patches_of_one_schema_are_judged_together(concord: Concord) -> None:
    await writer(concord)
    await reader(concord, reader_schema={"anyOf": [{"required": ["a"]}, {"required": ["b"]}]})
    changes = [{"resource": "/x", "patch": [{"op": "remove", "path": f"/properties/{name}"}]} for name in "ab"]
    assert [(await concord.check(changes=[one]))["verdict"] for one in changes] == ["CLEAR", "CLEAR"]
    assert (await concord.check(changes=changes))["verdict"] == "CONFLICT_DETECTED"


@pytest.mark.parametrize(
    ("items", "verdict"),
    [
        ({"items": {"$ref": "#/$defs/row"}, "$defs": {"row": ONLY_A}}, "CLEAR"),
        ({"items": {"$ref": "#/$defs/row"}, "$defs": {"row": record(z="string")}}, "CONFLICT_DETECTED"),
        ({"prefixItems": [record(z="string")], "items": ONLY_A}, "CONFLICT_DETECTED"),
    ],
    ids=["safe", "breaks", "tuple"],
)
async def test_a_whole_arrays_schema_is_understood_where_the_contract_speaks_of_items(
    concord: Concord, items: dict[str, Any], verdict: str
) -> None:
    await writer(concord, {"required_fields": ["a"], "format": "JSON array"}, counterparty="sys_r")
    await reader(concord)
    assert (await concord.check(resource="/x", new_schema={"type": "array", **items}))["verdict"] == verdict
    assert (await concord.check(resource="/x", samples_after=[[{"a": 1}]]))["conflicts"] == []


async def test_con_10_a_schema_that_no_document_fits_is_never_clear(concord: Concord) -> None:
    await writer(concord)
    await reader(concord, reads=["/a"])
    assert (await concord.check(changes=[{"resource": "/x", "new_schema": False}]))["verdict"] == "REVIEW_REQUIRED"


async def test_con_02_one_break_is_one_conflict_whatever_contracts_lead_to_it(concord: Concord) -> None:
    contracts = [entry("PRODUCER", "CTR-1", schema=AB), entry("PRODUCER", "CTR-3", schema=ONLY_A, counterparty="sys_r")]
    await concord.register("sys_w", writes_to=["/x"], contracts=contracts)
    await reader(concord, reads=["/a"])
    assert len((await concord.check(resource="/x", new_schema=record(z="string")))["conflicts"]) == 1


async def test_a_reader_is_checked_against_everything_that_its_writer_states(concord: Concord) -> None:
    contracts = [
        entry("PRODUCER", "CTR-1", "/o/a.json", schema=ONLY_A),
        entry("PRODUCER", "CTR-2", "/o/b.json", schema=record(b="string")),
    ]
    await concord.register("sys_w", writes_to=["/o/a.json", "/o/b.json"], contracts=contracts)
    await concord.register("sys_r", reads_from=["/o/"])
    check = await concord.check(source_system="sys_r", changes=[{"resource": "/o/", "reader_schema": ONLY_A}])
    assert check["verdict"] == "CONFLICT_DETECTED"


async def test_con_10_what_another_reader_expects_says_nothing_of_what_is_written(concord: Concord) -> None:
    await concord.register("sys_w", writes_to=["/x"])
    await reader(concord, "sys_q", schema=AB)
    await concord.register("sys_r", reads_from=["/x"])
    check = await concord.check(source_system="sys_r", changes=[{"resource": "/x", "reader_schema": ONLY_A}])
    assert check["verdict"] == "REVIEW_REQUIRED"


async def test_a_reader_that_can_do_without_is_high_at_most_when_it_asks_for_more(concord: Concord) -> None:
    await writer(concord)
    await concord.register("sys_r", reads_from=[{"resource": "/x", "required": False}])
    asked = {"resource": "/x", "reader_schema": record(c="string")}
    check = await concord.check(source_system="sys_r", changes=[asked])
    assert check["conflicts"][0]["severity"] == "HIGH"


async def test_a_strict_reader_stays_strict_when_it_changes_what_it_accepts(concord: Concord) -> None:
    await writer(concord)
    await reader(concord, strict=True, reads=["/a", "/b"])
    check = await concord.check(source_system="sys_r", changes=[{"resource": "/x", "reader_schema": ONLY_A}])
    assert check["verdict"] == "CONFLICT_DETECTED"


async def test_con_02_every_judgement_that_rests_on_an_inferred_contract_is_a_review(concord: Concord) -> None:
    await writer(concord, basis="inferred")
    assert (await concord.check(resource="/x", new_schema=AB))["verdict"] == "REVIEW_REQUIRED"
    await concord.register("sys_r", reads_from=["/x"])
    check = await concord.check(source_system="sys_r", changes=[{"resource": "/x", "reads": ["/a"]}])
    assert (check["verdict"], check["basis"]) == ("REVIEW_REQUIRED", "inferred")


async def test_con_02_a_declared_contract_confirms_the_access_that_was_inferred(concord: Concord) -> None:
    await writer(concord)
    contract = entry("CONSUMER", "CTR-2", reads=["/a"])
    await concord.register("sys_r", reads_from=[{"resource": "/x", "basis": "inferred"}], contracts=[contract])
    assert (await concord.check(resource="/x", new_schema=ONLY_A))["verdict"] == "CLEAR"


async def test_dropping_a_dependency_is_judged_however_the_other_system_is_named(concord: Concord) -> None:
    await concord.register("sys_p", name="Pipe", writes_to=["/p"])
    await concord.register("sys_w", reads_from=["/p"], writes_to=["/x"], dependencies=["external_api"])
    drop = {"source_system": "sys_w"}
    unknown = await concord.check(**drop, changes=[{"removes_dependency": "sys_p"}])
    assert "consumers_unknown" in unknown["undecided"][0]["reason"]
    await concord.register("sys_r", reads_from=["/x"], dependencies=["sys_p", "external_api"])
    for name in ("sys_p", "Pipe", "external_api"):
        check = await concord.check(**drop, changes=[{"removes_dependency": name}])
        assert [one["rule"] for one in check["conflicts"] if one["severity"] == "CRITICAL"] == [
            "dependency.relied-upon"
        ]
    error = await concord.refused("check_change", **drop, changes=[{"removes_dependency": "sys_nope"}])
    assert (error["code"], error["path"]) == ("not_found", "/changes/0/removes_dependency")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://api.example/users/{id}", "https://api.example/users/42"),
        ("/o/a.json", "/o/{a,b}.json"),
        ("postgresql://host/db#t", "postgresql+asyncpg://me:secret@host:5432/db#public.t"),
    ],
)
async def test_reg_10_one_resource_spelt_in_two_ways_joins_its_writer_and_its_reader(
    concord: Concord, written: str, read: str
) -> None:
    await concord.register("sys_w", writes_to=[written])
    await concord.register("sys_r", reads_from=[read])
    assert [one["system_id"] for one in (await concord.call("trace_impact", target=written))["affected"]] == ["sys_r"]


@pytest.mark.parametrize("target", ["/x", "sys_w"])
@pytest.mark.parametrize("consumer", ["sys_r", "Dash"])
async def test_reg_10_an_impact_reaches_consumers_that_only_the_writer_names(
    concord: Concord, target: str, consumer: str
) -> None:
    await concord.register("sys_w", writes_to=[{"resource": "/x", "consumers": [consumer]}])
    await concord.register("sys_r", name="Dash")
    assert [one["system_id"] for one in (await concord.call("trace_impact", target=target))["affected"]] == ["sys_r"]


async def test_a_removal_by_the_writer_itself_still_names_its_readers(concord: Concord) -> None:
    await register_example(concord)
    check = await concord.check(resource=SIGNALS, removes=True)
    assert check["conflicts"][0]["rule"] == "removal.required"


async def test_a_resource_that_is_named_once_is_that_of_every_change(concord: Concord) -> None:
    await writer(concord)
    await reader(concord, reads=["/b"])
    dropped = {"merge_patch": {"properties": {"b": None}}}
    for changes in ([dropped], [{"resource": "/x", **dropped}], [{"description": "new weights"}, dropped]):
        check = await concord.check(resource="/x", source_system="sys_w", changes=changes)
        assert check["verdict"] == "CONFLICT_DETECTED"


async def test_con_10_consumers_of_whom_only_some_are_known_are_never_clear(concord: Concord) -> None:
    schema = {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}}}
    output = {"resource": "/x", "consumers": ["sys_r", "consumers_unknown"]}
    contract = {"type": "PRODUCER", "resource": "/x", "schema": schema}
    answer = await concord.register("sys_w", writes_to=[output], contracts=[contract])
    assert "consumers_unknown" in {finding["kind"] for finding in answer["findings"]}
    reads = {"type": "CONSUMER", "resource": "/x", "reads": ["/a"]}
    await concord.register("sys_r", reads_from=["/x"], contracts=[reads])
    shown = await concord.call("get_system", system_id="sys_w")
    assert shown["writes_to"][0]["consumers"] == ["sys_r", "consumers_unknown"]
    without_b = {**schema, "required": ["a"]}
    assert (await concord.check(resource="/x", new_schema=without_b))["verdict"] == "REVIEW_REQUIRED"
    assert (await concord.check(resource="/x", new_schema={**schema, "minProperties": 2}))["verdict"] == "CLEAR"


@pytest.mark.parametrize(
    "change", [{"removes": True}, {"timing": {"schedule": "0 7 * * *"}}], ids=["removal", "timing"]
)
async def test_con_10_a_path_that_may_be_a_slip_is_never_clear(concord: Concord, change: dict[str, Any]) -> None:
    await register_example(concord)
    slip = {"resource": "~/output/signals.json", **change}
    check = await concord.check(source_system="sys_signal_generator", changes=[slip])
    assert check["verdict"] == "REVIEW_REQUIRED"
    assert "outputs/signals.json" in check["undecided"][0]["reason"]


async def test_sur_09_a_judgement_too_large_for_an_answer_keeps_its_verdict(concord: Concord) -> None:
    consumers = [f"sys_{number:03}" for number in range(120)]
    await concord.register("sys_w", writes_to=[{"resource": "/x", "consumers": consumers}])
    check = await concord.check(resource="/x", removes=True)
    assert (check["verdict"], check["blocks"]) == ("CONFLICT_DETECTED", True)
    assert check["uri"] == f"concord://checks/{check['check_id']}"
    assert 0 < len(check["conflicts"]) < 120
    assert "of 120 conflicts are shown" in check["notes"][-1]


async def test_people_who_read_an_output_are_named_and_held_to_no_contract(concord: Concord) -> None:
    answer = await concord.register("sys_dashboard", writes_to=[{"resource": "~/dash.html", "consumers": ["users"]}])
    assert answer["findings"] == []
    check = await concord.check(resource="~/dash.html", new_schema={"type": "string"})
    assert check["verdict"] == "CLEAR"
