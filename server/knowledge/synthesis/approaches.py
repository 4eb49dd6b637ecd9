"""Which outcomes are of one approach.

Ranks carry from one fleet to another where a score alone doesn't: two texts are compared where each is among the nearest of the
other, or where both tell of it in the same words; they are of one approach where they share most of what they say was done.
What holds a group together is its member with the most likenesses, so that no chain of half-alike ones makes a group.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from heapq import heapify, heappop, heappush
from math import comb, log
from typing import TYPE_CHECKING

from server.knowledge.gathering.facts import Outcome
from server.knowledge.similarity.categories import spelt_alike
from server.knowledge.similarity.words import terms
from server.knowledge.synthesis.ideas import idea_of, says_the_same
from server.knowledge.synthesis.wording import tells_nothing
from server.patterns.likeness import Likeness

if TYPE_CHECKING:
    from server.knowledge.synthesis.crowd import Crowd, Mask

Related = Callable[["Crowd", Outcome], "Mask"]
"""Which of a crowd may be the same matter as one of them."""

FEW = 30
"""Among fewer outcomes it can't be told which words are everybody's."""
BY_CHANCE = 0.1
"""So many groups as good as one may come about around its core where everybody draws words as often as others use them."""
MOST_RELATED = 64
"""Errors of other names, related to one, among which those told in the same words are sought."""

_FAMILIES = {
    "transient": "timeout throttled connect transient flaky intermittent temporary network api http",
    "freshness": "stale late",
    "absence": "missing null empty partial",
    "form": "parse broken invalid schema encoding",
    "access": "denied auth",
    "repetition": "duplicate",
}
"""Kinds of errors against which one and the same change helps."""
_FAMILY = {
    term: family for family, words in _FAMILIES.items() for word in words.split() for term in (f"={word}", *terms(word))
}


def same_metric(one: Outcome, other: Outcome) -> bool:
    """Whether both changed the same thing: an error category by its words or of one kind, or the same metric."""
    if one.error_category and other.error_category:
        return same_category(one.error_category, other.error_category)
    return bool(one.metric) and spelt_alike(one.metric) == spelt_alike(other.metric)


@lru_cache(maxsize=200_000)
def same_category(one: str, other: str) -> bool:
    """Whether two categories are spelt alike, mean the same, or tell of one kind of error."""
    if spelt_alike(one) == spelt_alike(other):
        return True
    mine, its = frozenset(terms(one)), frozenset(terms(other))
    if mine and its and (mine <= its or its <= mine):
        return True
    return bool(kinds_of(mine) & kinds_of(its))


def kinds_of(words: Iterable[str]) -> set[str]:
    """Of what kinds an error is, by its words: `transient`, `freshness` …"""
    return {_FAMILY[word] for word in words if word in _FAMILY}


def alike(one: Outcome, other: Outcome) -> bool:
    """Whether both tell of one approach."""
    return says_the_same(idea_of(one), idea_of(other), one_kind=same_metric(one, other))


def groups(
    outcomes: Sequence[Outcome], owners: Callable[[Outcome], str], likeness: Likeness, related: Related
) -> list[list[Outcome]]:
    """Outcomes of one approach together, each in one group, in the order of time; a group may be of one.

    Only those `related` to each other are joined, and likeness compares those of different owners.
    """
    from server.knowledge.synthesis.crowd import Crowd

    ordered = sorted(outcomes, key=lambda one: (one.at, one.ref))
    crowd = Crowd(ordered)
    linked = _links(crowd, owners, likeness, related)
    usage, found = _Usage(crowd), []
    for component in _components(len(ordered), linked):
        found += [[ordered[place] for place in group] for group in _parted(component, linked, crowd, related, usage)]
    return sorted(found, key=lambda group: (group[0].at, group[0].ref))


def _links(
    crowd: "Crowd", owners: Callable[[Outcome], str], likeness: Likeness, related: Related
) -> dict[int, set[int]]:
    """Of each place those of one approach among its candidates."""
    near: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in (*_told_alike(crowd, related), *_neighbours(crowd.outcomes, owners, likeness)):
        if alike(crowd.outcomes[one], crowd.outcomes[other]):
            near[one].add(other)
    linked: defaultdict[int, set[int]] = defaultdict(set)
    for one, others in near.items():
        fits = related(crowd, crowd.outcomes[one])
        for other in others:
            if fits[other]:
                linked[one].add(other)
                linked[other].add(one)
    return linked


def _parted(
    component: list[int], linked: Mapping[int, set[int]], crowd: "Crowd", related: Related, usage: "_Usage"
) -> Iterable[list[int]]:
    """The component in groups, each around the one with the most likenesses among those that are left."""
    if len(component) == 1:
        yield component
        return
    left = set(component)
    likenesses = {place: len(linked[place]) for place in component}
    waiting = [(-many, place) for place, many in likenesses.items()]
    heapify(waiting)
    while waiting:
        many, core = heappop(waiting)
        if core not in left or -many != likenesses[core]:
            continue
        one = crowd.outcomes[core]
        group = left.intersection((related(crowd, one) & crowd.alike(one)).nonzero()[0].tolist()) | {core}
        if len(group) > 1 and not usage.rules_chance_out(core, group):
            group &= {core, *crowd.same_name(crowd.ideas[core]).nonzero()[0].tolist()}
        left -= group
        for gone in group:
            for near in linked[gone] & left:
                likenesses[near] -= 1
                heappush(waiting, (-likenesses[near], near))
        yield sorted(group)


class _Usage:
    """How many outcomes use each word to say what was done."""

    def __init__(self, crowd: "Crowd") -> None:
        self._crowd = crowd
        self._used = Counter(word for idea in crowd.ideas for word in idea.words)

    def rules_chance_out(self, core: int, group: set[int]) -> bool:
        """Whether so many would hardly share so many words with the core, if words fell as often as others use them."""
        others = len(self._crowd) - len(group)
        if others < FEW:
            return True
        comparable = int(self._crowd.same_metric(self._crowd.outcomes[core]).sum()) or len(self._crowd)
        words, held = self._crowd.words_in_common(core, sorted(group - {core}))
        inside = [int(many) + 1 for many in held.sum(axis=0)]
        chances = [
            log((self._used[word] - many + 0.5) / (others + 1)) for word, many in zip(words, inside, strict=True)
        ]
        ways = [log(comparable * comb(len(words), both)) for both in range(len(words) + 1)]
        expected = 0.0
        for both, chance in zip(held.sum(axis=1).tolist(), (held @ chances).tolist(), strict=True):
            expected += min(0.0, ways[int(both)] + chance)
        return expected <= log(BY_CHANCE)


def _components(size: int, linked: Mapping[int, set[int]]) -> Iterable[list[int]]:
    seen: set[int] = set()
    for start in range(size):
        if start in seen:
            continue
        component, waiting = {start}, [start]
        while waiting:
            for near in linked.get(waiting.pop(), ()):
                if near not in component:
                    component.add(near)
                    waiting.append(near)
        seen |= component
        yield sorted(component)


def _told_alike(crowd: "Crowd", related: Related) -> Iterable[tuple[int, int]]:
    """Pairs told in the same words: with the first against the same error, and with some against related ones."""
    named: defaultdict[tuple[frozenset[str], str], list[int]] = defaultdict(list)
    for place, (idea, one) in enumerate(zip(crowd.ideas, crowd.outcomes, strict=True)):
        if idea.named:
            named[idea.named, spelt_alike(one.error_category)].append(place)
    by_words: defaultdict[frozenset[str], list[int]] = defaultdict(list)
    for (words, _), places in named.items():
        by_words[words].append(places[0])
        yield from ((places[0], place) for place in places[1:])
    for places in by_words.values():
        for number, first in enumerate(places[:-1], 1):
            fits = related(crowd, crowd.outcomes[first])[places[number:]].nonzero()[0][:MOST_RELATED].tolist()
            yield from ((first, places[number + place]) for place in fits)


def _neighbours(
    ordered: Sequence[Outcome], owners: Callable[[Outcome], str], likeness: Likeness
) -> Iterable[tuple[int, int]]:
    texts = [text_of(one) for one in ordered]
    speaking = [place for place, text in enumerate(texts) if text]
    numbers = {name: number for number, name in enumerate(sorted({owners(ordered[place]) for place in speaking}))}
    if len(numbers) < 2:
        return
    whose = [numbers[owners(ordered[place])] for place in speaking]
    for pair in likeness([texts[place] for place in speaking], whose, len(numbers)):
        yield speaking[pair.one], speaking[pair.other]


def text_of(outcome: Outcome) -> str:
    """All that it tells of what was done."""
    parts = dict.fromkeys(
        " ".join(part.split()).rstrip(".") for part in (outcome.title, outcome.approach, outcome.description)
    )
    return ". ".join(part for part in parts if part and not tells_nothing(part))
