"""Texts ranked by the terms they share: tf-idf with sublinear term counts and the cosine (Salton and Buckley 1988).

Postings stand in numpy arrays, term by term. numpy is loaded with this module: it is imported where it is used.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from server.knowledge.similarity.words import terms

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

MOST_TERMS = 64
"""Terms of a query that are looked up, the most telling ones: a whole report of a bug has hundreds."""
MOST_CELLS = 2_000_000
"""Pairs of texts whose likeness is held at once."""
MOST_PRODUCTS = 60_000_000
"""Products of weights that a comparison of all texts with all may take: some seconds."""

Instead = Callable[[str], Sequence[str]]
"""Of a term that no text has, the terms that it may stand for; none: it stands for itself."""


class Hit(NamedTuple):
    """A text that was found."""

    text: int
    """Its number, in the order in which the texts came."""
    score: float
    """Cosine: 0 nothing in common, 1 the same terms."""


class Parts(NamedTuple):
    """What an index is made of: term by term of each text, in the order of the texts."""

    size: int
    names: list[str]
    of: npt.NDArray[np.int32]
    """Which text."""
    terms: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]


class LexicalIndex:
    """Texts that can be searched, and that can become more; weights are settled anew at the first search after that."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._terms: dict[str, int] = {}
        self._names: list[str] = []
        self._size = 0
        self._settled = -1
        self._of = self._counts = np.zeros(0, np.int32)
        self._starts = np.zeros(1, np.int64)
        self._text = np.zeros(0, np.int32)
        self._weight = self._idf = np.zeros(0, np.float32)
        self._own_starts, self._own_term = np.zeros(1, np.int64), np.zeros(0, np.int32)
        self._own_weight = np.zeros(0, np.float32)
        self._lengths = np.zeros(0, np.float32)
        self.extend(texts)

    def __len__(self) -> int:
        return self._size

    def extend(self, texts: Iterable[str]) -> None:
        """These texts are in it as well, numbered on from the last."""
        self.extend_terms(terms(text, numbers=True) for text in texts)

    def extend_terms(self, texts: Iterable[Sequence[str]]) -> None:
        """The same for texts whose terms are known already."""
        of: list[int] = []
        term: list[int] = []
        count: list[int] = []
        for text in texts:
            for name, times in Counter(text).items():
                place = self._terms.get(name)
                if place is None:
                    place = self._terms[name] = len(self._names)
                    self._names.append(name)
                of.append(self._size)
                term.append(place)
                count.append(times)
            self._size += 1
        self._of = np.concatenate([self._of, np.array(of, np.int32)])
        self._own_term = np.concatenate([self._own_term, np.array(term, np.int32)])
        self._counts = np.concatenate([self._counts, np.array(count, np.int32)])

    def parts(self) -> Parts:
        """All that it is made of."""
        return Parts(self._size, self._names, self._of, self._own_term, self._counts)

    @classmethod
    def of_parts(cls, parts: Parts) -> "LexicalIndex":
        """The index that these are the parts of."""
        index = cls()
        index._size, index._names, index._of, index._own_term, index._counts = parts
        index._terms = {name: place for place, name in enumerate(index._names)}
        return index

    def search(self, query: str, k: int) -> list[Hit]:
        """The k texts most like it, the best first; of two alike the earlier one. Texts without a common term are not hits."""
        scores = self.scores(query)
        return [Hit(int(one), float(scores[one])) for one in best(scores, k)]

    def scores(self, query: str, instead: Instead | None = None) -> Floats:
        """The cosine of the query with each text. `instead` says what a term is taken for that no text has."""
        self._settle()
        scores = np.zeros(self._size, np.float32)
        for term, weight in self._weighed(query, instead):
            begin, end = self._starts[term], self._starts[term + 1]
            scores[self._text[begin:end]] += weight * self._weight[begin:end]
        return scores

    @property
    def lengths(self) -> Floats:
        """Of each text the length that its weights had before they were made 1."""
        self._settle()
        return self._lengths

    @property
    def names(self) -> Sequence[str]:
        """Every term of any text, in the order in which they came."""
        return self._names

    def neighbours(self, k: int, owners: Sequence[int] | None = None) -> tuple[Ints, Floats]:
        """Of each text the k others most like it: numbers (-1 = none) and scores, both of shape (texts, k).

        With `owners`, one per text, only texts of other owners are neighbours.
        """
        self._settle()
        found = np.full((self._size, k), -1, np.int64)
        scores = np.zeros((self._size, k), np.float32)
        whose = np.arange(self._size) if owners is None else np.asarray(owners, np.int64)
        counted = self._affordable()
        portion = max(1, MOST_CELLS // max(1, self._size))
        for first in range(0, self._size, portion):
            last = min(first + portion, self._size)
            likeness = self._likeness(first, last, counted)
            likeness[whose[first:last, None] == whose[None, :]] = 0
            best = _best_of_rows(likeness, k)
            score = np.take_along_axis(likeness, best, axis=1)
            found[first:last, : best.shape[1]] = np.where(score > 0, best, -1)
            scores[first:last, : best.shape[1]] = score
        return found, scores

    def shared(self, one: int, other: int) -> list[str]:
        """The terms that both texts have, the rarest first."""
        self._settle()
        both = np.intersect1d(self._terms_of(one), self._terms_of(other))
        return [self._names[term] for term in sorted(both.tolist(), key=lambda term: (-self._idf[term], term))]

    def _affordable(self) -> npt.NDArray[np.bool_]:
        """Of each term whether it is counted where all texts are compared with all: the commonest are not if it costs too much."""
        held_by = np.diff(self._starts)
        order = np.argsort(held_by, kind="stable")
        counted = np.zeros(len(held_by), np.bool_)
        counted[order] = np.cumsum(held_by[order] ** 2) <= MOST_PRODUCTS
        return counted

    def _likeness(self, first: int, last: int, counted: npt.NDArray[np.bool_]) -> Floats:
        """Cosines of the texts from first to last with all texts: one product for each posting of each of their terms."""
        rows = slice(self._own_starts[first], self._own_starts[last])
        kept = counted[self._own_term[rows]]
        term, weight, of = self._own_term[rows][kept], self._own_weight[rows][kept], self._of[rows][kept] - first
        begin, many = self._starts[term], np.diff(self._starts)[term]
        ahead = np.cumsum(many) - many
        places = np.arange(int(many.sum())) + np.repeat(begin - ahead, many)
        cells = np.repeat(of.astype(np.int64) * self._size, many) + self._text[places]
        sums = np.bincount(cells, np.repeat(weight, many) * self._weight[places], minlength=(last - first) * self._size)
        return sums.astype(np.float32).reshape(last - first, self._size)

    def _terms_of(self, text: int) -> npt.NDArray[np.int32]:
        return self._own_term[self._own_starts[text] : self._own_starts[text + 1]]

    def _weighed(self, query: str, instead: Instead | None) -> list[tuple[int, float]]:
        """The query's terms that are known, with weights that make its length 1."""
        counted = Counter(terms(query, numbers=True))
        if instead is not None:
            for name in [name for name in counted if name not in self._terms]:
                if found := instead(name):
                    counted.pop(name)
                    counted.update(one for one in found if one in self._terms)
        weighed = [
            (place, (1 + np.log(times)) * float(self._idf[place]))
            for name, times in counted.items()
            if (place := self._terms.get(name)) is not None
        ]
        unknown = sum(
            ((1 + np.log(times)) * np.log(1 + self._size)) ** 2
            for name, times in counted.items()
            if name not in self._terms
        )
        length = np.sqrt(sum(weight**2 for _, weight in weighed) + unknown) or 1.0
        weighed.sort(key=lambda one: -one[1])
        return [(place, weight / length) for place, weight in weighed[:MOST_TERMS]]

    def _settle(self) -> None:
        """Weights and postings fit the texts as they are now."""
        if self._settled == self._size:
            return
        width = len(self._names)
        held_by = np.bincount(self._own_term, minlength=width)
        self._idf = np.log((1 + self._size) / (1 + held_by) + 1).astype(np.float32)
        weight = ((1 + np.log(self._counts)) * self._idf[self._own_term]).astype(np.float32)
        lengths = np.sqrt(np.bincount(self._of, weight.astype(np.float64) ** 2, minlength=self._size))
        self._lengths = lengths.astype(np.float32)
        self._own_weight = (weight / np.maximum(lengths, 1e-9)[self._of]).astype(np.float32)
        self._own_starts = np.concatenate([[0], np.cumsum(np.bincount(self._of, minlength=self._size))])
        order = np.argsort(self._own_term, kind="stable")
        self._text, self._weight = self._of[order], self._own_weight[order]
        self._starts = np.concatenate([[0], np.cumsum(held_by)])
        self._settled = self._size


def best(scores: Floats, k: int) -> Ints:
    """Places of the k greatest scores above 0, the greatest first, of equal ones the first."""
    if k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        places = np.flatnonzero(scores >= max(least, np.float32(1e-6)))
    else:
        places = np.flatnonzero(scores > 0)
    order: Ints = np.argsort(-scores[places], kind="stable")[:k]
    return places[order]


def _best_of_rows(likeness: Floats, k: int) -> Ints:
    """Of each row the places of its k greatest, the greatest first, of equal ones the first."""
    rest, rows, best = likeness.copy(), np.arange(len(likeness)), []
    for _ in range(min(k, likeness.shape[1])):
        best.append(np.argmax(rest, axis=1))
        rest[rows, best[-1]] = -1
    return np.array(best, np.int64).reshape(-1, len(likeness)).T
