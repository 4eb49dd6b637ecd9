"""Who provides, consumes, depends on and belongs to what in a catalogue; every reference is looked up and told."""

from collections.abc import Iterator
from dataclasses import dataclass

from server.exchange.backstage.catalogue import Catalogue, Entity
from server.exchange.backstage.references import Reference, read_reference
from server.exchange.imported import Remarks

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Relation:
    """A component's reference to something that it reads or provides."""

    target: Reference
    said: str
    """The words of the catalogue: `dependsOn component:default/orders`."""
    held: bool
    """Whether the catalogue holds the entity that is meant."""


class Relations:
    """The relations of every entity, each read once."""

    def __init__(self, catalogue: Catalogue, remarks: Remarks) -> None:
        self._catalogue = catalogue
        self._remarks = remarks
        self.consumes: dict[Key, list[Relation]] = {}
        """By component, in the order of reading: the APIs that it consumes."""
        self.provides: dict[Key, list[Relation]] = {}
        """By component: the APIs that it provides."""
        self.depends: dict[Key, list[Relation]] = {}
        """By component: the components and resources that it depends on."""
        self.writes: dict[Key, list[Relation]] = {}
        """By component: the resources that depend on it."""
        self.part_of: dict[Key, Reference] = {}
        """By component: the component that it is a part of."""
        self.groups: dict[Key, Reference] = {}
        """By component: the System entity that it belongs to."""
        self.owners: dict[Key, str] = {}
        """By entity: whom to ask, as people write it."""
        self._spelt: dict[Key, Reference] = {}
        """What the catalogue does not hold, as it was spelt first."""
        self.unknown_owners: dict[str, None] = {}
        """Owners that the catalogue holds no entity of."""
        for entity in list(catalogue.entities.values()):
            self._read(entity)
        self.providers: dict[Key, list[Key]] = _reversed(self.provides)
        """By API: the components that provide it."""
        self.users: dict[Key, list[Key]] = _reversed(self.depends)
        """By component or resource: the components that depend on it."""
        self.writers: dict[Key, list[Key]] = _reversed(self.writes)
        """By resource: the components that it depends on."""
        self.consumers: dict[Key, list[Key]] = _reversed(self.consumes)
        """By API: the components that consume it."""

    def look_up(self, entity: Entity, member: str, kind: str, allowed: tuple[str, ...]) -> list[Relation]:
        """What the member of the entity's spec names; a wrong kind is told and left out, a missing entity is told."""
        found: list[Relation] = []
        for place, value in entity.texts(member):
            target = read_reference(value, kind=kind, namespace=entity.reference.namespace)
            if target is None:
                self._remarks.unmapped(place, f"{str(value)[:100]!r} is no reference to an entity")
                continue
            known = self._catalogue.find(target)
            held = known is not None
            target = known.reference if known else self._spelt.setdefault(target.key, target)
            if target.kind not in allowed:
                self._remarks.dangling(
                    str(entity.reference),
                    str(target),
                    f"{place}: {member} must name {_one_of(allowed)}, and this is a {target.kind}: not followed"
                    + ("" if held else "; nor does the catalogue hold it"),
                )
                continue
            if not held:
                self._remarks.dangling(
                    str(entity.reference), str(target), f"{place}: the catalogue holds no such entity ({member})"
                )
            if all(target.key != other.target.key for other in found):
                found.append(Relation(target, f"{member} {target}", held))
        return found

    def _read(self, entity: Entity) -> None:
        key, kind = entity.reference.key, entity.reference.kind
        if kind in ("component", "api", "resource", "system", "domain"):
            self._read_owner(entity)
        match kind:
            case "component":
                self._read_component(entity)
            case "resource":
                self._read_resource(entity)
            case "api":
                self._read_group(entity)
            case "system":
                self.look_up(entity, "domain", "domain", ("domain",))
            case "domain":
                self.look_up(entity, "subdomainOf", "domain", ("domain",))
        self.consumes.setdefault(key, [])
        self.provides.setdefault(key, [])
        self.depends.setdefault(key, [])

    def _read_component(self, entity: Entity) -> None:
        key = entity.reference.key
        self.consumes[key] = self.look_up(entity, "consumesApis", "api", ("api",))
        self.provides[key] = self.look_up(entity, "providesApis", "api", ("api",))
        own = self.look_up(entity, "dependsOn", "component", ("component", "resource"))
        self.depends.setdefault(key, []).extend(one for one in own if one.target.key != key)
        self._read_users(entity)
        for relation in self.look_up(entity, "subcomponentOf", "component", ("component",)):
            self.part_of[key] = relation.target
        self._read_group(entity)

    def _read_resource(self, entity: Entity) -> None:
        self._read_users(entity)
        self._read_group(entity)
        for relation in self.look_up(entity, "dependsOn", "component", ("component", "resource")):
            if relation.target.kind == "component" and relation.held:
                # who depends on the resource depends through it on this component: it reads what the component writes
                said = f"{entity.reference} {relation.said}"
                self.writes.setdefault(relation.target.key, []).append(Relation(entity.reference, said, held=True))
            elif relation.held:
                self._remarks.unmapped(
                    entity.document.at("spec", "dependsOn"),
                    f"{entity.reference} depends on {relation.target}, but resources are no systems",
                )

    def _read_users(self, entity: Entity) -> None:
        """`dependencyOf`: the same relation, told from the other side."""
        for relation in self.look_up(entity, "dependencyOf", "component", ("component", "resource")):
            if relation.target.kind == "component" and relation.held:
                said = f"dependencyOf of {entity.reference}"
                others = self.depends.setdefault(relation.target.key, [])
                others.append(Relation(entity.reference, said, held=True))
            elif relation.held:
                self._remarks.unmapped(
                    entity.document.at("spec", "dependencyOf"),
                    f"{relation.target} depends on {entity.reference}, but a resource is no system",
                )

    def _read_group(self, entity: Entity) -> None:
        for relation in self.look_up(entity, "system", "system", ("system",)):
            self.groups[entity.reference.key] = relation.target

    def _read_owner(self, entity: Entity) -> None:
        for place, value in entity.texts("owner"):
            target = read_reference(value, kind="group", namespace=entity.reference.namespace)
            if target is None:
                self._remarks.unmapped(place, f"{str(value)[:100]!r} is no reference to an owner")
                continue
            shown = target.plain if target.kind == "group" else f"{target.kind}:{target.plain}"
            self.owners[entity.reference.key] = shown
            if target.kind not in ("group", "user"):
                self._remarks.dangling(
                    str(entity.reference),
                    str(target),
                    f"{place}: owner must name a group or user, and this is a {target.kind}",
                )
            elif self._catalogue.find(target) is None:
                self.unknown_owners[shown] = None


def _reversed(relations: dict[Key, list[Relation]]) -> dict[Key, list[Key]]:
    found: dict[Key, list[Key]] = {}
    for key, related in _pairs(relations):
        found.setdefault(related, [])
        if key not in found[related]:
            found[related].append(key)
    return found


def _pairs(relations: dict[Key, list[Relation]]) -> Iterator[tuple[Key, Key]]:
    for key, related in relations.items():
        for relation in related:
            yield key, relation.target.key


def _one_of(kinds: tuple[str, ...]) -> str:
    return " or ".join(f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}" for kind in kinds)
