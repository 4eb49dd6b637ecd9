"""Which entries are held against which resources. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from server.model.contract import Contract, ContractType
from server.model.system import StoredSystem, Timing
from server.registry.map import RegistryMap


@dataclass(frozen=True)
class Target:
    """One entry and the resource that it is held against."""

    holder: StoredSystem
    contract: Contract
    canonical: str
    stated_form: str
    """What is said of the layout of the data."""
    timing: Timing | None
    """Of whoever writes it."""
    others: tuple[Contract, ...]
    """The consumers' entries on the same resource."""


def targets(registry: RegistryMap, *, contract_id: str = "", system_id: str = "") -> list[Target]:
    """Every producer's entry, and the consumers' where no producer says what the data is; those asked for by id alone.

    In order of system and contract. A consumer's entry that is asked for is looked at whatever the producer says.
    """
    found = [
        target
        for stored in sorted(registry.live_systems(), key=lambda one: one.id)
        if not system_id or stored.id == system_id
        for target in _of_system(registry, stored, contract_id)
    ]
    return sorted(found, key=lambda one: (one.holder.id, one.contract.contract_id))


def _of_system(registry: RegistryMap, stored: StoredSystem, wanted: str) -> Iterator[Target]:
    for contract in {one.contract_id: one for one in reversed(stored.system.contracts)}.values():
        if wanted and contract.contract_id != wanted:
            continue
        name = stored.canonical_of(contract.resource)
        entries = registry.contracts_on(name)
        if contract.type is ContractType.CONSUMER and any(
            one.type is ContractType.PRODUCER and one.terms != {} and (not wanted or one.contract_id == wanted)
            for _, one in entries
        ):
            continue
        writer = stored if contract.type is ContractType.PRODUCER else _writer(registry, contract, name)
        yield Target(
            holder=stored,
            contract=contract,
            canonical=name,
            stated_form=_form(contract, writer, name),
            timing=writer.system.timing if writer else None,
            others=tuple(one for _, one in entries if one.type is ContractType.CONSUMER),
        )


def _writer(registry: RegistryMap, contract: Contract, name: str) -> StoredSystem | None:
    named = registry.live(registry.known_as(contract.counterparty)) if contract.counterparty else None
    if named is not None:
        return named
    writers = sorted(registry.writers_of(name))
    return registry.live(writers[0]) if len(writers) == 1 else None


def _form(contract: Contract, writer: StoredSystem | None, name: str) -> str:
    terms = contract.terms if isinstance(contract.terms, dict) else {}
    parts = [str(terms.get("format", ""))]
    if writer is not None:
        parts += [one.format for one in writer.system.writes_to if writer.canonical_of(one.resource) == name]
    return " ".join(filter(None, parts))
