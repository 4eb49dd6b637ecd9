"""A candidate in words: fit to be shown, and with a registration drafted from it that a person completes."""

import hashlib
import posixpath
import re
from collections.abc import Collection, Sequence
from itertools import chain, count

from server.model.base import JsonObject
from server.model.candidate import Candidate, Evidence
from server.model.contract import Basis
from server.model.redaction import redacted, shown, without_secrets
from server.model.system import CONSUMERS_UNKNOWN
from server.registry.discovery.merge import Gathered
from server.registry.discovery.sighting import Clue, Touch
from server.registry.resources import without_credentials

MOST_EVIDENCE = 60
MOST_ACCESSES = 200
_CRON = re.compile(r"@\w+|\S+(?:\s+\S+){4,5}")
_LONGEST_PATH = 1_000


def fingerprint_of(key: str) -> str:
    """What tells a candidate from others, the same in every scan."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def described(gathered: Gathered, *, alone_in_folder: bool, taken: Collection[str]) -> Candidate:
    """The candidate; `alone_in_folder` says that its script's folder holds no other, `taken` are ids that are in use."""
    scheduled = gathered.scheduled()
    schedule = scheduled.schedule if scheduled else ""
    if scheduled and not schedule:
        schedule = f"every {scheduled.interval_seconds:g} seconds"
    strongest = gathered.strongest
    sure = strongest.confidence + (0.03 if gathered.sources and strongest.kind not in ("source", "sources") else 0)
    whys = [*(one.why for one in gathered.sightings)]
    if gathered.sources and strongest.kind not in ("source", "sources"):
        whys.append("its source was found and read")
    reads, writes = _accesses(gathered.touches, False), _accesses(gathered.touches, True)
    return Candidate(
        name=shown(strongest.name, 120) or gathered.kind,
        kind=gathered.kind,
        location=_path(gathered.location),
        schedule=shown(schedule, 120),
        timezone=shown(scheduled.timezone if scheduled else "", 60),
        reads=tuple(reads),
        writes=tuple(writes),
        confidence=round(min(sure, 0.99), 2),
        why="; ".join(dict.fromkeys(whys))[:400],
        evidence=tuple(_evidence(clue) for clue in gathered.clues()[:MOST_EVIDENCE]),
        suggested_registration=without_secrets(_draft(gathered, alone_in_folder=alone_in_folder, taken=taken)),
    )


def _draft(gathered: Gathered, *, alone_in_folder: bool, taken: Collection[str]) -> JsonObject:
    """A registration without what only a person knows: the tier is empty, consumers and contracts are not guessed."""
    strongest = gathered.strongest
    name = shown(strongest.name, 120)
    description = next(
        (shown(one.description) for one in (*gathered.sightings, *gathered.sources) if one.description), ""
    )
    draft: JsonObject = {
        "id": _free_id(name, gathered.location, taken),
        "name": name,
        "description": description,
        "tier": "",
        "reads_from": [_access(touch) for touch in gathered.touches if not touch.writes][:MOST_ACCESSES],
        "writes_to": [
            {**_access(touch), "consumers": [CONSUMERS_UNKNOWN]} for touch in gathered.touches if touch.writes
        ][:MOST_ACCESSES],
        "contracts": [],
        "evolution_engine": gathered.kind in ("agent", "agent_project", "scheduled_task"),
    }
    if timing := _timing(gathered):
        draft["timing"] = timing
    root = gathered.folder or (posixpath.dirname(gathered.script) if alone_in_folder else "")
    if root.startswith("/") and root != "/":
        draft["root"] = _path(root)
    if gathered.script:
        draft["script"] = _path(gathered.script)
    return draft


def _timing(gathered: Gathered) -> JsonObject:
    scheduled = gathered.scheduled()
    if scheduled is None:
        return {}
    timing: JsonObject = {}
    if scheduled.interval_seconds:
        timing["interval_seconds"] = scheduled.interval_seconds
    elif _CRON.fullmatch(scheduled.schedule) and not scheduled.schedule.startswith("StartCal"):
        timing["schedule"] = shown(scheduled.schedule, 120)
    if timing and scheduled.timezone:
        timing["timezone"] = shown(scheduled.timezone, 60)
    if timing and not all(one.enabled for one in gathered.sightings):
        timing["enabled"] = False
    return timing


def _access(touch: Touch) -> JsonObject:
    line = f":{touch.clue.line}" if touch.clue.line else ""
    evidence = f"{_path(touch.clue.file)}{line}: {shown(touch.clue.text, 160)}"
    return {"resource": _path(touch.resource), "basis": Basis.INFERRED.value, "evidence": evidence}


def _accesses(touches: Sequence[Touch], writes: bool) -> list[str]:
    found = (_path(touch.resource) for touch in touches if touch.writes is writes)
    return list(dict.fromkeys(one for one in found if one))[:MOST_ACCESSES]


def _evidence(clue: Clue) -> Evidence:
    return Evidence(file=_path(clue.file), line=clue.line, text=shown(clue.text, 160), what=shown(clue.what, 240))


def _path(path: str) -> str:
    """A path or URI as it may be shown and registered."""
    return redacted(shown(without_credentials(path), _LONGEST_PATH))


def _free_id(name: str, location: str, taken: Collection[str]) -> str:
    """An id made of the name; with its folder, then a number, where that is in use."""
    stem = _slug(name) or "system"
    folder = _slug(posixpath.basename(posixpath.dirname(location)))
    with_folder = f"{folder}-{stem}" if folder else stem
    choices = chain((stem, with_folder), (f"{with_folder}-{number}" for number in count(2)))
    return next(choice for choice in choices if choice not in taken)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_.]+", "-", text.replace("[redacted]", "").lower()).strip("-._")[:80]
