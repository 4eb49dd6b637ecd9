"""The dependency graph: derived links, reach, cycles; compared with plain searches over the same edges."""

import itertools
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from server.model.contract import Basis
from server.model.finding import FindingKind
from server.model.system import StoredSystem, System
from server.model.tier import Severity
from server.registry.gaps import cycle_gap, gaps_of
from server.registry.graph import components, cycles, reach, shortest_cycle
from server.registry.map import RegistryMap

EDGES = st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 9), max_size=4), max_size=10)


def stored(system_id: str, *, reads: list[object] = [], writes: list[object] = [], **more: object) -> StoredSystem:  # noqa: B006 -- never changed
    system = System.model_validate(
        {"id": system_id, "tier": "PRODUCTION", "reads_from": reads, "writes_to": writes, **more}
    )
    return StoredSystem(system=system, version=1, revision=1)


def chain(edges: Mapping[int, set[int]]) -> RegistryMap:
    """A registry in which system n reads what each system in edges[n] writes."""
    return RegistryMap(
        stored(f"s{n}", reads=[f"/f{other}" for other in sorted(edges.get(n, ()))], writes=[f"/f{n}"])
        for n in range(10)
    )


def reachable(edges: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for other in edges.get(todo.pop(), ()):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen


@given(EDGES)
def test_components_are_the_systems_that_reach_each_other(edges: dict[int, set[int]]) -> None:
    named = {f"s{n}": {f"s{other}" for other in others} for n, others in edges.items()}
    found = {frozenset(members) for members in components(named)}
    nodes = set(named) | {other for others in named.values() for other in others}
    expected = {
        frozenset({a, *(b for b in nodes if b in reachable(named, a) and a in reachable(named, b))}) for a in nodes
    }
    assert found == {members for members in expected if len(members) > 1}


@given(EDGES)
def test_a_cycle_found_around_a_system_is_the_one_found_in_the_whole(edges: dict[int, set[int]]) -> None:
    registry = chain(edges)
    whole = cycles(registry)
    for cycle in whole:
        assert cycles(registry, [cycle.members[-1]]) == [cycle]
        ring = [*cycle.example, cycle.example[0]]
        for consumer, producer in itertools.pairwise(ring):
            assert producer in registry.dependencies(consumer)
    outside = {f"s{n}" for n in range(10)} - {member for cycle in whole for member in cycle.members}
    assert cycles(registry, sorted(outside)) == []


@given(EDGES, st.integers(0, 3))
def test_reach_is_a_breadth_first_search_with_a_real_path_to_each(edges: dict[int, set[int]], depth: int) -> None:
    registry = chain(edges)
    found = reach("s0", registry.dependents("s0"), registry.dependents, depth=depth)
    dependents = {f"s{n}": set(registry.dependents(f"s{n}")) for n in range(10)}
    if depth == 0:
        assert {one.system_id for one in found} == reachable(dependents, "s0") - {"s0"}
    for one in found:
        assert one.path[0] == "s0"
        assert one.path[-1] == one.system_id
        assert len(one.path) == one.distance + 1
        assert depth == 0 or one.distance <= depth
        for before, after in zip(one.path, one.path[1:], strict=False):
            assert after in dependents[before]


def test_the_example_of_a_cycle_is_a_shortest_one() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"c"}}
    assert shortest_cycle(["a", "b", "c", "d"], edges) == ["c", "d"]


def test_a_cycle_that_rests_on_inferred_accesses_is_medium_and_names_the_weakest_link() -> None:
    guess = {"resource": "/b", "basis": "inferred"}
    registry = RegistryMap([stored("a", reads=[guess], writes=["/a"]), stored("b", reads=["/a"], writes=["/b"])])
    (cycle,) = cycles(registry)
    assert cycle.inferred
    assert cycle.weakest.consumer == "a"
    assert cycle.weakest.basis is Basis.INFERRED
    assert cycle_gap(cycle).severity is Severity.MEDIUM


def test_reading_ones_own_output_is_no_cycle() -> None:
    assert cycles(RegistryMap([stored("a", reads=["/a"], writes=["/a"])])) == []


@given(st.permutations(["a", "b", "c"]))
def test_the_map_is_the_same_in_whatever_order_systems_arrive(order: list[str]) -> None:
    systems = {
        "a": stored("a", writes=[{"resource": "/x", "consumers": ["c"]}]),
        "b": stored("b", reads=["/x/*.json"], writes=["/y"]),
        "c": stored("c", reads=["/y"], dependencies=["a"]),
    }
    registry = RegistryMap(systems[one] for one in order)
    registry.apply(systems["b"])
    assert registry.dependents("a") == ["b", "c"]
    assert registry.dependencies("c") == ["a", "b"]
    assert [gap.kind for gap in gaps_of(registry, "a")] == [FindingKind.CONSUMER_MISMATCH]


def test_an_archived_system_leaves_the_graph() -> None:
    reader = stored("b", reads=["/x"])
    registry = RegistryMap([stored("a", writes=["/x"]), reader])
    registry.apply(reader.model_copy(update={"archived": True, "version": 2}))
    assert registry.dependents("a") == []
    assert registry.live("b") is None


def test_a_contract_is_found_in_any_case_as_long_as_somebody_holds_it() -> None:
    def holder(system_id: str, *contract_ids: str) -> StoredSystem:
        held = [{"type": "CONSUMER", "resource": "/x", "contract_id": one} for one in contract_ids]
        return stored(system_id, contracts=held)

    registry = RegistryMap([holder("a", "CTR-1", "ctr-1"), holder("b", "CTR-1")])
    assert registry.contract_ids_as("Ctr-1") == ("CTR-1", "ctr-1")
    registry.apply(holder("a"))
    assert registry.contract_ids_as("ctr-1") == ("CTR-1",)
    registry.apply(holder("b"))
    assert registry.contract_ids_as("CTR-1") == ()


def test_reg_02_neighbours_follow_what_was_registered_last() -> None:
    registry = RegistryMap([stored("w", writes=["/x"]), stored("r", reads=["/x"])])
    assert registry.dependents("w") == ["r"]
    assert registry.dependencies("r") == ["w"]
    registry.apply(stored("r"))
    assert registry.dependents("w") == []
    assert registry.dependencies("r") == []


def test_who_relies_on_a_system_is_known_with_whether_it_fails_without_it() -> None:
    registry = RegistryMap(
        [
            stored("w", writes=[{"resource": "/out", "consumers": ["reader", "loose", "unknown", "people"]}]),
            stored("reader", reads=["/out"]),
            stored("loose", reads=[{"resource": "/out/part.json", "required": False}], dependencies=["w"]),
            stored("said", dependencies=["w"]),
            stored("twice", reads=[{"resource": "/out", "required": False}, "/out/*.json"]),
        ]
    )
    assert registry.relying_on("w") == {"reader": True, "loose": False, "said": True, "twice": True, "unknown": True}
    registry.apply(StoredSystem(system=registry.systems["said"].system, version=2, revision=2, archived=True))
    registry.apply(stored("reader"))
    assert registry.relying_on("w") == {"loose": False, "twice": True, "unknown": True, "reader": True}
    assert registry.relying_on("said") == registry.relying_on("nobody") == {}
