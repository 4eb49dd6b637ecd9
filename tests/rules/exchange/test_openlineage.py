"""OpenLineage events as systems."""

import json

import pytest

from server.errors import InvalidArgument
from server.exchange.openlineage.importer import read_openlineage, recognises
from server.exchange.source import Request, SourceFile
from server.model.contract import Basis, ContractType
from server.model.tier import Tier
from tests.rules.exchange.openlineage_events import dataset, edges, fields, imported, run


def test_reg_11_an_input_seen_in_any_run_is_an_edge() -> None:
    found = imported(run("a", ["x"], ["out"], number=1), run("a", ["y"], ["out"], number=2))
    assert edges(found) == {
        ("a", "reads", "s3://lake/x"),
        ("a", "reads", "s3://lake/y"),
        ("a", "writes", "s3://lake/out"),
    }
    assert any("s3://lake/x was last named at 2026-03-01T06:00:00Z" in note for note in found.notes)


def test_reg_11_a_run_that_never_completed_gives_its_edges_too() -> None:
    found = imported(run("a", ["x"], [], state="START"), run("a", [], ["out"], state="FAIL"))
    assert edges(found) == {("a", "reads", "s3://lake/x"), ("a", "writes", "s3://lake/out")}


def test_reg_11_a_failed_newest_run_makes_nothing_old() -> None:
    found = imported(run("a", ["x"], ["out"], number=1), run("a", ["x"], [], state="FAIL", number=2))
    assert not [note for note in found.notes if "last named" in note]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(run("a", ["x"], ["y"])),
        json.dumps([run("a", ["x"], ["y"])], indent=2),
        json.dumps(run("a", ["x"], ["y"]), indent=2) + "\n" + json.dumps(run("a", ["x"], ["y"]), indent=2),
        json.dumps(run("a", ["x"], ["y"])) + "\n\n" + json.dumps(run("a", number=2)) + "\n",
        json.dumps({"events": [run("a", ["x"], ["y"])], "totalCount": 1}),
        json.dumps([{"event": run("a", ["x"], ["y"])}]),
    ],
)
def test_reg_11_events_are_read_however_they_are_written(text: str) -> None:
    assert recognises("", text)
    found = read_openlineage(Request((SourceFile("", text),)))
    assert edges(found) == {("a", "reads", "s3://lake/x"), ("a", "writes", "s3://lake/y")}


def test_reg_11_a_broken_line_keeps_no_other_out() -> None:
    text = "\n".join([json.dumps(run("a", ["x"])), '{"job": ', json.dumps(run("b", ["y"])), '{"unrelated": 1}'])
    found = read_openlineage(Request((SourceFile("/x/e.ndjson", text),)))
    assert edges(found) == {("a", "reads", "s3://lake/x"), ("b", "reads", "s3://lake/y")}
    assert [one.item for one in found.unmapped] == ["e.ndjson:2", "e.ndjson:4"]


def test_reg_11_what_holds_no_event_at_all_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="no OpenLineage event"):
        read_openlineage(Request((SourceFile("", "{}"),)))
    with pytest.raises(InvalidArgument, match="no JSON"):
        read_openlineage(Request((SourceFile("", "nothing"),)))


def test_reg_11_a_job_event_is_an_edge_that_somebody_declares() -> None:
    event = run("a", ["x"], ["y"])
    del event["run"], event["eventType"]
    found = imported(event)
    (listed,) = found.systems
    assert [access.basis for access in listed.system.reads_from] == [Basis.DECLARED]
    (observed,) = imported(run("a", ["x"], ["y"])).systems
    assert [access.basis for access in observed.system.reads_from] == [Basis.OBSERVED]


def test_reg_11_a_schema_facet_becomes_the_writers_promise() -> None:
    facet = {
        "fields": [
            {"name": "id", "type": "BIGINT"},
            {"name": "tags", "type": "array", "fields": [{"name": "_element", "type": "varchar"}]},
            {"name": "address", "type": "struct", "fields": [{"name": "city", "type": "string"}]},
            {"name": "odd", "type": "frobnicate"},
        ]
    }
    found = imported(run("a", [], [dataset("t", schema=facet)]))
    (contract,) = found.systems[0].system.contracts
    assert (contract.type, contract.basis) == (ContractType.PRODUCER, Basis.OBSERVED)
    assert isinstance(contract.terms, dict)
    assert contract.terms["required"] == ["id", "tags", "address", "odd"]
    assert contract.terms["properties"]["id"] == {"type": ["integer", "null"]}
    assert contract.terms["properties"]["tags"]["items"] == {"type": ["string", "null"]}
    assert contract.terms["properties"]["address"]["properties"]["city"] == {"type": ["string", "null"]}
    assert contract.terms["properties"]["odd"] == {}
    assert any("odd: frobnicate" in one.reason for one in found.unmapped)


