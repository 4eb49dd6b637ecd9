"""The registry as the surfaces use it: register, find, show, trace, archive; each call loads, decides and saves."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from server.clock import Clock, SystemClock, to_wire
from server.errors import ConcordError, NotAllowed, NotFound, Refused
from server.model.base import JsonObject
from server.model.contract import Basis
from server.model.finding import Finding
from server.model.signs import Signs
from server.model.system import StoredSystem, System
from server.model.wording import counted
from server.registry.briefing import Briefing, Proposed, brief
from server.registry.graph import Reached, reach
from server.registry.health import Health, unreadable_timing
from server.registry.map import RegistryMap
from server.registry.naming import Target, find_system, find_target, starting_points
from server.registry.reading import SchemaCheck, read_system
from server.registry.registration import Registration
from server.registry.resources import canonical_name, without_credentials
from server.registry.searches import Searches
from server.registry.symlinks import resolved
from server.registry.validated import with_validations
from server.registry.views import contract_history, full_document, mermaid, overview, resources_like, row, touching
from server.registry.vitals import Vitals, health_by
from server.storage import contracts, findings, idempotency, systems, validations
from server.storage.revisions import revisions, revisions_at_a_glance

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

T = TypeVar("T")

_REAL_TIME = SystemClock()


@dataclass(frozen=True)
class Registered:
    """What became of a registration."""

    system_id: str
    version: int
    created: bool
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    """What stands there and can't be relied on, in sentences."""


@dataclass(frozen=True)
class SystemView:
    """A system as the source's files show it, with what the registry knows besides."""

    document: JsonObject
    version: int
    archived: bool
    archived_at: str
    archive_reason: str
    findings: tuple[Finding, ...]
    health: Health


@dataclass(frozen=True)
class Found:
    """One page of a list of systems."""

    rows: tuple[JsonObject, ...]
    total: int


@dataclass(frozen=True)
class Impact:
    """Everyone whom a change at the target reaches."""

    target: Target
    reached: tuple[tuple[StoredSystem, Reached], ...]


