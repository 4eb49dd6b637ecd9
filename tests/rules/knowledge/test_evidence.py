"""What figures from before and after say: the e-value, the percentage, and the words of the source."""

import random
from math import comb, exp, isclose, lgamma, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.knowledge.synthesis.evidence import MOST, Weighed, e_value, improvement, in_words, is_fix, rounded, weigh
from server.knowledge.synthesis.kinship import together
from tests.rules.knowledge.experience import member, outcome


@pytest.mark.parametrize(
    ("more", "fewer", "known"), [(54, 25, 60.5), (54, 28, 17.2), (16, 4, 20.5), (7, 0, 31.9), (12, 9, 0.48)]
)
def test_the_e_value_is_the_bayes_factor_of_a_uniform_prior(more: int, fewer: int, known: float) -> None:
    assert isclose(e_value(more, fewer), known, rel_tol=0.01)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 39))
def test_under_no_change_its_mean_is_one_and_so_for_harm(total: int) -> None:
    means = [
        sum(comb(total, before) / 2**total * e(before, total - before) for before in range(total + 1))
        for e in (e_value, lambda before, after: e_value(after, before))
    ]
    assert means == pytest.approx([1.0, 1.0])


def test_what_is_summed_by_logarithms_goes_on_where_exact_sums_end() -> None:
    assert isclose(e_value(290, 210), e_value(291, 210), rel_tol=0.3)
    assert isclose(e_value(300, 201), 2070.11, rel_tol=1e-4)
    assert e_value(2_000_000, 10) == MOST
    assert e_value(0, 600) < 0.01


def test_rates_that_nothing_changed_pass_twenty_in_less_than_one_case_of_twenty() -> None:
    chance = random.Random(20_260_405)
    passed, mean, runs = 0, 0.0, 4_000
    for _ in range(runs):
        rate = chance.uniform(1, 20)
        before, after = (sum(chance.random() < rate / 200 for _ in range(200)) for _ in range(2))
        told = weigh(before, after, 7)
        assert told is not None
        mean += min(told.for_drop, 1_000) / runs
        passed += told.for_drop >= 20
    assert passed / runs < 0.05
    assert mean < 1.15


@pytest.mark.parametrize("total", [60, 200, 600])
def test_with_many_counts_its_mean_is_no_more_than_one(total: int) -> None:
    chances = [
        exp(lgamma(total + 1) - lgamma(one + 1) - lgamma(total - one + 1) - total * log(2)) for one in range(total + 1)
    ]
    assert sum(chance * e_value(one, total - one) for one, chance in enumerate(chances)) <= 1 + 1e-6


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 60), st.integers(0, 60))
def test_each_count_before_speaks_for_the_drop_and_each_after_against_it(more: int, fewer: int) -> None:
    assert e_value(more + 1, fewer) >= e_value(more, fewer) >= e_value(more, fewer + 1)


def test_parts_of_a_count_never_speak_for_a_change() -> None:
    told = Weighed(12.9, 3.1, 7, False)
    assert told.for_drop == e_value(12, 4)
    assert told.for_harm == e_value(3, 13)
    assert Weighed(0.9, 0, 7, False).for_drop == 1.0


@pytest.mark.parametrize(
    ("before", "after", "enough"),
    [(12, 9, True), (12, 9.001, False), (100, 76, False), (100, 75, True), (0.4, 0.3, True), (0.3, 0.225, True)],
)
def test_lrn_01_a_quarter_exactly_is_enough_and_24_per_cent_are_not(before: float, after: float, enough: bool) -> None:
    assert is_fix(weigh(before, after, 28)) is enough


@pytest.mark.parametrize(
    ("before", "after"), [(0, 0), (None, 3), (12, None), (-1, 0), (float("nan"), 1), (float("inf"), 1), (3, 3), (3, 5)]
)
def test_what_did_not_fall_or_is_no_rate_is_no_improvement(before: float | None, after: float | None) -> None:
    assert improvement(outcome("a", "Staleness check", before=before, after=after)) is None


def test_evidence_is_written_as_the_source_writes_it() -> None:
    promoted = outcome("a", "Staleness check", proposal="PROP-023", days_ago=26)
    told = improvement(promoted)
    assert told is not None
    words = in_words(promoted, told, "stale_data").model_dump()
    assert words == {
        "before_metric": "12 stale_data errors per week",
        "after_metric": "3 stale_data errors per week",
        "improvement": "75% reduction",
        "observation_period": "28 days",
        "proposal_id": "PROP-023",
        "promotion_date": "2026-03-10",
    }


def test_where_nobody_told_how_long_it_was_observed_seven_days_are_assumed_and_said_so() -> None:
    promoted = outcome("a", "Staleness check", observation_days=None)
    told = improvement(promoted)
    assert told is not None
    assert told.assumed
    assert in_words(promoted, told, "stale_data").observation_period == "7 days (assumed: none was told)"
    assert told.for_drop == e_value(12, 3)


def test_a_percentage_is_never_told_as_more_than_it_is() -> None:
    told = weigh(10_000, 7_504, 28)
    assert told is not None
    assert told.percent == 24.9


def test_lrn_02_within_a_family_evidence_is_averaged_and_across_families_multiplied() -> None:
    members = {name: member(name, kin) for name, kin in (("a", "f"), ("b", "f"), ("c", "c"))}
    assert together([("a", 4.0), ("b", 8.0), ("c", 3.0)], members) == 18.0
    assert together([("a", 4.0), ("a", 2.0), ("b", 9.0)], members) == 6.0


def test_e_values_are_told_to_four_digits_and_never_as_infinite() -> None:
    assert (rounded(27012.84), rounded(float("inf"))) == (27010.0, MOST)
