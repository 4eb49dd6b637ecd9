"""Which document shows a break: a plain and small one; and which documents are thought of before any search."""

from itertools import islice
from random import Random
from typing import Any

import pytest

from server.conflicts.containment import Budget, decide
from server.conflicts.containment.annotations import differing_annotations
from server.conflicts.containment.candidates import candidates
from server.conflicts.containment.exact import NotJson, are_equal, exact, integral, key_of, parts_of, type_of, value_of
from server.conflicts.containment.shrink import shrunk
from tests.rules.containment.test_random_pairs import ORACLE_FAILS, _pair, _valid

PLAIN = [None, False, 0, 1, -1, 0.5, "", "a", [], {}, [None], [0, 0], {"a": None}]


@pytest.mark.parametrize(
    ("writer", "reader", "witness"),
    [
        ({}, {"type": "string"}, 0),
        ({}, {"type": ["integer", "string"]}, False),
        ({}, {"type": ["number", "string", "boolean"]}, {}),
        ({}, {"type": ["number", "string", "boolean", "object"]}, []),
        ({}, {"type": ["number", "string", "boolean", "object", "array"]}, None),
        ({"type": ["number", "null"]}, {"type": "number"}, None),
        ({"type": "number"}, {"type": "integer"}, 0.5),
        ({"type": "integer"}, {"minimum": 5}, 0),
        ({"type": "integer"}, {"maximum": -5}, 0),
        ({"minimum": 7, "type": "integer"}, {"maximum": 9}, 10),
        ({"type": "string"}, {"minLength": 3}, ""),
        ({"type": "string"}, {"maxLength": 3}, "aaaa"),
        ({"type": "string"}, {"pattern": "^x"}, ""),
        ({"type": "string", "pattern": "^a+$"}, {"enum": ["a", "aa"]}, "aaa"),
        ({"type": "object"}, {"required": ["b"]}, {}),
        ({"type": "object", "required": ["a"]}, {"required": ["b"]}, {"a": None}),
        ({"type": "object"}, {"maxProperties": 1}, {"": None, "a": None}),
        ({"type": "object", "required": ["a"]}, {"properties": {"a": {"type": "string"}}}, {"a": None}),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, {"properties": {"a": {"minimum": 3}}}, {"a": 0}),
        ({"type": "array"}, {"minItems": 2}, []),
        ({"type": "array"}, {"maxItems": 2}, [None, None, None]),
        ({"type": "array"}, {"uniqueItems": True}, [None, None]),
        ({"type": "array", "items": {"type": "integer"}}, {"items": {"type": "string"}}, [0]),
        ({"type": "array", "contains": {"const": 1}}, {"contains": {"const": 2}}, [1]),
        ({"enum": ["b", "a", "c"]}, {"enum": ["c"]}, "a"),
        ({"enum": [5, 3.5, "x", True]}, {"enum": [5, "x", True]}, 3.5),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, {"const": 1}, 2),
        ({"const": {"a": [1, {"b": "long text"}]}}, {"const": 1}, {"a": [1, {"b": "long text"}]}),
    ],
)
def test_a_break_is_shown_by_a_plain_document(writer: Any, reader: Any, witness: Any) -> None:
    decision = decide(writer, reader)
    assert decision.verdict == "BREAKS"
    assert decision.has_witness
    assert key_of(decision.witness) == key_of(witness)


def without_one_part(document: Any) -> list[Any]:
    """Every document with one member or item left out somewhere."""
    if isinstance(document, dict):
        left_out = [{name: value for name, value in document.items() if name != gone} for gone in document]
        return left_out + [
            {**document, name: one} for name, value in document.items() for one in without_one_part(value)
        ]
    if isinstance(document, list):
        left_out_items = [document[:at] + document[at + 1 :] for at in range(len(document))]
        inner = [(at, one) for at, value in enumerate(document) for one in without_one_part(value)]
        return left_out_items + [[*document[:at], one, *document[at + 1 :]] for at, one in inner]
    return []


def test_no_part_of_a_witness_can_be_left_out() -> None:
    compared = 0
    for seed in range(5_000_000, 5_000_400):
        writer, reader = _pair(seed)
        decision = decide(writer, reader)
        if decision.verdict == "BREAKS":
            for smaller in without_one_part(decision.witness):
                try:
                    shows = _valid(writer, smaller) and not _valid(reader, smaller)
                except ORACLE_FAILS:
                    continue
                if "1.0" not in repr(smaller):  # draft 4, as the library reads it, takes 1.0 for no integer
                    assert not shows, (seed, decision.witness, smaller)
                    compared += 1
    assert compared > 30


