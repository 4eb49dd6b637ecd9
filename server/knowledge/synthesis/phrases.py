"""Measures that engineers tell in several words as often as in one: `try again` is a retry, `drop duplicates` deduplicates."""

import re
from functools import partial

_GROWING = r"(?:growing|increasing|exponential(?:ly)?|longer and longer|doubling)"
_PHRASES = (
    (r"(?:re-?try|try|trying|tries|attempt|attempting|send|sending|call|calling) ((?:\w+ ){0,3}?)again"
     r"|(?:an)?other attempt|second attempts?|further attempts?|re-?send(?:ing|s)?|re-?attempt(?:ing|s)?", "retry"),
    (rf"{_GROWING} (?:pause|delay|wait|interval|break)s?"
     r"|(?:pause|delay|wait)s? (?:that )?(?:grow(?:s|ing)?|increas(?:e|es|ing)|doubl(?:e|es|ing))"
     r"|wait(?:s|ing)? longer (?:after|between|before) (?:each|every)", "backoff"),
    (r"(?:drop|remov|delet|skip|filter|ignor|discard|eliminat|suppress|collaps|weed|throw)\w* (?:out |away )?((?:\w+ ){0,2}?)"
     r"(?:duplicate|duplicated|repeated|redundant|doubled)s?(?= |$|[.,;])", "deduplicate"),
    (r"(?:keep|hold|store|remember)\w* ((?:\w+ ){0,3}?)in memory|(?:keep|hold|remember)\w* (?:a |the |local ){0,2}cop(?:y|ies) of"
     r"|remember(?:ing|s)? (?:earlier |previous |past )?(?:results|answers|responses)", "cache"),
    (r"at the same time|side by side|simultaneous(?:ly)?", "parallel"),
    (r"one (?:by one|at a time|after (?:the other|another))", "sequential"),
    (r"in (?:groups|bundles|blocks|portions)|several at once|many at once|group(?:s|ed|ing)? together", "batch"),
    (r"upper (?:bound|limit)|no more than|not more than", "limit"),
    (r"all or nothing|all-or-nothing", "atomic"),
    (r"fall(?:s|ing)? back", "fallback"),
    (r"warm(?:s|ed|ing)?[ -]up|pre-?warm(?:s|ed|ing)?", "warm"),
    (r"roll(?:s|ed|ing)? back", "rollback"),
)  # fmt: skip
_ONE_WORD = tuple((re.compile(rf"\b(?:{several})\b", re.IGNORECASE), one) for several, one in _PHRASES)


def in_one_word(text: str) -> str:
    """The text with each such measure as one word."""
    for pattern, one in _ONE_WORD:
        text = pattern.sub(partial(_said_once, one), text)
    return text


def _said_once(one: str, found: "re.Match[str]") -> str:
    """The one word, then what stood between the several."""
    return f" {one} {''.join(filter(None, found.groups()))} "
