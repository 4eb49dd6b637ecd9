"""The chance of each failure to come after a cause, were it permuted over its system's own rhythm.

Failures in reported runs are permuted over the runs of that system in the same class of hours: two schedules that start
together prove nothing. Failures that keep to a time of day or to a minute of the hour (a schedule that is not reported)
are permuted over the days or hours at that time; all others over the time of their class of hours.
"""

from dataclasses import dataclass

import numpy as np

from server.patterns.cascade.episodes import DAY, HOUR, MINUTE, Moments
from server.patterns.cascade.rhythm import CLASSES, Hours, covered
from server.patterns.history import Bools, Floats, Ints, Runs
from server.patterns.significance import Urn, rough_tail

_FEWEST_ALIKE = 4
_LUMPED_FROM = 1e-3
_FEWEST_WEEKDAYS = 3
"""A time of day that is kept to on fewer weekdays is a weekly matter, which the rhythm must not explain away."""
_FEWEST_HOURS = 3
_MOST_EXACT = 256


@dataclass(frozen=True)
class Chances:
    """What chance gives: independent trials, `number` of them with each chance, and draws from urns."""

    chance: Floats
    number: Ints
    urns: tuple[Urn, ...] = ()

    @property
    def mean(self) -> float:
        """Co-occurrences by chance."""
        return float((self.chance * self.number).sum()) + sum(urn.mean for urn in self.urns)

    @property
    def each(self) -> tuple[Floats, Ints]:
        """The same with every urn as independent trials."""
        chance = np.array([urn.marked / urn.places for urn in self.urns])
        number = np.array([urn.drawn for urn in self.urns], dtype=np.int64)
        return np.concatenate([self.chance, chance]), np.concatenate([self.number, number])


@dataclass(frozen=True)
class Bound:
    """Failures bound to anchors: starts of runs, of days or of hours."""

    anchors: Ints
    anchor_class: Ints
    weight: Floats
    classes: Ints
    """Of each failure."""
    offsets: Ints
    """After its anchor; to the minute where there are many."""


@dataclass(frozen=True)
class Places:
    """Where a system's failures could as well have come: groups of equal chance under the null."""

    shape: Floats
    """Expected failures by hour."""
    loose: Ints
    """Failures by class of hours that may come at any time."""
    bound: tuple[Bound, ...]


