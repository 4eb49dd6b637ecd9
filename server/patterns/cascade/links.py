"""Which systems' failures follow which other systems' runs or failures more often than chance allows."""

from dataclasses import dataclass, replace

import numpy as np

from server.patterns.cascade.episodes import DAY, HOUR
from server.patterns.cascade.pairs import DELAYS, WINDOWS, Counts, count_pairs, next_of_system
from server.patterns.cascade.permuted import exposed_at
from server.patterns.cascade.scene import TRIGGERS, Scene, Sources
from server.patterns.found import LEAST_LIFT, LEAST_OCCURRENCES, SIGNIFICANT_Q
from server.patterns.history import Bools, Floats
from server.patterns.significance import rates_by_family, rough_tail, upper_tail

_WORTH_A_LOOK = 0.1
_MOST_LOOKED_AT = 30_000
_MOST_A_PAIR = 3
_TRIES = 9
_RUNS_SAMPLED = 64
_OFTEN_A_DAY = 6
_HOLDS_IN_CALM = 0.01
"""What a link must reach without the effect's bad spells, when much else fails as well."""
_HOLDS_NEARBY = 1e-3
_HOURS_NEARBY = (-5, -4, -3, -2, 2, 3, 4, 5)
_LOOKS_STRONG = 1e-6
_OVERWHELMING = 1e-9
"""What bad spells don't make of chance."""


@dataclass(frozen=True, order=True)
class Link:
    """A pair whose episodes were counted and weighed. Systems are positions in `History.systems`."""

    cause: int
    effect: int
    trigger: str
    window: int
    by_source: bool = False
    """Whether only what happened on the same component or device counts as together."""
    delay: int = 0
    """After how long the window opens."""
    any_minute: bool = False
    """Whether the effect could as well have come at any minute of the hour, whatever time it keeps to."""
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
    rough: float = 1.0
    """An upper bound of the p-value by class of hours alone."""
    anywhen: float = 1.0
    """The p-value were any minute of an hour as likely, whatever time the effect keeps to."""
    p_value: float = 1.0
    """After the windows and triggers that were tried."""
    q_value: float = 1.0

    @property
    def lift(self) -> float:
        """How many times more often than at other times of the same hours.

        Where the windows fill much of the time, most of what seems usual is what the cause itself set off: then against
        the time outside of the windows alone.
        """
        usual = self.usual or self.mean
        plain = self.together / max(usual, 1e-9)
        return plain if plain >= LEAST_LIFT else self._odds * max(self.episodes - usual, 1e-9) / max(usual, 1e-9)

    @property
    def _odds(self) -> float:
        return (self.together + 0.5) / (self.episodes - self.together + 0.5)

    @property
    def stands_out(self) -> bool:
        """Whether the effect is large enough: the odds of coming after the cause, against those by chance."""
        by_chance = self.mean / max(self.episodes - self.mean, 1e-9)
        return self._odds >= LEAST_LIFT * by_chance and self.lift >= LEAST_LIFT

    @property
    def is_strong(self) -> bool:
        """Whether chance is ruled out."""
        return self.q_value <= SIGNIFICANT_Q and self.stands_out

    @property
    def looks_strong(self) -> bool:
        """Whether only a finer look at the effect's own schedule speaks against it."""
        return not self.is_strong and self.rough <= _LOOKS_STRONG

    @property
    def keeps_time(self) -> bool:
        """Whether the effect comes after the cause at one time of day, and that is all that speaks against the link."""
        return not self.is_strong and self.anywhen <= _LOOKS_STRONG


@dataclass(frozen=True)
class _Look:
    """A pair that stands out roughly."""

    rough: float
    link: Link


