"""What a registry file repeats although it follows from its systems' accesses (REG-8)."""

from collections.abc import Iterable

from server.exchange.imported import ListedSystem
from server.exchange.meeting import Canonical
from server.model.system import StoredSystem
from server.registry.map import RegistryMap


def without_derived(listed: Iterable[ListedSystem], canonical: Canonical) -> tuple[ListedSystem, ...]:
    """The same systems, without the dependencies and dependents that follow from what they read of each other.

    A file that was exported lists both kinds alike. Were what follows taken for a declaration, it would outlive the
    access that it follows from, as a phantom edge. What no access bears out stays, as its owner's word.
    """
    entries = list(listed)
    plain = RegistryMap(_plain(one, canonical) for one in entries)
    follows = {
        one.system.id: {link.producer for link in plain.producers(one.system.id) if link.stated == "reads_from"}
        for one in entries
    }
    followed: dict[str, set[str]] = {}
    for consumer, producers in follows.items():
        for producer in producers:
            followed.setdefault(producer, set()).add(consumer)
    return tuple(
        one.model_copy(
            update={
                "system": one.system.model_copy(
                    update={
                        "dependencies": _without(one.system.dependencies, follows[one.system.id]),
                        "dependents": _without(one.system.dependents, followed.get(one.system.id, set())),
                    }
                )
            }
        )
        for one in entries
    )


def _without(names: tuple[str, ...], derived: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in derived)


def _plain(listed: ListedSystem, canonical: Canonical) -> StoredSystem:
    system = listed.system
    names = [access.resource for access in (*system.reads_from, *system.writes_to)]
    names += [contract.resource for contract in system.contracts]
    return StoredSystem(
        system=system, version=1, revision=1, canonical={name: canonical(name, system.root) for name in names}
    )
