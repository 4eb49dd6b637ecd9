"""dbt manifests as systems."""

import json
from typing import Any

import pytest

from server.errors import InvalidArgument
from server.exchange.dbt.importer import files_in, read_dbt, recognises
from server.exchange.imported import Imported
from server.exchange.source import Request, SourceFile
from server.model.contract import Basis, Contract, ContractType
from server.model.tier import Tier
from tests.rules.exchange.dbt_manifests import demanded, edges, imported, manifest, node, source


def contract(found: Imported, item: str, kind: ContractType = ContractType.PRODUCER) -> Contract:
    system = next(listed.system for listed in found.systems if listed.item == item)
    (only,) = [one for one in system.contracts if one.type is kind]
    return only


def test_reg_11_every_table_has_a_system_that_reads_what_it_is_made_from() -> None:
    found = imported(
        manifest(
            source("orders"),
            node("countries", kind="seed", config={"materialized": "seed"}),
            node("stg", "source.shop.raw.orders", "seed.shop.countries", config={"materialized": "view"}),
            node("history", "model.shop.stg", kind="snapshot", config={"materialized": "snapshot"}),
        )
    )
    assert edges(found) == {
        ("seed.shop.countries", "writes", "db.main.countries"),
        ("model.shop.stg", "reads", "db.raw.orders"),
        ("model.shop.stg", "reads", "db.main.countries"),
        ("model.shop.stg", "writes", "db.main.stg"),
        ("snapshot.shop.history", "reads", "db.main.stg"),
        ("snapshot.shop.history", "writes", "db.main.history"),
    }
    assert {listed.system.reads_from[0].basis for listed in found.systems if listed.system.reads_from} == {
        Basis.DECLARED
    }
    assert [listed.system.writes_to[0].resource for listed in found.systems][1] == "bigquery://db.main.stg"


def test_reg_11_an_ephemeral_model_is_looked_through() -> None:
    found = imported(
        manifest(
            source("orders"),
            node("inner", "source.shop.raw.orders", config={"materialized": "ephemeral"}),
            node("outer", "model.shop.inner", config={"materialized": "ephemeral"}),
            node("final", "model.shop.outer"),
        )
    )
    assert edges(found) == {
        ("model.shop.final", "reads", "db.raw.orders"),
        ("model.shop.final", "writes", "db.main.final"),
    }
    (read,) = found.systems[0].system.reads_from
    assert "through model.shop.outer, model.shop.inner" in read.evidence


def test_reg_11_an_exposure_reads_and_writes_nothing() -> None:
    exposure = {
        "unique_id": "exposure.shop.board",
        "resource_type": "exposure",
        "name": "board",
        "type": "dashboard",
        "maturity": "high",
        "owner": {"name": "Ann", "email": "ann@example.com"},
        "depends_on": {"nodes": ["metric.shop.revenue", "model.shop.a"]},
    }
    metric = {"resource_type": "metric", "name": "revenue", "depends_on": {"nodes": ["semantic_model.shop.b"]}}
    semantic = {"resource_type": "semantic_model", "name": "b", "depends_on": {"nodes": ["model.shop.b"]}}
    found = imported(
        manifest(
            node("a"),
            node("b"),
            exposures={"exposure.shop.board": exposure},
            metrics={"metric.shop.revenue": metric},
            semantic_models={"semantic_model.shop.b": semantic},
        )
    )
    (board,) = [listed.system for listed in found.systems if listed.item == "exposure.shop.board"]
    assert {access.resource for access in board.reads_from} == {"bigquery://db.main.a", "bigquery://db.main.b"}
    assert (board.writes_to, board.owner, board.tier) == ((), "Ann", Tier.PRODUCTION)
    assert {one.item.rpartition("/")[2] for one in found.unmapped} == {"metric.shop.revenue", "semantic_model.shop.b"}


