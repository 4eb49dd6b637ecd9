"""The registry as one value in memory: every system, and what follows from their accesses.

Dependencies, dependents and consumers are derived here from what systems read and write (REG-2), so that the two sides
cannot disagree unnoticed. The map is brought up to date one system at a time; nothing in it does I/O.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from server.model.contract import Basis, Contract, ContractType
from server.model.system import Input, Output, StoredSystem, is_people
from server.registry.accesses import AccessIndex
from server.registry.likeness import Names

MOST_NAMES_KEPT = 1_000
"""Resources of which it is remembered who is concerned: a check asks many times about the same few."""

T = TypeVar("T")
Accessed = TypeVar("Accessed", Input, Output, Contract)


@dataclass(frozen=True, order=True, slots=True)
class Link:
    """One reason why a consumer depends on a producer."""

    consumer: str
    producer: str
    resource: str
    """As the stating side wrote it; empty for a bare declaration."""
    stated: str
    """Where it is said: `reads_from`, `consumers`, `contract`, `dependencies` or `dependents`."""
    basis: Basis = Basis.DECLARED


class RegistryMap:
    """Systems by id, with indexes over what they read, write and say of each other."""

    def __init__(self, systems: Iterable[StoredSystem] = ()) -> None:
        self.systems: dict[str, StoredSystem] = {}
        self.revision = 0
        self.reads = AccessIndex()
        self.writes = AccessIndex()
        self.agreed = AccessIndex()
        """Who holds a contract on a resource."""
        self.contract_holders: defaultdict[str, set[str]] = defaultdict(set)
        """Live systems that hold an entry with this contract id."""
        self._contract_ids: dict[str, tuple[str, ...]] = {}
        """Ids of live contracts by how they read in lower case."""
        self._called: defaultdict[str, set[str]] = defaultdict(set)
        """Live systems by name."""
        self._unlisted: set[str] = set()
        """Live systems that their source no longer lists: what follows from them alone does not count as an edge."""
        self._said_of_consumer: defaultdict[str, set[Link]] = defaultdict(set)
        self._said_of_producer: defaultdict[str, set[Link]] = defaultdict(set)
        self._producers: dict[str, Sequence[Link]] = {}
        self._consumers: dict[str, Sequence[Link]] = {}
        """What was derived of a system's neighbours since the map was changed last: who looks far asks for many of them again."""
        self._relying: dict[str, Mapping[str, bool]] = {}
        self._dependencies: dict[str, Sequence[str]] = {}
        self._dependents: dict[str, Sequence[str]] = {}
        self._readers_of: dict[str, Mapping[str, Sequence[Input]]] = {}
        self._writers_of: dict[str, Mapping[str, Sequence[Output]]] = {}
        self._contracts_on: dict[str, Sequence[tuple[StoredSystem, Contract]]] = {}
        self._consumers_of: dict[str, frozenset[str]] = {}
        """The same of resources, by their canonical names."""
        self._accessed = Names(())
        self._accessed_at = (0, 0)
        """Of which changes of `reads` and `writes` that is a picture."""
        for stored in systems:
            self.apply(stored)

    def apply(self, stored: StoredSystem) -> None:
        """The map knows this version of the system and no earlier one."""
        for derived in (self._producers, self._consumers, self._relying, self._dependencies, self._dependents):
            derived.clear()
        for found in (self._readers_of, self._writers_of, self._contracts_on, self._consumers_of):
            found.clear()
        previous = self.systems.get(stored.id)
        if previous is not None and not previous.archived:
            self.reads.remove(previous.id, _names(previous, previous.system.reads_from))
            self.writes.remove(previous.id, _names(previous, previous.system.writes_to))
            self.agreed.remove(previous.id, _names(previous, previous.system.contracts))
            for contract in previous.system.contracts:
                self._let_go(contract.contract_id, previous.id)
            self._called[previous.system.name].discard(previous.id)
            for link in _declared_links(previous):
                self._said_of_consumer[link.consumer].discard(link)
                self._said_of_producer[link.producer].discard(link)
        self.systems[stored.id] = stored
        self._unlisted.discard(stored.id)
        self.revision = max(self.revision, stored.revision)
        if stored.archived:
            return
        if stored.missing_since:
            self._unlisted.add(stored.id)
        self.reads.add(stored.id, _names(stored, stored.system.reads_from))
        self.writes.add(stored.id, _names(stored, stored.system.writes_to))
        self.agreed.add(stored.id, _names(stored, stored.system.contracts))
        for contract in stored.system.contracts:
            self._hold(contract.contract_id, stored.id)
        self._called[stored.system.name].add(stored.id)
        for link in _declared_links(stored):
            self._said_of_consumer[link.consumer].add(link)
            self._said_of_producer[link.producer].add(link)

    @contextmanager
    def supposing(self, stored: StoredSystem) -> Iterator[None]:
        """Within the context the map has this version of a known system; afterwards it is as it was."""
        present = self.systems[stored.id]
        try:
            self.apply(stored)
            yield
        finally:
            self.apply(present)

    def live(self, system_id: str) -> StoredSystem | None:
        """The system, unless it is unknown or archived."""
        stored = self.systems.get(system_id)
        return None if stored is None or stored.archived else stored

    def listed(self, system_id: str) -> bool:
        """Whether the system is live, and not one that its source no longer lists."""
        return self.live(system_id) is not None and system_id not in self._unlisted

    def live_systems(self) -> Iterator[StoredSystem]:
        """Every system that is not archived."""
        return (stored for stored in self.systems.values() if not stored.archived)

    def producers(self, system_id: str) -> Sequence[Link]:
        """Every reason why this system depends on another live one, in order."""
        return self._remembered(self._producers, system_id, self._links_to_producers)

    def consumers(self, system_id: str) -> Sequence[Link]:
        """Every reason why another live system depends on this one, in order."""
        return self._remembered(self._consumers, system_id, self._links_to_consumers)

    def relying_on(self, system_id: str) -> Mapping[str, bool]:
        """Who depends on the system, by id, and whether it fails without it; yes for one that does not say.

        Those whom only the system names as its consumers are among them, people and archived systems are not.
        """
        return self._remembered(self._relying, system_id, self._find_relying)

    def _remembered(self, known: dict[str, T], system_id: str, find: Callable[[str], T]) -> T:
        found = known.get(system_id)
        if found is None:
            found = find(system_id)
            if system_id in self.systems:  # no more is kept than there are systems
                known[system_id] = found
        return found

    def _links_to_producers(self, system_id: str) -> list[Link]:
        stored = self.live(system_id)
        if stored is None:
            return []
        links = self._said(self._said_of_consumer, stored)
        for access in stored.system.reads_from if system_id not in self._unlisted else ():
            for producer in self.writes.systems(stored.canonical_of(access.resource)) - self._unlisted:
                if producer != system_id:
                    links.add(Link(system_id, producer, access.resource, "reads_from", access.basis))
        return sorted(links)

    def _links_to_consumers(self, system_id: str) -> list[Link]:
        stored = self.live(system_id)
        if stored is None:
            return []
        links = self._said(self._said_of_producer, stored)
        for output in stored.system.writes_to if system_id not in self._unlisted else ():
            for consumer, accesses in self._find_readers_of(stored.canonical_of(output.resource)).items():
                if consumer != system_id and consumer not in self._unlisted:
                    for access in accesses:
                        links.add(Link(consumer, system_id, access.resource, "reads_from", access.basis))
        return sorted(links)

    def _find_dependencies(self, system_id: str) -> Sequence[str]:
        """The producers of all links to them, found without the links: whoever looks far needs no more than their ids."""
        stored = self.systems.get(system_id)
        if stored is None:
            return []
        found = {self.known_as(other) for other in stored.system.dependencies}
        if not stored.archived:
            found.update(link.producer for link in self._said(self._said_of_consumer, stored))
            # a system that its source no longer lists is nobody's reader or writer any more
            for access in stored.system.reads_from if system_id not in self._unlisted else ():
                found |= self.writes.systems(stored.canonical_of(access.resource)) - self._unlisted
        return sorted(found - {system_id})

    def _find_dependents(self, system_id: str) -> Sequence[str]:
        stored = self.systems.get(system_id)
        if stored is None:
            return []
        found = {self.known_as(other) for other in stored.system.dependents}
        if not stored.archived:
            found.update(link.consumer for link in self._said(self._said_of_producer, stored))
            for output in stored.system.writes_to if system_id not in self._unlisted else ():
                found |= self.reads.systems(stored.canonical_of(output.resource)) - self._unlisted
        return sorted(found - {system_id})

    def _find_relying(self, system_id: str) -> dict[str, bool]:
        stored = self.live(system_id)
        if stored is None:
            return {}
        relying: dict[str, bool] = {}
        named: set[str] = set()
        for output in stored.system.writes_to:
            for consumer, accesses in self._find_readers_of(stored.canonical_of(output.resource)).items():
                relying[consumer] = relying.get(consumer, False) or any(access.required for access in accesses)
            named.update(self.known_as(name) for name in output.consumers if not is_people(name))
        for link in self._said(self._said_of_producer, stored):
            relying.setdefault(link.consumer, True)
        relying.update((name, True) for name in named if name not in self.systems)
        relying.pop(system_id, None)
        return relying

    def dependencies(self, system_id: str) -> list[str]:
        """Ids of the systems that this one depends on, as accesses imply and as declared; sorted."""
        found = self._remembered(self._dependencies, system_id, self._find_dependencies)
        return list(found)

    def dependents(self, system_id: str) -> list[str]:
        """Ids of the systems that depend on this one, as accesses imply and as declared; sorted."""
        found = self._remembered(self._dependents, system_id, self._find_dependents)
        return list(found)

    def readers_of(self, name: str, *, besides: str = "") -> Mapping[str, Sequence[Input]]:
        """The live systems that read this canonical name, in order, each with the accesses that do."""
        found = _kept(self._readers_of, name, self._find_readers_of)
        if besides in found:
            return {system_id: accesses for system_id, accesses in found.items() if system_id != besides}
        return found

    def consumers_of(self, name: str) -> frozenset[str]:
        """Ids of all who read this canonical name: by what they read, named by a writer of it, or by a contract on it."""
        return _kept(self._consumers_of, name, self._find_consumers_of)

    def writers_of(self, name: str) -> Mapping[str, Sequence[Output]]:
        """The live systems that write this canonical name, in order, each with the outputs that do."""
        return _kept(self._writers_of, name, self._find_writers_of)

    def contracts_on(self, name: str) -> Sequence[tuple[StoredSystem, Contract]]:
        """Every live entry on a resource that overlaps this canonical name, with the system that holds it."""
        return _kept(self._contracts_on, name, self._find_contracts_on)

    def consumers_of_output(self, system_id: str, output: Output) -> list[str]:
        """Ids of those who read this output: declared by the writer, or joined up from the reading side; sorted."""
        stored = self.systems[system_id]
        readers = self.reads.systems(stored.canonical_of(output.resource)) - {system_id} - self._unlisted
        return sorted(readers | {self.known_as(name) for name in output.consumers})

    def known_as(self, name: str) -> str:
        """The id of the system that goes by this id or, uniquely, by this name; else the text itself."""
        if name in self.systems:
            return name
        called = self._called.get(name, set())
        return next(iter(called)) if len(called) == 1 else name

    def accessed(self) -> Names:
        """The canonical name of everything that is read or written, to be looked through."""
        now = (self.reads.changes, self.writes.changes)
        if now != self._accessed_at:
            self._accessed, self._accessed_at = Names({*self.reads.names(), *self.writes.names()}), now
        return self._accessed

    def contract_ids_as(self, text: str) -> tuple[str, ...]:
        """The ids of live contracts that read like the text but for case; sorted."""
        return self._contract_ids.get(text.lower(), ())

    def _find_consumers_of(self, name: str) -> frozenset[str]:
        parties = {
            other for outputs in self.writers_of(name).values() for output in outputs for other in output.consumers
        }
        for holder, contract in self.contracts_on(name):
            parties.add(contract.counterparty if contract.type is ContractType.PRODUCER else holder.id)
        return frozenset({*self.readers_of(name), *map(self.known_as, parties)} - {""})

    def _find_readers_of(self, name: str) -> dict[str, list[Input]]:
        matches = self.reads.overlapping(name)
        return {one.id: _among(one, one.system.reads_from, matches) for one in self._accessing(self.reads, matches)}

    def _find_writers_of(self, name: str) -> dict[str, list[Output]]:
        matches = self.writes.overlapping(name)
        return {one.id: _among(one, one.system.writes_to, matches) for one in self._accessing(self.writes, matches)}

    def _find_contracts_on(self, name: str) -> list[tuple[StoredSystem, Contract]]:
        matches = self.agreed.overlapping(name)
        return [
            (one, contract)
            for one in self._accessing(self.agreed, matches)
            for contract in _among(one, one.system.contracts, matches)
        ]

    def _accessing(self, index: AccessIndex, names: Iterable[str]) -> Iterator[StoredSystem]:
        """The live systems that the index has under one of these names, in order."""
        return (self.systems[system_id] for system_id in sorted(index.accessing(names)))

    def _hold(self, contract_id: str, holder: str) -> None:
        holders = self.contract_holders[contract_id]
        if not holders:
            lowered = contract_id.lower()
            self._contract_ids[lowered] = tuple(sorted({*self._contract_ids.get(lowered, ()), contract_id}))
        holders.add(holder)

    def _let_go(self, contract_id: str, holder: str) -> None:
        holders = self.contract_holders[contract_id]
        holders.discard(holder)
        if not holders:
            del self.contract_holders[contract_id]
            left = tuple(one for one in self._contract_ids.pop(contract_id.lower(), ()) if one != contract_id)
            if left:
                self._contract_ids[contract_id.lower()] = left

    def _said(self, links: Mapping[str, set[Link]], stored: StoredSystem) -> set[Link]:
        """What is said of the system under its id or its name, with the live systems that are meant."""
        name = stored.system.name
        names = {stored.id, name} if self.known_as(name) == stored.id else {stored.id}
        said = [link for one in names for link in links.get(one, ())]
        meant = {self._with_ids(link) for link in said}
        return {
            link
            for link in meant
            if link.consumer != link.producer
            and self.live(link.consumer)
            and self.live(link.producer)
            and self._counts(link)
        }

    def _counts(self, link: Link) -> bool:
        """Whether a system that is still listed says so: a source that no longer lists one says nothing of it either."""
        if link.stated == "dependencies":
            return link.consumer not in self._unlisted
        if link.stated in ("dependents", "consumers"):
            return link.producer not in self._unlisted
        return link.consumer not in self._unlisted and link.producer not in self._unlisted

    def _with_ids(self, link: Link) -> Link:
        consumer, producer = self.known_as(link.consumer), self.known_as(link.producer)
        if (consumer, producer) == (link.consumer, link.producer):
            return link
        return replace(link, consumer=consumer, producer=producer)


