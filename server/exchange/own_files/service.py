"""Reads what systems keep about themselves in their folders, and takes it into the journal and the proposals."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from server.errors import ConcordError, NotFound
from server.exchange.own_files import (
    error_catalog,
    incidents,
    performance_review,
    promotion_log,
    proposed_changes,
    run_state,
    success_patterns,
    weekly_accuracy,
)
from server.exchange.own_files.folder import Folder, OwnFile
from server.exchange.own_files.members import normal
from server.exchange.own_files.proposed_changes import Ready
from server.exchange.own_files.tally import Tally
from server.exchange.own_files.told import Told, fit
from server.journal.service import JournalService
from server.model.base import JsonObject
from server.model.moments import from_wire, microseconds, to_wire
from server.model.progress import Progress, unwatched
from server.model.proposal import ProposalState
from server.model.system import System
from server.proposals.drafting import Wish
from server.proposals.service import ProposalService
from server.registry.service import RegistryService
from server.storage import own_files
from server.storage.own_files import FileRead

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

READERS: Mapping[str, Callable[[OwnFile], Told]] = {
    "run_state.json": lambda file: run_state.read(file.text),
    "state/run_state.json": lambda file: run_state.read(file.text),
    "memory/error_catalog.json": lambda file: error_catalog.read(file.text),
    "evolution/promotion_log.json": lambda file: promotion_log.read(file.text),
    "metrics/weekly_accuracy.json": lambda file: weekly_accuracy.read(file.text),
    "evolution/performance_review.json": lambda file: performance_review.read(file.text),
    "memory/success_patterns.json": lambda file: success_patterns.read(file.text, written_at=file.written_at),
}
"""What is read of a system's folder, beside the two below."""
INCIDENTS = "incidents/"
PROPOSED = "evolution/proposed_changes.json"
FIRST_LOOK = timedelta(days=14)
"""How far back incidents go when a folder is read for the first time (the scaling-layer document's pattern detector)."""


@dataclass(frozen=True)
class _Reading:
    """One system's folder while it is being read."""

    system_id: str
    folder: Folder
    before: Mapping[str, FileRead]
    now: datetime
    tally: Tally


