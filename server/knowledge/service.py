"""Shared knowledge as the surfaces and the weekly job use it: synthesise, find, open, answer, give out and take in."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from server.knowledge.adoption.service import Adoption, Answered
from server.knowledge.entries.addresses import uris_of
from server.knowledge.entries.days import SOON
from server.knowledge.entries.document import shared_knowledge
from server.knowledge.entries.reading import Opened, Wanted, by_likeness, opened, stood_then
from server.knowledge.search.finder import KEPT_FROM, Finder, Found
from server.knowledge.synthesis.service import Synthesis
from server.knowledge.warnings.rejections import Rejections
from server.knowledge.weekly.digests import Digests
from server.knowledge.weekly.metrics import Metrics
from server.model.base import JsonObject
from server.model.knowledge import KnowledgeEntry, Response
from server.model.moments import moment_of
from server.model.progress import Progress, unwatched
from server.storage import knowledge, knowledge_counts

if TYPE_CHECKING:
    from server.knowledge.entries.arrival import Arrived
    from server.knowledge.search.providers import Provider
    from server.patterns.likeness import Likeness
    from server.registry.service import RegistryService
    from server.storage.database import Database
    from server.storage.knowledge_counts import Standing
    from server.storage.session import Session


class KnowledgePage(NamedTuple):
    """One page of entries, the best first, each with how like the query it is (0 to 1; None without a query)."""

    entries: tuple[tuple[KnowledgeEntry, float | None], ...]
    total: int
    note: str = ""
    """What a reader should know of how they were ranked; usually nothing."""


class KnowledgeService:
    """The shared knowledge of one database. Safe to use from several threads."""

    def __init__(
        self,
        database: "Database",
        registry: "RegistryService",
        *,
        likeness: Callable[[], "Likeness"],
        provider: "Callable[[], Provider | None]" = lambda: None,
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
    ) -> None:
        """`likeness` says which texts mean the same, and is asked for by a synthesis; `provider` gives a model for queries.

        `changed` is told the URIs of what a synthesis, an answer or an import changed, once it is durable.
        """
        self._database = database
        self._registry = registry
        self._synthesis = Synthesis(database, registry, likeness)
        self._changed = changed
        self.rejections = Rejections()
        self._finder = Finder(database, provider)
        self.adoption = Adoption(database, registry, changed=changed)
        self.metrics = Metrics(database)
        self.digests = Digests(database)

    def synthesise(
        self,
        now: datetime,
        progress: Progress = unwatched,
        *,
        since: str = "",
        until: str = "",
        at: datetime | None = None,
    ) -> JsonObject:
        """Every entry is as the outcomes of this time show it, of the last 30 days where nothing is said; at most five are new.

        `at`: a run that was missed, as of the moment when it was due. The summary: {since, until, analysed (see there),
        new[] {id, type, title}, changed[] ids, left_out[] {rank, title, reason}, expired, withheld, seconds}.
        Raises ValueError for a time that is not ISO 8601.
        """
        outcome = self._synthesis.run(now, progress, since=since, until=until, at=at)
        self._tell(outcome.changed)
        return outcome.summary

    def find(
        self,
        *,
        query: str = "",
        system_id: str = "",
        kind: str = "",
        status: str = "",
        as_of: str = "",
        start: int = 0,
        limit: int = 10,
        now: datetime,
    ) -> KnowledgePage:
        """One page of the entries that match every filter given: by likeness to the query, else the strongest first.

        `status`: empty = those that are current, neither expired nor superseded; a status = current ones in it; `ALL` =
        everything; `EXPIRED`. `system_id`: those of use to it that it has not answered. `as_of`, a day or a moment: the
        entries as they stood then. Raises InvalidArgument.
        """
        wanted = Wanted(system_id, kind, status)
        if as_of:
            entries = self._database.read(lambda session: stood_then(session, as_of, wanted))
            ranked = by_likeness(query, entries) if query else [(one, None) for one in entries]
            return KnowledgePage(tuple(ranked[start : start + limit]), len(ranked))
        at = moment_of(now)
        if query.strip():
            return self._found(self._finder.search(query, now=at, start=start, limit=limit, **wanted._asdict()))

        def look(session: "Session") -> tuple[list[KnowledgeEntry], int]:
            return knowledge.find(session, now=at, start=start, limit=limit, **wanted._asdict())

        found, total = self._database.read(look)
        return KnowledgePage(tuple((one, None) for one in found), total)

    def wait(self) -> None:
        """What queries left to the background is done."""
        self._finder.wait()

    def close(self) -> None:
        """Nothing goes on in the background."""
        self._finder.close()

    def _found(self, found: Found) -> KnowledgePage:
        """What was found, with the entries of the page."""
        ids = [entry_id for entry_id, _ in found.page]
        entries = self._database.read(lambda session: knowledge.load_all(session, ids))
        page = tuple((entries[entry_id].entry, score) for entry_id, score in found.page)
        return KnowledgePage(page, found.total, found.note)

    def get(self, entry_id: str, *, as_of: str = "", now: datetime) -> Opened:
        """The entry, whatever its status, with its versions; `as_of`, a day or a moment: as it stood then.

        Raises NotFound, InvalidArgument.
        """
        return self._database.read(lambda session: opened(session, entry_id, as_of))

    def respond(
        self,
        entry_id: str,
        system_id: str,
        decision: Response,
        *,
        reason: str = "",
        proposal_id: str = "",
        caller: str,
        now: datetime,
        idempotency_key: str = "",
    ) -> Answered:
        """The system has adopted, declined or renewed the entry. Raises as `Adoption.respond` does."""
        said = {"reason": reason, "proposal_id": proposal_id, "idempotency_key": idempotency_key}
        return self.adoption.respond(entry_id, system_id, decision, caller=caller, now=now, **said)

    def measure(self, now: datetime, progress: Progress = unwatched) -> JsonObject:
        """Each adoption says what its adopter's reports show since: {adoptions, measured, improved, unchanged, harmed, changed[]}."""
        return self.adoption.measure(now, progress)

    def attention(self, now: datetime) -> list[JsonObject]:
        """{system, reason} for each system that has left three or more entries unanswered for 30 days (LRN-5)."""
        return self.adoption.attention(now)

    def ids_like(self, typed: str, limit: int) -> list[str]:
        """Ids of entries that begin so, the newest first."""
        return self._database.read(lambda session: knowledge.ids_like(session, typed.strip(), limit))

    def standing(self, now: datetime) -> "Standing":
        """The current entries in figures: how many of each type, how many end within 14 days, and who has not answered."""
        at = moment_of(now)
        return self._database.read(lambda session: knowledge_counts.standing(session, now=at, soon=at + SOON))

    def document(self, now: datetime) -> JsonObject:
        """`shared_knowledge.json` as it stands: superseded entries with their status, expired ones not."""
        return self._database.read(lambda session: shared_knowledge(knowledge.everything(session), now))

    def take_in(self, entries: Sequence[KnowledgeEntry], now: datetime) -> "Arrived":
        """The entries of a file stand among ours, under their ids; see `server.knowledge.entries.arrival.take_in`."""
        from server.knowledge.entries.arrival import take_in

        arrived = take_in(self._database, entries, now, changed=self._tell)
        if len(entries) >= KEPT_FROM:
            self._finder.prepare()
        return arrived

    def _tell(self, ids: Iterable[str]) -> None:
        if uris := uris_of(ids):
            self._changed(uris)
