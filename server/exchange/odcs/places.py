"""Where the objects of an ODCS contract lie: each server of the contract, with the object's name there, as a resource."""

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from server.exchange.discretion import address
from server.exchange.documents import words
from server.model.datasets import dataset_uri

_TABLES = {
    # type → (scheme of the namespace, members that name the place above the table, outermost first)
    "postgres": ("postgres", ("database", "schema")),
    "postgresql": ("postgres", ("database", "schema")),
    "cloudsql": ("postgres", ("database", "schema")),
    "redshift": ("redshift", ("database", "schema")),
    "mysql": ("mysql", ("database",)),
    "sqlserver": ("mssql", ("database", "schema")),
    "synapse": ("mssql", ("database",)),
    "oracle": ("oracle", ("serviceName",)),
    "db2": ("db2", ("database", "schema")),
    "snowflake": ("snowflake", ("database", "schema")),
    "databricks": ("databricks", ("catalog", "schema")),
    "trino": ("trino", ("catalog", "schema")),
    "presto": ("presto", ("catalog", "schema")),
    "dremio": ("dremio", ("schema",)),
    "denodo": ("denodo", ("database",)),
    "clickhouse": ("clickhouse", ("database",)),
    "vertica": ("vertica", ("database", "schema")),
    "hive": ("hive", ("database",)),
    "impala": ("impala", ("database",)),
    "informix": ("informix", ("database",)),
    "zen": ("zen", ("database",)),
    "athena": ("awsathena", ("catalog", "schema")),
    "bigquery": ("", ("project", "dataset")),
    "glue": ("", ("database",)),
}
_USUAL_PORTS = {"postgres": 5432, "redshift": 5439, "mysql": 3306, "mssql": 1433, "oracle": 1521}
_MODEL = re.compile(r"\{(model|table|schema|object|name)\}")


def resource_at(server: Mapping[str, Any], name: str, *, alone: bool) -> str:
    """The resource that the object of this physical name is on a server; empty where the server states no place.

    `alone` says that the contract has no other object, so that the server's location is the object's own.
    """
    kind = words(server.get("type")).lower()
    if kind in _TABLES:
        return _table(kind, server, name)
    if kind == "kafka":
        return dataset_uri(f"kafka://{_bare(words(server.get('host')))}", name)
    if kind == "kinesis":
        return dataset_uri(f"kinesis://{words(server.get('region'))}", words(server.get("stream")) or name)
    if kind == "pubsub":
        return dataset_uri(f"pubsub://{words(server.get('project'))}", name)
    if kind == "duckdb":
        table = ".".join(part for part in (words(server.get("schema")), name) if part)
        return f"duckdb://{words(server.get('database'))}#{table}"
    location = next(
        (words(server[part]) for part in ("location", "path", "endpointUrl") if words(server.get(part))), ""
    )
    if location:
        return _below(location, name, alone=alone)
    host = words(server.get("host"))
    above = [words(server.get(part)) for part in ("account", "project", "catalog", "database", "dataset", "schema")]
    if host or any(above):
        return dataset_uri(f"{kind or 'custom'}://{_address(server, 0)}", ".".join([*filter(None, above), name]))
    return ""


def _table(kind: str, server: Mapping[str, Any], name: str) -> str:
    scheme, members = _TABLES[kind]
    above = [words(server.get(member)) for member in members]
    own = name.split(".")
    # a name that is qualified already replaces as many of the outer parts as it states itself
    parts = [*above[: max(0, len(above) - len(own) + 1)], *own]
    full = ".".join(part for part in parts if part)
    if not scheme:
        return dataset_uri(kind, full)
    if kind == "snowflake":
        return dataset_uri(f"snowflake://{words(server.get('account'))}", full)
    if kind == "athena":
        region = words(server.get("regionName"))
        return dataset_uri(f"awsathena://athena.{region}.amazonaws.com" if region else "awsathena://", full)
    return dataset_uri(f"{scheme}://{_address(server, _USUAL_PORTS.get(scheme, 0))}", full)


def _address(server: Mapping[str, Any], usual: int) -> str:
    host, port = _bare(words(server.get("host"))), words(server.get("port")) or (str(usual) if usual else "")
    return f"{host}:{port}" if host and port and ":" not in host else host


def _bare(host: str) -> str:
    """The host without a scheme, credentials and a path."""
    return host.rpartition("://")[2].partition("/")[0].rpartition("@")[2]


def _below(location: str, name: str, *, alone: bool) -> str:
    location = address(location)
    if _MODEL.search(location):
        return _MODEL.sub(name, location)
    last = posixpath.basename(location.rstrip("/"))
    if alone or "." in last or "*" in last:
        return location
    return f"{location.rstrip('/')}/{name}"
