"""Which systems' failures follow which other systems' runs or failures more often than chance allows."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from server.patterns.episodes import Moments, episodes, failures, run_starts
from server.patterns.found import LEAST_LIFT, LEAST_OCCURRENCES
from server.patterns.history import Bools, Floats, History, Ints
from server.patterns.pairs import WINDOWS, Counts, count_pairs
from server.patterns.permuted import Places, chances, cover_of, exposed_at, places_of
from server.patterns.rhythm import Hours, active_hours, expected_shape, hours_of
from server.patterns.significance import rates_by_family, rough_tail, upper_tail

TRIGGERS = ("failure", "run")
_WORTH_A_LOOK = 0.1
_MOST_LOOKED_AT = 30_000


@dataclass(frozen=True)
class Link:
    """A pair whose episodes were counted and weighed. Systems are positions in `History.systems`."""

    cause: int
    effect: int
    trigger: str
    window: int
    together: int
    matched: int
    mean: float
    """Co-occurrences by chance."""
    p_value: float
    """After the windows and triggers that were tried."""
    q_value: float = 1.0

    @property
    def lift(self) -> float:
        """How many times more often than by chance."""
        return self.together / max(self.mean, 1e-9)


@dataclass(frozen=True)
class Scene:
    """A history as moments: who failed when, and what may have set it off."""

    history: History
    hours: Hours
    failures: Moments
    episodes: Moments
    runs: Moments
    shape: Floats
    _places: dict[int, Places] = field(default_factory=dict)
    _covers: dict[tuple[int, str, int], Floats] = field(default_factory=dict)

    @property
    def systems(self) -> int:
        """How many."""
        return len(self.history.systems)

    @cached_property
    def _bounds(self) -> dict[str, Ints]:
        return {
            "failure": self.failures.bounds(self.systems),
            "run": self.runs.bounds(self.systems),
            "episode": self.episodes.bounds(self.systems),
        }

    def causes(self, trigger: str) -> Moments:
        """What may set failures off."""
        return self.failures if trigger == "failure" else self.runs

    def causes_of(self, system: int, trigger: str) -> Ints:
        """When, for one system."""
        bounds = self._bounds[trigger]
        return self.causes(trigger).at[bounds[system] : bounds[system + 1]]

    def cause_moments(self, system: int, trigger: str) -> Moments:
        """What may set failures off, of one system."""
        bounds = self._bounds[trigger]
        return self.causes(trigger).only(np.arange(bounds[system], bounds[system + 1]))

    def episodes_of(self, system: int) -> Moments:
        """A system's episodes of failure."""
        bounds = self._bounds["episode"]
        return self.episodes.only(np.arange(bounds[system], bounds[system + 1]))

    def places(self, system: int) -> Places:
        """Where a system's failures could as well have come."""
        if system not in self._places:
            mine = self.episodes_of(system)
            self._places[system] = places_of(system, mine, self.history.runs, self.shape[system], self.hours)
        return self._places[system]

    def cover(self, system: int, trigger: str, window: int) -> Floats:
        """What part of each hour lies within the window after a cause of the system."""
        key = (system, trigger, window)
        if key not in self._covers:
            self._covers[key] = cover_of(self.causes_of(system, trigger), window, self.hours)
        return self._covers[key]


def scene_of(history: History) -> Scene:
    """The history as moments."""
    hours = hours_of(history.since, history.until)
    failed = failures(history)
    count = len(history.systems)
    first = episodes(failed, count, history.until - history.since)
    shape = expected_shape(first, hours, active_hours(history, hours), count)
    return Scene(history, hours, failed, first, run_starts(history), shape)


