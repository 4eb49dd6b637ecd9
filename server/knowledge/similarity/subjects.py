"""What a text speaks of, apart from what went wrong: how much each of its words tells, its subject, and the things it names."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from server.knowledge.similarity.words import is_everyday, terms

TELLS, SAYS_WHAT, EVERYDAY, LABEL = 1.0, 0.5, 0.25, 0.5
"""Weights of a word of its own, of a meaning, and of anybody's word; a label's words weigh half beside a text."""

LONGEST = 4_000
"""Characters of a text that are read."""

_NAMED = re.compile(r"(?:\w+://)?[\w-]*(?:[./][\w-]+)*(?:\.[a-z][a-z0-9]{1,9}\b|(?:/[\w.-]+){2,})")
_INITIALS = re.compile(r"\b[A-Z]{3,6}\b")
_TOKENS = re.compile(r"[^\W\d_]+")
_KINDS = frozenset(
    "api apis table tables file files host hosts server service services database db bucket queue topic endpoint vendor "
    "exchange cluster provider node collection feed stream repository registry bus broker portal gateway".split()
)
_CODE = re.compile(r"(?:exception|error|\.(?:py|js|ts|java|go|rb|php|cpp|rs))$", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """A text taken apart."""

    words: frozenset[str]
    heads: frozenset[str]
    """The first word of its own of each sentence, of the label only where there is no sentence."""
    things: frozenset[str]
    """Words by which it names a file, a host, a table, an API, or a body known by its initials."""
    label_only: frozenset[str]

    def weights(self, widespread: Set[str]) -> dict[str, float]:
        """How much each of its words tells; one that many systems use is anybody's."""
        weighed = {}
        for word in self.words:
            weight = SAYS_WHAT if word.startswith("=") else EVERYDAY if is_everyday(word) else TELLS
            if weight == TELLS and word in widespread:
                weight = EVERYDAY
            weighed[word] = weight * (LABEL if word in self.label_only else 1.0)
        return weighed


@lru_cache(maxsize=20_000)
def told(text: str) -> Told:
    """The text taken apart; it is a label, or a label and sentences after it, each after a full stop."""
    label, *sentences = text[:LONGEST].split(". ")
    said = [terms(one) for one in sentences]
    labelled = terms(label)
    heads = {next((word for word in one if not is_everyday(word)), "") for one in (said if any(said) else [labelled])}
    described = {word for one in said for word in one}
    return Told(
        words=frozenset(described.union(labelled)),
        heads=frozenset(heads - {""}),
        things=frozenset(_things(text)),
        label_only=frozenset(set(labelled) - described) if described else frozenset(),
    )


def shares(one: Told, other: Told, widespread: Set[str]) -> tuple[float, float]:
    """Of each of two texts the part of its weight that the other has as well."""
    both = one.words & other.words
    return _share(one.weights(widespread), both), _share(other.weights(widespread), both)


def _share(weights: Mapping[str, float], both: Set[str]) -> float:
    return sum(weights[word] for word in both) / max(sum(weights.values()), 1e-9)


def foreign(one: Told, other: Told) -> bool:
    """Whether each has a subject, and neither's stands anywhere in the other."""
    return bool(one.heads and other.heads) and not (one.heads & other.words or other.heads & one.words)


def _things(text: str) -> set[str]:
    found: set[str] = set()
    for name in _NAMED.findall(text[:LONGEST]):
        if not _CODE.search(name):
            found.update(word for word in terms(name) if not is_everyday(word))
    if any(letter.islower() for letter in text):
        for name in _INITIALS.findall(text[:LONGEST]):
            found.update(word for word in terms(name) if not is_everyday(word))
    tokens = _TOKENS.findall(text[:LONGEST])
    for before, kind in pairwise(tokens):
        if kind.casefold() in _KINDS:
            found.update(word for word in terms(before) if not is_everyday(word))
    return found
