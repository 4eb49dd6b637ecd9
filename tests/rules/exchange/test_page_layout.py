"""Where the page puts everything: no two cards on one place, data from left to right, the same whatever order things come in."""

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from server.exchange.page.layers import columns, connected_groups
from server.exchange.page.layout import HEIGHT, WIDTH, Layout, lay_out
from server.registry.graph import components

IDS = [f"s{number:02}" for number in range(30)]
EDGES = st.sets(
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda edge: edge[0] != edge[1]), max_size=70
)


def overlapping(layout: Layout) -> list[tuple[str, str]]:
    """The pairs of cards that cover each other in part."""
    return [
        (one, other)
        for (one, (x, y)), (other, (x2, y2)) in itertools.combinations(layout.places.items(), 2)
        if abs(x - x2) < WIDTH - 0.5 and abs(y - y2) < HEIGHT - 0.5
    ]


@given(EDGES)
def test_every_system_has_a_place_inside_the_plane_and_no_two_cover_each_other(edges: set[tuple[str, str]]) -> None:
    layout = lay_out(IDS, edges)
    assert sorted(layout.places) == IDS
    assert overlapping(layout) == []
    for x, y in [*layout.places.values(), *itertools.chain(*layout.bends.values())]:
        assert WIDTH / 2 - 0.5 <= x <= layout.width - WIDTH / 2 + 0.5
        assert -0.5 <= y <= layout.height + 0.5


@given(EDGES, st.randoms(use_true_random=False))
def test_the_layout_is_the_same_in_whatever_order_systems_and_edges_come(
    edges: set[tuple[str, str]], chance: random.Random
) -> None:
    shuffled = chance.sample(IDS, len(IDS))
    assert lay_out(shuffled, chance.sample(sorted(edges), len(edges))) == lay_out(IDS, edges)


@given(EDGES)
def test_who_reads_stands_right_of_who_writes_unless_they_are_in_one_circle(edges: set[tuple[str, str]]) -> None:
    layout = lay_out(IDS, edges)
    ahead = {one: {other for first, other in edges if first == one} for one in IDS}
    ring = {member: number for number, members in enumerate(components(ahead)) for member in members}
    for producer, consumer in edges:
        if ring.get(producer, -1) != ring.get(consumer, -2):
            assert layout.places[producer][0] < layout.places[consumer][0]


@given(EDGES)
def test_the_column_of_a_system_is_the_longest_way_to_it(edges: set[tuple[str, str]]) -> None:
    onward = {(min(edge), max(edge)) for edge in edges}  # no circles
    found = columns(IDS, onward)
    for one in IDS:
        feeding = [found[producer] for producer, consumer in onward if consumer == one]
        if feeding:
            assert found[one] == max(feeding) + 1


def test_an_edge_that_passes_a_column_is_led_around_what_stands_there() -> None:
    layout = lay_out(["a", "b", "c"], {("a", "b"), ("b", "c"), ("a", "c")})
    [(x, y)] = layout.bends["a", "c"]
    assert x == layout.places["b"][0]
    assert abs(y - layout.places["b"][1]) >= HEIGHT / 2


def test_groups_that_nothing_joins_stand_apart_the_largest_first() -> None:
    edges = {("x", "y"), ("a", "b"), ("b", "c")}
    assert connected_groups([*"abcxyz"], edges) == [["a", "b", "c"], ["x", "y"], ["z"]]
    places = lay_out([*"abcxyz"], edges).places
    assert max(places[one][1] for one in "abc") < places["z"][1]


def test_a_registry_of_thousands_fits_a_plane_that_is_no_strip() -> None:
    """Columns of hundreds are folded, so that the whole can be seen on a screen."""
    ids = [f"s{number:04}" for number in range(2_000)]
    chance = random.Random(5)
    edges = {(ids[number], ids[chance.randrange(number + 1, 2_000)]) for number in range(1_500) for _ in range(2)}
    wide = {(ids[0], one) for one in ids[1:900]}
    for given_edges in (edges, wide):
        layout = lay_out(ids, given_edges)
        assert 0.2 < layout.width / layout.height < 8
        assert len(set(layout.places.values())) == 2_000
