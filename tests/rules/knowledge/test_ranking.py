"""Which five of a week's drafts become entries (LRN-8)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.knowledge.similarity.lexical import lexical_likeness
from server.knowledge.synthesis.draft import Draft
from server.knowledge.synthesis.ranking import A_WEEK, ranked, strength
from server.knowledge.synthesis.together import synthesise
from server.model.knowledge import Applicability, KnowledgeEvidence, KnowledgeType
from tests.rules.knowledge.experience import facts, outcome


def draft(key: str = "a:PROP-1", **more: Any) -> Draft:
    whole: dict[str, Any] = {
        "type": KnowledgeType.TRANSFERABLE_FIX,
        "key": key,
        "title": "t",
        "description": "d",
        "source_system": "a",
        "evidence": KnowledgeEvidence(before_metric="12 stale_data errors per week"),
        "rests_on": (key,),
        "error_category": "stale_data",
        "approach": "staleness check on incoming data",
        **more,
    }
    return Draft(**whole)


def receivers(many: int) -> tuple[Applicability, ...]:
    return tuple(Applicability(system=f"s{number}", because=("It has it.",)) for number in range(many))


def test_lrn_08_of_six_five_enter_and_the_sixth_is_listed_with_its_rank_and_why() -> None:
    found = ranked([draft(f"a:{number}", e_value=10.0**number) for number in range(6)], A_WEEK)
    assert [one.enters for one in found] == [True] * 5 + [False]
    assert [one.rank for one in found] == [1, 2, 3, 4, 5, 6]
    assert found[0].draft.key == "a:5"
    assert found[5].draft.key == "a:0"
    assert found[5].reason.startswith("Left out at rank 6: all five places of this week are taken (e-value 1")


@pytest.mark.parametrize("places", [0, -1])
def test_lrn_08_without_a_place_none_enters(places: int) -> None:
    (best,) = ranked([draft(e_value=1e9)], places)
    assert not best.enters
    assert "stronger" not in best.reason, "those who have the places came first, whatever they are worth"


def test_lrn_08_what_is_known_already_takes_no_place() -> None:
    known, new = draft("a:1", e_value=100.0), draft("a:2")
    found = ranked([known, new], 1, known={("transferable_fix", "a:1")})
    assert [one.enters for one in found] == [True, True]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"e_value": 100.0}, {"e_value": 10.0}),
        ({"independent_systems": 4}, {"independent_systems": 3}),
        ({"applicability": receivers(3)}, {"applicability": receivers(2)}),
        ({}, {"error_category": ""}),
        ({}, {"evidence": KnowledgeEvidence()}),
    ],
)
def test_lrn_08_more_evidence_more_systems_and_more_readers_rank_higher(
    better: dict[str, Any], worse: dict[str, Any]
) -> None:
    assert strength(draft(**better)) > strength(draft(**worse))


def test_lrn_08_no_figures_are_so_good_that_they_outrank_everything() -> None:
    assert strength(draft(e_value=1e12)) == strength(draft(e_value=1e6))
    assert strength(draft(e_value=1e12)) < strength(draft(e_value=1e4, independent_systems=4))


def test_lrn_08_where_figures_are_as_good_as_can_be_the_greater_improvement_goes_first() -> None:
    found = ranked([draft(f"a:{n}", e_value=1e12, improvement_percent=n * 10.0) for n in range(3)], A_WEEK)
    assert [one.draft.key for one in found] == ["a:2", "a:1", "a:0"]


@pytest.mark.parametrize("approach", ["", "fix", "Rule update", "improvements, v2", "PROP-17"])
def test_lrn_08_what_nobody_could_act_on_never_enters_and_says_why(approach: str) -> None:
    (one,) = ranked([draft(approach=approach, e_value=1e6)], A_WEEK)
    assert not one.enters
    assert "nothing tells what was done" in one.reason


def test_lrn_08_two_words_without_category_or_figures_are_too_vague() -> None:
    vague = draft(approach="data processing", error_category="", evidence=KnowledgeEvidence())
    assert not ranked([vague], A_WEEK)[0].enters
    assert ranked([replace(vague, error_category="stale_data")], A_WEEK)[0].enters
    assert ranked([replace(vague, approach="lower_threshold")], A_WEEK)[0].enters


def test_lrn_08_a_vague_one_takes_no_place_from_others() -> None:
    found = ranked([draft("a:0", approach="fix", e_value=1e6), *(draft(f"a:{n}") for n in range(1, 6))], A_WEEK)
    assert sum(one.enters for one in found) == 5
    assert found[-1].draft.key == "a:0"


@settings(deadline=None, max_examples=50)
@given(st.permutations([draft(f"a:{number}", e_value=float(number % 3 + 1)) for number in range(8)]), st.integers(0, 9))
def test_lrn_08_ranks_depend_on_no_order_and_no_more_enter_than_there_are_places(
    order: list[Draft], places: int
) -> None:
    found = ranked(order, places)
    assert [one.draft.key for one in found] == [
        one.draft.key for one in ranked(sorted(order, key=lambda it: it.key), places)
    ]
    assert sum(one.enters for one in found) == min(places, 8)


def test_lrn_08_a_title_of_generic_words_makes_no_entry() -> None:
    told = facts(outcome("a", "fix"), active=[("b", "stale_data", 5)])
    (one,) = ranked(synthesise(told, lexical_likeness), A_WEEK)
    assert not one.enters