def find_links(scene: Scene, linked: Bools) -> list[Link]:
    """Pairs with at least three co-occurrences that stand out roughly, weighed exactly, with their q-values.

    `linked[effect, cause]` says which pairs the registry connects; those and all others are corrected for multiple
    looks each as a family of its own, so that known neighbours don't pay for a million strangers.
    """
    offered = [trigger for trigger in TRIGGERS if len(scene.causes(trigger))]
    if not len(scene.episodes):
        return []
    looked_at: list[tuple[float, int, int, str, int, int, int]] = []
    for trigger in offered:
        counts = count_pairs(scene.episodes, scene.causes(trigger), scene.systems)
        looked_at += _worth_a_look(scene, trigger, counts)
    looked_at = sorted(looked_at)[:_MOST_LOOKED_AT]
    best: dict[tuple[int, int], Link] = {}
    for _, effect, cause, trigger, window, together, matched in looked_at:
        link = weigh(scene, effect, cause, trigger, window, together, matched, len(WINDOWS) * len(offered))
        known = best.get((effect, cause))
        if known is None or link.p_value < known.p_value:
            best[effect, cause] = link
    links = [best[key] for key in sorted(best)]
    return _with_rates(links, linked, scene)


def known_links(scene: Scene, pairs: list[tuple[int, int]], links: list[Link]) -> list[Link]:
    """The given pairs (effect, cause), weighed however weak they are, by the trigger and window that fit best."""
    weighed = {(link.effect, link.cause): link for link in links}
    offered = [trigger for trigger in TRIGGERS if len(scene.causes(trigger))]
    found = []
    for effect, cause in pairs:
        tried = [weighed[effect, cause]] if (effect, cause) in weighed else []
        at = scene.episodes_of(effect).at
        for trigger in offered if not tried else []:
            causes = scene.causes_of(cause, trigger)
            for window in WINDOWS:
                together = int(exposed_at(at, causes, window).sum())
                if together:
                    tries = len(WINDOWS) * len(offered)
                    tried.append(weigh(scene, effect, cause, trigger, window, together, together, tries))
        found += sorted(tried, key=lambda link: link.p_value)[:1]
    return found


def _with_rates(links: list[Link], linked: Bools, scene: Scene) -> list[Link]:
    failing = np.zeros(scene.systems, dtype=bool)
    failing[scene.episodes.system] = True
    reporting = failing.copy()
    reporting[scene.runs.system] = True
    pairs = failing[:, None] & reporting[None, :] & ~np.eye(scene.systems, dtype=bool)
    tests = int((pairs & ~linked).sum()), int((pairs & linked).sum())
    family = np.array([linked[link.effect, link.cause] for link in links], dtype=bool)
    rates = rates_by_family(np.array([link.p_value for link in links]), family, tests)
    return [replace(link, q_value=float(rate)) for link, rate in zip(links, rates, strict=True)]


def _worth_a_look(scene: Scene, trigger: str, counts: Counts) -> list[tuple[float, int, int, str, int, int, int]]:
    number = np.bincount(scene.episodes.system, minlength=scene.systems).astype(np.float64)
    found = []
    for window, together in zip(WINDOWS, counts.together, strict=True):
        cover = np.array([scene.cover(one, trigger, window) for one in range(scene.systems)])
        mean = scene.shape @ cover.T
        rough = rough_tail(together.astype(np.float64), np.broadcast_to(number[:, None], mean.shape), mean)
        chosen = (counts.matched >= LEAST_OCCURRENCES) & (together >= LEAST_OCCURRENCES) & (rough <= _WORTH_A_LOOK)
        chosen &= together >= LEAST_LIFT * mean
        for effect, cause in np.argwhere(chosen).tolist():
            found.append((
                float(rough[effect, cause]), effect, cause, trigger, window,
                int(together[effect, cause]), int(counts.matched[effect, cause]),
            ))  # fmt: skip
    return found


def weigh(
    scene: Scene, effect: int, cause: int, trigger: str, window: int, together: int, matched: int, tries: int
) -> Link:
    """A pair with its exact p-value under the effect's own rhythm."""
    cover = scene.cover(cause, trigger, window)
    chance, number = chances(scene.places(effect), scene.causes_of(cause, trigger), window, scene.hours, cover)
    p_value = min(1.0, tries * upper_tail(chance, number, together))
    return Link(cause, effect, trigger, window, together, matched, float((chance * number).sum()), p_value)
