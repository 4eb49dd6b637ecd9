"""The registry as data contracts of the Open Data Contract Standard 3.1: one file per system (REG-11).

A contract describes what its producer writes. What a system reads, and what else the standard has no word for, stands in
custom properties, so that importing what was exported gives the same systems with the same edges.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.exchange.documents import mapping, words
from server.exchange.exports.elements import properties_of
from server.exchange.exports.naming import file_name
from server.exchange.exports.openlineage import item_properties
from server.exchange.odcs.returning import DEPENDENCIES, NAME, READS, RESOURCE, SYSTEM, TIER
from server.model.base import JsonObject
from server.model.contract import Contract, ContractType
from server.model.system import Input, Output, StoredSystem
from server.model.tier import Tier
from server.registry.map import RegistryMap

FOLDER = "odcs"
API_VERSION = "v3.1.0"
_TABLE = re.compile(
    r"^(?P<scheme>postgresql|mysql|redshift|mssql)://(?P<host>[^/:#]*)(?::(?P<port>\d+))?/(?P<database>[^#]*)#(?P<table>.+)$"
)
_TYPES = {"mssql": "sqlserver"}
_PORTS = {"postgresql": 5432, "mysql": 3306, "redshift": 5439, "mssql": 1433}


def write_odcs(registry: RegistryMap, now: datetime) -> dict[str, str]:
    """One contract per live system, by its place in the folder."""
    import yaml

    texts: dict[str, str] = {}
    taken: set[str] = set()
    for stored in sorted(registry.live_systems(), key=lambda one: one.id):
        name = file_name(stored.id, taken)
        taken.add(name.lower())
        document = contract_document_of(registry, stored)
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
        texts[f"{FOLDER}/{name}.odcs.yaml"] = text
    return texts


def contract_document_of(registry: RegistryMap, stored: StoredSystem) -> JsonObject:
    """The system's contract as the standard writes it."""
    system = stored.system
    facts = mapping((system.model_extra or {}).get("odcs"))
    objects, servers, levels = _objects(stored)
    document: JsonObject = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": words(facts.get("id")) or stored.id,
        "name": system.name or stored.id,
        "version": words(facts.get("version")) or f"{stored.version}.0.0",
        "status": words(facts.get("status")) or ("draft" if system.tier is Tier.EXPERIMENTAL else "active"),
    }
    for member in ("dataProduct", "domain", "tenant"):
        if words(facts.get(member)):
            document[member] = words(facts[member])
    if system.description:
        document["description"] = {"purpose": system.description}
    if servers:
        document["servers"] = servers
    document["schema"] = objects
    if system.owner:
        document["team"] = {"name": system.owner}
    levels += _timing(stored)
    if levels:
        document["slaProperties"] = levels
    document["customProperties"] = _custom(registry, stored)
    return document


def _objects(stored: StoredSystem) -> tuple[list[JsonObject], list[JsonObject], list[JsonObject]]:
    """(objects, servers, service levels) of everything that the system writes."""
    objects: list[JsonObject] = []
    servers: list[JsonObject] = []
    levels: list[JsonObject] = []
    taken: set[str] = set()
    promises = _promises(stored)
    for output in stored.system.writes_to:
        resource = _placed(output.resource, stored)
        server, table = _server(resource, output, len(servers) + 1)
        name = file_name(table.replace(".", "_"), taken)
        taken.add(name.lower())
        same = next((one for one in servers if {**one, "server": ""} == {**server, "server": ""}), None)
        if same is None:
            servers.append(server)
        promise = promises.get(stored.canonical_of(output.resource))
        element: JsonObject = {"name": name, "physicalName": table, "logicalType": "object"}
        if output.type:
            element["physicalType"] = output.type
        if promise is not None:
            element["properties"] = properties_of(promise.terms)
            if not element["properties"]:
                del element["properties"]
            seconds = promise.freshness_seconds
            seconds = promise.max_age_seconds if seconds is None else seconds
            if seconds is not None:
                levels.append({"property": "latency", "value": seconds, "unit": "s", "element": name})
        element["customProperties"] = [{"property": RESOURCE, "value": resource}]
        objects.append(element)
    return objects, servers, levels


