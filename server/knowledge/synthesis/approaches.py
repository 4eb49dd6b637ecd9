"""Which outcomes are of one approach: told by the same words, or near neighbours that share most of what they say.

Ranks carry from one fleet to another where a score alone doesn't: two texts count as a pair only where each is among the
nearest of the other. What a pair must share is less where both were against the same kind of error.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from server.knowledge.applicability import spelt_alike
from server.knowledge.facts import Outcome
from server.knowledge.similarity.subjects import told
from server.knowledge.similarity.words import terms
from server.knowledge.synthesis.wording import tells_nothing
from server.patterns.likeness import Alike, Likeness

ONE_KIND, ANY_KIND = 0.5, 0.65
"""Least part of both texts, by weight, that is the same: against one kind of error, and against any."""
LEAST_WORDS = 2
"""Words in common, besides those of the error category itself."""

_FAMILIES = {
    "transient": "timeout throttled connect transient flaky intermittent temporary network api http service",
    "freshness": "stale late",
    "absence": "missing null empty partial",
    "form": "parse broken invalid schema encoding",
    "access": "denied auth",
}
_FAMILY = {
    term: family for family, words in _FAMILIES.items() for word in words.split() for term in (f"={word}", *terms(word))
}


def same_metric(one: Outcome, other: Outcome) -> bool:
    """Whether both changed the same thing: an error category by its words or of one kind, or the same metric."""
    if one.error_category and other.error_category:
        return same_category(one.error_category, other.error_category)
    return bool(one.metric) and spelt_alike(one.metric) == spelt_alike(other.metric)


def same_category(one: str, other: str) -> bool:
    """Whether two categories are spelt alike, have a word of their own in common, or tell of one kind of error."""
    if spelt_alike(one) == spelt_alike(other):
        return True
    mine, its = set(terms(one)), set(terms(other))
    if mine & its:
        return True
    kinds, others = ({_FAMILY[term] for term in words if term in _FAMILY} for words in (mine, its))
    return bool(kinds & others)


def groups(
    outcomes: Sequence[Outcome],
    owners: Callable[[Outcome], str],
    likeness: Likeness,
    related: Callable[[Outcome, Outcome], bool] = lambda _one, _other: True,
) -> list[list[Outcome]]:
    """Outcomes of one approach together, those of nobody's approach alone; both in the order of time.

    Only outcomes of different owners are compared by likeness, and only those `related` to each other are joined.
    """
    ordered = sorted(outcomes, key=lambda one: (one.at, one.ref))
    root = list(range(len(ordered)))

    def top(place: int) -> int:
        while root[place] != place:
            root[place] = place = root[root[place]]
        return place

    for one, other in _pairs(ordered, owners, likeness):
        if related(ordered[one], ordered[other]):
            root[top(max(one, other))] = top(min(one, other))
    found: defaultdict[int, list[Outcome]] = defaultdict(list)
    for place, outcome in enumerate(ordered):
        found[top(place)].append(outcome)
    return sorted(found.values(), key=lambda group: (group[0].at, group[0].ref))


def _pairs(
    ordered: Sequence[Outcome], owners: Callable[[Outcome], str], likeness: Likeness
) -> Iterable[tuple[int, int]]:
    texts = [text_of(one) for one in ordered]
    named: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, one in enumerate(ordered):
        if words := told_as(one):
            named[words, spelt_alike(one.error_category)].append(place)
    for places in named.values():
        yield from ((places[0], place) for place in places[1:])
    by_words: defaultdict[str, list[int]] = defaultdict(list)
    for (words, _), places in named.items():
        by_words[words].append(places[0])
    for places in by_words.values():
        yield from ((one, other) for number, one in enumerate(places) for other in places[number + 1 :])
    speaking = [place for place, text in enumerate(texts) if text]
    numbers = {name: number for number, name in enumerate(sorted({owners(ordered[place]) for place in speaking}))}
    if len(numbers) < 2:
        return
    whose = [numbers[owners(ordered[place])] for place in speaking]
    for pair in likeness([texts[place] for place in speaking], whose, len(numbers)):
        first, second = speaking[pair.one], speaking[pair.other]
        if is_alike(pair, ordered[first], ordered[second]):
            yield first, second


def told_as(outcome: Outcome) -> str:
    """The words of the approach, or of the title where none is told, as they can be compared; empty where they say nothing."""
    text = outcome.approach or outcome.title
    return "" if tells_nothing(text) else " ".join(sorted(set(terms(text))))


def text_of(outcome: Outcome) -> str:
    """All that it tells of what was done."""
    parts = dict.fromkeys(
        " ".join(part.split()).rstrip(".") for part in (outcome.title, outcome.approach, outcome.description)
    )
    return ". ".join(part for part in parts if part and not tells_nothing(part))


def is_alike(pair: Alike, one: Outcome, other: Outcome) -> bool:
    """Whether two neighbours tell of one approach."""
    least = ONE_KIND if same_metric(one, other) else ANY_KIND
    return min(pair.shares) >= least and _own_words(one, other) >= LEAST_WORDS


def alike(one: Outcome, other: Outcome) -> bool:
    """The same of two outcomes of which nobody knows whether they are neighbours."""
    words = told_as(one)
    if words and words == told_as(other):
        return True
    mine, its = told(text_of(one)), told(text_of(other))
    both = mine.words & its.words
    if len(both) < LEAST_WORDS:
        return False
    least = ONE_KIND if same_metric(one, other) else ANY_KIND
    shares = (_share(both, mine.weights(frozenset())), _share(both, its.weights(frozenset())))
    return min(shares) >= least and _own_words(one, other) >= LEAST_WORDS


def _share(both: frozenset[str], weights: dict[str, float]) -> float:
    return sum(weights[word] for word in both) / max(sum(weights.values()), 1e-9)


def _own_words(one: Outcome, other: Outcome) -> int:
    """How many words of what was done they have in common, without those of their error categories."""
    both = told(text_of(one)).words & told(text_of(other)).words
    return len(both - set(terms(one.error_category)) - set(terms(other.error_category)))
