"""The registry as a Backstage catalogue: components, the APIs and resources between them, and their owners (REG-11).

Every dependency stands as a relation of its own, whatever it follows from. Annotations of ours, which Backstage passes
over, keep ids, tiers and the names of resources, so that importing what was exported gives the same systems and edges.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from server.exchange.backstage.annotations import RESOURCE, SYSTEM_ID, TIER
from server.exchange.documents import mapping, sequence, words
from server.model.base import JsonObject
from server.model.contract import Basis, ContractType
from server.model.system import Input, Output, StoredSystem
from server.model.tier import Tier
from server.registry.map import RegistryMap

FILE = "backstage/catalog-info.yaml"
LONGEST_NAME = 63
_VERSION = "backstage.io/v1alpha1"
_NOBODY = "unknown"
"""Owner of what states none: Backstage asks for one."""
_NAME = re.compile(r"[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*$")
_TAG = re.compile(r"[a-z0-9+#]+(-[a-z0-9+#]+)*$")
_SERVICE = "service://"
_API = "api://"


def write_backstage(registry: RegistryMap, now: datetime) -> dict[str, str]:
    """One file with every live system as a component; nothing for an empty registry."""
    import yaml

    entities = Catalogue(registry).entities()
    if not entities:
        return {}
    text = yaml.safe_dump_all(entities, sort_keys=False, allow_unicode=True, width=120, explicit_start=True)
    return {FILE: text}


class Catalogue:
    """Names for everything, and the entities under them."""

    def __init__(self, registry: RegistryMap) -> None:
        self._registry = registry
        self._systems = sorted(registry.live_systems(), key=lambda one: one.id)
        self._names: dict[str, set[str]] = {}
        """The names that are taken, by kind and without regard to case."""
        self._components = {stored.id: self._component_name(stored) for stored in self._systems}
        self._resources: dict[str, tuple[str, str]] = {}
        """Kind and name of the entity that stands for each canonical resource."""
        self._owners: dict[str, str] = {}
        self._groups: dict[str, str] = {}

    def entities(self) -> list[JsonObject]:
        """All of them: components, then what lies between them, then who owns and holds them."""
        components = [self._component(stored) for stored in self._systems]
        between = [self._between(canonical, *named) for canonical, named in sorted(self._resources.items())]
        groups = [_entity("System", name, {"owner": self._owner("")}, {}) for name in sorted(self._groups.values())]
        owners = [
            _entity("Group", reference.removeprefix("group:"), {"type": "team", "children": []}, {})
            if reference.startswith("group:")
            else _entity("User", reference.removeprefix("user:"), {"memberOf": []}, {})
            for reference in sorted(set(self._owners.values()))
        ]
        return [*components, *between, *groups, *owners]

    def _component(self, stored: StoredSystem) -> JsonObject:
        system, facts = stored.system, mapping((stored.system.model_extra or {}).get("backstage"))
        lifecycle = words(facts.get("lifecycle")) or (
            "experimental" if system.tier is Tier.EXPERIMENTAL else "production"
        )
        spec: JsonObject = {
            "type": words(facts.get("type"), 100) or "service",
            "lifecycle": lifecycle,
            "owner": self._owner(system.owner),
        }
        if group := words(facts.get("system"), 200):
            spec["system"] = self._named(self._groups, group, "system")
        if parent := self._components.get(self._registry.known_as(system.parent) if system.parent else ""):
            spec["subcomponentOf"] = parent
        provided = self._accessed(stored, system.writes_to, "api")
        consumed = self._accessed(stored, system.reads_from, "api")
        needed = sorted(
            {
                f"component:{self._components[link.producer]}"
                for link in self._registry.producers(stored.id)
                if link.producer in self._components
            }
        )
        needed += [f"resource:{name}" for name in self._accessed(stored, system.reads_from, "resource")]
        self._accessed(stored, system.writes_to, "resource")
        for member, values in (("providesApis", provided), ("consumesApis", consumed), ("dependsOn", needed)):
            if values:
                spec[member] = values
        annotations = {SYSTEM_ID: stored.id}
        if stored.tier_basis is Basis.DECLARED:
            annotations[TIER] = system.tier.value
        entity = _entity("Component", self._components[stored.id], spec, annotations, system.description)
        if system.name and system.name != entity["metadata"]["name"]:
            entity["metadata"]["title"] = system.name
        if tags := [
            tag for tag in map(str, sequence(facts.get("tags"))) if _TAG.match(tag) and len(tag) <= LONGEST_NAME
        ]:
            entity["metadata"]["tags"] = tags
        return entity

    def _accessed(self, stored: StoredSystem, accesses: Iterable[Input | Output], kind: str) -> list[str]:
        """The names of the entities of one kind that stand for what the system accesses; services are components."""
        found: dict[str, None] = {}
        for access in accesses:
            canonical = stored.canonical_of(access.resource)
            if canonical.startswith(_SERVICE):
                continue
            named = self._resources.get(canonical)
            if named is None:
                wanted = "api" if canonical.startswith(_API) else "resource"
                plain = access.resource.removeprefix(_API).removeprefix("resource://")
                named = self._resources[canonical] = wanted, self._name(plain, wanted)
            if named[0] == kind:
                found[named[1]] = None
        return list(found)

    def _between(self, canonical: str, kind: str, name: str) -> JsonObject:
        """The API or resource of this canonical name, of its writers' owner, or else its readers'."""
        writers = self._exactly(self._registry.writers_of(canonical), canonical)
        readers = self._exactly(self._registry.readers_of(canonical), canonical)
        accesses = [access for found in (writers, readers) for _, access in sorted(found.items())]
        about = next((one for one in accesses if one.type), accesses[0])
        owners = [self._registry.systems[id_].system.owner for id_ in (*sorted(writers), *sorted(readers))]
        owner = self._owner(next((one for one in owners if one), ""))
        annotations = {RESOURCE: about.resource}
        if kind == "api":
            schema = self._schema(canonical)
            spec: JsonObject = {
                "type": "jsonschema" if schema is not None else about.type or "openapi",
                "lifecycle": "production",
                "owner": owner,
                "definition": "No definition is registered." if schema is None else json.dumps(schema, indent=2),
            }
            return _entity("API", name, spec, annotations)
        spec = {"type": about.type or "file", "owner": owner}
        if writers:
            spec["dependsOn"] = [f"component:{self._components[id_]}" for id_ in sorted(writers)]
        return _entity("Resource", name, spec, annotations)

    def _exactly(self, accessing: Mapping[str, Sequence[Input | Output]], canonical: str) -> dict[str, Input | Output]:
        """By system, what it accesses under this very name: a glob or folder is a resource of its own."""
        return {
            id_: access
            for id_, accesses in accessing.items()
            if id_ in self._components
            for access in accesses
            if self._registry.systems[id_].canonical_of(access.resource) == canonical
        }

    def _schema(self, canonical: str) -> JsonObject | None:
        """The full schema that a producer states of a resource."""
        stated = (
            contract.terms
            for _, contract in self._registry.contracts_on(canonical)
            if contract.type is ContractType.PRODUCER
        )
        return next((terms for terms in stated if isinstance(terms, dict) and not _is_short(terms)), None)

    def _component_name(self, stored: StoredSystem) -> str:
        facts = mapping((stored.system.model_extra or {}).get("backstage"))
        known = words(facts.get("entity")).rpartition("/")[2]
        return self._name(known or stored.id.removeprefix("sys_"), "component")

    def _owner(self, owner: str) -> str:
        kind, _, name = owner.rpartition(":")
        if kind not in ("", "group", "user"):
            kind, name = "", owner
        wanted = f"{kind or 'group'}:{name.strip() or _NOBODY}"

        def made() -> str:
            holder, _, plain = wanted.partition(":")
            return f"{holder}:{self._name(plain, holder)}"

        return _remembered(self._owners, wanted, made)

    def _named(self, known: dict[str, str], text: str, kind: str) -> str:
        return _remembered(known, text, lambda: self._name(text, kind))

    def _name(self, text: str, kind: str) -> str:
        """The text as the name of an entity, which none of its kind has; a hash tells long and equal ones apart."""
        plain = text if _NAME.match(text) else re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-") or "unnamed"
        taken = self._names.setdefault(kind, set())
        if len(plain) > LONGEST_NAME or plain.lower() in taken:
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            plain = f"{plain[-(LONGEST_NAME - 9) :].strip('-_.')}-{digest}"
        taken.add(plain.lower())
        return plain


def _is_short(terms: JsonObject) -> bool:
    """Whether the terms are no schema of their own, but the short form, or nothing."""
    return "required_fields" in terms or set(terms) <= {"format", "description", "title"}


def _remembered(known: dict[str, str], text: str, make: Callable[[], str]) -> str:
    if text not in known:
        known[text] = make()
    return known[text]


def _entity(
    kind: str, name: str, spec: JsonObject, annotations: Mapping[str, str], description: str = ""
) -> dict[str, Any]:
    metadata: JsonObject = {"name": name}
    if description:
        metadata["description"] = description
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": _VERSION, "kind": kind, "metadata": metadata, "spec": spec}
