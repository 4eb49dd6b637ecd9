"""Data contracts of the Open Data Contract Standard as systems."""

from typing import Any

import pytest

from server.errors import InvalidArgument
from server.exchange.imported import Imported
from server.exchange.odcs.importer import read_odcs, recognises
from server.exchange.odcs.places import resource_at
from server.exchange.source import Request, SourceFile
from server.model.base import JsonObject
from server.model.contract import Basis, ContractType
from server.model.tier import Tier

HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: {id}\nversion: {version}\nstatus: active\nname: orders\n"


def imported(*bodies: str, identifier: str = "c1") -> Imported:
    """What an import makes of contracts with these bodies; versions count from 1."""
    files = [
        SourceFile(f"/x/{number}.odcs.yaml", HEAD.format(id=identifier, version=f"{number}.0.0") + body)
        for number, body in enumerate(bodies, 1)
    ]
    return read_odcs(Request(tuple(files)))


def terms(found: Imported) -> JsonObject:
    (contract,) = found.systems[0].system.contracts
    assert contract.type is ContractType.PRODUCER
    assert isinstance(contract.terms, dict)
    return contract.terms


TABLE = """
servers:
  - {server: prod, type: postgresql, host: db, port: 5432, database: shop, schema: public}
schema:
  - name: orders
    physicalName: orders_v1
    physicalType: table
    properties:
      - {name: id, logicalType: integer, primaryKey: true, unique: true}
      - {name: mail, physicalName: e_mail, logicalType: string, required: true, logicalTypeOptions: {format: email, maxLength: 80}}
      - {name: state, logicalType: string, quality: [{metric: invalidValues, arguments: {validValues: [open, done]}, mustBe: 0}]}
      - {name: total, physicalType: "decimal(10,2)", logicalTypeOptions: {minimum: 0}}
      - name: lines
        logicalType: array
        logicalTypeOptions: {minItems: 1}
        items:
          logicalType: object
          properties:
            - {name: sku, logicalType: string, required: true}
"""


def test_reg_11_an_object_becomes_the_schema_of_its_items() -> None:
    found = imported(TABLE)
    assert [output.resource for output in found.systems[0].system.writes_to] == [
        "postgresql://db:5432/shop#public.orders_v1"
    ]
    assert terms(found) == {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "e_mail": {"type": "string", "format": "email", "maxLength": 80, "title": "mail"},
            "state": {"type": ["string", "null"], "enum": ["open", "done", None]},
            "total": {"type": ["number", "null"], "minimum": 0},
            "lines": {
                "type": ["array", "null"],
                "minItems": 1,
                "items": {
                    "type": ["object", "null"],
                    "properties": {"sku": {"type": "string"}},
                    "required": ["sku"],
                },
            },
        },
        "required": ["id", "e_mail"],
    }
    assert (found.unmapped, found.dangling) == ((), ())


@pytest.mark.parametrize(
    ("element", "schema"),
    [
        ("logicalType: date", {"type": ["string", "null"], "format": "date"}),
        ("logicalType: timestamp", {"type": ["string", "null"], "format": "date-time"}),
        ("logicalType: timestamp, logicalTypeOptions: {format: 'dd.MM.yyyy'}", {"type": ["string", "null"]}),
        (
            "logicalType: integer, logicalTypeOptions: {format: u8}",
            {"type": ["integer", "null"], "minimum": 0, "maximum": 255},
        ),
        ("logicalType: number, logicalTypeOptions: {format: f32}", {"type": ["number", "null"]}),
        ("logicalType: boolean, required: true", {"type": "boolean"}),
        ("logicalType: object, logicalTypeOptions: {required: [a]}", {"type": ["object", "null"], "required": ["a"]}),
        ("physicalType: bigint", {"type": ["integer", "null"]}),
        ("physicalType: frobnicate", {}),
        ("logicalType: string, quality: [{metric: nullValues, mustBe: 0}]", {"type": "string"}),
    ],
)
def test_reg_11_types_and_options_become_keywords(element: str, schema: JsonObject) -> None:
    found = imported(f"schema: [{{name: t, properties: [{{name: a, {element}}}]}}]")
    assert terms(found)["properties"]["a"] == schema


@pytest.mark.parametrize(
    ("element", "place"),
    [
        ("logicalType: date, logicalTypeOptions: {minimum: '2020-01-01'}", "logicalTypeOptions/minimum"),
        ("logicalType: timestamp, logicalTypeOptions: {format: 'dd.MM.yyyy'}", "logicalTypeOptions/format"),
        ("logicalType: timestamp, logicalTypeOptions: {timezone: true}", "logicalTypeOptions/timezone"),
        ("physicalType: frobnicate", "physicalType"),
        ("classification: secret", "classification"),
        ("quality: [{metric: rowCount, mustBe: 3}]", "quality/0"),
    ],
)
def test_reg_11_what_no_schema_can_say_is_listed_with_its_place(element: str, place: str) -> None:
    found = imported(f"schema: [{{name: t, properties: [{{name: a, {element}}}]}}]")
    assert [one.item for one in found.unmapped] == [f"1.odcs.yaml#/schema/0/properties/0/{place}"]


