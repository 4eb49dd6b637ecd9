"""Discovery as the surfaces use it: scan, keep what was found, and list what still belongs to nobody (REG-4)."""

import os
import posixpath
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from server.clock import to_wire
from server.errors import ConcordError, InvalidArgument, NotAllowed, NotFound
from server.model.base import JsonObject
from server.model.candidate import Candidate, CandidateStatus, LastScan
from server.model.finding import FindingKind, Observation
from server.model.tier import Severity
from server.model.wording import counted
from server.registry.discovery.belonging import Belonging
from server.registry.discovery.describing import fingerprint_of
from server.registry.discovery.document import FILE_NAME, scan_document, scan_text
from server.registry.discovery.walk import Limits, absolute
from server.registry.gaps import fingerprint
from server.storage import candidates, findings

if TYPE_CHECKING:
    from server.model.progress import Progress
    from server.registry.discovery.scanning import Seen
    from server.registry.service import RegistryService
    from server.storage.database import Database
    from server.storage.session import Session

MOST_PATHS = 100
_SYSTEMS = "concord://systems/"


@dataclass(frozen=True)
class Scan:
    """What a scan found."""

    document: JsonObject
    """discovery_scan.json as it stands now."""
    summary_data: JsonObject
    """The scan in figures: files, found, new, registered, gone, unregistered, complete, notes."""


