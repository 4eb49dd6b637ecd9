"""The pure parts of the engine: exact numbers, number search, distinct choice, shrinking."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.conflicts.containment import numbers_between
from server.conflicts.containment.budget import Budget, Meter, Undecidable
from server.conflicts.containment.exact import NotJson, are_equal, as_json, exact, key_of, parts_of, value_of
from server.conflicts.containment.formula import Formula, Formulas
from server.conflicts.containment.matching import distinct_choice
from server.conflicts.containment.shrink import shrunk

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([0.5, 1.0, -2.0]) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=6,
)
_STEPS = [Fraction(1, 10), Fraction(1, 2), 1, 2, 3, 4]


@given(JSON)
def test_a_key_leads_back_to_an_equal_value(value: Any) -> None:
    assert key_of(value_of(key_of(value))) == key_of(value)
    assert are_equal(value, value)
    assert parts_of(value, 1_000) >= isinstance(value, list | dict)


def test_booleans_are_no_numbers_and_one_is_one() -> None:
    assert key_of(True) != key_of(1)
    assert key_of([1]) == key_of([1.0])
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2.0, "a": 1})
    assert not are_equal(True, 1)
    assert not are_equal([1], [1, 1])
    assert not are_equal({"a": 1}, {"b": 1})
    assert exact(0.1) == Fraction(1, 10)
    assert as_json(Fraction(1, 3)) is None
    assert as_json(Fraction(10**400, 3)) is None
    for number in (float("nan"), float("inf")):
        with pytest.raises(NotJson):
            exact(number)


@settings(max_examples=400, deadline=None)
@given(
    low=st.integers(-8, 8), width=st.integers(0, 6), opens=st.tuples(st.booleans(), st.booleans()),
    steps=st.lists(st.sampled_from(_STEPS), max_size=2), avoided=st.lists(st.sampled_from(_STEPS), max_size=2),
    excluded=st.sets(st.integers(-8, 8), max_size=3),
)  # fmt: skip
def test_a_number_is_found_exactly_where_there_is_one(
    low: int, width: int, opens: tuple[bool, bool], steps: list[Any], avoided: list[Any], excluded: set[int]
) -> None:
    made = Formulas(Meter(Budget()))
    atoms: list[Formula] = [made.at_least(low, opens[0]), made.at_most(low + width, opens[1])]
    atoms += [made.multiple(step) for step in steps]
    atoms += [made.dual(made.multiple(step)) for step in avoided]
    atoms += [made.none_of_values([key_of(number) for number in excluded])] if excluded else []

    def fits(number: Fraction) -> bool:
        inside = (low < number if opens[0] else low <= number) and (
            number < low + width if opens[1] else number <= low + width
        )
        divides = all(number % step == 0 for step in steps) and all(number % step != 0 for step in avoided)
        return inside and divides and number not in excluded

    try:
        found = numbers_between.find(atoms, Meter(Budget()))
    except Undecidable:
        return
    if found is None:
        assert not any(fits(low + Fraction(k, 20)) for k in range(20 * width + 1))
    else:
        assert fits(Fraction(exact(found)))


def test_a_number_is_found_in_an_unbounded_range() -> None:
    made = Formulas(Meter(Budget()))
    meter = Meter(Budget())
    assert numbers_between.find([made.at_least(10**20, True)], meter) == 10**20 + 1
    assert numbers_between.find([made.at_most(-(10**20), False), made.multiple(7)], meter) == -(10**20) - 5
    assert numbers_between.find([made.multiple(2), made.dual(made.multiple(1))], meter) is None


@given(st.lists(st.lists(st.integers(0, 3), max_size=3, unique=True), max_size=4))
def test_a_distinct_choice_is_made_exactly_where_one_is_possible(lists: list[list[int]]) -> None:
    chosen = distinct_choice(lists)
    possible = any(len(set(choice)) == len(lists) for choice in product(*lists))
    assert (chosen is not None) is possible
    if chosen is not None:
        assert len(set(chosen)) == len(lists)
        assert all(value in one for value, one in zip(chosen, lists, strict=True))


def test_a_document_is_shrunk_to_what_shows() -> None:
    document = {"a": [1, 2, {"deep": "xxxx"}], "b": None, "c": 3.7}
    assert shrunk(document, lambda one: isinstance(one, dict) and "a" in one) == {"a": []}
    assert shrunk(document, lambda one: isinstance(one, dict) and one.get("c", 0) > 2) == {"c": 3}
    assert shrunk("abcdef", lambda one: len(one) >= 2) == "ab"
    assert shrunk(7, lambda one: one == 7) == 7