def test_next_to_nothing_is_left_undecided_among_random_pairs() -> None:
    verdicts = [decide(*_pair(seed)).verdict for seed in range(7_000_000, 7_000_200)]
    assert verdicts.count("UNKNOWN") <= 1


@pytest.mark.parametrize(
    ("document", "needs", "left"),
    [
        ({"a": 1, "b": {"c": [1, 2], "d": 3}}, lambda one: "c" in str(one), {"b": {"c": []}}),
        ([1, 2, 3], lambda one: isinstance(one, list) and 2 in one, [2]),
        ([[7], [8, 9]], lambda one: "9" in str(one), [[9]]),
        ([5, [7, 9], 6], lambda one: len(one) == 3 and "9" in str(one), [0, [9], 0]),
        ("abcdefgh", lambda one: isinstance(one, str) and len(one) >= 3, "abc"),
        ("abcdefgh", lambda one: isinstance(one, str) and len(one) >= 7, "abcdefg"),
        ("ab", lambda one: one.startswith("a"), "a"),
        ("a", lambda one: True, "a"),
        (9, lambda one: one >= 0, 0),
        (9, lambda one: one > 0, 1),
        (-9, lambda one: one < 0, -9),
        (2, lambda one: one > 0, 1),
        (1, lambda one: True, 1),
        (2.5, lambda one: True, 0),
        (2.5, lambda one: one > 1.5, 2),
        (2.0, lambda one: True, 2.0),
        (True, lambda one: True, True),
        (None, lambda one: True, None),
        ({"x": {"y": "long"}}, lambda one: isinstance(one.get("x"), dict) and "y" in one["x"], {"x": {"y": "l"}}),
        (list(range(200)), lambda one: isinstance(one, list), list(range(80))),
    ],
)
def test_what_is_not_needed_to_show_it_is_left_out(document: Any, needs: Any, left: Any) -> None:
    smaller = shrunk(document, needs)
    assert key_of(smaller) == key_of(left)
    assert needs(smaller)


def test_a_hundred_and_twenty_smaller_documents_are_tried_at_most() -> None:
    tried: list[Any] = []

    def refuses(one: Any) -> bool:
        tried.append(one)
        return False

    assert shrunk(list(range(300)), refuses) == list(range(300))
    assert len(tried) == 120
    assert tried[0] == list(range(299))
    assert tried[1] == [*range(298), 299]


def suggested(schema: Any) -> list[Any]:
    """What the schema adds to the plain documents."""
    plain = [key_of(one) for one in PLAIN]
    return [one for one in candidates(schema, True) if key_of(one) not in plain]


