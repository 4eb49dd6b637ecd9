"""The journal as the surfaces use it: systems report what happened, and are told what waits for them."""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from server.errors import InvalidArgument, NotAllowed, NotFound
from server.journal import retention
from server.journal.reading import REJECTED_SHOWN, Arrived, Batch, read_events
from server.journal.told_by_files import keys_of, told_by_file
from server.journal.weeks import summed_rows
from server.model.base import JsonObject
from server.model.event import KINDS_OF_FILES, Heartbeat, Promotion, Rejection, Run
from server.model.moments import to_wire
from server.model.signs import Signs, with_heartbeat, with_run
from server.storage import event_weeks, events, idempotency, own_files, signs

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

NEWEST = 50
"""Events that a system's journal shows."""
KEEP_DAYS = 400
"""A year and what it takes to compare it with the one before."""
SUMMED_AT_ONCE = 5_000
"""Events in one transaction."""


def _unheard(done: float, total: float, message: str) -> None:
    """Nobody asked how far it is."""


@dataclass(frozen=True)
class TakenIn:
    """What came of a system's own file."""

    new: int
    changed: int
    """Events that the file now tells otherwise."""
    rejected: tuple[tuple[int, str], ...]
    """Position among those that were given, and why."""


class JournalService:
    """The journal of one database. Safe to use from several threads."""

    def __init__(
        self,
        database: "Database",
        *,
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
        heard: Callable[[str, Signs, datetime], None] = lambda system_id, before, now: None,
        directives: Callable[[str, datetime], Sequence[JsonObject]] = lambda system_id, now: (),
        ended: Callable[[str, datetime], None] = lambda system_id, now: None,
        keep_days: int = KEEP_DAYS,
    ) -> None:
        """`changed` is told the URIs of what a report changed, once it is durable; `heard` whose signs of life are newer
        than those before; `ended` who told that a proposal was promoted or rejected. `directives` knows what waits for a
        system: {id, kind, proposal_id, text}.
        """
        self._ended = ended
        self._database = database
        self._changed = changed
        self._heard = heard
        self._directives = directives
        self._keep_days = keep_days

    def report(
        self, system_id: str, given: Sequence[Any], *, caller: str, now: datetime, idempotency_key: str = ""
    ) -> JsonObject:
        """The events that can be read are kept, each once; those that can't come back with the reason.

        {accepted, rejected_total, rejected[] {index, reason} (the first 20), ignored_keys[], directives[]}. Raises
        InvalidArgument, TooLarge, NotFound (nobody is registered by that id), NotAllowed (a system reports for itself).
        """
        reporter = _reporter(system_id, caller)
        batch = read_events(given)
        before: list[Signs] = []

        def keep(session: "Session") -> JsonObject:
            before.clear()
            if not events.is_registered(session, reporter):
                raise _unregistered(reporter)
            arguments = {"system_id": reporter, "events": list(given)}
            return idempotency.once(
                session,
                caller,
                "report",
                idempotency_key,
                arguments,
                now=to_wire(now),
                do=lambda: self._keep(session, reporter, batch, now, before),
            )

        answer = self._database.write(keep)
        if before:
            self._changed([f"concord://events/{reporter}"])
            self._heard(reporter, before[0], now)
            if any(isinstance(one.event, Promotion | Rejection) for one in batch.arrived):
                self._ended(reporter, now)
        return {**answer, "directives": list(self._directives(reporter, now))}

    def take_in(
        self,
        system_id: str,
        given: Sequence[JsonObject],
        *,
        origin: str,
        now: datetime,
        undated: Collection[str] = (),
        beside: Callable[["Session"], None] = lambda session: None,
    ) -> TakenIn:
        """What the system's own file tells is kept, each event once, an edited entry in its old place.

        `origin` is the file's name; `undated` are the ids of events that tell no moment of their own. `beside` is done in
        the same transaction: all of it stands, or nothing. Raises NotFound where nobody is registered by that id.
        """
        batch = read_events(given, most=len(given), most_bytes=sys.maxsize, kinds=KINDS_OF_FILES)
        before: list[Signs] = []

        def keep(session: "Session") -> TakenIn:
            before.clear()
            if not events.is_registered(session, system_id):
                raise _unregistered(system_id)
            keys = keys_of(batch.arrived, origin)
            revision = self._revision(session, batch.arrived)
            told = told_by_file(batch.arrived, own_files.kept_under(session, system_id, keys), origin, undated)
            late = _late(session, system_id, told.new)
            new = [one for one in told.new if one.key not in late]
            events.add(session, system_id, [_kept(one) for one in new], origin=origin)
            own_files.rewrite(session, {seq: _kept(one) for seq, one in told.changed.items()})
            if new or told.changed:
                self._hear(session, system_id, [*new, *told.changed.values()], now, revision, before)
            beside(session)
            too_late = [(one.position, late[one.key]) for one in told.new if one.key in late]
            return TakenIn(len(new), len(told.changed), tuple(sorted([*batch.rejected, *too_late])))

        taken = self._database.write(keep)
        if before:
            self._changed([f"concord://events/{system_id}"])
            self._heard(system_id, before[0], now)
        return taken

    def sum_up(self, now: datetime, progress: Callable[[float, float, str], None] = _unheard) -> JsonObject:
        """Events from before the days for which they are kept stand in weekly sums, and are gone: {events}.

        It goes on in small steps, each whole by itself. What was summed up once is not taken in again.
        """
        horizons = retention.horizons(now, self._keep_days)
        old = {
            kind: self._database.read(partial(event_weeks.old_events, kind=kind, before=before))
            for kind, before in horizons.items()
        }
        done = 0
        for kind in (kind for kind, count in old.items() if count):
            step = partial(
                event_weeks.sum_up, kind=kind, before=horizons[kind], most=SUMMED_AT_ONCE, summed=_summed(kind)
            )
            while some := self._database.write(step):
                done += some
                progress(done, sum(old.values()), "summing up old events by weeks")
        return {"events": done}

    def newest(self, system_id: str, *, caller: str) -> list[JsonObject]:
        """The system's newest 50 events, latest first. What it writes of itself is for itself and the local user (LRN-10).

        Raises NotFound, or NotAllowed for another system.
        """
        if caller not in ("", system_id):
            raise NotAllowed(
                f"{caller} can't read the events of {system_id[:100]}: what a system reports is its own.",
                hint="get_system shows everybody's health.",
            )

        def look(session: "Session") -> list[JsonObject]:
            if not events.is_registered(session, system_id):
                raise NotFound(f"No system goes by {system_id[:100]!r}.", hint="find_systems lists them.")
            return events.newest(session, system_id, NEWEST)

        return self._database.read(look)

    def _keep(self, session: "Session", system_id: str, batch: Batch, now: datetime, before: list[Signs]) -> JsonObject:
        """`before` is given the signs as they were, where anything new came."""
        arrived = {one.key: one for one in reversed(batch.arrived)}  # of several under one key, the first
        revision = self._revision(session, arrived.values())
        known = events.known(session, system_id, list(arrived))
        new = [one for one in batch.arrived if one.key not in known and arrived[one.key] is one]
        late = _late(session, system_id, new)
        new = [one for one in new if one.key not in late]
        events.add(session, system_id, [_kept(one) for one in new])
        if new:
            self._hear(session, system_id, new, now, revision, before)
        too_late = [(one.position, late[one.key]) for one in batch.arrived if one.key in late]
        rejected = sorted([*batch.rejected, *too_late])
        return {
            "accepted": len(batch.arrived) - len(too_late),
            "rejected_total": len(rejected),
            "rejected": [{"index": index, "reason": reason} for index, reason in rejected[:REJECTED_SHOWN]],
            "ignored_keys": list(batch.ignored_keys),
        }

    @staticmethod
    def _revision(session: "Session", arrived: Iterable[Arrived]) -> int:
        """Under which signs of life that these events change are saved; from here on nobody else changes any."""
        return signs.next_revision(session) if any(isinstance(one.event, Run | Heartbeat) for one in arrived) else 0

    def _hear(
        self,
        session: "Session",
        system_id: str,
        arrived: Sequence[Arrived],
        now: datetime,
        revision: int,
        before: list[Signs],
    ) -> None:
        """The signs of life are as these events leave them; `before` is given what they were."""
        old = signs.of(session, system_id)
        before.append(old)
        fresh = _signs_with(old, arrived, to_wire(now))
        if fresh != old:
            signs.save(session, {system_id: fresh}, revision)


