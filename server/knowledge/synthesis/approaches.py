"""Which outcomes are of one approach.

Ranks carry from one fleet to another where a score alone doesn't: two texts are compared where each is among the nearest of the
other, or where both tell of it in the same words; they are of one approach where they share most of what they say was done.
What holds a group together is its member with the most likenesses, so that no chain of half-alike ones makes a group.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from math import comb, prod

from server.knowledge.applicability import spelt_alike
from server.knowledge.facts import Outcome
from server.knowledge.similarity.words import terms
from server.knowledge.synthesis.ideas import idea_of, says_the_same
from server.knowledge.synthesis.wording import tells_nothing
from server.patterns.likeness import Likeness

FEW = 30
"""Among fewer outcomes it can't be told which words are everybody's."""
BY_CHANCE = 0.1
"""So many groups as good as one may come about around its core where everybody draws words as often as others use them."""

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
    return bool(_kinds(mine) & _kinds(its))


def _kinds(words: Iterable[str]) -> set[str]:
    return {_FAMILY[word] for word in words if word in _FAMILY}


def alike(one: Outcome, other: Outcome) -> bool:
    """Whether both tell of one approach."""
    return says_the_same(idea_of(one), idea_of(other), one_kind=same_metric(one, other))


def groups(
    outcomes: Sequence[Outcome],
    owners: Callable[[Outcome], str],
    likeness: Likeness,
    related: Callable[[Outcome, Outcome], bool],
) -> list[list[Outcome]]:
    """Outcomes of one approach together, each in one group, in the order of time; a group may be of one.

    Only those `related` to each other are joined, and likeness compares those of different owners.
    """
    ordered = sorted(outcomes, key=lambda one: (one.at, one.ref))
    linked: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in _candidates(ordered, owners, likeness):
        if related(ordered[one], ordered[other]) and alike(ordered[one], ordered[other]):
            linked[one].add(other)
            linked[other].add(one)
    usage, found = _Usage(ordered), []
    for whole in _components(len(ordered), linked):
        component = whole
        while component:
            core = max(component, key=lambda place: (len(linked[place] & component), -place))
            group = {
                place
                for place in component
                if place == core
                or place in linked[core]
                or (related(ordered[core], ordered[place]) and alike(ordered[core], ordered[place]))
            }
            if len(group) > 1 and not usage.rules_chance_out(core, group):
                named = idea_of(ordered[core]).named
                group = {place for place in group if place == core or idea_of(ordered[place]).named == named}
            found.append([ordered[place] for place in sorted(group)])
            component = component - group
    return sorted(found, key=lambda group: (group[0].at, group[0].ref))


class _Usage:
    """How many outcomes use each word to say what was done."""

    def __init__(self, ordered: Sequence[Outcome]) -> None:
        self._ordered = ordered
        self._words = [idea_of(one).words for one in ordered]
        self._used = Counter(word for words in self._words for word in words)

    def rules_chance_out(self, core: int, group: set[int]) -> bool:
        """Whether so many would hardly share so many words with the core, if words fell as often as others use them."""
        others = len(self._ordered) - len(group)
        if others < FEW:
            return True
        comparable = sum(same_metric(self._ordered[core], one) for one in self._ordered) or len(self._ordered)
        inside = Counter(word for place in group for word in self._words[place])
        expected, mine = 1.0, self._words[core]
        for place in sorted(group - {core}):
            both = mine & self._words[place]
            chance = prod((self._used[word] - inside[word] + 0.5) / (others + 1) for word in sorted(both))
            expected *= min(1.0, comparable * comb(len(mine), len(both)) * chance)
        return expected <= BY_CHANCE


def _components(size: int, linked: dict[int, set[int]]) -> Iterable[set[int]]:
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
        yield component


def _candidates(
    ordered: Sequence[Outcome], owners: Callable[[Outcome], str], likeness: Likeness
) -> Iterable[tuple[int, int]]:
    """Pairs that may be of one approach: told in the same words, or neighbours by what they tell."""
    named: defaultdict[tuple[frozenset[str], str], list[int]] = defaultdict(list)
    for place, one in enumerate(ordered):
        if words := idea_of(one).named:
            named[words, spelt_alike(one.error_category)].append(place)
    by_words: defaultdict[frozenset[str], list[int]] = defaultdict(list)
    for (words, _), places in named.items():
        by_words[words].append(places[0])
        yield from ((places[0], place) for place in places[1:])
    for places in by_words.values():
        yield from ((one, other) for number, one in enumerate(places) for other in places[number + 1 :])
    yield from _neighbours(ordered, owners, likeness)


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