SERVERS = [
    ("type: postgres, host: H, port: 5432, database: d, schema: s", "t", "postgresql://H:5432/d#s.t"),
    ("type: postgresql, host: H, port: 5432, database: d, schema: s", "other.t", "postgresql://H:5432/d#other.t"),
    ("type: mysql, host: H, port: 3306, database: d", "t", "mysql://H:3306/d#t"),
    ("type: snowflake, account: a, database: D, schema: S", "T", "snowflake://a/D.S.T"),
    ("type: bigquery, project: p, dataset: d", "t", "bigquery://p.d.t"),
    ("type: databricks, host: 'https://x.example', catalog: c, schema: s", "t", "databricks://x.example/c.s.t"),
    ("type: kafka, host: 'k:9092', format: avro", "topic", "kafka://k:9092/topic"),
    ("type: s3, location: 's3://b/orders/{model}/*.json', format: json", "t", "s3://b/orders/t/*.json"),
    ("type: s3, location: 's3://b/orders'", "t", "s3://b/orders"),
    ("type: local, path: ./data/orders.csv, format: csv", "t", "./data/orders.csv"),
    ("type: api, location: 'https://api.example/v1/orders'", "t", "https://api.example/v1/orders"),
    ("type: custom", "t", ""),
]


@pytest.mark.parametrize(("server", "name", "resource"), SERVERS)
def test_reg_11_a_server_says_where_an_object_lies(server: str, name: str, resource: str) -> None:
    import yaml

    stated: dict[str, Any] = yaml.safe_load(f"{{server: x, {server}}}")
    assert resource_at(stated, name, alone=True) == resource


def test_reg_11_several_objects_below_one_location_keep_apart() -> None:
    server = {"type": "s3", "location": "s3://b/raw"}
    assert resource_at(server, "orders", alone=False) == "s3://b/raw/orders"


def test_reg_11_service_levels_say_how_fresh_the_data_is_and_how_often_it_comes() -> None:
    found = imported(
        TABLE
        + """
slaProperties:
  - {property: latency, value: 4, unit: h, element: orders.id}
  - {property: frequency, value: 1, unit: d}
  - {property: retention, value: 3, unit: y}
"""
    )
    system = found.systems[0].system
    assert system.contracts[0].freshness_seconds == 14_400
    assert system.timing is not None
    assert system.timing.interval_seconds == 86_400
    assert [one.item for one in found.unmapped] == ["1.odcs.yaml#/slaProperties/2"]


def test_reg_11_a_service_level_of_an_unknown_element_dangles_and_holds_for_all() -> None:
    found = imported(TABLE + "slaProperties: [{property: latency, value: PT30M, element: tab1.x}]")
    assert found.systems[0].system.contracts[0].freshness_seconds == 1_800
    assert [(one.origin, one.target) for one in found.dangling] == [("1.odcs.yaml#/slaProperties/0", "tab1")]


def test_reg_11_a_relation_to_an_object_that_is_not_there_dangles() -> None:
    found = imported("schema: [{name: t, properties: [{name: a, relationships: [{to: gone.id}, {to: t.a}]}]}]")
    assert [(one.origin, one.target) for one in found.dangling] == [
        ("1.odcs.yaml#/schema/0/properties/0/relationships/0", "gone")
    ]


def test_reg_11_what_a_column_is_made_from_is_read() -> None:
    found = imported(TABLE.replace("primaryKey: true,", "primaryKey: true, transformSourceObjects: [raw_orders],"))
    assert [access.resource for access in found.systems[0].system.reads_from] == [
        "postgresql://db:5432/shop#public.raw_orders"
    ]


def test_reg_11_the_newest_version_of_a_contract_counts() -> None:
    found = imported("description: old", "description: {purpose: new}")
    assert [listed.system.description for listed in found.systems] == ["new"]
    assert [(one.item, "version 2.0.0 in 2.odcs.yaml counts" in one.reason) for one in found.unmapped] == [
        ("1.odcs.yaml#/version", True)
    ]


@pytest.mark.parametrize(
    ("body", "owner"),
    [
        ("team: {name: payments}", "payments"),
        ("team: [{username: ann, role: Owner}, {username: bob, role: Dev}]", "ann"),
        (
            "team: {members: [{username: ann, role: Owner, dateOut: '2020-01-01'}, {username: bob, role: Data Owner}]}",
            "bob",
        ),
        ("team: []", ""),
    ],
)
def test_reg_11_the_team_owns_the_data(body: str, owner: str) -> None:
    assert imported(body).systems[0].system.owner == owner


@pytest.mark.parametrize(
    ("status", "tier", "basis"),
    [
        ("active", Tier.PRODUCTION, Basis.DECLARED),
        ("draft", Tier.EXPERIMENTAL, Basis.DECLARED),
        ("whatever", Tier.PRODUCTION, Basis.INFERRED),
    ],
)
def test_reg_11_the_lifecycle_decides_the_tier(status: str, tier: Tier, basis: Basis) -> None:
    text = HEAD.format(id="c", version="1").replace("active", status)
    (listed,) = read_odcs(Request((SourceFile("", text),))).systems
    assert (listed.system.tier, listed.tier_basis) == (tier, basis)
    stated = text + "customProperties: [{property: criticality, value: critical}]"
    (listed,) = read_odcs(Request((SourceFile("", stated),))).systems
    assert listed.system.tier is Tier.MISSION_CRITICAL


def test_reg_11_another_standard_is_listed_and_text_without_a_contract_refused() -> None:
    old = HEAD.format(id="c", version="1").replace("v3.1.0", "v2.2.2")
    found = read_odcs(Request((SourceFile("/x/old.yaml", old),)))
    assert [(one.item, "only 3.x" in one.reason) for one in found.unmapped] == [("old.yaml#/apiVersion", True)]
    assert not recognises("x.yaml", "apiVersion: v1\nkind: Deployment\n")
    with pytest.raises(InvalidArgument):
        read_odcs(Request((SourceFile("", ""),)))
