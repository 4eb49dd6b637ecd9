"""A shared root cause in words: which systems, which of their errors, what they have in common, and what may help."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from server.model.moments import DAY
from server.model.pattern import PatternType
from server.model.wording import MORE, listed
from server.patterns.errors.catalogue import Catalogue
from server.patterns.errors.second_leg import Leg
from server.patterns.fleet import Fleet
from server.patterns.found import Fact, Found, Identity, Occurrence
from server.patterns.history import Ints

EVENTS_OF_ONE = 20
"""Stored events that a single occurrence rests on at most; facts rest on all."""
MOST_FACTS = 20
"""Systems with evidence of their own, the most affected ones."""
SAME = 0.75
"""Where so many of all systems are in both, a cause is the one that was known."""
NAMED = 4
"""Systems, and categories of a system, that a sentence names."""


@dataclass(frozen=True)
class Cause:
    """Entries of error catalogues that seem to come from one cause."""

    catalogue: Catalogue
    entries: tuple[int, ...]
    resource: str = ""
    """On which all of them are, by its canonical name."""
    meanings: tuple[str, ...] = ()
    leg: Leg = field(default_factory=lambda: Leg(()))
    held_back: str = ""

    @cached_property
    def by_system(self) -> dict[str, Ints]:
        """Positions of each system's troubles, by time; the systems sorted."""
        names, catalogue = self.catalogue.history.systems, self.catalogue
        held: defaultdict[str, list[Ints]] = defaultdict(list)
        for entry in self.entries:
            held[names[catalogue.system[entry]]].append(catalogue.troubles(entry))
        at = catalogue.history.troubles.at
        return {name: parts[0] if len(parts) == 1 else _by_time(parts, at) for name, parts in sorted(held.items())}

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """Whom it concerns, sorted."""
        names = self.catalogue.history.systems
        return tuple(sorted(names[one] for one in np.unique(self.catalogue.system[list(self.entries)]).tolist()))

    @cached_property
    def most_affected(self) -> tuple[str, ...]:
        """The 20 systems with most errors, by name."""
        ranked = sorted(self.by_system, key=lambda name: (-len(self.by_system[name]), name))
        return tuple(sorted(ranked[:MOST_FACTS]))

    def positions(self) -> Ints:
        """Positions of all its troubles."""
        return np.concatenate(list(self.by_system.values()))


def _by_time(parts: Sequence[Ints], at: Ints) -> Ints:
    """The positions of several entries, by time."""
    mine = np.concatenate(parts)
    order: Ints = np.argsort(at[mine], kind="stable")
    return mine[order]


def found_of(cause: Cause, fleet: Fleet, known: set[Identity], identity: Identity | None = None) -> Found:
    """The finding; one of `known` on the same systems keeps what it is told apart by."""
    history = cause.catalogue.history
    categories = {name: _categories(cause, name) for name in cause.most_affected}
    identity = identity or _identity(cause, categories, known)
    resources = (cause.resource,) if cause.resource else _resources(cause)
    positions = cause.positions()
    return Found(
        identity=identity,
        occurrences=_occurrences(cause),
        facts=tuple(_fact(cause, name, categories[name]) for name in cause.most_affected),
        description=_description(cause, identity.systems, categories, fleet),
        recommendation=_recommendation(cause, categories, resources, fleet),
        trigger=f"write:{cause.resource}" if cause.resource else "",
        resources=resources,
        p_value=cause.leg.p_value if cause.leg.stands else None,
        q_value=cause.leg.p_value if cause.leg.stands else None,
        held_back=cause.held_back,
        worst=int(history.troubles.severity[positions].max()),
    )


def _identity(cause: Cause, categories: dict[str, list[tuple[str, int]]], known: set[Identity]) -> Identity:
    """By the resource, else by the category that most of the systems have; what it was told apart by before is kept."""
    having = Counter(name for told in categories.values() for name, _ in told)
    subjects = {cause.resource} if cause.resource else set(having)
    mine = set(cause.systems)
    before = [one for one in known if one.subject in subjects and _overlap(mine, set(one.systems)) >= SAME]
    if before:
        return max(before, key=lambda one: (_overlap(mine, set(one.systems)), one.systems, one.subject))
    subject = cause.resource or min(having, key=lambda name: (-having[name], name))
    return Identity(PatternType.SHARED_ROOT_CAUSE, cause.systems, subject)


def _overlap(mine: set[str], its: set[str]) -> float:
    return len(mine & its) / len(mine | its)


def _categories(cause: Cause, system: str) -> list[tuple[str, int]]:
    """(category, errors) of the system, the most frequent first."""
    history = cause.catalogue.history
    counted = Counter(history.troubles.category[cause.by_system[system]].tolist())
    named = [(history.categories[kind], many) for kind, many in counted.items()]
    return sorted(named, key=lambda one: (-one[1], one[0]))


def _resources(cause: Cause) -> tuple[str, ...]:
    """Those on which two or more of the systems had such errors."""
    history = cause.catalogue.history
    users: defaultdict[int, set[int]] = defaultdict(set)
    positions = cause.positions()
    both = np.unique(np.stack([history.troubles.resource[positions], history.troubles.system[positions]]), axis=1)
    for resource, system in both.T.tolist():
        users[resource].add(system)
    return tuple(sorted(history.resources[one] for one, whose in users.items() if one >= 0 and len(whose) > 1))


