"""Finds shared entries by a query: what is searched stands in memory, and follows what this and other processes write."""

import logging
import threading
from typing import TYPE_CHECKING, NamedTuple

from server.errors import StorageError
from server.knowledge.search.semantics import Semantics, words_alone
from server.storage import knowledge, search_index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from server.knowledge.search.corpus import Corpus
    from server.knowledge.search.providers import Provider, Vectors
    from server.storage.database import Database
    from server.storage.session import Session


KEPT_FROM = 10_000
"""Entries that a process must have read by itself for what it made of them to be kept: some seconds' work."""
_LOG = logging.getLogger("concord")


class Found(NamedTuple):
    """What a query finds."""

    page: tuple[tuple[str, float], ...]
    """(entry id, score from 0 to 1) of one page, the best first."""
    total: int
    """How many it finds in all."""
    note: str = ""
    """What a reader should know of how they were ranked; usually nothing."""


class Wanted(NamedTuple):
    """What entries are asked for, as `server.storage.knowledge.find` takes it."""

    now: int
    kind: str
    status: str
    system_id: str


class Finder:
    """The search over the entries of one database. Safe to use from several threads."""

    def __init__(self, database: "Database", provider: "Callable[[], Provider | None]" = lambda: None) -> None:
        """`provider` gives the model that ranks by meaning as well, if any; it is asked for at the first query, not before."""
        self._database = database
        self._provider = provider
        self._asked_for_provider = False
        self._semantics: Semantics | None = None
        self._lock = threading.Lock()
        self._corpus: Corpus | None = None
        self._kept = 0
        """Entries that a new process need not read, as far as this one knows."""

    def search(
        self,
        query: str,
        *,
        now: int,
        kind: str = "",
        status: str = "",
        system_id: str = "",
        start: int = 0,
        limit: int = 10,
    ) -> Found:
        """One page of the entries that match every filter and share a term with the query, the most like it first.

        Filters mean what they mean to `server.storage.knowledge.find`. Nothing written before the call is overlooked,
        whichever process wrote it.
        """
        wanted = Wanted(now, kind, status, system_id)
        semantics = self._semantic()
        asked, note = (None, "") if semantics is None else _read(semantics, query)
        with self._lock:
            corpus, only = self._database.read(lambda session: self._caught_up(session, wanted))
            self._keep(corpus)
            besides = None
            if semantics is not None and asked is not None:
                besides, note = semantics.speaking_for(asked, corpus)
            found = corpus.search(
                query, now=now, kind=kind, status=status, only=only, start=start, limit=limit, besides=besides
            )
        return Found(found.page, found.total, note)

    def prepare(self) -> None:
        """The next query has nothing to read, nor has the first one of another process where there are very many entries."""
        with self._lock:
            self._keep(self._database.read(lambda session: self._caught_up(session, Wanted(0, "", "", "")))[0])

    def wait(self) -> None:
        """The model has read what queries gave it to read in the background."""
        if self._semantics is not None:
            self._semantics.wait()

    def close(self) -> None:
        """Nothing goes on in the background; a later query begins it again."""
        if self._semantics is not None:
            self._semantics.close()

    def _semantic(self) -> "Semantics | None":
        """The model with what it knows, where there is one."""
        with self._lock:
            if not self._asked_for_provider:
                provider = self._provider()
                self._semantics = None if provider is None else Semantics(self._database, provider)
                self._asked_for_provider = True
            return self._semantics

    def _keep(self, corpus: "Corpus") -> None:
        """Where many entries had to be read, the next process need not."""
        if len(corpus) - self._kept < KEPT_FROM:
            return
        self._kept, packed = len(corpus), corpus.packed()
        try:
            self._database.write(lambda session: search_index.keep(session, corpus.revision, packed))
        except StorageError as error:
            _LOG.warning("What searches begin with was not kept: %s", error)

    def _caught_up(self, session: "Session", wanted: "Wanted") -> "tuple[Corpus, Sequence[str] | None]":
        """Everything as it stands in this session, and the entries that are of use to the system (None = any)."""
        newest = knowledge.revision(session)
        corpus = self._corpus
        if corpus is None or corpus.worn or corpus.revision > newest:  # greater where a backup was put back
            corpus = _begun(session, newest)
            self._kept = len(corpus)
        if corpus.revision < newest:
            self._corpus = None  # until it has all of it
            for rows in knowledge.changed_since(session, corpus.revision):
                corpus.take(rows)
            corpus.revision = newest
        self._corpus = corpus
        return corpus, knowledge.ids_of(session, **wanted._asdict()) if wanted.system_id else None


def _begun(session: "Session", revision: int) -> "Corpus":
    """What was kept of the entries, as far as it is of use; else nothing."""
    from server.knowledge.search.corpus import Corpus

    packed = search_index.load(session, revision)
    kept = None if packed is None else Corpus.unpacked(packed)
    return Corpus() if kept is None or kept.worn else kept


def _read(semantics: Semantics, query: str) -> "tuple[Vectors | None, str]":
    """The query as the model reads it; None with a note of why where it does not."""
    from server.knowledge.search.providers import NoVectors

    try:
        return semantics.reading(query), ""
    except NoVectors as error:
        return None, words_alone(str(error))
