"""What a text leaves off, and which way it goes: `skip the schema check` is not what `check the schema` is.

Two texts may share all their words and be of opposite approaches. Three things tell: a measure that one takes and the other
leaves off (`without`, `no longer`, `disable`), words of opposite ways (`accept`, `reject`), and one word undone by its prefix
(`lock`, `unlock`). Whoever drops data leaves no measure off: `skip rows without a price` is a measure itself.
"""

import re
from collections.abc import Sequence, Set
from functools import lru_cache

from server.knowledge.similarity.words import terms
from server.knowledge.synthesis.phrases import in_one_word

LEFT_OFF = "-"
"""Begins a word that stands for what is left off."""

_WAYS = (
    ("increase raise raised higher larger longer bigger grow extend enlarge expand widen wider triple quadruple upgrade scaleup",
     "decrease lower reduce smaller shorter shrink shorten less fewer halve halved narrow narrower downgrade scaledown"),
    ("strict stricter tighten tighter strengthen harden", "lenient relax loosen looser permissive tolerant weaken soften"),
    ("accept allow permit tolerate", "reject deny refuse forbid block discard"),
    ("include", "exclude"),
    ("earlier sooner", "later postpone defer"),
    ("newest latest recent", "oldest"),
    ("faster accelerate speedup", "slower slowdown"),
    ("parallel parallelise parallelize concurrent concurrently concurrency", "sequential sequentially serial serially serialise"),
    ("synchronous synchronously", "asynchronous asynchronously async"),
    ("automatic automatically automate", "manual manually"),
    ("eager eagerly", "lazy lazily"),
    ("push", "pull poll"),
    ("open", "close"),
    ("start", "stop"),
    ("optimistic", "pessimistic"),
    ("ascending", "descending"),
    ("static", "dynamic"),
)  # fmt: skip
_WAY = {
    term: (axis, side)
    for axis, sides in enumerate(_WAYS)
    for side, words in enumerate(sides)
    for word in words.split()
    for term in terms(word)
}
_IN_TWO_WORDS = (
    (re.compile(r"\b(?:scal|turn|ramp)\w* (?:it |them )?(?:up|out)\b", re.IGNORECASE), " scaleup "),
    (re.compile(r"\b(?:scal|turn|ramp)\w* (?:it |them )?down\b", re.IGNORECASE), " scaledown "),
    (re.compile(r"\bspeed\w* up\b", re.IGNORECASE), " speedup "),
    (re.compile(r"\bslow\w* down\b", re.IGNORECASE), " slowdown "),
    # twice as much, while double entries are duplicates and a double check is a check
    (re.compile(r"\bdoubl(?:e|ed|ing) (?=the\b|our\b|its\b|their\b)|^\W*doubl(?:e|ed|ing) (?!check)", re.IGNORECASE), " increase "),
    (re.compile(r"(?<!\bno )(?<!\bany )(?<!\bonce )\bmore\b(?! than)", re.IGNORECASE), " increase "),
)  # fmt: skip
_UNDOING, _SHORTEST = ("un", "non", "de", "dis"), 4
"""What undoes a word, and letters that are left of it at least."""

