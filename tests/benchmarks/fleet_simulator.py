"""Fleets that report for ninety days, with cascades planted in them or with none, so that what a detector says can be judged.

A mix is a kind of fleet: how its systems run and err, what links are planted, and what only looks like a link. Every mix has
a null fleet as well, the same without the links. The same mix, seed and `planted` always give the same events.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from server.model.moments import microseconds
from server.patterns.fleet import Fleet, Member
from server.patterns.history import History, HistoryBuilder

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""
DAYS = 90
SYSTEMS = 20
MINUTES = DAYS * 1_440
_CATEGORIES = (
    "timeout parse_error stale_data disk_full bad_schema auth_failed rate_limited null_value render out_of_memory"
)


@dataclass(frozen=True)
class Reported:
    """An event as a system reports it."""

    system_id: str
    kind: str
    at: int
    """Microseconds since 1970."""
    document: dict[str, Any]
    """Its members without the kind."""


@dataclass(frozen=True)
class Link:
    """What was planted."""

    cause: str
    effect: str
    trigger: str
    shows: str
    lag: float
    """Minutes."""
    times: int
    """How often it carried."""


@dataclass(frozen=True)
class PlantedFleet:
    """What a fleet reported, and what is true of it."""

    mix: str
    seed: int
    events: tuple[Reported, ...]
    """In the order in which they came, which is nearly that of time."""
    fleet: Fleet
    links: tuple[Link, ...]

    @property
    def truth(self) -> frozenset[tuple[str, str]]:
        """(cause, effect)."""
        return frozenset((link.cause, link.effect) for link in self.links)

    def history(self) -> History:
        """The columns that detectors read."""
        begin = microseconds(BEGIN.isoformat())
        builder = HistoryBuilder(begin, begin + MINUTES * 60_000_000)
        for number, event in enumerate(self.events, 1):
            builder.add(number, event.system_id, event.kind, event.at, event.document)
        return builder.build()


@dataclass
class Schedule:
    """A system's runs: minutes since the beginning."""

    started: Floats
    finished: Floats
    failed: Bools