def test_reg_11_tests_and_types_become_the_promise() -> None:
    columns = {
        "id": {"name": "id", "data_type": "bigint"},
        "status": {"name": "status", "data_type": "varchar(10)", "description": "Where it stands."},
        "note": {"name": "note"},
    }
    found = imported(
        manifest(
            node("customers"),
            node("orders", columns=columns),
            demanded("not_null", "id", "model.shop.orders"),
            demanded("unique", "id", "model.shop.orders"),
            demanded("accepted_values", "status", "model.shop.orders", kwargs={"values": ["open", "done"]}),
            demanded(
                "relationships", "customer_id", "model.shop.orders", "model.shop.customers", kwargs={"field": "id"}
            ),
            demanded("not_null", "note", "model.shop.orders", config={"severity": "warn"}),
            demanded("not_null", "status", "model.shop.orders", config={"where": "id > 3"}),
        )
    )
    promise = contract(found, "model.shop.orders")
    assert promise.terms == {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "status": {
                "type": ["string", "null"],
                "maxLength": 10,
                "enum": ["open", "done", None],
                "description": "Where it stands.",
            },
            "note": {},
            "customer_id": {},
        },
        "required": ["id", "status", "customer_id"],
    }
    assert promise.model_extra == {
        "unique": ["id"],
        "references": [{"column": "customer_id", "to": "model.shop.customers", "field": "id"}],
    }
    assert [one.reason for one in found.unmapped] == [
        "the test not_null of note only warns",
        "the test not_null of status holds for some rows only",
    ]


@pytest.mark.parametrize("order", [("model.shop.a", "model.shop.b"), ("model.shop.b", "model.shop.a")])
def test_reg_11_a_test_of_two_models_is_about_the_one_it_names(order: tuple[str, str]) -> None:
    test = demanded("relationships", "b_id", order[1], order[0], kwargs={"model": "{{ get_where_subquery(ref('a')) }}"})
    found = imported(manifest(node("a"), node("b"), test))
    assert contract(found, "model.shop.a").terms["required"] == ["b_id"]  # type: ignore[index]  # an object schema


def test_reg_11_an_enforced_contract_promises_every_column() -> None:
    columns = {
        "id": {
            "name": "id",
            "data_type": "int",
            "constraints": [{"type": "not_null"}, {"type": "check", "expression": "id > 0"}],
        },
        "name": {"name": "name", "data_type": "string"},
    }
    found = imported(manifest(node("a", columns=columns, config={"contract": {"enforced": True}})))
    assert contract(found, "model.shop.a").terms == {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}},
        "required": ["id", "name"],
    }
    assert ["check" in one.reason for one in found.unmapped] == [True]


def test_reg_11_freshness_and_tests_of_a_source_are_its_readers_demand() -> None:
    fresh = {"warn_after": {"count": 6, "period": "hour"}, "error_after": {"count": 1, "period": "day"}}
    found = imported(
        manifest(
            source("orders", freshness=fresh),
            node("a", "source.shop.raw.orders"),
            demanded("not_null", "id", "source.shop.raw.orders"),
        )
    )
    need = contract(found, "model.shop.a", ContractType.CONSUMER)
    assert (need.resource, need.freshness_seconds) == ("bigquery://db.raw.orders", 86_400)
    assert isinstance(need.reader_schema, dict)
    assert need.reader_schema["required"] == ["id"]


def test_reg_11_what_is_not_there_dangles_and_what_is_switched_off_is_listed() -> None:
    found = imported(
        manifest(
            node("a", "model.shop.gone", "model.shop.off"),
            disabled={"model.shop.off": [node("off")]},
        )
    )
    assert [(one.target, one.reason) for one in found.dangling] == [
        ("model.shop.gone", "named in depends_on, but the manifest holds no such node"),
        ("model.shop.off", "named in depends_on, but it is switched off"),
    ]
    assert [one.reason for one in found.unmapped] == ["model.shop.off is switched off"]


def test_reg_11_meta_and_groups_say_who_owns_a_model_and_how_much_it_matters() -> None:
    groups = {"group.shop.finance": {"name": "finance", "owner": {"email": "fin@example.com"}}}
    found = imported(
        manifest(
            node("a", config={"meta": {"criticality": "critical", "owner": "ann"}}),
            node("b", group="finance"),
            groups=groups,
        )
    )
    first, second = (listed for listed in found.systems)
    assert (first.system.owner, first.system.tier, first.tier_basis) == ("ann", Tier.MISSION_CRITICAL, Basis.DECLARED)
    assert (second.system.owner, second.tier_basis) == ("fin@example.com", Basis.INFERRED)


