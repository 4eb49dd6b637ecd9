"""Statements that both databases know, but that SQLAlchemy spells for each apart.

Putting a statement together takes longer than running it. Those that run for every system of an import are put together
once, by a cached function, with named parameters for what differs.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.dialects.sqlite import Insert

    from server.storage.session import Session

T = TypeVar("T")

PORTION = 500
"""Values in one IN (…), well below what either database allows."""


def on_postgresql(session: "Session") -> bool:
    """Whether the session speaks to PostgreSQL; else it is SQLite."""
    return session.connection().dialect.name == "postgresql"


def portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in order, at most PORTION at a time."""
    return (values[start : start + PORTION] for start in range(0, len(values), PORTION))


def by_code_point(column: "ColumnElement[str]", *, postgresql: bool) -> "ColumnElement[str]":
    """The column to order by, so that text sorts as Python sorts it, whatever language the database speaks."""
    return column.collate("C") if postgresql else column


def put(session: "Session", table: "Table", rows: Sequence[Mapping[str, Any]]) -> None:
    """Each row stands as given, in place of the one with the same primary key where there is one."""
    if not rows:
        return
    statement = insert(table, postgresql=on_postgresql(session))
    keys = [column.name for column in table.primary_key]
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    session.connection().execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh), rows)


def insert(table: "Table", *, postgresql: bool) -> "Insert":
    """An INSERT that may be given ON CONFLICT; the two databases' classes for it are alike."""
    if postgresql:
        from sqlalchemy.dialects import postgresql as dialect

        return dialect.insert(table)  # type: ignore[return-value]  # its methods take the same arguments
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
