"""Contention where nobody tells accesses: runs of a registered writer that overlap with runs of another user of the resource.

That a run overlaps says less than that an access does. So it counts only where neither of the two ever told an access to the
resource, where the runs overlap beyond chance, and where it is not the clock alone that starts them together.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from server.model.pattern import PatternType
from server.model.wording import counted
from server.patterns.access.activity import Activity, binomial_tail, runs_of, share_of_time
from server.patterns.access.contention_advice import advice
from server.patterns.access.intervals import Spans, meetings, occasions
from server.patterns.access.output_links import MOST_WRITERS
from server.patterns.access.usual_times import SECOND, in_words, usual_time
from server.patterns.fleet import Fleet
from server.patterns.found import LEAST_LIFT, LEAST_OCCURRENCES, SIGNIFICANT_Q, Fact, Found, Identity, Occurrence
from server.patterns.history import History, Ints
from server.patterns.significance import false_discovery_rates

_MOST_OVERLAPS = 100_000
_DAY = 86_400 * SECOND
_TIMETABLED = 0.8
"""Share of the intervals between starts that keep to a whole number of periods, from which on the clock starts a system."""
_LOOSE = 0.1
"""By which part of the period an interval may miss it."""


def overlapping_runs(history: History, fleet: Fleet, known: frozenset[Identity]) -> list[Found]:
    """Each pair whose runs overlapped on three occasions or more, beyond chance; q-values are over all pairs looked at.

    Two systems that both keep to a timetable overlap because they are scheduled so: `confounded_by_schedule`.
    """
    looked = [
        _Together(pair, resources, runs_of(history, systems[0]), runs_of(history, systems[1]))
        for pair, systems, resources in _pairs(history, fleet)
    ]
    rates = false_discovery_rates(np.array([one.p_value for one in looked]), len(looked))
    found = []
    for one, q_value in zip(looked, rates.tolist(), strict=True):
        held_back = "confounded_by_schedule" if one.timetabled else ""
        held_back = "not_significant" if q_value > SIGNIFICANT_Q or one.lift < LEAST_LIFT else held_back
        held_back = "too_few" if one.seen < LEAST_OCCURRENCES else held_back
        if one.seen and (held_back in ("", "confounded_by_schedule") or one.identity in known):
            found.append(one.found(q_value, held_back))
    return found


def _pairs(history: History, fleet: Fleet) -> Iterator[tuple[tuple[str, str], tuple[int, int], tuple[str, ...]]]:
    """Writer and other user, their positions, and what they share without ever having told an access to it."""
    places = {name: place for place, name in enumerate(history.systems)}
    told = _told(history)
    users: dict[str, set[str]] = {}
    writers: dict[str, set[str]] = {}
    for one, member in fleet.members.items():
        if one in places:
            for resource in member.reads | member.writes:
                users.setdefault(resource, set()).add(one)
            for resource in member.writes:
                writers.setdefault(resource, set()).add(one)
    shared: dict[tuple[str, str], list[str]] = {}
    for resource in sorted(writers):
        if len(writers[resource]) <= MOST_WRITERS:
            for one in writers[resource]:
                for other in users[resource] - {one}:
                    if not {(one, resource), (other, resource)} & told:
                        pair = (other, one) if other in writers[resource] and other < one else (one, other)
                        shared.setdefault(pair, []).append(resource)
    for pair, resources in sorted(shared.items()):
        yield pair, (places[pair[0]], places[pair[1]]), tuple(dict.fromkeys(resources))


def _told(history: History) -> set[tuple[str, str]]:
    accesses, many = history.accesses, len(history.resources)
    seen = np.zeros(many * len(history.systems), bool)
    seen[accesses.system * many + accesses.resource] = True
    places = np.flatnonzero(seen).tolist()
    return {(history.systems[place // many], history.resources[place % many]) for place in places}


@dataclass(frozen=True)
class _Overlaps:
    """The overlaps of two systems' runs, by when both had begun; positions in their runs."""

    first: Ints
    second: Ints
    at: Ints
    opening: Ints
    """The overlaps that open an occasion."""


