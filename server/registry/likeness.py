"""Which of many names look like one, as `difflib.get_close_matches` finds them, without weighing every pair to the end."""

from collections.abc import Callable, Iterable
from functools import cache

CUTOFF = 0.8
"""So alike a name has to be: twice the matching characters over all characters of both."""
DEEPEST = 50
"""Folders within each other up to which the passes over them are shared."""
LONGEST = 500
"""Characters of the name in question that are looked at."""


def most_alike(name: str, names: Iterable[str], most: int = 5) -> tuple[str, ...]:
    """The names that are most like this one, at most so many, the best first.

    What difflib counts as matching is a common subsequence, so the longest one bounds it from above. Its length is found in
    one pass over a name, with a set of positions as bits (Hyyrö 2004); names in one folder share the pass over the folder.
    Only the names that such a bound leaves in the race are compared.
    """
    import difflib

    name = name[:LONGEST]
    passed = _passing(name)
    nothing = (1 << len(name)) - 1

    @cache
    def past(folder: str) -> tuple[int, int]:
        """What is left to match after the folder, and how much of it was matched."""
        above, slash, last = folder.rpartition("/")
        before = past(above)[0] if slash and folder.count("/") < DEEPEST else passed(above, nothing)
        left = passed(slash + last, before)
        return left, len(name) - left.bit_count()

    at_best: list[tuple[float, str]] = []
    for other in names:
        both = len(name) + len(other)
        if both and 2 * min(len(name), len(other)) >= CUTOFF * both:
            folder, slash, last = other.rpartition("/")
            at_best.append((2 * (past(folder)[1] + len(slash + last)) / both, other))
    matcher = difflib.SequenceMatcher()
    matcher.set_seq2(name)
    found: list[tuple[float, str]] = []
    for possible, other in sorted(at_best, reverse=True):
        needed = found[-1][0] if len(found) == most else CUTOFF
        if possible < needed:
            break
        folder, slash, last = other.rpartition("/")
        common = len(name) - passed(slash + last, past(folder)[0]).bit_count()
        if 2 * common / (len(name) + len(other)) < needed:
            continue
        matcher.set_seq1(other)
        ratio = matcher.ratio()
        if ratio >= needed:
            found = sorted([*found, (ratio, other)], reverse=True)[:most]
    return tuple(other for _, other in found)


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
