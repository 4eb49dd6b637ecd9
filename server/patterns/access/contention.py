"""Resource contention (PAT-5): two systems at one resource at the same time, and at least one of them writes.

What counts is when they really accessed it. Where neither told an access to a resource that both are registered with, runs
that overlap beyond chance stand in (server/patterns/access/contention_of_runs.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from server.model.pattern import PatternType
from server.model.wording import counted
from server.patterns.access.contention_advice import advice
from server.patterns.access.contention_of_runs import overlapping_runs
from server.patterns.access.intervals import Meetings, Spans, meetings, occasions, touched
from server.patterns.access.shared_names import held_in
from server.patterns.access.usual_times import SECOND, in_words, usual_time
from server.patterns.fleet import Fleet
from server.patterns.found import LEAST_OCCURRENCES, Fact, Found, Identity, Occurrence
from server.patterns.history import Bools, History, Ints

MOST_PER_RESOURCE = 50
"""Pairs shown of one resource, those with the most occasions."""
MOST_OVERLAPS = 1_000_000
"""Overlaps that are looked at, and thereby the memory that is taken; the latest where there are more."""
MOST_NAMED = 5
"""Narrower names that are told beside a wider one."""


def detect(history: History, fleet: Fleet, known: frozenset[Identity] = frozenset()) -> list[Found]:
    """Each pair of systems whose accesses to a resource overlapped on three occasions or more, strongest first.

    An occasion lasts while any of the overlapping accesses goes on: a write with many short reads in it is one. A folder,
    a database or a glob that one of them accesses holds what the other accesses in it; the pattern is then on the wider name.
    """
    looked = _Looked(history)
    found = [*_found(looked, known), *overlapping_runs(history, fleet, known)]
    return sorted(found, key=lambda one: (-len(one.occurrences), one.identity.systems, one.identity.subject))


class _Looked:
    """The accesses, with every overlap between two systems of which one writes."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.accesses = history.accesses
        self.held: Mapping[int, tuple[int, ...]] = held_in(history.resources) if len(self.accesses.seq) else {}
        parts = list(self._meetings())
        self.looked_since = {group: since for part in parts for group, since in part.looked_since.items()}
        self.one, self.other, self.resource, self.at, self.until, self.shared = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("one", "other", "group", "at", "until", "shared")
        )

    def _meetings(self) -> Iterator[Meetings]:
        accesses = self.accesses
        spans = Spans(np.arange(len(accesses.seq)), accesses.resource, accesses.started, accesses.finished)
        contended = self._contended(spans)
        writes, reads = contended.where(accesses.write[contended.row]), contended.where(~accesses.write[contended.row])
        yield meetings(writes, writes, accesses.system, MOST_OVERLAPS, same=True)
        yield meetings(writes, reads, accesses.system, MOST_OVERLAPS)
        if self.held:
            wider, narrower = self._wider(spans), self._narrower(spans)
            wide, narrow = accesses.write[wider.row], accesses.write[narrower.row]
            yield meetings(wider.where(wide), narrower, accesses.system, MOST_OVERLAPS)
            yield meetings(wider.where(~wide), narrower.where(narrow), accesses.system, MOST_OVERLAPS)

    def _contended(self, spans: Spans) -> Spans:
        """Only resources that somebody writes and more than one system accesses."""
        size = len(self.history.resources)
        written = np.bincount(spans.group[self.accesses.write], minlength=size) > 0
        lowest, highest = np.full(size, len(self.history.systems)), np.full(size, -1)
        np.minimum.at(lowest, spans.group, self.accesses.system)
        np.maximum.at(highest, spans.group, self.accesses.system)
        return spans.where((written & (lowest < highest))[spans.group])

    def _wider(self, spans: Spans) -> Spans:
        holds = np.zeros(len(self.history.resources), bool)
        holds[list(self.held)] = True
        return spans.where(holds[spans.group])

    def _narrower(self, spans: Spans) -> Spans:
        """Each access once for every wider name that holds its resource, in that name's group."""
        pairs = sorted((inside, holder) for holder, held in self.held.items() for inside in held)
        inside, holders = np.array(pairs, np.int64).T
        low, high = np.searchsorted(inside, spans.group), np.searchsorted(inside, spans.group, side="right")
        many = high - low
        index = np.repeat(np.arange(len(many)), many)
        nth = np.arange(len(index)) - np.repeat(np.cumsum(many) - many, many)
        return Spans(spans.row[index], holders[low[index] + nth], spans.started[index], spans.finished[index])


