"""Which systems' failures follow which other systems' runs or failures more often than chance allows."""

from dataclasses import dataclass, replace

import numpy as np

from server.patterns.found import LEAST_LIFT, LEAST_OCCURRENCES, SIGNIFICANT_Q
from server.patterns.history import Bools, Floats
from server.patterns.pairs import WINDOWS, Counts, count_pairs, next_of_system
from server.patterns.permuted import exposed_at
from server.patterns.scene import TRIGGERS, Scene, Sources
from server.patterns.significance import rates_by_family, rough_tail, upper_tail

_WORTH_A_LOOK = 0.1
_MOST_LOOKED_AT = 30_000
_HOLDS_IN_CALM = 0.01
"""What a link must reach without the effect's bad spells, when much else fails as well."""
_OVERWHELMING = 1e-9
"""What bad spells don't make of chance."""


@dataclass(frozen=True)
class Link:
    """A pair whose episodes were counted and weighed. Systems are positions in `History.systems`."""

    cause: int
    effect: int
    trigger: str
    window: int
    by_source: bool = False
    """Whether only what happened on the same component or device counts as together."""
    together: int = 0
    """Episodes of the effect within the window after the cause."""
    matched: int = 0
    """The same one to one, within the widest window."""
    mean: float = 0.0
    """Co-occurrences by chance, under all that the effect's rhythm knows of."""
    usual: float = 0.0
    """Co-occurrences by chance, by class of hours alone."""
    episodes: int = 0
    """Of the effect, in all."""
    p_value: float = 1.0
    """After the windows and triggers that were tried."""
    q_value: float = 1.0

    @property
    def lift(self) -> float:
        """How many times more often than at other times of the same hours."""
        return self.together / max(self.usual or self.mean, 1e-9)

    @property
    def stands_out(self) -> bool:
        """Whether the effect is large enough: the odds of coming after the cause, against those by chance."""
        odds = (self.together + 0.5) / (self.episodes - self.together + 0.5)
        return odds >= LEAST_LIFT * self.mean / max(self.episodes - self.mean, 1e-9) and self.lift >= LEAST_LIFT

    @property
    def is_strong(self) -> bool:
        """Whether chance is ruled out."""
        return self.q_value <= SIGNIFICANT_Q and self.stands_out


@dataclass(frozen=True)
class _Look:
    """A pair that stands out roughly."""

    rough: float
    link: Link


def find_links(scene: Scene, linked: Bools) -> list[Link]:
    """Pairs with at least three co-occurrences that stand out roughly, weighed exactly, with their q-values.

    `linked[effect, cause]` says which pairs the registry connects; those and all others are corrected for multiple
    looks each as a family of its own, so that known neighbours don't pay for a million strangers.
    """
    looks: list[_Look] = []
    for trigger in offered(scene):
        looks += _looks(scene, trigger)
    if scene.sources is not None:
        looks += _looks_by_source(scene, scene.sources)
    looks.sort(key=lambda look: (look.rough, look.link.effect, look.link.cause, look.link.trigger, look.link.window))
    best: dict[tuple[int, int], Link] = {}
    for look in looks[:_MOST_LOOKED_AT]:
        link = weigh(scene, look.link)
        known = best.get((link.effect, link.cause))
        if known is None or link.p_value < known.p_value:
            best[link.effect, link.cause] = link
    return _with_rates([best[key] for key in sorted(best)], linked, scene)


def offered(scene: Scene) -> list[str]:
    """The triggers that anyone reported."""
    return [trigger for trigger in TRIGGERS if len(scene.plain.causes(trigger))]


def _looks(scene: Scene, trigger: str) -> list[_Look]:
    cast = scene.plain
    counts = count_pairs(cast.episodes, cast.causes(trigger), cast.count)
    number = np.bincount(cast.episodes.system, minlength=cast.count).astype(np.float64)
    shape = np.array([cast.row(one) for one in range(cast.count)])
    found: list[_Look] = []
    for position, window in enumerate(WINDOWS):
        cover = np.array([cast.cover(one, trigger, window) for one in range(cast.count)])
        mean = shape @ cover.T
        if trigger == "failure" and scene.sources is not None:
            mean[scene.sources.comparable] = np.inf
        found += _standing_out(counts, position, mean, number, trigger, by_source=False)
    return found


