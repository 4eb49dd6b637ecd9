"""What an outcome says was done, as words that can be compared: which way, with what, on what.

Words of the change itself (`add`, `use`) say nothing, words that any change could be about say half, and so do directions
and words of the error that it was against. Opposite directions are other ideas, and so are other means to one end, and
leaving off what another does.
"""

from dataclasses import dataclass
from functools import lru_cache

from server.knowledge.gathering.facts import Outcome
from server.knowledge.similarity.words import terms
from server.knowledge.synthesis.contraries import LEFT_OFF, opposite, taken_apart, undone_by, ways_of
from server.knowledge.synthesis.wording import tells_nothing

ONE_KIND, ANY_KIND = 0.5, 0.7
"""Least part of both, by weight, that is the same: against one kind of error, and against any."""
LEAST_COMMON = 1.5
"""So much, by weight, they have in common: a word of their own and half of another."""
WHOLE, HALF = 1.0, 0.5

_UP, _DOWN = "=more", "=less"
_SAME = {
    _UP: "increase increased increases increasing raise raised raising higher larger longer bigger grow extend extended more",
    _DOWN: "decrease decreased decreasing lower lowered lowering reduce reduced reducing smaller shorter shrink shorten less",
    "=check": "check checks checking validate validates validated validation validating verify verified verification guard guards "
    "assert assertion sanity",
    "=incoming": "incoming input inputs inbound ingest ingested ingestion",
    "=retry": "retry retries retried retrying reattempt",
    "=cache": "cache cached caching caches memoize memoise memoized",
    "=batch": "batch batched batching batches chunk chunks chunked bulk",
    "=limit": "limit limits limited cap capped ceiling",
    "=idempotent": "dedupe deduplicate deduplicated deduplication dedup idempotent idempotency",
    "=timestamp": "timestamp timestamps mtime modified",
    "=remote": "external remote vendor upstream third party",
    "=api": "api apis endpoint endpoints service services client",
    "=call": "call calls request requests invocation",
    "=parallel": "parallel parallelise parallelize concurrent concurrently concurrency",
    "=temporary": "temp temporary tmp",
    "=switch": "switch switched replace replaced migrate migrated swap",
    "=split": "split splits splitting partition partitioned",
}  # fmt: skip
_IDLE = """
add added adding adds use used using introduce introduced implement implemented enable enabled make made keep kept wrap wrapped
put set apply applied perform do run now new logic step steps rule rules mechanism support handling handle strategy approach
policy local locally ahead prior around onto against every always first system reject drop flag flagged via
"""
_MEANS = "compress stream index backoff breaker queue rename rotate schedule train delete default merge sort sample"
"""Ways to change something, besides those above: whoever does the same thing by another means has another idea."""
_ANYBODYS = "data file files field value size process processing task job worker item record row message output result time rate"

_BY_TERM = {term: idea for idea, words in _SAME.items() for word in words.split() for term in terms(word)}
_NOTHING = frozenset(terms(_IDLE))
_BY_MEANS = frozenset(terms(_MEANS)) | {
    "=retry", "=cache", "=check", "=batch", "=limit", "=idempotent", "=parallel", "=switch", "=split", _UP, _DOWN
}  # fmt: skip
_HALF = frozenset(terms(_ANYBODYS)) | {_UP, _DOWN, "=incoming", "=remote", "=api", "=call"}
OPPOSED = (_BY_MEANS, frozenset({_UP, _DOWN}))
"""Words of which two ideas that are one have one in common, where both have any: by what means, and which way."""


@dataclass(frozen=True)
class Idea:
    """What was done, in comparable words."""

    named: frozenset[str]
    """Of the approach alone, or of the title where none is told."""
    words: frozenset[str]
    """Of all texts."""
    against: frozenset[str]
    """Words of the error category."""
    headed: frozenset[str] = frozenset()
    """Of approach and title together."""
    undone: frozenset[str] = frozenset()
    """What it leaves off or undoes by these."""
    ways: frozenset[tuple[int, int]] = frozenset()
    """Which way it goes by these, of opposite ones."""


def idea_of(outcome: Outcome) -> Idea:
    """What the outcome says was done."""
    named = outcome.title if tells_nothing(outcome.approach) else outcome.approach
    headed = f"{outcome.title}. {outcome.approach}"
    return _idea(named, headed, f"{headed}. {outcome.description}", outcome.error_category)


def idea_in(text: str, category: str = "") -> Idea:
    """What a text says is done, such as the title of an entry."""
    return _idea(text, text, text, category)


def is_anybodys(text: str) -> bool:
    """Whether it says nothing but words that any change could be about, such as `data processing`."""
    return not _words(text) - _HALF


@lru_cache(maxsize=50_000)
def _idea(named: str, headed: str, texts: str, category: str) -> Idea:
    called = _words(headed)
    return Idea(_words(named), _words(texts), _words(category), called, undone_by(called), ways_of(headed))


def _words(text: str) -> frozenset[str]:
    if tells_nothing(text):
        return frozenset()
    kept, left_off = taken_apart(text)
    found = (_BY_TERM.get(term, term) for term in terms(kept))
    left = (LEFT_OFF + _BY_TERM.get(term, term) for term in left_off)
    return frozenset(word for word in found if word not in _NOTHING).union(left)


def says_the_same(one: Idea, other: Idea, *, one_kind: bool) -> bool:
    """Whether both tell of one approach; `one_kind`: against the same kind of error.

    Names must have a word of their own in common where descriptions decide.
    """
    if goes_against(one, other):
        return False
    if one.named and one.named == other.named and one.named - _HALF:
        return True
    against, least = one.against | other.against, ONE_KIND if one_kind else ANY_KIND
    if _apart(one.named, other.named):
        return False
    return _much_in_common(one.named, other.named, against, least) or (
        bool((one.named & other.named) - _HALF) and _much_in_common(one.words, other.words, against, least)
    )


def goes_against(one: Idea, other: Idea) -> bool:
    """Whether one leaves off what the other does, undoes it, or goes the opposite way, by what they are called."""
    return (
        not one.undone.isdisjoint(other.headed)
        or not other.undone.isdisjoint(one.headed)
        or opposite(one.ways, other.ways)
    )


def _much_in_common(mine: frozenset[str], its: frozenset[str], against: frozenset[str], least: float) -> bool:
    common = weight(mine & its, against)
    return common >= LEAST_COMMON and common >= least * max(weight(mine, against), weight(its, against))


def weight(words: frozenset[str], against: frozenset[str]) -> float:
    """How much the words say in all; those of the error that it was against say half."""
    return sum(HALF if counts_half(word) or word in against else WHOLE for word in words)


def counts_half(word: str) -> bool:
    """Whether any change could be about it, or leave it off, so that it says half."""
    return word.removeprefix(LEFT_OFF) in _HALF


def is_own(word: str) -> bool:
    """Whether not just any change could be about it."""
    return word not in _HALF


def _apart(mine: frozenset[str], its: frozenset[str]) -> bool:
    """Whether both say by what means, and by none in common, or the opposite way."""
    return any(not mine & its & words and bool(mine & words) and bool(its & words) for words in OPPOSED)
