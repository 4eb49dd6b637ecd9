"""The names under which other tools know what is registered here."""

import re
from collections.abc import Mapping

from server.exchange.documents import mapping, words
from server.model.system import Input, Output, StoredSystem

OWN_NAMESPACE = "concord"
"""Namespace of the jobs that no OpenLineage event named before."""

_URI = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+)://(?P<rest>.*)$", re.DOTALL)
_SPELT = {"postgresql": "postgres"}
_DATABASES = frozenset({"postgresql", "redshift", "mysql", "mssql", "sqlserver", "oracle", "db2", "cockroachdb"})
_FILE = re.compile(r"[^A-Za-z0-9._-]+")


def job_name(stored: StoredSystem) -> tuple[str, str]:
    """Namespace and name of the system's job: those under which its events named it, else its id."""
    facts = mapping((stored.system.model_extra or {}).get("openlineage"))
    if words(facts.get("name")):
        return words(facts.get("namespace")), words(facts["name"])
    return OWN_NAMESPACE, stored.id


def dataset_name(access: Input | Output) -> tuple[str, str]:
    """Namespace and name of what is read or written, as OpenLineage names such things."""
    stated = mapping((access.model_extra or {}).get("dataset"))
    if words(stated.get("name")):
        return words(stated.get("namespace")), words(stated["name"])
    return dataset_of(access.resource)


def dataset_of(resource: str) -> tuple[str, str]:
    """Namespace and name of a resource that is only known by its own name here."""
    uri = _URI.match(resource)
    if uri is None:
        return "file", resource
    scheme, rest = uri["scheme"].lower(), uri["rest"]
    if scheme == "file":
        return "file", "/" + rest.lstrip("/")
    if scheme in _DATABASES:
        place, _, table = rest.partition("#")
        host, _, database = place.partition("/")
        return f"{_SPELT.get(scheme, scheme)}://{host}", ".".join(part for part in (database, table) if part) or host
    if scheme in ("bigquery", "athena", "glue"):
        return scheme, rest
    host, slash, name = rest.partition("/")
    if not slash or not name:
        return f"{scheme}://", rest
    return f"{scheme}://{host}", name


def file_name(text: str, taken: Mapping[str, object] | set[str]) -> str:
    """The text as the name of a file that none of those taken has."""
    plain = _FILE.sub("_", text).strip("._-")[:100] or "system"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain}-{number}"
    return name
