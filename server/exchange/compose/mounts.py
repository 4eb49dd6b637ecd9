"""Volumes and bind mounts of services, as resources that are read and written."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SYSTEM_PLACES = (
    "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run",
    "/sbin", "/sys", "/tmp", "/usr", "/var", "/var/lib", "/var/log", "/var/run", "/var/lib/docker",
)  # fmt: skip
_SYSTEM_FOLDERS = (
    "/bin/", "/boot/", "/dev/", "/etc/", "/lib/", "/lib64/", "/proc/", "/run/", "/sbin/", "/sys/", "/usr/", "/var/run/",
    "/var/log/", "/var/lib/docker/",
)  # fmt: skip
_HANDED_IN = re.compile(
    r"\.(ya?ml|toml|conf|config|cfg|cnf|ini|sql|sh|bash|properties|xml|crt|cer|pem|key|env|tmpl|template|tpl|lua|hcl|tf|"
    r"rules|html?|css|js|mjs|ts|tsx|jsx|py|rb|php|go|rs|java|htpasswd)$"
)
"""A single file of such a kind is handed to the service, even where nobody took the trouble to write `:ro`."""
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")


@dataclass(frozen=True)
class Mount:
    """One volume or bind mount of a service."""

    service: str
    kind: str
    """`volume`, `bind`, or another that holds no data others see (`tmpfs`, `npipe`)."""
    source: str
    """A volume's name as the project lists it, or a path as written; empty for an anonymous volume."""
    target: str
    read_only: bool
    inherited: bool = False
    """Taken over by `volumes_from`."""


def read_mount(service: str, entry: Any) -> Mount | None:
    """The mount that an entry of `volumes` describes, in its short or long form; None where it is neither."""
    if isinstance(entry, Mapping):
        kind = str(entry.get("type") or "volume")
        source, target = (
            str(entry.get("source") or entry.get("src") or ""),
            str(entry.get("target") or entry.get("destination") or entry.get("dst") or ""),
        )
        read_only = entry.get("read_only") in (True, "true") or entry.get("readonly") in (True, "true")
        return Mount(service, kind, source, target, read_only) if target else None
    if not isinstance(entry, str) or not entry:
        return None
    drive = _DRIVE.match(entry)
    parts = (entry[2:] if drive else entry).split(":")
    if drive:
        parts[0] = entry[:2] + parts[0]
    if len(parts) == 1:
        return Mount(service, "volume", "", parts[0], read_only=False)
    options = parts[2].split(",") if len(parts) > 2 else []
    is_path = parts[0].startswith((".", "/", "~", "\\")) or drive is not None
    return Mount(service, "bind" if is_path else "volume", parts[0], parts[1], read_only="ro" in options)


def target_of(entry: Any) -> str:
    """Where in the container an entry of `volumes` appears: what tells two entries apart when files are merged."""
    mount = read_mount("", entry)
    return mount.target.rstrip("/") if mount else ""


def volume_resource(name: str, definition: Any, project: str) -> str:
    """The resource that a named volume is: the project's own, or one that projects share by its explicit name."""
    given = definition if isinstance(definition, Mapping) else {}
    external = given.get("external")
    explicit = given.get("name") or (external.get("name") if isinstance(external, Mapping) else None)
    if explicit or external:
        return f"volume://{explicit or name}"
    return f"volume://{project}/{name}"


def bind_path(source: str, folder: str) -> str:
    """The absolute path of a bind mount; relative ones are taken from the project's folder. Empty where that is unknown.

    A home folder stays as it is written: whose it is depends on who starts the project.
    """
    path = source.replace("\\", "/") if not source.startswith("/") else source
    if path.startswith("/"):
        return posixpath.normpath(path)
    if path.startswith("~") or _DRIVE.match(source):
        return path
    if not folder:
        return ""
    return posixpath.normpath(posixpath.join(folder, path))


def why_no_resource(path: str, folder: str) -> str:
    """Why a bind mount of this path says nothing about data that systems share; empty where it does."""
    if path in _SYSTEM_PLACES or path.startswith(_SYSTEM_FOLDERS):
        return "a place of the host's system, not data of the project"
    inside = f"{folder.rstrip('/')}/"
    if path == folder or inside.startswith(f"{path.rstrip('/')}/"):
        return "the project's own folder with its source code, which says nothing about what is read or written in it"
    if not path.startswith(inside):
        return "outside the project's folder"
    return ""


def is_handed_in(path: str, target: str) -> bool:
    """Whether a bind mount is a single file of configuration or code that the service is given to read."""
    return _HANDED_IN.search(posixpath.basename(path)) is not None and (
        _HANDED_IN.search(posixpath.basename(target.rstrip("/"))) is not None
    )
