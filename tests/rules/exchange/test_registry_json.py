"""The source's registry file: read tolerantly, written exactly."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidArgument
from server.exchange.derived import without_derived
from server.exchange.imported import Imported, ListedSystem
from server.exchange.registry_json import contracts_summary, read_registry, recognises, registry_document, registry_text
from server.exchange.source import Request, SourceFile
from server.model.system import StoredSystem, System, system_document
from server.registry.map import RegistryMap
from server.registry.reading import read_system
from server.registry.views import full_document

NAMES = [f"sys_{letter}" for letter in "abcde"]
FILES = [f"/data/{name}.json" for name in ("signals", "prices", "report")]

ACCESSES = st.fixed_dictionaries(
    {"resource": st.sampled_from(FILES), "type": st.just("filesystem")},
    optional={"format": st.text(max_size=5), "schema_version": st.just("v2"), "note": st.integers()},
)
CONTRACTS = st.fixed_dictionaries(
    {
        "contract_id": st.from_regex(r"CTR-[0-9]{3}", fullmatch=True),
        "type": st.sampled_from(["PRODUCER", "CONSUMER"]),
        "resource": st.sampled_from(FILES),
    },
    optional={
        "counterparty": st.sampled_from(NAMES),
        "schema": st.just({"required_fields": ["a"], "format": "JSON array"}),
        "last_validated": st.sampled_from(["2026-04-05", "2026-03-01"]),
        "strict": st.booleans(),
        "x-own": st.none() | st.text(max_size=3),
    },
)
SYSTEMS = st.fixed_dictionaries(
    {"tier": st.sampled_from(["MISSION_CRITICAL", "PRODUCTION", "EXPERIMENTAL"])},
    optional={
        "name": st.text(min_size=1, max_size=8).map(str.strip),
        "owner": st.just("ep_core"),
        "evolution_engine": st.booleans(),
        "reads_from": st.lists(ACCESSES, max_size=3),
        "writes_to": st.lists(
            st.builds(
                lambda access, consumers: {**access, "consumers": consumers},
                ACCESSES,
                st.just(["consumers_unknown"]) | st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
            ),
            max_size=3,
        ),
        "contracts": st.lists(CONTRACTS, max_size=2),
        "dependencies": st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
        "dependents": st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
        "timing": st.just({"schedule": "0 6 * * *", "timezone": "Europe/Berlin"}),
        "root": st.just("/data"),
        "their_own_key": st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    },
)
REGISTRIES = st.dictionaries(st.sampled_from(NAMES), SYSTEMS, max_size=5)


def read(text: str, path: str = "/x/system_registry.json") -> Imported:
    return read_registry(
        Request((SourceFile(path, text),)), read_system=lambda one: read_system(one, check_schema=lambda schema: None)
    )


def system(name: str, members: dict[str, Any]) -> System:
    """A system as it is registered."""
    return read_system({"id": name, **members}, check_schema=lambda schema: None)


def exported(systems: list[System], archived: list[StoredSystem] | None = None) -> str:
    gone = archived or []
    registry = RegistryMap([*(StoredSystem(system=one, version=1, revision=1) for one in systems), *gone])
    return registry_text(
        registry_document(
            [full_document(registry, one.id) for one in systems],
            [(one, full_document(registry, one.id)) for one in gone],
            last_updated="2026-04-05T14:00:00Z",
        )
    )


def same(resource: str, root: str) -> str:
    return resource


@given(REGISTRIES)
def test_reg_08_what_is_exported_and_imported_is_exported_the_same(registry: dict[str, dict[str, Any]]) -> None:
    first = exported([system(name, one) for name, one in registry.items()])
    imported = read(first)
    assert imported.unmapped == ()
    kept = without_derived(imported.systems, same)
    assert json.loads(exported([listed.system for listed in kept])) == json.loads(first)


@given(REGISTRIES)
def test_reg_08_the_source_keys_are_always_there_and_extensions_only_when_set(
    registry: dict[str, dict[str, Any]],
) -> None:
    document = json.loads(exported([system(name, one) for name, one in registry.items()]))
    assert list(document) == ["last_updated", "systems", "contracts_summary"]
    for written in document["systems"]:
        assert {
            "id", "name", "description", "owner", "tier", "status", "last_health_check", "evolution_engine", "reads_from",
            "writes_to", "contracts", "dependencies", "dependents",
        } <= set(written)  # fmt: skip
        given_keys = set(registry[written["id"]])
        assert ("timing" in written, "root" in written) == ("timing" in given_keys, "root" in given_keys)
        for contract in written["contracts"]:
            assert {
                "contract_id",
                "type",
                "counterparty",
                "resource",
                "schema",
                "established",
                "last_validated",
            } <= set(contract)
            assert "reads" not in contract


def test_what_follows_from_accesses_is_not_taken_for_a_declaration() -> None:
    reader = system("sys_r", {"tier": "PRODUCTION", "reads_from": ["/a"], "dependencies": ["sys_w", "sys_other"]})
    writer = system("sys_w", {"tier": "PRODUCTION", "writes_to": ["/a"], "dependents": ["sys_r", "sys_silent"]})
    kept = without_derived([ListedSystem(item=one.id, system=one) for one in (reader, writer)], same)
    assert [one.system.dependencies for one in kept] == [("sys_other",), ()]
    assert [one.system.dependents for one in kept] == [(), ("sys_silent",)]


def test_reg_08_archived_systems_keep_when_and_why() -> None:
    stored = StoredSystem(
        system=system("sys_old", {"tier": "PRODUCTION"}),
        version=2,
        revision=2,
        archived=True,
        archived_at="2026-01-01T00:00:00Z",
        archive_reason="Replaced.",
    )
    text = exported([system("sys_a", {"tier": "PRODUCTION"})], [stored])
    imported = read(text)
    (entry,) = imported.archived
    assert (entry.system.id, entry.archived_at, entry.archive_reason) == (
        "sys_old",
        "2026-01-01T00:00:00Z",
        "Replaced.",
    )
    assert entry.system.model_extra == {}
    assert [one.system.id for one in imported.systems] == ["sys_a"]


@pytest.mark.parametrize(
    "document",
    [
        {"systems": [{"id": "sys_a", "tier": "PRODUCTION"}]},
        {"systems": {"sys_a": {"tier": "PRODUCTION"}}},
        [{"id": "sys_a", "tier": "production"}],
        {"id": "sys_a", "tier": "PRODUCTION"},
        {
            "systems": [{"id": "sys_a", "tier": "PRODUCTION", "reads_from": ["/a"], "writes_to": ["/b"]}],
            "archived": None,
        },
    ],
)
def test_registries_written_by_hand_are_understood(document: object) -> None:
    imported = read(json.dumps(document))
    assert [one.system.id for one in imported.systems] == ["sys_a"]
    assert imported.unmapped == ()


def test_what_cannot_be_read_is_reported_with_its_place_and_the_rest_comes_in() -> None:
    document = {
        "systems": [
            {"id": "sys_a", "tier": "PRODUCTION"},
            {"id": "sys_b"},
            {"id": "sys_c", "tier": "PRODUCTION", "contracts": [{"type": "SOMETHING", "resource": "/a"}]},
            "text",
            {"id": "sys_a", "tier": "EXPERIMENTAL"},
        ],
        "archived": [5],
        "comment": "by hand",
    }
    imported = read(json.dumps(document))
    assert [one.system.id for one in imported.systems] == ["sys_a"]
    assert imported.systems[0].system.tier == "PRODUCTION"
    assert [one.item for one in imported.unmapped] == [
        "system_registry.json#/comment",
        "system_registry.json#/systems/1/tier",
        "system_registry.json#/systems/2/contracts/0/type",
        "system_registry.json#/systems/3",
        "system_registry.json#/systems/4",
        "system_registry.json#/archived/0",
    ]
    assert "MISSION_CRITICAL" in imported.unmapped[1].reason


def test_references_to_systems_that_the_file_does_not_hold_dangle() -> None:
    document = [
        {
            "id": "sys_a",
            "name": "The A",
            "tier": "PRODUCTION",
            "writes_to": [{"resource": "/a", "consumers": ["sys_gone", "The A"]}],
            "dependencies": ["sys_lost"],
            "contracts": [
                {"contract_id": "CTR-001", "type": "PRODUCER", "resource": "/a", "counterparty": "sys_nobody"}
            ],
        }
    ]
    assert [(one.origin, one.target) for one in read(json.dumps(document)).dangling] == [
        ("sys_a", "sys_lost"),
        ("sys_a", "sys_gone"),
        ("sys_a", "sys_nobody"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        '{"systems": NaN}',
        "[" * 200_000,
        '"text"',
        "5",
        "{}",
        '{"patterns": []}',
        "\ud800".encode("utf-8", "replace").decode(),
    ],
)
def test_what_is_no_registry_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(InvalidArgument, match=r"system_registry\.json"):
        read(text)


def test_a_member_that_stands_twice_is_reported() -> None:
    imported = read('{"systems": [], "systems": [{"id": "sys_a", "tier": "PRODUCTION", "tier": "EXPERIMENTAL"}]}')
    assert [one.reason for one in imported.unmapped] == ["the key stands twice in its object; the last one counts"] * 2


def test_the_summary_counts_an_agreement_once_and_names_the_oldest_validation() -> None:
    def contract(contract_id: str, validated: str) -> dict[str, Any]:
        return {"contract_id": contract_id, "last_validated": validated}

    systems = [
        {"id": "sys_a", "contracts": [contract("CTR-001", "2026-04-05"), contract("CTR-002", "2026-04-01")]},
        {"id": "sys_b", "contracts": [contract("CTR-001", "2026-04-05")]},
    ]
    assert contracts_summary(systems) == {
        "total_contracts": 2,
        "last_full_validation": "2026-04-01",
        "violations_last_7d": 0,
    }
    assert contracts_summary([]) == {"total_contracts": 0, "last_full_validation": "", "violations_last_7d": 0}


def test_an_exported_system_is_the_source_object() -> None:
    unread = system(
        "sys_a", {"tier": "PRODUCTION", "writes_to": [{"resource": "~/a", "consumers": "consumers_unknown"}]}
    )
    assert system_document(unread)["writes_to"] == [
        {"resource": "~/a", "type": "", "format": "", "schema_version": "", "consumers": ["consumers_unknown"]}
    ]


@pytest.mark.parametrize(
    ("path", "text", "fits"),
    [
        ("/x/system_registry.json", "{}", True),
        ("/x/other.json", ' {"last_updated": "", "systems": []}', True),
        ("/x/other.json", '[{"id": "a", "tier": "PRODUCTION"}]', True),
        ("/x/compose.json", '{"services": {}}', False),
        ("/x/other.yaml", "systems: []", False),
    ],
)
def test_registry_files_are_recognised(path: str, text: str, fits: bool) -> None:
    assert recognises(path, text) is fits