class DiscoveryService:
    """Scans of this machine's files, and the candidates of one database."""

    def __init__(
        self,
        database: "Database",
        registry: "RegistryService",
        *,
        read_yaml: Callable[[str, str], Sequence[Any]],
        limits: Limits | None = None,
        seconds: Callable[[], float] = time.monotonic,
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
    ) -> None:
        """`read_yaml` takes a text and its name to its documents, and raises ConcordError for one that it can't read."""
        self._database = database
        self._registry = registry
        self._read_yaml = read_yaml
        self._limits = limits or Limits()
        self._seconds = seconds
        self._changed = changed

    def scan(
        self,
        paths: Sequence[str],
        now: datetime,
        progress: "Progress" = lambda done, total, message: None,
        *,
        caller: str = "",
        run_id: str = "",
        processes: bool = True,
    ) -> Scan:
        """What lies below the paths and belongs to no registered system is kept as candidates; nothing is registered.

        `processes`: the programs that run there now are looked at, too, where this system tells of them.
        Raises NotAllowed for a system that calls, InvalidArgument without a path, NotFound for one that is not there.
        """
        _only_a_person(caller)
        roots = _roots(paths)
        progress(0, 0, f"looking through {', '.join(roots)}")
        with self._registry.reading() as known:
            taken = tuple(known.systems)
        from server.registry.discovery.scanning import look_through  # with all detectors, for whoever scans

        seen = look_through(
            roots,
            progress,
            seconds=self._seconds,
            read_yaml=self._documents_of,
            taken=taken,
            limits=self._limits,
            processes=processes,
        )
        notes = tuple(seen.notes)
        scanned = (*roots, "running processes") if seen.processes else tuple(roots)
        last = LastScan(at=to_wire(now), scanned=scanned, notes=notes)
        belonging = self._belonging()
        progress(seen.files, seen.files, f"{counted(len(seen.candidates), 'candidate')} found")
        figures = self._database.write(lambda session: _keep(session, seen, last, roots, belonging, to_wire(now)))
        self._changed([f"concord://files/{FILE_NAME}"])
        summary = {"files": seen.files, **figures, "complete": seen.complete, "notes": list(notes)}
        return Scan(self.document(now), {**summary, "run_id": run_id} if run_id else summary)

    def unregistered(self) -> list[Candidate]:
        """The candidates that belong to no registered system now, the surest first."""
        waiting = self._database.read(candidates.waiting)
        belonging = self._belonging() if waiting else None
        free = [one for one in waiting.values() if belonging is not None and not belonging.owner_of(one)]
        return sorted(free, key=lambda one: (-one.confidence, len(one.candidate_id), one.candidate_id))

    def at_path(self, path: str) -> list[Candidate]:
        """The unregistered candidates at, below or right around a path, or of that id."""
        wanted = path.strip()
        place = absolute(wanted) if wanted and "\0" not in wanted and "://" not in wanted else wanted
        found = []
        for one in self.unregistered():
            files = {
                one.location,
                str(one.suggested_registration.get("root", "")),
                *(each.file for each in one.evidence),
            }
            inside = any(file == place or file.startswith(place.rstrip("/") + "/") for file in files if file)
            if inside or wanted.upper() == one.candidate_id:
                found.append(one)
        return found

    def document(self, now: datetime) -> JsonObject:
        """discovery_scan.json as it stands now."""
        last = self._database.read(candidates.last_scan)
        return scan_document(self.unregistered(), last, last_updated=last.at if last else to_wire(now))

    def text(self, now: datetime) -> str:
        """The text of discovery_scan.json; before anything was scanned or imported, with nothing in it."""
        return scan_text(self.document(now))

    def take_in(self, found: Sequence[Candidate], now: datetime) -> list[str]:
        """Candidates that a scan's file lists stand among ours; the ids that they have here. Nothing is registered.

        One that we have at the same place under the same name keeps its id and its history.
        """
        belonging = self._belonging()
        at = to_wire(now)

        def store(session: "Session") -> list[str]:
            known = candidates.everything(session)
            ours = {_place(one): key for key, one in known.items()}
            keyed = {ours.get(_place(one)) or fingerprint_of(f"file:{'|'.join(_place(one))}"): one for one in found}
            new = _with_ids(session, known, keyed, at)
            stored = {key: _settled(one, belonging) for key, one in new.items()}
            candidates.keep(session, stored)
            _sync_findings(session, {**known, **stored}, at)
            return [one.candidate_id for one in stored.values()]

        ids = self._database.write(store)
        self._changed([f"concord://files/{FILE_NAME}"])
        return ids

    def pass_on(self, uris: Iterable[str], now: datetime) -> None:
        """Whoever listens is told what was just written, and what those systems call their own is no longer a finding."""
        told = list(uris)
        self._changed(told)
        ids = [uri.removeprefix(_SYSTEMS) for uri in told if uri.startswith(_SYSTEMS)]
        if ids:
            self._settle(ids, now)

    def _settle(self, ids: Iterable[str], now: datetime) -> None:
        """Candidates that belong to these systems are registered."""
        if not self._database.read(candidates.any_waiting):
            return
        with self._registry.reading() as known:
            written = [stored for one in ids if (stored := known.live(one)) is not None]
            belonging = Belonging(written, self._registry.canonical)

        def settle(session: "Session") -> None:
            open_now = candidates.waiting(session)
            settled = {key: _settled(one, belonging) for key, one in open_now.items() if belonging.owner_of(one)}
            candidates.keep(session, settled)
            _sync_findings(session, settled, to_wire(now))

        if any(belonging.owner_of(one) for one in self._database.read(candidates.waiting).values()):
            self._database.write(settle)
            self._changed([f"concord://files/{FILE_NAME}"])

    def _belonging(self) -> Belonging:
        with self._registry.reading() as known:
            return Belonging(known.live_systems(), self._registry.canonical)

    def _documents_of(self, text: str, name: str) -> Sequence[Any]:
        try:
            return self._read_yaml(text, name)
        except ConcordError:  # a template, or somebody's mistake: it says nothing that could be relied on
            return ()


def _keep(
    session: "Session", seen: "Seen", last: LastScan, roots: Sequence[str], belonging: Belonging, now: str
) -> JsonObject:
    """What was seen is stored, and what was below the roots and is seen no longer is gone; the figures."""
    known = candidates.everything(session)
    fresh = {key: _settled(one, belonging) for key, one in _with_ids(session, known, seen.candidates, now).items()}
    unseen = {key: one for key, one in known.items() if key not in fresh and one.status is not CandidateStatus.GONE}
    gone = {
        key: one.model_copy(update={"status": CandidateStatus.GONE})
        for key, one in unseen.items()
        if seen.complete and _was_below(one, roots) and (seen.processes or one.kind != "process")
    }
    settled = {key: _settled(one, belonging) for key, one in unseen.items() if key not in gone}
    stored = {**known, **settled, **fresh, **gone}
    candidates.keep(session, {key: one for key, one in stored.items() if known.get(key) != one})
    candidates.record_scan(session, last)
    _sync_findings(session, stored, now)
    of_status = [one.status for one in fresh.values()]
    return {
        "found": len(fresh),
        "new": sum(key not in known for key in fresh),
        "registered": of_status.count(CandidateStatus.REGISTERED),
        "gone": len(gone),
        "unregistered": sum(one.status is CandidateStatus.UNREGISTERED for one in stored.values()),
    }


