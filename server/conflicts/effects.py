"""What stands registered once a change is in: only the proposing system's own registration changes by its proposal."""

from collections.abc import Callable, Iterable, Sequence

from server.conflicts.changes import changes_schema, schema_after
from server.conflicts.schemas import Schema, array_of, read_terms
from server.model.change import Change, TimingChange
from server.model.contract import Contract, ContractType, Meaning
from server.model.system import StoredSystem, System, Timing
from server.registry.map import RegistryMap
from server.registry.resources import overlaps

Changes = Sequence[tuple[Change, str]]
"""Changes with the canonical name of each one's resource ("" for an internal change)."""


def registered_after(registry: RegistryMap, source: StoredSystem, changes: Changes) -> StoredSystem:
    """The source as it will be registered when these changes are in, made one after the other.

    Raises InvalidArgument where a change does not fit what is registered.
    """
    for change, name in changes:
        if change.removes_dependency:
            source = _without_dependency(registry, source, change.removes_dependency)
        if name:
            source = _with_change(registry, source, change.model_copy(update={"base_hash": ""}), name)
    return source


def _with_change(registry: RegistryMap, source: StoredSystem, change: Change, name: str) -> StoredSystem:
    written = as_written(source, name)
    source = source.model_copy(update={"canonical": {**source.canonical, written: name}})
    if change.removes:
        return _without_output(source, name)
    if changes_schema(change):
        source = _with_schema(registry, source, change, name, written)
    if change.reader_schema is not None or change.reads is not None:
        said = {"reader_schema": change.reader_schema, "reads": change.reads}
        source = _contracts_with(
            source, name, written, ContractType.CONSUMER, lambda entry: entry.model_copy(update=said)
        )
    side = ContractType.PRODUCER if _writes(source, name) else ContractType.CONSUMER
    if change.semantics:
        source = _contracts_with(source, name, written, side, lambda entry: _with_meanings(entry, change.semantics))
    if change.capacity:
        source = _contracts_with(
            source,
            name,
            written,
            side,
            lambda entry: entry.model_copy(update={"capacity": {**entry.capacity, **change.capacity}}),
        )
    if change.timing is not None:
        source = _with_system(source, timing=_timing(source.system.timing, change.timing))
    if change.format is not None and (form := change.format.container or change.format.media_type):
        outputs = tuple(
            output.model_copy(update={"format": form})
            if overlaps(source.canonical_of(output.resource), name)
            else output
            for output in source.system.writes_to
        )
        source = _with_system(source, writes_to=outputs)
    return source


def _with_schema(registry: RegistryMap, source: StoredSystem, change: Change, name: str, written: str) -> StoredSystem:
    """Every contract of the writer on the resource states the new schema; where it has none, one more does."""
    stated = [
        (holder, entry) for holder, entry in registry.contracts_on(name) if entry.terms and holder.id != source.id
    ]
    own = [entry for entry in source.system.contracts if _on(source, entry, name, ContractType.PRODUCER)]
    named = next((entry.terms for entry in own if entry.contract_id == change.resource), None)
    others = next((entry.terms for _, entry in stated if entry.type is ContractType.CONSUMER), None)

    def restated(entry: Contract) -> Contract:
        return entry.model_copy(update={"terms": _terms_after(change, named or entry.terms or others)})

    return _contracts_with(source, name, written, ContractType.PRODUCER, restated)


def _terms_after(change: Change, terms: Schema | None) -> Schema:
    """As `schema` of a contract; what speaks of items today speaks of an array of them then."""
    after = schema_after(change, terms)
    stated = None if terms is None else read_terms(terms)
    if stated is not None and stated.of_items and not (isinstance(after, dict) and after.get("type") == "array"):
        return array_of(True if after is None else after)
    return after or True


def _contracts_with(
    source: StoredSystem, name: str, written: str, side: ContractType, changed: Callable[[Contract], Contract]
) -> StoredSystem:
    """The source's entries of that side on the resource, changed; where it has none, one more."""
    contracts = tuple(changed(entry) if _on(source, entry, name, side) else entry for entry in source.system.contracts)
    if not any(_on(source, entry, name, side) for entry in contracts):
        contracts = (*contracts, changed(Contract(type=side, resource=written)))
    return _with_system(source, contracts=contracts)


def _with_meanings(entry: Contract, meanings: Iterable[Meaning]) -> Contract:
    """Each path means what was said of it last; what was not said again stays."""
    known = {meaning.path: meaning for meaning in entry.semantics}
    for meaning in meanings:
        said = {member: getattr(meaning, member) for member in meaning.model_fields_set}
        known[meaning.path] = known.get(meaning.path, meaning).model_copy(update=said)
    return entry.model_copy(update={"semantics": tuple(known.values())})


def _timing(present: Timing | None, change: TimingChange) -> Timing:
    said = change.model_dump(exclude_defaults=True)
    kept = present.model_dump() if present is not None else {}
    if "schedule" in said:
        kept.pop("interval_seconds", None)
    elif "interval_seconds" in said:
        kept.pop("schedule", None)
    return Timing.model_validate({**kept, **said})


def _without_output(source: StoredSystem, name: str) -> StoredSystem:
    return _with_system(
        source,
        writes_to=tuple(o for o in source.system.writes_to if not overlaps(source.canonical_of(o.resource), name)),
        contracts=tuple(c for c in source.system.contracts if not _on(source, c, name, ContractType.PRODUCER)),
    )


def _without_dependency(registry: RegistryMap, source: StoredSystem, producer: str) -> StoredSystem:
    def written_there(resource: str) -> bool:
        return producer in registry.writers_of(source.canonical_of(resource))

    return _with_system(
        source,
        reads_from=tuple(access for access in source.system.reads_from if not written_there(access.resource)),
        contracts=tuple(
            entry
            for entry in source.system.contracts
            if entry.type is not ContractType.CONSUMER or registry.known_as(entry.counterparty) != producer
        ),
        dependencies=tuple(other for other in source.system.dependencies if registry.known_as(other) != producer),
    )


def _with_system(source: StoredSystem, **members: object) -> StoredSystem:
    system: System = source.system.model_copy(update=members)
    return source.model_copy(update={"system": system})


def _on(source: StoredSystem, entry: Contract, name: str, side: ContractType) -> bool:
    return entry.type is side and overlaps(source.canonical_of(entry.resource), name)


def _writes(source: StoredSystem, name: str) -> bool:
    return any(overlaps(source.canonical_of(output.resource), name) for output in source.system.writes_to)


def as_written(source: StoredSystem, name: str, *, otherwise: str = "") -> str:
    """The resource as the source names it; where it does not, as said, or by its canonical name."""
    system = source.system
    named = [one.resource for one in system.writes_to] + [one.resource for one in system.reads_from]
    named += [entry.resource for entry in system.contracts]
    return next((resource for resource in named if source.canonical_of(resource) == name), otherwise or name)
