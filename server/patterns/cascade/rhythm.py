"""Each system's own rhythm: when its failures come, hour by hour of workdays and weekends, and on bad days."""

from dataclasses import dataclass

import numpy as np

from server.patterns.cascade.episodes import HOUR
from server.patterns.history import Bools, Floats, History, Ints

CLASSES = 48
"""24 hours of workdays, 24 of weekends. Not the hour of the week: that would explain a weekly cascade away."""
_SPELL_HOURS = 3
_HOURS_TOGETHER = 2
_FAR_WORSE = 3.0
_BAD_SPELLS_FROM = 3.0
"""Standard errors by which counts must scatter more than by chance before spells are told apart."""


@dataclass(frozen=True)
class Hours:
    """The hours looked at, whole ones of UTC."""

    begin: int
    count: int
    classes: Ints
    """Of each hour: 0 to 23 on workdays, 24 to 47 at weekends."""
    days: Ints
    """Of each hour: the day, from 0."""

    @property
    def edges(self) -> Ints:
        """Where the hours begin and the last one ends."""
        return self.begin + HOUR * np.arange(self.count + 1)

    def of(self, at: Ints) -> Ints:
        """The hour of each moment; what lies outside is put to the first or last."""
        return np.clip((at - self.begin) // HOUR, 0, self.count - 1)


def hours_of(since: int, until: int) -> Hours:
    """The hours of a time."""
    begin = since - since % HOUR
    count = max(1, -(-(until - begin) // HOUR))
    hour = begin // HOUR + np.arange(count)
    weekend = (hour // 24 + 3) % 7 >= 5
    day = hour // 24
    return Hours(begin, int(count), hour % 24 + 24 * weekend, day - day[0])


def active_hours(history: History, hours: Hours) -> Ints:
    """The first and last hour in which each system told anything, as an array of pairs."""
    pairs = np.tile(np.array([hours.count, -1]), (len(history.systems), 1))
    tables = (
        (history.runs.system, history.runs.started),
        (history.troubles.system, history.troubles.at),
        (history.metrics.system, history.metrics.at),
        (history.accesses.system, history.accesses.started),
    )
    for system, at in tables:
        hour = hours.of(at)
        np.minimum.at(pairs[:, 0], system, hour)
        np.maximum.at(pairs[:, 1], system, hour)
    slack = hours.count // 10
    pairs[pairs[:, 0] <= slack, 0] = 0
    pairs[pairs[:, 1] >= hours.count - 1 - slack, 1] = hours.count - 1
    return pairs


def expected_shape(moments: Ints, hours: Hours, active: Ints, everywhere: Floats) -> Floats:
    """How many of a system's moments its own rhythm puts into each hour; they sum to their number.

    Each class of hours keeps its number; within a class they spread evenly over the hours in which the system was
    heard of (`active`, first and last), but for spells that are bad beyond chance, for it or `everywhere`.
    """
    if not len(moments):
        return np.zeros(hours.count)
    mine = hours.of(moments)
    weight = np.zeros(hours.count)
    weight[active[0] : active[1] + 1] = 1.0
    weight *= everywhere
    weight *= _bad_spells(mine, hours, weight)
    in_class = np.bincount(hours.classes[mine], minlength=CLASSES)
    total = np.bincount(hours.classes, weights=weight, minlength=CLASSES)
    shape: Floats = weight * (in_class / np.maximum(total, 1e-9))[hours.classes]
    return shape


def bad_everywhere(system: Ints, at: Ints, hours: Hours) -> Floats:
    """A factor for each hour: above 1 where far more systems fail at once than do at such hours, as on a day of deploys."""
    block = np.arange(hours.count) // _HOURS_TOGETHER
    number, mine = int(block[-1]) + 1, hours.of(at)
    failing = np.unique(system * number + block[mine]) % number
    seen = np.bincount(failing, minlength=number).astype(np.float64)
    by_class = np.bincount(hours.classes, weights=seen[block], minlength=CLASSES)
    usual = (by_class / np.maximum(np.bincount(hours.classes, minlength=CLASSES), 1))[hours.classes]
    usual_seen = np.bincount(block, weights=usual, minlength=number) / np.maximum(np.bincount(block), 1)
    bad = seen >= usual_seen + 4.0 * np.sqrt(usual_seen) + 2.0
    factor: Floats = np.where(bad, seen / np.maximum(usual_seen, 1e-9), 1.0)[block]
    return factor


def _bad_spells(mine: Ints, hours: Hours, weight: Floats) -> Floats:
    """A factor for each hour: above 1 in spells with more moments than the rhythm gives, shrunk by how much spells differ."""
    spell = (hours.begin // HOUR + np.arange(hours.count)) // _SPELL_HOURS
    spell -= spell[0]
    number = int(spell[-1]) + 1
    in_class = np.bincount(hours.classes[mine], minlength=CLASSES)
    total = np.bincount(hours.classes, weights=weight, minlength=CLASSES)
    usual = np.bincount(spell, weights=weight * (in_class / np.maximum(total, 1e-9))[hours.classes], minlength=number)
    seen = np.bincount(spell[mine], minlength=number).astype(np.float64)
    excess = float(((seen - usual) ** 2 - seen).sum())
    noise = float(np.sqrt(2.0 * (usual**2).sum() + usual.sum()))
    if excess <= _BAD_SPELLS_FROM * noise:
        return np.ones(hours.count)
    strength = float((usual**2).sum()) / excess
    factor = (seen + strength) / (usual + strength)
    plainly = seen >= usual + 4.0 * np.sqrt(usual) + 2.0
    factor[plainly] = (seen / np.maximum(usual, 1e-9))[plainly]
    return factor[spell]


def bad_hours(shape: Floats, hours: Hours) -> Bools:
    """The hours of spells that are far worse than the same hours on other days."""
    usual = np.zeros(CLASSES)
    for kind in range(CLASSES):
        same = shape[hours.classes == kind]
        usual[kind] = np.median(same[same > 0]) if (same > 0).any() else 0.0
    bad: Bools = shape > _FAR_WORSE * np.maximum(usual[hours.classes], 1e-12)
    return bad


def covered(causes: Ints, window: int, edges: Ints) -> Floats:
    """The part of each bin that lies within `window` after a cause; `causes` and `edges` ascend."""
    if not len(causes):
        return np.zeros(len(edges) - 1)
    ends = causes + window
    ends[:-1] = np.minimum(ends[:-1], causes[1:])
    lengths = np.concatenate([[0], np.cumsum(ends - causes)])
    last = np.searchsorted(causes, edges, side="right") - 1
    clipped = np.maximum(last, 0)
    partial = np.minimum(edges - causes[clipped], ends[clipped] - causes[clipped])
    until_edge = np.where(last >= 0, lengths[clipped] + partial, 0)
    share: Floats = np.diff(until_edge) / np.diff(edges)
    return share
