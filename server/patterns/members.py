"""The registry as detectors see it: who reads and writes what by canonical names, and what was agreed on it."""

from collections.abc import Callable, Iterator

from server.model.contract import ContractType
from server.model.system import StoredSystem
from server.patterns.fleet import Agreement, Fleet, Member
from server.registry.map import RegistryMap


def fleet_of(registry: RegistryMap) -> Fleet:
    """The live systems and their agreements."""
    live = list(registry.live_systems())
    return Fleet(
        members={one.id: _member(registry, one) for one in live},
        agreements=tuple(dict.fromkeys(agreement for one in live for agreement in _agreements(registry, one))),
    )


def naming(registry: RegistryMap, canonical: Callable[[str, str], str]) -> Callable[[str, str], str]:
    """(system, resource as it writes it) → the canonical name, as the registry stands now; usable after it has changed.

    `canonical` finds the name of a resource that no access of the system's names, below the system's folder.
    """
    known = {one.id: one.canonical for one in registry.systems.values()}
    roots = {one.id: one.system.root for one in registry.systems.values()}

    def name(system_id: str, resource: str) -> str:
        return known.get(system_id, {}).get(resource) or canonical(resource, roots.get(system_id, ""))

    return name


def _member(registry: RegistryMap, stored: StoredSystem) -> Member:
    system = stored.system
    return Member(
        system_id=stored.id,
        tier=system.tier.value,
        reads=frozenset(stored.canonical_of(one.resource) for one in system.reads_from),
        writes=frozenset(stored.canonical_of(one.resource) for one in system.writes_to),
        depends_on=frozenset(one for one in registry.dependencies(stored.id) if registry.live(one) is not None),
        parent=system.parent,
    )


def _agreements(registry: RegistryMap, stored: StoredSystem) -> Iterator[Agreement]:
    """What the system's entries agree on, with each one on the other side: the one it names, else whoever is there."""
    for contract in stored.system.contracts:
        name = stored.canonical_of(contract.resource)
        named = registry.known_as(contract.counterparty)
        if contract.type is ContractType.PRODUCER:
            for reader in [named] if named else registry.readers_of(name, besides=stored.id):
                yield Agreement(contract.contract_id, name, writer=stored.id, reader=reader)
        else:
            for writer in [named] if named else (one for one in registry.writers_of(name) if one != stored.id):
                yield Agreement(contract.contract_id, name, writer=writer, reader=stored.id)
