"""Bringing a database to the schema of this program."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from server.errors import StorageError

HEAD = "0002"
"""The schema that this program works with: its newest migration."""
_LOCK = 0x434F4E434F5244
"""Advisory lock of PostgreSQL under which migrations run."""


def bring_up_to_date(engine: Engine) -> None:
    """The database has the tables of this program, whatever version of it was there before.

    Raises StorageError where a newer program has been at work. The caller makes sure that one process does this at a time
    on SQLite; on PostgreSQL an advisory lock does.
    """
    with engine.connect() as connection:
        if version_of(connection) == HEAD:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if version_of(connection) != HEAD:
            _upgrade(connection)


def version_of(connection: Connection) -> str:
    """The migration that the database is at; empty for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found or "")


def alembic_config(connection: Connection | None = None) -> Any:
    """Alembic's configuration for the migrations of this program, on an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = alembic_config(connection)
    present = version_of(connection)
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if present and present not in known:
        raise StorageError(
            f"The database was made by a newer version of Concord (schema {present}; this program knows up to {HEAD}).",
            hint="Update concord-mcp, or use another database.",
        )
    command.upgrade(config, HEAD)
