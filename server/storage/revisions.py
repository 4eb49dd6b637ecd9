"""Where the registry and the signs of life stand, in one query: what tells those who keep a copy whether it is still good."""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from server.storage import signs, systems
from server.storage.lazily import sql

if TYPE_CHECKING:
    from sqlalchemy import TextClause

    from server.storage.database import Database
    from server.storage.session import Session


class Revisions(NamedTuple):
    """Each 0 before anything was written."""

    registry: int
    signs: int


_QUERY = (
    "SELECT (SELECT value FROM counters WHERE name = :registry) AS registry,"
    " (SELECT value FROM counters WHERE name = :signs) AS signs"
)
_NAMES = {"registry": systems.REVISION, "signs": signs.REVISION}


def revisions(session: "Session") -> Revisions:
    """The present ones."""
    registry, heard = session.connection().execute(_statement(), _NAMES).one()
    return Revisions(registry or 0, heard or 0)


def revisions_at_a_glance(database: "Database") -> Revisions | None:
    """The same without a session, which costs several times as much as the query; None where that can't be had."""
    row = database.glance(_QUERY, _NAMES)
    return None if row is None else Revisions(row[0] or 0, row[1] or 0)


@cache
def _statement() -> "TextClause":
    return sql.text(_QUERY)
