"""Timing dependency (PAT-6): a system needs what another one makes, and begins before that one has finished.

Where both told when they read and wrote what passes between them, those accesses count, else their runs. A reader that begins
at all hours begins in the writer's time too; so its starts must fall there more often than the writer's share of the time
makes them, or keep so closely to the writer's cycle that the two are steps of one chain.
"""

import math
from collections.abc import Iterator

import numpy as np

from server.model.pattern import PatternType
from server.model.wording import counted
from server.patterns.access.activity import Activity, Tie, accesses_of, runs_of, share_of_time, tie, under_way
from server.patterns.access.output_links import OutputLink, output_links
from server.patterns.access.usual_times import SECOND, in_words, usual_time
from server.patterns.fleet import Fleet
from server.patterns.found import LEAST_OCCURRENCES, SIGNIFICANT_Q, Fact, Found, Identity, Occurrence
from server.patterns.history import History, Ints
from server.patterns.significance import false_discovery_rates

MOST_OF_THE_TIME = 2 / 3
"""Of a writer that is at work for a greater part of the time nothing can be said."""
_DAY = 86_400 * SECOND
_STEP = 5 * 60 * SECOND
"""A proposed shift of a schedule is rounded up to this."""


def detect(history: History, fleet: Fleet, known: frozenset[Identity] = frozenset()) -> list[Found]:
    """Each pair of which the reader began three times or more while the writer was at work, and not by chance.

    An occurrence is a piece of the writer's work that a start of the reader fell into. q-values are over all pairs looked
    at; of two systems that need each other's output the direction that was seen more often is told. Surest first.
    """
    looked = list(_looked(history, fleet))
    rates = false_discovery_rates(np.array([one.p_value for one in looked]), len(looked))
    shown: dict[tuple[str, ...], tuple[tuple[bool, int, float], Found]] = {}
    for one, q_value in zip(looked, rates.tolist(), strict=True):
        few = one.seen < LEAST_OCCURRENCES
        held_back = "too_few" if few else "not_significant" if q_value > SIGNIFICANT_Q else ""
        if one.seen and (not held_back or one.identity in known):
            pair = tuple(sorted((one.link.writer, one.link.reader)))
            rank = bool(held_back), -one.seen, one.p_value
            if pair not in shown or rank < shown[pair][0]:
                shown[pair] = rank, one.found(q_value, held_back)
    found = [one for _, one in shown.values()]
    return sorted(found, key=lambda one: (one.p_value, -len(one.occurrences), one.identity.systems))


def _looked(history: History, fleet: Fleet) -> Iterator["_Early"]:
    systems = {name: place for place, name in enumerate(history.systems)}
    resources = {name: place for place, name in enumerate(history.resources)}
    for link in output_links(history, fleet):
        writer, reader = systems[link.writer], systems[link.reader]
        passing = np.array([resources[name] for name in link.resources if name in resources], np.int64)
        writes = accesses_of(history, writer, passing, write=True).lasting()
        reads = accesses_of(history, reader, passing, write=False)
        told = min(len(writes.started), len(reads.started)) >= LEAST_OCCURRENCES
        work, starts = (writes, reads) if told else (runs_of(history, writer).lasting(), runs_of(history, reader))
        if len(work.started) and len(starts.started):
            early = _Early(link, work, starts, by_accesses=told)
            if early.share <= MOST_OF_THE_TIME:
                yield early