def _occurrences(cause: Cause) -> tuple[Occurrence, ...]:
    """As often as a second system shows it too: the bursts of the second most affected one, with what the others had nearest."""
    troubles = cause.catalogue.history.troubles
    moments: dict[str, Ints] = {}
    for name in cause.most_affected:
        at = troubles.at[cause.by_system[name]]
        moments[name] = at[np.concatenate([[True], np.diff(at) > 300_000_000])]
    ranked = sorted(moments, key=lambda name: (-len(moments[name]), name))
    begins = moments[ranked[min(1, len(ranked) - 1)]]
    middles = (begins[1:] + begins[:-1]) // 2
    held: list[list[int]] = [[] for _ in begins]
    for name in cause.most_affected:
        positions = cause.by_system[name]
        places = np.searchsorted(middles, troubles.at[positions], side="right")
        rank = np.arange(len(places)) - np.searchsorted(places, places)
        few = rank < max(1, EVENTS_OF_ONE // len(cause.most_affected))
        for place, seq in zip(places[few].tolist(), troubles.seq[positions[few]].tolist(), strict=True):
            held[place].append(seq)
    return tuple(Occurrence(at, tuple(sorted(seqs))) for at, seqs in zip(begins.tolist(), held, strict=True))


def _fact(cause: Cause, system: str, categories: list[tuple[str, int]]) -> Fact:
    history = cause.catalogue.history
    positions = cause.by_system[system]
    days = (history.until - history.since) // DAY
    at = f" at {cause.resource}" if cause.resource else ""
    told = ", ".join(f"{name or 'unnamed'}: {many}" for name, many in categories[:NAMED])
    more = f" and {len(categories) - NAMED} more kinds" if len(categories) > NAMED else ""
    incidents = bool(history.troubles.incident[positions].mean() > 0.5)
    return Fact(
        system=system,
        data_point=f"{told}{more} in the last {days} days{at}",
        kind="incident" if incidents else "error",
        seqs=tuple(history.troubles.seq[positions].tolist()),
    )


def _description(
    cause: Cause, systems: Sequence[str], categories: dict[str, list[tuple[str, int]]], fleet: Fleet
) -> str:
    if cause.resource:
        told = ", ".join(f"{name} ({sum(many for _, many in categories[name])})" for name in list(categories)[:NAMED])
        return f"{_list(systems)} have errors on {cause.resource}: {told}."
    told = ", ".join(f"{name} reports {_quoted(categories[name])}" for name in list(categories)[:NAMED])
    parts = [f"{_list(systems)} have similar errors: {told}."]
    if cause.meanings:
        parts.append(f"All of them are about: {_list(cause.meanings)}.")
    if cause.leg.days and cause.leg.stands:
        parts.append(f"They come on the same days, {cause.leg.days} of them, more often than chance and weekdays give.")
    dependencies = _dependencies(cause, systems, fleet)
    if dependencies:
        parts.append(f"All of them depend on {_list(dependencies)}.")
    return " ".join(parts)


def _dependencies(cause: Cause, systems: Sequence[str], fleet: Fleet) -> tuple[str, ...]:
    """What all of them rest on."""
    if cause.leg.dependency:
        return (cause.leg.dependency,)
    shared = [set(fleet.shared_dependencies(systems[0], other)) for other in systems[1:]]
    return tuple(sorted(set.intersection(*shared))) if shared else ()


def _recommendation(
    cause: Cause, categories: dict[str, list[tuple[str, int]]], resources: tuple[str, ...], fleet: Fleet
) -> str:
    names = " ".join(name for told in categories.values() for name, _ in told).casefold()
    advice = next(
        (text for words, text in _REMEDIES if any(word in names or word in cause.meanings for word in words)), ""
    )
    writers = sorted(name for name, member in fleet.members.items() if member.writes.intersection(resources))
    dependencies = _dependencies(cause, cause.systems, fleet)
    if cause.resource or resources:
        who = f" at its writer {_list(writers)}" if writers else " where it is written"
        where = f"Look for one cause in {_list(resources)} and fix it once{who}, not in each reader."
    elif dependencies:
        where = f"Look for one cause in {_list(dependencies)} before each system works around it."
    else:
        where = f"Compare the errors of {_list(cause.systems)} before each is fixed on its own: one cause may be behind all."
    return f"{where} {advice}".strip()


_REMEDIES = (
    (("stale", "outdated", "age"), "A freshness check before reading, and an alarm when a refresh is late, cover all of them."),
    (("partial", "parse", "broken", "truncat", "corrupt", "decod", "malform"),
     "Replace files atomically (write a temporary one, rename it), and hold the output against its schema before it is published."),
    (("null", "missing", "empty", "not_found"), "State in the contract which fields must be there, and refuse to publish without them."),
    (("throttled", "rate_limit", "ratelimit", "quota"), "Share one budget of requests among the systems, with back-off and jitter."),
    (("timeout", "connect", "unreachable", "unavailable"),
     "Give them the same time limits, retries with back-off and a last good result to fall back on."),
    (("denied", "auth", "credential", "permission"), "Check the credentials and permissions that they share, and when they expire."),
    (("memory", "disk", "oom", "space"), "Check what the machine that they share has left, and give each a limit."),
    (("duplicate",), "Make writing idempotent: one key per item, however often it comes."),
    (("schema", "field", "column", "type"), "Version the schema, and keep the old form beside the new one until all readers have moved."),
)  # fmt: skip


def _quoted(categories: list[tuple[str, int]]) -> str:
    return ", ".join(f"{name!r} {many} times" for name, many in categories[:2])


def _list(names: Sequence[str]) -> str:
    return listed(names, NAMED, MORE)
