"""Shared root causes: errors of like meaning, or on one resource, in several systems (PAT-3, detection rule 3 of the source).

Systems of one fleet share a vocabulary, so a like name alone proves little. What counts is one canonical resource with
errors of both; or texts that are near neighbours of each other among all texts of other systems, tell of the same trouble
with the same thing, and share more than words dealt out by chance would. What only sounds alike needs a second leg:
errors on the same days more often than weekdays explain, or a dependency that those systems share and others don't.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from server.model.pattern import PatternType
from server.patterns.errors.catalogue import Catalogue, catalogue_of
from server.patterns.errors.root_cause_found import Cause, found_of
from server.patterns.errors.second_leg import Leg, legs
from server.patterns.fleet import Fleet
from server.patterns.found import LEAST_OCCURRENCES, Found, Identity
from server.patterns.history import History, Ints
from server.patterns.likeness import Alike, Likeness

TYPE = PatternType.SHARED_ROOT_CAUSE
MOST_ENTRIES = 10_000
MOST_CANDIDATES = 200
FEW_SYSTEMS = 6
"""In a smaller fleet it can't be told which words are everybody's."""
NEAREST, NEAR = 0.33, 0.5
"""Least likeness of each other's nearest neighbours, and of near ones."""
SOUNDS_ALIKE = 0.6
LIKE_MEANING, LIKE_WORDS, OF_ONE_THING, WITH_A_LEG = 0.72, 0.78, 0.4, 0.5
"""Least part of both texts, by weight, that is the same: where they share what went wrong, where only words, where both
name one file, host, API or table, and where something else upholds them."""
WHOLLY, OF_WHICH_ALL = 0.999, 0.65
"""Where the one says all that the other says, this part of it is enough."""
A_PHRASE = 5
"""So many words in common, told under different names, are of one thing, though each could stand in anybody's messages."""
SURE = 0.02
"""So many pairs as good as one may come about by chance in the whole fleet."""
HABIT, FEW_TWINS = 1 / 3, 8
"""Where more than this share of all entries has a twin in another system, and more than so many, twins are the fleet's habit."""
FEW_IN_COMMON, IN_COMMON = 2, 0.2
"""Where more categories than so many, and than this share of all, are in more than one system, they come from a list."""
_NUMBERS = re.compile(r"\d+")


def detect(
    history: History, fleet: Fleet, known: frozenset[Identity] = frozenset(), *, likeness: Likeness
) -> list[Found]:
    """Every shared root cause in the history, those on a resource first; chance pairs are not among them."""
    mine = {one for one in known if one.type is TYPE}
    by_resource = catalogue_of(history, history.troubles.resource)
    causes = _on_one_resource(by_resource, LEAST_OCCURRENCES)
    by_category = catalogue_of(history, _told(history))
    causes += _not_covered(_of_like_meaning(by_category, fleet, likeness, LEAST_OCCURRENCES), causes)
    shown = [cause for cause in causes if not cause.held_back]
    candidates = sorted((cause for cause in causes if cause.held_back), key=_strongest)[:MOST_CANDIDATES]
    found = [found_of(cause, fleet, mine) for cause in shown + candidates]
    grown = {one for one in mine for other in found if _is_part(one, other.identity)}
    return found + _again(mine - grown, history, by_resource, by_category)


def _is_part(one: Identity, other: Identity) -> bool:
    """Whether the other is the same, or the same with more systems: then the one has nothing more to say."""
    return one.subject == other.subject and set(one.systems) <= set(other.systems)


def _strongest(cause: Cause) -> tuple[int, tuple[int, ...]]:
    return (-int(cause.catalogue.occurrences[list(cause.entries)].min()), cause.entries)


def _told(history: History) -> Ints:
    """Of each trouble its category, -1 where it has no name."""
    nameless = [position for position, name in enumerate(history.categories) if not name.strip()]
    category = history.troubles.category
    return np.where(np.isin(category, nameless), -1, category) if nameless else category


