"""Backstage catalogues become systems; every entity and reference that does not is told (REG-11)."""

import pytest

from server.errors import InvalidArgument
from server.exchange.backstage.importer import read_backstage, recognises
from server.exchange.imported import Imported
from server.model.contract import Basis
from server.model.tier import Tier
from tests.rules.exchange.sources import by_id, dangling, edges, read


def component(name: str, spec: str = "", metadata: str = "") -> str:
    return (
        f"---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}{metadata and ', ' + metadata}}}\n"
        f"spec: {{type: service, lifecycle: production, owner: team-a{spec and ', ' + spec}}}\n"
    )


def api(name: str, spec: str = "") -> str:
    return (
        f"---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {{name: {name}}}\n"
        f"spec: {{type: openapi, lifecycle: production, owner: team-a{spec and ', ' + spec}}}\n"
    )


def resource(name: str, spec: str = "") -> str:
    return (
        f"---\napiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {{name: {name}}}\n"
        f"spec: {{type: database, owner: team-a{spec and ', ' + spec}}}\n"
    )


def catalogue(*texts: str, beside: dict[str, str] | None = None) -> Imported:
    return read(read_backstage, "".join(texts), beside=beside, name="catalog-info{}.yaml")


def test_reg_11_who_consumes_an_api_depends_on_the_component_that_provides_it() -> None:
    imported = catalogue(
        component("orders", "providesApis: [orders-api]"),
        component("web", "consumesApis: [orders-api, 'api:default/stock-api']"),
        component("stock", "providesApis: ['Default/Stock-API']"),
        api("orders-api"),
        api("stock-api"),
    )
    assert edges(imported) == {("web", "orders"), ("web", "stock")}
    assert not imported.dangling


def test_reg_11_components_that_depend_on_one_resource_share_it_and_not_each_other() -> None:
    imported = catalogue(
        component("a", "dependsOn: ['resource:db', 'component:b']"),
        component("b", "dependsOn: ['resource:default/db']"),
        component("c"),
        resource("db", "dependencyOf: ['component:c']"),
    )
    assert edges(imported) == {("a", "b")}
    assert [
        name
        for name, system in by_id(imported).items()
        if any(access.resource == "resource://db" and access.type == "database" for access in system.reads_from)
    ] == ["sys_a", "sys_b", "sys_c"]


def test_reg_11_what_a_resource_depends_on_writes_it() -> None:
    imported = catalogue(
        component("maker"),
        component("user", "dependsOn: ['resource:data']"),
        resource("data", "dependsOn: ['component:maker', 'resource:other']"),
        resource("other"),
    )
    assert edges(imported) == {("user", "maker")}
    assert any("resources are no systems" in one.reason for one in imported.unmapped)


def test_reg_11_dependency_of_is_the_same_relation_from_the_other_side() -> None:
    assert edges(catalogue(component("db", "dependencyOf: ['component:web']"), component("web"))) == {("web", "db")}


def test_reg_11_a_reference_of_the_wrong_kind_is_told_and_not_followed() -> None:
    imported = catalogue(component("a"), component("b", "consumesApis: ['component:a'], subcomponentOf: 'api:x'"))
    assert not edges(imported)
    assert dangling(imported) == {
        ("component:default/b", "component:default/a"),
        ("component:default/b", "api:default/x"),
    }
    assert "must name an api" in imported.dangling[0].reason
    assert by_id(imported)["sys_b"].parent == ""


def test_reg_11_a_reference_to_nothing_is_told_with_its_place() -> None:
    imported = catalogue(component("a", "dependsOn: ['component:gone'], system: shop, consumesApis: [gone-api]"))
    assert dangling(imported) == {
        ("component:default/a", "component:default/gone"),
        ("component:default/a", "system:default/shop"),
        ("component:default/a", "api:default/gone-api"),
    }
    assert {one.reason.partition(":")[0] for one in imported.dangling} == {
        "catalog-info.yaml#/spec/dependsOn/0",
        "catalog-info.yaml#/spec/system",
        "catalog-info.yaml#/spec/consumesApis/0",
    }


def test_reg_11_an_api_that_two_components_agree_on_joins_them_though_the_catalogue_does_not_define_it() -> None:
    imported = catalogue(component("a", "providesApis: [x]"), component("b", "consumesApis: [x]"))
    assert edges(imported) == {("b", "a")}
    assert dangling(imported) == {("component:default/a", "api:default/x"), ("component:default/b", "api:default/x")}


