"""What a check was asked: the changes as values, the resource each is about, and who proposes them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.conflicts.effects import as_written
from server.conflicts.facets.amounts import check_capacity
from server.conflicts.facets.timing_needs import check_timing
from server.errors import InvalidArgument
from server.model.change import Change, facets_of
from server.model.contract import ContractType
from server.model.reading import read_value
from server.model.system import StoredSystem
from server.registry.map import RegistryMap
from server.registry.naming import close_resources, contract_called, find_system, resource_meant
from server.registry.resources import without_credentials

MOST_CHANGES = 100
SchemaCheck = Callable[[Any], None]


@dataclass(frozen=True)
class Asked:
    """Who proposes what, with the canonical name of each change's resource ("" for an internal change)."""

    source: StoredSystem
    changes: tuple[tuple[Change, str], ...]


def read_changes(documents: Sequence[Any], *, check_schema: SchemaCheck) -> tuple[Change, ...]:
    """The changes that these documents describe. Raises InvalidArgument with the place of the first mistake."""
    if not documents:
        raise InvalidArgument(
            "There is no change to check.",
            path="/changes",
            hint="Give resource with new_schema, patch, samples_after, or a list of changes.",
        )
    if len(documents) > MOST_CHANGES:
        raise InvalidArgument(f"{len(documents)} changes are more than {MOST_CHANGES}.", path="/changes")
    return tuple(
        _read_change(document, f"/changes/{position}", check_schema) for position, document in enumerate(documents)
    )


def resolve(
    registry: RegistryMap,
    changes: Sequence[Change],
    source_system: str,
    caller: str,
    canonical: Callable[[str, str], str],
) -> Asked:
    """The changes with their resources found, and the system that proposes them.

    Without `source_system` it is the caller, or the only system that writes (or for a reader's change: reads) what is
    changed. Raises NotFound, or InvalidArgument where nobody can be meant.
    """
    named = source_system or caller
    source = registry.systems[find_system(registry, named, path="/source_system")] if named else None
    if source is not None and source.archived:
        raise InvalidArgument(f"{source.id} is archived.", path="/source_system", hint="Restore it first.")
    if source is None:
        source = _only_party(registry, changes, canonical)
    found = [_found(registry, change, canonical, source, position) for position, change in enumerate(changes)]
    return Asked(source, tuple(found))


def _found(
    registry: RegistryMap, change: Change, canonical: Callable[[str, str], str], source: StoredSystem, position: int
) -> tuple[Change, str]:
    """The change with the names in it as they are registered, and the canonical name of its resource."""
    if change.removes_dependency and change.removes_dependency not in source.system.dependencies:
        producer = find_system(registry, change.removes_dependency, path=f"/changes/{position}/removes_dependency")
        change = change.model_copy(update={"removes_dependency": producer})
    if not change.resource:
        return change, ""
    contract_id = contract_called(registry, change.resource)
    if contract_id:
        change = change.model_copy(update={"resource": contract_id})
    return change, resource_meant(
        registry, change.resource or "", canonical, source, path=f"/changes/{position}/resource"
    )


def _read_change(document: Any, at: str, check_schema: SchemaCheck) -> Change:
    if not isinstance(document, Mapping):
        raise InvalidArgument(
            "A change is a JSON object.", path=at, hint='Such as {"resource": "…", "new_schema": {…}}.'
        )
    change = read_value(Change, document, at=at, what="change")
    if change.timing is not None:
        check_timing(change.timing, f"{at}/timing")
    check_capacity(change.capacity, f"{at}/capacity")
    if change.resource is not None:
        change = change.model_copy(update={"resource": without_credentials(change.resource)})
    for member, schema in (("new_schema", change.new_schema), ("reader_schema", change.reader_schema)):
        if schema is None:
            continue
        try:
            check_schema(schema)
        except InvalidArgument as error:
            error.path = f"{at}/{member}{error.path}"
            raise
    facets = facets_of(change)
    if change.resource is not None and not facets and not change.description.strip():
        raise InvalidArgument(
            f"The change to {change.resource} does not say what changes.",
            path=at,
            hint="Add new_schema, patch, samples_after, removes, timing, format, semantics, capacity, reads, reader_schema or description.",
        )
    needing = [facet for facet in facets if facet != "removes_dependency"]
    if change.resource is None and needing:
        raise InvalidArgument(
            f"{needing[0]} says what changes, but not of which resource.",
            path=f"{at}/resource",
            hint="Name the path or URI as it is registered, or a contract's id.",
        )
    schemas = [name for name in ("new_schema", "patch", "merge_patch") if name in facets]
    if len(schemas) > 1:
        raise InvalidArgument(
            f"{' and '.join(schemas)} both say what the schema will be.",
            path=f"{at}/{schemas[1]}",
            hint="Send one of them.",
        )
    return change


def _only_party(registry: RegistryMap, changes: Sequence[Change], canonical: Callable[[str, str], str]) -> StoredSystem:
    """The one system that can be meant by changes that don't say whose they are."""
    candidates: set[str] = set()
    for change in changes:
        if change.resource is None:
            continue
        name = resource_meant(registry, change.resource, canonical, None, path="/changes/0/resource")
        reading = change.reader_schema is not None or change.reads is not None
        if reading:
            candidates |= set(registry.readers_of(name)) | _holders(
                registry, contract_called(registry, change.resource), ContractType.CONSUMER
            )
        else:
            candidates |= _exact_writers(registry, name)
    if len(candidates) == 1:
        return registry.systems[candidates.pop()]
    what = next((change.resource for change in changes if change.resource), "this change")
    if candidates:
        raise InvalidArgument(
            f"Several systems could be meant by a change to {what}.",
            path="/source_system",
            hint="Say which one proposes it.",
            allowed=tuple(sorted(candidates)[:20]),
        )
    like = _like(registry, changes, canonical)
    raise InvalidArgument(
        f"No registered system writes {what}, so source_system is needed.",
        path="/source_system",
        hint=(f"Did you mean {' or '.join(like[:2])}? Else name" if like else "Name")
        + " the system that proposes the change; find_systems lists them. Register it first if it is new.",
    )


def _like(registry: RegistryMap, changes: Sequence[Change], canonical: Callable[[str, str], str]) -> tuple[str, ...]:
    """Registered resources that those of the changes which nobody reads or writes may be slips for."""
    names = [canonical(change.resource, "") for change in changes if change.resource]
    unknown = [name for name in names if not registry.reads.overlapping(name) and not registry.writes.overlapping(name)]
    like = dict.fromkeys(like for name in unknown for like in close_resources(registry, name))
    return tuple(_as_its_parties_write(registry, name) for name in like)


def _as_its_parties_write(registry: RegistryMap, name: str) -> str:
    """The resource as the first of its writers, else of its readers, names it."""
    parties = [*sorted(registry.writers_of(name)), *sorted(registry.readers_of(name))]
    return as_written(registry.systems[parties[0]], name) if parties else name


def _exact_writers(registry: RegistryMap, name: str) -> set[str]:
    """Who writes just this; where nobody does, who writes a folder or pattern around it."""
    around = registry.writers_of(name)
    exact = {
        system_id
        for system_id, outputs in around.items()
        if any(registry.systems[system_id].canonical_of(output.resource) == name for output in outputs)
    }
    return exact or set(around)


def _holders(registry: RegistryMap, contract_id: str, kind: ContractType) -> set[str]:
    return {
        holder
        for holder in registry.contract_holders.get(contract_id, ())
        for contract in registry.systems[holder].system.contracts
        if contract.contract_id == contract_id and contract.type is kind
    }
