"""Counts, for every pair of systems at once, how often failures of one came after moments of the other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.patterns.cascade.episodes import MINUTE, Moments
from server.patterns.history import Bools, Ints

WINDOWS = (5 * MINUTE, 15 * MINUTE, 30 * MINUTE)
DELAYS = tuple(minutes * MINUTE for minutes in (5, 10, 15, 20, 25))
"""After so long, windows of five minutes are tried as well where systems fail too often for wider ones to tell anything."""
Counted = npt.NDArray[np.int32]
_PORTION = 2_000_000
"""Pairs of moments that are looked at together; it bounds memory."""


@dataclass(frozen=True)
class Counts:
    """Systems by systems, effect by cause."""

    together: tuple[Counted, ...]
    """For each window: episodes of the effect with a cause within it before them."""
    matched: Counted
    """One to one within the widest window: each cause moment and each episode counted once."""


def next_of_system(moments: Moments) -> Ints:
    """When each moment is followed by another of the same system; far in the future for the last."""
    follows = np.full(len(moments), np.iinfo(np.int64).max)
    same = moments.system[1:] == moments.system[:-1]
    follows[:-1][same] = moments.at[1:][same]
    return follows


def previous_of_system(moments: Moments) -> Ints:
    """When each moment was preceded by another of the same system; far in the past for the first."""
    before = np.full(len(moments), np.iinfo(np.int64).min)
    same = moments.system[1:] == moments.system[:-1]
    before[1:][same] = moments.at[:-1][same]
    return before


def count_pairs(effects: Moments, causes: Moments, systems: int, windows: tuple[int, ...] = WINDOWS) -> Counts:
    """How often each system's episodes came after each other system's moments; what is simultaneous does not count."""
    size = systems * systems
    classes = np.zeros((len(windows), size), dtype=np.int32)
    matched = np.zeros(size, dtype=np.int32)
    for code, distance, first in _together(effects, causes, systems, windows[-1]):
        nearest = np.searchsorted(np.array(windows), distance)
        for window in range(len(windows)):
            classes[window] += np.bincount(code[nearest == window], minlength=size).astype(np.int32)
        matched += np.bincount(code[first], minlength=size).astype(np.int32)
    square = (systems, systems)
    together = np.cumsum(classes, axis=0, dtype=np.int32)
    return Counts(tuple(one.reshape(square) for one in together), matched.reshape(square))


def _together(effects: Moments, causes: Moments, systems: int, widest: int) -> Iterator[tuple[Ints, Ints, Bools]]:
    """In portions: the pair's number, how long before, and whether the episode is the first since that moment."""
    by_time = np.argsort(effects.at, kind="stable")
    effect_at, effect_of = effects.at[by_time], effects.system[by_time]
    before = previous_of_system(effects)[by_time]
    causes_by_time = np.argsort(causes.at, kind="stable")
    cause_at, cause_of = causes.at[causes_by_time], causes.system[causes_by_time]
    follows = next_of_system(causes)[causes_by_time]
    low = np.searchsorted(cause_at, effect_at - widest, side="left")
    high = np.searchsorted(cause_at, effect_at, side="left")
    ends = np.cumsum(high - low)
    begin = 0
    while begin < len(effect_at):
        done = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _PORTION, side="right")))
        lengths = (high - low)[begin:end]
        effect = np.repeat(np.arange(begin, end), lengths)
        offset = np.arange(len(effect)) - np.repeat(ends[begin:end] - lengths - done, lengths)
        cause = np.repeat(low[begin:end], lengths) + offset
        latest = (follows[cause] >= effect_at[effect]) & (cause_of[cause] != effect_of[effect])
        effect, cause = effect[latest], cause[latest]
        yield (
            effect_of[effect] * systems + cause_of[cause],
            effect_at[effect] - cause_at[cause],
            before[effect] <= cause_at[cause],
        )
        begin = end
