"""Transferable solutions: a change fixed an error in one system that another still has (PAT-4, detection rule 4 of the source).

Nothing is applied by itself: each is a hint for review. A drop of a quarter comes by chance half the time at five errors a
week, so the counts behind the rates have to rule chance out: given their sum, those before are binomial under no change.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from server.model.chance import one_sided_by_chance
from server.model.moments import DAY, at_microseconds
from server.model.pattern import PatternType
from server.patterns.errors.catalogue import Catalogue, catalogue_of
from server.patterns.fleet import Fleet
from server.patterns.found import LEAST_OCCURRENCES, Fact, Found, Identity, Occurrence
from server.patterns.history import Change, History
from server.patterns.likeness import Likeness

TYPE = PatternType.TRANSFERABLE_SOLUTION
LEAST_DROP = 0.25
SURE = 0.05
ACTIVE = 30 * DAY
"""So long ago the target's errors may be."""
LOOKED_AT = 28 * DAY
"""Of the source's own journal, before and after the promotion."""
TOLD_DAYS = 7.0
"""How long rates were observed where that is not told."""
SAME_MEANING = 0.8
SOURCES = 3
"""Of several systems that fixed it, those with the surest evidence are named."""
MOST = 2_000


@dataclass(frozen=True)
class _Fix:
    """A promotion after which an error became rarer."""

    change: Change
    before: float
    """A week."""
    after: float
    p_value: float
    counted: bool
    """Whether the rates were counted in the source's own journal, not told."""

    @property
    def drop(self) -> float:
        return 1.0 - self.after / self.before


def detect(
    history: History, fleet: Fleet, known: frozenset[Identity] = frozenset(), *, likeness: Likeness
) -> list[Found]:
    """Every fix that another system could use: the surest sources of each target and error, held back where chance does as well."""
    promoted = [one for one in history.changes if one.promoted and one.error_category.strip()]
    if not promoted:
        return []
    kinds = [name.casefold().strip() for name in history.categories]
    codes = {name: place for place, name in enumerate(dict.fromkeys(kinds))}
    folded = np.array([codes[name] if name else -1 for name in kinds], np.int64)
    catalogue = catalogue_of(history, folded[history.troubles.category] if len(folded) else history.troubles.category)
    alike = _alike({_name(one) for one in promoted}, codes, likeness)
    fixes = [
        fix
        for one in promoted
        if (fix := _fix(one, history, catalogue, alike)) is not None and not _undone(fix, history)
    ]
    found = _targets(fixes, history, catalogue, alike, {one for one in known if one.type is TYPE})
    return found[:MOST]


def _name(change: Change) -> str:
    return change.error_category.casefold().strip()


def _alike(promoted: set[str], codes: Mapping[str, int], likeness: Likeness) -> dict[str, frozenset[int]]:
    """Of each promoted category the kinds of trouble that mean the same; numbers in them must be the same numbers."""
    names = sorted(promoted | set(codes))
    same: defaultdict[str, set[int]] = defaultdict(set)
    for name in promoted:
        if name in codes:
            same[name].add(codes[name])
    for pair in likeness(names, range(len(names)), len(names)):
        one, other = names[pair.one], names[pair.other]
        if pair.score >= SAME_MEANING and not pair.contrary and _NUMBERS.findall(one) == _NUMBERS.findall(other):
            for mine, its in ((one, other), (other, one)):
                if mine in promoted and its in codes:
                    same[mine].add(codes[its])
    return {name: frozenset(same[name]) for name in promoted}


_NUMBERS = re.compile(r"\d+")


def _fix(change: Change, history: History, catalogue: Catalogue, alike: Mapping[str, frozenset[int]]) -> _Fix | None:
    """The fix, where the error became rarer by a quarter or more; None where it didn't, or nothing tells.

    Where it is not told how long rates were observed, the source's own journal may uphold them (two looks: p doubled).
    """
    if change.before is not None and change.after is not None:
        weeks = (change.observation_days or TOLD_DAYS) / 7
        if change.before <= 0 or change.after < 0 or weeks <= 0:
            return None
        before, after, counted = change.before, change.after, False
        p_value = one_sided_by_chance(round(before * weeks), round(after * weeks), 0.5)
        if p_value > SURE and change.observation_days is None:
            told = _from_journal(change, history, catalogue, alike[_name(change)])
            p_value = (
                min(p_value, 2 * told[2]) if told is not None and told[1] <= told[0] * (1 - LEAST_DROP) else p_value
            )
    else:
        told = _from_journal(change, history, catalogue, alike[_name(change)])
        if told is None:
            return None
        (before, after, p_value), counted = told, True
    fix = _Fix(change, before, after, p_value, counted)
    return fix if fix.drop >= LEAST_DROP - 1e-9 else None


