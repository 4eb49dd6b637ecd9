"""What another link explains away: a chain's ends, two effects of one cause, and shocks that come from outside."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from server.patterns.cascade.episodes import DAY, MINUTE
from server.patterns.cascade.links import Link
from server.patterns.cascade.pairs import WINDOWS
from server.patterns.cascade.permuted import exposed_at
from server.patterns.cascade.scene import Scene
from server.patterns.found import LEAST_OCCURRENCES
from server.patterns.history import Ints
from server.patterns.significance import Urn, upper_tail

_STANDS_ALONE = 0.01
_LEAST_LEFT = 0.2
_LEAST_LEANING = 2.0
"""The effect comes this many times more often after the cause than before it, above chance; else both follow a third."""
_ADDS = 0.01
_CLEAR = 0.03
"""Chance of leaning as much, were both directions alike, that is asked of pairs that a common shock may explain."""


@dataclass(frozen=True)
class Lean:
    """How often the effect came after the cause, how often before it, and how often each would by chance."""

    after: int
    before: int
    chance: float
    leaning: float = 1.0
    """The chance that so much more came after than before, near to the cause or farther, were there no direction."""
    dense: bool = False
    """Whether the cause fires so often that before and after are the same."""

    @property
    def is_one_way(self) -> bool:
        """Whether the pair has a direction at all."""
        if self.dense:
            return True
        return self.is_clear or self.after - self.chance >= _LEAST_LEANING * max(self.before - self.chance, 0.0) + 1.0

    @property
    def is_clear(self) -> bool:
        """Whether chance does not give such a direction to a pair that has none."""
        return self.dense or self.leaning <= _CLEAR


def lean_of(scene: Scene, link: Link) -> Lean:
    """The direction of a pair, from how its moments lie around each other. Failures may lie wider than the window."""
    effects, causes = scene.effects(link).at, scene.onsets(link).at
    wide = link.window
    if link.trigger == "failure" and not link.delay:
        wide = WINDOWS[1] if link.window == WINDOWS[0] else WINDOWS[-1]
    dense = link.trigger != "failure" and len(causes) > 1 and float(np.median(np.diff(causes))) < 3 * link.window
    after, before = _around(effects, causes, wide, link.delay)
    tries = [_around(effects, causes, window, link.delay) for window in {WINDOWS[0], wide}]
    leaning = [upper_tail(np.array([0.5]), np.array([sum(one)]), one[0]) for one in tries]
    bursts = min(len(causes) / max(len(scene.causes(link)), 1), 1.0)
    return Lean(after, before, link.mean * wide / link.window * bursts, min(1.0, len(tries) * min(leaning)), dense)


def _around(effects: Ints, causes: Ints, window: int, delay: int) -> tuple[int, int]:
    """How many effects came within the window after a cause, and how many within the same before one."""
    before = exposed_at(-effects[::-1], 2 * delay - causes[::-1], window)
    return int(exposed_at(effects, causes, window).sum()), int(before.sum())


def lags(effects: Ints, causes: Ints, window: int) -> Ints:
    """From the last cause to each effect that came within the window after one."""
    last = np.searchsorted(causes, effects, side="left") - 1
    distance = effects - causes[np.maximum(last, 0)]
    return distance[(last >= 0) & (distance <= window)] if len(causes) else distance[:0]


def direct_links(scene: Scene, links: list[Link]) -> tuple[list[Link], list[Link]]:
    """Those that stand on their own, and those that others explain; at most one direction of each pair."""
    standing = _one_way_each(scene, links)
    dropped = [link for link in links if link not in standing]
    related = {(link.cause, link.effect) for link in links} | {(link.effect, link.cause) for link in links}
    by_effect: dict[int, list[Link]] = {}
    for link in standing:
        by_effect.setdefault(link.effect, []).append(link)
    for incoming in by_effect.values():
        for link in sorted(incoming, key=lambda one: (-one.p_value, one.together, one.cause)):
            rivals = [one for one in incoming if one != link and one.any_minute <= link.any_minute]
            if any(_explains(scene, rival, link, (rival.cause, link.cause) in related) for rival in rivals):
                incoming.remove(link)
                dropped.append(link)
    kept = [link for incoming in by_effect.values() for link in incoming]
    return sorted(kept, key=_place), sorted(dropped, key=_place)


def _place(link: Link) -> tuple[int, int]:
    return link.effect, link.cause


def _one_way_each(scene: Scene, links: Iterable[Link]) -> list[Link]:
    leans = {_place(link): (lean_of(scene, link), link) for link in links}
    shocked = {place for place, (lean, _) in leans.items() if not lean.is_clear}
    either = _partners(leans)
    alike = _partners(shocked)
    kept = []
    for (effect, cause), (lean, link) in leans.items():
        back = leans.get((cause, effect))
        if not lean.is_one_way or (back is not None and _rank(scene, *back) > _rank(scene, lean, link)):
            continue
        thirds = (alike.get(effect, set()) & either.get(cause, set())) | (
            alike.get(cause, set()) & either.get(effect, set())
        )
        if lean.is_clear or not thirds:
            kept.append(link)
    return kept


def _partners(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


def _rank(scene: Scene, lean: Lean, link: Link) -> tuple[bool, float, float, str]:
    above = max(lean.after - lean.chance, 0.0), max(lean.before - lean.chance, 0.0)
    return (
        not link.any_minute,
        above[0] / max(above[0] + above[1], 1e-9),
        -link.p_value,
        scene.history.systems[link.cause],
    )


def _explains(scene: Scene, rival: Link, link: Link, related: bool) -> bool:
    """Whether what the rival's cause sets off leaves nothing of the link, while the rival itself does not need it."""
    link_left = _left(scene, link, rival, WINDOWS[-1] if related and not rival.delay else rival.window)
    rival_left = _left(scene, rival, link, WINDOWS[-1] if related and not link.delay else link.window)
    if link_left < _STANDS_ALONE or _adds(scene, link, rival) <= _ADDS:
        return False
    if rival_left < _STANDS_ALONE:
        return True
    if not related:
        return rival.p_value < link.p_value
    return _spread(scene, link) > _spread(scene, rival)


