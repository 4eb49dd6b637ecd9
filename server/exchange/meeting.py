"""How an entry of a source meets what is registered already (REG-11).

A source that describes systems from outside (`inferred`) only ever adds to or takes back what it said itself: each
access that it contributes carries the source's key. What an owner wrote wins, and nothing of it is lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from server.exchange.imported import Imported, ListedSystem
from server.model.contract import Basis, Contract
from server.model.system import Input, Output, StoredSystem, System
from server.model.tier import Tier
from server.registry.contract_ids import with_known_contract_ids

IMPORTED_FROM = "imported_from"
"""Member of an access: the source that says so."""

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
    own = existing.source == imported.source
    system = existing.system
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


def without_source(system: System, source: str) -> System:
    """The system without what this source had said of it."""
    return system.model_copy(
        update={
            "reads_from": tuple(access for access in system.reads_from if _source_of(access) != source),
            "writes_to": tuple(access for access in system.writes_to if _source_of(access) != source),
            "contracts": tuple(contract for contract in system.contracts if _source_of(contract) != source),
        }
    )


def renamed(imported: Imported, taken: Sequence[str]) -> Imported:
    """The source with these items under names that its project goes before, where another project has theirs."""
    names = {item: f"{imported.project}.{item}" for item in taken}
    resources = {f"service://{item}": f"service://{name}" for item, name in names.items()}

    def moved_name(resource: str) -> dict[str, str]:
        return {"resource": resources.get(resource, resource)}

    def moved(listed: ListedSystem) -> ListedSystem:
        system = listed.system
        return listed.model_copy(
            update={
                "system": system.model_copy(
                    update={
                        "id": f"sys_{names[listed.item]}"[:120] if listed.item in names else system.id,
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
    """Items whose id belongs to a system of another project of the same kind."""
    if not imported.project:
        return []
    taken = []
    for listed in imported.systems:
        other = registered.get(listed.system.id)
        facts = (other.system.model_extra or {}).get(imported.kind) if other else None
        if (
            other is not None
            and other.source not in ("", imported.source)
            and other.source.startswith(f"{imported.kind}:")
            and isinstance(facts, Mapping)
            and facts.get("project") != imported.project
        ):
            taken.append(listed.item)
    return taken


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
    """What others said, in its place, then what the source says of anything that they did not mention."""
    kept: list[A] = [access for access in registered if _source_of(access) != source]
    known = {_subject(access, root, canonical) for access in kept}
    return (*kept, *(access for access in said if _subject(access, root, canonical) not in known))


def _subject(access: Input | Output | Contract, root: str, canonical: Canonical) -> tuple[str, str]:
    """What an access or a contract is about: of a resource, a promise and a need are two."""
    return canonical(access.resource, root), access.type.value if isinstance(access, Contract) else ""


def _source_of(access: Input | Output | Contract) -> str:
    return str((access.model_extra or {}).get(IMPORTED_FROM, ""))
