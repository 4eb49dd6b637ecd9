"""Quality that falls together: the floors of the rule, and what chance, a season of the fleet or one bad week explain."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.model.moments import microseconds
from server.model.pattern import PatternType
from server.patterns.degradation.detect import detect
from server.patterns.degradation.weekly import by_chance, correlations, falls, turn
from server.patterns.fleet import Fleet, Member
from server.patterns.found import Found, Identity
from server.patterns.history import History, HistoryBuilder
from tests.rules.patterns.telling import at, told

FALLING = [0.95, 0.94, 0.945, 0.92, 0.90, 0.905, 0.88, 0.86, 0.87, 0.84, 0.83, 0.80, 0.79]
ALIKE = [0.90, 0.895, 0.896, 0.88, 0.865, 0.869, 0.85, 0.838, 0.842, 0.823, 0.81, 0.79, 0.785]
DIP = [0.95, 0.951, 0.949, 0.95, 0.90, 0.80, 0.79, 0.88, 0.94, 0.95, 0.951, 0.949, 0.95]
DIP_TOO = [0.9, 0.898, 0.901, 0.9, 0.86, 0.77, 0.75, 0.84, 0.89, 0.9, 0.903, 0.899, 0.9]
ONE_BAD_WEEK = [0.95, 0.951, 0.949, 0.952, 0.948, 0.953, 0.60, 0.951, 0.949, 0.95, 0.951, 0.9495, 0.95]
THE_SAME_WEEK = [0.9, 0.898, 0.903, 0.899, 0.902, 0.897, 0.55, 0.904, 0.901, 0.896, 0.9, 0.903, 0.898]

SHARED = Fleet(
    {
        "sys_a": Member("sys_a", reads=frozenset({"/d/prices.json"})),
        "sys_b": Member("sys_b", reads=frozenset({"/d/prices.json"})),
        "sys_w": Member("sys_w", writes=frozenset({"/d/prices.json"})),
    }
)
UPSTREAM = Fleet({"sys_a": Member("sys_a", depends_on=frozenset({"sys_b"})), "sys_b": Member("sys_b")})


def weekly(values: Sequence[float | None], name: str = "accuracy", *, day: float = 3) -> list[dict[str, Any]]:
    return [
        {"kind": "metric", "at": at(7 * week + day, 6), "name": name, "value": value}
        for week, value in enumerate(values)
        if value is not None
    ]


def found(one: list[dict[str, Any]], other: list[dict[str, Any]], fleet: Fleet = SHARED) -> list[Found]:
    return detect(told(("sys_b", one), ("sys_a", other)), fleet)


def without(values: Sequence[float], *weeks: int) -> list[float | None]:
    return [None if week in weeks else value for week, value in enumerate(values)]


@pytest.mark.parametrize(
    ("one", "other", "fleet"),
    [
        pytest.param(weekly(FALLING), weekly(ALIKE), SHARED, id="a resource that both read"),
        pytest.param(weekly(FALLING), weekly(ALIKE), UPSTREAM, id="one needs the other"),
        pytest.param(weekly(FALLING[:9]), weekly(ALIKE[:9]), SHARED, id="eight changes"),
        pytest.param(
            weekly([1 - value for value in FALLING], "error_rate"), weekly(ALIKE, "quality_score"), SHARED, id="turned"
        ),
        pytest.param(weekly(without(FALLING, 5)), weekly(without(ALIKE, 9)), SHARED, id="weeks missing"),
        pytest.param(weekly(DIP), weekly(DIP_TOO), SHARED, id="down and up again"),
        pytest.param(weekly(FALLING, day=6.5), weekly(ALIKE, day=0.3), SHARED, id="at the two ends of a week"),
    ],
)
def test_quality_that_falls_together_over_something_shared_is_a_pattern(
    one: list[dict[str, Any]], other: list[dict[str, Any]], fleet: Fleet
) -> None:
    (pattern,) = found(one, other, fleet)
    assert pattern.held_back == ""
    assert pattern.identity.systems == ("sys_a", "sys_b")
    assert pattern.q_value is not None
    assert pattern.q_value <= 0.05
    assert len(pattern.occurrences) >= 3
    assert all(occurrence.seqs for occurrence in pattern.occurrences)
    assert [fact.system for fact in pattern.facts] == ["sys_a", "sys_b"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(weekly(FALLING[:8]), weekly(ALIKE[:8]), id="seven changes"),
        pytest.param(weekly(without(FALLING, 2, 5, 8)), weekly(ALIKE), id="missing weeks break changes"),
        pytest.param(
            weekly([1 - value for value in FALLING]), weekly([1 - value for value in ALIKE]), id="both get better"
        ),
        pytest.param(weekly([1 - value for value in FALLING]), weekly(ALIKE), id="one better, one worse"),
        pytest.param(weekly(FALLING), weekly(ALIKE[::-1]), id="not the same weeks"),
        pytest.param(weekly(ONE_BAD_WEEK), weekly(THE_SAME_WEEK), id="one bad week"),
        pytest.param(weekly(FALLING, "queue_length"), weekly(ALIKE, "queue_length"), id="no measure of quality"),
        pytest.param(weekly([0.9] * 13), weekly(ALIKE), id="one that doesn't move"),
        pytest.param(weekly([0.9 - week / 100 for week in range(13)]), weekly(ALIKE), id="one that falls evenly"),
    ],
)
def test_what_does_not_fall_together_for_eight_changes_is_none(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    assert found(one, other) == []


def test_without_a_shared_dependency_it_is_a_candidate() -> None:
    (pattern,) = found(weekly(FALLING), weekly(ALIKE), Fleet())
    assert pattern.held_back == "no_shared_dependency"


def test_a_system_that_both_reach_over_another_is_what_they_share() -> None:
    between = Member("sys_between", depends_on=frozenset({"sys_source"}))
    over = {"sys_b": Member("sys_b", depends_on=frozenset({"sys_between"})), "sys_between": between}
    (pattern,) = found(
        weekly(FALLING), weekly(ALIKE), Fleet({"sys_a": Member("sys_a", depends_on=frozenset({"sys_source"})), **over})
    )
    assert pattern.held_back == ""
    assert "sys_source" in pattern.description


def test_the_shared_dependency_and_its_writer_are_named() -> None:
    (pattern,) = found(weekly(FALLING), weekly(ALIKE))
    assert "/d/prices.json" in pattern.description
    assert "sys_w" in pattern.recommendation
    assert pattern.resources == ("/d/prices.json",)


def fleet_of(levels: Callable[[int], Sequence[float]], systems: int) -> History:
    builder = HistoryBuilder(microseconds(at(0)), microseconds(at(90)))
    number = 0
    for system in range(systems):
        for week, value in enumerate(levels(system)):
            number += 1
            moment = microseconds(at(7 * week + 3, system % 24))
            builder.add(number, f"sys_{system:02}", "metric", moment, {"name": "accuracy", "value": float(value)})
    return builder.build()


def reading(systems: int, resource: Callable[[int], str]) -> Fleet:
    names = [f"sys_{system:02}" for system in range(systems)]
    return Fleet({name: Member(name, reads=frozenset({resource(place)})) for place, name in enumerate(names)})


@pytest.mark.parametrize("walk", [True, False])
def test_a_fleet_that_moves_at_random_has_almost_no_pattern(walk: bool) -> None:
    shown = []
    for seed in range(10):
        steps = np.random.default_rng(seed).normal(0, 0.01, (20, 13))
        levels = 0.9 + (np.cumsum(steps, axis=1) if walk else steps)
        shown += detect(fleet_of(levels.__getitem__, 20), reading(20, lambda place: f"/d/{place % 5}.json"))
    assert len(shown) <= 1


def test_a_movement_of_the_whole_fleet_is_named_once_and_taken_out_of_the_pairs() -> None:
    chance = np.random.default_rng(4)
    common = np.cumsum(chance.normal(-0.01, 0.02, 13))
    levels = 0.9 + common + 0.3 * np.cumsum(chance.normal(0, 0.01, (30, 13)), axis=1)
    (everybody,) = detect(fleet_of(levels.__getitem__, 30), Fleet())
    assert len(everybody.systems) >= 25
    assert everybody.held_back == "no_shared_dependency"
    (explained,) = detect(fleet_of(levels.__getitem__, 30), reading(30, lambda place: "/d/model.bin"))
    assert explained.held_back == ""
    assert "/d/model.bin" in explained.description


def test_a_known_one_shows_again_on_one_common_bad_week_which_chance_explains_as_well() -> None:
    one, other = weekly([0.9, 0.9, 0.8, 0.85]), weekly([0.8, 0.81, 0.7, 0.75])
    assert found(one, other) == []
    known = Identity(PatternType.CORRELATED_DEGRADATION, ("sys_a", "sys_b"), "accuracy")
    (again,) = detect(told(("sys_b", one), ("sys_a", other)), SHARED, frozenset({known}))
    assert (again.identity, again.held_back, len(again.occurrences)) == (known, "not_significant", 1)
    assert again.by_chance_a_day == pytest.approx(1 / 9 * 8 / 9 / 7)
    better = weekly([0.9, 0.91, 0.92, 0.93])
    assert detect(told(("sys_b", one), ("sys_a", better)), SHARED, frozenset({known})) == []


def test_two_that_fall_most_weeks_fall_together_by_chance_in_one_of_four() -> None:
    (pattern,) = found(weekly(FALLING), weekly(ALIKE))
    assert pattern.by_chance_a_day == pytest.approx(0.25 * 0.75 / 7)


def test_many_systems_with_one_dependency_are_one_pattern() -> None:
    chance = np.random.default_rng(9)
    common = np.cumsum(chance.normal(-0.01, 0.03, 13))
    hit = {2, 5, 11, 17, 23}
    steps = np.cumsum(chance.normal(0, 0.004, (30, 13)), axis=1)
    history = fleet_of(lambda system: 0.9 + steps[system] + (common if system in hit else 0), 30)
    patterns = detect(history, reading(30, lambda place: "/d/bad.json" if place in hit else f"/d/{place}.json"))
    (pattern,) = [one for one in patterns if not one.held_back]
    assert pattern.identity.systems == tuple(f"sys_{place:02}" for place in sorted(hit))
    assert "/d/bad.json" in pattern.description


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("accuracy", 1), ("weekly_f1", 1), ("qualityScore", 1), ("successRate", 1), ("error_rate", -1), ("RMSE", -1),
        ("false_positive_rate", -1), ("val.loss", -1), ("cpu", 0), ("queue_length", 0), ("rows", 0),
    ],
)  # fmt: skip
def test_a_metric_is_turned_by_its_name(name: str, better: int) -> None:
    assert turn(name) == better


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_correlations_of_all_pairs_are_those_of_each_pair_over_the_weeks_that_both_have(seed: int) -> None:
    chance = np.random.default_rng(seed)
    change = chance.normal(0, 1, (5, 12))
    change[chance.random((5, 12)) < 0.2] = np.nan
    every = correlations(change)
    for one in range(5):
        for other in range(5):
            both = ~np.isnan(change[one]) & ~np.isnan(change[other])
            assert every.common[one, other] == both.sum()
            if both.sum() > 2:
                plain = np.corrcoef(change[one][both], change[other][both])[0, 1]
                assert every.r[one, other] == pytest.approx(plain, abs=1e-9)


@pytest.mark.parametrize(
    ("r", "freedom", "chance"), [(0.7, 8, 0.0121), (0.7, 6, 0.0266), (0.9, 10, 3.32e-5), (0.0, 9, 0.5)]
)
def test_the_chance_of_a_correlation_is_that_of_student(r: float, freedom: float, chance: float) -> None:
    assert by_chance(np.array([r]), np.array([freedom]))[0] == pytest.approx(chance, rel=0.03)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=14))
def test_the_deepest_fall_and_the_highest_rise_are_those_of_all_pairs_of_weeks(levels: list[float]) -> None:
    fall, rise, top, bottom = falls(np.array(levels))
    steps = [(levels[one] - levels[other]) for one in range(len(levels)) for other in range(one, len(levels))]
    assert (fall, rise) == pytest.approx((max(steps), max(-step for step in steps)))
    assert levels[top] - levels[bottom] == pytest.approx(fall)
    assert top <= bottom
