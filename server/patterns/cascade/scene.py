"""A history as moments: who failed when, and what may have set it off, on one timeline or on one for each source."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from server.patterns.cascade.episodes import DAY, Moments, episodes, failures, odd_runs, run_starts
from server.patterns.cascade.permuted import Chances, Places, chances, cover_of, exposed_at, places_of
from server.patterns.cascade.rhythm import Hours, active_hours, bad_everywhere, bad_hours, expected_shape, hours_of
from server.patterns.history import Bools, Floats, History, Ints, Runs

TRIGGERS = ("failure", "run", "odd run")
_SOURCED = 0.8
"""The part of a system's failures that must name their component or device."""
_SAME_SOURCES = 0.5
"""The part of one side's episodes that must come from sources of the other, for the two to be compared by source."""

_NOTHING = np.zeros(0, dtype=np.int64)
_NO_RUNS = Runs(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING.astype(bool), _NOTHING.astype(bool))


class Pair(Protocol):
    """What a link says of the moments that it rests on."""

    @property
    def cause(self) -> int:
        """Position of the system."""

    @property
    def effect(self) -> int:
        """Position of the system."""

    @property
    def trigger(self) -> str:
        """One of TRIGGERS."""

    @property
    def window(self) -> int:
        """In microseconds."""

    @property
    def delay(self) -> int:
        """After how long the window opens."""

    @property
    def by_source(self) -> bool:
        """Whether only what happened on the same component or device counts as together."""

    @property
    def any_minute(self) -> bool:
        """Whether the effect could as well have come at any minute of the hour, whatever time it keeps to."""


@dataclass(frozen=True)
class Cast:
    """Streams of moments (a system, or a system on one device) and their rhythms, each worked out when it is asked for."""

    count: int
    hours: Hours
    reported: Runs
    failures: Moments
    episodes: Moments
    runs: Moments
    odd: Moments
    active: Ints
    everywhere: Floats
    _rows: dict[int, Floats] = field(default_factory=dict)
    _places: dict[tuple[int, bool], Places] = field(default_factory=dict)
    _calm: dict[tuple[int, bool], tuple[Moments, Places] | None] = field(default_factory=dict)
    _covers: dict[tuple[int, str, int, int], Floats] = field(default_factory=dict)

    @cached_property
    def _bounds(self) -> dict[str, list[int]]:
        return {
            "failure": self.failures.bounds(self.count).tolist(),
            "run": self.runs.bounds(self.count).tolist(),
            "odd run": self.odd.bounds(self.count).tolist(),
            "episode": self.episodes.bounds(self.count).tolist(),
        }

    def causes(self, trigger: str) -> Moments:
        """What may set failures off, of all."""
        return {"failure": self.failures, "run": self.runs, "odd run": self.odd}[trigger]

    def causes_of(self, one: int, trigger: str) -> Moments:
        """What may set failures off, of one stream."""
        bounds = self._bounds[trigger]
        return self.causes(trigger).only(slice(bounds[one], bounds[one + 1]))

    def episodes_of(self, one: int) -> Moments:
        """A stream's episodes of failure."""
        bounds = self._bounds["episode"]
        return self.episodes.only(slice(bounds[one], bounds[one + 1]))

    def row(self, one: int) -> Floats:
        """How many of a stream's episodes its rhythm puts into each hour."""
        if one not in self._rows:
            self._rows[one] = expected_shape(self.episodes_of(one).at, self.hours, self.active[one], self.everywhere)
        return self._rows[one]

    def places(self, one: int, own_time: bool = True) -> Places:
        """Where a stream's episodes could have come."""
        if (one, own_time) not in self._places:
            mine = self.episodes_of(one)
            self._places[one, own_time] = places_of(one, mine, self.reported, self.row(one), self.hours, own_time)
        return self._places[one, own_time]

    def calm_places(self, one: int, own_time: bool = True) -> tuple[Moments, Places] | None:
        """A stream's episodes outside of its bad spells, and where they could have come; None where it has no such spells."""
        if (one, own_time) not in self._calm:
            mine, shape = self.episodes_of(one), self.row(one)
            bad = bad_hours(shape, self.hours)
            kept = mine.only(~bad[self.hours.of(mine.at)])
            weight = np.where(bad, 0.0, shape)
            places = places_of(one, kept, self.reported, weight, self.hours, own_time)
            self._calm[one, own_time] = None if len(kept) == len(mine) else (kept, places)
        return self._calm[one, own_time]

    def cover(self, one: int, trigger: str, window: int, delay: int = 0) -> Floats:
        """What part of each hour lies within the window after a cause of the stream."""
        key = (one, trigger, window, delay)
        if key not in self._covers:
            self._covers[key] = cover_of(self.causes_of(one, trigger).at + delay, window, self.hours)
        return self._covers[key]

    def chances(
        self, effect: int, cause: int, trigger: str, window: int, delay: int = 0, own_time: bool = True
    ) -> Chances:
        """The chances of a stream's episodes to come within the window after a cause, and how many have each."""
        cover = self.cover(cause, trigger, window, delay)
        causes = self.causes_of(cause, trigger).at + delay
        return chances(self.places(effect, own_time), causes, window, self.hours, cover)


