"""The one name of a dataset, whoever speaks of it: OpenLineage by namespace and name, dbt by its relation (REG-11)."""

import re
from urllib.parse import quote

_URI = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)$", re.DOTALL)
_SCHEMES = {"postgres": "postgresql", "s3a": "s3", "s3n": "s3", "gcs": "gs", "abfss": "abfs", "dbfs": "dbfs"}
_DATABASES = frozenset({"postgresql", "redshift", "mysql", "mssql", "sqlserver", "oracle", "db2", "cockroachdb"})
"""Servers whose datasets are called `database.schema.table` there."""
_FOLDERS = frozenset({"s3", "gs", "hdfs", "abfs", "file", "dbfs", "wasbs", "wasb", "ftp", "sftp", "http", "https"})
_WITH_CONTAINERS = frozenset({"abfs", "abfss", "wasb", "wasbs"})
"""Where other addresses have the user, these have the container."""
_PLAIN = re.compile(r"[^A-Za-z0-9._~:@!$&'()*+,;=/-]")
_PORTS = {
    "postgres": "5432",
    "redshift": "5439",
    "sqlserver": "1433",
    "mysql": "3306",
    "trino": "8080",
    "clickhouse": "8123",
}
PLATFORM = "dataset"
"""Scheme of a dataset whose namespace is only a word."""


def dataset_uri(namespace: str, name: str) -> str:
    """The resource that an OpenLineage dataset is: `postgresql://host:5432/db#schema.table`, `s3://bucket/key`, a path.

    A namespace that is no URI names a platform or a place that only its owner knows: `dataset://NAMESPACE/NAME`, which
    never overlaps another name. `bigquery` is one of the platforms with a name of its own: `bigquery://project.dataset.table`.
    """
    namespace, name = namespace.strip(), name.strip()
    if uri := _URI.match(namespace):
        scheme = uri["scheme"].lower()
        scheme = _SCHEMES.get(scheme, scheme)
        user, _, rest = uri["rest"].rstrip("/").rpartition("@")
        if scheme in _WITH_CONTAINERS and user and ":" not in user:
            rest = f"{user}@{rest}"
        if scheme == "file":
            return _joined("", name) if name.startswith("/") else _joined(f"/{rest}".rstrip("/") or "/", name)
        if scheme in _DATABASES:
            return _table(scheme, rest, name)
        if scheme in _FOLDERS:
            return f"{scheme}://{_joined(rest, name)}"
        return f"{scheme}://{rest}/{_safe(name.lstrip('/'))}" if name else f"{scheme}://{rest}"
    if namespace.lower() in ("bigquery", "athena", "glue"):
        return f"{namespace.lower()}://{_safe(name)}"
    if namespace.lower() == "file" or (not namespace and name.startswith("/")):
        return name
    return f"{PLATFORM}://{quote(namespace, safe='.:@-_', errors='replace')}/{_safe(name.lstrip('/'))}"


def platform_namespace(
    platform: str, *, host: str = "", port: str = "", account: str = "", region: str = "", path: str = ""
) -> str:
    """The namespace that OpenLineage gives to the tables of a dbt adapter; without a host where none is told."""
    port = port or _PORTS.get(platform, "")
    address = f"{host}:{port}" if host and port else host
    if platform in ("bigquery", "glue"):
        return platform
    if platform == "snowflake":
        return f"snowflake://{account}"
    if platform == "athena":
        return f"awsathena://athena.{region}.amazonaws.com" if region else "awsathena://"
    if platform in ("databricks", "dremio"):
        return f"{platform}://{host}"
    if platform == "duckdb":
        return f"duckdb://{path}"
    if platform == "sqlserver":
        return f"mssql://{address}"
    return f"{platform or 'dbt'}://{address}"


def _table(scheme: str, host: str, name: str) -> str:
    """`database.schema.table` on a server, as its clients write it."""
    host, _, database = host.partition("/")
    parts = [part for part in name.split(".") if part]
    if not database and len(parts) > 1:
        database, parts = parts[0], parts[1:]
    table = _safe(".".join(parts))
    return f"{scheme}://{host}/{_safe(database)}#{table}" if table else f"{scheme}://{host}/{_safe(database)}"


def _joined(place: str, name: str) -> str:
    return f"{place.rstrip('/')}/{name.lstrip('/')}".rstrip("/") or "/"


def _safe(name: str) -> str:
    """The name with what would mean something else in a URI written as `%..`."""
    return _PLAIN.sub(lambda found: quote(found[0], safe="", errors="replace"), name)