_LEAVING = re.compile(
    r"\b(?:(?P<all>without|no longer|never|(?:do|does|did|must|should) not|don['\u2019]?t|doesn['\u2019]?t|disabl(?:e|es|ed|ing)"
    r"|(?:turn|switch)(?:s|es|ed|ing)? off|instead of|rather than|stop(?:s|ped|ping)?(?= \w+ing\b))"
    r"|(?P<thing>skip(?:s|ped|ping)?|omit(?:s|ted|ting)?|bypass(?:es|ed|ing)?)"
    r"|(?P<measure>no|not|drop(?:s|ped|ping)?|ignor(?:e|es|ed|ing)|remov(?:e|es|ed|ing)|delet(?:e|es|ed|ing)"
    r"|avoid(?:s|ed|ing)?|eliminat(?:e|es|ed|ing)|discard(?:s|ed|ing)?|invalidat(?:e|es|ed|ing)|flush(?:es|ed|ing)?"
    r"|clear(?:s|ed|ing)?|purg(?:e|es|ed|ing)|evict(?:s|ed|ing)?|revert(?:s|ed|ing)?|undo(?:es|ing)?))"
    r"[ ](?P<what>[^\s.,;:()]+(?:[ ](?!(?:and|but|or|when|if|while|for|on|in|at|before|after|to|by|with|so|because|until"
    r"|unless|than|from|as|is|are|without|instead|rather|no|not|never)\b)[^\s.,;:()]+){0,3})",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"(?<![^\s.,;:()])(?:(?P<what>(?:[^\s.,;:()]+ ){1,6}?)(?:(?:is|are|was|were|been|be|now) )*(?:disabled|off|switched off|turned off)\b"
    r"|(?P<last>[^\s.,;:()]+) (?:(?:step|logic|layer|mechanism)s? )?(?:(?:is|are|was|were|been|be|now) )*"
    r"(?:removed|skipped|bypassed)\b)",
    re.IGNORECASE,
)
_MEASURES = frozenset(
    terms(
        "retry retries cache caching cached check checks checking validate validation verify verification guard assertion sanity "
        "batch batching limit limiter cap dedupe deduplication idempotency parallel concurrency compress compression stream "
        "streaming index backoff breaker queue queueing schedule train default merge sort sampling test tests review monitor "
        "monitoring alert alerting backup lock locking encryption approval audit logging buffer buffering pool pooling fallback "
        "jitter throttle rollback rehearsal"
    )
)
_DATA = frozenset(
    terms(
        "data file files field value process task job worker item record row message output result event entry line snapshot "
        "document file page column frame packet null empty duplicate missing stale late partial broken invalid old blank"
    )
)
_AT_MOST = 2_000
"""Characters in which something left off is looked for."""


@lru_cache(maxsize=50_000)
def taken_apart(text: str) -> tuple[str, frozenset[str]]:
    """The text without what it says of leaving off, and the terms of what is left off; ways told in two words are one."""
    text = in_one_word(text)
    for pattern, instead in _IN_TWO_WORDS:
        text = pattern.sub(instead, text)
    left = set[str]()

    def forward(found: re.Match[str]) -> str:
        said = terms(found["what"])
        measures = [one for one in said if one in _MEASURES]
        if not measures and (found["measure"] or (found["thing"] and _DATA.intersection(said))):
            return found[0]
        left.update(measures or said)
        return _but(found["what"], measures or said)

    def backward(found: re.Match[str]) -> str:
        span = found["what"] or found["last"]
        said = [one for one in terms(span) if one in _MEASURES]
        left.update(said)
        return _but(span, said) if said else found[0]

    head, rest = text[:_AT_MOST], text[_AT_MOST:]
    return _LEFT.sub(backward, _LEAVING.sub(forward, head)) + rest, frozenset(left)


def _but(span: str, left: Sequence[str]) -> str:
    """What is said besides what is left off."""
    return f" {' '.join(word for word in span.split() if not set(left).intersection(terms(word)))} "


def ways_of(text: str) -> frozenset[tuple[int, int]]:
    """Which way a text goes, of each pair of opposite ways that it speaks of."""
    kept, _ = taken_apart(text)
    return frozenset(_WAY[term] for term in terms(kept) if term in _WAY)


def undone_by(words: Set[str]) -> frozenset[str]:
    """The words that these leave off or undo, and don't say as well."""
    undone = {base for word in words for base in _undone(word)}
    return frozenset(undone - words)


def opposite(mine: Set[tuple[int, int]], its: Set[tuple[int, int]]) -> bool:
    """Whether they go opposite ways: of one pair the one, and not the other as well."""
    return any(
        (axis, 1 - side) in its and (axis, 1 - side) not in mine and (axis, side) not in its for axis, side in mine
    )


@lru_cache(maxsize=50_000)
def _undone(word: str) -> tuple[str, ...]:
    if word.startswith(LEFT_OFF):
        return (word.removeprefix(LEFT_OFF),)
    bases = (word.removeprefix(prefix) for prefix in _UNDOING if word.startswith(prefix))
    return tuple(one for base in bases if len(base) >= _SHORTEST for one in (base, *terms(base)))