class OwnFilesService:
    """The files of systems' own folders, for one database. Reads only; the folders are never changed."""

    def __init__(
        self, database: "Database", registry: RegistryService, journal: JournalService, proposals: ProposalService
    ) -> None:
        self._database = database
        self._registry = registry
        self._journal = journal
        self._proposals = proposals

    def read(
        self,
        now: datetime,
        progress: Progress = unwatched,
        *,
        system_ids: Collection[str] = (),
        paths: Sequence[str] = (),
    ) -> JsonObject:
        """What is new in the folders of live systems is taken in; files that are as they were are not read again.

        {systems, files, events, edited, older_incidents, unreadable[] {system_id, file, where, why}, unreadable_total,
        ignored_keys[], proposals[] {system_id, entry, proposal_id, version, state}, proposals_total}. `system_ids` and
        `paths` narrow it down to these systems, and to folders in or at these. Never raises for what it finds.
        """
        tally = Tally()
        folders = self._folders(system_ids, paths, tally)
        for number, (system_id, folder) in enumerate(folders):
            progress(number, len(folders), f"reading the files of {system_id}")
            before = self._database.read(partial(own_files.files_read, system_id=system_id))
            reading = _Reading(system_id, folder, before, now, tally)
            tally.systems += 1
            try:
                self._read(reading)
            except NotFound as error:  # nobody is registered by that id any more
                tally.tell(system_id, "", "", error.message)
        return tally.document()

    def _folders(self, system_ids: Collection[str], paths: Sequence[str], tally: Tally) -> list[tuple[str, Folder]]:
        """The folders that are there, each of the one system whose it is."""
        with self._registry.reading() as registry:
            systems = [stored.system for stored in registry.live_systems() if stored.system.root]
        by_place: dict[Folder, list[System]] = defaultdict(list)
        for system in systems:
            if folder := Folder.at(self._registry.canonical(system.root)):
                by_place[folder].append(system)
        places = [os.path.realpath(os.path.expanduser(path)) for path in paths]
        found: list[tuple[str, Folder]] = []
        for folder, sharing in by_place.items():
            if places and not any(folder.lies_in(place) for place in places):
                continue
            ids = {system.id for system in sharing}
            owners = sorted(system.id for system in sharing if system.parent not in ids)
            if system_ids and ids.isdisjoint(system_ids):
                continue
            if len(owners) == 1:
                found.append((owners[0], folder))
            else:
                why = f"{', '.join(owners[:5])} name one folder, so whose files these are can't be told"
                tally.tell(owners[0] if owners else min(ids), "", "", why)
        return sorted(found, key=lambda one: one[0])

    def _read(self, reading: _Reading) -> None:
        for path, reader in READERS.items():
            if (file := self._changed(reading, path)) is not None:
                self._take_in(reading, file, reader(file), path.rpartition("/")[2])
        self._read_incidents(reading)
        if (file := self._changed(reading, PROPOSED)) is not None:
            self._submit(reading, file)

    def _changed(self, reading: _Reading, path: str) -> OwnFile | None:
        """The file, where it is there, can be read, and is not as it was."""
        if not reading.folder.is_there(path):
            return None
        file = reading.folder.read(path)
        if isinstance(file, str):
            reading.tally.tell(reading.system_id, path, "", file)
            return None
        known = reading.before.get(path)
        return None if known is not None and known.digest == file.digest else _not_ahead(file, reading.now)

    def _take_in(self, reading: _Reading, file: OwnFile, told: Told, origin: str, *, is_all_of_it: bool = True) -> None:
        """The events of a file, and that it was read where they are all that it tells, stand together or not at all.

        A file of which nothing can be read is told again by every job, until it can.
        """
        tally, system_id = reading.tally, reading.system_id

        def beside(session: "Session") -> None:
            if is_all_of_it and (told.events or not told.unread):
                own_files.remember(session, system_id, file.path, _read_now(file.digest, reading.now))

        taken = self._journal.take_in(
            system_id, told.events, origin=origin, now=reading.now, undated=told.undated, beside=beside
        )
        _tell_unread(reading, file.path, told)
        for position, why in taken.rejected:
            tally.tell(system_id, file.path, told.places[position], why)
        tally.files += 1
        tally.events += taken.new
        tally.edited += taken.changed
        tally.ignored.update(told.ignored)

    def _read_incidents(self, reading: _Reading) -> None:
        """Incidents since the folder was last read, and of the 14 days before that."""
        folder, known = reading.folder, reading.before.get(INCIDENTS)
        if not folder.is_there(INCIDENTS):
            return
        if not folder.holds(INCIDENTS):
            reading.tally.tell(reading.system_id, INCIDENTS, "", "it leads out of the system's folder")
            return
        since = to_wire(min(reading.now, from_wire(known.at) if known else reading.now) - FIRST_LOOK)
        for path in folder.below(INCIDENTS):
            if fit(path) != path:
                reading.tally.tell(reading.system_id, fit(path), "", "its name is no text")
                continue
            if path not in reading.before and folder.written_at(path) < since:
                reading.tally.older += 1
                continue
            if (file := self._changed(reading, path)) is not None:
                told = incidents.read(file.text, path, written_at=file.written_at)
                recent = told if path in reading.before else _since(told, since)
                reading.tally.older += len(told.events) - len(recent.events)
                self._take_in(reading, file, recent, INCIDENTS)
        looked = _read_now("", reading.now)
        self._database.write(lambda session: own_files.remember(session, reading.system_id, INCIDENTS, looked))

    def _submit(self, reading: _Reading, file: OwnFile) -> None:
        """Entries that are ready are submitted, and changed ones revised; what was refused is tried again by the next job.

        Those that their system rejected become events, so that rejections are always analysed (LRN-4).
        """
        proposed = proposed_changes.read(
            file.text,
            written_at=file.written_at,
            is_own=lambda source: _bare(source) == _bare(reading.system_id),
        )
        self._take_in(reading, file, proposed.told, PROPOSED.rpartition("/")[2], is_all_of_it=False)
        refused = [ready for ready in proposed.ready if not self._submitted(reading, ready)]
        if not refused and (proposed.ready or proposed.others or not proposed.told.unread):
            read = _read_now(file.digest, reading.now)
            self._database.write(lambda session: own_files.remember(session, reading.system_id, file.path, read))

    def _submitted(self, reading: _Reading, ready: Ready) -> bool:
        """Whether the entry stands as a proposal, as it is now."""
        system_id, place = reading.system_id, f"{PROPOSED}#{ready.entry_id}"
        known = reading.before.get(place)
        if known is not None and known.digest == ready.digest:
            return True
        if ready.source_system and _bare(ready.source_system) != _bare(system_id):
            why = f"{ready.entry_id} is a proposal of {ready.source_system}, and this is the file of {system_id}"
            reading.tally.tell(system_id, PROPOSED, ready.where, why)
            return False
        made = known.made if known is not None else ""
        wish = Wish(
            **ready.members,
            proposal_id=made,
            source_system=system_id,
            state=ProposalState.READY_FOR_SHADOW_TEST.value,
        )
        try:
            answer = self._proposals.submit(
                wish, caller=system_id, now=reading.now, idempotency_key=_key(system_id, ready, known)
            )
        except ConcordError as error:
            reading.tally.tell(system_id, PROPOSED, ready.where, f"{ready.entry_id} was refused: {error.message}")
            return False
        read = _read_now(ready.digest, reading.now, made=answer["proposal_id"])
        self._database.write(lambda session: own_files.remember(session, system_id, place, read))
        reading.tally.proposal(system_id, ready.entry_id, answer)
        return True


def _tell_unread(reading: _Reading, path: str, told: Told) -> None:
    for where, why in told.unread:
        reading.tally.tell(reading.system_id, path, where, why)
    reading.tally.unreadable_total += told.unread_total - len(told.unread)


def _since(told: Told, since: str) -> Told:
    """What was told, without events before that moment."""
    kept = [place for place, event in enumerate(told.events) if microseconds(event["at"]) >= microseconds(since)]
    return Told(
        tuple(told.events[place] for place in kept),
        tuple(told.places[place] for place in kept),
        told.unread,
        told.unread_total,
        told.ignored,
        told.undated,
    )


def _not_ahead(file: OwnFile, now: datetime) -> OwnFile:
    """The file, written now at the latest: a clock that runs ahead dates nothing into the future."""
    return OwnFile(file.path, file.text, file.digest, min(file.written_at, to_wire(now)))


def _read_now(digest: str, now: datetime, *, made: str = "") -> FileRead:
    return FileRead(digest, to_wire(now), made)


def _key(system_id: str, ready: Ready, known: FileRead | None) -> str:
    """The same for one state of an entry after another: a job that was killed in between submits nothing twice."""
    before = (known.made, known.digest, known.at) if known is not None else ()
    said = "\0".join((system_id, ready.entry_id, ready.digest, *before))
    return f"own-file:{hashlib.sha256(said.encode()).hexdigest()}"


def _bare(system_id: str) -> str:
    return normal(system_id).removeprefix("sys")
