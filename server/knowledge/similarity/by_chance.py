"""How many pairs of texts share most of what they say where their words are dealt out among them by chance."""

from collections.abc import Sequence
from math import log

import numpy as np

from server.knowledge.similarity.index import Floats, Ints
from server.knowledge.similarity.words import is_everyday

MOST_TEXTS = 300
SHUFFLES = 50
MOSTLY = 0.65
"""Least part of both that is the same."""
FEW_OWNERS = 6
"""Fewer don't show which words their fleet is likely to repeat."""
_SEED = 20_260_105


class Shuffled:
    """Texts whose words are dealt out anew, each word as often and each text as long as it was."""

    def __init__(self, bags: Sequence[frozenset[str]], owners: Sequence[int]) -> None:
        words = [sorted(word for word in bag if word.startswith("=") or not is_everyday(word)) for bag in bags]
        used: dict[str, set[int]] = {}
        for bag, owner in zip(words, owners, strict=True):
            for word in bag:
                used.setdefault(word, set()).add(owner)
        everybody = len(set(owners))
        self._rarity = {word: log(everybody / len(whose)) for word, whose in used.items()}
        step = max(1, -(-len(words) // MOST_TEXTS))
        self._words, self._owners = words[::step], np.array(owners, np.int64)[::step]
        self._times = float(step * step)
        self._few = len(np.unique(self._owners)) < FEW_OWNERS
        self._scores: Floats | None = None

    def as_good(self, both: Sequence[str]) -> float:
        """How many pairs share words as rare as these, in the mean."""
        if self._few:
            return 0.0
        if self._scores is None:
            self._scores = self._deal()
        rarity = sum(self._rarity.get(word, 0.0) for word in both)
        return float(len(self._scores) - np.searchsorted(self._scores, rarity - 1e-6)) * self._times / SHUFFLES

    def _deal(self) -> Floats:
        """Rarity of what they share, of all pairs of all shuffles that share most; the least first."""
        names = sorted({word for bag in self._words for word in bag})
        place = {word: number for number, word in enumerate(names)}
        of = np.repeat(np.arange(len(self._words)), [len(bag) for bag in self._words])
        term = np.array([place[word] for bag in self._words for word in bag], np.int64)
        meaning = np.array([word.startswith("=") for word in names], np.bool_)
        rarity = np.array([self._rarity[word] for word in names], np.float32)
        weight = np.where(meaning, 0.5, 1.0).astype(np.float32)
        several = np.flatnonzero(np.bincount(term, minlength=len(names)) > 1)
        column = np.full(len(names), -1)
        column[several] = np.arange(len(several))
        totals = np.maximum(np.bincount(of, weight[term], minlength=len(self._words)), 1e-6)
        apart = np.triu(self._owners[:, None] != self._owners[None, :], 1)
        chance = np.random.default_rng(_SEED)
        found = []
        for _ in range(SHUFFLES):
            dealt = _dealt(term, meaning[term], chance)
            held = np.zeros((len(self._words), len(several)), np.float32)
            kept = column[dealt] >= 0
            held[of[kept], column[dealt[kept]]] = 1.0
            shared = (held * weight[several]) @ held.T
            close = np.minimum(shared / totals[:, None], shared / totals[None, :]) >= MOSTLY
            one, other = np.nonzero(close & apart)
            found.append((held[one] * held[other]) @ rarity[several])
        scores: Floats = np.sort(np.concatenate(found))
        return scores


def _dealt(term: Ints, meaning: "np.ndarray[tuple[int], np.dtype[np.bool_]]", chance: np.random.Generator) -> Ints:
    """The words in another order, meanings among meanings."""
    dealt = term.copy()
    for those in (np.flatnonzero(meaning), np.flatnonzero(~meaning)):
        dealt[those] = term[chance.permutation(those)]
    return dealt
