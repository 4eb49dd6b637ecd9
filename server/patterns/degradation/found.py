"""Systems that get worse together, in words: which figures, in which weeks, and on what they rest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from server.model.moments import at_microseconds
from server.model.pattern import PatternType
from server.model.wording import MORE, listed
from server.patterns.degradation.weekly import WEEK, Weekly
from server.patterns.fleet import Fleet
from server.patterns.found import Fact, Found, Identity, Occurrence
from server.patterns.history import History, Ints

EVENTS_OF_ONE = 20
"""Stored events that a single occurrence rests on at most."""
NAMED = 4
MOST_FACTS = 20
FLEET = "fleet: "
"""Before the metrics of what the whole fleet does."""
MOST_OF_THEM = 0.8
"""Of a group of systems so many have to get worse in a week."""


@dataclass(frozen=True)
class Together:
    """Series that fall together."""

    rows: tuple[int, ...]
    """Of the weekly series, one of each system."""
    weeks: Ints
    """The changes in which all got worse."""
    r: float
    p_value: float
    q_value: float
    period: tuple[int, int]
    """Weeks of the height before and of the depth after."""
    held_back: str
    shared: tuple[str, ...] = ()
    everybody: bool = False
    """Whether it is the whole fleet, not a pair."""
    known_as: Identity | None = None
    """What a group is known as already, where few of its systems came or went."""


def identity_of(one: Together, history: History, weekly: Weekly) -> Identity:
    """The systems, sorted, and the metrics."""
    if one.known_as is not None:
        return one.known_as
    systems = tuple(sorted(history.systems[weekly.system[row]] for row in one.rows))
    names = sorted({history.metric_names[weekly.name[row]] for row in one.rows})
    subject = FLEET + ", ".join(names[:NAMED]) if one.everybody else ", ".join(names)
    return Identity(PatternType.CORRELATED_DEGRADATION, systems, subject)


def found_of(one: Together, history: History, weekly: Weekly, fleet: Fleet) -> Found:
    """The finding."""
    identity = identity_of(one, history, weekly)
    shared = one.shared or (() if one.everybody else fleet.shared_roots(*identity.systems))
    rows = sorted(one.rows, key=lambda row: history.systems[weekly.system[row]])
    return Found(
        identity=identity,
        occurrences=_occurrences(one, history, weekly),
        facts=tuple(_fact(row, one, history, weekly) for row in rows[:MOST_FACTS]),
        description=_description(one, identity, weekly, shared),
        recommendation=_recommendation(identity, fleet, shared),
        resources=tuple(name for name in shared if name not in fleet.members),
        p_value=one.p_value,
        q_value=one.q_value,
        by_chance_a_day=_by_chance_a_day(one, weekly),
        held_back=one.held_back,
    )


def _by_chance_a_day(one: Together, weekly: Weekly) -> float:
    """How often a day so many get worse in one week where none has anything to do with the others.

    Each by its own share of weeks in which it got worse, at most half of them: more is the fall itself, not chance. Of a group
    four of five are enough; what the middle of a whole fleet does goes down every second week. A week counts once at most,
    so its spread is that of a coin, not of a Poisson number, and the rate is the one that has this spread.
    """
    change = weekly.change[list(one.rows)]
    worse = np.minimum((change < 0).sum(axis=1) / np.maximum(np.isfinite(change).sum(axis=1), 1), 0.5)
    chance = 0.5 if one.everybody else float(np.prod(worse)) ** (1.0 if len(one.rows) == 2 else MOST_OF_THEM)
    return chance * (1.0 - chance) / 7


def _occurrences(one: Together, history: History, weekly: Weekly) -> tuple[Occurrence, ...]:
    """Each week in which all got worse, with the figures of that week."""
    ends = weekly.week_ends()
    found = []
    for week in one.weeks.tolist():
        each = max(1, EVENTS_OF_ONE // len(one.rows))
        positions = np.concatenate([weekly.figures(row, week + 1)[:each] for row in one.rows[:EVENTS_OF_ONE]])
        if len(positions):
            at = min(int(ends[week]), int(history.metrics.at[positions].max()))
            found.append(Occurrence(at, tuple(sorted(history.metrics.seq[positions].tolist()))))
    return tuple(found)


def _fact(row: int, one: Together, history: History, weekly: Weekly) -> Fact:
    name = history.metric_names[weekly.name[row]]
    system = history.systems[weekly.system[row]]
    top, bottom = (_at(row, week, weekly) for week in one.period)
    begin, end = (_day(week, weekly) for week in one.period)
    weeks = int(np.isfinite(weekly.change[row]).sum())
    worse = int((weekly.change[row] < 0).sum())
    figures = np.sort(weekly.figure[weekly.row == row])
    return Fact(
        system=system,
        data_point=f"{name}: {top:.3g} in the week of {begin}, {bottom:.3g} in that of {end}; worse in {worse} of {weeks} weeks",
        kind="metric",
        seqs=tuple(history.metrics.seq[figures].tolist()),
    )


def _at(row: int, week: int, weekly: Weekly) -> float:
    """The weekly mean as it was told; of a week without figures the nearest before."""
    there = np.flatnonzero(np.isfinite(weekly.level[row]))
    before = there[there <= week]
    return float(weekly.level[row, before[-1] if len(before) else there[0]] * weekly.turned[row])


def _day(week: int, weekly: Weekly) -> str:
    return at_microseconds(weekly.begin + week * WEEK)[:10]


def _description(one: Together, identity: Identity, weekly: Weekly, shared: tuple[str, ...]) -> str:
    begin, end = (_day(week, weekly) for week in one.period)
    rest = f" All depend on {_list(shared)}." if shared else " Nothing is registered that all of them depend on."
    if one.known_as is not None and one.p_value >= 1.0:
        return (
            f"{_list(identity.systems)} got worse in the same week again ({identity.subject}), {len(one.weeks)} times between the "
            f"weeks of {begin} and {end}; that alone can be coincidence.{rest}"
        )
    if one.everybody:
        return (
            f"{len(identity.systems)} systems get worse in the same weeks, most of those that report quality, between the weeks "
            f"of {begin} and {end}; each follows the common movement (correlation {one.r:.2f} in the middle).{rest}"
        )
    return (
        f"{_list(identity.systems)} get worse in the same weeks ({identity.subject}): {len(one.weeks)} weeks, most between those "
        f"of {begin} and {end}; their weekly changes go together (correlation {one.r:.2f}).{rest}"
    )


def _recommendation(identity: Identity, fleet: Fleet, shared: tuple[str, ...]) -> str:
    if not shared:
        return (
            f"Look for what {_list(identity.systems)} have in common: a model, a vendor, an input that isn't registered. "
            "Register what they read, and this can be told from coincidence."
        )
    writers = sorted(name for name, member in fleet.members.items() if member.writes.intersection(shared))
    by = f" (written by {_list(writers)})" if writers else ""
    return (
        f"Look at what changed in {_list(shared)}{by} before the fall, and watch its quality there: a check at the source "
        "shows it to all at once."
    )


def _list(names: Sequence[str]) -> str:
    return listed(names, NAMED, MORE)
