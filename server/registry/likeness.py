"""Which of many names look like one, as `difflib.get_close_matches` finds them, without weighing every pair to the end."""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

CUTOFF = 0.8
"""So alike a name has to be: twice the matching characters over all characters of both."""
LONGEST = 500
"""Characters of the name in question that are looked at."""


class Names:
    """Names to be looked through, as a tree in which what they begin with alike stands once."""

    def __init__(self, names: Iterable[str]) -> None:
        self._root = _Branch(sorted(set(names)), 0)

    def __len__(self) -> int:
        return len(self._root.names)

    def alike(self, name: str) -> Iterator[str]:
        """All that are like this one, the best first; no further is looked than is asked for.

        What difflib counts as matching is a common subsequence, so the longest one bounds it from above. Its length is
        found in one pass over a name, with a set of positions as bits (Hyyrö 2004), and names that begin alike share the
        pass. Whatever may come to most at best is looked at first: the first of which it is known comes before the rest.
        """
        import difflib

        name = name[:LONGEST]
        passed = _passing(name)
        matcher = difflib.SequenceMatcher()
        matcher.set_seq2(name)
        race: list[_Runner] = []
        running: Sequence[_Branch] = [self._root] if self._root.names else []
        state = (1 << len(name)) - 1
        while True:
            for branch in running:
                left = passed(branch.text, state)
                possible = branch.possible(len(name), left.bit_count())
                if possible >= CUTOFF:
                    insort(race, _Runner(possible, branch.names[-1], branch, left))
            if not race:
                return
            _, greatest, first, state = race.pop()
            running = first.branches if first is not None else ()
            if first is None:
                yield greatest
            elif not running:
                matcher.set_seq1(greatest)
                ratio = matcher.ratio()
                if ratio >= CUTOFF:
                    insort(race, _Runner(ratio, greatest, None, 0))


class _Branch:
    """Names that begin alike, or a single one. What it branches into is found when it is first asked for."""

    def __init__(self, names: list[str], begin: int) -> None:
        """The names are in order; they have as many characters as `begin` in common with all on the branch before."""
        self.names = names
        self._end = _in_common(names[0], names[-1]) if names else 0
        self.text = names[0][begin : self._end] if names else ""
        """What they begin with, from there on."""
        sizes = [len(name) - self._end for name in names]
        self._shortest, self._longest = min(sizes, default=0), max(sizes, default=0)
        self._branches: list[_Branch] | None = [] if len(names) < 2 else None

    def possible(self, size: int, left: int) -> float:
        """How much alike one of them may be, at best, to a name of that size of which so much is not matched yet.

        The best is one of which all that comes after the branch is matched.
        """
        rest = min(max(left, self._shortest), self._longest)
        both = size + self._end + rest
        return 2 * (size - left + min(rest, left)) / both if both else 0.0

    @property
    def branches(self) -> Sequence["_Branch"]:
        """What comes after what they have in common; nothing for a single name."""
        if self._branches is None:
            self._branches = [_Branch(names, self._end) for names in self._by_next_character()]
        return self._branches

    def _by_next_character(self) -> Iterator[list[str]]:
        begin, at = 0, self._end
        for number, name in enumerate(self.names):
            if name[at : at + 1] != self.names[begin][at : at + 1]:
                yield self.names[begin:number]
                begin = number
        yield self.names[begin:]


def _in_common(one: str, other: str) -> int:
    """How many characters both begin with."""
    if one == other:
        return len(one)
    return next(
        (at for at, (mine, its) in enumerate(zip(one, other, strict=False)) if mine != its), min(len(one), len(other))
    )


class _Runner(NamedTuple):
    """A branch, by what is possible for it at best; of two alike the one with the greater name wins."""

    possible: float
    greatest: str
    branch: _Branch | None
    """None for a single name of which is known how much alike it is."""
    state: int
    """Of the pass over all before what it branches into."""


def _passing(name: str) -> Callable[[str, int], int]:
    """(text, state) → the state once the text was passed over: its zeros are the characters of `name` matched so far."""
    places: dict[str, int] = {}
    for position, character in enumerate(name):
        places[character] = places.get(character, 0) | 1 << position
    whole = (1 << len(name)) - 1

    def passed(text: str, state: int) -> int:
        for character in text:
            matching = state & places.get(character, 0)
            if matching:
                state = (state + matching | state - matching) & whole
        return state

    return passed
