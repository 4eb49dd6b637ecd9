"""Compose files: one sighting per service."""

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from server.registry.discovery.launching import scripts_of, started_by
from server.registry.discovery.sighting import FileText, Sighting, Touch, at, to_import
from server.registry.discovery.yaml_reading import ReadYaml, items, mapping, text_of

_NAME = re.compile(r"(?:^|[-_.])compose(?:[-_.][\w.-]+)?\.ya?ml$", re.IGNORECASE)


def wants(path: str) -> bool:
    """Whether this is a compose file by its name."""
    return _NAME.search(posixpath.basename(path)) is not None


def detect(file: FileText, read_yaml: ReadYaml) -> Iterator[Sighting]:
    """The services, with the folders of the host that are mounted into them."""
    for document in read_yaml(file.text, file.path):
        for name, service in mapping(mapping(document).get("services")).items():
            if isinstance(service, Mapping):
                yield _service(file, str(name), service)


def _service(file: FileText, name: str, service: Mapping[str, Any]) -> Sighting:
    line = next(
        (
            number
            for number, text in enumerate(file.text.split("\n"), 1)
            if text.strip().rstrip(":") in (name, f'"{name}"')
        ),
        1,
    )
    image = text_of(service.get("image"))
    build = service.get("build")
    context = text_of(build) or text_of(mapping(build).get("context"))
    clue = file.clue(line, f"a service{f' of the image {image}' if image else ' built here' if build else ''}")
    command = service.get("command")
    words = shlex.join(text_of(word) for word in command) if isinstance(command, list) else text_of(command)
    folder = at(file.folder, context) if context and "://" not in context else ""
    started = started_by(words, clue) if words else started_by("", clue)
    scripts = tuple(at(folder, script) for script in scripts_of(started) if folder and not script.startswith("/"))
    return Sighting(
        kind="service",
        name=name,
        clue=clue,
        confidence=0.8,
        why="a compose file starts it",
        folder=folder if folder != file.folder else "",
        cwd=folder or file.folder,
        runs=scripts,
        touches=tuple(_mounts(file, service, line)),
        more=(to_import(file.path),),
        description=f"image {image}" if image else "",
        joins=f"compose:{file.folder}#{name}",
    )


def _mounts(file: FileText, service: Mapping[str, Any], line: int) -> Iterator[Touch]:
    for entry in items(service.get("volumes")):
        if isinstance(entry, Mapping):
            source, only_read = text_of(entry.get("source")), entry.get("read_only") is True
            if entry.get("type") not in ("bind", None):
                continue
        else:
            parts = text_of(entry).split(":")
            source, only_read = (parts[0] if len(parts) > 1 else ""), parts[-1].split(",")[0] == "ro"
        if not source.startswith((".", "/", "~")) or source.endswith(".sock") or source in (".", "./", "/"):
            continue
        resource = at(file.folder, source)
        number = file.line_of(source) or line
        yield Touch(resource, False, file.clue(number, f"reads {resource} (mounted)"))
        if not only_read:
            yield Touch(resource, True, file.clue(number, f"may write {resource} (mounted so that it can)"))
