"""Correlated degradation: quality of two systems falls in the same weeks (PAT-2, detection rule 2 of the source).

Two changes always correlate perfectly, and a dozen still do by chance in a fleet of a thousand. So: eight common changes at
least, r of 0.7, a rank correlation that upholds it (one bad week in both is one coincidence), correction over all pairs that
were compared, and something that both rest on. Where the whole fleet moves, that is said once, and taken out of the pairs.
"""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from server.model.pattern import PatternType
from server.patterns.degradation.found import Together, found_of, identity_of
from server.patterns.degradation.groups import again, as_known, grouped
from server.patterns.degradation.weekly import Weekly, by_chance, correlations, falls, present, ranked, weekly_of
from server.patterns.fleet import Fleet
from server.patterns.found import LEAST_OCCURRENCES, SIGNIFICANT_Q, Found, Identity
from server.patterns.history import Bools, Floats, History, Ints
from server.patterns.significance import rates_by_family

TYPE = PatternType.CORRELATED_DEGRADATION
LEAST_CHANGES = 8
LEAST_R = 0.7
LEAST_MOVING = 8
"""Systems that make a fleet in which a common movement can be told from a pair's."""
MOST_SERIES = 4_000
MOST_TRIED = 4_000
"""Pairs of a family that are looked at closely, the most correlated ones."""
MOST_CANDIDATES = 200


def detect(history: History, fleet: Fleet, known: frozenset[Identity] = frozenset()) -> list[Found]:
    """Pairs, and where the whole fleet moves that, surest first; without a shared dependency they are candidates."""
    mine = {one for one in known if one.type is TYPE}
    if not len(history.metrics.seq):
        return []
    weekly = weekly_of(history)
    if len(weekly.system) > MOST_SERIES or len(np.unique(weekly.system)) < 2:
        weekly = _fullest(weekly)
    together = _together(weekly, history, fleet, mine) if weekly.change.shape[1] >= LEAST_CHANGES else []
    shown_again = {identity_of(one, history, weekly) for one in together}
    together += again(sorted(mine - shown_again, key=repr), history, weekly)
    found = [found_of(one, history, weekly, fleet) for one in together]
    shown = [one for one in found if not one.held_back or one.identity in mine]
    candidates = [one for one in found if one.held_back and one.identity not in mine]
    return shown + candidates[:MOST_CANDIDATES]


def _together(weekly: Weekly, history: History, fleet: Fleet, known: set[Identity]) -> list[Together]:
    """What falls together more than chance explains."""
    moving, rest = _common_movement(weekly, weekly.change, history, fleet)
    pairs = _pairs(weekly, rest, _linked(history, fleet, weekly.system))
    chosen = _best_of_each(pairs, history, weekly, known)
    moving = [as_known(one, history, weekly, known) for one in moving]
    return moving + grouped(chosen, history, weekly, fleet, known)


def _fullest(weekly: Weekly) -> Weekly:
    """The series with most weeks."""
    weeks = present(weekly.level).sum(axis=1)
    kept = np.sort(np.argsort(-weeks, kind="stable")[:MOST_SERIES])
    place = np.full(len(weekly.system), -1)
    place[kept] = np.arange(len(kept))
    chosen = place[weekly.row] >= 0
    return Weekly(
        weekly.system[kept],
        weekly.name[kept],
        weekly.turned[kept],
        weekly.begin,
        weekly.level[kept],
        place[weekly.row[chosen]],
        weekly.week[chosen],
        weekly.figure[chosen],
    )


def _linked(history: History, fleet: Fleet, system: Ints) -> Bools:
    """Of all series with all: whether their systems differ and rest on something in common."""
    users: defaultdict[str, list[int]] = defaultdict(list)
    of: Mapping[int, list[int]] = _rows(system)
    for number, rows in of.items():
        member = fleet.members.get(history.systems[number])
        if member is not None:
            for one in fleet.rests_on(member.system_id):
                users["system " + one] += rows
            for one in member.reads:
                users["resource " + one] += rows
    linked = np.zeros((len(system), len(system)), np.bool_)
    for together in users.values():
        if len(together) > 1:
            linked[np.ix_(together, together)] = True
    linked &= system[:, None] != system[None, :]
    return linked


def _rows(system: Ints) -> dict[int, list[int]]:
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row, number in enumerate(system.tolist()):
        rows[number].append(row)
    return dict(rows)


def _common_movement(weekly: Weekly, change: Floats, history: History, fleet: Fleet) -> tuple[list[Together], Floats]:
    """What most of the fleet does together, if it does, and the changes without it."""
    full = present(change).sum(axis=1) >= LEAST_CHANGES
    spread = np.nanstd(np.where(full[:, None], change, 0.0), axis=1)
    full &= spread > 0
    if len(np.unique(weekly.system[full])) < LEAST_MOVING:
        return [], change
    scaled = change[full] / spread[full][:, None]
    some = present(scaled).any(axis=0)
    movement = np.full(change.shape[1], np.nan)
    movement[some] = np.nanmedian(scaled[:, some], axis=0)
    against = correlations(np.vstack([movement[None, :], change])).r[0, 1:]
    movers = np.flatnonzero(full & (against >= LEAST_R))
    systems = np.unique(weekly.system[movers])
    if 2 * len(systems) < len(np.unique(weekly.system[full])) or len(systems) < LEAST_MOVING:
        return [], change
    centred = np.nan_to_num(movement - np.nanmean(movement))
    has = present(change)
    slope = np.nansum(change * centred, axis=1) / np.maximum((has * centred**2).sum(axis=1), 1e-300)
    rest = change - np.where(full, slope, 0.0)[:, None] * centred[None, :]
    best = [int(movers[weekly.system[movers] == one][0]) for one in systems.tolist()]
    weeks = np.flatnonzero(movement < 0)
    height, rise, top, bottom = falls(np.concatenate([[0.0], np.cumsum(np.nan_to_num(movement))]))
    if height < _FALLS * rise or len(weeks) < LEAST_OCCURRENCES:
        return [], rest
    p_value = float(by_chance(against[best], present(change)[best].sum(axis=1) - 2.0).max())
    shared = _shared_by_most([history.systems[one] for one in systems.tolist()], fleet)
    held_back = "" if shared else "no_shared_dependency"
    r = float(np.median(against[best]))
    return [Together(tuple(best), weeks, r, p_value, p_value, (top, bottom), held_back, shared, everybody=True)], rest


