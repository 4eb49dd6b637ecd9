"""Spans of time that overlap, found by one sweep over their sorted beginnings.

Two spans overlap where each begins before the other ends: ends that only touch don't, a moment counts inside a span,
and two moments never overlap.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from server.patterns.history import Bools, Ints

_AT_ONCE = 500_000
"""Overlaps that are held in memory before they are summed up."""
_WIDTH = 2**62
"""Room for a group and a moment in one number."""


@dataclass(frozen=True)
class Spans:
    """Spans in groups; only those of one group are compared. `row` says which one it is, elsewhere."""

    row: Ints
    group: Ints
    started: Ints
    finished: Ints

    def where(self, chosen: Bools) -> "Spans":
        """Those that are chosen."""
        return Spans(self.row[chosen], self.group[chosen], self.started[chosen], self.finished[chosen])


@dataclass(frozen=True)
class Meetings:
    """Overlaps of a span with the spans of one owner, taken together."""

    one: Ints
    """Row of the span that was under way when the first of the others began."""
    other: Ints
    """Row of that first one."""
    group: Ints
    at: Ints
    """When both had begun."""
    until: Ints
    """When the last of all of them ended."""
    shared: Ints
    """How long the longest of these overlaps took, microseconds."""
    looked_since: Mapping[int, int] = field(default_factory=dict)
    """For groups with too many overlaps, from when on they were looked at."""


def meetings(one: Spans, other: Spans, owner: Ints, at_most: int, *, same: bool = False) -> Meetings:
    """Every overlap of a span in `one` with a span of another owner in `other`, those with one owner taken together.

    `owner` holds the owner by row. Of more overlaps than `at_most` each group gives as many as are its share, the latest.
    `same` says that both are the same spans: each pair is then counted once.
    """
    since: dict[int, int] = {}
    parts: list[tuple[Ints, ...]] = []
    for first, second in _comparable(one, other):
        parts += _begun_within(first, second, owner, at_most, since, after=False, same=same)
        if not same:
            parts += _begun_within(second, first, owner, at_most, since, after=True, same=False)
    if not parts:
        nothing = np.zeros(0, np.int64)
        return Meetings(nothing, nothing, nothing, nothing, nothing, nothing)
    rows, partners, group, at, until, shared = (np.concatenate(column) for column in zip(*parts, strict=True))
    late = np.ones(len(at), bool)
    if since:
        groups = np.array(sorted(since))
        place = np.minimum(np.searchsorted(groups, group), len(groups) - 1)
        late = (groups[place] != group) | (at >= np.array([since[int(one)] for one in groups])[place])
    return Meetings(rows[late], partners[late], group[late], at[late], until[late], shared[late], since)


def covered(started: Ints, finished: Ints) -> tuple[Ints, Ints]:
    """The time that the spans cover together, as spans that don't overlap; `started` ascends."""
    if not len(started):
        return started, finished
    reach = np.maximum.accumulate(finished)
    opens = np.concatenate([[True], started[1:] >= reach[:-1]])
    return started[opens], reach[np.concatenate([opens[1:], [True]])]


def touched(started: Ints, finished: Ints, others_started: Ints, others_finished: Ints) -> Bools:
    """Which of the spans overlap with any of the others; `others_started` ascends."""
    begins, ends = covered(others_started, others_finished)
    if not len(begins):
        return np.zeros(len(started), bool)
    next_one = np.searchsorted(ends, started, side="right")
    inside: Bools = (next_one < len(ends)) & (begins[np.minimum(next_one, len(ends) - 1)] < finished)
    return inside


def occasions(key: Ints, at: Ints, until: Ints) -> tuple[Ints, Ints]:
    """Orders what happened by key and time, and numbers the occasions: one lasts while anything of it goes on.

    Returns the order, and by that order the number of the occasion; numbers ascend, and belong to one key each.
    """
    order = np.lexsort([until, at, key])
    if not len(order):
        return order, order
    key, at, until = key[order], at[order] - at.min(), until[order] - at.min()
    fresh = np.concatenate([[True], key[1:] != key[:-1]])
    lane = np.cumsum(fresh) - 1
    size = int(until.max()) + 2
    at_once = _WIDTH // size
    for lanes in range(0, int(lane[-1]) + 1, at_once):
        begin, end = np.searchsorted(lane, [lanes, lanes + at_once])
        offset = (lane[begin:end] - lanes) * size
        reach = np.maximum.accumulate(offset + until[begin:end])
        fresh[begin + 1 : end] |= (offset + at[begin:end])[1:] >= reach[:-1]
    return order, np.cumsum(fresh) - 1


