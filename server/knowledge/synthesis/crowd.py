"""One outcome compared with very many at once: what `alike` and `same_metric` say of each, in a few operations on arrays.

However few words a fleet speaks in, so that everybody shares some with everybody, a comparison takes time by how often its
own words are used. numpy is loaded with this module: it is imported where it is used.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from server.knowledge.gathering.facts import Outcome
from server.knowledge.similarity.categories import spelt_alike
from server.knowledge.similarity.words import terms
from server.knowledge.synthesis.approaches import kinds_of
from server.knowledge.synthesis.ideas import (
    ANY_KIND,
    HALF,
    LEAST_COMMON,
    ONE_KIND,
    OPPOSED,
    Idea,
    counts_half,
    idea_of,
    is_own,
    weight,
)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Key = TypeVar("Key")

_NOWHERE: Ints = np.zeros(0, np.int64)


class Crowd:
    """Outcomes by their places; every answer has one truth value for each of them."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = outcomes
        self.ideas = [idea_of(one) for one in outcomes]

    def __len__(self) -> int:
        return len(self.outcomes)

    def alike(self, one: Outcome) -> Mask:
        """Which tell of the same approach as this one, as `approaches.alike` has it."""
        return self.says_the_same(idea_of(one), self.same_metric(one))

    def says_the_same(self, idea: Idea, one_kind: Mask) -> Mask:
        """Which tell of one approach with the idea, as `ideas.says_the_same` has it."""
        if not idea.named:
            return self._none()
        least = np.where(one_kind, ONE_KIND, ANY_KIND)
        told = self._names.much_in_common(idea.named, idea.against, least)
        own = self._names.any_of(word for word in idea.named if is_own(word))
        described = own & self._texts.much_in_common(idea.words, idea.against, least) if own.any() else own
        found: Mask = (told | described) & ~self._apart(idea.named)
        if any(map(is_own, idea.named)):
            found |= self.same_name(idea)
        return found & ~self._goes_against(idea)

    def same_name(self, idea: Idea) -> Mask:
        """Which say in the same words what was done."""
        return self._having(self._by_name, idea.named)

    def same_metric(self, one: Outcome) -> Mask:
        """Which changed the same thing, as `approaches.same_metric` has it."""
        found = self._having(self._by_metric, spelt_alike(one.metric)) if one.metric else self._none()
        return (
            np.where(self.categorised, self.same_category(one.error_category), found) if one.error_category else found
        )

    def same_category(self, category: str) -> Mask:
        """Which were against this kind of error, as `approaches.same_category` has it."""
        of_kind: Mask = self._categories.same(category)[self._category]
        return of_kind

    @cached_property
    def categorised(self) -> Mask:
        """Which name an error category."""
        return np.array([bool(one.error_category) for one in self.outcomes], np.bool_)

    def words_in_common(self, core: int, places: Sequence[int]) -> tuple[list[str], Floats]:
        """The words of one of them, and at each of the places 1 for those that it has too, else 0."""
        words = sorted(self.ideas[core].words)
        held = np.zeros((len(self), len(words)))
        for column, word in enumerate(words):
            held[self._texts.having(word), column] = 1
        return words, held[list(places)]

    def _none(self) -> Mask:
        return np.zeros(len(self), np.bool_)

    def _apart(self, named: frozenset[str]) -> Mask:
        found = self._none()
        for words, having in zip(OPPOSED, self._opposed, strict=True):
            if mine := named & words:
                found |= having & ~self._names.any_of(mine)
        return found

    def _goes_against(self, idea: Idea) -> Mask:
        found = self._none()
        for word in idea.undone:
            found[self._heads.get(word, _NOWHERE)] = True
        for word in idea.headed:
            found[self._undone.get(word, _NOWHERE)] = True
        for axis, side in idea.ways:
            if (axis, 1 - side) not in idea.ways:
                found |= self._having(self._ways, (axis, 1 - side)) & ~self._having(self._ways, (axis, side))
        return found

    def _having(self, places: Mapping[Key, Ints], key: Key) -> Mask:
        found = self._none()
        found[places.get(key, _NOWHERE)] = True
        return found

    @cached_property
    def _names(self) -> "_Bags":
        return _Bags([idea.named for idea in self.ideas], self._against)

    @cached_property
    def _texts(self) -> "_Bags":
        return _Bags([idea.words for idea in self.ideas], self._against)

    @cached_property
    def _heads(self) -> dict[str, Ints]:
        return _places((place, idea.headed) for place, idea in enumerate(self.ideas))

    @cached_property
    def _undone(self) -> dict[str, Ints]:
        return _places((place, idea.undone) for place, idea in enumerate(self.ideas))

    @cached_property
    def _ways(self) -> dict[tuple[int, int], Ints]:
        return _places((place, idea.ways) for place, idea in enumerate(self.ideas))

    @cached_property
    def _against(self) -> list[frozenset[str]]:
        return [idea.against for idea in self.ideas]

    @cached_property
    def _opposed(self) -> list[Mask]:
        return [np.array([bool(idea.named & words) for idea in self.ideas], np.bool_) for words in OPPOSED]

    @cached_property
    def _by_name(self) -> dict[frozenset[str], Ints]:
        return _places((place, (idea.named,)) for place, idea in enumerate(self.ideas) if idea.named)

    @cached_property
    def _by_metric(self) -> dict[str, Ints]:
        return _places((place, (spelt_alike(one.metric),)) for place, one in enumerate(self.outcomes))

    @cached_property
    def _categories(self) -> "_Categories":
        return _Categories(sorted({one.error_category for one in self.outcomes}))

    @cached_property
    def _category(self) -> Ints:
        number = {name: place for place, name in enumerate(self._categories.names)}
        return np.array([number[one.error_category] for one in self.outcomes], np.int64)