def _from_journal(
    change: Change, history: History, catalogue: Catalogue, kinds: frozenset[int]
) -> tuple[float, float, float] | None:
    """(a week before, a week after, p) as the source's own errors show it; None where it shows less than a week of either."""
    ahead, behind = min(LOOKED_AT, change.at - history.since), min(LOOKED_AT, history.until - change.at)
    entries = np.flatnonzero((catalogue.system == change.system) & np.isin(catalogue.kind, list(kinds)))
    if min(ahead, behind) < 7 * DAY or not len(entries) or not _reports_after(change, history):
        return None
    at = np.concatenate([catalogue.moments(int(entry)) for entry in entries])
    earlier = int(((at >= change.at - ahead) & (at < change.at)).sum())
    later = int(((at >= change.at) & (at < change.at + behind)).sum())
    if not earlier:
        return None
    p_value = one_sided_by_chance(earlier, later, ahead / (ahead + behind))
    return earlier * 7 * DAY / ahead, later * 7 * DAY / behind, p_value


def _reports_after(change: Change, history: History) -> bool:
    """Whether the source tells anything at all a week or more after the promotion: silence is no proof of a fix."""
    late = change.at + 7 * DAY
    told = ((history.runs.system, history.runs.started), (history.troubles.system, history.troubles.at))
    more = ((history.metrics.system, history.metrics.at), (history.accesses.system, history.accesses.started))
    return any(bool(np.any((system == change.system) & (at >= late))) for system, at in told + more)


def _undone(fix: _Fix, history: History) -> bool:
    """Whether the source turned the same proposal down later."""
    mine = fix.change
    return any(
        one.system == mine.system and not one.promoted and one.at >= mine.at and one.proposal_id == mine.proposal_id
        for one in history.changes
        if one.proposal_id
    )


def _settled(
    fix: _Fix, target: int, fixes: Sequence[_Fix], alike: Mapping[str, frozenset[int]], history: History
) -> bool:
    """Whether the target has fixed it by itself since, or has turned this solution down."""
    mine = fix.change
    kinds = alike[_name(mine)]
    return any(
        one.change.system == target
        and one.change.at >= mine.at
        and (alike[_name(one.change)] & kinds or _name(one.change) == _name(mine))
        for one in fixes
    ) or any(
        one.system == target
        and not one.promoted
        and one.at >= mine.at
        and (one.proposal_id == mine.proposal_id != "" or one.title.casefold() == mine.title.casefold() != "")
        for one in history.changes
    )


def _targets(
    fixes: Sequence[_Fix],
    history: History,
    catalogue: Catalogue,
    alike: Mapping[str, frozenset[int]],
    known: set[Identity],
) -> list[Found]:
    """For each system with such errors in the last 30 days the fixes it could use."""
    since = history.until - ACTIVE
    having: defaultdict[int, list[int]] = defaultdict(list)
    newest = history.troubles.at[catalogue.order[catalogue.starts[1:] - 1]] if len(catalogue) else np.zeros(0, np.int64)
    for entry in np.flatnonzero(newest >= since).tolist():
        having[int(catalogue.kind[entry])].append(entry)
    offered: defaultdict[tuple[int, frozenset[int]], list[tuple[_Fix, list[int]]]] = defaultdict(list)
    for fix in sorted(_best(fixes), key=lambda one: (one.p_value, -one.drop, one.change.seq)):
        kinds = alike[_name(fix.change)]
        entries: defaultdict[int, list[int]] = defaultdict(list)
        for kind in kinds:
            for entry in having[kind]:
                entries[int(catalogue.system[entry])].append(entry)
        for target, mine in sorted(entries.items()):
            taken = offered[target, kinds]
            if (
                target != fix.change.system
                and len(taken) < SOURCES
                and not _settled(fix, target, fixes, alike, history)
            ):
                taken.append((fix, mine))
    found = []
    for (target, _), pairs in offered.items():
        for fix, mine in pairs:
            one = _found(fix, target, mine, history, catalogue, since)
            if len(one.occurrences) >= LEAST_OCCURRENCES or (one.occurrences and one.identity in known):
                found.append(one)
    return sorted(
        found, key=lambda one: (one.held_back != "", one.p_value or 0.0, -len(one.occurrences), one.identity.systems)
    )