def test_reg_11_a_dataset_event_describes_what_some_job_writes() -> None:
    described = {"eventTime": "2026-03-02T00:00:00Z", "dataset": dataset("t", schema=fields(("id", "int")))}
    found = imported(run("a", [], ["t"]), described)
    (contract,) = found.systems[0].system.contracts
    assert isinstance(contract.terms, dict)
    assert list(contract.terms["properties"]) == ["id"]
    alone = imported(run("a", [], ["other"]), described)
    assert any("nobody can promise its schema" in one.reason for one in alone.unmapped)


def test_reg_11_a_dataset_that_no_job_touches_is_listed_with_its_place() -> None:
    alone = {"eventTime": "2026-03-01T06:00:00Z", "dataset": {"namespace": "s3://lake", "name": "alone"}}
    found = imported(run("a", ["x"], ["y"]), alone)
    assert [one.reason for one in found.unmapped] == ["no job here reads or writes s3://lake/alone"]


def test_reg_11_column_lineage_says_which_columns_a_reader_needs() -> None:
    lineage = {"fields": {"total": {"inputFields": [{"namespace": "s3://lake", "name": "t", "field": "amount"}]}}}
    found = imported(run("a", [], ["t"]), run("b", ["t"], [dataset("sum", columnLineage=lineage)], number=2))
    needs = [one for one in found.systems[1].system.contracts if one.type is ContractType.CONSUMER]
    assert [(one.resource, one.counterparty) for one in needs] == [("s3://lake/t", "etl/a")]
    assert [path.path for path in needs[0].reads or ()] == ["/amount"]


def test_reg_11_column_lineage_from_elsewhere_dangles_and_makes_no_edge() -> None:
    lineage = {"fields": {"total": {"inputFields": [{"namespace": "s3://lake", "name": "gone", "field": "x"}]}}}
    found = imported(run("b", ["t"], [dataset("sum", columnLineage=lineage)]))
    assert {access.resource for access in found.systems[0].system.reads_from} == {"s3://lake/t"}
    assert [(one.target) for one in found.dangling] == ["s3://lake/gone"]


def test_reg_11_other_names_of_a_dataset_mean_the_same_one() -> None:
    symlinks = {"identifiers": [{"namespace": "hive://meta:9083", "name": "db.t", "type": "TABLE"}]}
    writer = run("a", [], [dataset("warehouse/t", symlinks=symlinks)])
    found = imported(writer, run("b", [dataset("db.t", "hive://meta:9083")], number=2))
    assert edges(found) == {("a", "writes", "s3://lake/warehouse/t"), ("b", "reads", "s3://lake/warehouse/t")}


def test_reg_11_a_parent_is_the_system_that_it_names_or_dangles() -> None:
    parent = {"parent": {"job": {"namespace": "etl", "name": "dag"}, "run": {"runId": "1"}}}
    found = imported(run("dag"), run("dag.task", ["x"], run_facets=parent))
    assert next(one.system.parent for one in found.systems if one.system.name == "dag.task") == "etl/dag"
    alone = imported(run("dag.task", ["x"], run_facets=parent))
    assert alone.systems[0].system.parent == ""
    assert [one.target for one in alone.dangling] == ["etl/dag"]


def test_reg_11_what_facets_say_of_a_job_becomes_the_system() -> None:
    found = imported(
        run(
            "a",
            facets={
                "documentation": {"description": "Sums."},
                "ownership": {"owners": [{"name": "team:data", "type": "MAINTAINER"}]},
                "tags": {"tags": [{"key": "criticality", "value": "critical"}]},
                "sourceCodeLocation": {"type": "git", "url": "https://me:pw@git.example/r.git", "path": "a.py"},
                "homegrown": {"x": 1},
            },
            run_facets={"airflow": {"dag": {"schedule_interval": "0 6 * * *"}}},
        )
    )
    (listed,) = found.systems
    assert (listed.system.description, listed.system.owner) == ("Sums.", "team:data")
    assert (listed.system.tier, listed.tier_basis) == (Tier.MISSION_CRITICAL, Basis.DECLARED)
    assert listed.system.timing is not None
    assert listed.system.timing.schedule == "0 6 * * *"
    assert "pw" not in listed.system.model_dump_json()
    assert [one.reason for one in found.unmapped] == [
        "the job facet 'homegrown' has no counterpart here; it stands 1 times in the events"
    ]


def test_reg_11_a_job_that_states_no_tier_is_production_unconfirmed() -> None:
    (listed,) = imported(run("a")).systems
    assert (listed.system.tier, listed.tier_basis) == (Tier.PRODUCTION, Basis.INFERRED)


def test_reg_11_events_in_any_order_give_the_same_systems() -> None:
    events = [run("a", ["x"], ["y"], number=1), run("b", ["y"], ["z"], number=2), run("a", ["x2"], ["y"], number=3)]
    one, other = imported(*events), imported(*reversed(events))
    assert edges(one) == edges(other)
    assert {listed.system.id for listed in one.systems} == {listed.system.id for listed in other.systems}


def test_reg_11_jobs_of_odd_names_keep_apart() -> None:
    found = imported(run("näme one"), run("nüme one"), run("x" * 300), run("x" * 301))
    identifiers = [listed.system.id for listed in found.systems]
    assert len(set(identifiers)) == 4
    assert max(map(len, identifiers)) <= 120
