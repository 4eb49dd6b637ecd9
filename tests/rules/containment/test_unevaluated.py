"""What `unevaluatedProperties` and `unevaluatedItems` leave over, held against the library on every small document."""

from itertools import combinations, product
from typing import Any

import pytest
from jsonschema import Draft201909Validator, Draft202012Validator

from server.conflicts.containment import decide
from server.conflicts.containment.budget import Budget, Meter, Undecidable
from server.conflicts.containment.compile import Compiler
from server.conflicts.containment.dialect import dialect_of
from server.conflicts.containment.evaluate import Evaluator
from server.conflicts.containment.formula import Formulas
from server.conflicts.containment.texts import Texts

A: dict[str, Any] = {"properties": {"a": {"type": "integer"}}}
B: dict[str, Any] = {"properties": {"b": True}}
NEEDS_A: dict[str, Any] = {**A, "required": ["a"]}
D2019 = {"$schema": "https://json-schema.org/draft/2019-09/schema"}
MEMBERS: list[dict[str, Any]] = [
    {},
    A,
    {"patternProperties": {"^a": True}},
    {"additionalProperties": {"type": "integer"}},
    {**A, "additionalProperties": {"type": "string"}},
    {"allOf": [A, B]},
    {"anyOf": [NEEDS_A, B]},
    {"anyOf": [NEEDS_A, {**B, "required": ["b"]}, {"properties": {"a": True, "b": {"type": "string"}}}]},
    {"anyOf": [{**A, "required": ["b"]}, {**B, "required": ["b"]}]},
    {"anyOf": [{"patternProperties": {"^a": {"type": "integer"}}}, B]},
    {"anyOf": [{"patternProperties": {"^a": True}, "required": ["b"]}, {"properties": {"b": True}, "required": ["b"]}]},
    {"anyOf": [{"additionalProperties": {"type": "integer"}}, B]},
    {"oneOf": [NEEDS_A, {**B, "required": ["b"]}]},
    {"oneOf": [{"allOf": [A, {"required": ["a"]}]}, {"not": {"required": ["a"]}, "properties": {"c": True}}]},
    {"if": NEEDS_A, "then": B, "else": {"properties": {"c": True}}},
    {"if": NEEDS_A, "then": B},
    {"if": {"required": ["a"]}, "else": B},
    {"if": {"properties": {"a": {"const": 1}}}},
    {"dependentSchemas": {"a": B}, "properties": {"a": True}},
    {"dependentSchemas": {"a": {"properties": {"a": True, "c": True}}}},
    {"not": {"not": A}},
    {"$ref": "#/$defs/x"},
    {"$ref": "#/$defs/x", "anyOf": [{"$ref": "#/$defs/y"}, True]},
    {"allOf": [{"unevaluatedProperties": {"type": "integer"}}]},
    {"allOf": [{**A, "unevaluatedProperties": False}]},
    {"anyOf": [{**A, "unevaluatedProperties": {"type": "string"}}, B]},
    {"allOf": [{"anyOf": [A, {"allOf": [B, {"required": ["b"]}]}]}]},
    {"properties": {"a": {"properties": {"b": True}}}},
    {"propertyNames": {"maxLength": 1}, **A},
]
DEFINED = {"x": A, "y": {"properties": {"b": {"type": "integer"}}, "required": ["b"]}}
ITEMS: list[dict[str, Any]] = [
    {},
    {"prefixItems": [True]},
    {"prefixItems": [{"type": "integer"}, True]},
    {"items": {"type": "integer"}},
    {"prefixItems": [True], "items": {"type": "integer"}},
    {"contains": {"type": "integer"}},
    {"contains": {"type": "integer"}, "minContains": 0, "prefixItems": [True]},
    {"allOf": [{"prefixItems": [True]}, {"prefixItems": [True, {"type": "integer"}]}]},
    {"anyOf": [{"prefixItems": [{"type": "integer"}]}, {"prefixItems": [True, {"type": "string"}]}]},
    {"anyOf": [{"items": {"type": "integer"}}, {"prefixItems": [True]}]},
    {"anyOf": [{"contains": {"const": 1}, "prefixItems": [{"type": "string"}]}, {"maxItems": 2}]},
    {"oneOf": [{"contains": {"type": "string"}}, {"prefixItems": [{"type": "integer"}], "maxItems": 2}]},
    {"if": {"prefixItems": [{"const": 1}]}, "then": {"prefixItems": [True, True]}, "else": {"contains": {"const": 2}}},
    {"allOf": [{"unevaluatedItems": {"type": "integer"}}]},
    {"anyOf": [{"prefixItems": [{"const": 1}], "unevaluatedItems": False}, {"prefixItems": [True, True]}]},
    {"not": {"not": {"prefixItems": [True]}}},
    {"$ref": "#/$defs/i"},
]
ITEMS_DEFINED = {"i": {"prefixItems": [{"type": "integer"}], "contains": {"type": "string"}, "minContains": 0}}
OLDER: list[dict[str, Any]] = [
    {},
    {"items": {"type": "integer"}},
    {"items": [True]},
    {"items": [{"type": "integer"}, True]},
    {"items": [True], "additionalItems": {"type": "integer"}},
    {"anyOf": [{"items": [{"type": "integer"}]}, {"items": [True, {"type": "string"}]}]},
    {"allOf": [{"items": [True]}, {"unevaluatedItems": {"type": "integer"}}]},
]
OBJECTS = [
    dict(zip(names, values, strict=True))
    for count in range(4)
    for names in combinations(("a", "b", "c", "ab"), count)
    for values in product((1, "x"), repeat=count)
]
ARRAYS = [list(items) for length in range(4) for items in product((1, 2, "x"), repeat=length)]


