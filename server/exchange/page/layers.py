"""Which column each system stands in: the length of the longest way that leads to it, circles cut open where they close."""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

Edge = tuple[str, str]
"""(producer, consumer): data flows from left to right."""


def connected_groups(ids: Iterable[str], edges: Iterable[Edge]) -> list[list[str]]:
    """The ids in groups that nothing joins, the largest first, then by their least member; each group sorted."""
    near: dict[str, list[str]] = {one: [] for one in ids}
    for one, other in edges:
        near[one].append(other)
        near[other].append(one)
    left = dict.fromkeys(sorted(near))
    groups = []
    while left:
        todo = [next(iter(left))]
        group = set(todo)
        while todo:
            for other in near[todo.pop()]:
                if other not in group:
                    group.add(other)
                    todo.append(other)
        for one in group:
            del left[one]
        groups.append(sorted(group))
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def columns(ids: Sequence[str], edges: Collection[Edge]) -> dict[str, int]:
    """The column of every id, from 0: right of all that feed it, but for the edges that close a circle.

    A system that nothing feeds stands next to the first that reads it, not at the far left.
    """
    ahead: dict[str, list[str]] = {one: [] for one in sorted(ids)}
    for producer, consumer in sorted(edges):
        ahead[producer].append(consumer)
    order = _without_ways_back(ahead)
    column = dict.fromkeys(order, 0)
    fed: set[str] = set()
    for one in order:
        for other in ahead[one]:
            column[other] = max(column[other], column[one] + 1)
            fed.add(other)
    for one in order:
        if one not in fed and ahead[one]:
            column[one] = min(column[other] for other in ahead[one]) - 1
    least = min(column.values(), default=0)
    return {one: place - least for one, place in column.items()}


def _without_ways_back(ahead: dict[str, list[str]]) -> list[str]:
    """An order in which every edge leads on; those that lead back in it are taken out of `ahead`."""
    fed = {other for others in ahead.values() for other in others}
    finished: list[str] = []
    state: dict[str, bool] = {}
    """Seen ones; True once everything after them is."""
    for start in sorted(ahead, key=lambda one: (one in fed, one)):
        if start in state:
            continue
        state[start] = False
        way = [(start, iter(list(ahead[start])))]
        while way:
            one, others = way[-1]
            for other in others:
                if other not in state:
                    state[other] = False
                    way.append((other, iter(list(ahead[other]))))
                    break
                if not state[other]:
                    ahead[one].remove(other)
            else:
                way.pop()
                state[one] = True
                finished.append(one)
    return finished[::-1]


def order_columns(members: list[list[str]], near: Mapping[str, Sequence[str]], *, sweeps: int) -> list[list[str]]:
    """The members of each column in an order in which few edges cross: each near the middle of those it is joined to.

    `near` are the neighbours in other columns. Of all the orders that were tried, the one with the fewest crossings
    between neighbouring columns is taken, and the first of several.
    """
    best, fewest = members, _crossings(members, near)
    for sweep in range(sweeps):
        members = [list(column) for column in members]
        forward = sweep % 2 == 0
        for number in range(1, len(members)) if forward else range(len(members) - 2, -1, -1):
            beside = members[number - 1 if forward else number + 1]
            place = {one: (position + 0.5) / len(beside) for position, one in enumerate(beside)}
            own = {one: (position + 0.5) / len(members[number]) for position, one in enumerate(members[number])}
            members[number].sort(key=lambda one, place=place, own=own: _middle(one, near, place, own))  # type: ignore[misc]  # mypy can't see through the defaults
        crossings = _crossings(members, near)
        if crossings < fewest:
            best, fewest = members, crossings
    return best


def _middle(one: str, near: Mapping[str, Sequence[str]], place: Mapping[str, float], own: Mapping[str, float]) -> float:
    found = [place[other] for other in near[one] if other in place]
    return sum(found) / len(found) if found else own[one]


def _crossings(members: Sequence[Sequence[str]], near: Mapping[str, Sequence[str]]) -> int:
    """How many pairs of edges between neighbouring columns cross: inversions, counted with a Fenwick tree."""
    total = 0
    for left, right in itertools.pairwise(members):
        place = {one: position for position, one in enumerate(right)}
        tree = [0] * (len(right) + 1)
        seen = 0
        for one in left:
            ends = [place[other] for other in near[one] if other in place]
            for end in ends:
                total += seen - _up_to(tree, end + 1)
            for end in ends:
                seen += 1
                position = end + 1
                while position < len(tree):
                    tree[position] += 1
                    position += position & -position
    return total


def _up_to(tree: Sequence[int], position: int) -> int:
    found = 0
    while position:
        found += tree[position]
        position -= position & -position
    return found