class Making:
    """A fleet on its way: own runs and errors first, links afterwards, causes before what they cause."""

    def __init__(self, mix: str, seed: int, planted: bool, systems: int = SYSTEMS) -> None:
        self.mix, self.seed, self.planted = mix, seed, planted
        self.rng = np.random.default_rng([seed, int(planted), *mix.encode()])
        self.ids = [f"sys_{number:02}" for number in self.rng.permutation(systems)]
        self.schedules: dict[int, list[Schedule]] = {}
        self.errors: dict[int, list[tuple[Floats, str]]] = {}
        self.links: list[Link] = []
        self.needed: list[tuple[int, int]] = []
        self.has_graph = bool(self.rng.random() < 0.5)
        self.brief = {one for one in range(systems) if self.rng.random() < 0.25}
        """Who tells of a run only when it ended, and how."""
        self.doubled = 0.0
        """Share of the errors that are logged twice, seconds apart."""
        self.late = 0.0
        """Share of the events that come up to two days late."""

    @property
    def count(self) -> int:
        """Systems of the fleet."""
        return len(self.ids)

    def between(self, low: float, high: float) -> float:
        """Any figure from here to there."""
        return float(self.rng.uniform(low, high))

    def err(self, system: int, moments: Floats, category: str = "") -> None:
        """The system reports these errors; without a category each is of one of its own."""
        self.errors.setdefault(system, []).append((moments[(moments >= 0) & (moments < MINUTES)], category))

    def run(
        self,
        system: int,
        *,
        every: float,
        offset: float,
        jitter: float = 0.3,
        takes: float = 3.0,
        skipped: float = 0.0,
        failing: float = 0.04,
        sticky: float = 0.0,
    ) -> None:
        """The system runs like this, in minutes; `sticky` is how likely the run after a failed one fails for that alone."""
        begun = np.arange(offset, MINUTES - 120, every)
        begun = begun[self.rng.random(begun.size) >= skipped]
        begun = np.maximum(begun + np.abs(self.rng.normal(0, jitter, begun.size)), 0)
        took = takes * self.rng.lognormal(0, 0.25, begun.size)
        failed = self.rng.random(begun.size) < failing
        if sticky:
            again = self.rng.random(begun.size) < sticky
            for place in range(1, begun.size):
                failed[place] |= failed[place - 1] and again[place]
        self.schedules.setdefault(system, []).append(Schedule(begun, begun + np.minimum(took, every * 0.9), failed))

    def failures(self, system: int) -> Floats:
        """When the system erred, or a run of it ended badly."""
        told = [moments for moments, _ in self.errors.get(system, [])]
        told += [one.finished[one.failed] for one in self.schedules.get(system, [])]
        return np.sort(np.concatenate([*told, np.empty(0)]))

    def starts(self, system: int) -> Floats:
        """When the runs of its last schedule began."""
        return self.schedules[system][-1].started

    def link(
        self,
        cause: int,
        effect: int,
        *,
        trigger: str = "failure",
        shows: str = "error",
        lag: float = 0.0,
        gap: float = 5.0,
    ) -> None:
        """What the cause does is followed by failures of the effect: by errors, or by runs that fail; not every time.

        `trigger` is `failure` or `run`. Failures nearer to each other than `gap` minutes set it off once.
        """
        if not self.planted:
            return
        lag = lag or self.between(1, 22)
        if trigger == "run":
            self.brief.discard(cause)  # or what it disturbs would come before it
        fired = self.failures(cause) if trigger == "failure" else self.starts(cause)
        fired = fired[np.diff(fired, prepend=-1e9) > gap]
        fired = fired[self.rng.random(fired.size) >= self.between(0.1, 0.5)]
        if shows == "run":
            for schedule in self.schedules[effect]:
                place = np.searchsorted(schedule.started, fired + 0.2)
                there = place < schedule.started.size
                place, moment = place[there], fired[there]
                schedule.failed[place[schedule.started[place] - moment < 28]] = True
        else:
            spread = self.between(0.08, 0.35)
            moments = fired + np.clip(lag * self.rng.lognormal(0, spread, fired.size), 0.5, 28)
            self.err(effect, moments, "" if self.rng.random() < 0.5 else str(self.rng.choice(_CATEGORIES.split())))
        self.needed.append((cause, effect))
        self.links.append(Link(self.ids[cause], self.ids[effect], trigger, shows, lag, fired.size))

    def disjoint(self, pairs: int) -> list[tuple[int, int]]:
        """As many pairs (cause, effect), no system in two of them."""
        drawn = self.rng.permutation(self.count)
        return [(int(drawn[2 * one]), int(drawn[2 * one + 1])) for one in range(pairs)]

    def forward(self, pairs: int) -> list[tuple[int, int]]:
        """As many pairs, each effect in one; a cause may be an effect of another, which then comes first."""
        effects = sorted(int(one) for one in self.rng.choice(np.arange(4, self.count), pairs, replace=False))
        return [(int(self.rng.integers(0, effect)), effect) for effect in effects]

    def finish(self) -> PlantedFleet:
        """The fleet as it reported."""
        told = sorted(self._told(), key=lambda one: one[0])
        return PlantedFleet(
            mix=self.mix,
            seed=self.seed,
            events=tuple(event for _, event in told),
            fleet=self._fleet() if self.has_graph else Fleet(),
            links=tuple(self.links),
        )

    def _told(self) -> Iterator[tuple[float, Reported]]:
        """The events, each with the minute in which it came."""
        for system in range(self.count):
            own = [str(one) for one in self.rng.choice(_CATEGORIES.split(), 3, replace=False)]
            for schedule in self.schedules.get(system, []):
                yield from self._runs(self.ids[system], schedule, system in self.brief)
            for moments, category in self.errors.get(system, []):
                again = moments[self.rng.random(moments.size) < self.doubled]
                again = again + self.rng.uniform(0.02, 0.5, again.size)
                for moment in np.concatenate([moments, again]):
                    yield self._error(self.ids[system], float(moment), category or own[int(self.rng.integers(3))])

    def _runs(self, system_id: str, schedule: Schedule, is_brief: bool) -> Iterator[tuple[float, Reported]]:
        for begun, ended, failed in zip(schedule.started, schedule.finished, schedule.failed, strict=True):
            started, finished = _moment(begun), _moment(ended)
            document = {"at": finished, "result": "ERROR" if failed else "OK"}
            if not is_brief:
                document |= {"started_at": started, "finished_at": finished}
            yield self._came(ended), Reported(system_id, "run", microseconds(finished), document)

    def _error(self, system_id: str, moment: float, category: str) -> tuple[float, Reported]:
        at = _moment(moment)
        if self.rng.random() < 0.05:
            return self._came(moment), Reported(system_id, "incident", microseconds(at), {"at": at, "title": category})
        severity = ("LOW", "MEDIUM", "HIGH")[int(self.rng.integers(3))]
        document = {"at": at, "category": category, "severity": severity}
        return self._came(moment), Reported(system_id, "error", microseconds(at), document)

    def _came(self, moment: float) -> float:
        if self.late and self.rng.random() < self.late:
            return float(moment + self.rng.uniform(0, 2_880))
        return float(moment)

    def _fleet(self) -> Fleet:
        """Who needs whom: the planted links and twice as many that never carried a failure."""
        needs: dict[int, set[int]] = {one: set() for one in range(self.count)}
        for cause, effect in self.needed:
            needs[effect].add(cause)
        for one in range(self.count):
            needs[one] |= {int(other) for other in self.rng.choice(self.count, 2, replace=False) if other != one}
        members = {
            self.ids[one]: Member(
                self.ids[one],
                reads=frozenset(f"~/{self.ids[other]}/out.json" for other in others),
                writes=frozenset({f"~/{self.ids[one]}/out.json"}),
                depends_on=frozenset(self.ids[other] for other in others),
            )
            for one, others in needs.items()
        }
        return Fleet(members)