class _Bags:
    """The words of each outcome, of its name or of all its texts, by weight."""

    def __init__(self, bags: Sequence[frozenset[str]], against: Sequence[frozenset[str]]) -> None:
        self._held = _places(enumerate(bags))
        self._against = _places(enumerate(against))
        both = list(zip(bags, against, strict=True))
        self._halved = _places((place, bag & its) for place, (bag, its) in enumerate(both))
        self._whole = _places(
            (place, [word for word in bag if word not in its and not counts_half(word)])
            for place, (bag, its) in enumerate(both)
        )
        self._weight = np.array([weight(bag, its) for bag, its in both], np.float64)

    def having(self, word: str) -> Ints:
        """Who has the word."""
        return self._held.get(word, _NOWHERE)

    def any_of(self, words: Iterable[str]) -> Mask:
        """Who has any of the words."""
        found = np.zeros(len(self._weight), np.bool_)
        for word in words:
            found[self.having(word)] = True
        return found

    def much_in_common(self, mine: frozenset[str], against: frozenset[str], least: Floats) -> Mask:
        """Of whom these words are much the same as theirs, where words of either's error weigh half."""
        common, its = np.zeros(len(self._weight)), self._weight.copy()
        own = np.full(len(self._weight), weight(mine, against))
        for word in mine:
            if word in against or counts_half(word):
                common[self.having(word)] += HALF
            else:
                common[self.having(word)] += 1.0
                common[self._halved.get(word, _NOWHERE)] -= HALF
                own[self._against.get(word, _NOWHERE)] -= HALF
        for word in against:
            its[self._whole.get(word, _NOWHERE)] -= HALF
        found: Mask = (common >= LEAST_COMMON) & (common >= least * np.maximum(own, its))
        return found


class _Categories:
    """Every error category that is told, each once."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        words = [frozenset(terms(name)) for name in names]
        self._many = np.array([len(one) for one in words], np.int64)
        self._spelt = _places((place, (spelt_alike(name),)) for place, name in enumerate(names))
        self._words = _places(enumerate(words))
        self._kinds = _places((place, kinds_of(one)) for place, one in enumerate(words))

    def same(self, category: str) -> Mask:
        """Which of them are this one, or of its kind."""
        found = np.zeros(len(self.names), np.bool_)
        found[self._spelt.get(spelt_alike(category), _NOWHERE)] = True
        words = frozenset(terms(category))
        both = np.zeros(len(self.names), np.int64)
        for word in words:
            both[self._words.get(word, _NOWHERE)] += 1
        found |= (both > 0) & ((both == len(words)) | (both == self._many))
        for kind in kinds_of(words):
            found[self._kinds.get(kind, _NOWHERE)] = True
        return found


def _places(members: Iterable[tuple[int, Iterable[Key]]]) -> dict[Key, Ints]:
    """By key the places of those that have it, in their order."""
    found: defaultdict[Key, list[int]] = defaultdict(list)
    for place, keys in members:
        for key in keys:
            found[key].append(place)
    return {key: np.array(places, np.int64) for key, places in found.items()}