@pytest.mark.parametrize(
    "kind", ["System", "Domain", "Group", "User", "Location", "Template", "Resource", "API", "Anything"]
)
def test_reg_11_an_entity_of_any_kind_is_a_system_or_listed_with_its_place(kind: str) -> None:
    imported = catalogue(
        component("orders", "system: shop"),
        f"---\napiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{name: shop}}\nspec: {{owner: team-a}}\n",
    )
    assert [listed.item for listed in imported.systems] == ["component:default/orders"]
    (told,) = [one for one in imported.unmapped if f"{kind.lower()}:default/shop" in one.reason]
    assert "document 2" in told.item


def test_reg_11_entities_that_are_no_systems_are_told() -> None:
    imported = catalogue(
        api("lonely"),
        resource("idle"),
        "---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-b}\nspec: {type: team, children: []}\n",
        "---\napiVersion: x.org/v1\nkind: AiResource\nmetadata: {name: helper}\nspec: {skills: ['airesource:default/y']}\n",
        "---\njust text\n",
        "---\nkind: Component\nmetadata: {}\n",
    )
    told = {(one.item.partition(" (")[2].partition(")")[0], one.reason) for one in imported.unmapped}
    assert told == {
        ("document 1", "api:default/lonely: no component provides it, so no system states it"),
        ("document 2", "resource:default/idle: no component depends on it"),
        ("document 3", "group:default/team-b: a group runs nothing: it stays the owner of what names it"),
        ("document 4", "airesource:default/helper: entities of kind AiResource are not mapped"),
        ("document 5", "no entity: not a mapping"),
        ("document 6", "no entity: metadata.name is missing"),
    }
    assert dangling(imported) == {("airesource:default/helper", "airesource:default/y")}
    assert any("team-a" in note and "team-b" not in note for note in imported.notes)


def test_reg_11_namespaces_keep_names_apart() -> None:
    imported = catalogue(
        component("web"),
        component("web", "dependsOn: ['component:db', 'component:default/web']", "namespace: pay"),
        component("db", "", "namespace: pay"),
    )
    assert sorted(by_id(imported)) == ["sys_pay.db", "sys_pay.web", "sys_web"]
    reads = [access.resource for access in by_id(imported)["sys_pay.web"].reads_from]
    assert reads == ["service://pay.db", "service://web"]


def test_reg_11_an_entity_that_stands_twice_counts_once() -> None:
    imported = catalogue(component("a", "owner2: x"), component("A"))
    assert sorted(by_id(imported)) == ["sys_a"]
    assert "is there already" in imported.unmapped[0].reason


@pytest.mark.parametrize(
    ("lifecycle", "metadata", "tier", "basis"),
    [
        ("production", "", Tier.PRODUCTION, Basis.DECLARED),
        ("experimental", "", Tier.EXPERIMENTAL, Basis.DECLARED),
        ("deprecated", "", Tier.PRODUCTION, Basis.DECLARED),
        ("retired", "", Tier.PRODUCTION, Basis.INFERRED),
        ("production", "annotations: {example.com/criticality: critical}", Tier.MISSION_CRITICAL, Basis.DECLARED),
        ("experimental", "labels: {tier: Mission-Critical}", Tier.MISSION_CRITICAL, Basis.DECLARED),
        ("production", "annotations: {example.com/criticality: purple}", Tier.PRODUCTION, Basis.DECLARED),
    ],
)
def test_reg_11_the_criticality_decides_the_tier_and_else_the_lifecycle(
    lifecycle: str, metadata: str, tier: Tier, basis: Basis
) -> None:
    text = component("a", "", metadata).replace("lifecycle: production", f"lifecycle: {lifecycle}")
    listed = catalogue(text).systems[0]
    assert (listed.system.tier, listed.tier_basis) == (tier, basis)


OPENAPI = """
openapi: 3.0.0
paths:
  /orders/{id}:
    get:
      responses:
        '200': {$ref: '#/components/responses/One'}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Draft'}}}}
      responses: {'201': {description: made}}
components:
  responses:
    One: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
  schemas:
    Order: {type: object, required: [id], properties: {id: {type: string}, note: {type: string, nullable: true}}}
    Draft: {type: object}
"""


def test_reg_11_what_an_api_hands_out_is_the_contract_with_each_of_its_consumers() -> None:
    imported = catalogue(
        component("orders", "providesApis: [orders-api]"),
        component("web", "consumesApis: [orders-api]"),
        component("app", "consumesApis: [orders-api]"),
        api("orders-api", "definition: {$text: ./openapi.yaml}"),
        beside={"openapi.yaml": OPENAPI},
    )
    contracts = by_id(imported)["sys_orders"].contracts
    assert [(one.type, one.counterparty, one.resource) for one in contracts] == [
        ("PRODUCER", "sys_web", "api://orders-api"),
        ("PRODUCER", "sys_app", "api://orders-api"),
    ]
    terms = contracts[0].terms
    assert isinstance(terms, dict)
    assert terms["properties"] == {"GET /orders/{id} 200": {"$ref": "#/$defs/Order"}}
    assert terms["$defs"]["Order"]["properties"]["note"] == {"type": ["string", "null"]}


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ("{$text: 'https://example.com/openapi.yaml'}", "nothing is ever fetched"),
        ("{$text: ./gone.yaml}", "there is no such file"),
        ("'openapi: 3.0.0'", "states no JSON that it hands out"),
        ("'{'", "neither YAML nor JSON"),
    ],
)
def test_reg_11_an_interface_without_a_readable_schema_is_told(definition: str, reason: str) -> None:
    imported = catalogue(
        component("a", "providesApis: [x]"), component("b", "consumesApis: [x]"), api("x", f"definition: {definition}")
    )
    assert any(reason in one.reason for one in imported.unmapped), imported.unmapped
    assert by_id(imported)["sys_a"].contracts[0].terms == {"format": "openapi"}


