"""Short spellings of dbt manifests, and of what an import made of them."""

import json
from collections.abc import Iterable
from typing import Any

from server.exchange.dbt.importer import read_dbt
from server.exchange.imported import Imported
from server.exchange.source import Nearby, Request, SourceFile, nothing_nearby


def node(name: str, *depends_on: str, kind: str = "model", **members: Any) -> dict[str, Any]:
    """A node of the project `shop` in the schema `db.main`."""
    config = {"materialized": "table", **members.pop("config", {})}
    return {
        "unique_id": f"{kind}.shop.{name}",
        "resource_type": kind,
        "name": name,
        "alias": name,
        "package_name": "shop",
        "database": "db",
        "schema": "main",
        "depends_on": {"nodes": list(depends_on)},
        "config": config,
        **members,
    }


def source(name: str, **members: Any) -> dict[str, Any]:
    """A table of the source `raw`."""
    found = node(name, kind="source", **{"identifier": name, "schema": "raw", **members})
    return {**found, "unique_id": f"source.shop.raw.{name}", "source_name": "raw"}


def demanded(kind: str, column: str, model: str, *others: str, **members: Any) -> dict[str, Any]:
    """A generic test of a column of a node, named by its unique id."""
    return node(
        f"{kind}_{column}_{model}",
        *others,
        model,
        kind="test",
        column_name=column,
        test_metadata={"name": kind, "kwargs": {"column_name": column, **members.pop("kwargs", {})}},
        **members,
    )


def manifest(*nodes: dict[str, Any], platform: str = "bigquery", **sections: Any) -> dict[str, Any]:
    """A manifest of these nodes."""
    return {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "adapter_type": platform,
        },
        "nodes": {one["unique_id"]: one for one in nodes if one["resource_type"] != "source"},
        "sources": {one["unique_id"]: one for one in nodes if one["resource_type"] == "source"},
        **sections,
    }


def imported(document: dict[str, Any], *others: SourceFile, nearby: Nearby = nothing_nearby) -> Imported:
    """What an import makes of the manifest."""
    file = SourceFile("/shop/target/manifest.json", json.dumps(document))
    return read_dbt(Request((file, *others), nearby))


def edges(found: Imported) -> set[tuple[str, str, str]]:
    """(node, `reads` or `writes`, table) of every access."""

    def tables(accesses: Iterable[Any]) -> list[str]:
        return [access.model_extra["dataset"]["name"] for access in accesses]

    return {
        (listed.item, verb, table)
        for listed in found.systems
        for verb, accesses in (("reads", listed.system.reads_from), ("writes", listed.system.writes_to))
        for table in tables(accesses)
    }
