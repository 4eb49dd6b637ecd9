"""All that a synthesis finds in the facts, each idea once."""

from server.knowledge.gathering.facts import Facts
from server.knowledge.synthesis.anti_pattern import anti_patterns
from server.knowledge.synthesis.applicability import Receivers
from server.knowledge.synthesis.best_practice import best_practices
from server.knowledge.synthesis.draft import Draft
from server.knowledge.synthesis.insight import insights
from server.knowledge.synthesis.keys import Keys
from server.knowledge.synthesis.settled import Settled
from server.knowledge.synthesis.transferable import fixes_in, transferable_fixes
from server.knowledge.synthesis.universal import Covering, shared_improvements, universal_patterns
from server.patterns.likeness import Likeness


def synthesise(facts: Facts, likeness: Likeness) -> list[Draft]:
    """The drafts that the facts give, by type and key: the same facts in any order give the same drafts."""
    receivers, settled, keys = Receivers(facts, likeness), Settled(facts), Keys(facts.known)
    shared = shared_improvements(facts, likeness)
    covering = Covering(shared, facts)
    single = [fix for fix in fixes_in(facts) if not covering.tells_of(fix.outcome)]
    drafts = universal_patterns(facts, shared, settled, receivers, keys)
    drafts += transferable_fixes(single, settled, receivers, keys)
    drafts += anti_patterns(facts, receivers, keys, likeness)
    drafts += best_practices(facts, drafts, receivers, keys, likeness)
    drafts += insights(facts, receivers, keys)
    return sorted(drafts, key=lambda one: (one.type.value, one.key))
