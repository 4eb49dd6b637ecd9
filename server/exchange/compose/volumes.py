"""Who reads and who writes what services mount."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.exchange.compose.mounts import (
    Mount,
    bind_path,
    is_handed_in,
    read_mount,
    volume_resource,
    why_no_resource,
)
from server.exchange.compose.project import Project, Service
from server.exchange.imported import Remarks


@dataclass(frozen=True)
class Touch:
    """A service reads or writes a resource that it mounts."""

    service: str
    resource: str
    kind: str
    """`volume` or `filesystem`."""
    writes: bool
    evidence: str


def touches_of(project: Project, active: Mapping[str, Service], remarks: Remarks) -> list[Touch]:
    """What the services read and write by what they mount, one per service and resource.

    A mount that may be written counts as a write and not as a read too: were it both, any two services on one volume
    would depend on each other. So a reader (`:ro`) depends on the writers, and writers contend.
    """
    found: dict[tuple[str, str], Touch] = {}
    private: dict[str, set[str]] = {}
    for service in active.values():
        for mount in _all_mounts(service, active, remarks, seen=frozenset()):
            touch = _touch(mount, project, service, remarks)
            if touch is None:
                continue
            if touch.kind == "volume" and touch.resource.startswith(f"volume://{project.name}/"):
                private.setdefault(touch.resource, set()).add(touch.service)
            key = (touch.service, touch.resource)
            if key not in found or touch.writes:
                found[key] = touch
    shared = [touch for touch in found.values() if len(private.get(touch.resource, ("", ""))) > 1]
    _note_contention(shared, remarks)
    return shared


def _all_mounts(
    service: Service, active: Mapping[str, Service], remarks: Remarks, *, seen: frozenset[str]
) -> Iterator[Mount]:
    for position, entry in enumerate(service.definition.get("volumes") or ()):
        mount = read_mount(service.name, entry)
        if mount is None:
            remarks.unmapped(f"{service.file}#/services/{service.name}/volumes/{position}", "neither form of a mount")
        else:
            yield mount
    for source in service.definition.get("volumes_from") or ():
        name, _, mode = str(source).partition(":")
        if name in active and name not in seen and name != service.name:
            for mount in _all_mounts(active[name], active, remarks, seen=seen | {service.name}):
                yield replace(mount, service=service.name, read_only=mount.read_only or mode == "ro", inherited=True)


def _touch(mount: Mount, project: Project, service: Service, remarks: Remarks) -> Touch | None:
    said = f"{'volumes_from' if mount.inherited else 'volume'} {mount.source}:{mount.target}{':ro' if mount.read_only else ''}"
    if mount.kind == "volume":
        if not mount.source:
            return None
        resource = volume_resource(mount.source, project.volumes.get(mount.source), project.name)
        return Touch(service.name, resource, "volume", not mount.read_only, said)
    if mount.kind != "bind":
        return None
    path = bind_path(mount.source, project.folder)
    where = f"{service.file}#/services/{service.name}/volumes"
    if not path:
        remarks.unmapped(where, f"{mount.source} can't be placed: the project's folder is not known")
        return None
    reason = why_no_resource(path, project.folder)
    if not reason and path == _build_context(service):
        reason = "the folder that it is built from, its own source code"
    if reason:
        remarks.note(f"{service.name} mounts {mount.source}: {reason}; no access made.")
        return None
    short = path.removeprefix(project.folder.rstrip("/"))
    said = f"volume .{short}:{mount.target}{':ro' if mount.read_only else ''}"
    return Touch(service.name, path, "filesystem", not (mount.read_only or is_handed_in(path, mount.target)), said)


def _build_context(service: Service) -> str:
    build = service.definition.get("build")
    context = build.get("context") if isinstance(build, Mapping) else build
    return bind_path(str(context), service.folder) if context else ""


def _note_contention(touches: list[Touch], remarks: Remarks) -> None:
    writers: dict[str, list[Any]] = {}
    for touch in touches:
        if touch.writes:
            writers.setdefault(touch.resource, []).append(touch.service)
    for resource, names in writers.items():
        if len(names) > 1:
            remarks.note(f"{', '.join(sorted(names))} may all write {resource}: contention, no dependency made of it.")
