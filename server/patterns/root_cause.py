"""Shared root causes: errors of like meaning, or on one resource, in several systems (PAT-3, detection rule 3 of the source).

Systems of one fleet share a vocabulary, so a like name alone proves little. What counts is one canonical resource with
errors of both; or texts that are near neighbours of each other among all texts of other systems and have words in common
that few systems use. What only sounds alike needs a second leg: errors on the same days more often than weekdays
explain, or a dependency that those systems share and others don't.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from server.model.pattern import PatternType
from server.patterns.catalogue import Catalogue, catalogue_of
from server.patterns.fleet import Fleet
from server.patterns.found import LEAST_OCCURRENCES, Found, Identity
from server.patterns.history import History, Ints
from server.patterns.likeness import Alike, Likeness
from server.patterns.root_cause_found import Cause, found_of
from server.patterns.second_leg import Leg, legs

TYPE = PatternType.SHARED_ROOT_CAUSE
MOST_ENTRIES = 10_000
MOST_CANDIDATES = 200
FEW_SYSTEMS = 6
"""In a smaller fleet it can't be told which words are everybody's."""
NEAREST, NEAR = 0.33, 0.5
"""Least likeness of each other's nearest neighbours, and of near ones."""
SOUNDS_ALIKE = 0.6
HABIT, FEW_TWINS = 1 / 3, 8
"""Where more than this share of all entries has a twin in another system, and more than so many, twins are the fleet's habit."""
_NUMBERS = re.compile(r"\d+")
_NOTHING = frozenset(
    "error errors err failure failures fail failed exception exceptions issue issues problem problems the a in of".split()
)


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
    like = {(pair.one, pair.other) for pair in pairs if pair.score >= SOUNDS_ALIKE and not pair.contrary}
    sure = [(group, leg) for group, leg in zip(doubtful, upheld, strict=True) if leg.stands or _few(group, told, like)]
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
    """Whether they share words that are not everybody's, beyond a category of the same name."""
    same = told.names[pair.one] == told.names[pair.other]
    telling = [word for word in pair.telling if not same or word not in told.names[pair.one]]
    enough = len(telling) + bool(pair.meanings) > 1 and bool(telling) and not pair.contrary
    return enough and not (same and told.names.count(told.names[pair.one]) > told.widest)


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


def _few(group: tuple[int, ...], told: _Entries, like: set[tuple[int, int]]) -> bool:
    """Whether, in a fleet too small to know its habits, they say enough by themselves on what went wrong.

    Two words in the category do, or four in texts that sound alike.
    """
    if told.erring >= FEW_SYSTEMS:
        return False
    named = all(len(_words(told.names[place])) > 1 for place in group)
    return named or (group in like and all(len(_words(told.texts[place])) > 3 for place in group))


def _words(name: str) -> set[str]:
    pieces = "".join(letter if letter.isalpha() else " " for letter in name.casefold()).split()
    return {one for one in pieces if one not in _NOTHING}


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
