"""What users of other catalogues complain about, asked of ours: phantom edges, runs that differ, references that dangle."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import Concord

pytestmark = pytest.mark.anyio


def event(job: str, reads: list[str], writes: list[str], day: int = 1, **run_facets: Any) -> dict[str, Any]:
    return {
        "eventType": "COMPLETE",
        "eventTime": f"2026-03-{day:02}T06:00:00Z",
        "run": {"runId": f"{job}-{day}", "facets": run_facets},
        "job": {"namespace": "etl", "name": job},
        "inputs": [{"namespace": "s3://lake", "name": name} for name in reads],
        "outputs": [{"namespace": "s3://lake", "name": name} for name in writes],
    }


CHAIN = [event("load", ["raw"], ["clean"]), event("sum", ["clean"], ["totals"]), event("show", ["totals"], ["page"])]


async def brought(concord: Concord, file: Path, events: list[dict[str, Any]], **arguments: Any) -> dict[str, Any]:
    file.write_text("\n".join(json.dumps(one) for one in events))
    return await concord.call("import_catalog", path=str(file), **arguments)


async def affected(concord: Concord, target: str) -> list[str]:
    found = await concord.call("trace_impact", target=target)
    return [one["system_id"] for one in found["affected"]]


async def test_reg_11_edges_are_the_union_over_runs(concord: Concord, tmp_path: Path) -> None:
    runs = [event("sum", ["a"], ["out"], 1), event("sum", ["b"], ["out"], 2), event("sum", ["b"], ["out"], 3)]
    done = await brought(concord, tmp_path / "events.ndjson", runs)
    assert done["format"] == "openlineage"
    known = await concord.call("get_system", system_id="etl/sum")
    assert [access["resource"] for access in known["reads_from"]] == ["s3://lake/a", "s3://lake/b"]
    assert [access["basis"] for access in known["reads_from"]] == ["observed", "observed"]
    assert [note for note in done["notes"] if "s3://lake/a was last named at 2026-03-01" in note]


async def test_reg_11_a_job_that_is_gone_leaves_no_phantom_edge(concord: Concord, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    await brought(concord, file, CHAIN)
    assert await affected(concord, "etl/load") == ["etl/sum", "etl/show"]
    assert await affected(concord, "s3://lake/clean") == ["etl/sum", "etl/show"]
    gone = await brought(concord, file, [CHAIN[0], CHAIN[2]])
    assert gone["missing"]["ids"] == ["etl/sum"]
    assert await affected(concord, "etl/load") == []
    assert await affected(concord, "s3://lake/clean") == []
    assert (await concord.call("get_system", system_id="etl/show"))["dependencies"] == []
    found = await concord.call("find_findings", kind="import_missing")
    assert [one["system_id"] for one in found["findings"]] == ["etl/sum"]


async def test_reg_11_what_is_gone_is_kept_and_comes_back_as_it_was(concord: Concord, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    await brought(concord, file, CHAIN)
    before = await concord.call("get_system", system_id="etl/sum")
    await brought(concord, file, [CHAIN[0], CHAIN[2]])
    kept = await concord.call("get_system", system_id="etl/sum")
    assert (kept["reads_from"], kept["writes_to"]) == (before["reads_from"], before["writes_to"])
    await brought(concord, file, CHAIN)
    assert await affected(concord, "etl/load") == ["etl/sum", "etl/show"]


async def test_reg_11_a_missing_reader_is_still_told_of_a_change(concord: Concord, tmp_path: Path) -> None:
    """Nobody knows that it is gone for good until a person archives it: a check would rather warn."""
    file = tmp_path / "events.ndjson"
    await brought(concord, file, CHAIN)
    await brought(concord, file, [CHAIN[0], CHAIN[2]])
    judged = await concord.check(source_system="etl/load", changes=[{"resource": "s3://lake/clean", "removes": True}])
    assert "etl/sum" in json.dumps(judged)


async def test_reg_11_a_dropped_input_goes_with_the_next_import(concord: Concord, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    await brought(concord, file, [event("a", ["x", "y"], ["z"]), event("w", [], ["x"])])
    assert await affected(concord, "etl/w") == ["etl/a"]
    await brought(concord, file, [event("a", ["y"], ["z"], 2), event("w", [], ["x"], 2)])
    assert await affected(concord, "etl/w") == []


async def test_reg_11_references_that_dangle_are_told_with_their_place(concord: Concord, tmp_path: Path) -> None:
    parent = {"job": {"namespace": "etl", "name": "dag"}, "run": {"runId": "1"}}
    done = await brought(concord, tmp_path / "events.ndjson", [event("a", ["x"], ["y"], parent=parent)])
    assert done["dangling"] == [
        {
            "origin": "etl/a",
            "target": "etl/dag",
            "reason": "named as the parent job, but no event is about it",
        }
    ]
    assert "1 reference dangles" in done["summary"]


async def test_reg_11_one_sources_refresh_leaves_anothers_jobs_alone(concord: Concord, tmp_path: Path) -> None:
    await brought(concord, tmp_path / "one.ndjson", CHAIN)
    other = tmp_path / "two.ndjson"
    await brought(concord, other, [event("sum", ["elsewhere"], ["totals"], 2), event("own", ["page"], [])])
    await brought(concord, other, [event("own", ["page"], [])])
    known = await concord.call("get_system", system_id="etl/sum")
    assert [access["resource"] for access in known["reads_from"]] == ["s3://lake/clean"]
    assert await affected(concord, "etl/load") == ["etl/sum", "etl/show", "etl/own"]


async def test_reg_11_dbt_and_the_events_of_its_runs_meet(concord: Concord, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    (folder / "target").mkdir(parents=True)
    table = {"database": "db", "schema": "main", "package_name": "shop", "resource_type": "model"}
    nodes = {
        f"model.shop.{name}": {**table, "name": name, "alias": name, "depends_on": {"nodes": above}, "config": {}}
        for name, above in (("stg", []), ("orders", ["model.shop.stg"]))
    }
    manifest = {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "adapter_type": "bigquery",
        },
        "nodes": nodes,
    }
    (folder / "target" / "manifest.json").write_text(json.dumps(manifest))
    done = await concord.call("import_catalog", path=str(folder))
    assert (done["format"], done["created"]["ids"]) == ("dbt", ["dbt:db.main.shop.orders", "dbt:db.main.shop.stg"])
    ran = event("db.main.shop.orders", [], [])
    ran["job"]["facets"] = {"jobType": {"integration": "DBT", "jobType": "MODEL", "processingType": "BATCH"}}
    ran["inputs"] = [{"namespace": "bigquery", "name": "db.main.stg"}]
    ran["outputs"] = [{"namespace": "bigquery", "name": "db.main.orders"}]
    merged = await brought(concord, tmp_path / "events.ndjson", [ran])
    assert merged["merged"]["ids"] == ["dbt:db.main.shop.orders"]
    assert (await concord.call("get_system", system_id="dbt:db.main.shop.orders"))["dependencies"] == [
        "dbt:db.main.shop.stg"
    ]


CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
servers: [{server: prod, type: s3, location: "s3://lake/totals", format: json}]
schema:
  - {name: totals, properties: [{name: amount, logicalType: number, required: true}]}
"""