def _with_ids(
    session: "Session", known: Mapping[str, Candidate], found: Mapping[str, Candidate], now: str
) -> dict[str, Candidate]:
    """The candidates with their ids and dates, and their ids in the drafts."""
    ids = iter(candidates.new_ids(session, sum(key not in known for key in found)))
    numbered = {}
    for key, one in found.items():
        before = known.get(key)
        candidate_id = before.candidate_id if before else next(ids)
        draft = {**one.suggested_registration, "candidate_id": candidate_id} if one.suggested_registration else {}
        if draft and before and before.status is CandidateStatus.REGISTERED and "id" in before.suggested_registration:
            draft["id"] = before.suggested_registration[
                "id"
            ]  # which is in use because the candidate was registered by it
        numbered[key] = one.model_copy(
            update={
                "candidate_id": candidate_id,
                "first_seen": before.first_seen if before else one.first_seen or now,
                "last_seen": now,
                "suggested_registration": draft,
            }
        )
    return numbered


def _settled(candidate: Candidate, belonging: Belonging) -> Candidate:
    owned = belonging.owner_of(candidate)
    status = CandidateStatus.REGISTERED if owned else CandidateStatus.UNREGISTERED
    return candidate if candidate.status is status else candidate.model_copy(update={"status": status})


def _sync_findings(session: "Session", known: Mapping[str, Candidate], now: str) -> None:
    """One finding is open per candidate that belongs to nobody."""
    about = {key: fingerprint(FindingKind.UNREGISTERED, key) for key in known}
    wanted = [
        Observation(
            fingerprint=about[key],
            kind=FindingKind.UNREGISTERED,
            severity=Severity.LOW,
            system_id="",
            subject=one.location,
            message=_said(one),
            details={"candidate_id": one.candidate_id, "kind": one.kind, "confidence": one.confidence},
        )
        for key, one in known.items()
        if one.status is CandidateStatus.UNREGISTERED
    ]
    findings.sync(session, wanted, now=now, fingerprints=about.values())


def _said(one: Candidate) -> str:
    when = f", {one.schedule}" if one.schedule else ""
    touches = f"reads {len(one.reads)} and writes {len(one.writes)}" if one.reads or one.writes else "accesses unknown"
    return f"{one.name} ({one.kind}{when}; {touches}) belongs to no registered system: {one.candidate_id}."


def _place(one: Candidate) -> tuple[str, str, str]:
    return one.kind, one.location, one.name


def _was_below(one: Candidate, roots: Sequence[str]) -> bool:
    seen_at = one.evidence[0].file if one.evidence else one.location
    return any(seen_at == root or seen_at.startswith(root.rstrip("/") + "/") for root in roots)


def _roots(paths: Sequence[str]) -> list[str]:
    """The folders to look through, none inside another."""
    named = [path for path in paths if path.strip()]
    if not named:
        raise InvalidArgument("A folder or file to scan is needed.", path="/paths")
    if len(named) > MOST_PATHS:
        raise InvalidArgument(f"No more than {MOST_PATHS} paths are scanned at once.", path="/paths")
    places = []
    for path in named:
        try:
            place = absolute(path)
            there = os.path.exists(place)
        except (OSError, RuntimeError, ValueError) as error:
            raise InvalidArgument(f"{path[:200]!r} is no path that can be looked up.", path="/paths") from error
        if not there:
            raise NotFound(f"There is no folder or file {path[:200]}.", path="/paths")
        places.append(place)
    unique = list(dict.fromkeys(places))
    return [one for one in unique if not any(one != other and _inside(one, other) for other in unique)]


def _inside(path: str, folder: str) -> bool:
    return posixpath.commonpath([path, folder]) == folder


def _only_a_person(caller: str) -> None:
    if caller:
        raise NotAllowed(
            f"{caller} can't scan: that looks into other systems' files.",
            hint="The local user does it: `concord scan PATH`, or run_job through a server that runs for no system.",
        )
