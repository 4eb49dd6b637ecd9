"""The exchange as the surfaces use it: bring a source in, write the source documents' files out."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from server.clock import to_wire
from server.errors import InvalidArgument, NotAllowed, NotFound
from server.exchange import cross_patterns, discovery_scan, learning_digest, organizational_metrics, shared_knowledge
from server.exchange.arrival import Arrival
from server.exchange.collector import collector_paused
from server.exchange.derived import without_derived
from server.exchange.discretion import discreet
from server.exchange.imported import Imported
from server.exchange.outcome import ExportOutcome, ImportOutcome, WrittenFile
from server.exchange.pictures import PICTURES, draw, drawn_for
from server.exchange.registry_json import FILE_NAME, registry_document, registry_text
from server.exchange.source import Nearby, Request, SourceFile, nothing_nearby
from server.knowledge.service import KnowledgeService
from server.model.candidate import Candidate
from server.patterns.arrival import take_in
from server.patterns.service import PatternService
from server.registry.registration import Registration
from server.registry.service import RegistryService
from server.registry.validated import validated, with_validations
from server.registry.views import full_document
from server.storage import validations

if TYPE_CHECKING:
    from server.storage.database import Database


_NAMED = 8
"""Files that the summary of an export names."""


class ExchangeService:
    """Imports into and exports from one registry."""

    def __init__(
        self,
        registry: RegistryService,
        database: "Database",
        *,
        documents: Mapping[str, Callable[[datetime], str | None]] = MappingProxyType({}),
        take_candidates: Callable[[Sequence[Candidate], datetime], Sequence[str]] = lambda candidates, now: (),
        patterns: PatternService | None = None,
        knowledge: KnowledgeService | None = None,
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
    ) -> None:
        """`documents` are the source documents that other areas write, by the names of their files; None = nothing yet.

        `take_candidates` keeps what a scan's file lists, and gives the ids that it has here. `changed` is told which patterns an
        import changed. The page shows `patterns`. `knowledge` keeps what files tell of shared entries and of weeks.
        """
        self._knowledge = knowledge
        self._take_candidates = take_candidates
        self._patterns = patterns
        self._changed = changed
        self._registry = registry
        self._database = database
        self._documents: dict[str, Callable[[datetime], str | None]] = {
            FILE_NAME: lambda now: _registry_text(registry, database, now),
            **documents,
        }

    def import_source(
        self,
        *,
        now: datetime,
        paths: Sequence[str] = (),
        content: str = "",
        format: str = "",  # noqa: A002 -- the argument's name on the surface
        name: str = "",
        profiles: Sequence[str] = (),
        confirm: bool = False,
        caller: str = "",
    ) -> ImportOutcome:
        """What the source lists stands registered, and what it no longer lists is MISSING; or the import is held (REG-11).

        `paths` are files of one source, laid over each other in their order, or a folder; `content` is a file's text
        instead, and `name` what it is to be called: each text without a name is a source of its own. `profiles` are
        compose's; `*` or `all` means every one.
        Raises NotFound or InvalidArgument where nothing can be read at all, NotAllowed for a system that calls.
        """
        # Most processes never import: the readers of all formats are loaded by the first one.
        from server.exchange.files import folder_named, formats_beside
        from server.exchange.formats import find_format

        _only_a_person(caller, "import")
        files, nearby = _given(paths, content, format)
        known = find_format(files, format)
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        request = Request(files, nearby, tuple(profiles), name.strip(), folder_named(paths), f"text-{digest}")
        with collector_paused():
            imported = known.read(request, self._registry.read_system)
            if request.folder and not format.strip():
                beside = formats_beside(request.folder, known, files, nearby)
                notes = (
                    f"The folder also holds {path} of the format {other}, which was not read: import it by its own path."
                    for other, path in beside.items()
                )
                imported = imported.model_copy(update={"notes": (*imported.notes, *notes)})
            if self._knowledge is not None and imported.kind in _LEARNED:
                return self._learn(self._knowledge, imported, now)
            return self._bring_in(imported, confirm=confirm, now=now)

    def _bring_in(self, imported: Imported, *, confirm: bool, now: datetime) -> ImportOutcome:
        if imported.kind == discovery_scan.KIND:
            return discovery_scan.outcome_of(imported, self._take_candidates(imported.candidates, now))
        if imported.kind == cross_patterns.KIND:
            return cross_patterns.outcome_of(
                imported, take_in(self._database, imported.patterns, changed=self._changed)
            )
        if imported.inferred:
            imported = discreet(imported)
        as_written = {listed.system.id: listed.system for listed in imported.systems}
        if not imported.inferred:
            systems = without_derived(imported.systems, self._registry.canonical)
            imported = imported.model_copy(update={"systems": systems})

        health = {} if imported.inferred else self._registry.health_of(as_written, now)
        seen = {} if imported.inferred else validated(self._database)

        def change(registration: Registration) -> ImportOutcome:
            return Arrival(registration, imported, as_written, health, seen).take_place(confirm=confirm, now=now)

        return self._registry.write(now, change)

    def _learn(self, knowledge: KnowledgeService, imported: Imported, now: datetime) -> ImportOutcome:
        """The entries, digests or weeks of a file take their place; no system is touched."""
        if imported.kind == shared_knowledge.KIND:
            return shared_knowledge.outcome_of(imported, knowledge.take_in(imported.knowledge, now))
        if imported.kind == learning_digest.KIND:
            weeks = knowledge.digests.take_in(imported.digests)
            told = ["concord://digests/latest", f"concord://files/{learning_digest.FILE_NAME}"]
            self._changed([*(f"concord://digests/{week}" for week in weeks), *told] if weeks else [])
            return learning_digest.outcome_of(imported, weeks)
        weeks = knowledge.metrics.take_in(imported.weeks)
        self._changed([f"concord://files/{organizational_metrics.FILE_NAME}"] if weeks else [])
        return organizational_metrics.outcome_of(imported, weeks)

    def document(self, name: str, *, now: datetime) -> str:
        """The text of one of the source documents' files as it would be written now.

        Raises NotFound for another name, and where there is nothing to write yet.
        """
        write = self._documents.get(name)
        if write is None:
            raise NotFound(f"There is no document {name[:100]!r}.", allowed=tuple(self._documents))
        text = write(now)
        if text is None:
            raise NotFound(f"There is nothing to write into {name} yet.")
        return text

    def export_files(
        self, directory: str, *, now: datetime, formats: Sequence[str] = (), caller: str = ""
    ) -> ExportOutcome:
        """Every source document's file stands in the folder, which is made where it is missing, if there is something for it.

        `formats` are names of foreign formats (EXPORTS) and of pictures whose files are written instead, `documents` among
        them for the source documents too. A file is replaced as a whole: a reader sees the old one or the new one. Raises
        InvalidArgument where the folder can't be written, NotAllowed for a system that calls.
        """
        _only_a_person(caller, "export files")
        if not directory.strip() or "\0" in directory:
            raise InvalidArgument("A folder is needed to export into.", path="/directory")
        texts = self._texts(formats, now)
        try:
            folder = Path(directory).expanduser().resolve()
            folder.mkdir(parents=True, exist_ok=True)
            written = tuple(_replace(_with_folder(folder / name), text) for name, text in texts.items())
        except (OSError, RuntimeError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            raise InvalidArgument(f"{directory[:200]} can't be written to: {said}.", path="/directory") from error
        names = ", ".join(list(texts)[:_NAMED]) + (f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else "")
        summary = f"Wrote {names} to {folder}." if texts else "There is nothing to write in these formats yet."
        return ExportOutcome(summary=summary, directory=str(folder), files=written)

    def _texts(self, formats: Sequence[str], now: datetime) -> dict[str, str]:
        """What is to be written, by its place in the folder."""
        from server.exchange.exports import DOCUMENTS, find_exports

        foreign, pictures = find_exports(formats, besides=PICTURES), drawn_for(formats)
        texts: dict[str, str] = {}
        if not (foreign or pictures) or DOCUMENTS in formats:
            written = {name: write(now) for name, write in self._documents.items()}
            texts = {name: text for name, text in written.items() if text is not None}
        if foreign:
            with self._registry.reading() as known:
                for one in foreign:
                    texts.update(one.write(known, now))
        for kind in pictures:
            texts.update(draw(kind, self._registry, self._patterns, self._database, now, self._knowledge))
        return texts


_A_WEEK = timedelta(days=7)
_LEARNED = frozenset({shared_knowledge.KIND, learning_digest.KIND, organizational_metrics.KIND})


def _registry_text(registry: RegistryService, database: "Database", now: datetime) -> str:
    known_validations = validated(database)
    violations = database.read(lambda session: validations.violated_since(session, to_wire(now - _A_WEEK)))
    with registry.reading() as known:
        ids = [stored.id for stored in known.live_systems()]
        health = registry.health_of(ids, now)
        live = [
            with_validations(full_document(known, system_id, health=health[system_id]), known_validations)
            for system_id in ids
        ]
        gone = [(stored, full_document(known, stored.id)) for stored in known.systems.values() if stored.archived]
    return registry_text(registry_document(live, gone, last_updated=to_wire(now), violations=violations))


def _given(paths: Sequence[str], content: str, wanted: str) -> tuple[tuple[SourceFile, ...], Nearby]:
    from server.exchange.files import LARGEST, read_sources

    named = [path for path in paths if path.strip()]
    if named and content:
        raise InvalidArgument("Either a path or the content is imported, not both.", path="/content")
    if named:
        return read_sources(named, wanted)
    if not content.strip():
        raise InvalidArgument("There is nothing to import: give a path or the content.", path="/path")
    if len(content) > LARGEST:
        raise InvalidArgument(f"The content is longer than {LARGEST:,} characters.", path="/content")
    return (SourceFile("", content),), nothing_nearby


def _with_folder(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _replace(file: Path, text: str) -> WrittenFile:
    """The file holds the text, durably; nobody ever sees a part of it."""
    data = text.encode("utf-8")
    descriptor, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
        Path(beside).chmod(mode)
        Path(beside).replace(file)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
    return WrittenFile(path=str(file), bytes=len(data))


def _only_a_person(caller: str, verb: str) -> None:
    if caller:
        raise NotAllowed(
            f"{caller} can't {verb}: that concerns other systems than itself.",
            hint="The local user does it, on the command line or through a server that runs for no system.",
        )
