"""Bringing a database to the schema of this program."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from server.errors import StorageError

HEAD = "0006"
"""The schema that this program works with: its newest migration."""
VERSION_TABLE = "concord_version"
_LOCK = 0x434F4E434F5244
"""Advisory lock of PostgreSQL under which migrations run."""


def bring_up_to_date(readers: Engine, writers: Engine, lock: AbstractContextManager[None]) -> None:
    """The database has the tables of this program, whatever version of it was there before.

    All steps are one transaction, and one process at a time does them: under `lock` on SQLite, under an advisory lock on
    PostgreSQL. A database that is up to date costs two small queries. Raises StorageError where a newer program has been at
    work, or another program altogether.
    """
    with readers.connect() as connection:
        if version_of(connection) == HEAD:
            return
    with lock:
        if writers.dialect.name == "sqlite":
            _turn_on_wal(writers)
        with writers.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            if version_of(connection) != HEAD:
                _upgrade(connection)


def version_of(connection: Connection) -> str:
    """The migration that the database is at; empty for a new one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return str(found or "")


def alembic_config(connection: Connection) -> Any:
    """Alembic's configuration for the migrations of this program, on an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade_to(connection: Connection, version: str) -> None:
    """The database has the schema of that version; the caller commits."""
    from alembic import command

    command.upgrade(alembic_config(connection), version)


def _turn_on_wal(writers: Engine) -> None:
    """The file keeps a write-ahead log from now on: readers and the writer don't wait for each other."""
    connection = writers.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def _upgrade(connection: Connection) -> None:
    from alembic.script import ScriptDirectory

    present = version_of(connection)
    known = {revision.revision for revision in ScriptDirectory.from_config(alembic_config(connection)).walk_revisions()}
    if present and present not in known:
        raise StorageError(
            f"The database was made by a newer version of Concord (schema {present}; this program knows up to {HEAD}).",
            hint="Update concord-mcp, or use another database.",
        )
    if not present:
        _expect_room(connection)
    upgrade_to(connection, HEAD)


def _expect_room(connection: Connection) -> None:
    """Raises StorageError where our tables would stand among those of another program: in its file, or under its names."""
    from server.storage.tables import metadata

    there = set(inspect(connection).get_table_names())
    strange = there if connection.dialect.name == "sqlite" else there & (set(metadata.tables) | {"system_texts"})
    if strange:
        raise StorageError(
            f"The database belongs to another program: it has tables such as {min(strange)!r}.",
            hint="Name an empty one with CONCORD_DATABASE_URL.",
        )