def judged(schema: dict[str, Any], documents: list[Any]) -> list[bool]:
    meter = Meter(Budget(steps=10**8))
    dialect = dialect_of(schema)
    formula = Compiler(schema, dialect, Formulas(meter), meter.step).compile()
    evaluator = Evaluator(Texts(meter), meter)
    return [evaluator.holds(formula, one) for one in documents]


def expected(schema: dict[str, Any], documents: list[Any]) -> list[bool]:
    library = Draft201909Validator if "2019" in schema.get("$schema", "") else Draft202012Validator
    return [library(schema).is_valid(one) for one in documents]


@pytest.mark.parametrize("at", range(len(MEMBERS)))
def test_members_that_nothing_looked_at_are_those_that_the_library_finds(at: int) -> None:
    for rest in (False, {"type": "string"}, True):
        schema = {**MEMBERS[at], "unevaluatedProperties": rest, "$defs": DEFINED}
        assert judged(schema, [*OBJECTS, 5]) == expected(schema, [*OBJECTS, 5])


@pytest.mark.parametrize("at", range(len(ITEMS)))
def test_items_that_nothing_looked_at_are_those_that_the_library_finds(at: int) -> None:
    for rest in (False, {"const": 2}, True):
        schema = {**ITEMS[at], "unevaluatedItems": rest, "$defs": ITEMS_DEFINED}
        assert judged(schema, [*ARRAYS, 5]) == expected(schema, [*ARRAYS, 5])


@pytest.mark.parametrize("at", range(len(OLDER)))
def test_items_are_looked_at_by_lists_of_items_in_2019_09(at: int) -> None:
    for rest in (False, {"const": 2}, True):
        schema = {**D2019, **OLDER[at], "unevaluatedItems": rest}
        assert judged(schema, ARRAYS) == expected(schema, ARRAYS)


def test_what_a_recursive_reference_looks_at_counts_in_2019_09() -> None:
    tree = {**D2019, "$recursiveAnchor": True, "properties": {"a": {"$recursiveRef": "#"}}}
    closed = {
        **D2019,
        "allOf": [{"$ref": "#/$defs/t"}],
        "$defs": {"t": {**A, "type": "object"}},
        "unevaluatedProperties": False,
    }
    assert judged(closed, OBJECTS) == expected(closed, OBJECTS)
    around = {
        **tree,
        "$id": "http://t.example/t",
        "allOf": [{"$ref": "#/$defs/o"}],
        "$defs": {"o": B},
        "unevaluatedProperties": False,
    }
    documents: list[Any] = [{}, {"a": {}}, {"a": {"b": 1}}, {"a": {"c": 1}}, {"c": 1}, {"a": {"a": {"c": 1}}}]
    assert judged(around, documents) == expected(around, documents) == [True, True, True, False, False, False]


def test_what_contains_looked_at_is_left_open_in_2019_09() -> None:
    with pytest.raises(Undecidable, match="read differently in draft 2019-09"):
        judged({**D2019, "contains": {"const": 1}, "unevaluatedItems": False}, [[1]])


def alternatives(count: int) -> dict[str, Any]:
    return {"anyOf": [{"patternProperties": {f"^{sign}": True}, "required": [sign]} for sign in "abcdefgh"[:count]]}


def test_more_than_seven_conditions_are_left_open() -> None:
    assert judged({**alternatives(7), "unevaluatedProperties": False}, [{"a": 1}, {"x": 1}]) == [True, False]
    with pytest.raises(Undecidable, match="more than 7 conditions"):
        judged({**alternatives(8), "unevaluatedProperties": False}, [{"a": 1}])


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = A
    for _ in range(depth):
        schema = {"allOf": [schema]}
    return {**schema, "unevaluatedProperties": False}


def test_more_than_twelve_levels_are_left_open() -> None:
    assert judged(nested(11), [{"a": 1}, {"b": 1}]) == [True, False]
    with pytest.raises(Undecidable, match="nested too deep"):
        judged(nested(12), [{"a": 1}])


def test_a_malformed_keyword_beside_leaves_it_open() -> None:
    decision = decide({"type": "object"}, {"anyOf": 5, "unevaluatedProperties": False})
    assert decision.verdict == "UNKNOWN"
    with pytest.raises(Undecidable, match="malformed"):
        judged({"dependentSchemas": [], "unevaluatedProperties": False}, [{"a": 1}])
