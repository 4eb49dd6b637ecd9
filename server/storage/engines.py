"""Connections to the two databases, set up so that what is acknowledged is durable."""

import json
import re
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event

from server.errors import StorageError

READERS = 8
"""Connections that read at the same time."""


def sqlite(file: Path) -> tuple[Engine, Engine]:
    """(for readers, for the one writer) of a SQLite file in WAL mode, every commit synced to disk."""
    readers = _sqlite_engine(file, size=READERS, begin="BEGIN")
    return readers, _sqlite_engine(file, size=1, begin="BEGIN IMMEDIATE")


def postgresql(url: str) -> Engine:
    """Connections to a PostgreSQL database. Raises StorageError where the driver is not installed."""
    try:
        import psycopg  # noqa: F401 -- asked for by name, so that the error says what to install
    except ImportError as error:
        raise StorageError(
            "PostgreSQL needs the driver psycopg, which is not installed.", hint="pip install 'concord-mcp[postgres]'"
        ) from error
    name = re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", url)
    return create_engine(name, pool_size=READERS, max_overflow=READERS, pool_pre_ping=True, json_serializer=_to_json)


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)


def _sqlite_engine(file: Path, *, size: int, begin: str) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}",
        pool_size=size,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"check_same_thread": False, "isolation_level": None},
        json_serializer=_to_json,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        # the time-out comes first: switching to WAL needs a lock itself
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
