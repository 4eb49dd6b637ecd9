"""Where everything stands on the page: columns from left to right as data flows, groups below each other. Deterministic."""

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from server.exchange.page.layers import Edge, columns, connected_groups, order_columns

WIDTH, HEIGHT = 208.0, 56.0
"""Of one system's card."""
ROW = 76.0
"""From one card to the next below it, at least."""
BEND = 16.0
"""The same for an edge that passes through a column."""
AISLE = 88.0
"""Between two columns, at least."""
BETWEEN_GROUPS = 56.0
BENDS_PER_CARD = 1.0
"""Above this many places where edges pass through columns, edges are drawn straight: nobody could follow them there."""
SCREEN = 1.75
"""Width by height of where the page is looked at."""
SWEEPS = 12
SETTLING = 10

Point = tuple[float, float]


@dataclass
class Layout:
    """Places on a plane whose origin is at the top left, in pixels at full size."""

    places: dict[str, Point] = field(default_factory=dict)
    """The middle of every card."""
    bends: dict[Edge, tuple[Point, ...]] = field(default_factory=dict)
    """Where an edge passes through the columns between its ends; left out where it does not."""
    width: float = 0
    height: float = 0


def lay_out(ids: Collection[str], edges: Collection[Edge]) -> Layout:
    """Every id has a place of its own, whatever order they come in; edges lead between two different ones of them."""
    touched = {one for edge in edges for one in edge}
    blocks = []
    by_group: dict[str, list[Edge]] = {}
    groups = connected_groups(sorted(touched), edges)
    group_of = {one: group[0] for group in groups for one in group}
    for edge in sorted(edges):
        by_group.setdefault(group_of[edge[0]], []).append(edge)
    blocks = [_Group(group, by_group[group[0]]).placed() for group in groups]
    widest = max([block.width for block in blocks], default=0)
    alone = sorted(set(ids) - touched)
    area = sum((block.width + BETWEEN_GROUPS) * (block.height + BETWEEN_GROUPS) for block in blocks)
    width = max(widest, math.sqrt(area * SCREEN), min(len(alone), 6) * (WIDTH + 24))
    whole = _shelved(blocks, width)
    if alone:
        _add(whole, _grid(alone, max(width, math.sqrt(len(alone) * ROW * (WIDTH + 24) * SCREEN))), 0, whole.height)
    return whole


def _shelved(blocks: Sequence[Layout], width: float) -> Layout:
    """The blocks in rows, each row as high as its highest block."""
    whole = Layout()
    x = top = 0.0
    for block in blocks:
        if x and x + block.width > width:
            x, top = 0.0, whole.height
        _add(whole, block, x, top)
        x += block.width + BETWEEN_GROUPS
    return whole


def _add(whole: Layout, block: Layout, x: float, y: float) -> None:
    if whole.height and y >= whole.height:
        y += BETWEEN_GROUPS
    whole.places.update((one, (place[0] + x, place[1] + y)) for one, place in block.places.items())
    whole.bends.update((edge, tuple((px + x, py + y) for px, py in points)) for edge, points in block.bends.items())
    whole.width = max(whole.width, x + block.width)
    whole.height = max(whole.height, y + block.height)


