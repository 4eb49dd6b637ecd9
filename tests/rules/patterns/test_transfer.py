"""Fixes that another system could use: what counts as fixed, what as still active, and what chance explains as well."""

from typing import Any

import pytest

from server.knowledge.similarity.lexical import lexical_likeness
from server.model.pattern import PatternType
from server.patterns.errors.transfer import detect
from server.patterns.fleet import Fleet
from server.patterns.found import Found, Identity
from tests.rules.patterns.telling import at, told

KIND = PatternType.TRANSFERABLE_SOLUTION
Events = list[dict[str, Any]]


def errors(category: str = "stale_data", *, times: int = 6, first: float = 65, step: float = 3) -> Events:
    return [{"kind": "error", "at": at(first + step * number, 3), "category": category} for number in range(times)]


def promotion(before: float | None = 40, after: float | None = 10, *, day: float = 50, **more: Any) -> Events:
    event = {"kind": "promotion", "at": at(day), "proposal_id": "P-1", "error_category": "stale_data", **more}
    return [{**event, "before": before, "after": after}]


def rejection(day: float, **more: Any) -> Events:
    return [{"kind": "rejection", "at": at(day), "error_category": "stale_data", **more}]


def found(source: Events, target: Events, known: frozenset[Identity] = frozenset()) -> list[Found]:
    return detect(told(("sys_z", source), ("sys_a", target)), Fleet(), known, likeness=lexical_likeness)


RUN = [{"kind": "run", "at": at(80), "result": "OK"}]
BEFORE = errors(times=12, first=24, step=2)
"""Of the source's own journal, ending two days before the promotion."""


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param(promotion(), errors(), id="the same category"),
        pytest.param(promotion(error_category="Stale_Data"), errors(), id="the same in other letters"),
        pytest.param(promotion(error_category="data-age errors"), errors(), id="the same in other words"),
        pytest.param(promotion(100, 75), errors(), id="a quarter"),
        pytest.param(promotion(20, 12, observation_days=14), errors(), id="40 % over two weeks"),
        pytest.param(promotion(), errors(times=3), id="three occurrences"),
        pytest.param(promotion(), errors(times=3, first=60.2, step=0.5), id="30 days ago"),
        pytest.param(promotion(None, None) + BEFORE + RUN, errors(), id="as its own journal shows"),
        pytest.param(promotion(12, 7.2) + BEFORE + RUN, errors(), id="not told how long, but its journal upholds it"),
        pytest.param(promotion(), errors() + promotion(10, 9, day=60), id="whose own change did not help"),
    ],
)
def test_a_fix_is_offered_where_the_error_is_still_active(source: Events, target: Events) -> None:
    (pattern,) = found(source, target)
    assert pattern.held_back == ""
    assert pattern.identity.systems == ("sys_z", "sys_a")
    assert (pattern.cause, pattern.effect, pattern.proposal_id) == ("sys_z", "sys_a", "P-1")
    assert len(pattern.occurrences) >= 3
    assert pattern.p_value is not None
    assert pattern.p_value <= 0.05
    assert "Nothing is applied by itself" in pattern.recommendation


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param(promotion(100, 76), errors(), id="24 %"),
        pytest.param(promotion(10, 12), errors(), id="more than before"),
        pytest.param(promotion(0, 0), errors(), id="nothing before"),
        pytest.param(promotion(), errors(times=2), id="two occurrences"),
        pytest.param(promotion(), errors(times=6, first=50, step=1), id="31 days ago and more"),
        pytest.param(promotion(), errors("missing_data"), id="another category"),
        pytest.param(promotion(error_category="E1001"), errors("E1002"), id="another code"),
        pytest.param(promotion(error_category=""), errors(), id="a promotion against nothing"),
        pytest.param(rejection(50, before=40, after=10), errors(), id="a rejection"),
        pytest.param(promotion() + rejection(55, proposal_id="P-1"), errors(), id="rolled back"),
        pytest.param(promotion(), errors() + promotion(40, 5, day=60), id="it has mended it by itself since"),
        pytest.param(promotion(), errors() + rejection(60, proposal_id="P-1"), id="it has turned it down"),
        pytest.param(promotion(None, None) + BEFORE, errors(), id="a source that fell silent"),
        pytest.param(promotion(None, None) + RUN, errors(), id="a source that never had it"),
        pytest.param(
            promotion(None, None) + errors(times=28, first=24, step=2) + RUN, errors(), id="no change in its journal"
        ),
        pytest.param(
            promotion(None, None, day=86) + BEFORE + RUN, errors(), id="a promotion of this week, with no rates"
        ),
    ],
)
def test_what_is_no_fix_or_no_longer_needed_is_not_offered(source: Events, target: Events) -> None:
    assert found(source, target) == []


@pytest.mark.parametrize(("before", "after", "days"), [(5, 3, 49), (10, 6, 28), (20, 12, 14)])
def test_a_drop_that_chance_gives_as_well_is_held_back_and_says_what_would_be_needed(
    before: float, after: float, days: int
) -> None:
    (pattern,) = found(promotion(before, after), errors())
    assert pattern.held_back == "not_significant"
    assert f"observation_days = {days} or more" in pattern.facts[0].data_point
    (enough,) = found(promotion(before, after, observation_days=days), errors())
    assert enough.held_back == ""
    (short,) = found(promotion(before, after, observation_days=days - 7), errors())
    assert short.held_back == "not_significant"


def test_a_fix_is_not_offered_to_whom_it_came_from() -> None:
    assert found(promotion() + errors(), []) == []


def test_of_many_sources_the_three_surest_are_named() -> None:
    sources = [(f"sys_{place}", promotion(40 + place, 10, proposal_id=f"P-{place}")) for place in range(6)]
    patterns = detect(told(*sources, ("sys_t", errors())), Fleet(), likeness=lexical_likeness)
    assert [one.proposal_id for one in patterns] == ["P-5", "P-4", "P-3"]


def test_a_known_one_shows_again_on_a_single_occurrence() -> None:
    known = Identity(KIND, ("sys_z", "sys_a"), "stale_data")
    (again,) = found(promotion(), errors(times=1), frozenset({known}))
    assert (again.identity, again.held_back, len(again.occurrences)) == (known, "too_few", 1)
