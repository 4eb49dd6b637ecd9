"""One scan: from folders to candidates, without a look at what is registered or stored."""

import posixpath
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from server.model.candidate import Candidate
from server.model.progress import Progress
from server.registry.discovery.describing import described, fingerprint_of
from server.registry.discovery.detectors import sightings_in
from server.registry.discovery.merge import gather, with_running
from server.registry.discovery.processes import Running, running
from server.registry.discovery.sighting import Sighting
from server.registry.discovery.walk import Limits, Walk
from server.registry.discovery.yaml_reading import ReadYaml

TELL_EVERY = 500
"""Files after which progress is told."""


@dataclass(frozen=True)
class Seen:
    """What a scan saw."""

    candidates: dict[str, Candidate]
    """By fingerprint; without ids and dates."""
    files: int
    complete: bool
    """Whether everything below the folders was looked at."""
    processes: bool
    """Whether the running processes were looked at, too."""
    notes: tuple[str, ...]


def look_through(
    roots: Sequence[str],
    progress: Progress,
    *,
    seconds: Callable[[], float],
    read_yaml: ReadYaml,
    taken: Sequence[str] = (),
    limits: Limits | None = None,
    processes: bool = True,
) -> Seen:
    """Everything below the roots was looked at, read-only and within the limits. `taken` are ids that are in use."""
    walk = Walk(limits or Limits(), seconds)
    sightings: list[Sighting] = []
    for file in walk.files(roots):
        sightings += sightings_in(file.path, partial(walk.text, file), read_yaml)
        if walk.seen % TELL_EVERY == 0:
            progress(walk.seen, 0, f"{walk.seen:,} files looked at, {len(sightings):,} signs seen")
            if walk.out_of_time():
                break
    programs = running(roots) if processes else Running(looked=False)
    sightings = with_running(sightings, programs.sightings)
    if programs.note:
        walk.notes[programs.note] = None
    candidates, untold = _candidates(sightings, taken)
    if untold:
        walk.notes[f"{untold} programs that nothing starts and that touch nothing known are not listed"] = None
    return Seen(candidates, walk.seen, walk.complete, programs.looked, tuple(walk.notes))


def _candidates(sightings: Sequence[Sighting], taken: Sequence[str]) -> tuple[dict[str, Candidate], int]:
    gathered, untold = gather(sightings)
    in_folder = Counter(posixpath.dirname(one.script) for one in gathered if one.script)
    used = set(taken)
    found: dict[str, Candidate] = {}
    for one in gathered:
        alone = bool(one.script) and in_folder[posixpath.dirname(one.script)] == 1
        candidate = described(one, alone_in_folder=alone, taken=used)
        used.add(str(candidate.suggested_registration["id"]))
        found[fingerprint_of(one.key)] = candidate
    return found, untold