class RegistryService:
    """The registry of one database. Safe to use from several threads."""

    def __init__(
        self,
        database: "Database",
        *,
        check_schema: SchemaCheck,
        home: Path | None = None,
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
        proposed: Callable[[RegistryMap, str, datetime], Iterable[Proposed]] = lambda registry, caller, now: (),
        lessons: Callable[[str, datetime], Iterable[JsonObject]] = lambda system_id, now: (),
        clock: Clock = _REAL_TIME,
    ) -> None:
        """`changed` is told the URIs of what a write changed, once it is durable.

        `proposed` knows what somebody wants to change in that registry, as far as the caller may see it, and whom it waits for;
        `lessons` what others learned that a system may use and has not answered.
        Health is shown as it is at the time of the `clock`.
        """
        self._now = clock.now
        self._vitals = Vitals(database)
        self._changed = changed
        self._proposed = proposed
        self._lessons = lessons
        self._database = database
        self._check_schema = check_schema
        self._home = str(home or Path.home())
        self._lock = threading.RLock()
        self._reading = RegistryMap()
        self._read_at = 0
        """The registry's revision that the map was brought up to."""
        self._rows: dict[str, JsonObject] = {}
        self._rows_at = -1
        self._writing = RegistryMap()
        self._searches = Searches(database)
        database.on_batch_failed(self._forget)

    @contextmanager
    def reading(self) -> Iterator[RegistryMap]:
        """The registry as it is stored now. The map may be used until the context ends, and not be changed."""
        glance = partial(revisions_at_a_glance, self._database)
        with self.reading_beside(revisions, lambda at: at.registry, glance) as (registry, at):
            self._vitals.bring_up_to(at.signs)
            yield registry

    @contextmanager
    def reading_beside(
        self,
        look: Callable[["Session"], T],
        revision_in: Callable[[T], int],
        glimpse: Callable[[], T | None] = lambda: None,
    ) -> Iterator[tuple[RegistryMap, T]]:
        """The same, with what `look` finds in the database at the same moment: the registry's revision is in it.

        `glimpse` finds the same without a session, or None where it takes one; it is enough where the registry is as it was.
        """

        def read(session: "Session") -> T:
            found = look(session)
            if revision_in(found) != self._read_at:
                _refresh(self._reading, session, self._writing)
                self._read_at = revision_in(found)
            return found

        with self._lock:
            seen = glimpse()
            if seen is None or revision_in(seen) != self._read_at:
                seen = self._database.read(read)
            yield self._reading, seen

    def write(self, now: datetime, change: Callable[[Registration], T]) -> T:
        """What `change` does to the registry is stored as a whole, with the findings that follow, or not at all."""

        touched: list[str] = []

        def transaction(session: "Session") -> T:
            try:
                revision = systems.next_revision(session)
                if self._writing.revision >= revision:  # it holds what a lost transaction had put there
                    self._writing = RegistryMap()
                _refresh(self._writing, session, self._reading)
                registration = Registration(session, self._writing, revision, now, self.canonical)
                result = change(registration)
                registration.finish()
                touched[:] = registration.stored_ids
                return result
            except BaseException:
                self._writing = RegistryMap()  # it may hold what is being rolled back
                raise

        try:
            result = self._database.write(transaction)
        except ConcordError:
            raise
        except BaseException:
            self._forget()
            raise
        if touched:
            self._changed([*(f"concord://systems/{one}" for one in touched), "concord://files/system_registry.json"])
        return result

    def standing(self, session: "Session") -> RegistryMap:
        """The registry as an open write transaction of another area sees it; to be used within it, and not to be changed."""
        _refresh(self._writing, session, self._reading)
        return self._writing

    def canonical(self, resource: str, root: str = "") -> str:
        """The canonical name of a resource on this machine."""
        return canonical_name(without_credentials(resource), home=self._home, root=root, resolve=resolved)

    def read_system(self, document: Any) -> System:
        """The registration that a document describes, with nothing stored. Raises InvalidArgument or TooLarge."""
        return read_system(document, check_schema=self._check_schema)

    def register(
        self, document: Any, *, caller: str, now: datetime, expected_version: int = 0, idempotency_key: str = ""
    ) -> Registered:
        """The system stands registered as the document says, replacing its whole previous registration.

        Raises InvalidArgument, StaleVersion, NotAllowed (a system registers only itself), IdempotencyMismatch.
        """
        system = self.read_system(document)
        if caller and caller != system.id:
            raise NotAllowed(f"{caller} can't register {system.id}: a system registers only itself.", path="/system/id")

        def change(registration: Registration) -> JsonObject:
            stored, created = registration.put(system, expected_version=expected_version)
            registration.finish()
            return {
                "system_id": stored.id,
                "version": stored.version,
                "created": created,
                "findings": [
                    one.model_dump(mode="json")
                    for one in findings.open_about(registration.session, stored.id, limit=50)
                ],
            }

        arguments = {"system": document, "expected_version": expected_version}
        answer = self.once(now, caller, "register_system", idempotency_key, arguments, change)
        unread = unreadable_timing(system.timing)
        return Registered(
            answer["system_id"],
            answer["version"],
            answer["created"],
            tuple(Finding.model_validate(one) for one in answer["findings"]),
            (unread,) if unread else (),
        )

    def once(
        self,
        now: datetime,
        caller: str,
        tool: str,
        key: str,
        arguments: Mapping[str, Any],
        change: Callable[[Registration], JsonObject],
    ) -> JsonObject:
        """The change made in one transaction; under a key that was used before, its first answer instead."""

        def guarded(registration: Registration) -> JsonObject:
            return idempotency.once(
                registration.session, caller, tool, key, arguments, now=to_wire(now), do=lambda: change(registration)
            )

        return self.write(now, guarded)

    def get(self, name: str) -> SystemView:
        """The system that goes by this id or name. Raises NotFound or Ambiguous."""
        with self.reading() as registry:
            system_id = find_system(registry, name)
            stored = registry.systems[system_id]
            health = self._vitals.beside_upstream(registry, system_id, self._now())
            document = full_document(registry, system_id, health=health)
        found, known = self._database.read(
            lambda session: (
                findings.open_about(session, system_id, limit=50),
                validations.last_validated(session, system_id),
            )
        )
        return SystemView(
            document=with_validations(document, known),
            version=stored.version,
            archived=stored.archived,
            archived_at=stored.archived_at,
            archive_reason=stored.archive_reason,
            findings=tuple(found),
            health=health,
        )

    def find(
        self,
        *,
        query: str = "",
        tier: str = "",
        status: str = "",
        resource: str = "",
        archived: bool = False,
        start: int = 0,
        limit: int = 10,
    ) -> Found:
        """Systems that match every filter given: best match first for a query, else by id.

        `status` and `tier` take "ALL" for any; `resource` means whoever reads or writes what it names.
        """
        with self.reading() as registry:
            now = self._now()
            chosen = self._searches.of(registry, query, tier="" if tier == "ALL" else tier, archived=archived)
            if resource.strip():
                name = self.canonical(resource)
                touching = registry.reads.systems(name) | registry.writes.systems(name)
                chosen = [stored for stored in chosen if stored.id in touching]
            if status not in ("", "ALL"):
                statuses = self._vitals.statuses(chosen, now)
                chosen = [stored for stored in chosen if status == statuses[stored.id]]
            page = chosen[start : start + limit]
            rows = self._vitals.shown_in(registry, [self._row(registry, stored) for stored in page], now)
            return Found(rows, len(chosen))

    def trace(self, target: str, *, upstream: bool = False, depth: int = 0) -> Impact:
        """Everyone whom a change at the target reaches, nearest first (REG-10). Raises NotFound or Ambiguous."""
        with self.reading() as registry:
            found = find_target(registry, target, self.canonical)
            root, first = starting_points(registry, found, upstream=upstream)

            def neighbours(system_id: str) -> list[str]:
                near = registry.dependencies if upstream else registry.dependents
                return [other for other in near(system_id) if registry.live(other) is not None]

            reached = reach(root, first, neighbours, depth=depth)
            return Impact(found, tuple((registry.systems[one.system_id], one) for one in reached))

    def brief(self, *, now: datetime, path: str = "", system_id: str = "", caller: str = "") -> Briefing:
        """What to know before work on a path or a system. Raises InvalidArgument, NotFound or Ambiguous."""
        with self.reading() as registry:
            proposed = self._proposed(registry, caller, now)
            told = brief(
                registry,
                path=path,
                system_id=system_id,
                canonical=self.canonical,
                open_of=lambda ids: self._database.read(lambda session: findings.open_of(session, ids)),
                proposed=proposed,
                lessons_of=lambda one: self._lessons(one, now),
            )
            return self._vitals.told_in(registry, told, now)

    def health_of(self, ids: Iterable[str], now: datetime) -> dict[str, Health]:
        """The health of those of these systems that are registered (REG-5)."""
        with self.reading() as registry:
            return self._vitals.of(registry, ids, now)

    def heard(self, system_id: str, before: Signs, now: datetime) -> None:
        """Whoever listens is told where the signs of life that came after these changed the system's status."""
        with self.reading() as registry:
            stored = registry.live(system_id)
            present = self._vitals.of(registry, [system_id], now)
        if stored is not None and present[system_id].status is not health_by(stored, before, now).status:
            self._changed([f"concord://systems/{system_id}", "concord://files/system_registry.json"])

    def contract(self, contract_id: str) -> JsonObject:
        """Both sides' entries of a contract with all their versions, live ones first (REG-7). Raises NotFound."""
        rows = self._database.read(lambda session: contracts.versions(session, contract_id))
        if not rows:
            raise NotFound(f"No contract goes by {contract_id[:100]!r}.", hint="get_system lists a system's contracts.")
        return contract_history(contract_id, rows)

    def neighbourhood(self, name: str, reader: str = "") -> str:
        """Who feeds a system and who reads it, as a Mermaid flowchart for that reader. Raises NotFound or Ambiguous."""
        with self.reading() as registry:
            system_id = find_system(registry, name)
            near = [*registry.dependencies(system_id), system_id, *registry.dependents(system_id)]
            return mermaid(
                registry,
                near,
                highlight=system_id,
                statuses=self._vitals.statuses(filter(None, map(registry.systems.get, near)), self._now()),
                reader=reader,
            )

    def overview(self) -> JsonObject:
        """How many systems there are, by tier and health; contracts; and the largest hubs."""
        with self.reading() as registry:
            return overview(registry, self._vitals.statuses(registry.live_systems(), self._now()))

    def touching(self, path: str) -> list[JsonObject]:
        """The systems that read or write something at or below a path, with what they do there; at most 50."""
        with self.reading() as registry:
            return touching(registry, self.canonical(path))[:50]

    def resources_like(self, typed: str, limit: int) -> list[str]:
        """Resources as their systems write them that begin so, in order."""
        with self.reading() as registry:
            return resources_like(registry, typed)[:limit]

    def ids_like(self, typed: str, limit: int) -> list[str]:
        """Ids of live systems that begin with the text, then those that have it elsewhere in id or name."""
        wanted = typed.lower()
        with self.reading() as registry:
            live = sorted(stored.id for stored in registry.live_systems())
            named = {stored.id: stored.system.name.lower() for stored in registry.live_systems()}
        starting = [one for one in live if one.lower().startswith((wanted, f"sys_{wanted}"))]
        inside = [one for one in live if one not in set(starting) and (wanted in one.lower() or wanted in named[one])]
        return [*starting, *inside][:limit]

    def contract_ids_like(self, typed: str, limit: int) -> list[str]:
        """Contract ids that begin so, in order."""
        return self._database.read(lambda session: contracts.ids_like(session, typed, limit))

    def archive(self, name: str, *, reason: str, force: bool, caller: str, now: datetime) -> tuple[str, list[str]]:
        """The system counts no longer, but stays readable with its contracts (REG-7): (its id, its live dependents).

        Raises Refused where live systems depend on it, unless forced.
        """
        if not reason.strip():
            raise Refused(
                "A reason is needed to archive a system.", path="/reason", hint="Say in a sentence why it goes."
            )

        def change(registration: Registration) -> tuple[str, list[str]]:
            registry = registration.registry
            system_id = find_system(registry, name)
            _only_itself(caller, system_id, "archive")
            dependents = [one for one in registry.dependents(system_id) if registry.live(one) is not None]
            if registry.systems[system_id].archived:
                return system_id, []
            if dependents and not force:
                raise Refused(
                    f"{system_id} has {counted(len(dependents), 'live dependent')}: {', '.join(dependents[:10])}.",
                    path="/system_id",
                    unmet=[f"{one} no longer depends on {system_id}" for one in dependents[:20]],
                    hint="Move them first, or repeat the call with force = true.",
                    details={"dependents": dependents[:200]},
                    corrected={
                        "tool": "archive_system",
                        "arguments": {"system_id": system_id, "reason": reason, "force": True},
                    },
                )
            registration.update(system_id, archived=True, archived_at=to_wire(now), archive_reason=reason)
            return system_id, dependents

        return self.write(now, change)

    def restore(self, name: str, *, caller: str, now: datetime) -> str:
        """The archived system counts again; its id."""

        def change(registration: Registration) -> str:
            system_id = find_system(registration.registry, name)
            _only_itself(caller, system_id, "restore")
            if registration.registry.systems[system_id].archived:
                registration.update(system_id, archived=False, archived_at="", archive_reason="")
            return system_id

        return self.write(now, change)

    def confirm_contract(self, contract_id: str, *, reason: str, caller: str, now: datetime) -> list[str]:
        """Every entry with this id counts as declared, with the reason kept in it; ids of the systems that hold one (CON-2).

        Raises NotFound, or NotAllowed for a system: a person confirms.
        """
        if caller:
            raise NotAllowed("A contract is confirmed by a person, not by a system.", hint="Ask the local user.")

        def change(registration: Registration) -> list[str]:
            holders = sorted(registration.registry.contract_holders.get(contract_id, ()))
            if not holders:
                raise NotFound(f"No live contract goes by {contract_id!r}.", path="/contract_id")
            for holder in holders:
                stored = registration.registry.systems[holder]
                confirmed = tuple(
                    contract.model_copy(
                        update={"basis": Basis.DECLARED, "confirmed": {"at": to_wire(now), "reason": reason}}
                    )
                    if contract.contract_id == contract_id
                    else contract
                    for contract in stored.system.contracts
                )
                registration.update(holder, system=stored.system.model_copy(update={"contracts": confirmed}))
            return holders

        return self.write(now, change)

    def look_again(self, now: datetime) -> None:
        """The findings that follow from what systems declare are those of the registry as it stands, every one of them."""
        self.write(now, lambda registration: registration.look_again())

    def _row(self, registry: RegistryMap, stored: StoredSystem) -> JsonObject:
        """The system's line in a list; remembered until the registry changes, as its gaps take a look at its neighbours."""
        if self._rows_at != registry.revision:
            self._rows, self._rows_at = {}, registry.revision
        if stored.id not in self._rows:
            self._rows[stored.id] = row(registry, stored)
        return self._rows[stored.id]

    def _forget(self) -> None:
        with self._lock:
            self._writing = RegistryMap()


def _refresh(registry: RegistryMap, session: "Session", twin: RegistryMap) -> None:
    """The map knows what was written since; what the other map knows alike is held once, as both hold every system."""
    for stored in systems.changed_since(session, registry.revision):
        known = twin.systems.get(stored.id)
        registry.apply(known if known is not None and known == stored else stored)


def _only_itself(caller: str, system_id: str, verb: str) -> None:
    if caller and caller != system_id:
        raise NotAllowed(f"{caller} can't {verb} {system_id}.", path="/system_id")