class _Together:
    """The runs of two systems that share a resource."""

    def __init__(self, pair: tuple[str, str], resources: tuple[str, ...], writer: Activity, other: Activity) -> None:
        self._pair, self._resources = pair, resources
        self._sides = writer.lasting(), other.lasting()
        self.identity = Identity(PatternType.RESOURCE_CONTENTION, (min(pair), max(pair)), resources[0])
        self._overlaps = _overlaps(*self._sides)
        self.seen = len(self._overlaps.opening)
        """Occasions."""
        self.p_value, self.lift, self._a_day = 1.0, 0.0, 0.0
        if self.seen >= LEAST_OCCURRENCES:
            self._weigh()

    @property
    def timetabled(self) -> bool:
        """Whether both keep to a timetable."""
        return all(_keeps_time(side) for side in self._sides)

    def found(self, q_value: float, held_back: str) -> Found:
        """The pattern in words and figures."""
        (writer, other), overlaps = self._pair, self._overlaps
        at = overlaps.at[overlaps.opening]
        when = usual_time(at)
        ends = [side.finished[rows] for side, rows in zip(self._sides, (overlaps.first, overlaps.second), strict=True)]
        shared = float(np.median(np.minimum(*ends) - overlaps.at))
        seqs = self._sides[0].seq[overlaps.first], self._sides[1].seq[overlaps.second]
        return Found(
            identity=self.identity,
            occurrences=tuple(
                Occurrence(int(overlaps.at[one]), (int(seqs[0][one]), int(seqs[1][one]))) for one in overlaps.opening
            ),
            facts=tuple(self._fact(side) for side in (0, 1)),
            description=(
                f"Runs overlap of {writer}, which writes {self._resources[0]}, and of {other}, which uses it too:"
                f" on {counted(self.seen, 'occasion')}{', mostly ' + when if when else ''}, for {in_words(shared)}"
                " typically. Neither tells when it accesses it"
            ),
            recommendation=(
                f"{advice(self._resources[0], writer, other, both_write=False)} Report accesses with their beginning and"
                " end, so that it shows whether they meet."
            ),
            trigger="run",
            resources=self._resources,
            p_value=self.p_value,
            q_value=q_value,
            lift=round(self.lift, 2),
            by_chance_a_day=self._a_day,
            held_back=held_back,
        )

    def _weigh(self) -> None:
        """The runs of the one that runs less often, against the part of the time in which any such run would meet one."""
        rare, often = (0, 1) if len(self._sides[0].seq) <= len(self._sides[1].seq) else (1, 0)
        one, other = self._sides[rare], self._sides[often]
        since = max(int(one.started[0]), int(other.started[0]))
        until = min(int(one.finished.max()), int(other.finished.max()))
        if until <= since:
            return
        length = int(np.mean(one.finished - one.started))  # rather too much is left to chance than too little
        wider = Activity(other.seq, other.started - length, other.finished, other.failed)
        share = share_of_time(wider, since, until)
        together = np.flatnonzero((one.started >= since) & (one.started <= until))
        met = np.intersect1d(together, (self._overlaps.first, self._overlaps.second)[rare])
        if len(together) and share > 0:
            self.p_value = binomial_tail(len(met), len(together), min(1.0, share))
            self.lift = len(met) / len(together) / share
            self._a_day = share * len(together) * _DAY / (until - since)

    def _fact(self, side: int) -> Fact:
        runs, met = self._sides[side], np.unique((self._overlaps.first, self._overlaps.second)[side])
        lasting = float(np.median(runs.finished - runs.started))
        when = usual_time(runs.started[met])
        words = f"{len(met)} of {counted(len(runs.seq), 'run')} overlap with runs of {self._pair[1 - side]}"
        words += f"; they take {in_words(lasting)} typically" + (f"; they begin mostly {when}" if when else "")
        return Fact(self._pair[side], words, "run", tuple(sorted(runs.seq[met].tolist())))


def _overlaps(one: Activity, other: Activity) -> _Overlaps:
    many = len(one.seq)
    rows = np.arange(many + len(other.seq))
    alone = np.zeros(len(rows), np.int64)
    spans = Spans(
        rows, alone, np.concatenate([one.started, other.started]), np.concatenate([one.finished, other.finished])
    )
    owner = (rows >= many).astype(np.int64)
    met = meetings(spans.where(owner == 0), spans.where(owner == 1), owner, _MOST_OVERLAPS)
    order, occasion = occasions(np.zeros(len(met.at), np.int64), met.at, met.until)
    low, high = np.minimum(met.one, met.other)[order], np.maximum(met.one, met.other)[order]
    opening = np.flatnonzero(np.concatenate([[True], occasion[1:] != occasion[:-1]])) if len(order) else order
    return _Overlaps(low, high - many, met.at[order], opening)


def _keeps_time(work: Activity) -> bool:
    """Whether the intervals between its starts are whole numbers of one period, nearly."""
    intervals = np.diff(work.started)
    intervals = intervals[intervals > 0]
    if not len(intervals):
        return True
    periods = intervals / float(np.median(intervals))
    return float(np.mean((np.abs(periods - np.round(periods)) <= _LOOSE) & (periods > _LOOSE))) >= _TIMETABLED
