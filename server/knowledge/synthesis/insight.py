"""Architectural insights: two or more resolved patterns, or fragile contracts, of one shape (LRN-2, its second half)."""

from collections import defaultdict
from collections.abc import Sequence

from server.knowledge.gathering.facts import Facts, Standing
from server.knowledge.similarity.categories import spelt_alike
from server.knowledge.similarity.words import is_everyday, terms
from server.knowledge.synthesis.applicability import Receivers
from server.knowledge.synthesis.draft import Draft
from server.knowledge.synthesis.evidence import day
from server.knowledge.synthesis.keys import Keys
from server.knowledge.synthesis.kinship import kin_of
from server.knowledge.synthesis.wording import (
    LONGEST_ADAPTATION,
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    cut,
    listed,
    one_line,
    quoted,
)
from server.model.knowledge import KnowledgeEvidence, KnowledgeType, Support

TYPE = KnowledgeType.ARCHITECTURAL_INSIGHT
FRAGILE = "fragile_contract"
LEAST = 2
_REDESIGN = (
    "Redesign such contracts instead of mending them one by one: publish each new form beside the old one under a version of its "
    "own, let readers say which fields they rely on, and drop the old form when all of them have moved."
)


def insights(facts: Facts, receivers: Receivers, keys: Keys) -> list[Draft]:
    """A draft for each shape that two resolved patterns, or two fragile contracts, have in common."""
    of_kind: defaultdict[str, list[Standing]] = defaultdict(list)
    for one in sorted(facts.standing, key=lambda it: (it.at, it.ref)):
        if one.resolved or one.kind == FRAGILE:
            of_kind[one.kind].append(one)
    found = []
    for _, standing in sorted(of_kind.items()):
        for shape in _shapes(standing):
            if len(shape) >= LEAST:
                found.append(_draft(shape, facts, receivers, keys))
    return found


def _shapes(standing: Sequence[Standing]) -> list[list[Standing]]:
    """Those of one shape together, each in one group: the first that fits."""
    groups: list[list[Standing]] = []
    for one in standing:
        group = next((group for group in groups if _one_shape(group[0], one)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return groups


def _one_shape(one: Standing, other: Standing) -> bool:
    """Whether they have a resource in common, or are about the same subject by its words."""
    if set(one.resources) & set(other.resources):
        return True
    if spelt_alike(one.subject) == spelt_alike(other.subject) != "":
        return True
    mine, its = set(terms(one.subject)), set(terms(other.subject))
    both = mine & its
    return 2 * len(both) >= max(len(mine), len(its), 1) and any(
        word.startswith("=") or not is_everyday(word) for word in both
    )


def _draft(shape: Sequence[Standing], facts: Facts, receivers: Receivers, keys: Keys) -> Draft:
    first, last = shape[0], shape[-1]
    systems = sorted({system for one in shape for system in one.systems})
    subject = one_line(next((one.subject for one in reversed(shape) if one.subject), ""), 60)
    resources = sorted({resource for one in shape for resource in one.resources})
    fragile = first.kind == FRAGILE
    who = receivers.of(error_category="" if fragile else subject, sources=systems, resources=resources)
    what = "fragile contracts" if fragile else f"resolved {first.kind.replace('_', ' ')} patterns"
    on = quoted(subject, 40) if subject else quoted(resources[0], 40) if resources else "one kind"
    refs = [one.ref for one in shape]
    return Draft(
        type=TYPE,
        key=keys.key_for(TYPE, refs, systems=systems, category=subject, approach=first.kind),
        title=cut(f"{len(shape)} {what} of one shape: {on}", LONGEST_TITLE),
        description=_described(shape, what, systems, resources, subject),
        source_system=first.systems[0] if first.systems else "",
        evidence=KnowledgeEvidence(),
        rests_on=tuple(sorted(refs)),
        support=tuple(
            Support(system=one.systems[0], at=day(one.at), title=one_line(f"{one.ref}: {one.subject}", LONGEST_TITLE))
            for one in shape
            if one.systems
        ),
        applicability=who.rows,
        applicability_reasoning=who.reasoning,
        suggested_adaptation=cut(last.recommendation or (_REDESIGN if fragile else ""), LONGEST_ADAPTATION),
        error_category="" if fragile else subject,
        approach=first.kind,
        independent_systems=min(len(shape), max(1, len({kin_of(system, facts.members) for system in systems}))),
    )


def _described(
    shape: Sequence[Standing], what: str, systems: Sequence[str], resources: Sequence[str], subject: str
) -> str:
    named = listed([one.ref for one in shape])
    about = f" about {quoted(subject, 60)}" if subject else ""
    on = f", on {listed([quoted(one, 60) for one in resources])}" if resources else ""
    between = f" between {listed(systems)}" if systems else ""
    held = "keep breaking in the same way" if shape[0].kind == FRAGILE else "were resolved"
    return cut(
        f"{named} are {what} of one shape{about}{between}{on}. They {held}; what comes back in several places is a matter of "
        "how the systems are put together, not of one of them.",
        LONGEST_DESCRIPTION,
    )
