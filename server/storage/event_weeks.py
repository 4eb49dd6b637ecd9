"""Queries over weekly sums of events, and the step that makes sums of events."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from server.storage.events import written
from server.storage.lazily import sql, tables
from server.storage.prepared import Prepared
from server.storage.statements import insert, on_postgresql, portions, put

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert
    from sqlalchemy.sql.dml import ReturningDelete

    from server.storage.session import Session


@dataclass(frozen=True, order=True)
class WeekRow:
    """What one system told in one week under one label."""

    system_id: str
    week: str
    """The date of the Sunday on which it ended (UTC)."""
    kind: str
    label: str
    """Of a run its result, of an error its category, of a metric its name, of an access mode and resource; else empty."""
    count: int
    total: float
    """Of the figures: a metric's values, a run's seconds, the tokens spent."""
    low: float
    high: float


class TakenOut(NamedTuple):
    """An event that is not kept any more."""

    system_id: str
    at: int
    document: Mapping[str, Any]


def old_events(session: "Session", kind: str, before: int) -> int:
    """How many events of the kind are from before this moment, microseconds since 1970."""
    events = tables.events.c
    counted = sql.select(sql.func.count()).select_from(tables.events).where(events.kind == kind, events.at < before)
    return int(session.connection().execute(counted).scalar_one())


def sum_up(
    session: "Session",
    kind: str,
    before: int,
    most: int,
    summed: Callable[[Sequence[TakenOut]], Iterable[WeekRow]],
) -> int:
    """The oldest events of the kind from before this moment, `most` at most, are gone and stand in the weekly sums; how many.

    `summed` tells what they come to. From before the newest of them none of their systems' events of the kind is taken any
    more. Two who do this at once sum up different events. The event with the highest number stays, so that no number is given
    out twice.
    """
    values = {"kind": kind, "before": before, "most": most}
    rows = session.connection().execute(_taking_out(), values).all()
    taken = [TakenOut(row.system_id, row.at, row.document) for row in rows]
    if not taken:
        return 0
    add(session, summed(taken))
    newest: dict[str, int] = {}
    for one in taken:
        newest[one.system_id] = max(one.at + 1, newest.get(one.system_id, one.at + 1))
    known = kept_since(session, sorted(newest), kind)
    since = {system_id: max(at, known.get(system_id, at)) for system_id, at in newest.items()}
    put(session, tables.kept_since, [{"system_id": one, "kind": kind, "at": since[one]} for one in sorted(since)])
    written(session)
    return len(taken)


def add(session: "Session", rows: Iterable[WeekRow]) -> None:
    """The sums are larger by these."""
    adding = [asdict(row) for row in sorted(rows)]
    if adding:
        session.connection().execute(_adding(on_postgresql(session)), adding)


def kept_since(session: "Session", systems: Sequence[str], kind: str) -> dict[str, int]:
    """By system, the moment before which its events of the kind may be summed up; none where none is."""
    since = tables.kept_since.c
    found: dict[str, int] = {}
    for some in portions(systems):
        chosen = sql.select(since.system_id, since.at).where(since.kind == kind, since.system_id.in_(some))
        found.update((row.system_id, row.at) for row in session.connection().execute(chosen))
    return found


def summed_up_before(session: "Session", system_id: str) -> dict[str, int]:
    """By kind, the moment before which the system's events may be summed up; none where none is."""
    return {row[0]: row[1] for row in _summed_up_before().rows(session, {"system_id": system_id})}


def weeks(session: "Session", system_id: str = "", *, since: str = "", until: str = "") -> list[WeekRow]:
    """The sums of the system, or of all, for weeks that ended on these days or between them, by system, week, kind and label.

    Events that are kept one by one are not among them.
    """
    sums = tables.event_weeks.c
    chosen = sql.select(*(sums[one.name] for one in fields(WeekRow)))
    if system_id:
        chosen = chosen.where(sums.system_id == system_id)
    if since:
        chosen = chosen.where(sums.week >= since)
    if until:
        chosen = chosen.where(sums.week <= until)
    return sorted(WeekRow(*row) for row in session.connection().execute(chosen))


@cache
def _summed_up_before() -> Prepared:
    since = tables.kept_since.c
    return Prepared(sql.select(since.kind, since.at).where(since.system_id == sql.bindparam("system_id")))


@cache
def _taking_out() -> "ReturningDelete[Any]":
    events = tables.events.c
    newest = sql.select(sql.func.max(events.seq)).scalar_subquery()
    oldest = (
        sql.select(events.seq)
        .where(events.kind == sql.bindparam("kind"), events.at < sql.bindparam("before"), events.seq < newest)
        .order_by(events.at, events.seq)
        .limit(sql.bindparam("most"))
    )
    deleting = sql.delete(tables.events).where(events.seq.in_(oldest))
    return deleting.returning(events.system_id, events.at, events.document)


@cache
def _adding(postgresql: bool) -> "Insert":
    statement = insert(tables.event_weeks, postgresql=postgresql)
    sums, more = tables.event_weeks.c, statement.excluded
    lower, higher = (sql.func.least, sql.func.greatest) if postgresql else (sql.func.min, sql.func.max)
    return statement.on_conflict_do_update(
        index_elements=["system_id", "week", "kind", "label"],
        set_={
            "count": sums.count + more.count,
            "total": sums.total + more.total,
            "low": lower(sums.low, more.low),
            "high": higher(sums.high, more.high),
        },
    )