def _found(looked: _Looked, known: frozenset[Identity]) -> Iterator[Found]:
    if not len(looked.one):
        return
    history, accesses = looked.history, looked.accesses
    many, names = len(history.systems), len(history.resources)
    sides = accesses.system[looked.one], accesses.system[looked.other]
    pair = np.minimum(*sides) * many + np.maximum(*sides)
    key = pair * names + looked.resource
    order, occasion = occasions(key, looked.at, looked.until)
    opens = np.flatnonzero(np.concatenate([[True], occasion[1:] != occasion[:-1]]))
    first, times = _alike(key[order][opens])
    keys = key[order][opens][first]
    wanted = (times >= LEAST_OCCURRENCES) & _strongest(keys % names, times)
    for resource, one, other in _positions(history, known):
        wanted |= keys == (one * many + other) * names + resource
    ends = np.concatenate([opens, [len(order)]])
    for position in np.flatnonzero(wanted):
        begin, past = first[position], first[position] + times[position]
        place = int(keys[position])
        systems = place // names // many, place // names % many
        yield _Pair(looked, systems, place % names, order[ends[begin] : ends[past]], order[opens[begin:past]]).found()


def _alike(ordered: Ints) -> tuple[Ints, Ints]:
    """Where each number of an ascending column stands first, and how often it stands there."""
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return first, np.diff(np.concatenate([first, [len(ordered)]]))


def _strongest(resource: Ints, times: Ints) -> Bools:
    """Those among the pairs with the most occasions at their resource."""
    order = np.lexsort([-times, resource])
    opens = np.searchsorted(resource[order], resource[order])
    chosen = np.zeros(len(resource), bool)
    chosen[order[np.arange(len(order)) - opens < MOST_PER_RESOURCE]] = True
    return chosen


def _positions(history: History, known: frozenset[Identity]) -> Iterator[tuple[int, int, int]]:
    """The patterns of this type that are stored already, as positions of their resource and systems."""
    systems = {name: position for position, name in enumerate(history.systems)}
    resources = {name: position for position, name in enumerate(history.resources)}
    for one in known:
        if (
            one.type is PatternType.RESOURCE_CONTENTION
            and one.subject in resources
            and set(one.systems) <= set(systems)
        ):
            pair = sorted(systems[name] for name in one.systems)
            yield resources[one.subject], pair[0], pair[1]


@dataclass(frozen=True)
class _Side:
    """One system of a pair at their resource."""

    system: str
    rows: Ints
    """All its accesses that matter to the pair."""
    met: Ints
    """Those that overlapped with one of the other system."""
    writes: bool


