"""Failures that follow another system's runs or failures: `cascade_failure` (PAT-1, and PAT-11 for chance).

Detection rule 1 of the scaling-layer document is the floor: three co-occurrences within 30 minutes. On top of it the
effect's own rhythm has to be an unlikely explanation, and no other link a sufficient one.
"""

from dataclasses import dataclass, replace

import numpy as np

from server.model.pattern import PatternType
from server.patterns.cascade.episodes import DAY
from server.patterns.cascade.explaining import direct_links
from server.patterns.cascade.links import Link, find_links, known_links
from server.patterns.cascade.scene import Scene, scene_of
from server.patterns.cascade.schedule import follows_a_schedule, longer_than_a_day, schedule_explains
from server.patterns.cascade.surrogates import stands_shifted_days
from server.patterns.cascade.words import describe, facts_of, recommend, shared_resources
from server.patterns.fleet import Fleet
from server.patterns.found import LEAST_OCCURRENCES, Found, Identity, Occurrence
from server.patterns.history import Bools, History, Ints

_SECOND = 1_000_000
_MOST_HELD_BACK = 200
_FAR_MORE = 3
"""So many times as many runs as failures: the effect's own schedule does not explain them."""


@dataclass(frozen=True)
class Story:
    """A link with the moments that it rests on."""

    link: Link
    cause_at: Ints
    effect_at: Ints
    seqs: tuple[tuple[int, ...], ...]
    severity: int


def detect(history: History, fleet: Fleet, known: frozenset[Identity] = frozenset()) -> list[Found]:
    """The cascades in a history, one a pair: those that stand out from chance, and candidates that a schedule explains."""
    scene = scene_of(history)
    if not len(scene.plain.episodes):
        return []
    linked = _linked(history, fleet)
    links = find_links(scene, linked, _wired(history, fleet))
    strong = [link for link in links if link.is_strong]
    direct, explained = direct_links(scene, strong)
    found = [_judged(scene, fleet, link, bool(linked[link.effect, link.cause])) for link in direct]
    found += [_found(scene, fleet, link, "explained_away") for link in explained][:_MOST_HELD_BACK]
    found += _confounded(scene, fleet, links)[:_MOST_HELD_BACK]
    told = {one.identity for one in found}
    for link in known_links(scene, _pairs(history, known), links):
        one = _found(scene, fleet, link, "not_significant" if link.matched >= LEAST_OCCURRENCES else "too_few")
        if one.identity not in told and one.occurrences:
            found.append(one)
    return sorted(found, key=lambda one: (one.held_back != "", one.p_value, one.identity.systems))


def _pairs(history: History, known: frozenset[Identity]) -> list[tuple[int, int]]:
    place = {system: position for position, system in enumerate(history.systems)}
    pairs = [one.systems for one in known if one.type is PatternType.CASCADE_FAILURE]
    return sorted((place[effect], place[cause]) for cause, effect in pairs if cause in place and effect in place)


def _linked(history: History, fleet: Fleet) -> Bools:
    """Effect by cause: whether the registry connects the two."""
    place = {system: position for position, system in enumerate(history.systems)}
    linked = np.zeros((len(place), len(place)), dtype=bool)
    for one, others in fleet.linked.items():
        if one in place:
            linked[place[one], [place[other] for other in others if other in place]] = True
    return linked


def _wired(history: History, fleet: Fleet) -> Bools:
    """Effect by cause: whether the effect needs what the cause puts out."""
    place = {system: position for position, system in enumerate(history.systems)}
    wired = np.zeros((len(place), len(place)), dtype=bool)
    writers: dict[str, list[int]] = {}
    for one, member in fleet.members.items():
        for resource in member.writes if one in place else ():
            writers.setdefault(resource, []).append(place[one])
    for one, member in fleet.members.items():
        if one in place:
            wired[place[one], [place[other] for other in member.depends_on if other in place]] = True
            for resource in member.reads:
                wired[place[one], writers.get(resource, [])] = True
    np.fill_diagonal(wired, False)
    return wired


