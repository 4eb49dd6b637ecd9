"""The dependency graph: who is hit by a change, with the path that reaches them, and cycles (REG-6, REG-10)."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.model.contract import Basis
from server.registry.map import Link, RegistryMap

Neighbours = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class Reached:
    """A system that a change at the root can reach."""

    system_id: str
    distance: int
    """1 for a direct neighbour."""
    path: tuple[str, ...]
    """From the root to the system, both included."""


def reach(root: str, first: Iterable[str], neighbours: Neighbours, *, depth: int = 0, most: int = 0) -> list[Reached]:
    """Every system reached breadth-first from `first` (the root's direct neighbours), each by one shortest path.

    `depth` bounds the distance, and the search ends once it has found `most`; 0 = all. Ordered by distance, then id.
    The root itself is never listed.
    """
    found: dict[str, Reached] = {}
    queue: deque[Reached] = deque()
    for system_id in sorted(set(first) - {root}):
        found[system_id] = Reached(system_id, 1, (root, system_id))
        queue.append(found[system_id])
    while queue and not (most and len(found) >= most):
        here = queue.popleft()
        if depth and here.distance >= depth:
            continue
        for system_id in sorted(neighbours(here.system_id)):
            if system_id not in found and system_id != root:
                found[system_id] = Reached(system_id, here.distance + 1, (*here.path, system_id))
                queue.append(found[system_id])
    return sorted(found.values(), key=lambda reached: (reached.distance, reached.system_id))


def dependency_edges(registry: RegistryMap) -> dict[str, Sequence[Link]]:
    """For every live system, the links to the producers it depends on."""
    return {stored.id: registry.producers(stored.id) for stored in registry.live_systems()}


def components(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The strongly connected components with more than one member, each sorted (Tarjan 1972, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    found: list[list[str]] = []
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, successors = work[-1]
            advanced = False
            for successor in successors:
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(edges.get(successor, ()))))
                    advanced = True
                    break
                if successor in on_stack:
                    low[node] = min(low[node], index[successor])
            if advanced:
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == index[node]:
                members = _pop_component(node, stack, on_stack)
                if len(members) > 1:
                    found.append(sorted(members))
    return sorted(found)


def shortest_cycle(members: Iterable[str], edges: Mapping[str, Iterable[str]]) -> list[str]:
    """A shortest cycle of at least two among these members, from its least member on, without repeating the first."""
    inside = set(members)
    ahead = {one: inside.intersection(edges.get(one, ())) - {one} for one in inside}
    behind: dict[str, set[str]] = {one: set() for one in inside}
    for one, others in ahead.items():
        for other in others:
            behind[other].add(one)
    best: list[str] = []
    for start in sorted(inside):
        found = _way_round(start, ahead, shorter_than=len(best)) if start in ahead else []
        best = found or best
        if len(best) == 2:
            break
        _take_out(start, ahead, behind)
    return best


def _way_round(start: str, ahead: Mapping[str, set[str]], *, shorter_than: int) -> list[str]:
    """A shortest way from the start back to it, if there is one that is shorter; 0 = of any length."""
    reached_from = {start: ""}
    here, length = [start], 1
    while here and not (shorter_than and length >= shorter_than):
        further: list[str] = []
        for node in here:
            if length > 1 and start in ahead[node]:
                return _path(node, reached_from)
            for other in sorted(ahead[node].difference(reached_from)):
                reached_from[other] = node
                further.append(other)
        here, length = sorted(further), length + 1
    return []


def _path(end: str, reached_from: Mapping[str, str]) -> list[str]:
    path = []
    while end:
        path.append(end)
        end = reached_from[end]
    return path[::-1]


def _take_out(node: str, ahead: dict[str, set[str]], behind: dict[str, set[str]]) -> None:
    """The node is gone, and with it every one that then lies on no cycle as nothing leads to it, or on from it."""
    todo = [node]
    while todo:
        one = todo.pop()
        if one not in ahead:
            continue
        after, before = ahead.pop(one), behind.pop(one)
        for other in after:
            behind[other].discard(one)
        for other in before:
            ahead[other].discard(one)
        todo += [other for other in after if other in behind and not behind[other]]
        todo += [other for other in before if other in ahead and not ahead[other]]


@dataclass(frozen=True)
class Cycle:
    """A group of systems that depend on each other in a circle."""

    members: tuple[str, ...]
    example: tuple[str, ...]
    """A shortest cycle through them."""
    weakest: Link
    """The link whose removal is suggested: the one that rests on the least."""
    inferred: bool
    """Whether every way round rests on at least one inferred link."""


_FEW = 20
"""Systems up to which looking around each of them costs less than looking at the whole graph once."""


def cycles(registry: RegistryMap, through: Iterable[str] | None = None) -> list[Cycle]:
    """Every circle in the dependency graph, one per strongly connected component (registry rule 6).

    With `through`, only the circles that these systems are part of, without looking at the rest of the graph.
    """
    given = None if through is None else set(through)
    links = dependency_edges(registry) if given is None or len(given) > _FEW else _links_around(registry, sorted(given))
    edges = {consumer: {link.producer for link in found} for consumer, found in links.items()}
    firm = {
        consumer: {link.producer for link in found if link.basis is Basis.DECLARED} for consumer, found in links.items()
    }
    firm_members = {member for component in components(firm) for member in component}
    return [
        _cycle(members, edges, links, firm_members)
        for members in components(edges)
        if given is None or not given.isdisjoint(members)
    ]


def _links_around(registry: RegistryMap, system_ids: Iterable[str]) -> dict[str, Sequence[Link]]:
    """The links among the systems that both depend on one of these and are depended on by it."""
    inside: set[str] = set()
    for system_id in sorted(system_ids):
        if system_id not in inside:
            upstream = _closure(system_id, lambda node: {link.producer for link in registry.producers(node)})
            if not upstream:
                continue
            downstream = _closure(system_id, lambda node: {link.consumer for link in registry.consumers(node)})
            inside |= upstream & downstream
    return {
        system_id: [link for link in registry.producers(system_id) if link.producer in inside]
        for system_id in sorted(inside)
    }


def _closure(start: str, neighbours: Neighbours) -> set[str]:
    """Everything reachable from `start`; `start` itself only where a way leads back to it."""
    found: set[str] = set()
    todo = [start]
    while todo:
        for node in neighbours(todo.pop()):
            if node not in found:
                found.add(node)
                todo.append(node)
    return found


def _cycle(
    members: list[str], edges: Mapping[str, set[str]], links: Mapping[str, Sequence[Link]], firm: set[str]
) -> Cycle:
    example = shortest_cycle(members, edges)
    around = list(zip(example, [*example[1:], example[0]], strict=True))
    candidates = [link for consumer, producer in around for link in links[consumer] if link.producer == producer]
    weakest = max(candidates, key=lambda link: (list(Basis).index(link.basis), link.stated != "reads_from", link))
    return Cycle(tuple(members), tuple(example), weakest, inferred=not firm.intersection(members))


def _pop_component(node: str, stack: list[str], on_stack: set[str]) -> list[str]:
    members = []
    while True:
        member = stack.pop()
        on_stack.discard(member)
        members.append(member)
        if member == node:
            return members