def test_reg_11_locations_lead_to_files_beside_the_catalogue_and_never_further() -> None:
    location = (
        "---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\n"
        "spec: {targets: [./b/catalog-info.yaml, ./gone.yaml, 'https://example.com/x.yaml', ./catalog-info.yaml]}\n"
    )
    imported = catalogue(
        component("a", "dependsOn: ['component:b']"),
        location,
        beside={"b/catalog-info.yaml": component("b") + location, "catalog-info.yaml": component("never-twice")},
    )
    assert edges(imported) == {("a", "b")}
    told = {one.item: one.reason for one in imported.unmapped}
    assert "there is no such file" in told["catalog-info.yaml (document 2)#/spec/targets/1"]
    assert "nothing is ever fetched" in told["catalog-info.yaml (document 2)#/spec/targets/2"]


def test_reg_11_one_broken_file_keeps_no_other_out_and_the_only_one_is_refused() -> None:
    imported = read(read_backstage, component("a"), "kind: [", name="catalog-info{}.yaml")
    assert sorted(by_id(imported)) == ["sys_a"]
    assert imported.unmapped[0].item == "catalog-info1.yaml"
    with pytest.raises(InvalidArgument):
        read(read_backstage, "kind: [")


@pytest.mark.parametrize(
    ("path", "text", "known"),
    [
        ("/x/catalog-info.yaml", "", True),
        ("", "apiVersion: backstage.io/v1alpha1\nkind: Component\n", True),
        ("", "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\n", True),
        ("", '[{"apiVersion": "backstage.io/v1alpha1"}]', True),
        ("/x/a.yaml", "apiVersion: apps/v1\nkind: Deployment\n", False),
        ("/x/a.yaml", "note: backstage.io/v1\n", False),
    ],
)
def test_reg_11_a_catalogue_is_told_by_its_name_or_its_version(path: str, text: str, known: bool) -> None:
    assert recognises(path, text) is known


def test_reg_11_the_words_of_openapi_become_those_of_json_schema() -> None:
    schema = (
        "{type: object, example: {x: 1}, properties: {example: {type: string}, nullable: {type: string, nullable: true}, "
        "n: {type: number, minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}, "
        "kind: {type: string, nullable: true, enum: [a, b]}}}"
    )
    document = f"{{paths: {{/x: {{get: {{responses: {{'200': {{schema: {schema}}}}}}}}}}}}}"
    imported = catalogue(
        component("a", "providesApis: [x]"),
        api("x", "definition: {$text: ./x.yaml}"),
        beside={"x.yaml": document},
    )
    terms = by_id(imported)["sys_a"].contracts[0].terms
    assert isinstance(terms, dict)
    assert terms["properties"]["GET /x 200"] == {
        "type": "object",
        "properties": {
            "example": {"type": "string"},
            "nullable": {"type": ["string", "null"]},
            "n": {"type": "number", "exclusiveMinimum": 1, "maximum": 9},
            "kind": {"type": ["string", "null"], "enum": ["a", "b", None]},
        },
    }


def test_reg_11_the_messages_of_an_asyncapi_document_are_what_its_provider_hands_out() -> None:
    document = (
        "{asyncapi: 2.6.0, channels: {light/on: {subscribe: {message: {$ref: '#/components/messages/On'}}}, "
        "light/turn: {publish: {message: {payload: {type: string}}}}}, "
        "components: {messages: {On: {payload: {$ref: '#/components/schemas/Light'}}}, schemas: {Light: {type: object}}}}"
    )
    imported = catalogue(
        component("a", "providesApis: [x]"),
        api("x", "definition: {$asyncapi: ./x.yaml}").replace("openapi,", "asyncapi,"),
        beside={"x.yaml": document},
    )
    assert by_id(imported)["sys_a"].contracts[0].terms == {
        "type": "object",
        "properties": {"light/on": {"$ref": "#/$defs/Light"}},
        "$defs": {"Light": {"type": "object"}},
    }
