"""Where it is plain to see that a document is valid, there is one; and it is plain for the records that systems write."""

from random import Random
from typing import Any

import pytest

from server.conflicts.containment import Schema, decide
from server.conflicts.containment.dialect import Draft
from server.conflicts.containment.inhabited import plainly_has_a_document
from tests.rules.containment.random_schemas import SchemaMaker

PLAIN: list[Schema] = [
    True,
    {},
    {"minLength": 3, "title": "null fits"},
    {"type": "string", "pattern": r"^[A-Z]{1,5}-\d+\.csv$"},
    {"type": "string", "minLength": 2, "maxLength": 2},
    {"type": ["bogus", "number"], "minimum": 0.5, "maximum": 0.5},
    {"type": "integer", "maximum": -3},
    {"enum": [1, None]},
    {"const": "a", "type": "string"},
    {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "boolean"}},
    {"type": "array", "items": False},
    {"type": "object", "properties": {"a": {"type": "null"}, "b": False}, "required": ["a"], "maxProperties": 1},
    {"type": "object", "required": ["a", "a"], "additionalProperties": {"type": "string"}, "minProperties": 1},
]
EMPTY: list[Schema] = [
    False,
    {"type": []},
    {"type": "string", "maxLength": -1},
    {"type": "string", "minLength": 2, "maxLength": 1},
    {"type": "string", "pattern": "^ab$", "maxLength": 1},
    {"type": "string", "pattern": "a^b"},
    {"type": "number", "minimum": 1, "maximum": 0},
    {"type": "integer", "minimum": 0.5, "maximum": 0.5},
    {"type": "integer", "minimum": 1, "maximum": 0},
    {"type": "number", "minimum": 0, "maximum": 0, "exclusiveMinimum": 0},
    {"enum": []},
    {"enum": ["a"], "const": "b"},
    {"enum": ["a"], "minLength": 2, "type": "string"},
    {"const": "a", "type": "integer"},
    {"const": True, "type": "integer"},
    {"type": "array", "minItems": 1, "items": False},
    {"type": "array", "minItems": 2, "maxItems": 1},
    {"type": "object", "required": ["a"], "properties": {"a": False}},
    {"type": "object", "required": ["a"], "additionalProperties": False},
    {"type": "object", "required": ["a"], "properties": {"a": {}}, "patternProperties": {"a": False}},
    {"type": "object", "required": ["a", "b"], "maxProperties": 1},
    {"type": "object", "minProperties": 1, "additionalProperties": False},
    {"type": "object", "required": ["a", "a"], "minProperties": 2, "propertyNames": {"const": "a"}},
    {"type": "null", "not": {}},
    {"type": "null", "allOf": [False]},
    {"type": "null", "$ref": "#/$defs/a", "$defs": {"a": False}},
]


@pytest.mark.parametrize("schema", PLAIN)
def test_a_record_with_plain_bounds_is_seen_to_be_writable(schema: Schema) -> None:
    assert plainly_has_a_document(schema)


@pytest.mark.parametrize("schema", EMPTY)
def test_no_document_is_seen_where_there_is_none(schema: Schema) -> None:
    assert not plainly_has_a_document(schema)


def test_what_is_seen_to_be_writable_is_found_by_the_search() -> None:
    seen = 0
    for seed in range(2_000):
        random = Random(seed)
        schema = SchemaMaker(random, random.choice(list(Draft))).document(2)
        if plainly_has_a_document(schema):
            seen += 1
            assert decide(schema, False).verdict == "BREAKS", (seed, schema)
    assert seen > 100, seen


def test_a_schema_nested_without_end_is_left_to_the_search() -> None:
    schema: dict[str, Any] = {"type": "null"}
    for _ in range(5_000):
        schema = {"type": "object", "required": ["a"], "properties": {"a": schema}}
    assert not plainly_has_a_document(schema)
