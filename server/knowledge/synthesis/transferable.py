"""Transferable fixes: a promotion made an error rarer by a quarter or more, and others still have that error (LRN-1).

Synthesis rule 1 of the scaling-layer document. Nothing is applied by itself: each entry is for its receivers to judge.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from server.knowledge.applicability import ACTIVE_TIMES, Applicable, Receivers, spelt_alike
from server.knowledge.draft import Draft
from server.knowledge.facts import Facts, Outcome
from server.knowledge.synthesis.approaches import alike, same_category
from server.knowledge.synthesis.evidence import Weighed, change, day, improvement, in_words, is_fix, period, rounded
from server.knowledge.synthesis.keys import Keys
from server.knowledge.synthesis.kinship import own_ideas
from server.knowledge.synthesis.wording import (
    LONGEST_ADAPTATION,
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    cut,
    errors,
    headline,
    name,
    number,
    odds,
    one_line,
    quoted,
    titled,
    what_was_done,
)
from server.model.knowledge import KnowledgeType, Support

TYPE = KnowledgeType.TRANSFERABLE_FIX
RECENT = 30 * 86_400_000_000
"""Of a system's fixes of one error the best upheld counts that isn't older than the newest by more."""
_ACTIVE_WEEKS = 30 / 7


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


def transferable_fixes(facts: Facts, fixes: Sequence[Fix], receivers: Receivers, keys: Keys) -> list[Draft]:
    """A draft for each system and error category that it made rarer while others have it."""
    settled = _Settled(facts)
    of_one: defaultdict[tuple[str, str], list[Fix]] = defaultdict(list)
    for fix in fixes:
        of_one[fix.outcome.system_id, spelt_alike(fix.outcome.error_category)].append(fix)
    found = []
    for _, group in sorted(of_one.items()):
        carrier = _carrier(group)
        category, system = carrier.outcome.error_category, carrier.outcome.system_id
        who = receivers.of(error_category=category, sources=(system,))
        if besides := settled.among(carrier, [row.system for row in who.rows]):
            who = receivers.of(error_category=category, sources=(system,), besides=besides)
        if who.rows:
            found.append(_draft(carrier, group, who, keys))
    return found


def _carrier(group: Sequence[Fix]) -> Fix:
    newest = max(fix.outcome.at for fix in group)
    recent = [fix for fix in group if fix.outcome.at >= newest - RECENT]
    return max(recent, key=lambda fix: (fix.e_value, fix.outcome.at, fix.outcome.ref))


class _Settled:
    """Who needs a fix no more: it has turned the same approach down, or has fixed that error by itself."""

    def __init__(self, facts: Facts) -> None:
        self._of: defaultdict[str, list[Outcome]] = defaultdict(list)
        self._newest: dict[tuple[str, str], int] = {}
        for outcome in facts.outcomes:
            self._of[outcome.system_id].append(outcome)
        for active in facts.activity:
            at = active.system_id, spelt_alike(active.category)
            self._newest[at] = max(active.newest, self._newest.get(at, active.newest))

    def among(self, fix: Fix, systems: Sequence[str]) -> list[str]:
        """Those of the systems."""
        return [system for system in systems if any(self._settles(one, fix) for one in self._of.get(system, ()))]

    def _settles(self, own: Outcome, fix: Fix) -> bool:
        category = fix.outcome.error_category
        if own.entry_id or (own.error_category and not same_category(own.error_category, category)):
            return False
        if not own.promoted:
            return alike(own, fix.outcome)
        told = improvement(own)
        if told is None or not is_fix(told) or spelt_alike(own.error_category) != spelt_alike(category):
            return False
        since = self._newest.get((own.system_id, spelt_alike(category)), 0)
        return since <= own.at or told.after * _ACTIVE_WEEKS < ACTIVE_TIMES or alike(own, fix.outcome)


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


def adaptation(outcome: Outcome, ours: str) -> str:
    """What a receiver would do: what was done, as a quotation, and how to make it its own."""
    done = what_was_done(outcome)
    told = f"Evaluate what {outcome.system_id} did ({quoted(done, 160)}). " if done else ""
    return cut(told + ours, LONGEST_ADAPTATION)


def support_of(outcome: Outcome, told: Weighed | None, e_value: float | None) -> Support:
    """One system's own experience as the entry shows it."""
    return Support(
        system=outcome.system_id,
        at=day(outcome.at),
        proposal_id=outcome.proposal_id,
        title=one_line(headline(outcome), LONGEST_TITLE),
        before=told.before if told else None,
        after=told.after if told else None,
        e_value=rounded(e_value) if e_value is not None else None,
    )
