"""Transferable fixes: a promotion made an error rarer by a quarter or more, and others still have that error (LRN-1).

Synthesis rule 1 of the scaling-layer document. Nothing is applied by itself: each entry is for its receivers to judge.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from server.knowledge.gathering.facts import Facts, Outcome
from server.knowledge.similarity.categories import spelt_alike
from server.knowledge.synthesis.applicability import Applicable, Receivers
from server.knowledge.synthesis.draft import Draft
from server.knowledge.synthesis.drafting import within_reason
from server.knowledge.synthesis.evidence import Weighed, change, day, improvement, in_words, is_fix, period, rounded
from server.knowledge.synthesis.keys import Keys
from server.knowledge.synthesis.kinship import own_ideas
from server.knowledge.synthesis.settled import Settled
from server.knowledge.synthesis.support import adaptation, support_of
from server.knowledge.synthesis.wording import (
    LONGEST_DESCRIPTION,
    cut,
    errors,
    name,
    number,
    odds,
    one_line,
    quoted,
    titled,
    what_was_done,
)
from server.model.knowledge import KnowledgeType
from server.model.moments import DAY

TYPE = KnowledgeType.TRANSFERABLE_FIX
RECENT = 30 * DAY
"""Of a system's fixes of one error the best upheld counts that isn't older than the newest by more."""


@dataclass(frozen=True)
class Fix:
    """A promotion that made an error rarer by a quarter or more."""

    outcome: Outcome
    told: Weighed

    @cached_property
    def e_value(self) -> float:
        """How much better a real change explains it than chance."""
        return self.told.for_drop


def fixes_in(facts: Facts) -> list[Fix]:
    """Every such promotion against a named error; what adopts an entry is none."""
    found = []
    for outcome in own_ideas(facts.outcomes):
        told = improvement(outcome)
        if told is not None and is_fix(told) and spelt_alike(outcome.error_category):
            found.append(Fix(outcome, told))
    return sorted(found, key=lambda fix: (fix.outcome.at, fix.outcome.ref))


def transferable_fixes(fixes: Sequence[Fix], settled: Settled, receivers: Receivers, keys: Keys) -> list[Draft]:
    """A draft for each system and error category that it made rarer while others have it."""
    of_one: defaultdict[tuple[str, str], list[Fix]] = defaultdict(list)
    for fix in fixes:
        of_one[fix.outcome.system_id, spelt_alike(fix.outcome.error_category)].append(fix)
    carried = sorted(
        ((_carrier(group), group) for group in of_one.values()), key=lambda it: (-it[0].e_value, it[0].outcome.ref)
    )
    return within_reason(
        _draft(carrier, group, who, keys)
        for carrier, group in carried
        if (who := _receiving(carrier.outcome, settled, receivers)).rows
    )


def _receiving(outcome: Outcome, settled: Settled, receivers: Receivers) -> Applicable:
    return receivers.of(
        error_category=outcome.error_category, sources=(outcome.system_id,), besides=settled.by(outcome)
    )


def _carrier(group: Sequence[Fix]) -> Fix:
    newest = max(fix.outcome.at for fix in group)
    recent = [fix for fix in group if fix.outcome.at >= newest - RECENT]
    return max(recent, key=lambda fix: (what_was_done(fix.outcome) != "", fix.e_value, fix.outcome.at, fix.outcome.ref))


def _draft(carrier: Fix, group: Sequence[Fix], who: Applicable, keys: Keys) -> Draft:
    outcome, told = carrier.outcome, carrier.told
    system, category = outcome.system_id, name(outcome.error_category)
    approach = what_was_done(outcome)
    refs = [fix.outcome.ref for fix in group]
    return Draft(
        type=TYPE,
        key=keys.key_for(
            TYPE,
            [outcome.ref, *(ref for ref in refs if ref != outcome.ref)],
            systems=(system,),
            category=outcome.error_category,
            approach=approach,
        ),
        title=titled(outcome, f"made {errors(category)} {number(told.percent)}% rarer"),
        description=cut(_described(carrier), LONGEST_DESCRIPTION),
        source_system=system,
        evidence=in_words(outcome, told, category),
        rests_on=tuple(sorted(refs)),
        support=tuple(support_of(fix.outcome, fix.told, fix.e_value) for fix in group),
        applicability=who.rows,
        applicability_reasoning=who.reasoning,
        suggested_adaptation=adaptation(outcome, who.adaptation),
        error_category=category,
        approach=approach,
        e_value=rounded(carrier.e_value),
        improvement_percent=told.percent,
        reported_by=system,
    )


def _described(fix: Fix) -> str:
    outcome, told = fix.outcome, fix.told
    which = f"proposal {one_line(outcome.proposal_id, 40)}" if outcome.proposal_id else "a change"
    said = dict.fromkeys(text for text in (outcome.title, outcome.approach, outcome.description) if text.strip())
    parts = "; ".join(quoted(text, 140) for text in said)
    return (
        f"{outcome.system_id} promoted {which} on {day(outcome.at)}: {name(outcome.error_category)} errors fell there from "
        f"{number(told.before)} to {number(told.after)} per week ({change(told)}, {period(told)} before and after; "
        f"{odds(fix.e_value)}). What was done, reported by {outcome.system_id}: {parts}"
    )
