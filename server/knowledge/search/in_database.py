"""Vectors of shared entries that stand in the database, which says itself which are nearest: no process holds them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from server.knowledge.search.meanings import shrunk
from server.knowledge.search.providers import Vectors
from server.storage import embeddings

if TYPE_CHECKING:
    from server.storage.database import Database


class InDatabase:
    """Vectors of one model in a database where `server.storage.embeddings` stands. Not safe to use from several threads."""

    def __init__(self, database: "Database", model: str, dimension: int) -> None:
        self.dimension = dimension
        self._database = database
        self._model = model
        self._said: dict[str, str] = {}
        self._centre: embeddings.Centre | None = None

    def lacking(self, digests: Mapping[str, str]) -> list[str]:
        """Entries of whose text, given by its digest, no vector is known."""
        return [one for one, digest in digests.items() if self._said.get(one) != digest]

    def catch_up(self, ids: Sequence[str]) -> None:
        """What is kept of these entries is known."""
        if not ids:
            return
        self._said.update(
            self._database.read(lambda session: dict(embeddings.said(session, self._model, self.dimension, ids)))
        )
        self._centre = None

    def nearest(self, query: Vectors, k: int) -> list[tuple[str, float]]:
        """As `Space` has it; of two equally near the one whose id comes first."""
        asked = _kept(query)
        return self._database.read(lambda session: embeddings.nearest(session, self._model, asked, k))

    def cosines(self, query: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """As `Space` has it."""
        asked = _kept(query)
        return dict(self._database.read(lambda session: embeddings.cosines(session, self._model, asked, ids)))

    def usual(self, query: Vectors) -> float:
        """As `Space` has it. The mean of all cosines is the cosine of the mean, which is asked for once after each change."""
        if self._centre is None:
            self._centre = self._database.read(lambda session: embeddings.centre(session, self._model, self.dimension))
        count, mean = self._centre
        return shrunk(float(query @ mean) if count else 0, count)


def _kept(vector: Vectors) -> bytes:
    return vector.astype("<f4").tobytes()