@dataclass(frozen=True)
class Sources:
    """Failures told apart by component or device. On the line, the time of each source follows that of the one before."""

    cast: Cast
    """One stream for each system on each source."""
    streams: dict[int, dict[int, int]]
    """By system and source."""
    failures: Moments
    """On the line, by system."""
    episodes: Moments
    comparable: Bools
    """Effect by cause: whether the two tell of the same sources."""


@dataclass(frozen=True)
class Scene:
    """All of it."""

    history: History
    plain: Cast
    sources: Sources | None
    stretch: int
    """Length of the time of one source on the line."""

    @property
    def systems(self) -> int:
        """How many."""
        return len(self.history.systems)

    def effects(self, pair: Pair) -> Moments:
        """Episodes of the effect; on the line where the pair is compared by source."""
        return (
            _of(self.sources.episodes, pair.effect)
            if pair.by_source and self.sources
            else self.plain.episodes_of(pair.effect)
        )

    def causes(self, pair: Pair) -> Moments:
        """Moments of the cause, when its window opens; on the line where the pair is compared by source."""
        if pair.by_source and self.sources:
            return _of(self.sources.failures, pair.cause)
        return self.plain.causes_of(pair.cause, pair.trigger).later(pair.delay)

    def onsets(self, pair: Pair) -> Moments:
        """When bursts of the cause began, and the window opened; on the line where the pair is compared by source."""
        if pair.by_source and self.sources:
            return _of(self.sources.episodes, pair.cause)
        if pair.trigger == "failure":
            return self.plain.episodes_of(pair.cause).later(pair.delay)
        return self.causes(pair)

    def calm_chances(self, pair: Pair) -> tuple[int, Chances] | None:
        """Co-occurrences outside of the effect's bad spells, and what chance gives; None where it has no such spells."""
        calm = None if pair.by_source else self.plain.calm_places(pair.effect, not pair.any_minute)
        if calm is None:
            return None
        episodes, places = calm
        causes = self.causes(pair).at
        cover = self.plain.cover(pair.cause, pair.trigger, pair.window, pair.delay)
        together = int(exposed_at(episodes.at, causes, pair.window).sum())
        return together, chances(places, causes, pair.window, self.plain.hours, cover)

    def moment(self, at: Ints) -> Ints:
        """When that was, of moments on the line or not."""
        moment: Ints = (at - self.history.since) % self.stretch + self.history.since
        return moment

    def chances(self, pair: Pair) -> Chances:
        """The chances of the effect's episodes to come within the window after the cause, and how many have each."""
        if not pair.by_source or self.sources is None:
            return self.plain.chances(
                pair.effect, pair.cause, pair.trigger, pair.window, pair.delay, own_time=not pair.any_minute
            )
        effects, causes = self.sources.streams[pair.effect], self.sources.streams[pair.cause]
        each = [
            self.sources.cast.chances(stream, causes[source], pair.trigger, pair.window)
            for source, stream in effects.items()
            if source in causes
        ]
        elsewhere = sum(
            len(self.sources.cast.episodes_of(stream)) for source, stream in effects.items() if source not in causes
        )
        return Chances(
            np.concatenate([one.chance for one in each] + [np.zeros(1)]),
            np.concatenate([one.number for one in each] + [np.array([elsewhere])]),
            tuple(urn for one in each for urn in one.urns),
        )


