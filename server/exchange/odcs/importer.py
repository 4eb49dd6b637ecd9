"""From ODCS contracts to systems: one per contract, which writes the contract's tables, topics or files (REG-11)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from server.errors import InvalidArgument
from server.exchange.criticality import tier_of_words
from server.exchange.documents import Document, documents_of, mapping, sequence, words
from server.exchange.halves import without_halves
from server.exchange.imported import Imported, ListedSystem, Remarks, found_in
from server.exchange.making import made_system, plain_id
from server.exchange.odcs.agreements import Terms, description_of, owner_of, terms_of
from server.exchange.odcs.elements import Reading, item_schema
from server.exchange.odcs.places import resource_at
from server.exchange.odcs.returning import own_facts
from server.exchange.source import Nearby, Request, SourceFile
from server.model.base import JsonObject
from server.model.contract import ContractType

KIND = "odcs"
ENDINGS = (".yaml", ".yml", ".json")
__all__ = ["ENDINGS", "KIND", "files_in", "read_odcs", "recognises"]

_KIND = re.compile(r"""(?:^|[,{\s])["']?kind["']?[ \t]*:[ \t]*["']?DataContract\b""", re.MULTILINE)
_VERSION = re.compile(r"""(?:^|[,{\s])["']?apiVersion["']?[ \t]*:[ \t]*["']?v?\d""", re.MULTILINE)
_READ = frozenset(
    {
        *("apiVersion", "kind", "id", "name", "version", "status", "dataProduct", "domain", "tenant", "description"),
        *("servers", "schema", "team", "slaProperties", "slaDefaultElement", "tags", "authoritativeDefinitions"),
        *("contractCreatedTs", "customProperties", "quality"),
    }
)
_READ_OF_OBJECT = frozenset(
    {
        *("id", "name", "physicalName", "physicalType", "logicalType", "description", "businessName", "properties"),
        *("quality", "relationships", "tags", "authoritativeDefinitions", "customProperties"),
    }
)


def recognises(path: str, text: str) -> bool:
    """Whether this looks like a data contract of the standard: its kind, beside the version of the standard."""
    head = text[:200_000]
    return _KIND.search(head) is not None and _VERSION.search(head) is not None


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """Contracts have no file name of their own: a folder is looked through by what its files hold."""
    return []


def read_odcs(request: Request) -> Imported:
    """The systems of the contracts; of several versions of one contract the newest counts.

    Raises InvalidArgument or TooLarge where the only file can't be read, and where there is no contract at all.
    """
    remarks = Remarks()
    contracts: dict[str, list[Document]] = {}
    texts = {file.path: file.text for file in request.files}
    for read in documents_of(request.files, remarks):
        document = replace(read, value=without_halves(read.value, texts.get(read.file, "")))
        contract = mapping(document.value)
        if words(contract.get("kind")) != "DataContract":
            remarks.unmapped(document.at("kind"), f"{words(contract.get('kind'))[:60] or 'nothing'} is no DataContract")
        elif not words(contract.get("apiVersion")).lstrip("v").startswith("3"):
            stated = words(contract.get("apiVersion"))[:40]
            remarks.unmapped(
                document.at("apiVersion"), f"{stated or 'no version'} of the standard is not read, only 3.x"
            )
        elif not words(contract.get("id")):
            remarks.unmapped(document.at("id"), "a contract needs an id")
        else:
            contracts.setdefault(words(contract["id"]), []).append(document)
    if not contracts and not remarks.all_unmapped():
        raise InvalidArgument("There is no data contract in what was given.")
    systems = []
    for documents in contracts.values():
        if listed := _system(_newest(documents, remarks), remarks):
            systems.append(listed)
    return found_in(request.place, KIND, systems, remarks)


def _newest(documents: list[Document], remarks: Remarks) -> Document:
    """The document of the highest version; of equal ones the first."""
    newest = max(documents, key=lambda one: _as_version(words(mapping(one.value).get("version"))))
    counts = words(mapping(newest.value).get("version"))
    for document in documents:
        if document is not newest:
            version = words(mapping(document.value).get("version"))
            remarks.unmapped(
                document.at("version"),
                f"version {version or 'without a number'} of {words(mapping(document.value).get('id'))}: "
                f"version {counts or 'without a number'} in {newest.where} counts",
            )
    return newest


def _as_version(text: str) -> tuple[tuple[int, str], ...]:
    parts = (part for part in re.split(r"[.\-+]", text.lstrip("v")))
    # what ends here is later than the same with a mark such as `rc`, and earlier than the same with a further number
    return (*((int(part), "") if part.isdigit() else (-1, part) for part in parts), (0, ""))


def _system(document: Document, remarks: Remarks) -> ListedSystem | None:
    contract = mapping(document.value)
    identifier = words(contract["id"])
    own = own_facts(contract)
    objects = [mapping(one) for one in sequence(contract.get("schema"))]
    named = [(words(one.get("name")), words(one.get("physicalName"))) for one in objects]
    # a name is what elements are spoken of by; a physical one only where no object has it as its own
    names = {physical: name for name, physical in named if physical} | {name: name for name, _ in named if name}
    terms = terms_of(document, names, remarks)
    tier, basis = tier_of_words(_words_on_tier(contract))
    writes: list[JsonObject] = []
    reads: dict[str, JsonObject] = {}
    contracts: list[JsonObject] = []
    for position, element in enumerate(objects):
        reading = Reading(document, remarks)
        where = ("schema", position)
        places = list(_places(contract, element, document, where, remarks, alone=len(objects) == 1))
        schema = item_schema(element, where, reading)
        _note_object(element, document, where, names, reading)
        for resource, server in places:
            writes.append(_output(contract, element, resource, server, document))
            agreed = _agreed(contract, element, resource, schema, reading, terms)
            if agreed:
                contracts.append(agreed)
        for name, place in reading.made_of.items():
            for resource, _ in _places(contract, {"name": name}, document, where, remarks, alone=False):
                reads[resource] = {
                    "resource": resource,
                    "type": "table",
                    "evidence": f"transformSourceObjects at {place}",
                }
    made = {output["resource"] for output in writes}
    _note_rest(document, remarks)
    body: JsonObject = {
        "id": own.system_id or plain_id(f"odcs:{identifier}"),
        "name": own.name or (words(contract.get("name")) or words(contract.get("dataProduct")) or identifier)[:200],
        "description": description_of(contract) or "Data contract of the Open Data Contract Standard.",
        "owner": owner_of(contract),
        "tier": tier,
        "reads_from": [*own.reads, *(read for resource, read in reads.items() if resource not in made)],
        "writes_to": [*writes, *(one for one in own.writes if one["resource"] not in made)],
        "contracts": contracts,
        "dependencies": list(own.dependencies),
        "odcs": _facts(contract, identifier, terms),
    }
    if terms.schedule or terms.interval:
        body["timing"] = {"schedule": terms.schedule} if terms.schedule else {"interval_seconds": terms.interval}
    return made_system(body, item=identifier, place=document.at(), basis=basis, remarks=remarks)


def _places(
    contract: Mapping[str, Any],
    element: Mapping[str, Any],
    document: Document,
    where: tuple[str | int, ...],
    remarks: Remarks,
    *,
    alone: bool,
) -> Iterator[tuple[str, str]]:
    """(resource, server) of an object, each resource once; one that only the contract names where no server says where."""
    name = words(element.get("physicalName")) or words(element.get("name"))
    if not name:
        remarks.unmapped(document.at(*where), "an object without a name")
        return
    stated = _stated_resource(element)
    if stated:
        yield stated, ""
        return
    found: dict[str, str] = {}
    for position, server in enumerate(sequence(contract.get("servers"))):
        resource = resource_at(mapping(server), name, alone=alone)
        if resource:
            found.setdefault(resource, words(mapping(server).get("server")))
        else:
            remarks.unmapped(document.at("servers", position), "the server states no place")
    if not found:
        remarks.note(f"{document.where}: no server says where {name} lies; only the contract names it.")
        found[f"odcs://{plain_id(words(contract['id']))}/{plain_id(name)}"] = ""
    yield from found.items()


def _stated_resource(element: Mapping[str, Any]) -> str:
    """The resource that an exported contract states in so many words."""
    properties = (mapping(one) for one in sequence(element.get("customProperties")))
    return next((words(one.get("value")) for one in properties if one.get("property") == "concordResource"), "")


def _output(
    contract: Mapping[str, Any], element: Mapping[str, Any], resource: str, server: str, document: Document
) -> JsonObject:
    named = words(element.get("name"))
    return {
        "resource": resource,
        "type": words(element.get("physicalType"), 100) or "dataset",
        "schema_version": words(contract.get("version"), 200),
        "evidence": f"object {named} of the contract{f' on the server {server}' if server else ''}, {document.where}"[
            :4_000
        ],
    }


def _agreed(
    contract: Mapping[str, Any],
    element: Mapping[str, Any],
    resource: str,
    schema: JsonObject,
    reading: Reading,
    terms: Terms,
) -> JsonObject:
    """The producer's promise of one resource; empty where nothing is promised."""
    freshness = terms.freshness_of(words(element.get("name")))
    promise: JsonObject = {"schema": schema} if schema else {}
    if freshness is not None:
        promise["freshness_seconds"] = freshness
    if reading.unique:
        promise["unique"] = sorted({path.lstrip("/") for path in reading.unique})
    if not promise:
        return {}
    return {
        "type": ContractType.PRODUCER,
        "resource": resource,
        "established": words(contract.get("contractCreatedTs"), 40),
        **promise,
        "odcs": {
            "id": words(contract["id"]),
            "version": words(contract.get("version")),
            "object": words(element.get("name")),
        },
    }


def _note_object(
    element: Mapping[str, Any],
    document: Document,
    where: tuple[str | int, ...],
    names: Mapping[str, str],
    reading: Reading,
) -> None:
    """Rules and relations of a whole object, and what else it holds, are listed."""
    relations = [*reading.references]
    for position, relation in enumerate(sequence(element.get("relationships"))):
        stated = mapping(relation)
        relations.append(
            {"from": stated.get("from"), "to": stated.get("to"), "at": document.at(*where, "relationships", position)}
        )
    for relation in relations:
        targets = relation["to"] if isinstance(relation["to"], list) else [relation["to"]]
        for target in dict.fromkeys(re.split(r"[./]", words(one))[0] for one in targets if words(one)):
            if target not in names and "/" not in words(relation["to"] if isinstance(relation["to"], str) else ""):
                reading.remarks.dangling(
                    relation["at"], target, "a relation to an object that the contract does not hold"
                )
    for position, rule in enumerate(sequence(element.get("quality"))):
        named = (
            words(mapping(rule).get("metric")) or words(mapping(rule).get("rule")) or words(mapping(rule).get("type"))
        )
        reading.remarks.unmapped(
            document.at(*where, "quality", position),
            f"the rule {named or 'without a name'} is about the whole object, not about an item",
        )
    for member in element:
        if member not in _READ_OF_OBJECT:
            reading.remarks.unmapped(document.at(*where, member), "says nothing of the data's form")


def _note_rest(document: Document, remarks: Remarks) -> None:
    contract = mapping(document.value)
    for member in contract:
        if member not in _READ:
            remarks.unmapped(document.at(member), "has no counterpart here")
    for position, rule in enumerate(sequence(contract.get("quality"))):
        named = words(mapping(rule).get("metric")) or "without a name"
        remarks.unmapped(document.at("quality", position), f"the rule {named} is about no object of the contract")
    for position, entry in enumerate(sequence(contract.get("customProperties"))):
        name = words(mapping(entry).get("property"))
        if not name.startswith("concord") and name.lower() not in ("tier", "criticality"):
            said = f"{name or 'a property without a name'} means something to its author alone"
            remarks.unmapped(document.at("customProperties", position), said)


def _facts(contract: Mapping[str, Any], identifier: str, terms: Terms) -> JsonObject:
    """What else a person may look for."""
    facts: JsonObject = {"id": identifier}
    for name in ("version", "status", "dataProduct", "domain", "tenant"):
        if words(contract.get(name)):
            facts[name] = words(contract[name], 400)
    if terms.others:
        facts["sla"] = terms.others
    tags = [words(tag, 100) for tag in sequence(contract.get("tags")) if words(tag)]
    links = [
        {"type": words(mapping(one).get("type"), 100), "url": words(mapping(one).get("url"))}
        for one in sequence(contract.get("authoritativeDefinitions"))
        if words(mapping(one).get("url"))
    ]
    return {**facts, **({"tags": tags} if tags else {}), **({"links": links} if links else {})}


def _words_on_tier(contract: Mapping[str, Any]) -> list[tuple[str, str]]:
    stated = [mapping(one) for one in sequence(contract.get("customProperties"))]
    said = [(words(one.get("property")), words(one.get("value"))) for one in stated]
    said = [("concord.tier" if name == "concordTier" else name, value) for name, value in said]
    return [*said, ("lifecycle", words(contract.get("status")))]
