"""The registry as detectors see it, and what a finding says of itself with it."""

from typing import Any

import pytest

from server.model.pattern import PatternType
from server.model.system import StoredSystem, System
from server.model.tier import Severity
from server.patterns.fleet import Agreement
from server.patterns.found import Fact, Found, Identity, Occurrence
from server.patterns.members import fleet_of, naming
from server.patterns.portrait import LONGEST, portrait, source_in
from server.registry.map import RegistryMap
from tests.rules.conflicts.test_in_flight import registry_of

PRICES = "/srv/prices.json"
WRITER: dict[str, Any] = {"id": "sys_w", "tier": "PRODUCTION", "writes_to": [{"resource": PRICES}]}
READER: dict[str, Any] = {"id": "sys_r", "tier": "MISSION_CRITICAL", "reads_from": [{"resource": PRICES}]}
OTHER: dict[str, Any] = {"id": "sys_o", "tier": "EXPERIMENTAL", "reads_from": [{"resource": PRICES}], "parent": "sys_r"}


def entry(kind: str, contract_id: str = "CTR-001", **members: Any) -> dict[str, Any]:
    return {"contracts": [{"contract_id": contract_id, "type": kind, "resource": PRICES, **members}]}


def found(**members: Any) -> Found:
    """A cascade of the reader after the writer."""
    return Found(
        **{
            "identity": Identity(PatternType.CASCADE_FAILURE, ("sys_w", "sys_r")),
            "occurrences": tuple(Occurrence(at, (at,)) for at in (1, 2, 3)),
            "facts": (Fact("sys_r", "3 of 4", "error", (1, 2, 3)),),
            "description": "It fails.",
            "recommendation": "Mend it.",
            "cause": "sys_w",
            "effect": "sys_r",
            **members,
        }
    )


def test_a_fleet_has_every_live_system_with_what_it_uses_and_needs() -> None:
    fleet = fleet_of(registry_of(WRITER, READER, OTHER))
    assert set(fleet.members) == {"sys_w", "sys_r", "sys_o"}
    reader, other = fleet.members["sys_r"], fleet.members["sys_o"]
    assert (reader.tier, reader.reads, reader.depends_on) == (
        "MISSION_CRITICAL",
        frozenset({PRICES}),
        frozenset({"sys_w"}),
    )
    assert (fleet.members["sys_w"].writes, other.parent) == (frozenset({PRICES}), "sys_r")
    assert fleet.shared_dependencies("sys_r", "sys_o") == (PRICES, "sys_w")


@pytest.mark.parametrize(
    ("writer", "reader", "agreed"),
    [
        (entry("PRODUCER", counterparty="sys_r"), {}, {("sys_w", "sys_r")}),
        (entry("PRODUCER"), {}, {("sys_w", "sys_r"), ("sys_w", "sys_o")}),
        ({}, entry("CONSUMER"), {("sys_w", "sys_r")}),
        (entry("PRODUCER", counterparty="sys_r"), entry("CONSUMER", counterparty="sys_w"), {("sys_w", "sys_r")}),
        ({}, {}, set()),
    ],
)
def test_an_agreement_has_a_writer_and_a_reader_whoever_stated_it(
    writer: dict[str, Any], reader: dict[str, Any], agreed: set[tuple[str, str]]
) -> None:
    fleet = fleet_of(registry_of({**WRITER, **writer}, {**READER, **reader}, OTHER))
    assert set(fleet.agreements) == {Agreement("CTR-001", PRICES, *pair) for pair in agreed}
    assert len(fleet.agreements) == len(agreed)


def test_contracts_of_a_pattern_are_those_between_its_systems_and_on_its_resources() -> None:
    fleet = fleet_of(registry_of({**WRITER, **entry("PRODUCER")}, READER, OTHER))
    assert portrait(found(), 3, fleet, lambda fact: "")["affected_contracts"] == ("CTR-001",)
    apart = found(identity=Identity(PatternType.SHARED_ROOT_CAUSE, ("sys_o", "sys_r"), PRICES), cause="", effect="")
    assert portrait(apart, 3, fleet, lambda fact: "")["affected_contracts"] == ()
    on_it = found(identity=apart.identity, cause="", effect="", resources=(PRICES,))
    assert portrait(on_it, 3, fleet, lambda fact: "")["affected_contracts"] == ("CTR-001",)


def test_severity_goes_by_who_suffers_where_the_type_has_a_direction() -> None:
    fleet = fleet_of(registry_of(WRITER, READER, OTHER))
    assert portrait(found(worst=2), 3, fleet, lambda fact: "")["severity"] is Severity.HIGH
    mild = found(identity=Identity(PatternType.CASCADE_FAILURE, ("sys_r", "sys_o")), cause="sys_r", effect="sys_o")
    assert portrait(mild, 3, fleet, lambda fact: "")["severity"] is Severity.LOW
    both = found(identity=Identity(PatternType.SHARED_ROOT_CAUSE, ("sys_o", "sys_r")), cause="", effect="", worst=2)
    assert portrait(both, 3, fleet, lambda fact: "")["severity"] is Severity.HIGH


def test_texts_are_cut_and_hold_no_control_characters_nor_secrets() -> None:
    key = "sk-" + "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW"
    told = portrait(
        found(description=f"fails \x1b[31m with {key}", recommendation="x" * 2_000), 3, fleet_of(registry_of()), str
    )
    assert "\x1b" not in told["description"]
    assert key not in told["description"]
    assert len(told["recommendation"]) == LONGEST


@pytest.mark.parametrize(
    ("origins", "source"),
    [
        ([], "report: error"),
        (["", ""], "report: error"),
        (["error_catalog.json", "", "error_catalog.json", "incidents/"], "error_catalog.json"),
    ],
)
def test_the_source_is_the_file_that_was_read_else_the_kind_that_was_reported(origins: list[str], source: str) -> None:
    assert source_in(Fact("sys_r", "3 of 4", "error"), origins) == source


def test_names_of_resources_are_those_of_the_registry_else_found_below_the_systems_folder() -> None:
    system = System.model_validate({**WRITER, "root": "/srv"})
    registry = RegistryMap([StoredSystem(system=system, version=1, revision=1, canonical={"prices.json": PRICES})])
    name = naming(registry, lambda resource, root: f"{root}|{resource}")
    assert name("sys_w", "prices.json") == PRICES
    assert name("sys_w", "other.json") == "/srv|other.json"
    assert name("sys_unknown", "other.json") == "|other.json"
