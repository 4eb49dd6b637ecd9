"""What a word may have been meant to be that no entry has: the beginning of others, or one with a letter gone wrong."""

from bisect import bisect_left
from collections.abc import Sequence

SHORTEST_BEGINNING = 3
SHORTEST_MISTAKE = 4
"""Letters of a word that is taken for the beginning of others, and of one in which a mistake is looked for."""
LONGEST_MISTAKE = 40
"""Letters of the longest one: what is tried grows with the square of its length, and nobody means a word of a thousand."""
MOST = 5
"""Terms that one word is taken for at most."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Vocabulary:
    """The terms of all entries, to look beginnings and mistakes up in."""

    def __init__(self, names: Sequence[str]) -> None:
        self.size = len(names)
        self._known = frozenset(names)
        self._sorted = sorted(names)

    def meant(self, term: str) -> list[str]:
        """The terms that a term may stand for, shortest first: those that begin with it, else those one mistake away.

        A mistake is a letter too many, one missing, a wrong one, or two that changed places; the first letter counts as right.
        """
        if term in self._known or not term.isalpha():
            return []
        begun = self._beginning(term) if len(term) >= SHORTEST_BEGINNING else []
        if begun:
            return sorted(begun, key=lambda one: (len(one), one))[:MOST]
        return sorted(self._mistaken(term))[:MOST] if SHORTEST_MISTAKE <= len(term) <= LONGEST_MISTAKE else []

    def _beginning(self, term: str) -> list[str]:
        first = bisect_left(self._sorted, term)
        return self._sorted[first : bisect_left(self._sorted, term + "\U0010ffff", lo=first)]

    def _mistaken(self, term: str) -> set[str]:
        halves = [(term[:place], term[place:]) for place in range(1, len(term) + 1)]
        near = {head + tail[1:] for head, tail in halves if tail}
        near |= {head + tail[1] + tail[0] + tail[2:] for head, tail in halves if len(tail) > 1}
        near |= {head + letter + tail[1:] for head, tail in halves if tail for letter in _LETTERS}
        near |= {head + letter + tail for head, tail in halves for letter in _LETTERS}
        return near & self._known
