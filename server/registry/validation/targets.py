"""Which entries are held against which resources. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

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
    """The other side's entries on the same resource."""
    writer: str = ""
    """Id of the system that writes it, or is said to; empty where that is not known."""
    asked_for: bool = True
    """Whether a look is recorded; otherwise it only shows whether the writer itself sees the same."""

    @property
    def produced(self) -> bool:
        """Whether it is the writer's own entry."""
        return self.contract.type is ContractType.PRODUCER


def targets(registry: RegistryMap, *, contract_id: str = "", system_id: str = "") -> list[list[Target]]:
    """Every live entry, or those of a contract or system, together with all others on the very same resource.

    Producers' entries come first in each, else they are in order of system and contract. With the entries asked for come
    the producers' on their resources, which are not asked for themselves.
    """
    found = [
        target
        for stored in sorted(registry.live_systems(), key=lambda one: one.id)
        if not system_id or stored.id == system_id
        for target in _of_system(registry, stored, contract_id)
    ]
    together: dict[str, list[Target]] = {}
    for target in sorted(found, key=lambda one: (one.holder.id, one.contract.contract_id)):
        together.setdefault(target.canonical, []).append(target)
    if contract_id or system_id:
        for name, several in together.items():
            known = {(one.holder.id, one.contract.contract_id) for one in several}
            several.extend(_producers(registry, name, known))
    return [sorted(several, key=lambda one: not one.produced) for several in together.values()]


def _producers(registry: RegistryMap, name: str, known: set[tuple[str, str]]) -> Iterator[Target]:
    for stored, entry in registry.contracts_on(name):
        if entry.type is ContractType.PRODUCER and (stored.id, entry.contract_id) not in known:
            for target in _of_system(registry, stored, entry.contract_id):
                if target.canonical == name and target.produced:
                    yield replace(target, asked_for=False)


def _of_system(registry: RegistryMap, stored: StoredSystem, wanted: str) -> Iterator[Target]:
    for contract in {one.contract_id: one for one in reversed(stored.system.contracts)}.values():
        if wanted and contract.contract_id != wanted:
            continue
        name = stored.canonical_of(contract.resource)
        entries = registry.contracts_on(name)
        writer = stored if contract.type is ContractType.PRODUCER else _writer(registry, contract, name)
        yield Target(
            holder=stored,
            contract=contract,
            canonical=name,
            stated_form=_form(contract, writer, name),
            timing=writer.system.timing if writer else None,
            others=tuple(one for _, one in entries if one.type is not contract.type),
            writer=writer.id if writer else contract.counterparty,
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
