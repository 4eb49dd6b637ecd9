"""What becomes of each component: a system with its accesses, its contracts and its tier (REG-11)."""

import json
import re
from collections.abc import Mapping
from typing import Any

from server.errors import ConcordError
from server.exchange.backstage.annotations import RESOURCE, SYSTEM_ID
from server.exchange.backstage.catalogue import Catalogue, Entity
from server.exchange.backstage.interfaces import read_schema
from server.exchange.backstage.references import Reference
from server.exchange.backstage.relations import Key, Relation, Relations
from server.exchange.criticality import UNCONFIRMED, stated_tier
from server.exchange.documents import mapping, sequence, words
from server.exchange.imported import ListedSystem, Remarks
from server.exchange.registry_json import ReadSystem
from server.model.base import IDENTIFIER, JsonObject
from server.model.contract import Basis
from server.model.tier import Tier

LARGEST_SCHEMA = 200_000
"""Characters of JSON up to which an API's schema is kept."""

_LIFECYCLES = {
    **dict.fromkeys(("production", "prod", "live", "ga", "stable", "active", "deprecated"), Tier.PRODUCTION),
    **dict.fromkeys(
        (
            "experimental",
            "experiment",
            "development",
            "dev",
            "alpha",
            "beta",
            "preview",
            "prototype",
            "sandbox",
            "test",
        ),
        Tier.EXPERIMENTAL,
    ),
}


def system_id(reference: Reference, catalogue: Catalogue) -> str:
    """The id of the system that a component becomes: the one that it states, where it was written here, else its name."""
    stated = _annotation(reference, catalogue, SYSTEM_ID)
    return stated if re.fullmatch(IDENTIFIER, stated) else f"sys_{reference.plain}"[:120]


def resource_of(reference: Reference, catalogue: Catalogue) -> str:
    """The resource that stands for an entity: a component's own interface, an API, or a resource."""
    if reference.kind == "component":
        return f"service://{reference.plain}"
    scheme = "api" if reference.kind == "api" else "resource"
    return _annotation(reference, catalogue, RESOURCE) or f"{scheme}://{reference.plain}"


def _annotation(reference: Reference, catalogue: Catalogue, name: str) -> str:
    entity = catalogue.find(reference)
    return words(mapping(entity.metadata.get("annotations")).get(name), 2_000) if entity else ""


def listed_systems(
    catalogue: Catalogue, relations: Relations, remarks: Remarks, read_system: ReadSystem
) -> tuple[ListedSystem, ...]:
    """The components as systems, in the order of reading."""
    maker = _Maker(catalogue, relations, remarks, read_system)
    made = (maker.listed(entity) for entity in catalogue.of_kind("component"))
    return tuple(listed for listed in made if listed is not None)


