"""Universal patterns: three or more independent systems made the same kind of improvement (LRN-2).

Synthesis rule 2 of the scaling-layer document. Kindred systems are one group, and who adopted an entry doesn't count. Within a
group evidence is averaged, across groups multiplied.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from server.knowledge.gathering.facts import Facts, KnownEntry, Outcome
from server.knowledge.similarity.categories import spelt_alike
from server.knowledge.synthesis.applicability import Receivers
from server.knowledge.synthesis.approaches import groups, same_category
from server.knowledge.synthesis.draft import Draft
from server.knowledge.synthesis.drafting import within_reason
from server.knowledge.synthesis.evidence import Weighed, day, improvement, rounded
from server.knowledge.synthesis.ideas import idea_in, idea_of, says_the_same
from server.knowledge.synthesis.keys import Keys
from server.knowledge.synthesis.kinship import kin_of, own_ideas, together
from server.knowledge.synthesis.settled import Settled
from server.knowledge.synthesis.several import Several
from server.knowledge.synthesis.support import adaptation, support_of
from server.knowledge.synthesis.wording import (
    LONGEST_DESCRIPTION,
    cut,
    errors,
    headline,
    listed,
    name,
    number,
    odds,
    quoted,
    rate,
    titled,
    what_was_done,
)
from server.model.knowledge import KnowledgeEvidence, KnowledgeType
from server.patterns.likeness import Likeness

if TYPE_CHECKING:
    from server.knowledge.synthesis.crowd import Crowd, Mask

TYPE = KnowledgeType.UNIVERSAL_PATTERN
LEAST_GROUPS = 3
QUOTED = 3
"""Systems whose words are quoted in the description."""


@dataclass(frozen=True)
class Shared(Several):
    """One kind of improvement, made by several systems."""

    @cached_property
    def told(self) -> list[Weighed]:
        """What each outcome's figures say."""
        return [told for one in self.outcomes if (told := improvement(one)) is not None]

    @cached_property
    def metric(self) -> str:
        """What became less: the error category, else the metric."""
        return self.category or next((name(one.metric) for one in self.outcomes if one.metric), "")

    @cached_property
    def first(self) -> Outcome:
        """Who learned it first."""
        return self.outcomes[0]

    @cached_property
    def e_value(self) -> float:
        """All evidence in one."""
        found = [(one.system_id, told.for_drop) for one, told in zip(self.outcomes, self.told, strict=True)]
        return together(found, self.members)

    @cached_property
    def whole(self) -> Weighed:
        """The mean rates before and after."""
        before, after = (
            float(sum(Fraction(repr(rate)) for rate in rates) / len(self.told))
            for rates in ([told.before for told in self.told], [told.after for told in self.told])
        )
        return Weighed(before, after, max(told.days for told in self.told), any(told.assumed for told in self.told))


def shared_improvements(facts: Facts, likeness: Likeness) -> list[Shared]:
    """Every kind of improvement that three independent systems made, by time."""
    improved = [one for one in own_ideas(facts.outcomes) if improvement(one) is not None]
    found = []
    for group in groups(improved, lambda one: kin_of(one.system_id, facts.members), likeness, _of_one_metric):
        shared = Shared(tuple(group), facts.members)
        if shared.groups >= LEAST_GROUPS:
            found.append(shared)
    return found


def _of_one_metric(crowd: "Crowd", one: Outcome) -> "Mask":
    return crowd.same_metric(one)


def universal_patterns(
    facts: Facts, shared: Sequence[Shared], settled: Settled, receivers: Receivers, keys: Keys
) -> list[Draft]:
    """A draft for each; it takes in the single fixes of the same approach."""
    fixes = _Fixes(facts.known)
    ordered = sorted(shared, key=lambda it: (-it.groups, -it.e_value, it.first.ref))
    return within_reason(_draft(one, facts, fixes, settled, receivers, keys) for one in ordered)


def _draft(shared: Shared, facts: Facts, fixes: "_Fixes", settled: Settled, receivers: Receivers, keys: Keys) -> Draft:
    first, told = shared.first, shared.whole
    also = sorted({one.error_category for one in shared.outcomes} - {""})
    sources = shared.systems
    who = (
        receivers.of(error_category=shared.category, sources=sources, also=also, besides=settled.by(first))
        if shared.category
        else None
    )
    approach = what_was_done(first)
    refs = [one.ref for one in shared.outcomes]
    return Draft(
        type=TYPE,
        key=keys.key_for(TYPE, refs, systems=sources, category=shared.category, approach=approach),
        title=titled(first, f"made {errors(shared.metric)} rarer in {shared.groups} independent systems"),
        description=_described(shared),
        source_system=first.system_id,
        evidence=_evidence(shared, told),
        rests_on=tuple(sorted(refs)),
        support=tuple(
            support_of(one, its, its.for_drop) for one, its in zip(shared.outcomes, shared.told, strict=True)
        ),
        applicability=who.rows if who else (),
        applicability_reasoning=who.reasoning if who else "",
        suggested_adaptation=adaptation(first, who.adaptation if who and who.adaptation else OWN_FORM),
        error_category=shared.category,
        approach=approach,
        e_value=rounded(shared.e_value),
        improvement_percent=told.percent,
        independent_systems=shared.groups,
        supersedes=fixes.taken_in(shared),
        reported_by=first.system_id,
    )


