"""Where a weekly figure is heading: an exact test of eight weeks."""

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.knowledge.weekly.trend import Trend, p_value, trend

COUNTS = st.lists(st.integers(0, 50), min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("weeks", "told"),
    [
        ([12, 11, 13, 12, 3, 2, 4, 3], Trend.IMPROVING),
        ([3, 2, 4, 3, 12, 11, 13, 12], Trend.DEGRADING),
        ([12, 11, 13, 12, 3, 2, 11, 3], Trend.STABLE),
        ([12, 11, 13, 12, 3, 2, 10, 3], Trend.IMPROVING),
        ([7, 7, 7, 7, 7, 7, 7, 7], Trend.STABLE),
        ([0, 0, 0, 0, 0, 0, 0, 0], Trend.STABLE),
        ([99, 99, 99, 12, 11, 13, 12, 3, 2, 4, 3], Trend.IMPROVING),
    ],
)
def test_lrn_07_four_weeks_differ_from_four_where_each_lies_beyond_each(weeks: list[float], told: Trend) -> None:
    assert trend(weeks, less_is_better=True) is told


@pytest.mark.parametrize("weeks", [[], [5], [12, 11, 13, 3, 2, 4, 3], [100, 100, 100, 1, 1, 1, 1]])
def test_lrn_07_fewer_than_eight_weeks_tell_no_trend(weeks: list[float]) -> None:
    assert trend(weeks, less_is_better=True) is Trend.STABLE


@given(COUNTS)
def test_lrn_07_the_words_turn_where_more_is_better_and_where_time_runs_backwards(weeks: list[int]) -> None:
    turned = {Trend.IMPROVING: Trend.DEGRADING, Trend.DEGRADING: Trend.IMPROVING, Trend.STABLE: Trend.STABLE}
    told = trend(weeks, less_is_better=True)
    assert trend(weeks, less_is_better=False) is turned[told]
    assert trend(weeks[::-1], less_is_better=True) is turned[told]


@given(COUNTS)
def test_lrn_07_the_test_is_that_no_week_of_the_one_half_reaches_one_of_the_other(weeks: list[int]) -> None:
    before, after = weeks[:4], weeks[4:]
    apart = max(before) < min(after) or max(after) < min(before)
    assert (p_value(before, after) < 0.05) is apart


def test_lrn_07_the_probability_is_that_of_all_ways_to_part_the_weeks() -> None:
    assert p_value([1, 2, 3, 4], [5, 6, 7, 8]) == pytest.approx(2 / 70)
    assert p_value([1, 2, 3, 5], [4, 6, 7, 8]) == pytest.approx(4 / 70)
    assert p_value([0.1] * 4, [0.1] * 4) == 1.0


def poisson(draw: random.Random, mean: float) -> int:
    left, count = math.exp(-mean), 0
    chance = draw.random()
    while chance > left:
        chance *= draw.random()
        count += 1
    return count


@pytest.mark.parametrize(
    "week",
    [
        lambda draw: poisson(draw, 3),
        lambda draw: poisson(draw, 20),
        lambda draw: poisson(draw, draw.gammavariate(5, 4)),
    ],
    ids=["few", "many", "in bursts"],
)
def test_lrn_07_chance_alone_shows_a_trend_in_no_more_than_one_of_twenty(week: Callable[[random.Random], int]) -> None:
    draw = random.Random(7)
    told = [trend([week(draw) for _ in range(8)], less_is_better=True) for _ in range(4_000)]
    assert sum(one is not Trend.STABLE for one in told) <= 0.05 * len(told)


def test_lrn_07_a_halved_number_of_errors_shows() -> None:
    draw = random.Random(7)
    weeks = [[poisson(draw, 40) for _ in range(4)] + [poisson(draw, 20) for _ in range(4)] for _ in range(500)]
    assert sum(trend(one, less_is_better=True) is Trend.IMPROVING for one in weeks) >= 0.85 * len(weeks)