def _adds(scene: Scene, link: Link, rival: Link) -> float:
    """The chance that the rival's firings near the link's cause are followed so often, were it all the same to the effect.

    Week by week, since a link may come or go: what was near in its weeks would be followed more often for that alone.
    """
    if link.by_source != rival.by_source:
        return 1.0
    firings, effects = scene.onsets(rival).at, scene.effects(link).at
    causes = scene.causes(link).at
    followed = exposed_at(-firings[::-1], -effects[::-1], rival.window)[::-1] > 0
    near = exposed_at(firings, causes, link.window) > 0
    _, week = np.unique(scene.moment(firings) // (7 * DAY), return_inverse=True)
    number = np.bincount(week), np.bincount(week, near), np.bincount(week, followed)
    urns = tuple(
        Urn(int(hit), int(whole), int(drawn)) for whole, hit, drawn in zip(*number, strict=True) if hit * drawn
    )
    return upper_tail(np.zeros(0), np.zeros(0, dtype=np.int64), int((near & followed).sum()), urns)


def _left(scene: Scene, link: Link, without: Link, window: int) -> float:
    """The p-value of a link when episodes that came after the other link's cause are left out."""
    episodes, causes = scene.effects(link).at, scene.causes(link).at
    others = scene.causes(without).at
    if link.by_source and without.by_source:
        alone = exposed_at(episodes, others, window) == 0
    else:
        alone = exposed_at(scene.moment(episodes), np.sort(scene.moment(others)), window) == 0
    together = int(exposed_at(episodes[alone], causes, link.window).sum())
    if together < max(LEAST_OCCURRENCES - 1, _LEAST_LEFT * link.together * float(alone.mean())):
        return 1.0
    chance, number = scene.chances(link).each
    order = np.argsort(-chance, kind="stable")
    left = np.minimum(number[order], np.maximum(int(alone.sum()) - np.cumsum(number[order]) + number[order], 0))
    return upper_tail(chance[order], left, together)


def _spread(scene: Scene, link: Link) -> float:
    """How much the lag varies: less over a direct link than over two steps (MAD, in minutes)."""
    lag = lags(scene.effects(link).at, scene.causes(link).at, link.window if link.delay else WINDOWS[-1])
    return float(np.median(np.abs(lag - np.median(lag)))) / MINUTE if len(lag) else np.inf
