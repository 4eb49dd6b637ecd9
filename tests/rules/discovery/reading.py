"""A scan of a folder without a database."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server.errors import ConcordError
from server.exchange.yaml_text import read_yaml
from server.model.candidate import Candidate
from server.registry.discovery.detectors import sightings_in
from server.registry.discovery.scanning import Seen, look_through
from server.registry.discovery.sighting import Sighting
from server.registry.discovery.walk import Limits


def documents_of(text: str, name: str) -> Sequence[Any]:
    """The documents of a YAML text; none where it can't be read."""
    try:
        return read_yaml(text, name).documents
    except ConcordError:
        return ()


def seen_in(folder: Path, limits: Limits | None = None) -> Seen:
    """What a scan of the folder sees; its clock goes on by a millisecond with every look."""
    clock = itertools.count()
    root = folder.resolve().as_posix()
    return look_through(
        [root],
        lambda *told: None,
        seconds=lambda: next(clock) / 1_000,
        read_yaml=documents_of,
        limits=limits,
        processes=False,
    )


def named(folder: Path, name: str) -> Candidate:
    """The only candidate of that name below the folder."""
    (found,) = [one for one in seen_in(folder).candidates.values() if one.name == name]
    return found


def sighted(path: str, text: str) -> list[Sighting]:
    """What the detectors see in one text."""
    return sightings_in(path, lambda: text, documents_of)


def touched(sighting: Sighting) -> tuple[set[str], set[str]]:
    """What a sighting says is read, and what is written."""
    reads = {touch.resource for touch in sighting.touches if not touch.writes}
    return reads, {touch.resource for touch in sighting.touches if touch.writes}
