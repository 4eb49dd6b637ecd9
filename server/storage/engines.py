"""Connections to the two databases, set up so that what is acknowledged is durable."""

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pydantic_core
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from server.errors import InvalidArgument, StorageError
from server.storage.prepared import ask

READERS = 8
"""Connections that are kept open for reading; more are opened while all of them are in use."""

_PRAGMAS = ("busy_timeout=5000", "synchronous=FULL", "foreign_keys=ON")


def sqlite(file: Path) -> tuple[Engine, Engine]:
    """(for readers, for the one writer) of a SQLite file, every commit synced to disk. Readers can't write."""
    readers = _sqlite_engine(file, size=READERS, begin="BEGIN", pragmas=(*_PRAGMAS, "query_only=ON"))
    return readers, _sqlite_engine(file, size=1, begin="BEGIN IMMEDIATE", pragmas=_PRAGMAS)


def postgresql(url: str) -> tuple[Engine, Engine]:
    """(for readers, for writers) of a PostgreSQL database. A reader sees one state of it, and can't write.

    Raises StorageError where the driver is not installed.
    """
    try:
        import psycopg  # noqa: F401 -- asked for by name, so that the error says what to install
    except ImportError as error:
        raise StorageError(
            "PostgreSQL needs the driver psycopg, which is not installed.", hint="pip install 'concord-mcp[postgres]'"
        ) from error
    try:
        address = make_url(re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", url))
    except (ArgumentError, ValueError):
        # Neither error is kept: both repeat the URL, with its password.
        raise StorageError("The database URL can't be read.", hint="For example postgresql://USER@HOST/NAME.") from None
    engine = create_engine(
        address,
        pool_size=READERS,
        max_overflow=READERS,
        pool_pre_ping=True,
        json_serializer=to_json,
        connect_args={"connect_timeout": 10, "application_name": "concord"},
    )
    readers = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return readers, engine


def to_json(value: Any) -> str:
    """The value as JSON in ASCII, so that any text in it can be stored by any database.

    Raises InvalidArgument for a number that JSON does not have.
    """
    try:
        # It takes a third of the time, but knows neither ASCII nor half a surrogate pair, and writes what is not a number.
        written = pydantic_core.to_json(value, inf_nan_mode="constants")
    except ValueError:
        return _to_ascii(value)
    plain = written.isascii() and b"NaN" not in written and b"Infinity" not in written
    return written.decode() if plain else _to_ascii(value)


def _to_ascii(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise InvalidArgument("A number is infinite or not a number, which JSON can't say.") from error


def _sqlite_engine(file: Path, *, size: int, begin: str, pragmas: tuple[str, ...]) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        try:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    # The file is opened by its path, not through a URL, in which `?` and `%` would mean something.
    engine = create_engine("sqlite:///file", creator=connect, pool_size=size, max_overflow=-1, json_serializer=to_json)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        ask(connection, begin)

    return engine
