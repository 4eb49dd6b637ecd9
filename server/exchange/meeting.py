"""How an entry of a source meets what is registered already (REG-11).

A source that describes systems from outside (`inferred`) only ever adds to or takes back what it said itself: each
access that it contributes carries the source's key. What an owner wrote wins, and nothing of it is lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from server.exchange.imported import Imported, ListedSystem
from server.model.contract import Basis, Contract
from server.model.system import Input, Output, StoredSystem, System
from server.model.tier import Tier
from server.registry.contract_ids import with_known_contract_ids

IMPORTED_FROM = "imported_from"
"""Member of an access or contract: the source that says so, or a list of them where several do."""

_SERVICE = "service://"

A = TypeVar("A", bound="Input | Output | Contract")
Canonical = Callable[[str, str], str]


@dataclass(frozen=True)
class Landing:
    """What becomes of one entry."""

    system: System
    tier_basis: Basis
    own: bool
    """The system belongs to this source; else the source only adds to what somebody else registered."""


def land(listed: ListedSystem, imported: Imported, existing: StoredSystem | None, *, canonical: Canonical) -> Landing:
    """The registration that results where this entry meets that registered system."""
    if not imported.inferred:
        # a registry file is somebody's own word
        system = with_known_contract_ids(listed.system, existing.system if existing else None)
        return Landing(system, listed.tier_basis, own=existing is None or existing.source in ("", imported.source))
    said = _marked(listed.system, imported.source)
    if existing is None:
        return Landing(said, listed.tier_basis, own=True)
    system = existing.system
    own = existing.source == imported.source or is_orphan(existing)
    if existing.source != imported.source and own:
        system = without_source(system, existing.source)
    said = _with_confirmations(with_known_contract_ids(said, system), system)
    changes: dict[str, Any] = {
        "reads_from": _joined(system.reads_from, said.reads_from, imported.source, system.root, canonical),
        "writes_to": _joined(system.writes_to, said.writes_to, imported.source, system.root, canonical),
        "contracts": _joined(system.contracts, said.contracts, imported.source, system.root, canonical),
    }
    tier, basis = system.tier, existing.tier_basis
    if own:
        changes["name"] = said.name
        changes["description"] = said.description or system.description
        changes["owner"] = said.owner or system.owner
        changes["timing"] = said.timing or system.timing
        changes["parent"] = said.parent or system.parent
        changes.update(said.model_extra or {})
        tier, basis = _tier(existing, listed)
    return Landing(system.model_copy(update={**changes, "tier": tier}), basis, own=own)


def is_orphan(existing: StoredSystem) -> bool:
    """Whether the source that a system belongs to no longer lists it, so that it is the next one's that does."""
    return bool(existing.source and existing.missing_since)


def without_source(system: System, source: str) -> System:
    """The system without what this source alone had said of it."""
    return system.model_copy(
        update={
            "reads_from": _without(system.reads_from, source),
            "writes_to": _without(system.writes_to, source),
            "contracts": _without(system.contracts, source),
        }
    )


def renamed(imported: Imported, taken: Sequence[str]) -> Imported:
    """The source with these items under names that its project goes before, where another project has theirs."""
    moved_ids = {
        listed.item: f"sys_{imported.project}.{listed.system.id.removeprefix('sys_')}"[:120]
        for listed in imported.systems
        if listed.item in taken
    }
    resources = {
        resource: f"{_SERVICE}{imported.project}.{resource.removeprefix(_SERVICE)}"
        for listed in imported.systems
        if listed.item in taken
        for resource in _services_of(listed.system)
    }

    def moved_name(resource: str) -> dict[str, str]:
        return {"resource": resources.get(resource, resource)}

    def moved(listed: ListedSystem) -> ListedSystem:
        system = listed.system
        return listed.model_copy(
            update={
                "system": system.model_copy(
                    update={
                        "id": moved_ids.get(listed.item, system.id),
                        "reads_from": tuple(
                            access.model_copy(update=moved_name(access.resource)) for access in system.reads_from
                        ),
                        "writes_to": tuple(
                            access.model_copy(update=moved_name(access.resource)) for access in system.writes_to
                        ),
                    }
                )
            }
        )

    return imported.model_copy(update={"systems": tuple(moved(listed) for listed in imported.systems)})


def taken_by_others(imported: Imported, registered: Mapping[str, StoredSystem]) -> list[str]:
    """Items whose id, or one of whose services, belongs to a system of another project of the same kind."""
    if not imported.project:
        return []
    others = {
        stored.id: stored.system
        for stored in registered.values()
        if not stored.archived and _is_of_another(stored, imported)
    }
    services = {resource for system in others.values() for resource in _services_of(system)}
    return [
        listed.item
        for listed in imported.systems
        if listed.system.id in others or not services.isdisjoint(_services_of(listed.system))
    ]