def places_of(system: int, episodes: Moments, runs: Runs, shape: Floats, hours: Hours, own_time: bool = True) -> Places:
    """Where the episodes of one system could have come; without `own_time` any minute of the hour was as likely."""
    in_run = episodes.run >= 0
    daily = hourly = np.zeros(len(in_run), dtype=bool)
    if own_time:
        daily = ~in_run & keeps_to_time_of_day(episodes.at)
        hourly = ~in_run & ~daily & keeps_to_minutes(episodes.at)
    loose = np.bincount(hours.classes[hours.of(episodes.at[~in_run & ~daily & ~hourly])], minlength=CLASSES)
    usual = _usual(shape, hours)
    bound = []
    if in_run.any():
        began, ended = np.searchsorted(runs.system, [system, system + 1])
        own = runs.started[began:ended]
        bound.append(_bound(own, runs.started[episodes.run[in_run]], episodes.at[in_run], usual, hours))
    if daily.any():
        days = np.unique(hours.edges[:-1] // DAY) * DAY
        noon = np.where(hours.classes[hours.of(days + DAY // 2)] >= 24, 1, 0)
        at = episodes.at[daily] // DAY * DAY
        place = np.searchsorted(days, at)
        bound.append(Bound(days, noon, np.ones(len(days)), noon[place], _rounded(episodes.at[daily] - at)))
    if hourly.any():
        starts = hours.edges[:-1]
        at = starts[hours.of(episodes.at[hourly])]
        bound.append(_bound(starts, at, episodes.at[hourly], usual, hours))
    return Places(shape, loose, tuple(bound))


def _bound(anchors: Ints, at: Ints, moments: Ints, usual: Floats, hours: Hours) -> Bound:
    hour = hours.of(anchors)
    return Bound(anchors, hours.classes[hour], usual[hour], hours.classes[hours.of(at)], _rounded(moments - at))


def _rounded(offsets: Ints) -> Ints:
    if len(np.unique(offsets)) <= _MOST_EXACT:
        return offsets
    return offsets // MINUTE * MINUTE + np.where(offsets > 0, MINUTE // 2, 0)


def _usual(shape: Floats, hours: Hours) -> Floats:
    """How an hour compares with its class: above 1 in bad spells, 0 before the system was heard of."""
    total = np.bincount(hours.classes, weights=shape, minlength=CLASSES)
    number = np.bincount(hours.classes, weights=shape > 0, minlength=CLASSES)
    mean = (total / np.maximum(number, 1))[hours.classes]
    return np.where(mean > 0, np.round(shape / np.maximum(mean, 1e-12), 9), 0.0)


def keeps_to_time_of_day(at: Ints) -> Bools:
    """Which moments come within minutes of one time of day far more often than in the hours around, on several weekdays."""
    near, ring = _alike(at % DAY, DAY, 8 * MINUTE, HOUR)
    lumped = _is_lump(near, ring, 16 / 120)
    if not lumped.any():
        return lumped
    time_of_day = at % DAY
    order = np.argsort(time_of_day[lumped], kind="stable")
    chosen = np.flatnonzero(lumped)[order]
    cluster = np.cumsum(np.concatenate([[0], np.diff(time_of_day[chosen]) > 10 * MINUTE]))
    weekday = (at[chosen] // DAY) % 7
    kinds = np.zeros((int(cluster[-1]) + 1, 7), dtype=bool)
    kinds[cluster, weekday] = True
    kept = np.zeros(len(at), dtype=bool)
    kept[chosen] = kinds.sum(axis=1)[cluster] >= _FEWEST_WEEKDAYS
    return kept


def keeps_to_minutes(at: Ints) -> Bools:
    """Which moments come at one minute of the hour far more often than at others, in several hours of the day."""
    near, ring = _alike(at % HOUR, HOUR, 3 * MINUTE, 29 * MINUTE)
    lumped = _is_lump(near, ring, 6 / 58)
    hours = np.unique(at[lumped] % DAY // HOUR)
    return lumped if len(hours) >= _FEWEST_HOURS else np.zeros(len(at), dtype=bool)


def _alike(phase: Ints, period: int, near: int, far: int) -> tuple[Floats, Floats]:
    """For each phase on the circle: how many others lie near, and how many lie within the wider ring, near ones included."""
    around = np.sort(np.concatenate([phase - period, phase, phase + period]))

    def within(distance: int) -> Floats:
        count = np.searchsorted(around, phase + distance, "right") - np.searchsorted(around, phase - distance, "left")
        return (count - 1).astype(np.float64)

    return within(near), within(far)


def _is_lump(near: Floats, ring: Floats, chance: float) -> Bools:
    lump: Bools = (near >= _FEWEST_ALIKE - 1) & (rough_tail(near, ring, ring * chance) < _LUMPED_FROM)
    return lump


def chances(places: Places, causes: Ints, window: int, hours: Hours, cover: Floats) -> Chances:
    """The chances of the failures to come within the window after a cause, and how many have each.

    `causes` are the cause's moments, ascending; `cover` is what part of each hour lies within the window after one.
    """
    weighted = np.bincount(hours.classes, weights=places.shape * cover, minlength=CLASSES)
    total = np.bincount(hours.classes, weights=places.shape, minlength=CLASSES)
    loose = places.loose > 0
    groups, counts = [(weighted / np.maximum(total, 1e-12))[loose]], [places.loose[loose]]
    urns: list[Urn] = []
    for bound in places.bound:
        plain = bool((bound.weight == 1.0).all())
        all_weight = np.bincount(bound.anchor_class, weights=bound.weight, minlength=CLASSES)
        offsets, which = np.unique(bound.offsets, return_inverse=True)
        for position, offset in enumerate(offsets.tolist()):
            exposed = exposed_at(bound.anchors + offset, causes, window)
            hit = np.bincount(bound.anchor_class, weights=bound.weight * exposed, minlength=CLASSES)
            number = np.bincount(bound.classes[which == position], minlength=CLASSES)
            drawn = np.flatnonzero(number)
            if plain and len(offsets) == 1 and (number <= all_weight).all():
                urns += [Urn(round(hit[one]), round(all_weight[one]), int(number[one])) for one in drawn.tolist()]
            else:
                groups.append(hit[drawn] / np.maximum(all_weight[drawn], 1e-12))
                counts.append(number[drawn])
    return Chances(np.minimum(np.concatenate(groups), 1.0), np.concatenate(counts), tuple(urns))


def exposed_at(moments: Ints, causes: Ints, window: int) -> Floats:
    """1 where a cause lies within the window before the moment, else 0; `causes` ascend."""
    if not len(causes):
        return np.zeros(len(moments))
    last = np.searchsorted(causes, moments, side="left") - 1
    return np.where(last >= 0, moments - causes[np.maximum(last, 0)] <= window, False).astype(np.float64)


def cover_of(causes: Ints, window: int, hours: Hours) -> Floats:
    """What part of each hour lies within the window after a cause."""
    return covered(causes, window, hours.edges)
