"""What an entry rests on may be told otherwise later: its source rolls the change back, or corrects the figures.

What was shared is not taken away for it, since others may have adopted it; it says so, and asks to be tested again.
"""

from collections.abc import Iterable
from dataclasses import replace

from server.knowledge.entries.life import Known
from server.knowledge.gathering.facts import KnownEntry, Outcome
from server.knowledge.synthesis.evidence import day, improvement, is_fix, weigh
from server.knowledge.synthesis.wording import errors, number
from server.model.knowledge import KnowledgeEntry, KnowledgeStatus, KnowledgeType, Retest

_OF_FIXES = frozenset({KnowledgeType.TRANSFERABLE_FIX.value, KnowledgeType.UNIVERSAL_PATTERN.value})


def speaking_against(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those that no fix could rest on: turned down, or with figures that show none. Without figures nothing is told."""
    return [
        one
        for one in outcomes
        if not one.promoted
        or (weigh(one.before, one.after, one.observation_days) is not None and not is_fix(improvement(one)))
    ]


def perhaps_resting_on(known: Iterable[KnownEntry], outcomes: Iterable[Outcome]) -> list[str]:
    """Ids of the entries that may rest on one of these: those of the same systems."""
    told = {one.system_id for one in outcomes}
    return [one.entry_id for one in known if one.type in _OF_FIXES and not told.isdisjoint(one.systems)]


def taken_back(known: Known, outcomes: Iterable[Outcome]) -> Known:
    """The entry with a retest asked for by each of these that it rests on; the very same where that was said before.

    A universal pattern asks where an improvement is none any more, a fix where it is no fix.
    """
    entry = known.entry
    if entry.type.value not in _OF_FIXES or entry.status is KnowledgeStatus.SUPERSEDED:
        return known
    fresh = entry
    for one in sorted(outcomes, key=lambda it: (it.at, it.ref)):
        still = entry.type is KnowledgeType.UNIVERSAL_PATTERN and improvement(one) is not None
        if one.ref in known.rests_on and not still and entry.renewed_at < day(one.at):
            fresh = _asking(fresh, Retest(system=one.system_id, at=day(one.at), reason=_reason(one)))
    return known if fresh == entry else replace(known, entry=fresh)


def _asking(entry: KnowledgeEntry, told: Retest) -> KnowledgeEntry:
    others = [one for one in entry.retest if one.system != told.system]
    return entry.model_copy(update={"retest": tuple(sorted([*others, told], key=lambda one: (one.at, one.system)))})


def _reason(outcome: Outcome) -> str:
    told = weigh(outcome.before, outcome.after, outcome.observation_days)
    what = errors(outcome.error_category) if outcome.error_category else "its errors"
    figures = f": {what} went from {number(told.before)} to {number(told.after)} per week" if told is not None else ""
    did = "turned down again what it had promoted" if not outcome.promoted else "tells otherwise what came of it"
    return f"{outcome.system_id}, whose experience this is, {did} on {day(outcome.at)}{figures}."