@pytest.mark.parametrize(
    ("schema", "documents"),
    [
        ({}, []),
        (True, []),
        ({"const": "c"}, ["c"]),
        ({"enum": ["x", "y"], "examples": ["z"], "default": "w"}, ["x", "y", "z", "w"]),
        ({"enum": 5, "examples": "no", "minimum": "x", "items": 5, "properties": [], "allOf": {}}, []),
        ({"minimum": 7}, [7, 8, 6]),
        ({"maximum": 3}, [3, 4, 2]),
        ({"exclusiveMinimum": 3, "exclusiveMaximum": 9, "multipleOf": 20}, [3, 4, 2, 9, 10, 8, 20, 21, 19]),
        ({"minimum": True}, []),
        ({"items": {"const": 5}}, [[5]]),
        ({"items": {"enum": [5, 6, 7, 8]}}, [[5], [6], [7]]),
        (
            {"properties": {"b": {"const": 5}, "c": {"type": "string"}}, "required": ["b"]},
            [{"b": 5, "c": "a"}, {"b": 5}],
        ),
        ({"properties": {"b": {"const": 5}}, "required": ["x", 5]}, [{"b": 5}, {"x": None}]),
        ({"properties": {"b": {"type": "integer"}, "c": {"type": "boolean"}}}, [{"b": 1, "c": True}]),
        ({"properties": {"b": {"type": ["array", "null"]}, "c": {"type": "object"}}}, [{"b": [], "c": {}}]),
        ({"properties": {"b": {"type": "number"}, "c": {"type": []}, "d": True}}, [{"b": 1, "c": None, "d": None}]),
        ({"properties": {f"p{n:02}": True for n in range(14)}}, [{f"p{n:02}": None for n in range(12)}]),
        ({"allOf": [{"const": 5}, {"const": 6}], "anyOf": [{"const": 7}], "oneOf": [{"const": 8}]}, [5, 6, 7, 8]),
        ({"anyOf": [{"enum": [3, 4, 5, 6, 7, 8, 9]}]}, [3, 4, 5, 6, 7, 8]),
        ({"items": {"items": {"items": {"const": 5}}}}, [[[[5]]]]),
        ({"items": {"items": {"items": {"items": {"const": 5}}}}}, []),
        ({"anyOf": [{"anyOf": [{"anyOf": [{"const": 5}]}]}]}, [5]),
        ({"anyOf": [{"anyOf": [{"anyOf": [{"anyOf": [{"const": 5}]}]}]}]}, []),
        ({"enum": list(range(100, 140))}, list(range(100, 116))),
        ({"enum": [float("nan"), {1, 2}, "x"]}, ["x"]),
    ],
)
def test_the_documents_that_a_schema_suggests_are_tried(schema: Any, documents: list[Any]) -> None:
    assert [key_of(one) for one in suggested(schema)] == [key_of(one) for one in documents]


def test_each_candidate_is_tried_once_those_of_the_writer_first_the_plain_ones_last() -> None:
    found = candidates({"enum": ["w", "w", 0]}, {"enum": ["r", "w"]})
    assert [key_of(one) for one in found[:4]] == [key_of(one) for one in ("w", 0, "r", None)]
    assert len({key_of(one) for one in found}) == len(found) == len(PLAIN) + 2
    many = candidates({"enum": list(range(100, 200))}, {"enum": list(range(200, 300))})
    assert many[:24] == [*range(100, 116), *range(200, 208)]
    assert len(many) == 32
    assert [key_of(one) for one in candidates(True, True)] == [key_of(one) for one in PLAIN]


def test_a_likely_document_shows_a_break_where_the_search_was_not_let_finish() -> None:
    likely = {"type": "string", "pattern": "(a|b)*a(a|b){20}", "default": "a" * 21}
    decision = decide(likely, {"pattern": "(a|b)*b(a|b){18}"}, budget=Budget(steps=2_000))
    assert (decision.verdict, decision.witness) == ("BREAKS", "a" * 21)
    del likely["default"]
    assert decide(likely, {"pattern": "(a|b)*b(a|b){18}"}, budget=Budget(steps=2_000)).verdict == "UNKNOWN"
    open_pattern = {"type": "string", "pattern": "(?<=a)b", "default": "ab"}
    decision = decide({"type": "string", "default": "xy"}, {"anyOf": [open_pattern, {"maxLength": 1}]})
    assert decision.verdict == "UNKNOWN"
    assert "look-behind" in decision.reason


def test_a_constant_that_is_nested_too_deep_is_left_open() -> None:
    constant: Any = 1
    for _ in range(5_000):
        constant = [constant]
    for writer, reader in (({"const": constant}, {"type": "null"}), ({"type": "array"}, {"not": {"const": constant}})):
        decision = decide(writer, reader)
        assert (decision.verdict, decision.reason) == ("UNKNOWN", "Not decided: the schemas are nested too deep.")


def test_a_schema_has_at_most_fifty_thousand_parts() -> None:
    def wide(parts: int) -> dict[str, Any]:
        return {"type": "integer", "anyOf": [{}] * (parts - 2)}

    assert decide(wide(40_000), {"type": "number"}).verdict == "SAFE"
    for writer, reader, side in ((wide(50_001), {}, "writer"), ({}, wide(50_001), "reader")):
        assert decide(writer, reader).reason == f"Not decided: the {side}'s schema has more than 50,000 parts."