_FALLS = 0.8
"""Falling is not just the way back from a rise: the deepest fall is at least this part of the highest rise."""


def _shared_by_most(systems: list[str], fleet: Fleet) -> tuple[str, ...]:
    """What four of five of them rest on."""
    users: defaultdict[str, int] = defaultdict(int)
    for one in systems:
        member = fleet.members.get(one)
        for dependency in (member.depends_on | member.reads | {one}) if member else ():
            users[dependency] += 1
    return tuple(sorted(name for name, many in users.items() if many >= 0.8 * len(systems)))


def _pairs(weekly: Weekly, change: Floats, linked: Bools) -> list[Together]:
    """Pairs of different systems whose changes correlate and that both fall; chance pairs are not among them."""
    every = correlations(change)
    compared = np.triu((weekly.system[:, None] != weekly.system[None, :]) & (every.common >= LEAST_CHANGES), 1)
    strong = compared & (every.r >= LEAST_R)
    tests = int((compared & ~linked).sum()), int((compared & linked).sum())
    rows = []
    for family in (True, False):
        one, other = np.nonzero(strong & (linked == family))
        order = np.argsort(-every.r[one, other], kind="stable")[:MOST_TRIED]
        rows.append(np.stack([one[order], other[order]]))
    one, other = np.concatenate(rows, axis=1)
    r, p_values = every.r[one, other], _p_values(change, one, other, every.r[one, other])
    q_values = rates_by_family(p_values, linked[one, other], tests)
    kept = np.flatnonzero(q_values <= SIGNIFICANT_Q)
    together = []
    for place in kept[np.argsort(p_values[kept], kind="stable")].tolist():
        pair = (int(one[place]), int(other[place]))
        fallen = _fallen(weekly, pair)
        if fallen is not None:
            held_back = "" if linked[pair] else "no_shared_dependency"
            weeks, period = fallen
            found = Together(
                pair, weeks, float(r[place]), float(p_values[place]), float(q_values[place]), period, held_back
            )
            together.append(found)
    return together


def _p_values(change: Floats, one: Ints, other: Ints, r: Floats) -> Floats:
    """The weaker of two tests: of the figures and of their ranks. Changes that swing back count as fewer than they are."""
    ranks, freedom = np.empty(len(one)), np.empty(len(one))
    for place, (first, second) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        both = present(change[first]) & present(change[second])
        mine, its = change[first][both], change[second][both]
        ranks[place] = np.corrcoef(ranked(mine), ranked(its))[0, 1]
        swing = np.clip(_next_to_next(mine) * _next_to_next(its), 0.0, 0.25)
        freedom[place] = max(len(mine) / (1.0 + 2.0 * swing) - 2.0, 1.0)
    if not len(one):
        return np.zeros(0)
    weaker: Floats = np.maximum(by_chance(r, freedom), by_chance(ranks, freedom))
    return weaker


def _next_to_next(changes: Floats) -> float:
    """How much each change is like the one before: the autocorrelation at lag one."""
    centred = changes - changes.mean()
    return float((centred[1:] * centred[:-1]).sum() / max(float((centred**2).sum()), 1e-300))


def _fallen(weekly: Weekly, pair: tuple[int, int]) -> tuple[Ints, tuple[int, int]] | None:
    """(changes in which both got worse, the common period of their falls), where both fall and at the same time."""
    levels = weekly.level[list(pair)]
    both = np.flatnonzero(present(levels).all(axis=0))
    periods = []
    for row in levels[:, both]:
        fall, rise, top, bottom = falls(row)
        if fall < _FALLS * rise:
            return None
        periods.append((int(both[top]), int(both[bottom])))
    begin, end = max(one[0] for one in periods), min(one[1] for one in periods)
    weeks = np.flatnonzero((weekly.change[list(pair)] < 0).all(axis=0))
    return (weeks, (begin, end)) if end > begin and len(weeks) >= LEAST_OCCURRENCES else None


def _best_of_each(pairs: list[Together], history: History, weekly: Weekly, known: set[Identity]) -> list[Together]:
    """One of each pair of systems: on metrics by which it is known already, else the surest."""
    best: dict[tuple[int, ...], Together] = {}
    for one in pairs:
        systems = tuple(sorted(int(weekly.system[row]) for row in one.rows))
        before = best.get(systems)
        if before is None or (
            identity_of(one, history, weekly) in known and identity_of(before, history, weekly) not in known
        ):
            best[systems] = one
    return list(best.values())
