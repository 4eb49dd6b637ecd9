"""The chance of each failure to come after a cause, were it permuted over its system's own rhythm.

Failures in reported runs are permuted over the runs of that system in the same class of hours: two schedules that start
together prove nothing. Failures that keep to certain minutes of the hour (a schedule that is not reported) are permuted
over hours at their minute; all others over the time of their class of hours.
"""

from dataclasses import dataclass

import numpy as np

from server.patterns.episodes import HOUR, MINUTE, Moments
from server.patterns.history import Floats, Ints, Runs
from server.patterns.rhythm import CLASSES, Hours, covered

_FEWEST_FOR_MINUTES = 8
_MINUTES_TOGETHER = 5
_LUMPED_FROM = 1e-4
_FEWEST_HOURS = 3
_MOST_EXACT = 256


@dataclass(frozen=True)
class Places:
    """Where a system's failures could as well have come: groups of equal chance under the null."""

    system: int
    shape: Floats
    """Expected failures by hour."""
    loose: Ints
    """Failures by class of hours that may come at any time."""
    anchors: Ints
    """Moments that bound failures could have belonged to: starts of runs, or of hours."""
    anchor_class: Ints
    anchor_weight: Floats
    bound_class: Ints
    """Of each bound failure."""
    bound_offset: Ints
    """After its anchor; to the minute where there are many."""


def places_of(system: int, episodes: Moments, runs: Runs, shape: Floats, hours: Hours) -> Places:
    """Where the episodes of one system could have come."""
    in_run = episodes.run >= 0
    hour = hours.of(episodes.at)
    loose = np.bincount(hours.classes[hour[~in_run]], minlength=CLASSES)
    began, ended = np.searchsorted(runs.system, [system, system + 1])
    anchors = runs.started[began:ended]
    bound = in_run
    at = np.where(in_run, runs.started[np.maximum(episodes.run, 0)] if len(runs.seq) else 0, 0)
    usual = _usual(shape, hours)
    weight = usual[hours.of(anchors)]
    if not in_run.any() and keeps_to_minutes(episodes.at):
        anchors, bound = hours.edges[:-1], ~in_run
        at, weight, loose = hours.edges[hour], usual, np.zeros_like(loose)
    offset = (episodes.at - at)[bound]
    if len(offset) > _MOST_EXACT:
        offset = offset // MINUTE * MINUTE + np.where(offset > 0, MINUTE // 2, 0)
    return Places(
        system, shape, loose, anchors, hours.classes[hours.of(anchors)], weight,
        hours.classes[hours.of(at[bound])], offset,
    )  # fmt: skip


def _usual(shape: Floats, hours: Hours) -> Floats:
    """How an hour compares with its class: above 1 on bad days, 0 before the system was heard of."""
    total = np.bincount(hours.classes, weights=shape, minlength=CLASSES)
    number = np.bincount(hours.classes, weights=shape > 0, minlength=CLASSES)
    mean = total / np.maximum(number, 1)
    return np.where(mean[hours.classes] > 0, shape / np.maximum(mean[hours.classes], 1e-12), 0.0)


def keeps_to_minutes(at: Ints) -> bool:
    """Whether moments come at certain minutes of the hour, in several hours of the day, beyond chance."""
    minute = at // MINUTE % 60
    hour = at // HOUR % 24
    once = len(np.unique(hour * 60 + minute))
    if once < _FEWEST_FOR_MINUTES or len(np.unique(hour)) < _FEWEST_HOURS:
        return False
    distinct = np.unique(hour * 60 + minute) % 60
    counts = np.bincount(distinct, minlength=60)
    ring = np.concatenate([counts, counts[: _MINUTES_TOGETHER - 1]])
    most = int(np.convolve(ring, np.ones(_MINUTES_TOGETHER, dtype=np.int64), "valid").max())
    share, chance = most / once, _MINUTES_TOGETHER / 60
    if share <= chance:
        return False
    distance = share * np.log(share / chance) + (1 - share) * np.log(max(1 - share, 1e-12) / (1 - chance))
    return bool(60 * np.exp(-once * distance) < _LUMPED_FROM)


def chances(places: Places, causes: Ints, window: int, hours: Hours, cover: Floats) -> tuple[Floats, Ints]:
    """The chances of the failures to come within the window after a cause, and how many have each.

    `causes` are the cause's moments, ascending; `cover` is what part of each hour lies within the window after one.
    """
    weighted = np.bincount(hours.classes, weights=places.shape * cover, minlength=CLASSES)
    total = np.bincount(hours.classes, weights=places.shape, minlength=CLASSES)
    loose = weighted / np.maximum(total, 1e-12)
    groups, counts = [loose[places.loose > 0]], [places.loose[places.loose > 0]]
    if len(places.bound_class):
        offsets, which = np.unique(places.bound_offset, return_inverse=True)
        all_weight = np.bincount(places.anchor_class, weights=places.anchor_weight, minlength=CLASSES)
        for position, offset in enumerate(offsets.tolist()):
            exposed = exposed_at(places.anchors + offset, causes, window)
            hit = np.bincount(places.anchor_class, weights=places.anchor_weight * exposed, minlength=CLASSES)
            chance = hit / np.maximum(all_weight, 1e-12)
            number = np.bincount(places.bound_class[which == position], minlength=CLASSES)
            groups.append(chance[number > 0])
            counts.append(number[number > 0])
    return np.minimum(np.concatenate(groups), 1.0), np.concatenate(counts)


def exposed_at(moments: Ints, causes: Ints, window: int) -> Floats:
    """1 where a cause lies within the window before the moment, else 0; `causes` ascend."""
    if not len(causes):
        return np.zeros(len(moments))
    last = np.searchsorted(causes, moments, side="left") - 1
    return np.where(last >= 0, moments - causes[np.maximum(last, 0)] <= window, False).astype(np.float64)


def cover_of(causes: Ints, window: int, hours: Hours) -> Floats:
    """What part of each hour lies within the window after a cause."""
    return covered(causes, window, hours.edges)
