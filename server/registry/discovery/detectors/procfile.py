"""Procfiles: the process types of an application."""

import re
from collections.abc import Iterator
from dataclasses import replace

from server.registry.discovery.launching import launched, started_by
from server.registry.discovery.sighting import FileText, Sighting

_LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)$")


def wants(path: str) -> bool:
    """Whether this is a Procfile."""
    return re.search(r"(?:^|/)Procfile(?:\.[\w-]+)?$", path) is not None


def detect(file: FileText) -> Iterator[Sighting]:
    """One sighting per process type."""
    application = file.folder.rpartition("/")[2]
    for number, line in enumerate(file.text.split("\n"), start=1):
        match = _LINE.match(line.strip())
        if not match or line.lstrip().startswith("#"):
            continue
        clue = file.clue(number, f"process type {match['name']}")
        started = started_by(match["command"], clue, cwd=file.folder)
        sighting = launched(
            started,
            kind="process_type",
            name=f"{application}-{match['name']}" if application else match["name"],
            clue=clue,
            confidence=0.85,
            why="a Procfile starts it",
        )
        yield replace(sighting, joins=f"procfile:{file.path}#{match['name']}")