def find_links(scene: Scene, linked: Bools, wired: Bools | None = None) -> list[Link]:
    """Pairs with at least three co-occurrences that stand out roughly, weighed exactly, with their q-values.

    `linked[effect, cause]` says which pairs the registry connects; those and all others are corrected for multiple
    looks each as a family of its own, so that known neighbours don't pay for a million strangers. `wired[effect, cause]`
    says which effects need what the cause puts out: of those it is no accident that they fail at a time that suits.
    """
    looks: list[_Look] = []
    tests = _tests(scene, linked)
    for trigger in offered(scene):
        looks += _looks(scene, trigger, linked, tests)
    looks += _looks_later(scene, linked, tests)
    if scene.sources is not None:
        looks += _looks_by_source(scene, scene.sources, linked, tests)
    best: dict[tuple[int, int], Link] = {}
    for look in _within_reach(looks, linked, tests):
        pair = look.link.effect, look.link.cause
        link = weigh(scene, look.link, wired is not None and bool(wired[pair]))
        known = best.get((link.effect, link.cause))
        if known is None or link.p_value < known.p_value:
            best[link.effect, link.cause] = link
    return _with_rates([best[key] for key in sorted(best)], linked, tests)


def offered(scene: Scene) -> list[str]:
    """The triggers that anyone reported."""
    return [trigger for trigger in TRIGGERS if len(scene.plain.causes(trigger))]


def _looks(scene: Scene, trigger: str, linked: Bools, tests: tuple[int, int]) -> list[_Look]:
    cast = scene.plain
    counts = count_pairs(cast.episodes, cast.causes(trigger), cast.count)
    number = np.bincount(cast.episodes.system, minlength=cast.count).astype(np.float64)
    shape = np.array([cast.row(one) for one in range(cast.count)])
    exposed = _exposed_runs(scene, trigger)
    in_run = np.bincount(cast.episodes.system, weights=cast.episodes.run >= 0, minlength=cast.count)
    loose = 1.0 - in_run / np.maximum(number, 1.0)
    found: list[_Look] = []
    for position, window in enumerate(WINDOWS):
        cover = np.array([cast.cover(one, trigger, window) for one in range(cast.count)])
        mean = shape @ cover.T
        if trigger == "failure" and scene.sources is not None:
            mean[scene.sources.comparable] = np.inf
        at_least = np.maximum(mean, exposed[position] + loose[:, None] * mean)
        found += _standing_out(counts, position, (mean, at_least), number, trigger, linked, tests)
    return found


def _often_failing(scene: Scene) -> Bools:
    cast = scene.plain
    days = (scene.history.until - scene.history.since) / DAY
    return np.bincount(cast.failures.system, minlength=cast.count) >= _OFTEN_A_DAY * days


def _looks_later(scene: Scene, linked: Bools, tests: tuple[int, int]) -> list[_Look]:
    """Narrow windows that open later, among systems that fail so often that every wider one is full."""
    cast, often = scene.plain, _often_failing(scene)
    chosen = np.flatnonzero(often)
    if len(chosen) < 2:
        return []
    effects = cast.episodes.only(often[cast.episodes.system])
    causes = cast.failures.only(often[cast.failures.system])
    number = np.bincount(effects.system, minlength=cast.count).astype(np.float64)
    shape = np.array([cast.row(one) for one in chosen.tolist()])
    found: list[_Look] = []
    for delay in DELAYS:
        counts = count_pairs(effects, causes.later(delay), cast.count, WINDOWS[:1])
        cover = np.array([cast.cover(one, "failure", WINDOWS[0], delay) for one in chosen.tolist()])
        mean = np.full((cast.count, cast.count), np.inf)
        mean[np.ix_(chosen, chosen)] = shape @ cover.T
        if scene.sources is not None:
            mean[scene.sources.comparable] = np.inf
        found += _standing_out(counts, 0, (mean, mean), number, "failure", linked, tests, delay)
    return found


def _looks_by_source(scene: Scene, sources: Sources, linked: Bools, tests: tuple[int, int]) -> list[_Look]:
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
        found += _standing_out(counts, position, (mean, mean), number, "", linked, tests)
    return found