def _late(session: "Session", system_id: str, new: Sequence[Arrived]) -> dict[str, str]:
    """By key, why those of the new events can't be taken that may be summed up already.

    It is asked once it is known which are new: else an event that is summed up in between would seem to be neither.
    """
    since = event_weeks.summed_up_before(session, system_id) if new else {}
    return {one.key: retention.too_old(since[one.kind]) for one in new if one.at < since.get(one.kind, one.at)}


def _summed(kind: str) -> Callable[[Sequence[event_weeks.TakenOut]], list[event_weeks.WeekRow]]:
    """What events of the kind come to, as it is stored."""

    def summed(taken: Sequence[event_weeks.TakenOut]) -> list[event_weeks.WeekRow]:
        by_system: dict[str, list[tuple[str, int, Mapping[str, Any]]]] = {}
        for one in taken:
            by_system.setdefault(one.system_id, []).append((kind, one.at, one.document))
        return [row for system_id, told in by_system.items() for row in summed_rows(system_id, told)]

    return summed


def _kept(one: Arrived) -> events.Reported:
    return events.Reported(one.key, one.kind, one.at, one.document)


def _signs_with(known: Signs, arrived: Iterable[Arrived], now: str) -> Signs:
    for one in sorted(arrived, key=lambda one: one.at):
        if isinstance(one.event, Run):
            known = with_run(known, one.event, now)
        elif isinstance(one.event, Heartbeat):
            known = with_heartbeat(known, one.event.at, one.event.error_rate, now)
    return known


def _reporter(system_id: str, caller: str) -> str:
    reporter = system_id.strip() or caller
    if not reporter:
        raise InvalidArgument("Say whose events these are.", path="/system_id", hint="find_systems lists the ids.")
    if caller and reporter != caller:
        raise NotAllowed(
            f"{caller} can't report for {reporter[:100]}: a system reports only itself.", path="/system_id"
        )
    return reporter


def _unregistered(system_id: str) -> NotFound:
    named = system_id[:100]
    return NotFound(
        f"No system is registered as {named!r}, so nothing was kept.",
        path="/system_id",
        hint="Register it first with register_system, which needs a tier: MISSION_CRITICAL, PRODUCTION or EXPERIMENTAL.",
        corrected={"tool": "register_system", "arguments": {"system": {"id": named, "tier": "EXPERIMENTAL"}}},
    )
