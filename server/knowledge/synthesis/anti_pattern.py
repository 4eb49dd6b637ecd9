"""Anti-patterns: two or more systems rejected proposals of similar approach (LRN-3, LRN-4).

Synthesis rules 3 and 4 of the scaling-layer document. It takes two systems, kindred or not, since the requirement speaks of
systems; how many independent groups they are is told. One system's two rejections are its own business.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from server.knowledge.gathering.facts import Facts, KnownEntry, Outcome
from server.knowledge.synthesis.applicability import Receivers
from server.knowledge.synthesis.approaches import groups, same_category
from server.knowledge.synthesis.draft import Draft
from server.knowledge.synthesis.drafting import within_reason
from server.knowledge.synthesis.evidence import Weighed, change, improvement, in_words, period, rounded, weigh
from server.knowledge.synthesis.ideas import Idea, idea_in, idea_of, says_the_same
from server.knowledge.synthesis.keys import Keys
from server.knowledge.synthesis.kinship import together
from server.knowledge.synthesis.several import Several
from server.knowledge.synthesis.support import support_of
from server.knowledge.synthesis.wording import (
    LONGEST_ADAPTATION,
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    cut,
    errors,
    headline,
    listed,
    number,
    quoted,
    what_was_done,
)
from server.model.knowledge import KnowledgeEvidence, KnowledgeType, Support
from server.patterns.likeness import Likeness

if TYPE_CHECKING:
    from server.knowledge.synthesis.crowd import Crowd, Mask

TYPE = KnowledgeType.ANTI_PATTERN
LEAST_SYSTEMS = 2
QUOTED = 3
_OPPOSITE = frozenset({KnowledgeType.TRANSFERABLE_FIX.value, KnowledgeType.UNIVERSAL_PATTERN.value})


@dataclass(frozen=True)
class Rejected(Several):
    """One approach that several systems turned down."""

    @cached_property
    def told(self) -> dict[str, Weighed]:
        """By ref what the figures say, where there are any."""
        weighed = ((one.ref, weigh(one.before, one.after, one.observation_days)) for one in self.outcomes)
        return {ref: told for ref, told in weighed if told is not None}

    @cached_property
    def worst(self) -> Outcome:
        """Whose figures show the most harm; the first where none do."""
        return max(
            self.outcomes,
            key=lambda one: (self.told[one.ref].for_harm if one.ref in self.told else 0.0, -one.at),
        )

    @cached_property
    def e_value(self) -> float:
        """All figures for harm in one; 1 where none are told."""
        found = [(one.system_id, self.told[one.ref].for_harm) for one in self.outcomes if one.ref in self.told]
        return together(found, self.members) if found else 1.0


def anti_patterns(facts: Facts, receivers: Receivers, keys: Keys, likeness: Likeness) -> list[Draft]:
    """A draft for each approach that two systems turned down."""
    from server.knowledge.synthesis.crowd import Crowd

    turned_down = [one for one in facts.outcomes if not one.promoted]
    recommending = _Recommending(facts.known)
    successes = Crowd([one for one in facts.outcomes if improvement(one) is not None])
    by_approach = groups(turned_down, lambda one: one.system_id, likeness, _of_one_topic)
    several = [
        one for group in by_approach if len((one := Rejected(tuple(group), facts.members)).systems) >= LEAST_SYSTEMS
    ]
    several.sort(key=lambda one: (-one.groups, -one.e_value, one.outcomes[0].ref))
    return within_reason(_draft(one, successes, recommending, receivers, keys) for one in several)


def _of_one_topic(crowd: "Crowd", one: Outcome) -> "Mask":
    """Which may be the same matter: against one kind of error, or the same approach in as many words."""
    told = crowd.same_metric(one) | crowd.same_name(idea_of(one)) | ~crowd.categorised
    return told if one.error_category else told | True


def _draft(
    rejected: Rejected, successes: "Crowd", recommending: "_Recommending", receivers: Receivers, keys: Keys
) -> Draft:
    category, first = rejected.category, rejected.outcomes[0]
    approach = next((done for one in rejected.outcomes if (done := what_was_done(one))), "")
    refs = [one.ref for one in rejected.outcomes]
    who = receivers.of(error_category=category, sources=rejected.systems) if category else None
    praised = _praised(rejected, successes)
    against = f" against {errors(category)}" if category else ""
    many = len(rejected.systems)
    title = cut(f"{many} systems rejected {quoted(approach or headline(first), 60)}{against}", LONGEST_TITLE)
    return Draft(
        type=TYPE,
        key=keys.key_for(TYPE, refs, systems=rejected.systems, category=category, approach=approach),
        title=title,
        description=_described(rejected, praised),
        source_system=first.system_id,
        evidence=_evidence(rejected),
        rests_on=tuple(sorted(refs)),
        support=tuple(_support(one, rejected) for one in rejected.outcomes),
        applicability=who.rows if who else (),
        applicability_reasoning=who.reasoning if who else "",
        suggested_adaptation=_instead(rejected, approach, praised),
        error_category=category,
        approach=approach,
        e_value=rounded(rejected.e_value),
        independent_systems=rejected.groups,
        contradicts=recommending.ids(rejected),
        reported_by=first.system_id,
    )


def _support(outcome: Outcome, rejected: Rejected) -> Support:
    told = rejected.told.get(outcome.ref)
    return support_of(outcome, told, told.for_harm if told else None)


def _evidence(rejected: Rejected) -> KnowledgeEvidence:
    worst = rejected.worst
    told = rejected.told.get(worst.ref)
    if told is None:
        return KnowledgeEvidence(proposal_id=worst.proposal_id)
    return in_words(worst, told, rejected.category)


def _described(rejected: Rejected, praised: Sequence[Outcome]) -> str:
    """Who turned it down, with which figures; that it went well elsewhere is told besides."""
    parts, seen = list[str](), set[str]()
    for one in rejected.outcomes:
        if one.system_id in seen or len(parts) == QUOTED:
            continue
        seen.add(one.system_id)
        told = rejected.told.get(one.ref)
        figures = (
            f", where {errors(one.error_category)} went from {number(told.before)} to {number(told.after)} per week "
            f"({change(told)}, {period(told)})"
            if told
            else ""
        )
        parts.append(f"{one.system_id} rejected {quoted(headline(one), 80)}{figures}")
    more = len(rejected.systems) - len(parts)
    others = f"; {more} more rejected the like" if more > 0 else ""
    kin = "" if rejected.groups == len(rejected.systems) else f" They are {_of_groups(rejected.groups)}."
    well = (
        f" Against that, {listed({one.system_id for one in praised})} promoted the like with success."
        if praised
        else ""
    )
    return cut(f"As reported: {'; '.join(parts)}{others}.{kin}{well}", LONGEST_DESCRIPTION)


def _of_groups(many: int) -> str:
    return "all akin to each other" if many == 1 else f"{many} groups of kindred systems"


def _instead(rejected: Rejected, approach: str, praised: Sequence[Outcome]) -> str:
    told = f"Before a shadow test of {quoted(approach, 120)}" if approach else "Before a shadow test of the like"
    against = f" against {errors(rejected.category)}" if rejected.category else ""
    who = listed(rejected.systems)
    besides = f", and what {listed({one.system_id for one in praised})} did otherwise" if praised else ""
    return cut(
        f"{told}{against}, find out what is different here from {who}{besides}; without a difference, spend the test on "
        "another approach.",
        LONGEST_ADAPTATION,
    )


def _praised(rejected: Rejected, successes: "Crowd") -> list[Outcome]:
    """Promotions of the same approach against the same error that went well."""
    same = successes.alike(rejected.outcomes[0])
    if rejected.category:
        same = same & successes.same_category(rejected.category)
    return [successes.outcomes[place] for place in same.nonzero()[0].tolist()]


class _Recommending:
    """Entries that recommend something, by the words of it; read as they are asked for, one error category at a time."""

    def __init__(self, known: Sequence[KnownEntry]) -> None:
        self._against: defaultdict[str, list[KnownEntry]] = defaultdict(list)
        self._read: dict[str, dict[str, list[tuple[KnownEntry, Idea]]]] = {}
        for entry in known:
            if entry.type in _OPPOSITE:
                self._against[entry.error_category].append(entry)

    def ids(self, rejected: Rejected) -> tuple[str, ...]:
        """Of those that recommend what was turned down, against the same kind of error."""
        ideas = [idea_of(one) for one in rejected.outcomes]
        words = sorted({word for one in ideas for word in one.named})
        near = {
            entry.entry_id: idea
            for category in self._against
            if not rejected.category or same_category(category, rejected.category)
            for word in words
            for entry, idea in self._by_word(category).get(word, ())
        }
        return tuple(
            sorted(
                entry_id
                for entry_id, idea in near.items()
                if any(says_the_same(idea, one, one_kind=True) for one in ideas)
            )
        )

    def _by_word(self, category: str) -> Mapping[str, Sequence[tuple[KnownEntry, Idea]]]:
        found = self._read.get(category)
        if found is None:
            found = self._read[category] = {}
            for entry in self._against[category]:
                idea = idea_in(entry.approach or entry.title, category)
                for word in idea.named:
                    found.setdefault(word, []).append((entry, idea))
        return found
