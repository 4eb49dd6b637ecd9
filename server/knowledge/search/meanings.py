"""Vectors of shared entries in memory, and how they speak for an entry besides its words.

A model's cosines say little by themselves: of one model texts that have nothing in common stand at .1, of another at .7. So they
are taken from what is usual among the entries, and the nearest few count as found even where they share no term.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from server.knowledge.search.providers import Vectors
from server.knowledge.similarity.index import Floats, best

NEAREST = 20
"""Entries that count as found by their meaning alone."""
LIKE_ENOUGH = 0.2
"""Likeness above what is usual that they must have for it."""
_USUAL_OF = 20
"""Entries of which what is usual is known as well as it is assumed to be nothing."""


class Meanings:
    """Vectors of one model, by entry. Not safe to use from several threads at once."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._rows: dict[str, int] = {}
        self._said: dict[str, str] = {}
        self._matrix = np.zeros((0, dimension), np.float32)

    def lacking(self, digests: Mapping[str, str]) -> list[str]:
        """Entries of whose text, given by its digest, there is no vector."""
        return [one for one, digest in digests.items() if self._said.get(one) != digest]

    def take(self, vectors: Iterable[tuple[str, str, bytes]]) -> None:
        """(entry id, digest of its text, vector) count from now on; one of another dimension is passed over."""
        taken = [(one, said, raw) for one, said, raw in vectors if len(raw) == 4 * self.dimension]
        for entry_id, _, _ in taken:
            self._rows.setdefault(entry_id, len(self._rows))
        if len(self._rows) > len(self._matrix):
            grown = np.zeros((max(len(self._rows), 2 * len(self._matrix)), self.dimension), np.float32)
            grown[: len(self._matrix)] = self._matrix
            self._matrix = grown
        for entry_id, said, raw in taken:
            self._said[entry_id] = said
            self._matrix[self._rows[entry_id]] = np.frombuffer(raw, "<f4")

    def likeness(self, ids: Sequence[str], query: Vectors) -> Floats:
        """Of each entry its cosine with the query less what is usual, from 0 to 1; 0 where it has no vector."""
        cosines = np.append(self._matrix[: len(self._rows)] @ query, np.float32(0))
        places = np.array([self._rows.get(one, -1) for one in ids], np.int64)
        found = cosines[places]
        there = places >= 0
        if there.any():
            usual = float(found[there].mean()) * there.sum() / (there.sum() + _USUAL_OF)
            found = np.where(there, (found - usual) / max(1 - usual, 1e-3), 0)
        return np.clip(found, 0, 1).astype(np.float32)


class ByMeaning:
    """Adds to what speaks for an entry by its words what speaks for it by its meaning."""

    def __init__(self, meanings: Meanings, query: Vectors) -> None:
        self._meanings = meanings
        self._query = query

    def add(self, ids: Sequence[str], scores: Floats, chosen: npt.NDArray[np.bool_]) -> Floats:
        """The mean of both scores for entries that share a term with the query or are among the nearest, else 0."""
        likeness = self._meanings.likeness(ids, self._query)
        likeness[~chosen] = 0
        found = scores > 0
        near = best(likeness, NEAREST)
        found[near[likeness[near] >= LIKE_ENOUGH]] = True
        return np.where(found, (scores + likeness) / 2, 0).astype(np.float32)
