"""Tails, false discovery rates and the chances that permuting gives, beside plain references."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.patterns.significance import Urn, false_discovery_rates, rates_by_family, rough_tail, upper_tail


def _plain_tail(chances: list[float], least: int) -> float:
    """By adding one trial after the other."""
    density = [1.0]
    for chance in chances:
        density = [
            (density[hits] * (1 - chance) if hits < len(density) else 0.0)
            + (density[hits - 1] * chance if hits else 0.0)
            for hits in range(len(density) + 1)
        ]
    return math.fsum(density[least:])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.just(0.0) | st.floats(1e-6, 1.0), st.integers(1, 6)), min_size=1, max_size=6),
    st.integers(0, 20),
)
def test_the_tail_of_unequal_trials_is_that_of_adding_them_one_by_one(
    groups: list[tuple[float, int]], least: int
) -> None:
    singles = [chance for chance, number in groups for _ in range(number)]
    given_ = np.array([chance for chance, _ in groups]), np.array([number for _, number in groups])
    assert upper_tail(*given_, least) == pytest.approx(_plain_tail(singles, least), rel=1e-6, abs=1e-60)


def test_a_tail_far_out_keeps_its_relative_precision() -> None:
    chances, counts = np.array([0.001, 0.02]), np.array([30, 20])
    plain = _plain_tail([0.001] * 30 + [0.02] * 20, 25)
    assert plain < 1e-40
    assert upper_tail(chances, counts, 25) == pytest.approx(plain, rel=1e-6)


def test_draws_from_an_urn_are_without_replacement() -> None:
    marked, places, drawn = 3, 8, 4
    draws = list(combinations(range(places), drawn))
    for least in range(5):
        share = sum(sum(one < marked for one in draw) >= least for draw in draws) / len(draws)
        none = np.zeros(0), np.zeros(0, dtype=np.int64)
        assert upper_tail(*none, least, (Urn(marked, places, drawn),)) == pytest.approx(share, abs=1e-12)


def test_urns_and_trials_add_up() -> None:
    urn = Urn(2, 5, 2)
    one = np.array([0.3]), np.array([1])
    none = np.zeros(0), np.zeros(0, dtype=np.int64)
    for least in range(4):
        plain = 0.3 * upper_tail(*none, least - 1, (urn,)) + 0.7 * upper_tail(*none, least, (urn,))
        assert upper_tail(*one, least, (urn,)) == pytest.approx(plain, rel=1e-9, abs=1e-15)


def test_many_groups_never_make_a_tail_smaller_than_it_is() -> None:
    chances = np.random.default_rng(4).uniform(0.001, 0.4, 300)
    ones = np.ones(300, dtype=np.int64)
    for least in (50, 80, 110):
        assert upper_tail(chances, ones, least) >= _plain_tail(chances.tolist(), least) * (1 - 1e-9)


def test_the_rough_tail_is_never_below_the_exact_one() -> None:
    for trials, chance, least in ((40, 0.1, 9), (200, 0.01, 6), (12, 0.5, 11), (30, 0.2, 3)):
        exact = upper_tail(np.array([chance]), np.array([trials]), least)
        rough = rough_tail(np.array([float(least)]), np.array([float(trials)]), np.array([trials * chance]))
        assert rough[0] >= exact


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30), st.integers(0, 40))
def test_false_discovery_rates_are_those_of_benjamini_and_hochberg(p_values: list[float], more: int) -> None:
    tests = len(p_values) + more
    ordered = sorted(p_values)
    plain = [
        min(1.0, *(ordered[later] * tests / (later + 1) for later in range(rank, len(ordered))))
        for rank in (ordered.index(one) for one in p_values)
    ]
    assert false_discovery_rates(np.array(p_values), tests).tolist() == pytest.approx(plain)


def test_known_neighbours_do_not_pay_for_strangers() -> None:
    p_values = np.array([0.001, 0.001])
    rates = rates_by_family(p_values, np.array([False, True]), (1_000, 5))
    assert rates.tolist() == [1.0, 0.005]