class _Pair:
    """Two systems at one resource: their overlaps, and by which of them each occasion began."""

    def __init__(self, looked: _Looked, systems: tuple[int, int], resource: int, overlaps: Ints, opening: Ints) -> None:
        self._looked, self._accesses = looked, looked.accesses
        self._resource = looked.history.resources[resource]
        self._since = looked.looked_since.get(resource)
        self._overlaps, self._opening = overlaps, opening
        self._wider, self._held = resource, looked.held.get(resource, ())
        rows = [self._rows(system) for system in systems]
        sides = [self._side(system, *pair) for system, pair in zip(systems, (rows, rows[::-1]), strict=True)]
        sides.sort(key=lambda side: (not side.writes, side.system))
        self._writer, self._other = sides

    def found(self) -> Found:
        looked, writer, other = self._looked, self._writer, self._other
        systems = tuple(sorted([writer.system, other.system]))
        seq = self._accesses.seq
        begun = np.sort(looked.at[self._opening])
        held_back = "too_few" if len(begun) < LEAST_OCCURRENCES else ""
        names = looked.history.resources
        narrower = np.flatnonzero(
            np.bincount(self._accesses.resource[np.concatenate([writer.met, other.met])])
        ).tolist()
        written = np.bincount(self._accesses.resource[writer.met[self._accesses.write[writer.met]]])
        doing = "both write" if other.writes else f"{other.system} reads while {writer.system} writes"
        when = usual_time(begun)
        return Found(
            identity=Identity(PatternType.RESOURCE_CONTENTION, systems, self._resource),
            occurrences=tuple(
                sorted(
                    Occurrence(int(looked.at[one]), (int(seq[looked.one[one]]), int(seq[looked.other[one]])))
                    for one in self._opening
                )
            ),
            facts=(self._fact(writer, other), self._fact(other, writer)),
            description=(
                f"{writer.system} and {other.system} access {self._resource} at the same time ({doing}):"
                f" on {counted(len(begun), 'occasion')}{', mostly ' + when if when else ''},"
                f" for {in_words(float(np.median(looked.shared[self._overlaps])))} typically"
            ),
            recommendation=advice(self._resource, writer.system, other.system, both_write=other.writes),
            trigger=f"write:{names[int(written.argmax())]}",
            resources=(self._resource, *[names[one] for one in narrower if names[one] != self._resource][:MOST_NAMED]),
            lift=self._lift(),
            held_back=held_back,
        )

    def _rows(self, system: int) -> Ints:
        accesses = self._accesses
        begin, end = np.searchsorted(accesses.system, [system, system + 1])
        rows: Ints = begin + np.flatnonzero(np.isin(accesses.resource[begin:end], [self._wider, *self._held]))
        return rows if self._since is None else rows[accesses.finished[rows] > self._since]

    def _side(self, system: int, rows: Ints, others: Ints) -> _Side:
        """A narrower name meets the wider one only, a read only writes."""
        accesses = self._accesses
        met = np.zeros(len(rows), bool)
        wider, theirs_wider = (accesses.resource[of] == self._wider for of in (rows, others))
        for at_wider in (True, False):
            for write in (True, False):
                mine = np.flatnonzero((wider == at_wider) & (accesses.write[rows] == write))
                theirs = others[(theirs_wider | at_wider) & (accesses.write[others] | write)]
                spans = [
                    moments[of] for of in (rows[mine], theirs) for moments in (accesses.started, accesses.finished)
                ]
                met[mine] = touched(*spans)
        writes = bool(accesses.write[rows[met]].any())
        return _Side(self._looked.history.systems[system], rows, rows[met], writes)

    def _fact(self, side: _Side, other: _Side) -> Fact:
        write = self._accesses.write
        kind = "writes" if side.writes else "reads"
        met = side.met[write[side.met] == side.writes]
        rows = side.rows[write[side.rows] == side.writes]
        lasting = float(np.median(self._accesses.finished[met] - self._accesses.started[met]))
        when = usual_time(self._accesses.started[met])
        share = f"{len(met)} of {len(rows)} {kind} of {self._resource} overlapped with an access of {other.system}"
        length = f"they take {in_words(lasting)} typically" if lasting else "each told as a moment"
        words = "; ".join([share, length, *([f"they begin mostly {when}"] if when else [])])
        return Fact(side.system, words, "access", tuple(sorted(int(one) for one in self._accesses.seq[met])))

    def _lift(self) -> float | None:
        """How many times as many of the writes were met as would be if both came at any time in the span both report in."""
        accesses, write = self._accesses, self._accesses.write
        writes = self._writer.rows[write[self._writer.rows]]
        others = self._other.rows if self._other.writes else self._other.rows[~write[self._other.rows]]
        since = max(int(accesses.started[writes].min()), int(accesses.started[others].min()))
        until = min(int(accesses.finished[writes].max()), int(accesses.finished[others].max()))
        met = np.count_nonzero(write[self._writer.met])
        if until - since < SECOND:
            return None
        lasting, theirs = (accesses.finished[rows] - accesses.started[rows] for rows in (writes, others))
        hits = (len(others) * lasting + theirs.sum()) / (until - since)
        by_chance = float((1 - np.exp(-hits)).sum())
        return round(met / by_chance, 2) if by_chance > 0 else None
