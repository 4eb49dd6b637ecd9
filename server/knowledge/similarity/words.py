"""Texts as terms: identifiers taken apart, endings cut off, and words of one meaning brought together.

What systems tell of their troubles is half prose and half names: `priceFeedTimeout`, `prices.json`, `stale_data`. Names
are taken apart at case, underscores, hyphens, dots and slashes. In messages numbers say when and how many, not what, and are
left out; in reports that people write they name versions and other reports, and are terms where that is wanted.
"""

import re
from collections import defaultdict
from hashlib import blake2b

from server.knowledge.similarity.meanings import EVERYDAY, IDLE, MEANINGS, PHRASES

LONGEST = 20_000
"""Characters of a text that are read."""
MOST_REMEMBERED = 200_000
"""Pieces of words whose terms are remembered."""

_PIECES = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[^\W\d_A-Za-z]+")
_BETWEEN = re.compile(r"[\s_-]+")


def _phrases() -> re.Pattern[str]:
    """Any of the phrases; those of one first word together, since it is looked for at every letter of every text."""
    gap, following = r"[\s_-]+", defaultdict[str, list[str]](list)
    for phrase in PHRASES:
        first, *rest = phrase.split()
        following[first].append(gap.join(rest))
    any_of = "|".join(f"{first}{gap}(?:{'|'.join(rest)})" for first, rest in following.items())
    return re.compile(rf"(?<![a-z])(?:{any_of})(?![a-z])", re.IGNORECASE)


_PHRASES = _phrases()
_NUMBERS = re.compile(r"\d{2,}")
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLE = re.compile(r"([bdgmnprt])\1$")


def terms(text: str, *, numbers: bool = False) -> list[str]:
    """The terms of a text, with repetitions. A term that begins with `=` stands for a meaning."""
    text = text[:LONGEST]
    found = [f"={PHRASES[_BETWEEN.sub(' ', phrase.lower())]}" for phrase in _PHRASES.findall(text)]
    if found:
        text = _PHRASES.sub(" ", text)
    found.extend(filter(None, map(_TERMS.__getitem__, _PIECES.findall(text))))
    return found + _NUMBERS.findall(text) if numbers else found


class _Terms(dict[str, str]):
    """The term of every piece that was met; empty where it says nothing. Of very many it begins anew."""

    def __missing__(self, piece: str) -> str:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        term = self[piece] = _term(piece.lower())
        return term


_TERMS = _Terms()


def _term(word: str) -> str:
    if len(word) < 2 or word in IDLE:
        return ""
    meaning = MEANINGS.get(word)
    if meaning is None:
        root = stem(word)
        meaning = _BY_STEM.get(root)
        if meaning is None:
            return root
    return f"={meaning}"


def rules_digest() -> str:
    """What tells the rules by which texts become terms from other rules; what was kept under others is worth nothing."""
    rules = (
        sorted(MEANINGS.items()),
        sorted(PHRASES.items()),
        sorted(IDLE),
        _ENDINGS,
        *(one.pattern for one in (_PIECES, _PHRASES, _NUMBERS, _VOWEL, _DOUBLE)),
        LONGEST,
    )
    return blake2b(repr(rules).encode(), digest_size=8).hexdigest()


def is_everyday(term: str) -> bool:
    """Whether a term may stand in anybody's error messages, so that sharing it says little."""
    return term.startswith("=") or term in _EVERYDAY


def stem(word: str) -> str:
    """The word without the endings that English puts to it; a light form of Porter's (1980) suffix stripping."""
    if len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "ches", "shes", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ly") and len(word) > 6:
        word = word[:-2]
    for ending in ("ing", "ed"):
        begin = word[: -len(ending)]
        if word.endswith(ending) and len(begin) >= 3 and _VOWEL.search(begin):
            word = _DOUBLE.sub(r"\1", begin)
            break
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)] + instead
            break
    if word.endswith("e") and len(word) > 4:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


_ENDINGS = (
    ("ization", "iz"), ("isation", "iz"), ("ational", "at"), ("ation", "at"), ("iveness", "iv"), ("fulness", "ful"),
    ("ibility", "ibl"), ("ability", "abl"), ("ness", ""), ("ment", ""), ("ally", "al"), ("tion", "t"), ("sion", "s"),
)  # fmt: skip
_BY_STEM = {stem(word): meaning for word, meaning in MEANINGS.items()}
_EVERYDAY = frozenset(stem(word) for word in EVERYDAY)
