"""Tables in SQLite files, opened so that nothing can be written."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from server.registry.validation.bytes_of import said
from server.registry.validation.look import OutOfTime
from server.registry.validation.reading import Reading
from server.registry.validation.values import row_reader

_INSTRUCTIONS = 200_000
"""Steps of the database between two looks at the time."""
_MEANT = (
    (("BOOL",), ("boolean",)),
    (("INT",), ("integer",)),
    (("CHAR", "CLOB", "TEXT"), ("string",)),
    (("REAL", "FLOA", "DOUB"), ("number",)),
)
"""Words in a declared type, as the database itself goes by them, with what is kept in such a column."""


def read_sqlite_table(canonical: str, look: Reading) -> None:
    """The table of `sqlite://FILE#TABLE` is looked at; without a table, the file alone."""
    path, _, table = canonical.removeprefix("sqlite://").partition("#")
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        look.missing("there is no such file")
        return
    except (OSError, ValueError) as error:
        look.unknown(f"it can't be looked at: {said(error)}")
        return
    look.written(datetime.fromtimestamp(_written(path, found), UTC))
    try:
        with closing(sqlite3.connect(_address(path), uri=True, timeout=2)) as connection:
            connection.execute("PRAGMA query_only = 1")
            connection.set_progress_handler(lambda: 1 if look.seconds() > look.limits.seconds else 0, _INSTRUCTIONS)
            _read_table(connection, table, look)
    except sqlite3.OperationalError as error:
        if look.seconds() > look.limits.seconds:
            raise OutOfTime from None
        if "locked" in str(error) or "busy" in str(error):
            look.unknown("the database is locked by somebody who writes")
        else:
            look.unknown(f"the database can't be read: {str(error)[:200]}")
    except sqlite3.DatabaseError as error:
        look.unknown(f"it is no SQLite database that can be read: {str(error)[:200]}")


def _written(path: str, found: os.stat_result) -> float:
    """When the database was last written: what is not yet moved into the file counts, too."""
    try:
        return max(found.st_mtime, os.stat(path + "-wal").st_mtime)
    except OSError:
        return found.st_mtime


def _address(path: str) -> str:
    """Read-only; a database with a log but no log file is as its file says, and opening it must not make one."""
    with open(path, "rb") as file:
        logs = file.read(20)[18:20] == b"\2\2"
    settled = logs and not os.path.exists(path + "-wal")
    return f"file:{quote(path)}?mode=ro" + ("&immutable=1" if settled else "")


def _read_table(connection: sqlite3.Connection, table: str, look: Reading) -> None:
    if not table:
        look.there("a SQLite database")
        look.unread("no table is named")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return
    row = connection.execute(
        "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND lower(name) = lower(?)", (table,)
    ).fetchone()
    if row is None:
        look.missing(f"the database has no table {table}")
        return
    look.there(f"the {row[1]} {row[0]}")
    quoted = '"' + str(row[0]).replace('"', '""') + '"'
    declared = connection.execute(f"PRAGMA table_info({quoted})").fetchall()
    truths = frozenset(str(column[1]) for column in declared if "BOOL" in str(column[2]).upper())
    cursor = connection.execute(f"SELECT * FROM {quoted} LIMIT {look.limits.records + 1}")
    names = [column[0] for column in cursor.description]
    rows: Iterator[tuple[Any, str]] = ((values, f"row {number}") for number, values in enumerate(cursor, start=1))
    look.content()
    if not look.rows(rows, lambda kinds: row_reader(names, kinds, truths=truths)):
        types = {str(column[1]): _kinds(str(column[2])) for column in declared}
        look.columns({name: types.get(name, frozenset()) for name in names})


def _kinds(declared: str) -> frozenset[str]:
    """What a column of this declared type is meant to hold; empty where it may be anything, as in an expression's column."""
    said = declared.upper()
    return next((frozenset(kinds) for words, kinds in _MEANT if any(word in said for word in words)), frozenset())
