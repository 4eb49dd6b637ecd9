"""Queries over leases: what one process alone does at a time, and the others once it has stopped saying that it lives.

A lease counts in real time, whatever time the server was told to live in: a clock that stands still must not keep a dead
process alive.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from server.storage.lazily import sql, tables
from server.storage.statements import insert, on_postgresql

if TYPE_CHECKING:
    from server.storage.session import Session


def take(session: "Session", name: str, holder: str, *, now: float, until: float) -> bool:
    """Whether the lease is the holder's until then, in seconds since 1970: it was free, run out, or the holder's already."""
    statement = insert(tables.leases, postgresql=on_postgresql(session))
    leases = tables.leases.c
    taking = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": statement.excluded.holder, "until": statement.excluded.until},
        where=sql.or_(leases.until <= now, leases.holder == holder),
    ).returning(leases.name)
    return session.connection().execute(taking, {"name": name, "holder": holder, "until": until}).first() is not None


def holder_of(session: "Session", name: str, *, now: float) -> str:
    """Who holds the lease now; empty for nobody."""
    leases = tables.leases.c
    chosen = sql.select(leases.holder).where(leases.name == name, leases.until > now)
    return str(session.connection().execute(chosen).scalar() or "")


def prolong(session: "Session", holders: Sequence[str], *, until: float) -> None:
    """Every lease that one of them still holds lasts until then."""
    leases = tables.leases.c
    session.connection().execute(sql.update(tables.leases).where(leases.holder.in_(holders)).values(until=until))


def give_back(session: "Session", name: str, holder: str) -> None:
    """The lease is free, if it was the holder's."""
    leases = tables.leases.c
    session.connection().execute(sql.delete(tables.leases).where(leases.name == name, leases.holder == holder))
