"""Best practices: what systems keep among their success patterns, applied often or by several of them.

Their figures are values of any kind, not counts a week, so that no e-value is made of them.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from server.knowledge.gathering.facts import Facts, Outcome, Success
from server.knowledge.similarity.categories import spelt_alike
from server.knowledge.synthesis.applicability import Receivers
from server.knowledge.synthesis.approaches import groups
from server.knowledge.synthesis.draft import Draft
from server.knowledge.synthesis.evidence import Weighed, change, weigh
from server.knowledge.synthesis.keys import Keys
from server.knowledge.synthesis.kinship import kin_of
from server.knowledge.synthesis.support import adaptation, support_of
from server.knowledge.synthesis.universal import OWN_FORM
from server.knowledge.synthesis.wording import (
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    cut,
    errors,
    headline,
    listed,
    name,
    number,
    quoted,
    what_was_done,
)
from server.model.knowledge import KnowledgeEvidence, KnowledgeType
from server.patterns.likeness import Likeness

if TYPE_CHECKING:
    from server.knowledge.synthesis.crowd import Crowd, Mask

TYPE = KnowledgeType.BEST_PRACTICE
OFTEN, VERY_OFTEN = 3, 10
"""Times applied: with figures that show an improvement, and without any."""
LEAST_SYSTEMS = 2
FEW = 20
"""No more are drafted at a time, the most often applied of most systems."""


def best_practices(
    facts: Facts, told: Sequence[Draft], receivers: Receivers, keys: Keys, likeness: Likeness
) -> list[Draft]:
    """A draft for each practice that stands up and that no stronger draft tells of already."""
    by_ref = {one.ref: one for one in facts.successes}
    supporting = {(support.system, support.title) for draft in told for support in draft.support}
    practices = []
    for group in groups(
        [_as_outcome(one) for one in facts.successes], lambda one: one.system_id, likeness, _of_one_topic
    ):
        successes = [by_ref[one.ref] for one in group]
        if _stands_up(successes) and not _told_already(group, supporting):
            practices.append((group, successes))
    practices.sort(key=lambda it: (-len({one.system_id for one in it[0]}), -_times(it[1]), it[0][0].ref))
    return [_draft(group, successes, facts, receivers, keys) for group, successes in practices[:FEW]]


def _as_outcome(success: Success) -> Outcome:
    return Outcome(
        ref=success.ref,
        system_id=success.system_id,
        at=success.at,
        promoted=True,
        title=success.title,
        description=success.description,
        error_category=success.category,
        metric=success.metric,
        before=success.before,
        after=success.after,
    )


def _of_one_topic(crowd: "Crowd", one: Outcome) -> "Mask":
    told = ~crowd.categorised
    return told | crowd.same_category(one.error_category) if one.error_category else told | True


def _times(successes: Sequence[Success]) -> int:
    return sum(one.times_applied for one in successes)


def _stands_up(successes: Sequence[Success]) -> bool:
    """Whether several systems tell of it, or one that applied it often and got better by it, or very often."""
    if len({one.system_id for one in successes}) >= LEAST_SYSTEMS:
        return True
    times = _times(successes)
    return times >= VERY_OFTEN or (times >= OFTEN and any(_better(one) for one in successes))


def _better(success: Success) -> bool:
    """Whether its figures show a change for the better: less of an error; of a metric of its own which way is told by its being here."""
    told = _weighed(success)
    return told is not None and (told.after < told.before or bool(success.metric and told.after > told.before))


def _weighed(success: Success) -> Weighed | None:
    return weigh(success.before, success.after, None)


def _told_already(group: Sequence[Outcome], told: Collection[tuple[str, str]]) -> bool:
    return any((one.system_id, headline(one)) in told for one in group)


def _draft(
    group: Sequence[Outcome], successes: Sequence[Success], facts: Facts, receivers: Receivers, keys: Keys
) -> Draft:
    lead = max(successes, key=lambda one: (_better(one), one.times_applied, -one.at, one.ref))
    outcome = next(one for one in group if one.ref == lead.ref)
    systems = sorted({one.system_id for one in group})
    category, metric = name(lead.category), name(lead.category or lead.metric)
    told = _weighed(lead)
    refs = [one.ref for one in group]
    who = receivers.of(error_category=category, sources=systems) if spelt_alike(category) else None
    approach = what_was_done(outcome)
    return Draft(
        type=TYPE,
        key=keys.key_for(TYPE, refs, systems=systems, category=category, approach=approach),
        title=_title(outcome, lead, systems, _times(successes)),
        description=_described(successes, systems, metric, told),
        source_system=group[0].system_id,
        evidence=_evidence(metric, told),
        rests_on=tuple(sorted(refs)),
        support=tuple(support_of(one, weigh(one.before, one.after, None), None) for one in group),
        applicability=who.rows if who else (),
        applicability_reasoning=who.reasoning if who else "",
        suggested_adaptation=adaptation(outcome, who.adaptation if who and who.adaptation else OWN_FORM),
        error_category=category,
        approach=approach,
        improvement_percent=told.percent if told is not None and told.after < told.before else None,
        independent_systems=len({kin_of(system, facts.members) for system in systems}),
        reported_by=lead.system_id,
    )


def _title(outcome: Outcome, lead: Success, systems: Sequence[str], times: int) -> str:
    often = f", applied {times} times" if times else ""
    who = f"practice of {len(systems)} systems" if len(systems) > 1 else f"practice of {lead.system_id}"
    ours = f": {who}{often}"
    return cut(f"{quoted(headline(outcome), max(24, LONGEST_TITLE - len(ours)))}{ours}", LONGEST_TITLE)


def _evidence(metric: str, told: Weighed | None) -> KnowledgeEvidence:
    if told is None:
        return KnowledgeEvidence()
    what = f"{metric} " if metric else ""
    return KnowledgeEvidence(
        before_metric=f"{what}{number(told.before)}",
        after_metric=f"{what}{number(told.after)}",
        improvement=change(told),
    )


def _described(successes: Sequence[Success], systems: Sequence[str], metric: str, told: Weighed | None) -> str:
    lead = successes[0]
    often = f"{_times(successes)} times" if _times(successes) else "repeatedly"
    against = f" against {errors(metric)}" if lead.category else f" for {metric}" if metric else ""
    figures = f" ({metric or 'its figure'} went from {number(told.before)} to {number(told.after)})" if told else ""
    parts = "; ".join(
        f"{one.system_id}: "
        + " ".join(quoted(text, 160) for text in dict.fromkeys((one.title, one.description)) if text)
        for one in successes[:3]
    )
    return cut(
        f"{listed(systems)} {'count' if len(systems) > 1 else 'counts'} this among what works{against}, applied {often}{figures}. "
        f"As reported by {parts}",
        LONGEST_DESCRIPTION,
    )
