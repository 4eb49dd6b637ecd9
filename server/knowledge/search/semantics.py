"""What a model makes of entries and queries: computed once for each text, kept in the database, and waited for by nobody.

A handful of new entries is given to the model by the query that meets them first. More than that is done by a thread, while
queries go by the words alone.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from server.errors import StorageError
from server.storage import embeddings, knowledge, vectors

if TYPE_CHECKING:
    from server.knowledge.search.corpus import Corpus
    from server.knowledge.search.in_database import InDatabase
    from server.knowledge.search.meanings import ByMeaning, Meanings
    from server.knowledge.search.providers import Provider, Vectors
    from server.storage.database import Database

AT_ONCE = 32
"""New entries that a query waits for."""
_REMEMBERED = 64
"""Queries whose vectors are remembered, since pages are asked for one after the other."""
_LOG = logging.getLogger("concord")


class Semantics:
    """One model over the entries of one database. Queries are read by it from several threads; else one at a time asks."""

    def __init__(self, database: "Database", provider: "Provider") -> None:
        self._database = database
        self._provider = provider
        self._meanings: Meanings | InDatabase | None = None
        self._in_column = False
        """Whether vectors are kept where the database itself knows which are near."""
        self._queries: OrderedDict[str, Vectors] = OrderedDict()
        self._remembering = threading.Lock()
        self._looked_at: tuple[int, int] = (0, -1)
        self._lacking: list[str] = []
        self._waiting = 0
        """Of these, those that the thread has not given to the model yet."""
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def reading(self, query: str) -> "Vectors":
        """The query as the model reads it. Raises NoVectors. Safe to use from several threads."""
        with self._remembering:
            known = self._queries.get(query)
        if known is None:
            known = self._provider.vectors([query], waiting=True)[0]
            with self._remembering:
                self._queries[query] = known
                while len(self._queries) > _REMEMBERED:
                    self._queries.popitem(last=False)
        return known

    def speaking_for(self, asked: "Vectors", corpus: "Corpus") -> "tuple[ByMeaning | None, str]":
        """What speaks for entries by their meaning; None with a note of why where the words alone count."""
        from server.knowledge.search.meanings import ByMeaning
        from server.knowledge.search.providers import NoVectors

        if self._meanings is None or self._meanings.dimension != len(asked):
            self._meanings, self._looked_at = self._without_vectors(len(asked)), (0, -1)
        if self._thread is None or not self._thread.is_alive():  # else what it has done yet is not looked at
            lacking = self._catch_up(corpus, self._meanings)
            if 0 < len(lacking) <= AT_ONCE:
                try:
                    self._compute(lacking, waiting=True)
                except NoVectors as error:
                    return None, words_alone(str(error))
                except StorageError:
                    return None, words_alone("the vectors of new entries can't be kept")
                lacking = self._catch_up(corpus, self._meanings)
            if lacking:
                self._begin(corpus)
        if self._lacking:
            ready = max(0, len(corpus) - self._waiting)
            return None, f"Ranked by words alone for now: the model has read {ready:,} of {len(corpus):,} entries."
        return ByMeaning(self._meanings, asked), ""

    def wait(self) -> None:
        """The thread has done what it was given, or given up."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """The thread has ended, and what it had not done yet is left to a later query."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._ended.clear()

    def _without_vectors(self, dimension: int) -> "Meanings | InDatabase":
        """No vectors yet, where this database wants them."""
        from server.knowledge.search.meanings import Meanings

        self._in_column = self._database.read(embeddings.stands)
        if not self._in_column and self._database.read(embeddings.may_stand):
            try:
                self._in_column = self._database.write(embeddings.establish)
            except StorageError as error:
                _LOG.warning("Vectors of shared entries stand as bytes: %s", error)
        if not self._in_column:
            return Meanings(dimension)
        from server.knowledge.search.in_database import InDatabase

        return InDatabase(self._database, self._provider.key, dimension)

    def _catch_up(self, corpus: "Corpus", meanings: "Meanings | InDatabase") -> list[str]:
        """Every vector that is kept of the entries is there; those that have none."""
        from server.knowledge.search.meanings import Meanings

        if self._looked_at != (id(corpus), corpus.changes) or self._lacking:
            digests = corpus.digests()
            missing = meanings.lacking(digests)
            if isinstance(meanings, Meanings):
                key = self._provider.key
                self._database.read(
                    lambda session: meanings.take(vectors.of_entries(session, key, missing), len(missing))
                )
            else:
                meanings.catch_up(missing)
            self._lacking = meanings.lacking({one: digests[one] for one in missing})
            self._looked_at = (id(corpus), corpus.changes)
        return self._lacking

    def _kept(self, ids: Sequence[str]) -> list[vectors.Vector]:
        return self._database.read(lambda session: list(vectors.of_entries(session, self._provider.key, ids)))

    def _done(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """(entry, digest of its text) of those among these that have a vector."""
        meanings = self._meanings
        if meanings is None or not self._in_column:
            return [(one.entry_id, one.said) for one in self._kept(ids)]
        return self._database.read(
            lambda session: list(embeddings.said(session, self._provider.key, meanings.dimension, ids))
        )

    def _compute(self, ids: Sequence[str], *, waiting: bool) -> None:
        """These entries have vectors that are kept. Raises NoVectors."""
        from server.knowledge.search.corpus import digest_of, searched_text

        found = self._database.read(lambda session: knowledge.searched(session, ids))
        told = self._provider.vectors([_read_by_model(one) for one in found], waiting=waiting)
        rows = [
            vectors.Vector(one.entry_id, digest_of(searched_text(one)), vector.astype("<f4").tobytes())
            for one, vector in zip(found, told, strict=True)
        ]
        keep = embeddings.keep if self._in_column else vectors.keep
        self._database.write(lambda session: keep(session, self._provider.key, rows))

    def _begin(self, corpus: "Corpus") -> None:
        digests = corpus.digests()
        todo = [(one, digests[one]) for one in self._lacking]
        self._waiting = len(todo)
        self._thread = threading.Thread(target=self._work, args=(todo,), name="concord-meanings", daemon=True)
        self._thread.start()

    def _work(self, todo: "Sequence[tuple[str, str]]") -> None:
        """All of these texts have vectors, unless the model or the database gives up, or it is told to end.

        What another process has done meanwhile is not done again.
        """
        from server.knowledge.search.providers import NoVectors

        try:
            for first in range(0, len(todo), self._provider.at_once):
                if self._ended.is_set():
                    return
                some = dict(todo[first : first + self._provider.at_once])
                for entry_id, said in self._done(list(some)):
                    if some[entry_id] == said:
                        del some[entry_id]
                if some:
                    self._compute(list(some), waiting=False)
                self._waiting = len(todo) - min(first + self._provider.at_once, len(todo))
        except (NoVectors, StorageError) as error:
            _LOG.warning("Meanings of shared entries are left for later: %s", error)


def words_alone(why: str) -> str:
    """What a reader is told where there are no vectors."""
    return f"Ranked by words alone: {why}."


def _read_by_model(one: knowledge.Searched) -> str:
    """What of an entry a model reads: the same as is searched, without repetition."""
    return "\n".join(
        filter(None, (one.title, one.description, one.error_category, one.approach, one.suggested_adaptation))
    )
