"""Spellings of units, places that a reader reads, and shifts that samples show."""

import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.conflicts.agreements import Agreement
from server.conflicts.facets.coverage import Reading, place_of, reading_of, same_place, touches
from server.conflicts.facets.shifts import FEWEST, shifts_between
from server.conflicts.facets.units import same_text, same_unit, same_zone
from server.model.contract import Contract


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("USD", "usd", True),
        ("USD", "US dollars", True),
        ("s", "seconds", True),
        ("%", "per cent", True),
        ("USD per share", "usd/share", True),
        ("Kelvin", "kelvin", True),
        ("km / h", "kilometres per hour", True),
        ("USD", "cents", False),
        ("ms", "s", False),
        ("m", "min", False),
        ("USD/share", "USD/lot", False),
        ("mW", "MW", None),
        ("kWh", "KWH", None),
        ("S", "s", None),
    ],
)
def test_units_are_the_same_only_beyond_doubt(one: str, other: str, same: bool | None) -> None:
    assert same_unit(one, other) is same is same_unit(other, one)


@given(st.text(min_size=1, max_size=20))
def test_a_unit_is_itself_whatever_the_spaces_around_it(unit: str) -> None:
    assert same_unit(unit, f" {unit} ") is True


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("UTC", "Etc/UTC", True),
        ("Z", "GMT", True),
        ("America/New_York", "america/new york", True),
        ("US/Eastern", "America/New_York", True),
        ("UTC", "Europe/London", False),
        ("EST", "America/New_York", False),
    ],
)
def test_time_zones_are_the_same_by_each_of_their_names(one: str, other: str, same: bool) -> None:
    assert same_zone(one, other) is same is same_zone(other, one)


def test_words_are_the_same_whatever_their_case_and_spacing() -> None:
    assert same_text("Buy at the  next open.", "buy at the next open")
    assert not same_text("Buy at the next open", "Buy at the last close")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/price", ("price",)),
        ("price", ("price",)),
        ("$.quote.price", ("quote", "price")),
        ("/*/price", ("price",)),
        ("/0/price", ("price",)),
        ("/rows/*/price", ("rows", "*", "price")),
        ("/a~1b/c~0d", ("a/b", "c~d")),
        ("", ()),
        ("/*", ()),
    ],
)
def test_a_path_speaks_of_one_place_whether_it_starts_at_the_list_or_at_an_item(
    path: str, place: tuple[str, ...]
) -> None:
    assert place_of(path) == place


def test_a_place_touches_what_holds_it_and_what_it_holds() -> None:
    rows, price = place_of("/rows"), place_of("/rows/*/price")
    assert touches(rows, price)
    assert touches(price, rows)
    assert touches((), price)
    assert not touches(price, place_of("/rows/*/volume"))
    assert same_place(price, place_of("/rows/3/price"))
    assert not same_place(rows, price)


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["a", "rows", "whole"],
    "properties": {
        "a": {"type": "number"},
        "b": {"properties": {"c": {}}},
        "whole": {"type": "object"},
        "rows": {"type": "array", "items": {"required": ["p"], "properties": {"p": {}, "q": {}}}},
        "again": {"$ref": "#"},
        "either": {"anyOf": [{"required": ["x"]}, {"properties": {"y": {}}}]},
        "off": False,
        "map": {"additionalProperties": {"type": "number"}},
        "away": {"$ref": "https://example.com/s.json"},
    },
}


@pytest.mark.parametrize(
    ("path", "reading"),
    [
        ("/a", Reading.NEEDED),
        ("/a/below", Reading.NEEDED),
        ("/b", Reading.OPTIONAL),
        ("/b/c", Reading.OPTIONAL),
        ("/b/d", Reading.NOT_READ),
        ("/nowhere", Reading.NOT_READ),
        ("/whole/anything", Reading.NEEDED),
        ("/rows/*/p", Reading.NEEDED),
        ("/rows/0/q", Reading.OPTIONAL),
        ("/rows/p", Reading.NEEDED),
        ("/rows/*/r", Reading.NOT_READ),
        ("/again/again/rows/*/p", Reading.OPTIONAL),
        ("/either/x", Reading.OPTIONAL),
        ("/either/z", Reading.NOT_READ),
        ("/off", Reading.NOT_READ),
        ("/map/anything", Reading.OPTIONAL),
        ("/away/anything", Reading.UNDECLARED),
        ("", Reading.NEEDED),
    ],
)
def test_a_schema_reads_what_it_names_and_what_names_no_part_of_itself_as_a_whole(path: str, reading: Reading) -> None:
    for schema, at in ((SCHEMA, path), ({"type": "array", "items": SCHEMA}, f"/*{path}")):
        assert reading_of(agreement(reader_schema=schema), place_of(at)) is reading


@pytest.mark.parametrize("schema", [True, {}, {"type": "object"}, {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}])
def test_a_schema_that_names_nothing_says_nothing_about_what_is_read(schema: Any) -> None:
    assert reading_of(agreement(reader_schema=schema), ("a",)) is Reading.UNDECLARED


