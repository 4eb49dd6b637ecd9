"""Numbers that only grow, the same for all processes."""

from functools import cache
from typing import TYPE_CHECKING

from server.storage.lazily import sql
from server.storage.prepared import Prepared

if TYPE_CHECKING:
    from sqlalchemy import TextClause

    from server.storage.session import Session


def following(session: "Session", name: str, count: int = 1) -> int:
    """The counter stands `count` higher; its new value, which starts at 1.

    Its row stays locked until the transaction ends, so no number is given twice, and whoever takes a number goes before all
    who take the next one.
    """
    return int(_counting_up().rows(session, {"name": name, "count": count})[0][0])


def present(session: "Session", name: str) -> int:
    """The last number that was given; 0 where none was."""
    return int(session.connection().execute(_last(), {"name": name}).scalar() or 0)


@cache
def _counting_up() -> Prepared:
    return Prepared(
        sql.text(
            "INSERT INTO counters (name, value) VALUES (:name, :count) "
            "ON CONFLICT (name) DO UPDATE SET value = counters.value + :count RETURNING value"
        )
    )


@cache
def _last() -> "TextClause":
    return sql.text("SELECT value FROM counters WHERE name = :name")