async def test_reg_11_a_data_contract_holds_for_those_who_read_the_data(concord: Concord, tmp_path: Path) -> None:
    file = tmp_path / "orders.odcs.yaml"
    file.write_text(CONTRACT)
    await brought(concord, tmp_path / "events.ndjson", [CHAIN[2]])
    done = await concord.call("import_catalog", path=str(file))
    assert (done["format"], done["created"]["ids"]) == ("odcs", ["odcs:orders"])
    assert (await concord.call("get_system", system_id="etl/show"))["dependencies"] == ["odcs:orders"]
    again = await concord.call("import_catalog", path=str(file))
    assert (again["unchanged"]["total"], again["updated"]["total"]) == (1, 0)
    known = await concord.call("get_system", system_id="odcs:orders")
    assert known["contracts"][0]["schema"]["required"] == ["amount"]


async def test_reg_11_what_is_exported_can_be_imported_again(concord: Concord, tmp_path: Path) -> None:
    await brought(concord, tmp_path / "events.ndjson", CHAIN)
    written = await concord.call("export_files", directory=str(tmp_path / "out"), formats=["odcs", "openlineage"])
    names = {Path(file["path"]).relative_to(tmp_path / "out").as_posix() for file in written["files"]}
    assert names == {"openlineage.ndjson", *(f"odcs/etl_{job}.odcs.yaml" for job in ("load", "show", "sum"))}
    for source in ("out/openlineage.ndjson", "out/odcs"):
        done = await concord.call("import_catalog", path=str(tmp_path / source))
        assert (done["merged"]["total"], done["created"]["total"], done["unmapped_total"]) == (3, 0, 0)
        assert done["edges"]["total"] == 2
    refused = await concord.refused("export_files", directory=str(tmp_path / "out"), formats=["helm"])
    assert "odcs" in refused["allowed"]