PROFILE = """
shop:
  target: prod
  outputs:
    dev: {type: postgres, host: localhost, password: geheim}
    prod: {type: postgres, host: db.example, port: 5433, user: me, password: geheim}
"""


def beside(path: str) -> SourceFile | str:
    texts = {"/shop/profiles.yml": PROFILE, "/shop/dbt_project.yml": "profile: shop"}
    return SourceFile(path, texts[path]) if path in texts else "there is no such file"


def test_reg_11_the_profile_beside_a_manifest_says_on_which_server_the_tables_lie() -> None:
    found = imported(manifest(node("a"), platform="postgres"), nearby=beside)
    assert found.systems[0].system.writes_to[0].resource == "postgresql://db.example:5433/db#main.a"
    assert "geheim" not in found.model_dump_json()
    alone = imported(manifest(node("a"), platform="postgres"))
    assert alone.systems[0].system.writes_to[0].resource == "postgresql:///db#main.a"
    assert any("postgres server" in note for note in alone.notes)


def test_reg_11_the_last_run_comes_along() -> None:
    results: dict[str, Any] = {
        "results": [
            {
                "unique_id": "model.shop.a",
                "status": "error",
                "timing": [{"name": "execute", "completed_at": "2026-03-01T00:00:00Z"}],
            }
        ]
    }
    found = imported(manifest(node("a")), SourceFile("/shop/target/run_results.json", json.dumps(results)))
    assert found.systems[0].system.model_extra is not None
    assert found.systems[0].system.model_extra["dbt"]["last_run"] == {"state": "error", "at": "2026-03-01T00:00:00Z"}


def test_reg_11_a_projects_folder_stands_for_its_manifest() -> None:
    text = json.dumps(manifest(node("a")))

    def nearby(path: str) -> SourceFile | str:
        return SourceFile(path, text) if path == "/shop/target/manifest.json" else "there is no such file"

    assert [file.path for file in files_in("/shop", nearby)] == ["/shop/target/manifest.json"]
    assert recognises("", text)
    assert not recognises("", '{"nodes": {}}')


def test_reg_11_what_is_no_manifest_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="no nodes"):
        read_dbt(Request((SourceFile("", "{}"),)))
    with pytest.raises(InvalidArgument, match="line 1"):
        read_dbt(Request((SourceFile("", "{"),)))


def test_reg_11_every_node_is_a_system_read_by_one_or_listed() -> None:
    found = imported(
        manifest(
            source("orders"),
            source("idle"),
            node("clean", "source.shop.raw.orders"),
            node("between", "source.shop.raw.orders", config={"materialized": "ephemeral"}),
            node("strange", kind="invention"),
            demanded("not_null", "id", "model.shop.between"),
            demanded("unique", "id", "model.shop.gone"),
            macros={"macro.shop.m": {"name": "m"}},
            docs={"doc.shop.d": {"name": "d"}},
        )
    )
    told = {one.item.partition("#/")[2]: one.reason for one in found.unmapped}
    assert {place.partition("/")[2] or place for place in told} == {
        "source.shop.raw.idle",
        "model.shop.between",
        "invention.shop.strange",
        "test.shop.not_null_id_model.shop.between",
    }
    assert [note.partition(":")[0] for note in found.notes if "manifest.json#/" in note] == [
        "manifest.json#/macros holds 1 macros",
        "manifest.json#/docs holds 1 docs",
    ]
    assert "no model, seed, snapshot or exposure reads" in told["sources/source.shop.raw.idle"]
    assert [(one.origin, one.target) for one in found.dangling] == [
        ("test.shop.unique_id_model.shop.gone", "model.shop.gone")
    ]
    assert [listed.item for listed in found.systems] == ["model.shop.clean"]
