"""Tables in PostgreSQL, read in a transaction that can't write; where the extra `postgres` is installed."""

import importlib.util
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from server.registry.validation.look import NOT_VERIFIABLE, OutOfTime
from server.registry.validation.reading import Reading
from server.registry.validation.values import row_reader

CONNECTING = 5
"""Seconds that a connection may take."""
_KINDS = {
    oid: frozenset((kind,))
    for kind, oids in {
        "boolean": (16,),
        "integer": (20, 21, 23),
        "number": (700, 701, 1186, 1700),
        "string": (17, 25, 1042, 1043, 1082, 1083, 1114, 1184, 1266, 2950),
    }.items()
    for oid in oids
}
"""What is read of a column, by the number of its type (pg_type.oid); others, such as JSON and lists, may be anything."""
_HERE = ("", "localhost", "127.0.0.1", "::1")


def read_postgres_table(resource: str, look: Reading, *, hosts: Collection[str]) -> None:
    """The table of `postgresql://HOST/DATABASE#SCHEMA.TABLE` is looked at; user and password come from the environment.

    Another host than this machine has to stand among `hosts`, as whoever is named there is sent those credentials.
    """
    if importlib.util.find_spec("psycopg") is None:
        look.unknown(f"{NOT_VERIFIABLE}: PostgreSQL is read only where the extra `postgres` is installed")
        return
    try:
        settings, table = _settings(resource)
    except ValueError as error:
        look.unknown(f"it is no address of a database: {error}")
        return
    host = str(settings.get("host", ""))
    if host not in _HERE and not host.startswith("/") and not {host, f"{host}:{settings.get('port', 5432)}"} & {*hosts}:
        look.unknown(f"{NOT_VERIFIABLE}: the host {host} is not on the list CONCORD_HTTP_HOSTS")
        return
    import psycopg

    allowed = max(int((look.limits.seconds - look.seconds()) * 1_000), 1_000)
    options = f"-c default_transaction_read_only=on -c statement_timeout={allowed} -c lock_timeout=2000"
    try:
        with psycopg.connect(**settings, connect_timeout=CONNECTING, options=options) as connection:
            connection.read_only = True
            _read_table(connection, table, look)
            connection.rollback()
    except psycopg.errors.QueryCanceled:
        raise OutOfTime from None
    except psycopg.errors.InsufficientPrivilege:
        look.unknown("the database does not let us read the table")
    except psycopg.errors.LockNotAvailable:
        look.unknown("the table is locked by somebody who writes")
    except psycopg.Error as error:
        look.unknown(f"the database can't be asked ({type(error).__name__})")


def _settings(resource: str) -> tuple[dict[str, Any], str]:
    """What to connect with, nothing but host, port, database and a socket's folder taken from the address; and the table."""
    parts = urlsplit(resource)
    socket = parse_qs(parts.query).get("host", [""])[0]
    settings: dict[str, Any] = {"host": parts.hostname or (socket if socket.startswith("/") else "")}
    if parts.port:
        settings["port"] = parts.port
    settings["dbname"] = unquote(parts.path.strip("/"))
    return {name: value for name, value in settings.items() if value}, unquote(parts.fragment)


def _read_table(connection: Any, table: str, look: Reading) -> None:
    from psycopg import sql

    if not table:
        look.there("a PostgreSQL database")
        look.unread("no table is named")
        return
    schema, _, name = table.rpartition(".")
    found = connection.execute(
        """SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname = %s AND c.relname IN (%s, lower(%s))
        ORDER BY c.relname = %s DESC""",
        (schema or "public", name, name, name),
    ).fetchone()
    if found is None:
        look.missing(f"the database has no table {table}")
        return
    look.there(f"the table {found[0]}.{found[1]}")
    with connection.cursor(name="concord_look") as cursor:
        cursor.itersize = 2_000
        statement = sql.SQL("SELECT * FROM {} LIMIT {}").format(
            sql.Identifier(*found), sql.Literal(look.limits.records + 1)
        )
        cursor.execute(statement)
        described = cursor.description or ()
        names = [column.name for column in described]
        rows: Iterator[tuple[Any, str]] = ((values, f"row {number}") for number, values in enumerate(cursor, start=1))
        look.content()
        if not look.rows(rows, lambda kinds: row_reader(names, kinds)):
            look.columns({column.name: _KINDS.get(column.type_code, frozenset()) for column in described})