OWN_FORM = (
    "Each system should build its own form of this, set every limit by its own resources and timing instead of the sources', "
    "and shadow-test it before it is promoted."
)


class _Fixes:
    """The single fixes that are entries, by what they rest on and by whose they are."""

    def __init__(self, known: Sequence[KnownEntry]) -> None:
        self._by_key: defaultdict[str, list[KnownEntry]] = defaultdict(list)
        self._by_system: defaultdict[str, list[KnownEntry]] = defaultdict(list)
        for one in known:
            if one.type == KnowledgeType.TRANSFERABLE_FIX.value:
                self._by_key[one.key].append(one)
                for system in one.systems:
                    self._by_system[system].append(one)

    def taken_in(self, shared: Shared) -> tuple[str, ...]:
        """Ids of those that say no more than this."""
        found = {one.entry_id for its in shared.outcomes for one in self._by_key.get(its.ref, ())}
        near = {one.entry_id: one for system in shared.systems for one in self._by_system.get(system, ())}
        found.update(one.entry_id for one in near.values() if _tells_of(one, shared.outcomes))
        return tuple(sorted(found))


def _tells_of(entry: KnownEntry, outcomes: Iterable[Outcome]) -> bool:
    idea = idea_in(entry.approach or entry.title, entry.error_category)
    return any(
        same_category(entry.error_category, one.error_category) and says_the_same(idea, idea_of(one), one_kind=True)
        for one in outcomes
    )


class Covering:
    """The universal patterns that tell of a single fix already: those found now, and those that stand."""

    def __init__(self, shared: Sequence[Shared], facts: Facts) -> None:
        from server.knowledge.synthesis.crowd import Crowd

        outcomes = [(number, one) for number, its in enumerate(shared) for one in its.outcomes]
        self._crowd, self._of = Crowd([one for _, one in outcomes]), [number for number, _ in outcomes]
        self._systems = [frozenset(one.systems) for one in shared]
        self._refs = {one.ref for _, one in outcomes}
        today = day(facts.until)
        self._standing: defaultdict[str, list[KnownEntry]] = defaultdict(list)
        for entry in facts.known:
            if entry.type == TYPE.value and not ("" < entry.expires <= today):
                for system in entry.systems:
                    self._standing[system].append(entry)

    def tells_of(self, fix: Outcome) -> bool:
        """Whether one of them tells of this outcome, or of the same approach by the same system."""
        return (
            fix.ref in self._refs
            or self._tells_the_same(fix)
            or any(_tells_of(one, (fix,)) for one in self._standing.get(fix.system_id, ()))
        )

    def _tells_the_same(self, fix: Outcome) -> bool:
        if not any(fix.system_id in systems for systems in self._systems):
            return False
        same = (self._crowd.same_metric(fix) & self._crowd.alike(fix)).nonzero()[0].tolist()
        return any(fix.system_id in self._systems[self._of[place]] for place in same)


def _evidence(shared: Shared, told: Weighed) -> KnowledgeEvidence:
    days = sorted({its.days for its in shared.told})
    span = f"{number(days[0])} days" if len(days) == 1 else f"{number(days[0])} to {number(days[-1])} days"
    return KnowledgeEvidence(
        before_metric=rate(told.before, shared.metric),
        after_metric=rate(told.after, shared.metric),
        improvement=f"{number(told.percent)}% reduction",
        observation_period=span + (" (partly assumed)" if told.assumed else ""),
        proposal_id=shared.first.proposal_id,
        promotion_date=day(shared.first.at),
    )


def _described(shared: Shared) -> str:
    drops = sorted({its.percent for its in shared.told})
    span = f"{number(drops[0])}%" if len(drops) == 1 else f"{number(drops[0])} to {number(drops[-1])}%"
    kin = "" if shared.groups == len(shared.systems) else f" ({shared.groups} groups, kindred ones counted once)"
    categories = sorted({spelt_alike(one.error_category) for one in shared.outcomes} - {""})
    besides = f", told under {len(categories)} names" if len(categories) > 1 else ""
    spoken: dict[str, str] = {}
    for one in shared.outcomes:
        spoken.setdefault(one.system_id, headline(one))
    words = "; ".join(f"{system}: {quoted(text, 70)}" for system, text in list(spoken.items())[:QUOTED])
    return cut(
        f"{listed(shared.systems)} made the same kind of change independently{kin}, and {errors(shared.metric)} became "
        f"{span} rarer{besides}: in the mean from {number(shared.whole.before)} to {number(shared.whole.after)} per week. "
        f"Together {odds(shared.e_value)}. What was done, as reported by {words}",
        LONGEST_DESCRIPTION,
    )
