"""One write to the registry: systems put in place together with everything that follows from them, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from server.clock import to_wire
from server.errors import NotFound, Refused, StaleVersion
from server.model.contract import Basis, Contract
from server.model.finding import OF_DECLARATIONS, FindingKind, Observation
from server.model.system import Input, Output, StoredSystem, System, Vanished
from server.registry.contract_ids import with_known_contract_ids
from server.registry.gaps import cycle_gap, gaps_of
from server.registry.graph import cycles
from server.registry.map import RegistryMap
from server.registry.resources import without_credentials
from server.registry.views import search_text
from server.storage import contracts, counters, findings, systems

if TYPE_CHECKING:
    from server.storage.session import Session

_FEW = 20
"""Above this many changed systems, circles are looked for in the whole graph at once."""

Named = TypeVar("Named", Input, Output, Contract)

Canonical = Callable[[str, str], str]
"""(resource as written, the system's root) → canonical name."""


@dataclass
class Registration:
    """The registry inside a write transaction. Nothing outside sees it before the transaction is durable."""

    session: "Session"
    registry: RegistryMap
    revision: int
    now: datetime
    canonical: Canonical
    _touched: set[str] = field(default_factory=set)
    """Systems whose gaps may differ now: what was put, and its neighbours before and after."""
    _put: set[str] = field(default_factory=set)
    _stored: dict[str, None] = field(default_factory=dict)

    @property
    def stored_ids(self) -> list[str]:
        """The systems that this transaction changed, in order."""
        return list(self._stored)

    def put(
        self,
        system: System,
        *,
        expected_version: int = 0,
        source: str | None = None,
        tier_basis: Basis = Basis.DECLARED,
        missing_since: str = "",
    ) -> tuple[StoredSystem, bool]:
        """The registration stands as given, replacing the whole previous one; (what is stored, whether it is new).

        Nothing is written where nothing changed. An access that the previous one had and this one leaves out is kept as
        vanished. Raises StaleVersion, or Refused for an archived system.
        """
        previous = self.registry.systems.get(system.id)
        if previous is not None and previous.archived:
            raise Refused(
                f"{system.id} is archived ({previous.archive_reason or 'no reason given'}).",
                path="/system/id",
                hint="Call restore_system first, or choose another id.",
            )
        self._expect(previous, expected_version)
        system = _cleaned(system, previous.system if previous else None, lambda: self._contract_id(system.id))
        canonical = self._canonical_names(system)
        stored = StoredSystem(
            system=system,
            version=previous.version + 1 if previous else 1,
            revision=self.revision,
            source=previous.source if source is None and previous else source or "",
            tier_basis=tier_basis,
            missing_since=missing_since,
            vanished=self._vanished(previous, system, canonical),
            canonical=canonical,
        )
        if previous is not None and _same(previous, stored):
            return previous, False
        self._store(stored, previous)
        return stored, previous is None

    def update(self, system_id: str, **changes: object) -> StoredSystem:
        """What the registry keeps about a system is changed, its registration left as it is."""
        previous = self.registry.systems.get(system_id)
        if previous is None:
            raise NotFound(f"No system goes by {system_id!r}.", path="/system_id")
        stored = previous.model_copy(update={**changes, "version": previous.version + 1, "revision": self.revision})
        self._store(stored, previous)
        return stored

    def look_again(self) -> None:
        """Every system's findings are to be derived anew, whatever they were."""
        self._touched.update(self.registry.systems)
        self._put.update(self.registry.systems)

    def finish(self) -> None:
        """The findings of everything that was touched are what follows from the registry as it stands now."""
        if not self._touched:
            return
        wanted: list[Observation] = [
            gap for system_id in sorted(self._touched) for gap in gaps_of(self.registry, system_id)
        ]
        findings.sync(
            self.session,
            wanted,
            now=to_wire(self.now),
            systems=self._touched,
            except_kinds=set(FindingKind) - OF_DECLARATIONS,
        )
        rings = findings.open_of_kind(self.session, FindingKind.DEPENDENCY_CYCLE)
        if len(self._put) > _FEW:
            stale, around = rings, None
        else:
            stale = [ring for ring in rings if self._put.intersection(ring.details["members"])]
            around = self._put.union(*(ring.details["members"] for ring in stale))
        found = [cycle_gap(cycle) for cycle in cycles(self.registry, around)]
        findings.sync(self.session, found, now=to_wire(self.now), fingerprints={ring.fingerprint for ring in stale})
        self._touched, self._put = set(), set()

    def _store(self, stored: StoredSystem, previous: StoredSystem | None) -> None:
        self._put.add(stored.id)
        self._stored[stored.id] = None
        self._touch_around(stored.id)
        systems.save(self.session, stored, search_text=search_text(stored))
        contracts.record(self.session, stored, now=to_wire(self.now))
        self.registry.apply(stored)
        self._touch_around(stored.id)

    def _touch_around(self, system_id: str) -> None:
        self._touched.add(system_id)
        self._touched.update(link.producer for link in self.registry.producers(system_id))
        self._touched.update(link.consumer for link in self.registry.consumers(system_id))

    def _expect(self, previous: StoredSystem | None, expected: int) -> None:
        present = previous.version if previous else 0
        if expected and expected != present:
            raise StaleVersion(
                f"The registration is at version {present}, not {expected}."
                if previous
                else "There is no such registration yet, so no version of it can be expected.",
                path="/expected_version",
                hint="Read it with get_system, and send your change with the version you saw.",
                details={"present_version": present},
            )

    def _contract_id(self, holder: str) -> str:
        while True:
            contract_id = f"CTR-{counters.following(self.session, 'contract'):03d}"
            if not self.registry.contract_holders.get(contract_id) and not contracts.exists(self.session, contract_id):
                return contract_id

    def _canonical_names(self, system: System) -> dict[str, str]:
        names = [access.resource for access in (*system.reads_from, *system.writes_to)]
        names += [contract.resource for contract in system.contracts]
        canonical = {name: self.canonical(name, system.root) for name in names}
        return {**canonical, **({system.root: self.canonical(system.root, "")} if system.root else {})}

    def _vanished(
        self, previous: StoredSystem | None, system: System, canonical: dict[str, str]
    ) -> tuple[Vanished, ...]:
        if previous is None:
            return ()
        present = {
            "read": {canonical[access.resource] for access in system.reads_from},
            "write": {canonical[access.resource] for access in system.writes_to},
        }
        gone = [
            Vanished(
                mode=mode,
                resource=access.resource,
                canonical=previous.canonical_of(access.resource),
                at=to_wire(self.now),
            )
            for mode, accesses in (("read", previous.system.reads_from), ("write", previous.system.writes_to))
            for access in accesses
        ]
        kept = [old for old in previous.vanished if old.mode == "write" and self.registry.reads.systems(old.canonical)]
        unique = {(one.mode, one.canonical): one for one in (*gone, *kept) if one.canonical not in present[one.mode]}
        return tuple(unique.values())


def _cleaned(system: System, previous: System | None, new_contract_id: Callable[[], str]) -> System:
    """No credentials in names and addresses, and an id for every contract: the one that it had, else a new one."""
    safe = system.model_copy(
        update={
            "reads_from": tuple(map(_safe, system.reads_from)),
            "writes_to": tuple(map(_safe, system.writes_to)),
            "contracts": tuple(map(_safe, system.contracts)),
            "health_url": _without_secrets(system.health_url),
        }
    )
    known = with_known_contract_ids(safe, previous)
    return known.model_copy(
        update={
            "contracts": tuple(
                contract if contract.contract_id else contract.model_copy(update={"contract_id": new_contract_id()})
                for contract in known.contracts
            )
        }
    )


def _safe(named: Named) -> Named:
    resource = without_credentials(named.resource)
    return named if resource == named.resource else named.model_copy(update={"resource": resource})


def _without_secrets(address: str) -> str:
    """The address without user and password, and without what its query says beyond which thing is meant."""
    if not address:
        return ""
    from server.model.redaction import without_credentials as without_any  # its patterns take a while to be read

    return without_any(address, hidden="")


def _same(one: StoredSystem, other: StoredSystem) -> bool:
    ignored = {"version", "revision"}
    return one.model_dump(exclude=ignored) == other.model_dump(exclude=ignored)
