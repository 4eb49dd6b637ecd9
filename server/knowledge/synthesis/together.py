"""All that a synthesis finds in the facts, each idea once."""

from server.knowledge.applicability import Receivers
from server.knowledge.draft import Draft
from server.knowledge.facts import Facts
from server.knowledge.synthesis.keys import Keys
from server.knowledge.synthesis.transferable import fixes_in, transferable_fixes
from server.patterns.likeness import Likeness


def synthesise(facts: Facts, likeness: Likeness) -> list[Draft]:
    """The drafts that the facts give, by type and key: the same facts in any order give the same drafts."""
    receivers, keys = Receivers(facts, likeness), Keys(facts.known)
    drafts = transferable_fixes(facts, fixes_in(facts), receivers, keys)
    return sorted(drafts, key=lambda one: (one.type.value, one.key))