class _Maker:
    def __init__(self, catalogue: Catalogue, relations: Relations, remarks: Remarks, read_system: ReadSystem) -> None:
        self._catalogue = catalogue
        self._relations = relations
        self._remarks = remarks
        self._read_system = read_system
        self._schemas: dict[Key, JsonObject] = {}

    def listed(self, entity: Entity) -> ListedSystem | None:
        """The component as a system; None, and a remark, where none can be made of it."""
        tier, basis = self._tier(entity)
        document = self._document(entity, tier)
        contracts = self._contracts(entity)
        try:
            system = self._read_system({**document, "contracts": contracts})
        except ConcordError as error:
            try:
                system = self._read_system(document)
            except ConcordError as really:
                self._remarks.unmapped(entity.document.at(), f"no system can be made of it: {really.message}")
                return None
            self._remarks.unmapped(entity.document.at(), f"its contracts were left out: {error.message}")
        return ListedSystem(item=str(entity.reference), system=system, tier_basis=basis)

    def _document(self, entity: Entity, tier: Tier) -> JsonObject:
        key, file = entity.reference.key, entity.document.where
        own = resource_of(entity.reference, self._catalogue)
        reads: dict[str, JsonObject] = {}
        for relation in (*self._relations.consumes[key], *self._relations.depends[key]):
            resource = resource_of(relation.target, self._catalogue)
            said = f"{relation.said}, {file}"
            if resource in reads:
                reads[resource]["evidence"] = f"{reads[resource]['evidence']}; {said}"[:4_000]
            else:
                reads[resource] = self._access(relation, resource, said)
        part_of = self._relations.part_of.get(key)
        return {
            "id": system_id(entity.reference, self._catalogue),
            "name": self._name(entity),
            "description": words(entity.metadata.get("description"), 4_000),
            "owner": self._relations.owners.get(key, "")[:200],
            "tier": tier,
            "reads_from": list(reads.values()),
            "writes_to": [
                {"resource": own, "type": "service", "evidence": f"{entity.reference}, {file}"},
                *(
                    self._access(relation, resource_of(relation.target, self._catalogue), f"{relation.said}, {file}")
                    for relation in (*self._relations.provides[key], *self._relations.writes.get(key, ()))
                ),
            ],
            **({"parent": system_id(part_of, self._catalogue)} if part_of else {}),
            "backstage": self._facts(entity),
        }

    def _name(self, entity: Entity) -> str:
        """Its name; its title where it was written here, since that is its system's name then."""
        title = words(entity.metadata.get("title"), 200)
        return title if title and _annotation(entity.reference, self._catalogue, SYSTEM_ID) else entity.reference.name

    def _access(self, relation: Relation, resource: str, said: str) -> JsonObject:
        entity = self._catalogue.find(relation.target)
        kind = words(entity.spec.get("type"), 200) if entity else ""
        fallback = {"component": "service", "api": "api"}.get(relation.target.kind, "resource")
        known = fallback if relation.target.kind == "component" else kind or fallback
        return {"resource": resource, "type": known, "evidence": said[:4_000]}

    def _contracts(self, entity: Entity) -> list[JsonObject]:
        """One per API that it provides and system that consumes it; one without a reader where only a schema is known."""
        found: list[JsonObject] = []
        for relation in self._relations.provides[entity.reference.key]:
            terms = self._terms(relation.target)
            readers = [
                system_id(self._catalogue.entities[key].reference, self._catalogue)
                for key in self._relations.consumers.get(relation.target.key, ())
                if key != entity.reference.key
            ]
            if not readers and "format" in terms:
                continue
            found += [
                {
                    "type": "PRODUCER",
                    "counterparty": reader,
                    "resource": resource_of(relation.target, self._catalogue),
                    "schema": terms,
                }
                for reader in readers or [""]
            ]
        return found

    def _terms(self, api: Reference) -> JsonObject:
        """The schema of what the API hands out; its bare form where none can be read, which is told once."""
        if api.key not in self._schemas:
            self._schemas[api.key] = self._read_terms(api)
        return self._schemas[api.key]

    def _read_terms(self, api: Reference) -> JsonObject:
        entity = self._catalogue.find(api)
        kind = words(entity.spec.get("type"), 100).lower() if entity else ""
        plain: JsonObject = {"format": kind or "api"}
        if entity is None:
            return plain
        if kind in ("graphql", "grpc", "trpc", "wsdl"):
            self._remarks.unmapped(
                entity.document.at("spec", "definition"), f"{api}: no schema is read from a definition in {kind}"
            )
            return plain
        schema, reason = read_schema(kind, entity.spec.get("definition"))
        if schema is not None and len(json.dumps(schema)) > LARGEST_SCHEMA:
            schema, reason = None, f"its schema is longer than {LARGEST_SCHEMA:,} characters"
        if schema is not None:
            reason = self._why_unusable(schema)
        if schema is None or reason:
            self._remarks.unmapped(entity.document.at("spec", "definition"), f"{api}: {reason}")
            return plain
        return schema

    def _why_unusable(self, schema: JsonObject) -> str:
        trial = {"id": "sys_trial", "tier": Tier.PRODUCTION}
        try:
            self._read_system(
                {**trial, "contracts": [{"type": "PRODUCER", "resource": "api://trial", "schema": schema}]}
            )
        except ConcordError as error:
            return f"its schema can't be used: {error.message}"
        return ""

    def _tier(self, entity: Entity) -> tuple[Tier, Basis]:
        """The criticality that is stated decides, else the lifecycle, else PRODUCTION unconfirmed."""
        annotations, labels = mapping(entity.metadata.get("annotations")), mapping(entity.metadata.get("labels"))
        own = {name: entity.spec[name] for name in ("criticality", "tier") if name in entity.spec}
        tier, unknown = stated_tier(annotations, labels, own)
        if tier is not None:
            return tier, Basis.DECLARED
        if unknown:
            self._remarks.note(f"{entity.reference} states {unknown!r}, which decides no tier.")
        lifecycle = words(entity.spec.get("lifecycle"), 100)
        decided = _LIFECYCLES.get(lifecycle.lower())
        if decided is not None:
            return decided, Basis.DECLARED
        if lifecycle:
            self._remarks.note(f"{entity.reference} is in the lifecycle {lifecycle!r}, which decides no tier.")
        return UNCONFIRMED

    def _facts(self, entity: Entity) -> JsonObject:
        facts: JsonObject = {"entity": str(entity.reference)}
        for name in ("type", "lifecycle"):
            if said := words(entity.spec.get(name), 200):
                facts[name] = said
        group = self._relations.groups.get(entity.reference.key)
        if group is not None:
            facts["system"] = group.plain
            holder = self._catalogue.find(group)
            if holder is not None and (domain := words(holder.spec.get("domain"), 200)):
                facts["domain"] = domain
        if title := words(entity.metadata.get("title"), 200):
            facts["title"] = title
        if tags := _tags(entity.metadata):
            facts["tags"] = tags
        return facts


def _tags(metadata: Mapping[str, Any]) -> list[str]:
    return [said for tag in sequence(metadata.get("tags"))[:50] if (said := words(tag, 100))]
