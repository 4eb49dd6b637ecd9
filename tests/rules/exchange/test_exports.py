"""What is written for other tools, and what comes back of it."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.errors import InvalidArgument
from server.exchange.exports import EXPORTS, find_exports
from server.exchange.exports.odcs import write_odcs
from server.exchange.exports.openlineage import write_openlineage
from server.exchange.imported import Imported
from server.exchange.odcs.importer import read_odcs
from server.exchange.openlineage.importer import read_openlineage
from server.exchange.source import Request, SourceFile
from server.model.system import StoredSystem, System
from server.registry.map import RegistryMap
from server.registry.resources import canonical_name

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)
ROWS = {
    "type": "object",
    "required": ["id", "when"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "when": {"type": "string", "format": "date-time", "description": "In UTC."},
        "state": {"type": ["string", "null"], "enum": ["open", "done", None]},
        "lines": {
            "type": "array",
            "items": {"type": "object", "properties": {"sku": {"type": "string", "maxLength": 8}}},
        },
        "odd": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    },
}
SYSTEMS: list[dict[str, Any]] = [
    {
        "id": "sys_writer",
        "tier": "MISSION_CRITICAL",
        "name": "Writer",
        "owner": "ann",
        "description": "Writes.",
        "timing": {"schedule": "0 6 * * *"},
        "writes_to": [
            {"resource": "postgresql://db:5432/shop#public.orders", "type": "table", "consumers": ["sys_named"]},
            {"resource": "~/outputs/signals.json", "format": "JSON"},
            {"resource": "kafka://broker:9092/orders"},
            {"resource": "service://writer", "type": "service"},
        ],
        "contracts": [
            {
                "type": "PRODUCER",
                "resource": "postgresql://db:5432/shop#public.orders",
                "schema": ROWS,
                "freshness_seconds": 3600,
            },
            {"type": "PRODUCER", "resource": "~/outputs/signals.json", "schema": {"required_fields": ["a", "b"]}},
        ],
    },
    {
        "id": "sys_reader",
        "tier": "EXPERIMENTAL",
        "reads_from": [
            {"resource": "postgresql://db/shop#public.orders", "required": False},
            "~/outputs/signals.json",
            "service://writer",
        ],
        "dependencies": ["sys_named"],
    },
    {"id": "sys_named", "tier": "PRODUCTION", "reads_from": ["data/in.csv"], "root": "/srv/named"},
    {"id": "sys_feeder", "tier": "PRODUCTION", "writes_to": ["/srv/named/data/in.csv"]},
]


def registry_of(systems: list[System]) -> RegistryMap:
    def stored(system: System) -> StoredSystem:
        names = [one.resource for one in (*system.reads_from, *system.writes_to)]
        names += [one.resource for one in system.contracts]
        canonical = {name: canonical_name(name, home="/home/me", root=system.root) for name in names}
        return StoredSystem(system=system, version=1, revision=1, canonical=canonical)

    return RegistryMap(stored(system) for system in systems)


@pytest.fixture
def registry() -> RegistryMap:
    return registry_of([System.model_validate(system) for system in SYSTEMS])


def dependencies(registry: RegistryMap) -> dict[str, list[str]]:
    return {stored.id: registry.dependencies(stored.id) for stored in registry.live_systems()}


def read_back(format_name: str, texts: dict[str, str]) -> Imported:
    files = tuple(SourceFile(f"/x/{path}", text) for path, text in texts.items())
    return read_odcs(Request(files)) if format_name == "odcs" else read_openlineage(Request(files))


WRITERS = {"odcs": write_odcs, "openlineage": write_openlineage}


@pytest.mark.parametrize("name", WRITERS)
def test_reg_11_what_was_exported_comes_back_with_the_same_edges(name: str, registry: RegistryMap) -> None:
    imported = read_back(name, WRITERS[name](registry, NOW))
    assert (imported.unmapped, imported.dangling) == ((), ())
    returned = registry_of([listed.system for listed in imported.systems])
    assert dependencies(returned) == dependencies(registry)
    assert dependencies(registry)["sys_reader"] == ["sys_named", "sys_writer"]
    assert {one.id: one.system.tier for one in returned.live_systems()} == {
        one.id: one.system.tier for one in registry.live_systems()
    }


@pytest.mark.parametrize("name", WRITERS)
def test_reg_11_writing_twice_gives_the_same_text(name: str, registry: RegistryMap) -> None:
    assert WRITERS[name](registry, NOW) == WRITERS[name](registry, NOW)


@pytest.mark.parametrize("name", WRITERS)
def test_reg_11_a_registry_from_elsewhere_keeps_its_edges_through_both(name: str) -> None:
    """Lineage that came in by one format and goes out by the other."""
    event = {
        "eventTime": "2026-03-01T00:00:00Z",
        "job": {"namespace": "etl", "name": "a"},
        "run": {"runId": "1"},
        "inputs": [{"namespace": "cup board", "name": "sugar"}],
        "outputs": [{"namespace": "s3://lake", "name": "out"}],
    }
    systems = [one.system for one in read_openlineage(Request((SourceFile("", json.dumps(event)),))).systems]
    returned = read_back(name, WRITERS[name](registry_of(systems), NOW))
    (listed,) = returned.systems
    assert listed.system.id == systems[0].id
    assert [one.resource for one in listed.system.reads_from] == ["dataset://cup%20board/sugar"]
    assert [one.resource for one in listed.system.writes_to] == ["s3://lake/out"]


def test_reg_11_static_events_say_what_they_have_to(registry: RegistryMap) -> None:
    events = [json.loads(line) for line in write_openlineage(registry, NOW)["openlineage.ndjson"].splitlines()]
    assert {event["schemaURL"].rpartition("/")[2] for event in events} == {"JobEvent"}
    writer = next(event for event in events if event["job"]["name"] == "sys_writer")
    assert "run" not in writer
    assert writer["outputs"][0]["namespace"] == "postgres://db:5432"
    assert writer["outputs"][0]["name"] == "shop.public.orders"
    fields = {field["name"]: field.get("type") for field in writer["outputs"][0]["facets"]["schema"]["fields"]}
    assert fields == {"id": "integer", "when": "timestamp", "state": "string", "lines": "array", "odd": None}
    for dataset in writer["outputs"]:
        assert all({"_producer", "_schemaURL"} <= set(facet) for facet in dataset["facets"].values())


def test_reg_11_a_contract_keeps_its_schema_through_odcs(registry: RegistryMap) -> None:
    imported = read_back("odcs", write_odcs(registry, NOW))
    writer = next(listed.system for listed in imported.systems if listed.system.id == "sys_writer")
    promise = next(one for one in writer.contracts if one.resource.startswith("postgresql"))
    assert isinstance(promise.terms, dict)
    properties = promise.terms["properties"]
    assert promise.terms["required"] == ["id", "when"]
    assert properties["id"] == {"type": "integer", "minimum": 1}
    assert properties["when"] == ROWS["properties"]["when"]  # type: ignore[index]  # an object schema
    assert properties["state"] == {"type": ["string", "null"], "enum": ["open", "done", None]}
    assert properties["lines"]["items"]["properties"]["sku"]["maxLength"] == 8
    assert promise.freshness_seconds == 3_600
    assert writer.timing is not None
    assert writer.timing.schedule == "0 6 * * *"


@pytest.mark.skipif("CONCORD_TEST_DATA" not in os.environ, reason="CONCORD_TEST_DATA names no folder with foreign data")
def test_reg_11_contracts_are_valid_by_the_standards_own_schema(registry: RegistryMap) -> None:
    import jsonschema
    import yaml

    path = Path(os.environ["CONCORD_TEST_DATA"]) / "registry" / "odcs" / "odcs-json-schema-latest.json"
    validator = jsonschema.Draft201909Validator(json.loads(path.read_text(encoding="utf-8")))
    texts = write_odcs(registry, NOW)
    assert len(texts) == len(SYSTEMS)
    for place, text in texts.items():
        errors = [
            f"{place} {error.json_path}: {error.message}" for error in validator.iter_errors(yaml.safe_load(text))
        ]
        assert not errors


def test_reg_11_formats_are_asked_for_by_name() -> None:
    assert [one.name for one in find_exports(["OpenLineage ", "odcs", "documents"])] == ["odcs", "openlineage"]
    with pytest.raises(InvalidArgument) as caught:
        find_exports(["helm"])
    assert caught.value.allowed == ("documents", *(one.name for one in EXPORTS))
