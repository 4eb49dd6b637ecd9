"""Circles in the dependency graph, beside networkx over the same edges: the components, and a shortest way round each."""

import random

import networkx
from hypothesis import given
from hypothesis import strategies as st

from server.model.contract import Basis
from server.model.finding import FindingKind
from server.model.system import StoredSystem, System
from server.model.tier import Severity
from server.registry.gaps import cycle_gap, gaps_of
from server.registry.graph import components, cycles, shortest_cycle
from server.registry.map import RegistryMap

EDGES = st.integers(2, 24).flatmap(
    lambda most: st.sets(st.tuples(st.integers(0, most), st.integers(0, most)), max_size=3 * most)
)


def graph_of(pairs: set[tuple[int, int]]) -> networkx.DiGraph:
    graph = networkx.DiGraph()
    graph.add_edges_from((f"s{one:02}", f"s{other:02}") for one, other in sorted(pairs))
    return graph


def edges_of(graph: networkx.DiGraph) -> dict[str, set[str]]:
    return {node: set(graph.successors(node)) for node in graph}


def rings(graph: networkx.DiGraph) -> list[list[str]]:
    """The components with more than one member, as networkx finds them."""
    return sorted(sorted(members) for members in networkx.strongly_connected_components(graph) if len(members) > 1)


def girth(graph: networkx.DiGraph, members: list[str]) -> int:
    """The length of a shortest cycle among the members: a shortest path from the head of each edge back to its tail."""
    inside = graph.subgraph(members)
    lengths = dict(networkx.all_pairs_shortest_path_length(inside))
    return int(min(lengths[head][tail] for tail, head in inside.edges if tail != head)) + 1


def registry_of(graph: networkx.DiGraph, guessed: set[tuple[str, str]]) -> RegistryMap:
    """Every system reads what its successors write; what is guessed is an inferred access."""

    def stored(node: str) -> StoredSystem:
        reads = [
            {"resource": f"/out/{other}", "basis": "inferred" if (node, other) in guessed else "declared"}
            for other in sorted(graph.successors(node))
        ]
        document = {"id": node, "tier": "PRODUCTION", "reads_from": reads, "writes_to": [f"/out/{node}"]}
        return StoredSystem(system=System.model_validate(document), version=1, revision=1)

    return RegistryMap(map(stored, sorted(graph)))


@given(EDGES)
def test_reg_06_the_components_are_those_that_networkx_finds(pairs: set[tuple[int, int]]) -> None:
    graph = graph_of(pairs)
    assert components(edges_of(graph)) == rings(graph)


@given(EDGES)
def test_reg_06_the_example_is_a_way_round_and_none_is_shorter(pairs: set[tuple[int, int]]) -> None:
    graph = graph_of(pairs)
    for members in rings(graph):
        example = shortest_cycle(members, edges_of(graph))
        assert len(set(example)) == len(example) == girth(graph, members)
        assert all(graph.has_edge(one, other) for one, other in zip(example, [*example[1:], example[0]], strict=True))
        assert example[0] == min(example)


@given(EDGES, st.randoms(use_true_random=False))
def test_reg_06_a_circle_is_medium_where_no_way_round_is_declared_throughout(
    pairs: set[tuple[int, int]], chance: random.Random
) -> None:
    graph = graph_of(pairs)
    guessed = {edge for edge in graph.edges if chance.random() < 0.4}
    firm = graph.edge_subgraph([edge for edge in graph.edges if edge not in guessed])
    certain = {member for ring in rings(firm) for member in ring}
    found = cycles(registry_of(graph, guessed))
    assert [list(cycle.members) for cycle in found] == rings(graph)
    for cycle in found:
        assert cycle_gap(cycle).severity is (Severity.HIGH if certain.intersection(cycle.members) else Severity.MEDIUM)
        around = set(zip(cycle.example, [*cycle.example[1:], cycle.example[0]], strict=True))
        assert (cycle.weakest.consumer, cycle.weakest.producer) in around
        assert (cycle.weakest.basis is Basis.INFERRED) == bool(around & guessed)


@given(st.permutations([f"s{number:02}" for number in range(7)]))
def test_reg_06_what_is_named_of_a_circle_does_not_depend_on_the_order_of_its_systems(order: list[str]) -> None:
    graph = graph_of({(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 2), (5, 6), (6, 5)})
    stored = registry_of(graph, set()).systems
    found = cycles(RegistryMap(stored[one] for one in order))
    assert [cycle.example for cycle in found] == [("s00", "s01", "s02"), ("s05", "s06")]


def test_reg_06_a_system_that_reads_what_it_writes_closes_no_circle_and_has_no_gap_for_it() -> None:
    graph = graph_of({(0, 0), (0, 1)})
    registry = registry_of(graph, set())
    assert cycles(registry) == []
    assert FindingKind.DEPENDENCY_CYCLE not in {gap.kind for gap in gaps_of(registry, "s00")}


def test_reg_06_a_circle_of_thousands_is_found_whole() -> None:
    """A search from each of them would take as many steps as the square of their number, and this test an hour."""
    ring = {f"s{one:05}": {f"s{(one + 1) % 20_000:05}"} for one in range(20_000)}
    assert shortest_cycle(ring, ring) == sorted(ring)