class _Early:
    """The starts of a reader that fell into the work of the writer."""

    def __init__(self, link: OutputLink, work: Activity, starts: Activity, *, by_accesses: bool) -> None:
        self.link, self._work, self._starts = link, work, starts
        self._by_accesses = by_accesses
        self.identity = Identity(PatternType.TIMING_DEPENDENCY, (link.writer, link.reader))
        since = max(int(work.started[0]), int(starts.started[0]))
        until = min(int(work.finished.max()), int(starts.started[-1]))
        self.share = share_of_time(work, since, until) if until > since else 0.0
        into = under_way(work, starts.started)
        self._hits = np.flatnonzero(into >= 0)
        """Starts of the reader."""
        self._into = into[self._hits]
        """Which piece of work each fell into."""
        self._first = self._hits[np.unique(self._into, return_index=True)[1]]
        """The first start in each piece of work."""
        together = starts.started[(starts.started >= since) & (starts.started <= until)]
        chance = len(self._first) >= LEAST_OCCURRENCES and self.share > 0 and len(together) > 0
        self._tie = tie(work, together, self.share, (until - since) / _DAY) if chance else None

    @property
    def seen(self) -> int:
        """How many occurrences there are."""
        return len(self._first)

    @property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """By piece of work: when the reader began, and the two events."""
        starts, work = self._starts, self._work
        into = dict(zip(self._hits.tolist(), self._into.tolist(), strict=True))
        return tuple(
            Occurrence(int(starts.started[one]), (int(work.seq[into[one]]), int(starts.seq[one])))
            for one in self._first.tolist()
        )

    @property
    def p_value(self) -> float:
        """1 where nothing speaks against chance."""
        return 1.0 if self._tie is None else self._tie.p_value

    def found(self, q_value: float, held_back: str) -> Found:
        """The pattern in words and figures."""
        writer, reader, tied = self.link.writer, self.link.reader, self._tie or Tie(1.0, 1.0, 0.0)
        needed = self._needed()
        what = f" of {', '.join(self.link.resources[:3])}" if self.link.resources else ""
        times = counted(len(self._first), "time")
        when = usual_time(self._starts.started[self._first])
        return Found(
            identity=self.identity,
            occurrences=self.occurrences,
            facts=(*self._of_reader(needed), self._of_writer()),
            description=(
                f"{reader} needs the output{what} of {writer} but begins before {writer} has finished:"
                f" {times}{', mostly ' + when if when else ''};"
                f" {writer} still needed {in_words(float(np.median(needed)))} typically"
            ),
            recommendation=self._advice(int(needed.max())),
            cause=writer,
            effect=reader,
            trigger=f"write:{self.link.resources[0]}" if self._by_accesses else "run",
            resources=self.link.resources,
            p_value=tied.p_value,
            q_value=q_value,
            lift=round(tied.lift, 2),
            lag_seconds=float(np.median(needed)) / SECOND,
            by_chance_a_day=tied.by_chance_a_day,
            held_back=held_back,
        )

    def _needed(self) -> Ints:
        """How long the writer still worked after each of the first starts."""
        into = under_way(self._work, self._starts.started[self._first])
        return self._work.finished[into] - self._starts.started[self._first]

    def _of_reader(self, needed: Ints) -> Iterator[Fact]:
        starts, reader, writer = self._starts, self.link.reader, self.link.writer
        one, many = ("read", "reads") if self._by_accesses else ("run", "runs")
        doing = "was writing" if self._by_accesses else "ran"
        when = usual_time(starts.started[self._hits])
        words = f"{len(self._hits)} of {counted(len(starts.started), one, many)} began while {writer} {doing}"
        words += f", mostly {when}" if when else ""
        words += f"; {writer} was done {in_words(float(needed.min()))} to {in_words(float(needed.max()))} later"
        kind = "access" if self._by_accesses else "run"
        yield Fact(reader, words, kind, tuple(sorted(starts.seq[self._hits].tolist())))
        failed = starts.failed[self._hits]
        if failed.any():
            others = np.delete(starts.failed, self._hits)
            words = f"{int(failed.sum())} of those {counted(len(failed), 'run')} failed"
            words += f", of the others {int(others.sum())} of {len(others)}" if len(others) else ""
            yield Fact(reader, words, kind, tuple(sorted(starts.seq[self._hits][failed].tolist())))

    def _of_writer(self) -> Fact:
        work, met = self._work, np.unique(self._into)
        one, many = ("write", "writes") if self._by_accesses else ("run", "runs")
        lasting = work.finished - work.started
        when = usual_time(work.started)
        words = f"{len(met)} of {counted(len(lasting), one, many)} went on when {self.link.reader} began"
        words += f"; they begin mostly {when}" if when else ""
        words += f"; they take {in_words(float(np.median(lasting)))} typically"
        words += f", those {in_words(float(np.median(lasting[met])))}"
        return Fact(
            self.link.writer, words, "access" if self._by_accesses else "run", tuple(sorted(work.seq[met].tolist()))
        )

    def _advice(self, longest: int) -> str:
        writer, reader = self.link.writer, self.link.reader
        later = in_words(math.ceil((longest + 1) / _STEP) * _STEP)
        waiting = f"Let {reader} start when {writer} has completed (a trigger, or a marker that {writer} writes last)"
        shift = f", or begin at least {later} later"
        if not self.link.resources:
            return f"{waiting}{shift}."
        what = self.link.resources[0]
        return f"{waiting}{shift}. Let {writer} replace {what} in one step, so that until then {reader} reads the last complete one."
