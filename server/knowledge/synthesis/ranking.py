"""Which drafts of a week become entries: the strongest, each specific enough to act on, at most five (LRN-8)."""

from collections.abc import Collection, Sequence
from math import log2, log10

from server.knowledge.synthesis.draft import Draft, Ranked
from server.knowledge.synthesis.ideas import is_anybodys
from server.knowledge.synthesis.wording import number, tells_nothing
from server.model.knowledge import KnowledgeType

A_WEEK = 5
MOST_E_VALUE = 1e6
"""Better figures than these don't lift an entry any more: so good is no evidence from before and after."""
PER_SYSTEM, PER_RECEIVER = 2.0, 1.0
"""What a doubling of independent systems, and of systems that may use it, is worth in powers of ten of the e-value."""
MOST_RECEIVERS = 64
SPECIFIC = 0.5
"""What each of figures, category and told approach adds."""


def strength(draft: Draft) -> float:
    """How much an entry is worth to its readers, whatever its type."""
    upheld = log10(min(max(draft.e_value, 0.01), MOST_E_VALUE))
    learned = PER_SYSTEM * log2(max(1, draft.independent_systems))
    useful = PER_RECEIVER * log2(1 + min(MOST_RECEIVERS, len(draft.applicability)))
    told = (draft.evidence.before_metric, draft.error_category, draft.approach)
    return upheld + learned + useful + SPECIFIC * sum(bool(one) for one in told)


def vague(draft: Draft) -> str:
    """Why nobody could act on it; empty where one can."""
    if draft.type is KnowledgeType.ARCHITECTURAL_INSIGHT:
        return "" if draft.suggested_adaptation else "nothing tells what to do about it"
    if tells_nothing(draft.approach):
        return "nothing tells what was done: its title says no more than that something changed"
    if not draft.error_category and not draft.evidence.before_metric and is_anybodys(draft.approach):
        return "nothing tells against what it is: no error category, no figures, and a title of words that fit anything"
    return ""


def ranked(drafts: Sequence[Draft], places: int, *, known: Collection[tuple[str, str]] = ()) -> list[Ranked]:
    """All drafts with their ranks, the best first; the first `places` that can be acted on enter.

    Those `known` already, by (type, key), keep their rank and take no place: they are not new.
    """
    there = set(known)
    ordered = sorted(drafts, key=_place)
    found: list[Ranked] = []
    left = max(0, places)
    for rank, draft in enumerate(ordered, 1):
        why = vague(draft)
        new = (draft.type.value, draft.key) not in there
        enters = not why and (left > 0 or not new)
        if enters and new:
            left -= 1
        found.append(Ranked(draft, rank, _reason(draft, rank, why, enters), enters))
    return found


def _place(draft: Draft) -> tuple[bool, float, float, float, str, str]:
    """The strongest first; of equal ones the better upheld, then what improved more."""
    improved = draft.improvement_percent or 0.0
    return vague(draft) != "", -round(strength(draft), 9), -draft.e_value, -improved, draft.type.value, draft.key


def _reason(draft: Draft, rank: int, why: str, enters: bool) -> str:
    if why:
        return f"Left out at rank {rank}: {why}."
    learned, useful = draft.independent_systems, len(draft.applicability)
    told = (
        f"e-value {number(draft.e_value) if draft.e_value < MOST_E_VALUE else 'over a million'}, learned by "
        f"{learned} independent {'system' if learned == 1 else 'systems'}, useful to {useful} {'other' if useful == 1 else 'others'}"
    )
    if enters:
        return f"Rank {rank}: {told}."
    # those who have them need not be stronger: they may have come first
    return f"Left out at rank {rank}: all five places of this week are taken ({told})."
