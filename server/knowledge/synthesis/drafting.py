"""How many drafts of a type are written at a time: five a week enter."""

from collections.abc import Iterable

from server.knowledge.synthesis.draft import Draft

MOST_DRAFTS, MOST_TOLD = 300, 40_000
"""No more are drafted of a type, and for no more receivers in all."""


def within_reason(drafts: Iterable[Draft]) -> list[Draft]:
    """The first of them, which come best first and are written as they are asked for."""
    found: list[Draft] = []
    receiving = 0
    for draft in drafts:
        found.append(draft)
        receiving += len(draft.applicability)
        if len(found) == MOST_DRAFTS or receiving >= MOST_TOLD:
            break
    return found
