"""Queries over events: what systems reported, each once, however often and in whatever order it came."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from server.storage import counters
from server.storage.lazily import sql, tables
from server.storage.prepared import Prepared
from server.storage.statements import insert, on_postgresql, portions

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.dialects.sqlite import Insert

    from server.storage.session import Session

WRITTEN = "events:written"
"""Counts the writes of events."""
PORTION_READ = 20_000
"""Events in memory at a time, where all of them are gone through."""


@dataclass(frozen=True, slots=True)
class Reported:
    """An event as it is kept."""

    key: str
    """What tells the same event sent twice from two events, within its system."""
    kind: str
    at: int
    """Microseconds since 1970."""
    document: Mapping[str, Any]
    """The members that were sent."""


class Row(NamedTuple):
    """A stored event with its document unread: reading takes longer than fetching, and many at once go faster."""

    seq: int
    system_id: str
    kind: str
    at: int
    text: str
    """JSON."""


class Noted(NamedTuple):
    """A stored event by its number."""

    seq: int
    system_id: str
    event_id: str
    """The system's own id for it where it gave one, else what we tell it apart by."""
    at: int
    kind: str
    document: Mapping[str, Any]
    origin: str
    """The file of its system that it was read from; empty = reported."""


def is_registered(session: "Session", system_id: str) -> bool:
    """Whether a system has this id, archived or not: only then may events be kept for it."""
    systems = tables.systems.c
    return session.connection().execute(sql.select(systems.id).where(systems.id == system_id)).first() is not None


def known(session: "Session", system_id: str, keys: Sequence[str]) -> set[str]:
    """Those of the keys under which the system has reported something before."""
    found: set[str] = set()
    for some in portions(keys):
        found.update(session.connection().execute(_known(), {"system_id": system_id, "keys": some}).scalars())
    return found


def add(session: "Session", system_id: str, events: Sequence[Reported], *, origin: str = "") -> None:
    """The events are kept; one that another process has just kept under its key is left as it stands.

    `origin` is the file that they were read from; empty = reported.
    """
    if not events:
        return
    common = {"system_id": system_id, "origin": origin}
    rows = [{**common, "key": one.key, "kind": one.kind, "at": one.at, "document": one.document} for one in events]
    session.connection().execute(_adding(on_postgresql(session)), rows)
    written(session)


def written(session: "Session") -> None:
    """`times_written` is higher, once this transaction has ended. Called last, as it lets nobody else write until then."""
    counters.following(session, WRITTEN)


def newest(session: "Session", system_id: str, limit: int) -> list[dict[str, Any]]:
    """The system's latest events by their own moments, the newest first."""
    events = tables.events.c
    rows = session.connection().execute(
        sql.select(events.kind, events.document)
        .where(events.system_id == system_id)
        .order_by(events.at.desc(), events.seq.desc())
        .limit(limit)
    )
    return [{"kind": row.kind, **row.document} for row in rows]


def in_portions(session: "Session", kinds: Sequence[str], since: int, until: int) -> Iterator[list[Row]]:
    """The events of these kinds with `since` <= at < `until`, in the order of arrival, never all of them in memory.

    What comes has the members of Row, and is as the driver gives it.
    """
    assert all(map(str.isalpha, kinds)), "words of ours"
    after = 0
    values = {"since": since, "until": until, "most": PORTION_READ}
    following = _next(tuple(kinds), on_postgresql(session))
    while rows := following.rows(session, {**values, "after": after}):
        yield rows  # type: ignore[misc]  # making each a Row takes as long as fetching them
        after = rows[-1][0]


def counted_in(session: "Session", kinds: Sequence[str], since: int, until: int) -> tuple[int, int]:
    """How many events of these kinds there are with `since` <= at < `until`, and of how many systems."""
    events = tables.events.c
    chosen = sql.select(sql.func.count(), sql.func.count(events.system_id.distinct())).where(
        events.kind.in_(kinds), events.at >= since, events.at < until
    )
    number, systems = session.connection().execute(chosen).one()
    return int(number), int(systems)


def newest_number(session: "Session") -> int:
    """The number of the event that was kept last; 0 before the first. Of two that came at once, either may be there first."""
    number = session.connection().execute(sql.select(sql.func.max(tables.events.c.seq))).scalar()
    return int(number or 0)


def times_written(session: "Session") -> int:
    """Grows with each write of events: while it stays, none has come, been changed or been summed up."""
    return counters.present(session, WRITTEN)


def by_numbers(session: "Session", seqs: Collection[int]) -> list[Noted]:
    """The events of these numbers that are still kept, by number."""
    events = tables.events.c
    found: list[Noted] = []
    for some in portions(sorted(set(seqs))):
        rows = session.connection().execute(
            sql.select(events.seq, events.system_id, events.key, events.at, events.kind, events.document, events.origin)
            .where(events.seq.in_(some))
            .order_by(events.seq)
        )
        for row in rows:
            event_id = row.document.get("id") or row.key
            found.append(Noted(row.seq, row.system_id, event_id, row.at, row.kind, row.document, row.origin))
    return found


@cache
def _next(kinds: Sequence[str], postgresql: bool) -> Prepared:
    """All of a table in its own order is read in half the time that looking up each row by an index takes, and needs no
    sorting. PostgreSQL finds that out by itself; to SQLite no index is offered, as none knows `kind || ''`.
    """
    kind = "kind" if postgresql else "kind || ''"
    among = ", ".join(f"'{kind}'" for kind in kinds)
    return Prepared(
        sql.text(
            "SELECT seq, system_id, kind, at, CAST(document AS TEXT) FROM events "
            f"WHERE seq > :after AND at >= :since AND at < :until AND {kind} IN ({among}) "
            "ORDER BY seq LIMIT :most"
        )
    )


@cache
def _known() -> "Select[Any]":
    events = tables.events.c
    return sql.select(events.key).where(
        events.system_id == sql.bindparam("system_id"), events.key.in_(sql.bindparam("keys", expanding=True))
    )


@cache
def _adding(postgresql: bool) -> "Insert":
    return insert(tables.events, postgresql=postgresql).on_conflict_do_nothing(index_elements=["system_id", "key"])