def _kept(known: dict[str, T], name: str, find: Callable[[str], T]) -> T:
    """What is known of the name, found where it is not known yet."""
    found = known.get(name)
    if found is None:
        if len(known) >= MOST_NAMES_KEPT:
            known.clear()
        found = known[name] = find(name)
    return found


def _among(stored: StoredSystem, accesses: Iterable[Accessed], names: Container[str]) -> list[Accessed]:
    """Those of the system's accesses whose canonical name is one of these."""
    return [access for access in accesses if stored.canonical_of(access.resource) in names]


def _names(stored: StoredSystem, named: Iterable[Input | Output | Contract]) -> list[str]:
    return [stored.canonical_of(one.resource) for one in named]


def _declared_links(stored: StoredSystem) -> set[Link]:
    """What the system says of its neighbours other than by reading."""
    me, system = stored.id, stored.system
    links = {Link(me, other, "", "dependencies") for other in system.dependencies}
    links |= {Link(other, me, "", "dependents") for other in system.dependents}
    for output in system.writes_to:
        links |= {Link(other, me, output.resource, "consumers", output.basis) for other in output.consumers}
    for contract in system.contracts:
        if contract.counterparty:
            mine = contract.type is ContractType.PRODUCER
            consumer, producer = (contract.counterparty, me) if mine else (me, contract.counterparty)
            links.add(Link(consumer, producer, contract.resource, "contract", contract.basis))
    return {link for link in links if link.consumer != link.producer}
