"""Foreign lineage, manifests and contracts against what others say of them: recall and precision of the edges."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from server.exchange.dbt.importer import read_dbt
from server.exchange.imported import Imported
from server.exchange.odcs.importer import read_odcs
from server.exchange.openlineage.importer import read_openlineage
from server.exchange.source import Request, SourceFile

_DATA = os.environ.get("CONCORD_TEST_DATA", "")
REGISTRY = Path(_DATA) / "registry"
MANIFESTS = ("postgres", "small", "snapshot")

pytestmark = pytest.mark.skipif(not _DATA, reason="CONCORD_TEST_DATA names no folder with foreign data")

Edges = set[tuple[str, str]]


def file(*parts: str) -> SourceFile:
    path = REGISTRY.joinpath(*parts)
    return SourceFile(path.as_posix(), path.read_text(encoding="utf-8"))


def expected(*parts: str) -> Any:
    return json.loads(file(*parts, "expected.json").text)


def accesses(imported: Imported, member: str) -> Edges:
    """(job, dataset) of everything that is read or written, in the names of the source."""
    return {
        (listed.system.id, access.model_extra["dataset"]["name"])
        for listed in imported.systems
        for access in getattr(listed.system, member)
    }


def oracle(name: str, member: str) -> Edges:
    """The same by the events that another tool derived from that manifest."""
    return {
        (f"dbt:{event['job']['name'].removesuffix('.snapshot')}", dataset["name"])
        for event in json.loads(file("dbt", name, "openlineage_oracle.json").text)
        for dataset in event[member]
    }


@pytest.mark.parametrize("name", MANIFESTS)
def test_reg_11_a_manifest_has_the_edges_that_its_runs_had(name: str) -> None:
    imported = read_dbt(Request((file("dbt", name, "manifest.json"), file("dbt", name, "run_results.json"))))
    covered = {job for job, _ in oracle(name, "outputs")}
    seeds = {
        access.model_extra["dataset"]["name"]  # type: ignore[index]  # every access of this import has one
        for listed in imported.systems
        if listed.item.startswith("seed.")
        for access in listed.system.writes_to
    }
    # the other tool passes seeds over
    reads = {edge for edge in accesses(imported, "reads_from") if edge[0] in covered and edge[1] not in seeds}
    writes = {edge for edge in accesses(imported, "writes_to") if edge[0] in covered}
    assert (reads, writes) == (oracle(name, "inputs"), oracle(name, "outputs"))


@pytest.mark.parametrize("name", MANIFESTS)
def test_reg_11_a_manifest_has_every_edge_between_its_nodes(name: str) -> None:
    imported = read_dbt(Request((file("dbt", name, "manifest.json"),)))
    item = {output.resource: listed.item for listed in imported.systems for output in listed.system.writes_to}
    found = {
        (item.get(access.resource, "source"), listed.item)
        for listed in imported.systems
        for access in listed.system.reads_from
    }
    stated = {
        ("source" if above.startswith("source.") else above, below)
        for above, below in expected("dbt", name)["edge_list"]
    }
    assert found == stated
    assert (imported.unmapped, imported.dangling) == ((), ())


@pytest.mark.parametrize("name", MANIFESTS)
def test_reg_11_the_events_of_a_manifest_name_the_same_systems(name: str) -> None:
    events = read_openlineage(Request((file("dbt", name, "openlineage_oracle.json"),)))
    manifest = read_dbt(Request((file("dbt", name, "manifest.json"),)))
    assert {one.system.id for one in events.systems} <= {one.system.id for one in manifest.systems}
    assert accesses(events, "reads_from") == oracle(name, "inputs")


def test_reg_11_events_of_all_runs_have_the_edges_of_all_runs() -> None:
    folder = REGISTRY / "openlineage" / "marquez-apples"
    files = tuple(
        SourceFile(path.as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.json"))
        if path.name != "expected.json"
    )
    imported = read_openlineage(Request(files))
    stated = expected("openlineage", "marquez-apples")

    def named(member: str) -> Edges:
        return {
            ("::".join(access.model_extra["dataset"][part] for part in ("namespace", "name")), listed.item)
            for listed in imported.systems
            for access in getattr(listed.system, member)
        }

    assert named("reads_from") == {(dataset, job.replace("::", "/")) for dataset, job in stated["read_edges"]}
    assert named("writes_to") == {(dataset, job.replace("::", "/")) for job, dataset in stated["write_edges"]}
    assert imported.unmapped == ()


def test_reg_11_contracts_come_with_their_tables_and_what_was_left_out_has_a_place() -> None:
    imported = read_odcs(Request((file("odcs", "full-example.odcs.yaml"),)))
    (listed,) = imported.systems
    assert {access.resource for access in listed.system.writes_to} == {
        "postgresql://localhost:5432/pypl-edw#pp_access_views.tbl_1",
        "postgresql://localhost:5432/pypl-edw#pp_access_views.receivers_master",
    }
    assert listed.system.contracts[0].freshness_seconds == 4 * 86_400
    assert listed.system.owner == "my-team"
    places = {one.item.partition("#")[2] for one in imported.unmapped}
    assert places >= {"/price", "/roles", "/support", "/schema/0/quality/0", "/customProperties/1"}
    assert {one.target for one in imported.dangling} == {"tab1", "receiver_types"}


def test_reg_11_every_kind_of_type_is_understood() -> None:
    imported = read_odcs(Request((file("odcs", "all-data-types.odcs.yaml"),)))
    (contract,) = imported.systems[0].system.contracts
    assert isinstance(contract.terms, dict)
    kinds = {name: part["type"][0] for name, part in contract.terms["properties"].items()}
    assert kinds == {
        "account_id": "string",
        "txn_ref_date": "string",
        "txn_timestamp": "string",
        "txn_timestamp_tz": "string",
        "txn_time": "string",
        "amount": "number",
        "age": "integer",
        "is_open": "boolean",
        "latest_txns": "array",
        "customer_details": "object",
    }