def _looks_by_source(scene: Scene, sources: Sources) -> list[_Look]:
    counts = count_pairs(sources.episodes, sources.failures, scene.systems)
    number = np.bincount(sources.episodes.system, minlength=scene.systems).astype(np.float64)
    width = int(sources.failures.source.max()) + 1
    episodes_on = np.zeros((scene.systems, width))
    np.add.at(episodes_on, (sources.episodes.system, sources.episodes.source), 1.0)
    distance = next_of_system(sources.failures) - sources.failures.at
    span = scene.history.until - scene.history.since
    found: list[_Look] = []
    for position, window in enumerate(WINDOWS):
        cover = np.zeros((scene.systems, width))
        lasting = np.minimum(distance, window) / span
        np.add.at(cover, (sources.failures.system, sources.failures.source), lasting)
        mean = episodes_on @ cover.T
        mean[~sources.comparable] = np.inf
        found += _standing_out(counts, position, mean, number, "failure", by_source=True)
    return found


def _standing_out(
    counts: Counts, position: int, mean: Floats, number: Floats, trigger: str, *, by_source: bool
) -> list[_Look]:
    together, matched = counts.together[position], counts.matched
    chosen = (matched >= LEAST_OCCURRENCES) & (together >= LEAST_OCCURRENCES) & (together >= LEAST_LIFT * mean)
    effect, cause = np.nonzero(chosen)
    rough = rough_tail(together[chosen].astype(np.float64), number[effect], mean[chosen])
    return [
        _Look(
            float(rough[one]),
            Link(
                int(cause[one]),
                int(effect[one]),
                trigger,
                WINDOWS[position],
                by_source,
                int(together[effect[one], cause[one]]),
                int(matched[effect[one], cause[one]]),
                usual=float(mean[effect[one], cause[one]]),
                episodes=int(number[effect[one]]),
            ),
        )
        for one in np.flatnonzero(rough <= _WORTH_A_LOOK).tolist()
    ]


def known_links(scene: Scene, pairs: list[tuple[int, int]], links: list[Link]) -> list[Link]:
    """The given pairs (effect, cause), weighed however weak they are, by the trigger and window that fit best."""
    weighed = {(link.effect, link.cause): link for link in links}
    found = []
    for effect, cause in pairs:
        tried = [weighed[effect, cause]] if (effect, cause) in weighed else []
        by_source = scene.sources is not None and bool(scene.sources.comparable[effect, cause])
        for trigger in offered(scene) if not tried else []:
            for window in WINDOWS:
                link = Link(cause, effect, trigger, window, by_source and trigger == "failure")
                exposed = exposed_at(scene.effects(link).at, scene.causes(link).at, window)
                together = int(exposed.sum())
                if together:
                    tried.append(
                        weigh(scene, replace(link, together=together, matched=together, episodes=len(exposed)))
                    )
        found += sorted(tried, key=lambda link: link.p_value)[:1]
    return found


def weigh(scene: Scene, link: Link) -> Link:
    """The link with its exact p-value under the effect's own rhythm."""
    chances = scene.chances(link)
    tries = len(WINDOWS) * len(offered(scene))
    p_value = min(1.0, tries * upper_tail(chances.chance, chances.number, link.together, chances.urns))
    calm = scene.calm_chances(link) if _OVERWHELMING < p_value <= SIGNIFICANT_Q else None
    if calm is not None:
        together, rest = calm
        if upper_tail(rest.chance, rest.number, together, rest.urns) > _HOLDS_IN_CALM:
            p_value = 1.0
    return replace(link, mean=chances.mean, p_value=p_value)


def _with_rates(links: list[Link], linked: Bools, scene: Scene) -> list[Link]:
    failing = np.zeros(scene.systems, dtype=bool)
    failing[scene.plain.episodes.system] = True
    reporting = failing.copy()
    reporting[scene.plain.runs.system] = True
    pairs = failing[:, None] & reporting[None, :] & ~np.eye(scene.systems, dtype=bool)
    tests = int((pairs & ~linked).sum()), int((pairs & linked).sum())
    family = np.array([linked[link.effect, link.cause] for link in links], dtype=bool)
    rates = rates_by_family(np.array([link.p_value for link in links]), family, tests)
    return [replace(link, q_value=float(rate)) for link, rate in zip(links, rates, strict=True)]
