"""The registry as a Backstage catalogue, which gives the same systems and edges when it is read again (REG-11)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import yaml

from server.conflicts.engine import check_shape
from server.exchange.backstage.importer import read_backstage
from server.exchange.exports.backstage import FILE, write_backstage
from server.exchange.imported import Imported
from server.model.contract import Basis
from server.model.system import StoredSystem, System
from server.registry.map import RegistryMap
from server.registry.reading import read_system
from server.registry.resources import canonical_name
from tests.rules.exchange.sources import by_id, read

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)

SCHEMA = {"type": "object", "properties": {"price": {"type": "number"}}, "required": ["price"]}
SYSTEMS: list[dict[str, Any]] = [
    {
        "id": "sys_prices",
        "name": "Price feed",
        "owner": "ada",
        "tier": "MISSION_CRITICAL",
        "description": "Fetches prices.",
        "writes_to": ["~/out/prices.json", "api://prices", "service://prices"],
        "contracts": [{"type": "PRODUCER", "counterparty": "sys_web", "resource": "api://prices", "schema": SCHEMA}],
    },
    {
        "id": "sys_web",
        "tier": "PRODUCTION",
        "owner": "user:bob",
        "reads_from": ["api://prices", "postgresql://db/shop#orders"],
    },
    {
        "id": "sys_report",
        "tier": "EXPERIMENTAL",
        "owner": "Team Data",
        "reads_from": ["~/out/*.json"],
        "parent": "sys_web",
    },
    {"id": "sys_mail", "tier": "PRODUCTION", "dependencies": ["sys_report"], "reads_from": ["service://prices"]},
    {"id": "sys_ns:odd/id", "tier": "PRODUCTION", "writes_to": ["postgresql://db/shop#orders"]},
    {"id": "sys_" + "x" * 100, "tier": "PRODUCTION", "reads_from": ["~/out/prices.json"]},
]


def registry_of(systems: Iterable[System], bases: dict[str, Basis] | None = None) -> RegistryMap:
    def stored(system: System) -> StoredSystem:
        names = [access.resource for access in (*system.reads_from, *system.writes_to)]
        names += [contract.resource for contract in system.contracts]
        canonical = {name: canonical_name(name, home="/home/ada", root=system.root) for name in names}
        basis = (bases or {}).get(system.id, Basis.DECLARED)
        return StoredSystem(system=system, version=1, revision=1, canonical=canonical, tier_basis=basis)

    return RegistryMap(stored(system) for system in systems)


def registered() -> RegistryMap:
    return registry_of(read_system(document, check_schema=check_shape) for document in SYSTEMS)


def written(registry: RegistryMap) -> str:
    return write_backstage(registry, NOW)[FILE]


def read_again(registry: RegistryMap) -> Imported:
    return read(read_backstage, written(registry), name="catalog-info{}.yaml")


def edges(registry: RegistryMap) -> set[tuple[str, str]]:
    return {
        (stored.id, producer) for stored in registry.live_systems() for producer in registry.dependencies(stored.id)
    }


def test_reg_11_reading_the_exported_catalogue_gives_the_same_systems_and_edges() -> None:
    registry = registered()
    imported = read_again(registry)
    assert edges(registry_of(by_id(imported).values())) == edges(registry) != set()
    known = {
        name: (system.name, system.tier, system.description, system.parent) for name, system in by_id(imported).items()
    }
    assert known == {
        stored.id: (stored.system.name, stored.system.tier, stored.system.description, stored.system.parent)
        for stored in registry.live_systems()
    }
    assert not imported.dangling
    assert {one.reason.partition(":")[0] for one in imported.unmapped} <= {"group", "user"}
    assert not [note for note in imported.notes if "stands for" in note], "every owner is a Group or User"


def test_reg_11_a_contract_of_an_api_survives_the_way_through_a_catalogue() -> None:
    (contract,) = by_id(read_again(registered()))["sys_prices"].contracts
    assert (contract.resource, contract.counterparty, contract.terms) == ("api://prices", "sys_web", SCHEMA)


def test_reg_11_writing_what_was_read_from_an_export_gives_the_same_catalogue() -> None:
    text = written(registered())
    again = read(read_backstage, text, name="catalog-info{}.yaml")
    assert edges(registry_of(by_id(again).values())) == edges(registered())
    assert {
        entity["metadata"]["name"] for entity in yaml.safe_load_all(written(registry_of(by_id(again).values())))
    } == {entity["metadata"]["name"] for entity in yaml.safe_load_all(text)}


def test_reg_11_every_entity_of_the_export_is_one_that_backstage_takes() -> None:
    needed = {
        "Component": {"type", "lifecycle", "owner"},
        "API": {"type", "lifecycle", "owner", "definition"},
        "Resource": {"type", "owner"},
        "Group": {"type", "children"},
        "User": {"memberOf"},
        "System": {"owner"},
    }
    entities = list(yaml.safe_load_all(written(registered())))
    assert {entity["kind"] for entity in entities} >= {"Component", "API", "Resource", "Group", "User"}
    names = [(entity["kind"], entity["metadata"]["name"].lower()) for entity in entities]
    assert len(set(names)) == len(names)
    for entity in entities:
        name = entity["metadata"]["name"]
        assert re.fullmatch(r"[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*", name), name
        assert len(name) <= 63
        assert needed[entity["kind"]] <= set(entity["spec"])
        assert all(isinstance(value, str) and value for value in entity["metadata"].get("annotations", {}).values())


def test_reg_11_a_tier_that_nobody_confirmed_is_not_exported_as_stated() -> None:
    system = read_system({"id": "sys_a", "tier": "PRODUCTION"}, check_schema=check_shape)
    guessed = next(iter(yaml.safe_load_all(written(registry_of([system], {"sys_a": Basis.INFERRED})))))
    assert "concord/tier" not in guessed["metadata"]["annotations"]
    stated = next(iter(yaml.safe_load_all(written(registry_of([system])))))
    assert stated["metadata"]["annotations"]["concord/tier"] == "PRODUCTION"


def test_reg_11_an_empty_registry_gives_no_catalogue() -> None:
    assert write_backstage(RegistryMap(), NOW) == {}
