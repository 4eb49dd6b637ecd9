"""When a system was at work, and whether another began in the midst of it by chance."""

from dataclasses import dataclass

import numpy as np

from server.patterns.access.intervals import covered
from server.patterns.found import LEAST_LIFT
from server.patterns.history import Bools, History, Ints
from server.patterns.significance import upper_tail

SECTORS = 12
"""Parts of a cycle that are told apart."""
LEAST_CONCENTRATION = 3.0
"""How many times its share of the starts a twelfth of the cycle must hold, so that one schedule counts as tied to the other."""


@dataclass(frozen=True)
class Activity:
    """Runs, reads or writes of one system, by their beginning."""

    seq: Ints
    started: Ints
    finished: Ints
    failed: Bools

    def lasting(self) -> "Activity":
        """Without those of which only a moment is known."""
        chosen = self.finished > self.started
        return Activity(self.seq[chosen], self.started[chosen], self.finished[chosen], self.failed[chosen])


@dataclass(frozen=True)
class Tie:
    """How surely the starts of one system fall into another's work other than by chance."""

    p_value: float
    lift: float
    by_chance_a_day: float


def runs_of(history: History, system: int) -> Activity:
    """All runs of a system."""
    runs = history.runs
    begin, end = np.searchsorted(runs.system, [system, system + 1])
    return Activity(runs.seq[begin:end], runs.started[begin:end], runs.finished[begin:end], runs.failed[begin:end])


def accesses_of(history: History, system: int, resources: Ints, *, write: bool) -> Activity:
    """The reads or writes of a system at any of the resources, by their beginning."""
    accesses = history.accesses
    begin, end = np.searchsorted(accesses.system, [system, system + 1])
    there = np.isin(accesses.resource[begin:end], resources) & (accesses.write[begin:end] == write)
    rows = begin + np.flatnonzero(there)
    return Activity(accesses.seq[rows], accesses.started[rows], accesses.finished[rows], np.zeros(len(rows), bool))


def under_way(work: Activity, moments: Ints) -> Ints:
    """For each moment the piece of work that was under way then and ends last, as its position; -1 where there was none.

    What begins in the moment is under way, what ends in it is not.
    """
    if not len(work.started):
        return np.full(len(moments), -1)
    reach = np.maximum.accumulate(work.finished)
    further = np.concatenate([[True], work.finished[1:] > reach[:-1]])
    longest = np.maximum.accumulate(np.where(further, np.arange(len(reach)), 0))
    before = np.searchsorted(work.started, moments, side="right") - 1
    inside = (before >= 0) & (reach[before] > moments)
    return np.where(inside, longest[before], -1)


def share_of_time(work: Activity, since: int, until: int) -> float:
    """The part of the time between two moments in which the work was under way."""
    begins, ends = covered(work.started, work.finished)
    length = np.minimum(ends, until) - np.maximum(begins, since)
    return float(length[length > 0].sum()) / max(1, until - since)


def apart(moments: Ints, gap: int) -> Ints:
    """The moments that remain when one that follows another within the gap is left out; `moments` ascend."""
    if len(moments) < 2 or gap <= 0 or bool((np.diff(moments) >= gap).all()):
        return moments
    following = np.searchsorted(moments, moments + gap).tolist()
    kept, place = [], 0
    while place < len(following):
        kept.append(place)
        place = following[place]
    return moments[kept]


def tie(work: Activity, moments: Ints, share: float, days: float) -> Tie | None:
    """The better of two answers, at the price of having asked twice; None where neither stands out in size."""
    asked = [one for one in (_by_share(work, moments, share, days), _by_cycle(work, moments)) if one is not None]
    if not asked:
        return None
    best = min(asked, key=lambda one: (one.p_value, one.by_chance_a_day))
    return Tie(min(1.0, 2 * best.p_value), best.lift, best.by_chance_a_day)


def _by_share(work: Activity, moments: Ints, share: float, days: float) -> Tie | None:
    """The moments against the share of time in which there was work: would any moments fall into it as often?"""
    starts = apart(moments, int(np.median(work.finished - work.started)))
    hits = int(np.count_nonzero(under_way(work, starts) >= 0))
    lift = hits / len(starts) / share
    if lift < LEAST_LIFT:
        return None
    return Tie(binomial_tail(hits, len(starts), share), lift, share * len(starts) / days)


def _by_cycle(work: Activity, moments: Ints) -> Tie | None:
    """The moments against the cycle of the work: do they keep to one part of it, as the next step of a chain does?

    Of two schedules that are tied to each other in this way each overlap is one step getting ahead of the other, however
    rare; chance gives none.
    """
    cycles = np.diff(work.started)
    typical = max(1, int(np.median(cycles))) if len(cycles) else 0
    starts = apart(moments, typical // SECTORS)
    before = np.searchsorted(work.started, starts, side="right") - 1
    starts, before = starts[before >= 0], before[before >= 0]
    if not typical or not len(starts):
        return None
    length = np.maximum(1, np.concatenate([cycles, [typical]]))[before]
    phase = (starts - work.started[before]) / length * SECTORS
    counts = [np.bincount(np.floor(phase + shift).astype(np.int64) % SECTORS, minlength=SECTORS) for shift in (0, 0.5)]
    most = int(max(count.max() for count in counts))
    lift = SECTORS * most / len(starts)
    if lift < LEAST_CONCENTRATION:
        return None
    return Tie(min(1.0, 2 * SECTORS * binomial_tail(most, len(starts), 1 / SECTORS)), lift, 0.0)


def binomial_tail(hits: int, trials: int, chance: float) -> float:
    """The probability of that many hits or more."""
    return upper_tail(np.array([chance]), np.array([trials]), hits)