def scene_of(history: History) -> Scene:
    """The history as moments."""
    hours = hours_of(history.since, history.until)
    failed, runs = failures(history), run_starts(history)
    count, span = len(history.systems), history.until - history.since
    active = active_hours(history, hours)
    first = episodes(failed, count, span)
    everywhere = bad_everywhere(first.system, first.at, hours)
    plain = Cast(count, hours, history.runs, failed, first, runs, odd_runs(history), active, everywhere)
    stretch = (span // DAY + 2) * DAY
    return Scene(history, plain, _sources(plain, span, history.since, stretch), stretch)


def _of(moments: Moments, system: int) -> Moments:
    begin, end = np.searchsorted(moments.system, [system, system + 1]).tolist()
    return moments.only(slice(begin, end))


def _sources(plain: Cast, span: int, since: int, stretch: int) -> Sources | None:
    failed = plain.failures
    total = np.bincount(failed.system, minlength=plain.count)
    named = np.bincount(failed.system, weights=failed.source >= 0, minlength=plain.count)
    telling = (total > 0) & (named >= _SOURCED * total)
    mine = failed.only(np.flatnonzero(telling[failed.system] & (failed.source >= 0)))
    if telling.sum() < 2 or not len(mine):
        return None
    first = episodes(mine, plain.count, span, by_source=True)
    sources = int(mine.source.max()) + 1
    codes, stream = np.unique(mine.system * sources + mine.source, return_inverse=True)
    streams: dict[int, dict[int, int]] = {}
    for position, code in enumerate(codes.tolist()):
        streams.setdefault(code // sources, {})[code % sources] = position
    first_stream = np.searchsorted(codes, first.system * sources + first.source)
    cast = Cast(
        len(codes),
        plain.hours,
        _NO_RUNS,
        _as_streams(mine, stream),
        _as_streams(first, first_stream),
        mine.only(slice(0, 0)),
        mine.only(slice(0, 0)),
        plain.active[codes // sources],
        plain.everywhere,
    )
    comparable = _comparable(streams, cast, plain.count)
    return Sources(cast, streams, _on_line(mine, stretch), _on_line(first, stretch), comparable)


def _as_streams(moments: Moments, stream: Ints) -> Moments:
    order = np.lexsort([moments.seq, moments.at, stream])
    chosen = moments.only(order)
    return Moments(stream[order], chosen.at, chosen.seq, np.full(len(chosen), -1), chosen.source, chosen.severity)


def _on_line(moments: Moments, stretch: int) -> Moments:
    at = moments.at + moments.source * stretch
    order = np.lexsort([moments.seq, at, moments.system])
    chosen = moments.only(order)
    return Moments(chosen.system, at[order], chosen.seq, chosen.run, chosen.source, chosen.severity)


def _comparable(streams: dict[int, dict[int, int]], cast: Cast, systems: int) -> Bools:
    """Whether half of one side's episodes come from sources that the other tells of as well."""
    number = np.bincount(cast.episodes.system, minlength=cast.count)
    comparable = np.zeros((systems, systems), dtype=bool)
    using: dict[int, list[int]] = {}
    for system, mine in streams.items():
        for source in mine:
            using.setdefault(source, []).append(system)
    shared = np.zeros((systems, systems))
    for source, users in using.items():
        weights = np.array([number[streams[system][source]] for system in users], dtype=np.float64)
        shared[np.ix_(users, users)] += weights[:, None]
    for system, mine in streams.items():
        total = float(sum(number[stream] for stream in mine.values()))
        comparable[system] |= shared[system] >= _SAME_SOURCES * max(total, 1.0)
    comparable |= comparable.T
    np.fill_diagonal(comparable, False)
    return comparable