def _on_one_resource(catalogue: Catalogue, least: int) -> list[Cause]:
    """Resources on which two or more systems had so many errors each."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for entry in np.flatnonzero(catalogue.occurrences >= least).tolist():
        holders[int(catalogue.kind[entry])].append(entry)
    return [
        Cause(catalogue, tuple(entries), resource=catalogue.history.resources[resource])
        for resource, entries in holders.items()
        if len(entries) > 1 and catalogue.history.resources[resource]
    ]


def _not_covered(causes: list[Cause], on_resources: Sequence[Cause]) -> list[Cause]:
    """Those that aren't the same troubles told a second time: of which half or more are on one such resource."""
    holders = {one.resource: frozenset(one.systems) for one in on_resources}
    left = []
    for cause in causes:
        history, positions = cause.catalogue.history, cause.positions()
        on, many = np.unique(history.troubles.resource[positions], return_counts=True)
        main = int(on[np.argmax(many)])
        whose = holders.get(history.resources[main], frozenset()) if main >= 0 else frozenset()
        if not (2 * int(many.max()) >= len(positions) and whose.issuperset(cause.systems)):
            left.append(cause)
    return left


@dataclass(frozen=True)
class _Entries:
    """Entries of the catalogue that are compared, with what is known of the fleet's vocabulary."""

    catalogue: Catalogue
    entries: Ints
    names: list[str]
    """Categories in small letters."""
    texts: list[str]
    owners: list[int]
    erring: int
    """Systems that had any trouble."""

    @property
    def widest(self) -> int:
        """A word or category that more systems have is everybody's."""
        return max(3, self.erring // 5)

    @cached_property
    def from_a_list(self) -> bool:
        """Whether systems take their categories from one list, so that a category in common says nothing."""
        owners: defaultdict[str, set[int]] = defaultdict(set)
        for name, owner in zip(self.names, self.owners, strict=True):
            owners[name].add(owner)
        common = sum(len(whose) > 1 for whose in owners.values())
        return common > max(FEW_IN_COMMON, IN_COMMON * len(owners))


def _entries(catalogue: Catalogue, least: int) -> _Entries:
    chosen = np.flatnonzero(catalogue.occurrences >= least)
    if len(chosen) > MOST_ENTRIES:
        chosen = np.sort(chosen[np.argsort(-catalogue.occurrences[chosen], kind="stable")[:MOST_ENTRIES]])
    names = [catalogue.history.categories[kind] for kind in catalogue.kind[chosen].tolist()]
    told = catalogue.descriptions(chosen)
    return _Entries(
        catalogue,
        chosen,
        [name.casefold().strip() for name in names],
        [". ".join([name, *texts]) for name, texts in zip(names, told, strict=True)],
        catalogue.system[chosen].tolist(),
        len(np.unique(catalogue.history.troubles.system)),
    )


def _of_like_meaning(catalogue: Catalogue, fleet: Fleet, likeness: Likeness, least: int) -> list[Cause]:
    """Groups of entries that mean the same."""
    told = _entries(catalogue, least)
    if len(set(told.owners)) < 2:
        return []
    pairs = [pair for pair in likeness(told.texts, told.owners, told.widest) if _near(pair, told)]
    specific = [pair for pair in pairs if _specific(pair, told)]
    twins = {place for pair in specific for place in (pair.one, pair.other)}
    if told.erring >= FEW_SYSTEMS and len(twins) > max(FEW_TWINS, HABIT * len(told.entries)):
        specific = []
    doubtful = _sounding_alike(pairs, told, {(pair.one, pair.other) for pair in specific})
    upheld = legs(catalogue, fleet, [tuple(int(told.entries[place]) for place in group) for group in doubtful])
    like = [pair for pair in pairs if pair.telling and min(pair.shares) >= WITH_A_LEG and not pair.contrary]
    sure = [
        (group, leg)
        for group, leg in zip(doubtful, upheld, strict=True)
        if leg.stands or _rests_on_one_thing(group, leg, told, like)
    ]
    causes = _joined(specific, sure, told)
    taken = {entry for cause in causes for entry in cause.entries}
    return causes + [
        Cause(catalogue, leg.entries, leg=leg, held_back="not_significant")
        for leg in upheld
        if not leg.stands and leg.dependency and not taken.intersection(leg.entries)
    ]


def _near(pair: Alike, told: _Entries) -> bool:
    """Whether they are near enough; codes that differ in their number are different errors."""
    one, other = (_NUMBERS.findall(told.names[place]) for place in (pair.one, pair.other))
    if one and other and one != other:
        return False
    return pair.score >= (NEAREST if pair.rank == 0 else NEAR)


def _specific(pair: Alike, told: _Entries) -> bool:
    """Whether they tell of like trouble with the same thing, in so many of their words that chance doesn't explain it."""
    same = told.names[pair.one] == told.names[pair.other]
    phrase = pair.common >= A_PHRASE and not same
    if pair.contrary or pair.by_chance > SURE or not (pair.telling or phrase):
        return False
    if same and told.erring >= FEW_SYSTEMS:
        if told.names.count(told.names[pair.one]) > told.widest:
            return False
        if told.from_a_list and all(word in told.names[pair.one] for word in pair.telling):
            return False
    least = min(pair.shares)
    if pair.things and pair.meanings and least >= OF_ONE_THING:
        return True
    contained = max(pair.shares) > WHOLLY and least >= OF_WHICH_ALL
    enough = least >= LIKE_MEANING or contained if pair.meanings else least >= LIKE_WORDS
    return enough and not pair.foreign and (phrase or len(pair.telling) + bool(pair.meanings) > 1)


def _sounding_alike(pairs: Sequence[Alike], told: _Entries, apart_from: set[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Groups that need a second leg: categories of the same name that not everybody has, and texts that sound alike."""
    named: defaultdict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(told.names):
        named[name].append(place)
    groups = [tuple(places) for places in named.values() if 1 < len(places) <= told.widest]
    loose = [
        (pair.one, pair.other)
        for pair in pairs
        if pair.score >= SOUNDS_ALIKE
        and not pair.contrary
        and (pair.one, pair.other) not in apart_from
        and told.names[pair.one] != told.names[pair.other]
    ]
    return groups + [pair for pair in loose if max(len(named[told.names[place]]) for place in pair) <= told.widest]


def _rests_on_one_thing(group: tuple[int, ...], leg: Leg, told: _Entries, like: Sequence[Alike]) -> bool:
    """Whether, in a fleet too small for a test, like words of their own come with a dependency that they share."""
    if told.erring >= FEW_SYSTEMS or not leg.dependency:
        return False
    places = {place for pair in like if pair.one in group and pair.other in group for place in (pair.one, pair.other)}
    return places.issuperset(group)


def _joined(specific: Sequence[Alike], sure: Sequence[tuple[tuple[int, ...], Leg]], told: _Entries) -> list[Cause]:
    """One cause for all that is connected, of two systems at least."""
    root = list(range(len(told.entries)))

    def top(place: int) -> int:
        while root[place] != place:
            root[place] = place = root[root[place]]
        return place

    meanings: defaultdict[int, set[str]] = defaultdict(set)
    resting: dict[int, Leg] = {}
    for pair in specific:
        meanings[pair.one].update(pair.meanings)
        root[top(pair.other)] = top(pair.one)
    places = {int(entry): place for place, entry in enumerate(told.entries.tolist())}
    for group, leg in sure:
        together = [places[entry] for entry in leg.entries] if leg.stands else list(group)
        for place in together:
            root[top(place)] = top(together[0])
        resting[together[0]] = leg
    grouped: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(len(root)):
        grouped[top(place)].append(place)
    causes = []
    for group_places in grouped.values():
        if len({told.owners[place] for place in group_places}) > 1:
            words = {word for place in group_places for word in meanings[place]}
            leg = next((resting[place] for place in group_places if place in resting), Leg(()))
            entries = tuple(int(told.entries[place]) for place in group_places)
            causes.append(Cause(told.catalogue, entries, meanings=tuple(sorted(words)), leg=leg))
    return causes


def _again(known: set[Identity], history: History, by_resource: Catalogue, by_category: Catalogue) -> list[Found]:
    """What is known and shows again, if not often enough to be found anew."""
    found = []
    for one in sorted(known, key=lambda it: (it.systems, it.subject)):
        systems = {history.systems.index(name) for name in one.systems if name in history.systems}
        on_resource = one.subject in history.resources
        catalogue, names = (by_resource, history.resources) if on_resource else (by_category, history.categories)
        kinds = [place for place, name in enumerate(names) if name.casefold() == one.subject.casefold()]
        entries = np.flatnonzero(np.isin(catalogue.system, sorted(systems)) & np.isin(catalogue.kind, kinds))
        if len(np.unique(catalogue.system[entries])) > 1:
            cause = Cause(
                catalogue, tuple(entries.tolist()), resource=one.subject if on_resource else "", held_back="too_few"
            )
            found.append(found_of(cause, Fleet(), {one}, identity=one))
    return found
