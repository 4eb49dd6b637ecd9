"""Queries over events: what systems reported, each once, however often and in whatever order it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from server.storage.lazily import sql, tables
from server.storage.statements import insert, on_postgresql, portions

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.dialects.sqlite import Insert

    from server.storage.session import Session


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


def add(session: "Session", system_id: str, events: Sequence[Reported]) -> None:
    """The events are kept; one that another process has just kept under its key is left as it stands."""
    if not events:
        return
    rows = [
        {"system_id": system_id, "key": one.key, "kind": one.kind, "at": one.at, "document": one.document}
        for one in events
    ]
    session.connection().execute(_adding(on_postgresql(session)), rows)


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


@cache
def _known() -> "Select[Any]":
    events = tables.events.c
    return sql.select(events.key).where(
        events.system_id == sql.bindparam("system_id"), events.key.in_(sql.bindparam("keys", expanding=True))
    )


@cache
def _adding(postgresql: bool) -> "Insert":
    return insert(tables.events, postgresql=postgresql).on_conflict_do_nothing(index_elements=["system_id", "key"])
