"""How an entry's meaning speaks for it besides its words, wherever its vector stands.

A model's cosines say little by themselves: of one model texts that have nothing in common stand at .1, of another at .7. So they
are taken from what is usual among the entries, and the nearest few count as found even where they share no term.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from server.knowledge.search.providers import Vectors
from server.knowledge.similarity.index import Floats, Ints, best

NEAREST = 20
"""Entries that count as found by their meaning alone."""
SHARE = 0.4
"""Of an entry's score what its meaning counts for; its words count for the rest."""
LIKE_ENOUGH = 0.2
"""Likeness above what is usual that they must have for it."""
FIRST_LOOK = 500
"""Entries that are looked at first besides those wanted: as many of the nearest, and of those with most words in common."""
_USUAL_OF = 20
"""Entries of which what is usual is known as well as it is assumed to be nothing."""


class Space(Protocol):
    """Vectors of one model, by entry."""

    def nearest(self, query: Vectors, k: int) -> list[tuple[str, float]]:
        """(entry id, cosine) of the k entries nearest to the query, the nearest first; all there are where k is more."""

    def cosines(self, query: Vectors, ids: Sequence[str]) -> Mapping[str, float]:
        """Of those among these entries that have a vector its cosine with the query."""

    def usual(self, query: Vectors) -> float:
        """What cosine is to be expected; nearer to 0 where few entries are known."""


class Meanings:
    """Vectors of one model in memory. Not safe to use from several threads at once."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._said: dict[str, str] = {}
        self._matrix = np.zeros((0, dimension), np.float32)
        self._asked: tuple[Vectors, Floats] | None = None
        """The last query with its cosines, since one is asked several things."""

    def lacking(self, digests: Mapping[str, str]) -> list[str]:
        """Entries of whose text, given by its digest, there is no vector."""
        return [one for one, digest in digests.items() if self._said.get(one) != digest]

    def take(self, vectors: Iterable[tuple[str, str, bytes]], expected: int = 0) -> None:
        """(entry id, digest of its text, vector) count from now on; one of another dimension is passed over.

        With as many as are `expected`, or fewer, no more room is made than they take.
        """
        self._make_room(len(self._ids) + expected)
        for entry_id, said, raw in vectors:
            if len(raw) != 4 * self.dimension:
                continue
            place = self._rows.setdefault(entry_id, len(self._ids))
            if place == len(self._ids):
                self._ids.append(entry_id)
                if place == len(self._matrix):
                    self._make_room(2 * place + 1)
            self._said[entry_id] = said
            self._matrix[place] = np.frombuffer(raw, "<f4")
        self._asked = None

    def nearest(self, query: Vectors, k: int) -> list[tuple[str, float]]:
        """As `Space` has it; of two equally near the one that came first."""
        found = self._of(query)
        return [(self._ids[one], float(found[one])) for one in best(found + 2, k).tolist()]

    def cosines(self, query: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """As `Space` has it."""
        found = self._of(query)
        return {one: float(found[place]) for one in ids if (place := self._rows.get(one)) is not None}

    def usual(self, query: Vectors) -> float:
        """As `Space` has it."""
        return shrunk(self._of(query).mean(dtype=np.float64) if self._ids else 0, len(self._ids))

    def _make_room(self, rows: int) -> None:
        if rows > len(self._matrix):
            grown = np.zeros((rows, self.dimension), np.float32)
            grown[: len(self._matrix)] = self._matrix
            self._matrix = grown

    def _of(self, query: Vectors) -> Floats:
        if self._asked is None or self._asked[0] is not query:
            self._asked = (query, self._matrix[: len(self._ids)] @ query)
        return self._asked[1]


class ByMeaning:
    """Adds to what speaks for an entry by its words what speaks for it by its meaning."""

    def __init__(self, space: Space, query: Vectors) -> None:
        self._space = space
        self._query = query

    def add(
        self, ids: Sequence[str], places: Mapping[str, int], scores: Floats, chosen: npt.NDArray[np.bool_], wanted: int
    ) -> Floats:
        """Both scores together for entries that share a term with the query or are among the nearest, else 0.

        The `wanted` best are exact. For that not all entries need be looked at: one that is neither among the best by words
        nor among the nearest can't be better than the last of either together (Fagin, Lotem, Naor 2003).
        """
        usual = self._space.usual(self._query)
        many = int(np.count_nonzero(chosen))
        if not many:
            return scores
        depth = min(many, wanted + FIRST_LOOK)
        while True:
            by_words = best(scores, depth)
            like, near, farthest = self._looked_at(ids, places, chosen, usual, by_words, depth)
            found = scores > 0
            found[near[:NEAREST][like[near[:NEAREST]] >= LIKE_ENOUGH]] = True
            both = np.where(found, (1 - SHARE) * scores + SHARE * like, 0).astype(np.float32)
            unseen = float(scores[by_words[-1]]) if len(by_words) == depth else 0.0
            enough = len(near) >= NEAREST or farthest < LIKE_ENOUGH
            if depth >= many or (
                enough and _exact(both, wanted, (1 - SHARE) * unseen + SHARE * farthest if unseen else 0.0)
            ):
                return both
            depth = min(many, 4 * depth)

    def _looked_at(
        self,
        ids: Sequence[str],
        places: Mapping[str, int],
        chosen: npt.NDArray[np.bool_],
        usual: float,
        by_words: Ints,
        depth: int,
    ) -> tuple[Floats, Ints, float]:
        """Likeness of each entry as far as it is known, those chosen that are nearest, and what likeness others have at most."""
        if int(np.count_nonzero(chosen)) <= depth:
            every = np.flatnonzero(chosen)
            told = self._space.cosines(self._query, [ids[one] for one in every.tolist()])
            like = self._likeness(len(ids), places, told, usual)
            return like, best(like, depth), 0.0
        nearest = self._space.nearest(self._query, depth)
        told = dict(nearest)
        told |= self._space.cosines(
            self._query, [one for place in by_words.tolist() if (one := ids[place]) not in told]
        )
        like = self._likeness(len(ids), places, told, usual)
        like[~chosen] = 0
        near = np.zeros_like(like)
        there = [place for one, _ in nearest if (place := places.get(one)) is not None]
        near[there] = like[there]
        farthest = above(nearest[-1][1], usual) if len(nearest) == depth else 0.0
        return like, best(near, depth), farthest

    def _likeness(self, size: int, places: Mapping[str, int], cosines: Mapping[str, float], usual: float) -> Floats:
        like = np.zeros(size, np.float32)
        for one, cosine in cosines.items():
            place = places.get(one)
            if place is not None:
                like[place] = above(cosine, usual)
        return like


def above(cosine: float, usual: float) -> float:
    """Likeness from 0 to 1: how far a cosine stands above what is usual. It is rounded, as databases add up otherwise."""
    return round(min(1.0, max(0.0, (cosine - usual) / max(1 - usual, 1e-3))), 5)


def shrunk(mean: float, count: int) -> float:
    """What cosine is to be expected, where so many entries have this one on average."""
    return float(mean) * count / (count + _USUAL_OF)


def _exact(both: Floats, wanted: int, unseen: float) -> bool:
    """Whether no entry that was not looked at can be among the best."""
    if not unseen:
        return True
    last = best(both, wanted)
    return len(last) == wanted and float(both[last[-1]]) > unseen