def _exposed_runs(scene: Scene, trigger: str) -> tuple[Floats, ...]:
    """For each window, effect by cause: how many of the effect's failures in runs come after the cause by chance, at least.

    From a sample of its runs.
    """
    cast = scene.plain
    number = np.bincount(cast.runs.system, minlength=cast.count)
    rank = np.arange(len(cast.runs)) - cast.runs.bounds(cast.count)[cast.runs.system]
    stride = np.maximum(number // _RUNS_SAMPLED, 1)[cast.runs.system]
    sample = cast.runs.only(rank % stride == 0)
    taken = np.maximum(np.bincount(sample.system, minlength=cast.count), 1.0)[:, None]
    failed_runs = np.bincount(cast.episodes.system, weights=cast.episodes.run >= 0, minlength=cast.count)
    exposed: list[Floats] = []
    for together in count_pairs(sample, cast.causes(trigger), cast.count).together:
        part = together / taken
        least = np.maximum(part - np.sqrt(part * (1.0 - part) / taken), 0.0)
        exposed.append(least * failed_runs[:, None].astype(np.float64))
    return tuple(exposed)


def _standing_out(
    counts: Counts,
    position: int,
    means: tuple[Floats, Floats],
    number: Floats,
    trigger: str,
    linked: Bools,
    tests: tuple[int, int],
    delay: int = 0,
) -> list[_Look]:
    """Pairs above their mean by the hour and by runs; "" as the trigger where they are compared by source."""
    together, matched, (mean, at_least) = counts.together[position], counts.matched, means
    odds = (together + 0.5) / np.maximum(number[:, None] - together + 0.5, 0.5)
    large = odds * np.maximum(number[:, None] - mean, 1e-9) >= LEAST_LIFT * mean
    chosen = (matched >= LEAST_OCCURRENCES) & (together >= LEAST_OCCURRENCES) & large & np.isfinite(mean)
    effect, cause = np.nonzero(chosen)
    rough = rough_tail(together[chosen].astype(np.float64), number[effect], at_least[chosen])
    for inside, size in zip((False, True), tests, strict=True):
        family = linked[effect, cause] == inside
        reach = _TRIES * SIGNIFICANT_Q * (int((rough[family] <= _WORTH_A_LOOK).sum()) + 1) / max(size, 1)
        rough[family & (rough > min(reach, _WORTH_A_LOOK))] = np.inf
    return [
        _Look(
            float(rough[one]),
            Link(
                int(cause[one]),
                int(effect[one]),
                trigger or "failure",
                WINDOWS[position],
                not trigger,
                delay=delay,
                together=int(together[effect[one], cause[one]]),
                matched=int(matched[effect[one], cause[one]]),
                usual=float(mean[effect[one], cause[one]]),
                episodes=int(number[effect[one]]),
                rough=float(rough[one]),
            ),
        )
        for one in np.flatnonzero(np.isfinite(rough)).tolist()
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


def weigh(scene: Scene, link: Link, wired: bool = False) -> Link:
    """The link with its exact p-value under the effect's own rhythm.

    Runs that never skip a day can't be told from an effect that keeps to a time of day itself. Where the effect needs
    what the cause puts out (`wired`), it is then asked only whether that time suits the cause better than others.
    """
    weighed = _weighed(scene, link)
    if link.by_source or link.trigger == "failure" or link.rough > _LOOKS_STRONG or weighed.p_value <= SIGNIFICANT_Q:
        return weighed
    suiting = _weighed(scene, replace(link, any_minute=True))
    return suiting if wired else replace(weighed, anywhen=suiting.p_value)


def _weighed(scene: Scene, link: Link) -> Link:
    chances = scene.chances(link)
    tries = len(WINDOWS) * len(offered(scene)) + (len(DELAYS) if _often_failing(scene).sum() > 1 else 0)
    mean, whole = chances.mean, float(chances.number.sum()) + sum(urn.drawn for urn in chances.urns)
    if float(rough_tail(np.array([float(link.together)]), np.array([whole]), np.array([mean]))[0]) > _WORTH_A_LOOK:
        return replace(link, mean=mean, p_value=1.0)
    p_value = min(1.0, tries * upper_tail(chances.chance, chances.number, link.together, chances.urns))
    calm = scene.calm_chances(link) if _OVERWHELMING < p_value <= SIGNIFICANT_Q else None
    if calm is not None:
        together, rest = calm
        if upper_tail(rest.chance, rest.number, together, rest.urns) > _HOLDS_IN_CALM:
            p_value = 1.0
    if p_value <= SIGNIFICANT_Q and link.trigger == "failure" and not _holds_nearby(scene, link):
        p_value = 1.0
    return replace(link, mean=chances.mean, p_value=p_value)


def _holds_nearby(scene: Scene, link: Link) -> bool:
    """Whether the effect comes after the cause more often than hours before or after it, as it does not in bad weeks of both."""
    effects, causes = scene.effects(link).at, scene.causes(link).at
    moved = [int(exposed_at(effects, causes + hours * HOUR, link.window).sum()) for hours in _HOURS_NEARBY]
    nearby, number = float(np.mean(moved)), len(effects)
    odds = (link.together + 0.5) / (number - link.together + 0.5)
    if odds < LEAST_LIFT * nearby / max(number - nearby, 1e-9):
        return False
    chance = np.array([min((nearby + 0.5 / len(moved)) / number, 1.0)])
    return upper_tail(chance, np.array([number]), link.together) <= _HOLDS_NEARBY


def _within_reach(looks: list[_Look], linked: Bools, tests: tuple[int, int]) -> list[_Look]:
    """Those that can still come out below the wanted false discovery rate, were all that remain real; a few a pair."""
    rough = np.array([look.rough for look in looks])
    pairs = [(look.link.effect, look.link.cause) for look in looks]
    family = np.array([linked[pair] for pair in pairs], dtype=bool)
    kept = np.zeros(len(looks), dtype=bool)
    for inside, size in zip((False, True), tests, strict=True):
        remaining = np.flatnonzero(family == inside)
        while len(remaining):
            number = len({pairs[one] for one in remaining.tolist()}) + 1
            fewer = remaining[rough[remaining] <= SIGNIFICANT_Q * number / max(size, 1)]
            if len(fewer) == len(remaining):
                break
            remaining = fewer
        kept[remaining] = True
    order = sorted(np.flatnonzero(kept).tolist(), key=lambda one: (rough[one], looks[one].link))
    seen: dict[tuple[int, int], int] = {}
    chosen = []
    for one in order:
        seen[pairs[one]] = seen.get(pairs[one], 0) + 1
        if seen[pairs[one]] <= _MOST_A_PAIR:
            chosen.append(looks[one])
    return chosen[:_MOST_LOOKED_AT]


def _tests(scene: Scene, linked: Bools) -> tuple[int, int]:
    """How many pairs are tested, outside and inside of the family that the registry connects."""
    failing = np.zeros(scene.systems, dtype=bool)
    failing[scene.plain.episodes.system] = True
    reporting = failing.copy()
    reporting[scene.plain.runs.system] = True
    pairs = failing[:, None] & reporting[None, :] & ~np.eye(scene.systems, dtype=bool)
    return int((pairs & ~linked).sum()), int((pairs & linked).sum())


def _with_rates(links: list[Link], linked: Bools, tests: tuple[int, int]) -> list[Link]:
    family = np.array([linked[link.effect, link.cause] for link in links], dtype=bool)
    rates = rates_by_family(np.array([link.p_value for link in links]), family, tests)
    return [replace(link, q_value=float(rate)) for link, rate in zip(links, rates, strict=True)]