def _promises(stored: StoredSystem) -> dict[str, Contract]:
    """The contract that says most of each resource that the system promises something of, by canonical name."""
    found: dict[str, Contract] = {}
    for contract in stored.system.contracts:
        canonical = stored.canonical_of(contract.resource)
        if contract.type is ContractType.PRODUCER and (
            canonical not in found
            or len(item_properties(contract.terms)) > len(item_properties(found[canonical].terms))
        ):
            found[canonical] = contract
    return found


def _server(resource: str, output: Output, number: int) -> tuple[JsonObject, str]:
    """(the server as the standard writes it, the name of the object there)."""
    named = f"server-{number}"
    if table := _TABLE.match(resource):
        scheme = table["scheme"]
        schema, _, name = table["table"].rpartition(".")
        server: JsonObject = {"server": named, "type": _TYPES.get(scheme, scheme), "host": table["host"]}
        server |= {"port": int(table["port"] or _PORTS[scheme]), "database": table["database"]}
        if scheme != "mysql":
            server["schema"] = schema
        return server, name
    if resource.startswith("kafka://"):
        host, _, topic = resource.removeprefix("kafka://").partition("/")
        return {"server": named, "type": "kafka", "host": host}, topic or host
    last = resource.rstrip("/").rpartition("/")[2] or resource
    if resource.startswith("s3://"):
        return {"server": named, "type": "s3", "location": resource}, last
    if resource.startswith(("http://", "https://")):
        return {"server": named, "type": "api", "location": resource}, last
    if "://" not in resource:
        ending = last.rpartition(".")[2] if "." in last else ""
        return {
            "server": named,
            "type": "local",
            "path": resource,
            "format": output.format or ending or "unknown",
        }, last
    return {"server": named, "type": "custom", "location": resource}, last


def _timing(stored: StoredSystem) -> list[JsonObject]:
    timing = stored.system.timing
    if timing is None:
        return []
    if timing.schedule:
        return [{"property": "frequency", "value": timing.schedule, "scheduler": "cron", "schedule": timing.schedule}]
    if timing.interval_seconds:
        return [{"property": "frequency", "value": timing.interval_seconds, "unit": "s"}]
    return []


def _custom(registry: RegistryMap, stored: StoredSystem) -> list[JsonObject]:
    system = stored.system
    reads = [_read(access, stored) for access in system.reads_from]
    read = {stored.canonical_of(access.resource) for access in system.reads_from}
    said = {
        link.resource: link
        for link in registry.producers(stored.id)
        if link.resource
        and link.stated in ("consumers", "contract")
        and registry.systems[link.producer].canonical_of(link.resource) not in read
    }
    # who is only named as a reader reads all the same, as far as edges go
    reads += [{"resource": resource, "basis": link.basis.value} for resource, link in said.items()]
    stated: Mapping[str, Any] = {
        SYSTEM: stored.id,
        NAME: system.name,
        TIER: system.tier.value,
        READS: reads,
        DEPENDENCIES: list(system.dependencies),
    }
    return [{"property": name, "value": value} for name, value in stated.items() if value]


def _read(access: Input, stored: StoredSystem) -> JsonObject:
    read: JsonObject = {"resource": _placed(access.resource, stored), "basis": access.basis.value}
    if access.type:
        read["type"] = access.type
    if not access.required:
        read["required"] = False
    return read


def _placed(resource: str, stored: StoredSystem) -> str:
    """The resource under a name that means the same without the system's own folder."""
    relative = "://" not in resource and resource[:1] not in ("/", "~", "$")
    return stored.canonical_of(resource) if relative else resource
