"""The likeness of texts by their terms, for whoever wants pairs: nearest neighbours of each other."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from server.knowledge.similarity.subjects import foreign, shares, told
from server.knowledge.similarity.words import is_everyday, terms
from server.patterns.likeness import Alike

NEIGHBOURS = 3
"""So near two texts are to each other that count as a pair."""


def lexical_likeness(texts: Sequence[str], owners: Sequence[int], widest: int) -> list[Alike]:
    """The pairs that `server.patterns.likeness.Likeness` asks for; a text that has no term is like none.

    Texts of equal terms count as one text of several owners, so that they don't take each other's neighbours away: they
    are neighbours of one another, and what is nearest to one of them is so to each.
    """
    from server.knowledge.similarity.by_chance import MOSTLY, Shuffled
    from server.knowledge.similarity.index import LexicalIndex

    alike: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, text in enumerate(texts):
        if bag := tuple(sorted(terms(text))):
            alike[bag].append(position)
    bags, members = list(alike), list(alike.values())
    used: defaultdict[str, set[int]] = defaultdict(set)
    for bag, positions in alike.items():
        for term in set(bag):
            used[term].update(owners[position] for position in positions)
    index = LexicalIndex()
    index.extend_terms(bags)
    nearest, scores = index.neighbours(NEIGHBOURS, _sole_owners(members, owners))
    widespread = {term for term, whose in used.items() if len(whose) > widest}
    shuffled = Shuffled([told(text).words for text in texts], owners)
    pairs = []
    for number, positions in enumerate(members):
        groups = [(number, 1.0, 0)]
        for place, near in enumerate(nearest[number].tolist()):
            back = nearest[near].tolist() if near > number else []
            if number in back:
                groups.append((near, float(scores[number, place]), max(place, back.index(number))))
        for other, score, rank in groups:
            found = _across(positions, members[other], owners)
            both = set(bags[number]).intersection(bags[other]) if found else set()
            telling = sorted(
                (one for one in both if _tells(one, used[one], widest)), key=lambda one: (len(used[one]), one)
            )
            meanings = _meanings(both)
            contrary = not meanings and bool(_meanings(bags[number])) and bool(_meanings(bags[other]))
            common, saying = (tuple(telling), meanings), [f"={meaning}" for meaning in meanings]
            for one, its in found:
                mine, theirs = told(texts[one]), told(texts[its])
                parts = shares(mine, theirs, widespread)
                things = tuple(sorted((mine.things & theirs.things) - widespread))
                chance = shuffled.as_good([*telling, *saying]) if telling and min(parts) >= MOSTLY else 0.0
                alien = foreign(mine, theirs)
                pairs.append(Alike(one, its, score, rank, *common, contrary, parts, things, alien, len(both), chance))
    return sorted(pairs)


def _tells(term: str, owners: set[int], widest: int) -> bool:
    return not is_everyday(term) and len(owners) <= widest


def _meanings(bag: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({one.removeprefix("=") for one in bag if one.startswith("=")}))


def _sole_owners(members: Sequence[Sequence[int]], owners: Sequence[int]) -> list[int]:
    """One owner per group of equal texts; a group of several owners is like nobody else's."""
    sole = []
    for number, positions in enumerate(members):
        whose = {owners[position] for position in positions}
        sole.append(whose.pop() if len(whose) == 1 else -1 - number)
    return sole


def _across(first: Sequence[int], second: Sequence[int], owners: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of different owners: each of the one side with the first of the other that isn't its own, and the reverse."""
    pairs = set()
    for side, others in ((first, second), (second, first)):
        for one in side:
            other = next((it for it in others if owners[it] != owners[one]), None)
            if other is not None:
                pairs.add((min(one, other), max(one, other)))
    return sorted(pairs)
