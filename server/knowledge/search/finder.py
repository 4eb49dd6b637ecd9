"""Finds shared entries by a query: what is searched stands in memory, and follows what this and other processes write."""

import threading
from typing import TYPE_CHECKING, NamedTuple

from server.storage import knowledge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.knowledge.search.corpus import Corpus
    from server.storage.database import Database
    from server.storage.session import Session


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

    def __init__(self, database: "Database") -> None:
        """Nothing is read before the first query."""
        self._database = database
        self._lock = threading.Lock()
        self._corpus: Corpus | None = None

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
        with self._lock:
            wanted = Wanted(now, kind, status, system_id)
            corpus, only = self._database.read(lambda session: self._caught_up(session, wanted))
            found = corpus.search(query, now=now, kind=kind, status=status, only=only, start=start, limit=limit)
        return Found(found.page, found.total)

    def _caught_up(self, session: "Session", wanted: "Wanted") -> "tuple[Corpus, Sequence[str] | None]":
        """Everything as it stands in this session, and the entries that are of use to the system (None = any)."""
        from server.knowledge.search.corpus import Corpus

        newest = knowledge.revision(session)
        corpus = self._corpus
        if corpus is None or corpus.worn or corpus.revision > newest:  # greater where a backup was put back
            corpus = Corpus()
        if corpus.revision < newest:
            self._corpus = None  # until it has all of it
            for rows in knowledge.changed_since(session, corpus.revision):
                corpus.take(rows)
            corpus.revision = newest
        self._corpus = corpus
        return corpus, knowledge.ids_of(session, **wanted._asdict()) if wanted.system_id else None
