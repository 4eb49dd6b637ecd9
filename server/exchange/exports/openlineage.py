"""The registry as static OpenLineage events: what each job reads and writes, without a run (REG-11).

A facet of our own, which other tools pass over, keeps what the standard has no word for, so that importing what was
exported gives the same systems with the same edges.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from server.clock import to_wire
from server.exchange.exports.naming import dataset_name, dataset_of, job_name
from server.model.base import JsonObject
from server.model.contract import Contract, ContractType
from server.model.system import Input, Output, StoredSystem
from server.registry.map import RegistryMap

PRODUCER = "urn:concord:registry"
SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
FACETS = "https://openlineage.io/spec/facets"
OWN = "concord"
"""Name of our own facet, on jobs and on datasets."""
FILE = "openlineage.ndjson"


def write_openlineage(registry: RegistryMap, now: datetime) -> dict[str, str]:
    """One line per live system, then one per dataset that only a contract describes; nothing for an empty registry."""
    at = to_wire(now)
    schemas = _schemas(registry)
    lines = [
        _job_event(registry, stored, schemas, at) for stored in sorted(registry.live_systems(), key=lambda one: one.id)
    ]
    written = {
        stored.canonical_of(output.resource) for stored in registry.live_systems() for output in stored.system.writes_to
    }
    for canonical, (resource, schema) in sorted(schemas.items()):
        if canonical not in written:
            namespace, name = dataset_of(resource)
            facets = _dataset_facets(resource, schema)
            lines.append(
                {
                    "eventTime": at,
                    "producer": PRODUCER,
                    "schemaURL": f"{SPEC}#/$defs/DatasetEvent",
                    "dataset": {"namespace": namespace, "name": name, "facets": facets},
                }
            )
    return {FILE: "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)} if lines else {}


def _job_event(
    registry: RegistryMap, stored: StoredSystem, schemas: Mapping[str, tuple[str, Any]], at: str
) -> JsonObject:
    system = stored.system
    namespace, name = job_name(stored)
    own: JsonObject = {"system_id": stored.id, "tier": system.tier.value, "name": system.name}
    if system.dependencies:
        own["dependencies"] = list(system.dependencies)
    facets: JsonObject = {OWN: _facet(own, "urn:concord:facet:system")}
    if system.description:
        facets["documentation"] = _facet(
            {"description": system.description}, f"{FACETS}/1-0-0/DocumentationJobFacet.json"
        )
    if system.owner:
        facets["ownership"] = _facet({"owners": [{"name": system.owner}]}, f"{FACETS}/1-0-0/OwnershipJobFacet.json")
    return {
        "eventTime": at,
        "producer": PRODUCER,
        "schemaURL": f"{SPEC}#/$defs/JobEvent",
        "job": {"namespace": namespace, "name": name, "facets": facets},
        "inputs": [_dataset(access, stored, None) for access in system.reads_from] + _only_said(registry, stored),
        "outputs": [
            _dataset(output, stored, schemas.get(stored.canonical_of(output.resource))) for output in system.writes_to
        ],
    }


def _only_said(registry: RegistryMap, stored: StoredSystem) -> list[JsonObject]:
    """What others name the system as a reader of, though it does not say so itself."""
    read = {stored.canonical_of(access.resource) for access in stored.system.reads_from}
    found: dict[str, JsonObject] = {}
    for link in registry.producers(stored.id):
        producer = registry.systems[link.producer]
        if (
            link.stated in ("consumers", "contract")
            and producer.canonical_of(link.resource) not in read
            and link.resource
        ):
            namespace, name = dataset_of(link.resource)
            facets = {OWN: _facet({"resource": link.resource}, "urn:concord:facet:resource")}
            found.setdefault(link.resource, {"namespace": namespace, "name": name, "facets": facets})
    return list(found.values())


def _dataset(access: Input | Output, stored: StoredSystem, promised: tuple[str, Any] | None) -> JsonObject:
    namespace, name = dataset_name(access)
    facets = _dataset_facets(_placed(access.resource, stored), promised[1] if promised else None)
    return {"namespace": namespace, "name": name, "facets": facets}


def _placed(resource: str, stored: StoredSystem) -> str:
    """The resource under a name that means the same without the system's own folder."""
    relative = "://" not in resource and resource[:1] not in ("/", "~", "$")
    return stored.canonical_of(resource) if relative else resource


def _dataset_facets(resource: str, schema: Any) -> JsonObject:
    facets: JsonObject = {OWN: _facet({"resource": resource}, "urn:concord:facet:resource")}
    fields = list(_fields(schema))
    if fields:
        facets["schema"] = _facet({"fields": fields}, f"{FACETS}/1-1-1/SchemaDatasetFacet.json")
    return facets


def _schemas(registry: RegistryMap) -> dict[str, tuple[str, Any]]:
    """(resource, schema) of everything that a producer promises, by canonical name."""
    found: dict[str, tuple[str, Any]] = {}
    for stored in sorted(registry.live_systems(), key=lambda one: one.id):
        for contract in stored.system.contracts:
            if contract.type is ContractType.PRODUCER and _is_schema(contract):
                found.setdefault(stored.canonical_of(contract.resource), (contract.resource, contract.terms))
    return found


def _is_schema(contract: Contract) -> bool:
    return isinstance(contract.terms, Mapping) and bool(item_properties(contract.terms) or _short_form(contract.terms))


def item_properties(schema: Any) -> Mapping[str, Any]:
    """The properties of an item: the schema's own, or those of its items where it is about a list."""
    if not isinstance(schema, Mapping):
        return {}
    if isinstance(schema.get("items"), Mapping) and not schema.get("properties"):
        return item_properties(schema["items"])
    properties = schema.get("properties")
    return properties if isinstance(properties, Mapping) else {}


def _short_form(schema: Mapping[str, Any]) -> list[str]:
    required = schema.get("required_fields")
    return [name for name in required if isinstance(name, str)] if isinstance(required, list) else []


def _fields(schema: Any) -> Iterable[JsonObject]:
    for name, part in item_properties(schema).items():
        yield _field(name, part)
    if isinstance(schema, Mapping) and not item_properties(schema):
        for name in _short_form(schema):
            yield {"name": name}


def _field(name: str, part: Any) -> JsonObject:
    field: JsonObject = {"name": name}
    if not isinstance(part, Mapping):
        return field
    kind = part.get("type")
    kind = next((one for one in kind if one != "null"), "") if isinstance(kind, list) else kind
    if kind == "string" and part.get("format") in ("date", "date-time", "time"):
        kind = {"date": "date", "date-time": "timestamp", "time": "time"}[part["format"]]
    if kind == "array":
        field["type"] = "array"
        if isinstance(part.get("items"), Mapping):
            field["fields"] = [_field("_element", part["items"])]
    elif kind == "object":
        field["type"] = "struct"
        if part.get("properties"):
            field["fields"] = [_field(inner, one) for inner, one in part["properties"].items()]
    elif isinstance(kind, str) and kind:
        field["type"] = kind
    if isinstance(part.get("description"), str):
        field["description"] = part["description"]
    return field


def _facet(content: JsonObject, schema_url: str) -> JsonObject:
    return {"_producer": PRODUCER, "_schemaURL": schema_url, **content}
