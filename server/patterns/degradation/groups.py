"""Many pairs that rest on one thing are one pattern, not hundreds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from server.patterns.degradation.found import FLEET, MOST_OF_THEM, Together, identity_of
from server.patterns.degradation.weekly import Weekly
from server.patterns.fleet import Fleet
from server.patterns.found import LEAST_OCCURRENCES, Identity
from server.patterns.history import History

LEAST_SYSTEMS = 4
DENSE = 0.6
"""At least this part of all pairs in a group fall together."""
SAME = 0.75
"""Where so many of all systems are in both, a group is the one that was known."""


def grouped(
    pairs: Sequence[Together], history: History, weekly: Weekly, fleet: Fleet, known: set[Identity]
) -> list[Together]:
    """The pairs, those of four systems or more that share a dependency as one group; pairs that are known stay."""
    resting: defaultdict[str, list[int]] = defaultdict(list)
    systems = [tuple(history.systems[weekly.system[row]] for row in pair.rows) for pair in pairs]
    for place, (pair, (one, other)) in enumerate(zip(pairs, systems, strict=True)):
        if not pair.held_back:
            for dependency in fleet.shared_roots(one, other):
                resting[dependency].append(place)
    taken: set[int] = set()
    groups = []
    for dependency, places in sorted(resting.items(), key=lambda one: (-len(one[1]), one[0])):
        left = [place for place in places if place not in taken]
        for inside in _components(left, systems):
            group = _group([pairs[place] for place in inside], weekly, dependency)
            if group is not None:
                groups.append(as_known(group, history, weekly, known))
                taken.update(inside)
    kept = [
        pair for place, pair in enumerate(pairs) if place not in taken or identity_of(pair, history, weekly) in known
    ]
    return groups + kept


def _components(places: Sequence[int], systems: Sequence[tuple[str, ...]]) -> list[list[int]]:
    """The pairs by what is connected through common systems."""
    root: dict[str, str] = {}

    def top(name: str) -> str:
        while root.setdefault(name, name) != name:
            root[name] = name = root[root[name]]
        return name

    for place in places:
        one, other = systems[place]
        root[top(one)] = top(other)
    parts: defaultdict[str, list[int]] = defaultdict(list)
    for place in places:
        parts[top(systems[place][0])].append(place)
    return list(parts.values())


def _group(pairs: Sequence[Together], weekly: Weekly, dependency: str) -> Together | None:
    """One pattern of all their systems; None where they are too few or hang together loosely."""
    row_of: dict[int, int] = {}
    for pair in pairs:
        for row in pair.rows:
            row_of.setdefault(int(weekly.system[row]), row)
    many = len(row_of)
    if many < LEAST_SYSTEMS or len(pairs) < DENSE * many * (many - 1) / 2:
        return None
    rows = tuple(row_of[system] for system in sorted(row_of))
    change = weekly.change[list(rows)]
    there = np.isfinite(change).sum(axis=0)
    weeks = np.flatnonzero((there > 0) & ((change < 0).sum(axis=0) >= MOST_OF_THEM * np.maximum(there, 1)))
    if len(weeks) < LEAST_OCCURRENCES:
        return None
    period = (int(np.median([pair.period[0] for pair in pairs])), int(np.median([pair.period[1] for pair in pairs])))
    return Together(
        rows,
        weeks,
        float(np.median([pair.r for pair in pairs])),
        max(pair.p_value for pair in pairs),
        max(pair.q_value for pair in pairs),
        period,
        "",
        (dependency,),
    )


def again(known: Sequence[Identity], history: History, weekly: Weekly) -> list[Together]:
    """Those known ones whose systems got worse in the same week at least once, whatever their figures do otherwise."""
    seen = []
    names = np.array([history.metric_names[name] for name in weekly.name.tolist()], np.str_)
    for one in sorted(known, key=lambda it: (it.systems, it.subject)):
        metrics = one.subject.removeprefix(FLEET).split(", ")
        rows: list[int] = []
        for system in one.systems:
            number = history.systems.index(system) if system in history.systems else -1
            rows += np.flatnonzero((weekly.system == number) & np.isin(names, metrics))[:1].tolist()
        if len(rows) < min(len(one.systems), LEAST_SYSTEMS):
            continue
        change = weekly.change[rows]
        weeks = np.flatnonzero((change < 0).sum(axis=0) >= max(2, MOST_OF_THEM * len(rows)))
        if len(weeks):
            period = (int(weeks[0]), int(weeks[-1]) + 1)
            everybody = one.subject.startswith(FLEET)
            seen.append(
                Together(
                    tuple(rows), weeks, 0.0, 1.0, 1.0, period, "not_significant", everybody=everybody, known_as=one
                )
            )
    return seen


def as_known(group: Together, history: History, weekly: Weekly, known: set[Identity]) -> Together:
    """The group under the identity that it was known by, where most of its systems are the same."""
    now = identity_of(group, history, weekly)
    mine = set(now.systems)
    near = [one for one in known if one.subject == now.subject and _overlap(mine, set(one.systems)) >= SAME]
    best = max(near, key=lambda one: (_overlap(mine, set(one.systems)), one.systems), default=None)
    return replace(group, known_as=best)


def _overlap(mine: set[str], its: set[str]) -> float:
    return len(mine & its) / len(mine | its)