def _best(fixes: Sequence[_Fix]) -> list[_Fix]:
    """Of several fixes of one error by one system the surest."""
    best: dict[tuple[int, str], _Fix] = {}
    for fix in sorted(fixes, key=lambda one: (one.p_value, -one.change.at, one.change.seq)):
        best.setdefault((fix.change.system, _name(fix.change)), fix)
    return list(best.values())


def _found(fix: _Fix, target: int, entries: Sequence[int], history: History, catalogue: Catalogue, since: int) -> Found:
    change, troubles = fix.change, history.troubles
    positions = np.concatenate([catalogue.troubles(entry) for entry in entries])
    positions = positions[(troubles.at[positions] >= since) & (troubles.at[positions] < history.until)]
    positions = positions[np.argsort(troubles.at[positions], kind="stable")]
    moments = np.unique(np.concatenate([catalogue.moments(entry) for entry in entries]))
    moments = moments[(moments >= since) & (moments < history.until)]
    source, sufferer = history.systems[change.system], history.systems[target]
    names = sorted({history.categories[one] for one in troubles.category[positions].tolist()})
    place = np.searchsorted(moments, troubles.at[positions], side="right") - 1
    occurrences = tuple(
        Occurrence(at, tuple(troubles.seq[positions[place == number]].tolist()))
        for number, at in enumerate(moments.tolist())
    )
    held_back = "" if fix.p_value <= SURE else "not_significant"
    if len(occurrences) < LEAST_OCCURRENCES:
        held_back = "too_few"
    which = f"proposal {change.proposal_id}" if change.proposal_id else "a change"
    errors, suffered = f"{change.error_category!r}", ", ".join(repr(name) for name in names[:3])
    often = f"{len(occurrences)} times in the last 30 days"
    return Found(
        identity=Identity(TYPE, (source, sufferer), change.error_category),
        occurrences=occurrences,
        facts=(
            Fact(source, _evidence(fix, which), "promotion", (change.seq,)),
            Fact(sufferer, f"{suffered}: {often}", "error", tuple(troubles.seq[positions].tolist())),
        ),
        description=f"{source} promoted {which}, and {errors} fell there {_rates(fix)}. {sufferer} still has {suffered}, {often}.",
        recommendation=(
            f"Review whether {sufferer} can take over what {source} changed ({which}, against {errors}): adapt it to its own "
            "limits and shadow-test it there. Nothing is applied by itself."
        ),
        cause=source,
        effect=sufferer,
        resources=_resources(history, positions),
        p_value=fix.p_value,
        held_back=held_back,
        worst=int(troubles.severity[positions].max(initial=0)),
        proposal_id=change.proposal_id,
    )


def _rates(fix: _Fix) -> str:
    return f"from {fix.before:.3g} to {fix.after:.3g} a week ({-fix.drop:.0%})"


def _evidence(fix: _Fix, which: str) -> str:
    days = fix.change.observation_days or TOLD_DAYS
    basis = "counted in its own journal" if fix.counted else f"over {days:.3g} days each"
    day = at_microseconds(fix.change.at)[:10]
    told = f"Promoted {which} on {day}: {fix.change.error_category!r} fell {_rates(fix)}, {basis}"
    if fix.p_value <= SURE:
        return f"{told}; chance gives such a drop in {_odds(fix.p_value)}"
    assumed = (
        "" if fix.counted or fix.change.observation_days is not None else " (assumed, as observation_days is not told)"
    )
    return f"{told}{assumed}. Chance gives such a drop in {_odds(fix.p_value)}{_needed(fix)}"


def _odds(p_value: float) -> str:
    return "fewer than 1 of 1,000 cases" if p_value < 0.001 else f"{1_000 * p_value:.0f} of 1,000 cases"


def _needed(fix: _Fix) -> str:
    """How long the rates would have to be observed to rule chance out, where a year is enough."""
    for days in range(7, 366, 7):
        before, after = (round(rate * days / 7) for rate in (fix.before, fix.after))
        if one_sided_by_chance(before, after, 0.5) <= SURE:
            told = f"; {days} days before and {days} after the promotion at these rates would rule it out"
            reported = f": if it was observed as long, report the promotion with observation_days = {days} or more"
            return told + ("" if fix.counted else reported)
    return "; these errors are too rare to tell within a year"


def _resources(history: History, positions: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> tuple[str, ...]:
    """On which the target's errors were."""
    on = np.unique(history.troubles.resource[positions])
    return tuple(sorted(history.resources[one] for one in on.tolist() if one >= 0))[:5]