def _moment(minute: float) -> str:
    """ISO 8601, to the second."""
    return (BEGIN + timedelta(seconds=round(float(minute) * 60))).isoformat().replace("+00:00", "Z")


def poisson(make: Making, per_day: float, weight: Callable[[Floats], Floats] | None = None) -> Floats:
    """Moments at a steady rate, or at one that `weight` (mean about 1, at most 4) makes go up and down."""
    ceiling = 4.0 if weight else 1.0
    drawn = np.sort(make.rng.uniform(0, MINUTES, make.rng.poisson(per_day * DAYS * ceiling)))
    return drawn if weight is None else drawn[make.rng.random(drawn.size) * ceiling < weight(drawn)]


def clusters(make: Making, per_day: float, branching: float, mean_delay: float) -> Floats:
    """Moments that beget moments, each `branching` of them on average, a few minutes later (a Hawkes process)."""
    generation = poisson(make, per_day)
    all_of_them = [generation]
    while generation.size:
        children = make.rng.poisson(branching, generation.size)
        generation = np.repeat(generation, children)
        generation = generation + make.rng.exponential(mean_delay, generation.size)
        all_of_them.append(generation)
    return np.sort(np.concatenate(all_of_them))


def by_hour(peak: float, depth: float) -> Callable[[Floats], Floats]:
    """A rate that is highest at this hour of the day."""
    return lambda minutes: 1 + depth * np.cos((minutes / 60 - peak) * 2 * np.pi / 24)


def office(minutes: Floats) -> Floats:
    """Working hours of working days, and hardly anything else."""
    hour, weekday = (minutes / 60) % 24, (minutes // 1_440) % 7
    return np.where((weekday < 5) & (hour >= 8) & (hour < 18), 3.2, 0.08)


def weekend(minutes: Floats) -> Floats:
    """Mostly Saturdays and Sundays."""
    return np.where((minutes // 1_440) % 7 >= 5, 2.9, 0.25)
