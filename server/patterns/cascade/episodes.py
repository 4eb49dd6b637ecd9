"""Failures and what may set them off, as moments: a burst of troubles is one episode."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from server.patterns.history import Bools, History, Ints

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_SHORTEST_GAP = 2 * MINUTE
_LONGEST_GAP = 30 * MINUTE
_PART_OF_GAP = 10
"""Troubles nearer together than this part of the mean distance between episodes are one episode."""
_FEWEST_RUNS = 12
_TIMES_LONGER = 3.0
_ODD = 0.25
"""The largest part of a system's runs that can be unlike the others."""
_AFTER_RUN = MINUTE
"""A trouble this long after the end of a run still belongs to it."""
_BEFORE_END = 2 * MINUTE
"""And this long before the end of a run of which only the end was told."""


@dataclass(frozen=True)
class Moments:
    """Things that happened, by system and then by time."""

    system: Ints
    at: Ints
    seq: Ints
    run: Ints
    """Position in `History.runs` of the run that it belongs to, else -1."""
    source: Ints
    severity: Ints

    def __len__(self) -> int:
        return len(self.at)

    def only(self, chosen: Bools | Ints | slice) -> "Moments":
        """Some of them, in the same order."""
        return Moments(
            self.system[chosen],
            self.at[chosen],
            self.seq[chosen],
            self.run[chosen],
            self.source[chosen],
            self.severity[chosen],
        )

    def later(self, delay: int) -> "Moments":
        """The same, so much later."""
        if not delay:
            return self
        return Moments(self.system, self.at + delay, self.seq, self.run, self.source, self.severity)

    def bounds(self, systems: int) -> Ints:
        """Where each system's moments begin; those of system i are [bounds[i], bounds[i + 1])."""
        return np.searchsorted(self.system, np.arange(systems + 1))


def run_starts(history: History) -> Moments:
    """Every run, at its beginning."""
    runs = history.runs
    none = np.full(len(runs.seq), -1)
    return Moments(runs.system, runs.started, runs.seq, np.arange(len(runs.seq)), none, np.zeros_like(none))


def odd_runs(history: History) -> Moments:
    """Runs unlike most of their system's: far longer, or at another minute of the hour (a weekly refresh among hourly runs)."""
    runs, starts = history.runs, run_starts(history)
    odd = np.zeros(len(runs.seq), dtype=bool)
    bounds = starts.bounds(len(history.systems)).tolist()
    for begin, end in pairwise(bounds):
        if end - begin < _FEWEST_RUNS:
            continue
        lasted = runs.finished[begin:end] - runs.started[begin:end]
        strange = lasted > np.maximum(_TIMES_LONGER * np.median(lasted), np.median(lasted) + MINUTE)
        if not 0 < strange.sum() <= _ODD * (end - begin):
            ten_minutes = runs.started[begin:end] // (10 * MINUTE) % 6
            usual = np.bincount(ten_minutes, minlength=6) >= _ODD * (end - begin) / 6
            strange = ~usual[ten_minutes]
        odd[begin:end] = strange & (strange.sum() <= _ODD * (end - begin))
    return starts.only(odd)


def failures(history: History) -> Moments:
    """Failed runs at their beginning, errors and incidents; what belongs to a failed run is told by that run."""
    runs, troubles = history.runs, history.troubles
    failed = np.flatnonzero(runs.failed)
    owner = _owning_run(history)
    apart = (owner < 0) | ~runs.failed[owner] if len(runs.seq) else np.ones(len(troubles.seq), dtype=bool)
    system = np.concatenate([runs.system[failed], troubles.system[apart]])
    at = np.concatenate([runs.started[failed], troubles.at[apart]])
    seq = np.concatenate([runs.seq[failed], troubles.seq[apart]])
    order = np.lexsort([seq, at, system])
    return Moments(
        system[order],
        at[order],
        seq[order],
        np.concatenate([failed, owner[apart]])[order],
        np.concatenate([np.full(len(failed), -1), troubles.source[apart]])[order],
        np.concatenate([np.full(len(failed), 2), troubles.severity[apart]])[order],
    )


def _owning_run(history: History) -> Ints:
    """The run in which each trouble happened, -1 for none."""
    runs, troubles = history.runs, history.troubles
    if not len(runs.seq) or not len(troubles.seq):
        return np.full(len(troubles.seq), -1)
    begin = min(int(runs.started.min()), int(troubles.at.min()))
    span = max(int(runs.finished.max()), int(troubles.at.max())) - begin + DAY
    started = runs.system * span + (runs.started - begin)
    last = np.searchsorted(started, troubles.system * span + (troubles.at - begin), side="right") - 1
    clipped = np.maximum(last, 0)
    inside = (last >= 0) & (runs.system[clipped] == troubles.system)
    inside &= troubles.at <= runs.finished[clipped] + _AFTER_RUN
    following = np.minimum(last + 1, len(runs.seq) - 1)
    ending = (runs.system[following] == troubles.system) & (runs.started[following] == runs.finished[following])
    ending &= (runs.started[following] > troubles.at) & (runs.started[following] - troubles.at <= _BEFORE_END)
    return np.where(inside, clipped, np.where(ending, following, -1))


def episodes(moments: Moments, systems: int, span: int, by_source: bool = False) -> Moments:
    """The first moment of each burst. What counts as one burst follows from each system's own rhythm.

    `span` is the time looked at, in microseconds; with `by_source` each component or device has bursts of its own.
    """
    if not len(moments):
        return moments
    if by_source:
        moments = moments.only(np.lexsort([moments.seq, moments.at, moments.source, moments.system]))
    same = moments.system[1:] == moments.system[:-1]
    if by_source:
        same &= moments.source[1:] == moments.source[:-1]
    distance = np.diff(moments.at)
    first = np.ones(len(moments), dtype=bool)
    streams = np.cumsum(np.concatenate([[True], ~same])) - 1
    for _ in range(2):
        held = np.bincount(streams, weights=first)
        gap = np.clip(span / np.maximum(held, 1) / _PART_OF_GAP, _SHORTEST_GAP, _LONGEST_GAP)
        first[1:] = ~same | (distance > gap[streams[1:]])
    kept = moments.only(first)
    return kept.only(np.lexsort([kept.seq, kept.at, kept.system])) if by_source else kept
