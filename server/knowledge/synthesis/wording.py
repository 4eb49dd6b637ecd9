"""How drafts say things: our own short sentences, in which what a system reported stands in quotation marks."""

import re
from collections.abc import Collection
from functools import lru_cache

from server.knowledge.gathering.facts import Outcome
from server.knowledge.similarity.words import terms
from server.model import wording

LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_ADAPTATION = 120, 500, 500
"""Characters."""
LONGEST_NAME = 60
NAMED = 4
"""Systems that are named in a sentence; of the others it tells how many."""
_SPACE = re.compile(r"\s+")
_QUOTES = str.maketrans({'"': "'", "“": "'", "”": "'", "„": "'", "«": "'", "»": "'"})
_GENERIC = frozenset(
    term
    for word in (
        "fix fixes fixed update updates updated improve improved improvement improvements change changes changed tweak bug rule "
        "rules patch patched new small minor misc various refactor cleanup clean optimize optimise optimization adjustment adjust "
        "proposal prop version general better good enhancement enhance system code stuff thing things make made modify "
        "modification promotion promoted rejection rejected change pattern success approach solution"
    ).split()
    for term in terms(word)
)


def one_line(text: str, longest: int) -> str:
    """The text in one line, without double quotation marks, cut at a word."""
    return cut(_SPACE.sub(" ", text.translate(_QUOTES)).strip(), longest)


def cut(text: str, longest: int) -> str:
    """The text, or its first words with an ellipsis; a quotation that is cut is closed."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 2]
    at = kept.rfind(" ")
    kept = (kept[:at] if at > longest // 2 else kept).rstrip(' ,;:."') + "…"
    return kept + '"' if kept.count('"') % 2 else kept


def quoted(text: str, longest: int) -> str:
    """What a system reported, as a quotation."""
    return f'"{one_line(text, longest - 2)}"'


def name(category: str) -> str:
    """An error category or metric as it may stand in a sentence of ours."""
    return one_line(category, LONGEST_NAME)


def number(value: float) -> str:
    """`12`, `2.5`, `0.33`."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value >= 0.01 or value == 0 else f"{value:.2g}"


def errors(category: str) -> str:
    """`stale_data errors`; a category that says so itself isn't told it twice."""
    named = name(category)
    return (
        named
        if re.search(r"(?:error|failure|exception|timeout)s?$", named, re.IGNORECASE)
        else f"{named} errors".strip()
    )


def titled(outcome: Outcome, ours: str) -> str:
    """What the system called it, as a quotation, and what it did, in our words."""
    return cut(f"{quoted(headline(outcome), max(24, LONGEST_TITLE - len(ours) - 1))} {ours}", LONGEST_TITLE)


def rate(value: float, category: str) -> str:
    """`12 stale_data errors per week`."""
    what = f"{name(category)} " if category.strip() else ""
    return f"{number(value)} {what}{'error' if value == 1 else 'errors'} per week"


def listed(names: Collection[str]) -> str:
    """`a`, `a and b`, `a, b, c, d and 7 others`."""
    return wording.listed(sorted(names), NAMED)


@lru_cache(maxsize=50_000)
def tells_nothing(text: str) -> bool:
    """Whether it doesn't say what was done: empty, or generic words alone such as `fix` or `rule update`."""
    return not any(term not in _GENERIC and len(term) > 1 for term in terms(text))


def what_was_done(outcome: Outcome) -> str:
    """The approach, or what tells of it instead; empty where nothing does."""
    return next(
        (
            one_line(text, LONGEST_TITLE * 2)
            for text in (outcome.approach, outcome.title, outcome.description)
            if not tells_nothing(text)
        ),
        "",
    )


def headline(outcome: Outcome) -> str:
    """What the outcome is called: its title, or what was done where that says nothing."""
    return outcome.title if not tells_nothing(outcome.title) else what_was_done(outcome) or outcome.title


def odds(e_value: float) -> str:
    """How good the figures are, in words."""
    if e_value >= 1e6:
        return "a real change explains the figures over a million times better than chance"
    if e_value >= 2:
        return f"a real change explains the figures {float(f'{e_value:.4g}'):,.0f} times better than chance"
    return "chance explains the figures about as well as a real change"