def story_of(scene: Scene, link: Link) -> Story:
    """The moments of a link, one to one: each episode with the last cause before it, each cause once."""
    effects, causes = scene.effects(link), scene.causes(link)
    last = np.searchsorted(causes.at, effects.at, side="left") - 1
    near = (last >= 0) & (effects.at - causes.at[np.maximum(last, 0)] <= link.window)
    position = np.flatnonzero(near)
    _, first = np.unique(last[position], return_index=True)
    position = position[first]
    effect, cause = effects.only(position), causes.only(last[position])
    seqs = tuple(sorted({int(a), int(b)}) for a, b in zip(cause.seq, effect.seq, strict=True))
    severity = int(effect.severity.max()) if len(effect) else 1
    return Story(
        link, scene.moment(cause.at) - link.delay, scene.moment(effect.at), tuple(tuple(one) for one in seqs), severity
    )


def _judged(scene: Scene, fleet: Fleet, link: Link, linked: bool) -> Found:
    """A link that stands, shown unless two schedules would look the same.

    Of a daily or hourly pair only a skipped, late or unfollowed run tells a cause from two schedules. That a system fails
    once a week at the same minute is much rarer, so that a reason to expect it is enough: the registry connects the two,
    or the effect runs or fails at other times as well, or the cause has other runs that the effect survives.
    """
    story = story_of(scene, link)
    firings = scene.moment(scene.onsets(link).at) - link.delay
    if not schedule_explains(firings, np.sort(story.cause_at), np.sort(story.effect_at)):
        return _found(scene, fleet, link, "")
    if longer_than_a_day(firings) and (linked or _elsewhere_too(scene, link, len(story.effect_at))):
        return replace(_found(scene, fleet, link, ""), stands_second_test=False)
    return _found(scene, fleet, link, "confounded_by_schedule")


def _elsewhere_too(scene: Scene, link: Link, followed: int) -> bool:
    """Whether either system does at other times what it does when the two meet."""
    own_runs = len(scene.plain.causes_of(link.effect, "run"))
    return link.episodes > followed or own_runs >= _FAR_MORE * followed or link.trigger == "odd run"


def _confounded(scene: Scene, fleet: Fleet, links: list[Link]) -> list[Found]:
    """Pairs that keep to one another so well that only a skipped or late run could tell a cause from two schedules."""
    found = []
    doubtful = [link for link in links if link.looks_strong or link.keeps_time]
    for link in sorted(doubtful, key=lambda link: (link.rough, link)):
        story = story_of(scene, link)
        firings = scene.onsets(link).at
        if link.keeps_time or follows_a_schedule(firings, len(story.cause_at), link.together, link.episodes):
            found.append(_found(scene, fleet, link, "confounded_by_schedule"))
    return found


def _found(scene: Scene, fleet: Fleet, link: Link, held_back: str) -> Found:
    story = story_of(scene, link)
    names = scene.history.systems
    cause, effect = names[link.cause], names[link.effect]
    resources = shared_resources(fleet, cause, effect)
    days = max((scene.history.until - scene.history.since) / DAY, 1.0)
    lag = float(np.median(story.effect_at - story.cause_at)) / _SECOND if len(story.effect_at) else None
    return Found(
        identity=Identity(PatternType.CASCADE_FAILURE, (cause, effect)),
        occurrences=tuple(
            sorted(Occurrence(at, seqs) for at, seqs in zip(story.effect_at.tolist(), story.seqs, strict=True))
        ),
        facts=facts_of(scene, link, story.cause_at, story.effect_at),
        description=describe(scene, link, story.effect_at, lag, resources),
        recommendation=recommend(fleet, cause, effect, link.trigger, resources),
        cause=cause,
        effect=effect,
        trigger="failure" if link.trigger == "failure" else "run",
        resources=resources,
        p_value=link.p_value,
        q_value=link.q_value,
        lift=link.lift,
        lag_seconds=lag,
        window_seconds=(link.delay + link.window) / _SECOND,
        by_chance_a_day=link.mean / days,
        held_back=held_back,
        worst=story.severity,
        stands_second_test=not held_back and stands_shifted_days(scene, link),
    )