def _comparable(one: Spans, other: Spans) -> Iterator[tuple["_Sorted", "_Sorted"]]:
    """The spans of as many groups at a time as find room in one number together with the moments."""
    if not len(one.row) or not len(other.row):
        return
    first = int(min(one.started.min(), other.started.min()))
    size = int(max(one.started.max(), other.started.max())) - first + 3
    groups = max(1, _WIDTH // size)
    last = int(max(one.group.max(), other.group.max()))
    for begin in range(0, last + 1, groups):
        pair = [
            spans if last < groups else spans.where((spans.group >= begin) & (spans.group < begin + groups))
            for spans in (one, other)
        ]
        yield _Sorted(pair[0], begin, first, size), _Sorted(pair[1], begin, first, size)


class _Sorted:
    """Spans by group and beginning, group and moment in one number."""

    def __init__(self, spans: Spans, first_group: int, first: int, size: int) -> None:
        begun = (spans.group - first_group) * size + (spans.started - first)
        order = np.argsort(begun, kind="stable")
        self.begun = begun[order]
        self.row, self.group = spans.row[order], spans.group[order]
        self.started, self.finished = spans.started[order], spans.finished[order]
        # nothing begins after the last beginning: how much later a span ends makes no difference
        self.ended = self.begun - self.started + np.minimum(self.finished, first + size - 1)


def _begun_within(
    one: _Sorted, other: _Sorted, owner: Ints, at_most: int, since: dict[int, int], *, after: bool, same: bool
) -> Iterator[tuple[Ints, ...]]:
    """Where a span of `other` begins while one of `one` is under way; with `after`, not in the moment it begins."""
    low = np.searchsorted(other.begun, one.begun, side="right" if after else "left")
    if same:
        low = np.arange(1, len(one.begun) + 1)
    many = np.maximum(np.searchsorted(other.begun, one.ended, side="left") - low, 0)
    if int(many.sum()) > at_most:
        many = _latest(many, one, at_most, since)
    ends = np.cumsum(many)
    begin, total = 0, int(ends[-1]) if len(ends) else 0
    while begin < len(many) and (ends[begin - 1] if begin else 0) < total:
        done = int(ends[begin - 1]) if begin else 0
        stop = max(begin + 1, int(np.searchsorted(ends, done + _AT_ONCE, side="right")))
        index = np.repeat(np.arange(begin, stop), many[begin:stop])
        partner = np.arange(len(index)) - np.repeat(ends[begin:stop] - many[begin:stop] - done, many[begin:stop])
        partner += low[index]
        apart = (owner[one.row[index]] != owner[other.row[partner]]) & (one.started[index] < other.finished[partner])
        if apart.any():
            yield _together(one, other, owner, index[apart], partner[apart])
        begin = stop


def _latest(many: Ints, one: _Sorted, at_most: int, since: dict[int, int]) -> Ints:
    """As many of the latest overlaps of each group as are its share; notes from when on a group is looked at."""
    opens = np.flatnonzero(np.concatenate([[True], one.group[1:] != one.group[:-1]]))
    share = max(1, at_most // int(np.count_nonzero(np.add.reduceat(many, opens))))
    from_behind = np.concatenate([np.cumsum(many[::-1])[::-1], [0]])
    closes = np.concatenate([opens[1:], [len(many)]])
    kept = from_behind[:-1] - np.repeat(from_behind[closes], closes - opens) <= share
    for begin, end in zip(opens.tolist(), closes.tolist(), strict=True):
        if not kept[begin]:
            first = begin + int(kept[begin:end].argmax())
            moment = int(one.started[first if kept[first] else end - 1])
            since[int(one.group[begin])] = max(moment, since.get(int(one.group[begin]), moment))
    return np.where(kept, many, 0)


def _together(one: _Sorted, other: _Sorted, owner: Ints, index: Ints, partner: Ints) -> tuple[Ints, ...]:
    """The overlaps of one span with the spans of one owner as one row."""
    owners = owner[other.row[partner]]
    order = np.lexsort([owners, index])  # stable: the partners stay in the order in which they begin
    index, partner, owners = index[order], partner[order], owners[order]
    opens = np.flatnonzero(np.concatenate([[True], (index[1:] != index[:-1]) | (owners[1:] != owners[:-1])]))
    shared = np.minimum(one.finished[index], other.finished[partner]) - other.started[partner]
    return (
        one.row[index[opens]],
        other.row[partner[opens]],
        one.group[index[opens]],
        other.started[partner[opens]],
        np.maximum(one.finished[index[opens]], np.maximum.reduceat(other.finished[partner], opens)),
        np.maximum.reduceat(shared, opens),
    )
