"""Whether like errors have more in common than their name: the days on which they come, or what their systems rest on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from server.model.moments import DAY
from server.patterns.errors.catalogue import Catalogue
from server.patterns.fleet import Fleet

SURE = 0.01
MOST_TOGETHER = 40
"""Systems of a group that are compared by pairs."""
LEAST_DAYS = 3


@dataclass(frozen=True)
class Leg:
    """What upholds a group, if anything."""

    entries: tuple[int, ...]
    """Those of the group that it upholds; all of them where it only names what they share."""
    p_value: float | None = None
    """After Bonferroni over all that were tested."""
    days: int = 0
    """Days on which two of them occurred, where that is what upholds them."""
    dependency: str = ""
    """What their systems rest on, where that is known."""

    @property
    def stands(self) -> bool:
        """Whether chance is ruled out."""
        return self.p_value is not None and self.p_value <= SURE


def legs(catalogue: Catalogue, fleet: Fleet, groups: Sequence[tuple[int, ...]]) -> list[Leg]:
    """Of each group of entries the leg that upholds most of it."""
    timed = [_on_common_days(catalogue, group) for group in groups]
    rested = _on_dependencies(catalogue, fleet, groups)
    tests = max(1, sum(len(pairs) for pairs in timed)), max(1, sum(len(one) for one in rested))
    chosen = []
    for group, pairs, dependencies in zip(groups, timed, rested, strict=True):
        days = [(min(1.0, p * tests[0]), one, other, shared) for p, one, other, shared in pairs]
        upheld = sorted({entry for p, one, other, _ in days if p <= SURE for entry in (one, other)})
        named = sorted((min(1.0, p * tests[1]), -len(held), name, held) for p, name, held in dependencies)
        if upheld:
            best = min(days)
            chosen.append(
                Leg(tuple(upheld), best[0], max(shared for p, *_, shared in days if p <= SURE), _name(named, upheld))
            )
        elif named:
            chosen.append(Leg(named[0][3], named[0][0], 0, named[0][2]))
        else:
            chosen.append(Leg(group))
    return chosen


def _name(named: Sequence[tuple[float, int, str, tuple[int, ...]]], entries: Sequence[int]) -> str:
    return next((name for _, _, name, held in named if set(entries) <= set(held)), "")


def _on_common_days(catalogue: Catalogue, group: tuple[int, ...]) -> list[tuple[float, int, int, int]]:
    """(p, entry, entry, common days) of each pair that has at least three common days."""
    history = catalogue.history
    begin, end = history.since // DAY, -(-history.until // DAY)
    entries = group[:MOST_TOGETHER]
    active = np.zeros((len(entries), max(1, end - begin)), np.float64)
    for row, entry in enumerate(entries):
        active[row, np.clip(catalogue.moments(entry) // DAY - begin, 0, active.shape[1] - 1)] = 1.0
    weekdays = [active[:, weekday::7] for weekday in range(7) if active.shape[1] > weekday]
    shared = active @ active.T
    counted = [days.sum(axis=1) for days in weekdays]
    expected = sum(np.outer(one, one) / days.shape[1] for one, days in zip(counted, weekdays, strict=True))
    system = catalogue.system[list(entries)]
    compared = (system[:, None] != system[None, :]) & (shared >= LEAST_DAYS)
    pairs = [(1.0, entries[one], entries[other], 0) for one, other in zip(*np.nonzero(np.triu(compared)), strict=True)]
    outstanding = compared & (shared > expected + 2 * np.sqrt(expected))
    for one, other in zip(*np.nonzero(np.triu(outstanding)), strict=True):
        chance = _tail(
            [(days.shape[1], int(mine[one]), int(mine[other])) for days, mine in zip(weekdays, counted, strict=True)],
            int(shared[one, other]),
        )
        pairs.append((chance, entries[one], entries[other], int(shared[one, other])))
    return pairs


def _tail(strata: Sequence[tuple[int, int, int]], both: int) -> float:
    """How likely at least so many are drawn in common, from strata of (all, of the one, of the other): hypergeometric, exact."""
    chances = np.ones(1)
    for everybody, one, other in strata:
        ways = [comb(one, some) * comb(everybody - one, other - some) for some in range(min(one, other) + 1)]
        chances = np.convolve(chances, np.array([way / comb(everybody, other) for way in ways]))
    return float(min(1.0, chances[both:].sum()))


def _on_dependencies(
    catalogue: Catalogue, fleet: Fleet, groups: Sequence[tuple[int, ...]]
) -> list[list[tuple[float, str, tuple[int, ...]]]]:
    """Of each group (p, dependency, entries whose systems rest on it), where two or more do."""
    systems = catalogue.history.systems
    erring = {systems[one] for one in np.unique(catalogue.history.troubles.system).tolist()}
    resting: defaultdict[str, set[str]] = defaultdict(set)
    for name in erring:
        member = fleet.members.get(name)
        for dependency in (member.depends_on | member.reads) if member else ():
            resting[dependency].add(name)
    result = []
    for group in groups:
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for entry in group:
            member = fleet.members.get(systems[catalogue.system[entry]])
            for dependency in (member.depends_on | member.reads) if member else ():
                holders[dependency].append(entry)
        owners = len({int(catalogue.system[entry]) for entry in group})
        found = []
        for dependency, held in holders.items():
            both = len({int(catalogue.system[entry]) for entry in held})
            if both > 1:
                chance = _tail([(len(erring), len(resting[dependency]), owners)], both)
                found.append((chance, dependency, tuple(held)))
        result.append(found)
    return result