def _is_of_another(stored: StoredSystem, imported: Imported) -> bool:
    """Whether a system belongs to another project of this kind."""
    if stored.source in ("", imported.source) or not stored.source.startswith(f"{imported.kind}:"):
        return False
    facts = (stored.system.model_extra or {}).get(imported.kind)
    return isinstance(facts, Mapping) and facts.get("project") != imported.project


def _services_of(system: System) -> list[str]:
    return [output.resource for output in system.writes_to if output.resource.startswith(_SERVICE)]


def _tier(existing: StoredSystem, listed: ListedSystem) -> tuple[Tier, Basis]:
    """A guess of the source never replaces a tier that somebody stated."""
    if listed.tier_basis is not Basis.DECLARED and existing.tier_basis is Basis.DECLARED:
        return existing.system.tier, existing.tier_basis
    return listed.system.tier, listed.tier_basis


def _marked(system: System, source: str) -> System:
    mark = {IMPORTED_FROM: source}
    return system.model_copy(
        update={
            "reads_from": tuple(access.model_copy(update=mark) for access in system.reads_from),
            "writes_to": tuple(access.model_copy(update=mark) for access in system.writes_to),
            "contracts": tuple(contract.model_copy(update=mark) for contract in system.contracts),
        }
    )


def _with_confirmations(said: System, registered: System) -> System:
    """The same, but a contract that a person confirmed and that still says the same stays confirmed."""
    confirmed = {
        (contract.contract_id, contract.resource): contract
        for contract in registered.contracts
        if "confirmed" in (contract.model_extra or {})
    }
    if not confirmed:
        return said

    def kept(contract: Contract) -> Contract:
        known = confirmed.get((contract.contract_id, contract.resource))
        if known is None or not contract.contract_id:
            return contract
        extra = {**(contract.model_extra or {}), "confirmed": (known.model_extra or {})["confirmed"]}
        promoted = contract.model_copy(update={"basis": known.basis, **extra})
        return promoted if promoted == known else contract

    return said.model_copy(update={"contracts": tuple(kept(contract) for contract in said.contracts)})


def _joined(
    registered: tuple[A, ...], said: tuple[A, ...], source: str, root: str, canonical: Canonical
) -> tuple[A, ...]:
    """What others said, in its place, then what the source says of anything that they did not mention.

    What several sources say stands once, with all their keys: it goes when the last of them no longer says it.
    """
    stated: dict[tuple[str, str], list[A]] = {}
    for access in said:
        stated.setdefault(_subject(access, root, canonical), []).append(access)
    met = {_subject(access, root, canonical) for access in registered if not _sources_of(access)}
    found: list[A] = []
    for access in registered:
        subject, sources = _subject(access, root, canonical), _sources_of(access)
        if not sources:
            found.append(access)
        elif sources[0] != source:
            others = tuple(one for one in sources if one != source)
            # in its old place, so that importing unchanged files by turns changes nothing
            confirmed = sources if source in sources else (*sources, source)
            found.append(_of_sources(access, confirmed if subject in stated else others))
            met.add(subject)
        elif subject in stated and subject not in met:
            found += [_of_sources(one, sources) for one in stated[subject]]
            met.add(subject)
        elif subject not in stated and sources[1:]:
            found.append(_of_sources(access, sources[1:]))
    return (*found, *(access for access in said if _subject(access, root, canonical) not in met))


def _subject(access: Input | Output | Contract, root: str, canonical: Canonical) -> tuple[str, str]:
    """What an access or a contract is about: of a resource, a promise and a need are two."""
    return canonical(access.resource, root), access.type.value if isinstance(access, Contract) else ""


def _sources_of(access: Input | Output | Contract) -> tuple[str, ...]:
    """The sources that say so, the one whose words it is in first; none for an owner's own word."""
    said = (access.model_extra or {}).get(IMPORTED_FROM, ())
    return (said,) if isinstance(said, str) else tuple(str(one) for one in said)


def _of_sources(access: A, sources: tuple[str, ...]) -> A:
    if sources == _sources_of(access):
        return access
    mark = {IMPORTED_FROM: sources[0] if len(sources) == 1 else list(sources)}
    return cast("A", access.model_copy(update=mark))


def _without(accesses: tuple[A, ...], source: str) -> tuple[A, ...]:
    left = ((access, tuple(one for one in _sources_of(access) if one != source)) for access in accesses)
    return tuple(
        _of_sources(access, sources) if sources else access
        for access, sources in left
        if sources or not _sources_of(access)
    )
