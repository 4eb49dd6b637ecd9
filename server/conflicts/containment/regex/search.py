"""Membership, and the shortest member of a language."""

from collections import deque

from server.conflicts.containment.budget import Undecidable
from server.conflicts.containment.regex import charset
from server.conflicts.containment.regex.language import Languages, Term

CHARACTERS_PER_STEP = 16


def accepts(languages: Languages, term: Term, text: str) -> bool:
    """Whether the string belongs to the language. Raises Undecidable where half a surrogate pair has the last word."""
    languages.meter.step(len(text) // CHARACTERS_PER_STEP)
    for sign in text:
        if term is languages.empty or term is languages.all:
            break
        term = languages.after(term, _representative(languages, term, ord(sign)))
    return term.nullable


def is_half_a_pair(point: int) -> bool:
    """Whether the code point is a surrogate: no character by itself, though JSON can write it."""
    return 0xD800 <= point <= 0xDFFF


def _representative(languages: Languages, term: Term, point: int) -> int:
    """A character that the term can't tell from this one, so that its derivatives are made once per region."""
    if is_half_a_pair(point):  # no character: patterns are read as ones over characters
        raise Undecidable("half a surrogate pair stands in a text that a pattern is matched against")
    for region in charset.regions(languages.firsts(term)):
        if charset.contains(region, point):
            return charset.pick(region)
    return point


def shortest(languages: Languages, term: Term, most: int | None) -> str | None:
    """A shortest member of at most so many characters, made of characters that read well; None where there is none."""
    seen: dict[Term, tuple[Term, int] | None] = {term: None}
    layer: deque[Term] = deque([term])
    length = 0
    while layer:
        for state in layer:
            if state.nullable:
                return _spell(seen, state)
        if most is not None and length >= most:
            return None
        length += 1
        following: deque[Term] = deque()
        for state in layer:
            for region in charset.regions(languages.firsts(state)):
                point = charset.pick(region)
                after = languages.after(state, point)
                if after is not languages.empty and after not in seen:
                    seen[after] = (state, point)
                    following.append(after)
        layer = following
    return None


def _spell(seen: dict[Term, tuple[Term, int] | None], state: Term) -> str:
    points: list[str] = []
    step = seen[state]
    while step is not None:
        points.append(chr(step[1]))
        step = seen[step[0]]
    return "".join(reversed(points))