@pytest.mark.parametrize(
    ("writer", "reader", "notes"),
    [
        (
            {},
            {"format": "date"},
            ["The reader expects format 'date' at the whole document; that is an annotation, and was not decided."],
        ),
        ({"format": "date"}, {"format": "date"}, []),
        ({"format": "time"}, {"format": "date"}, ["The reader expects format 'date' at the whole document;"]),
        ({}, {"properties": {"a": {"format": "date"}}}, ["format 'date' at /a;"]),
        ({}, {"allOf": [True, {"contentEncoding": "base64"}]}, ["contentEncoding 'base64' at the whole document;"]),
        ({}, {"contentMediaType": "text/html", "format": 5}, ["contentMediaType 'text/html'"]),
        ({"format": "date"}, {}, []),
        (True, False, []),
        (
            {},
            {"allOf": [{"format": str(n)} for n in range(9)]},
            [f"format '{n}' at the whole document;" for n in range(5)],
        ),
        (
            {"properties": {"a": {"$ref": "#/$defs/day"}}, "$defs": {"day": {"format": "date"}}},
            {"properties": {"a": {"allOf": [{"format": "date"}]}, "b": {"items": [{"format": "time"}]}}},
            ["format 'time' at /b/*;"],
        ),
        (
            {},
            {"properties": {"next": {"$ref": "#"}, "at": {"format": "time"}}},
            ["format 'time' at /at;", "format 'time' at /next/at;"],
        ),
        ({}, {"patternProperties": {"^a": {"format": "uri"}}, "$ref": "other.json"}, ["format 'uri' at /*;"]),
    ],
)
def test_annotations_that_only_the_reader_states_are_noted(writer: Any, reader: Any, notes: list[str]) -> None:
    found = differing_annotations(writer, reader)
    assert len(found) == len(notes)
    assert all(note in one for note, one in zip(notes, found, strict=True))


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (True, 1, False),
        ("a", "a", True),
        ("a", "b", False),
        ([1, [2]], [1, [2]], True),
        ([1, [2]], [1, [3]], False),
        ([1], [1, 2], False),
        ([1, 2], [1], False),
        ({"a": 1, "b": [2]}, {"b": [2], "a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1}, {"b": 1}, False),
        ({"a": None}, {}, False),
        ([], {}, False),
        (None, False, False),
    ],
)
def test_values_are_equal_when_they_are_written_the_same(one: Any, other: Any, equal: bool) -> None:
    assert are_equal(one, other) is equal


def test_parts_are_objects_and_lists_counted_up_to_a_limit() -> None:
    assert [parts_of(one, 9) for one in (1, [], {}, [1, [2]], {"a": [{}, {}], "b": 1})] == [0, 1, 1, 2, 4]
    assert parts_of([[]] * 50, 9) > 9
    assert parts_of([[[[]]]], 4) == 4
    assert parts_of([[[[]]]], 2) == 3
    assert parts_of({"a": {}, "b": {}}, 2) == 3


def test_numbers_are_exact_and_what_is_not_json_is_refused() -> None:
    assert [exact(one) for one in (3, 3.0, -0.0)] == [3, 3, 0]
    assert all(type(exact(one)) is int for one in (3, 3.0, 1e20))
    assert exact(0.5) * 2 == 1
    assert integral(exact(0.5) * 4) == 2
    of_each_type: list[Any] = [None, True, 1, 1.5, "", [], {}]
    assert [type_of(one) for one in of_each_type] == [0, 1, 2, 2, 3, 4, 5]
    for number in (float("nan"), float("-inf"), float("inf")):
        with pytest.raises(NotJson, match="no JSON number"):
            key_of([number])
    with pytest.raises(NotJson, match="set is no JSON type"):
        key_of({"a": {1}})


def test_a_value_is_given_back_from_its_key() -> None:
    values: list[Any] = [None, True, 3, 0.1, "a", [1, ["b"]], {"a": {"b": [None]}}]
    for one in values:
        assert key_of(value_of(key_of(one))) == key_of(one)
        assert type(value_of(key_of(one))) is type(one)
    third = exact(0.5) / 3 * 2
    assert value_of((2, third)) == pytest.approx(1 / 3)


def test_the_budget_of_steps_is_counted_in_the_answer() -> None:
    random = Random(1)
    for seed in islice(iter(lambda: random.randrange(10**6), None), 30):
        decision = decide(*_pair(seed))
        again = decide(*_pair(seed), budget=Budget(steps=max(decision.steps, 1)))
        assert again.verdict == decision.verdict
        assert again.steps <= 2 * decision.steps + 2
