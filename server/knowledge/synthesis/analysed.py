"""What a synthesis looked at, in figures: rejections are always analysed, also those of which nothing comes yet (LRN-4)."""

from collections.abc import Iterable, Sequence

from server.knowledge.gathering.facts import Outcome
from server.knowledge.synthesis.draft import Draft
from server.model.base import JsonObject
from server.model.knowledge import KnowledgeType

MOST = 20


def analysed(outcomes: Sequence[Outcome], drafts: Iterable[Draft]) -> JsonObject:
    """{promotions, rejections, adoptions, in_anti_patterns, alone, rejected_alone[] {system, proposal_id, title, error_category}}.

    `adoptions` are promotions of what an entry says. `in_anti_patterns` are rejections that several systems share, `alone` the
    others: one system's rejection is its own business until another's is like it. The newest 20 of them are listed.
    """
    shared = {ref for one in drafts if one.type is KnowledgeType.ANTI_PATTERN for ref in one.rests_on}
    rejections = [one for one in outcomes if not one.promoted]
    alone = [one for one in rejections if one.ref not in shared]
    return {
        "promotions": len(outcomes) - len(rejections),
        "rejections": len(rejections),
        "adoptions": sum(one.promoted and bool(one.entry_id) for one in outcomes),
        "in_anti_patterns": len(rejections) - len(alone),
        "alone": len(alone),
        "rejected_alone": [
            {
                "system": one.system_id,
                "proposal_id": one.proposal_id,
                "title": one.title,
                "error_category": one.error_category,
            }
            for one in sorted(alone, key=lambda one: (-one.at, one.ref))[:MOST]
        ],
    }