def test_what_a_reader_declares_the_meaning_of_is_read_beside_what_else_it_reads() -> None:
    reader = agreement(reads=["/a"], semantics=[{"path": "/b", "unit": "USD"}])
    assert reading_of(reader, ("b",)) is Reading.NEEDED
    assert reading_of(reader, ("c",)) is Reading.NOT_READ
    assert reading_of(agreement(semantics=[{"path": "/b"}]), ("c",)) is Reading.UNDECLARED


def agreement(**members: Any) -> Agreement:
    """An agreement in which the consumer's entry has these members."""
    entry = Contract.model_validate({"contract_id": "CTR-1", "type": "CONSUMER", "resource": "/x", **members})
    return Agreement("sys_r", None, (), (entry,), ())


def documents(numbers: list[float]) -> list[dict[str, Any]]:
    """One document for each number."""
    return [{"rows": [{"price": number}]} for number in numbers]


RATIOS = [10.0, 100.0, 1e6, 60.0, 3600.0, 1.8, 2.54]


@given(
    st.lists(st.floats(0.01, 1e6), min_size=FEWEST, max_size=40),
    st.sampled_from([*RATIOS, *(1 / ratio for ratio in RATIOS)]),
    st.sampled_from([1, -1]),
)
def test_numbers_scaled_by_the_ratio_of_two_units_are_found(numbers: list[float], ratio: float, sign: int) -> None:
    after = documents([sign * number * ratio for number in numbers])
    (shift,) = shifts_between(documents([sign * number for number in numbers]), after)
    assert shift.path == "/rows/*/price"
    assert "the median goes from" in shift.says


@settings(max_examples=200)
@given(st.integers(0, 10**9), st.integers(FEWEST, 60), st.integers(FEWEST, 60), st.floats(-5, 10))
def test_other_draws_of_the_same_numbers_are_no_shift(seed: int, before: int, after: int, size: float) -> None:
    chance = random.Random(seed)
    one, other = ([chance.lognormvariate(size, 0.15) for _ in range(count)] for count in (before, after))
    assert shifts_between(documents(one), documents(other)) == []


@given(st.lists(st.floats(0.01, 1e6), min_size=FEWEST, max_size=40), st.floats(2.8, 7.5))
def test_a_ratio_that_no_two_units_have_is_no_shift(numbers: list[float], ratio: float) -> None:
    assert shifts_between(documents(numbers), documents([number * ratio for number in numbers])) == []


def test_degrees_of_the_other_scale_are_found_though_they_have_no_ratio() -> None:
    celsius = [-3.0, 4.5, 11.0, 15.0, 18.5, 22.0, 27.0]
    fahrenheit = [1.8 * degrees + 32 for degrees in celsius]
    assert "Celsius to Fahrenheit" in shifts_between(documents(celsius), documents(fahrenheit))[0].says
    assert "Fahrenheit to Celsius" in shifts_between(documents(fahrenheit), documents(celsius))[0].says


def test_a_few_outliers_are_no_shift_and_hide_none() -> None:
    usual = [float(number) for number in range(90, 110)]
    assert shifts_between(documents(usual), documents([*usual[:-2], 1e9, 1e9])) == []
    scaled = [100 * number for number in usual]
    assert len(shifts_between(documents(usual), documents([*scaled[:-2], 0.0, 1.0]))) == 1


@pytest.mark.parametrize("count", [0, FEWEST - 1])
def test_too_few_numbers_show_nothing(count: int) -> None:
    many = [float(number) for number in range(1, 20)]
    assert shifts_between(documents(many), documents([1000.0] * count)) == []
    assert shifts_between(documents([1000.0] * count), documents(many)) == []


def test_values_that_go_missing_are_found_and_their_return_is_not() -> None:
    full = [{"a": 1, "b": None} for _ in range(10)]
    for after in ([{"a": None, "b": None}] * 10, [{"b": None}] * 10, [{"a": 1, "b": None}] * 5 + [{}] * 5):
        assert "/a" in [shift.path for shift in shifts_between(full, after)]
    assert shifts_between([{}] * 10, full) == []
    assert shifts_between(full, [{"a": 1, "b": None}] * 9 + [{}]) == []


@example([[False], {"*": False}])
@example([1e308, -1e308, 5e-324])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_document_is_looked_at_without_a_fault_and_shows_no_shift_from_itself(document: Any) -> None:
    assert shifts_between([document] * 6, [document] * 6) == []


@pytest.mark.parametrize("word", ["required", "properties", "items", "allOf", "$ref", "patternProperties", "if"])
@pytest.mark.parametrize("value", [3, None, [[1]], [{}], {"a": 3}, "#/a/b"])
def test_a_schema_that_is_none_is_read_without_a_fault(word: str, value: Any) -> None:
    assert reading_of(agreement(reader_schema={word: value, "required": [["a"], "b"]}), ("b", "c")) in Reading