def _grid(ids: Sequence[str], width: float) -> Layout:
    across = max(1, int(width // (WIDTH + 24)))
    places = {
        one: (WIDTH / 2 + (number % across) * (WIDTH + 24), HEIGHT / 2 + (number // across) * ROW)
        for number, one in enumerate(ids)
    }
    rows = -(-len(ids) // across)
    return Layout(places, {}, min(len(ids), across) * (WIDTH + 24) - 24, rows * ROW - (ROW - HEIGHT))


class _Group:
    """One connected group, in coordinates of its own."""

    def __init__(self, ids: Sequence[str], edges: Sequence[Edge]) -> None:
        self.edges = edges
        self.column = columns(ids, edges)
        self.bends: dict[Edge, list[str]] = {}
        """The stand-ins of an edge in the columns that it passes through, in order."""
        self.near: dict[str, list[str]] = {one: [] for one in ids}
        through = {
            edge: range(min(at) + 1, max(at)) for edge in edges if (at := sorted(self.column[one] for one in edge))
        }
        bent = sum(map(len, through.values())) <= BENDS_PER_CARD * len(ids)
        for number, (edge, between) in enumerate(through.items()):
            self._join(edge, list(between) if bent else [], number)
        members: list[list[str]] = [[] for _ in range(max(self.column.values()) + 1)]
        for one in sorted(self.near, key=lambda one: (one[:1] == "\0", one)):
            members[self.column[one]].append(one)
        self.members = order_columns(members, self.near, sweeps=SWEEPS)

    def _join(self, edge: Edge, between: list[int], number: int) -> None:
        names = [f"\0{number}:{column}" for column in between]  # no id begins with NUL
        for name, column in zip(names, between, strict=True):
            self.column[name] = column
            self.near[name] = []
        first, last = sorted(edge, key=lambda one: self.column[one])
        chain = [first, *names, last]
        if names:
            self.bends[edge] = names if edge[0] == first else names[::-1]
        for one, other in itertools.pairwise(chain):
            if self.column[one] != self.column[other]:
                self.near[one].append(other)
                self.near[other].append(one)

    def placed(self) -> Layout:
        """The group, with its top left corner at the origin."""
        beside = _folded([sum(one[:1] != "\0" for one in column) for column in self.members])
        y = self._heights(beside)
        layout = Layout()
        left = 0.0
        middles: dict[str, Point] = {}
        for number, column in enumerate(self.members):
            cards = [one for one in column if one[:1] != "\0"]
            for position, one in enumerate(cards):
                middles[one] = (left + WIDTH / 2 + (position % beside[number]) * (WIDTH + 24), y[one])
            width = beside[number] * (WIDTH + 24) - 24
            middles.update((one, (left + width / 2, y[one])) for one in column if one[:1] == "\0")
            crossing = sum(self.column[other] > number for one in column for other in self.near[one])
            left += width + AISLE + min(140.0, 4.0 * crossing)
        top = min(y.values()) - HEIGHT / 2
        layout.places = {one: (x, at - top) for one, (x, at) in middles.items() if one[:1] != "\0"}
        layout.bends = {
            edge: tuple((middles[name][0], middles[name][1] - top) for name in names)
            for edge, names in self.bends.items()
        }
        layout.width = max(x for x, _ in middles.values()) + WIDTH / 2
        layout.height = max(y.values()) + HEIGHT / 2 - top
        return layout

    def _heights(self, beside: Sequence[int]) -> dict[str, float]:
        """The height of everything: as near to what it is joined to as the order and the distances allow."""
        y: dict[str, float] = {}
        offsets: list[list[float]] = []
        for number, column in enumerate(self.members):
            offset = [0.0]
            for one, other in itertools.pairwise(column):
                offset.append(offset[-1] + (_room(one) + _room(other)) / 2 / beside[number])
            offsets.append(offset)
            middle = offset[-1] / 2
            y.update((one, at - middle) for one, at in zip(column, offset, strict=True))
        for turn in range(SETTLING):
            forward = turn % 2 == 0
            for number in range(len(self.members)) if forward else range(len(self.members) - 1, -1, -1):
                side = self.near if turn > SETTLING - 3 else self._side(number, forward=forward)
                column = self.members[number]
                wanted = [_wanted(one, side.get(one, ()), y) for one in column]
                y.update(zip(column, _spread(wanted, offsets[number]), strict=True))
        return y

    def _side(self, number: int, *, forward: bool) -> Mapping[str, Sequence[str]]:
        return {
            one: [other for other in self.near[one] if (self.column[other] < number) == forward]
            for one in self.members[number]
        }


def _folded(cards: Sequence[int]) -> list[int]:
    """Into how many columns side by side each column is folded, so that the whole comes closest to the shape of a screen."""

    def shape(tallest: int) -> float:
        across = sum(-(-count // tallest) * (WIDTH + 24) + AISLE for count in cards)
        return abs(math.log(across / (tallest * ROW) / SCREEN))

    most = max(cards)
    best = min(range(min(6, most), most + 1), key=lambda tallest: (shape(tallest), tallest))
    return [max(1, -(-count // best)) for count in cards]


def _room(one: str) -> float:
    return BEND if one[:1] == "\0" else ROW


def _wanted(one: str, near: Sequence[str], y: Mapping[str, float]) -> tuple[float, float]:
    """(height, weight): passing edges pull hardest, so that they come out straight."""
    if not near:
        return y[one], 0.2
    weights = [8.0 if one[:1] == other[:1] == "\0" else 1.0 for other in near]
    at = sum(weight * y[other] for weight, other in zip(weights, near, strict=True)) / sum(weights)
    return at, max(weights)


def _spread(wanted: Sequence[tuple[float, float]], offsets: Sequence[float]) -> list[float]:
    """The heights closest to the wanted ones that keep the order and the distances (pooling adjacent violators)."""
    blocks: list[tuple[float, float, int]] = []
    """(mean, weight, members)"""
    for (height, weight), offset in zip(wanted, offsets, strict=True):
        block = (height - offset, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            mean, before, members = blocks.pop()
            together = before + block[1]
            block = ((mean * before + block[0] * block[1]) / together, together, members + block[2])
        blocks.append(block)
    means = [mean for mean, _, members in blocks for _ in range(members)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
