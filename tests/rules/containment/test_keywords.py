"""One small table for each group of keywords: writer, reader, and what is to be said of the pair."""

from typing import Any

import pytest

from server.conflicts.containment import RULES, confirm, decide

D4 = {"$schema": "http://json-schema.org/draft-04/schema#"}
D6 = {"$schema": "http://json-schema.org/draft-06/schema#"}
D7 = {"$schema": "http://json-schema.org/draft-07/schema#"}
D2019 = {"$schema": "https://json-schema.org/draft/2019-09/schema"}
D2020 = {"$schema": "https://json-schema.org/draft/2020-12/schema"}

Case = tuple[Any, Any, str]

NUMBERS: list[Case] = [
    ({"type": "integer"}, {"type": "number"}, "SAFE"),
    ({"type": "number"}, {"type": "integer"}, "schema.type-changed"),
    ({"type": "number", "multipleOf": 1}, {"type": "integer"}, "SAFE"),
    ({"minimum": 5}, {"minimum": 4}, "SAFE"),
    ({"minimum": 4}, {"minimum": 5}, "schema.range-widened"),
    ({"minimum": 4}, {"exclusiveMinimum": 4}, "schema.range-widened"),
    ({"type": "integer", "exclusiveMinimum": 4}, {"minimum": 5}, "SAFE"),
    ({"type": "number", "exclusiveMinimum": 4}, {"minimum": 5}, "schema.range-widened"),
    ({"multipleOf": 10}, {"multipleOf": 5}, "SAFE"),
    ({"multipleOf": 0.3}, {"multipleOf": 0.1}, "SAFE"),
    ({"multipleOf": 5}, {"multipleOf": 10}, "schema.step-changed"),
    ({"allOf": [{"multipleOf": 4}, {"multipleOf": 6}]}, {"multipleOf": 12}, "SAFE"),
    ({"type": "integer", "minimum": 1, "maximum": 3}, {"enum": [1, 2, 3]}, "SAFE"),
    ({"type": "integer", "minimum": 1, "maximum": 4}, {"enum": [1, 2, 3]}, "schema.enum-extended"),
    ({"type": "number", "minimum": 1, "maximum": 1}, {"const": 1.0}, "SAFE"),
    ({"const": 1.0}, {"type": "integer"}, "SAFE"),
    ({"const": 10**30}, {"maximum": 10**29}, "schema.range-widened"),
    ({**D4, "type": "number", "minimum": 3, "exclusiveMinimum": True}, {"exclusiveMinimum": 3}, "SAFE"),
    ({**D4, "type": "number", "minimum": 3}, {"exclusiveMinimum": 3}, "schema.range-widened"),
    ({**D4, "type": "number", "maximum": 3, "exclusiveMaximum": True}, {"exclusiveMaximum": 3}, "SAFE"),
    (
        {**D4, "type": "number", "maximum": 3, "exclusiveMaximum": False},
        {"exclusiveMaximum": 3},
        "schema.range-widened",
    ),
    (
        {**D6, "minimum": 3, "exclusiveMinimum": 2, "maximum": 5, "exclusiveMaximum": 6},
        {"minimum": 3, "maximum": 5},
        "SAFE",
    ),
    ({**D7, "type": "integer"}, {**D4, "type": "integer"}, "SAFE"),
    ({"not": {"multipleOf": 2}, "type": "integer", "minimum": 0, "maximum": 4}, {"enum": [1, 3]}, "SAFE"),
]

TEXTS: list[Case] = [
    ({"minLength": 3}, {"minLength": 2}, "SAFE"),
    ({"minLength": 2}, {"minLength": 3}, "schema.length-widened"),
    ({"pattern": "^a+$"}, {"pattern": "^a*$"}, "SAFE"),
    ({"pattern": "^a*$"}, {"pattern": "^a+$"}, "schema.pattern-widened"),
    ({"pattern": "^[a-z]{3}$"}, {"maxLength": 3}, "SAFE"),
    ({"pattern": "^[a-z]{3}"}, {"maxLength": 3}, "schema.length-widened"),
    ({"pattern": "^(red|green)$", "type": "string"}, {"enum": ["red", "green"]}, "SAFE"),
    ({"enum": ["red", "blue"]}, {"pattern": "e"}, "SAFE"),
    ({"pattern": "foo"}, {"pattern": "o{2}"}, "SAFE"),
    ({"pattern": "^(?!x)"}, {"not": {"pattern": "^x", "type": "string"}}, "SAFE"),
    ({"pattern": "^\\d{4}-\\d{2}$"}, {"pattern": "^[0-9-]+$"}, "SAFE"),
    ({"pattern": "(a)\\1"}, {"pattern": "(a)\\1"}, "SAFE"),
    ({"pattern": "(a)\\1", "maxLength": 5}, {"pattern": "(a)\\1"}, "SAFE"),
    ({"pattern": "(a)\\1"}, {"pattern": "^b"}, "UNKNOWN"),
    ({"type": "string", "format": "date"}, {"type": "string", "format": "email"}, "SAFE"),
    ({"type": "string", "maxLength": 1}, {"maxLength": 1}, "SAFE"),
    ({"const": "\U0001f600"}, {"maxLength": 1}, "SAFE"),
]

VALUES: list[Case] = [
    ({"const": True}, {"const": 1}, "schema.const-changed"),
    ({"enum": [0]}, {"enum": [False]}, "schema.enum-extended"),
    ({"const": [1, {"a": 2}]}, {"const": [1.0, {"a": 2.0}]}, "SAFE"),
    ({"const": None}, {"type": "string"}, "schema.type-changed"),
    ({"type": "boolean"}, {"enum": [True, False]}, "SAFE"),
    ({"enum": ["a", "b"]}, {"enum": ["b", "a", "c"]}, "SAFE"),
    ({"enum": ["a", "b", "c"]}, {"enum": ["b", "a"]}, "schema.enum-extended"),
    ({"type": "object", "required": ["a"], "properties": {"a": {"const": 1}}}, {"not": {"const": {"a": 2}}}, "SAFE"),
    ({**D4, "const": 1}, {"const": 1}, "schema.const-changed"),
    (False, {"const": 1}, "SAFE"),
    (True, {}, "SAFE"),
    ({}, False, "schema.member-refused"),
]

OBJECTS: list[Case] = [
    ({"required": ["a", "b"]}, {"required": ["a"]}, "SAFE"),
    ({"required": ["a"]}, {"required": ["a", "b"]}, "schema.required-missing"),
    ({"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"type": "integer"}}}, "schema.type-changed"),
    ({"properties": {"a": {}}}, {"properties": {"a": {}}, "additionalProperties": False}, "schema.additional-refused"),
    ({"properties": {"a": {}}, "additionalProperties": False}, {"properties": {"a": {}, "b": {}}}, "SAFE"),
    ({"patternProperties": {"^a": {"type": "integer"}}}, {"properties": {"ab": {"type": "number"}}}, "SAFE"),
    ({"patternProperties": {"^ab": {"type": "integer"}}}, {"patternProperties": {"^a": {"type": "number"}}}, "schema.type-changed"),
    ({"properties": {"a": {}, "b": {}}, "additionalProperties": False}, {"maxProperties": 2}, "SAFE"),
    ({"required": ["a", "b", "c"]}, {"minProperties": 3}, "SAFE"),
    ({"maxProperties": 3}, {"maxProperties": 2}, "schema.member-count-widened"),
    ({"propertyNames": {"maxLength": 2}}, {"propertyNames": {"maxLength": 3}}, "SAFE"),
    ({"propertyNames": {"maxLength": 3}}, {"propertyNames": {"pattern": "^.{0,2}$"}}, "schema.pattern-widened"),
    ({"type": "object", "propertyNames": {"enum": ["a"]}, "minProperties": 1}, {"required": ["a"]}, "SAFE"),
    ({"dependentRequired": {"a": ["b"]}, "required": ["a"]}, {"required": ["b"]}, "SAFE"),
    ({}, {"dependentRequired": {"a": ["b"]}}, "schema.dependency-unmet"),
    ({**D7, "dependencies": {"a": {"required": ["b"]}}}, {"dependentRequired": {"a": ["b"]}}, "SAFE"),
    ({"dependencies": {"a": ["b"]}}, {**D7, "dependencies": {"a": ["b"]}}, "SAFE"),
    ({"patternProperties": {"^a": {"minimum": 1}, "b$": {"maximum": 0}}}, {"properties": {"ab": {"not": {"type": "number"}}}}, "SAFE"),
    (
        {"properties": {"a": {}}, "additionalProperties": False},
        {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False},
        "SAFE",
    ),
    (
        {"properties": {"a": {}, "b": {}}, "additionalProperties": False},
        {"anyOf": [{"properties": {"a": {}}, "required": ["a"]}, {}], "unevaluatedProperties": False},
        "schema.additional-refused",
    ),
]  # fmt: skip

ARRAYS: list[Case] = [
    ({"items": {"type": "integer"}}, {"items": {"type": "number"}}, "SAFE"),
    ({"prefixItems": [{"type": "integer"}], "items": False}, {"items": {"type": "number"}, "maxItems": 1}, "SAFE"),
    ({"minItems": 2}, {"minItems": 1}, "SAFE"),
    ({"maxItems": 2}, {"maxItems": 1}, "schema.count-widened"),
    ({"type": "array", "items": {"const": 1}, "minItems": 1}, {"contains": {"const": 1}}, "SAFE"),
    ({"contains": {"const": 1}}, {"minItems": 1}, "SAFE"),
    ({"contains": {"const": 1}}, {"contains": {"const": 2}}, "schema.contained-item-missing"),
    ({"contains": {"type": "integer"}, "minContains": 3}, {"contains": {"type": "number"}, "minContains": 2}, "SAFE"),
    ({"contains": {}, "maxContains": 2}, {"maxItems": 2}, "SAFE"),
    ({"contains": {"const": 1}, "minContains": 0}, {"contains": {"const": 1}}, "schema.contained-item-missing"),
    ({"uniqueItems": True, "items": {"enum": [1, 2]}}, {"maxItems": 2}, "SAFE"),
    ({"uniqueItems": True, "items": {"enum": [1, 2, True]}}, {"maxItems": 2}, "schema.count-widened"),
    ({"items": {"enum": [1, 2]}, "minItems": 3}, {"not": {"uniqueItems": True, "type": "array"}}, "SAFE"),
    ({}, {"uniqueItems": True}, "schema.duplicates-allowed"),
    ({"maxItems": 1}, {"uniqueItems": True}, "SAFE"),
    ({**D7, "items": [{"type": "string"}], "additionalItems": False}, {"prefixItems": [{"type": "string"}], "items": False}, "SAFE"),
    ({**D7, "items": [{"type": "string"}]}, {**D7, "items": [{"type": "string"}], "additionalItems": False}, "schema.item-refused"),
    ({"prefixItems": [{}], "items": False}, {"prefixItems": [{}], "unevaluatedItems": False}, "SAFE"),
    ({"items": {"const": 1}}, {"contains": {"const": 1}, "unevaluatedItems": False, "minContains": 0}, "SAFE"),
    ({**D6, "contains": {"const": 1}, "maxContains": 1}, {"contains": {"const": 1}, "maxContains": 1}, "schema.contained-item-missing"),
]  # fmt: skip

COMBINED: list[Case] = [
    ({"allOf": [{"type": "integer"}, {"minimum": 3}]}, {"minimum": 2, "type": "number"}, "SAFE"),
    ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, {"type": ["integer", "null"]}, "SAFE"),
    ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, {"type": "integer"}, "schema.type-changed"),
    ({"type": ["integer", "null"]}, {"oneOf": [{"type": "integer"}, {"type": "null"}]}, "SAFE"),
    ({"type": "integer"}, {"oneOf": [{"type": "integer"}, {"minimum": 2}]}, "schema.not-exactly-one"),
    ({"type": "integer"}, {"anyOf": [{"minimum": 0}, {"maximum": -1}]}, "SAFE"),
    ({"type": "number"}, {"anyOf": [{"minimum": 0}, {"maximum": -1}]}, "schema.no-alternative"),
    ({"type": "string"}, {"not": {"type": "integer"}}, "SAFE"),
    ({}, {"not": {"type": "integer"}}, "schema.forbidden"),
    ({"if": {"const": 1}, "then": False}, {"not": {"const": 1}}, "SAFE"),
    ({"if": {"type": "integer"}, "then": {"minimum": 5}}, {"if": {"type": "integer"}, "then": {"minimum": 4}}, "SAFE"),
    ({"then": False}, {"minimum": 1}, "schema.range-widened"),
    ({**D6, "if": True, "then": False}, {"type": "null"}, "schema.type-changed"),
]

REFERENCES: list[Case] = [
    ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "integer"}}}, {"type": "number"}, "SAFE"),
    ({"$ref": "#/$defs/a~1b%25", "$defs": {"a/b%": {"type": "integer"}}}, {"type": "number"}, "SAFE"),
    ({"$ref": "#n", "$defs": {"a": {"$anchor": "n", "type": "integer"}}}, {"type": "number"}, "SAFE"),
    ({"$ref": "http://t.example/a", "$defs": {"a": {"$id": "http://t.example/a", "type": "integer"}}}, {"type": "number"}, "SAFE"),
    ({**D7, "$ref": "#/definitions/a", "type": "string", "definitions": {"a": {"type": "integer"}}}, {"type": "integer"}, "SAFE"),
    ({**D2019, "$ref": "#/$defs/a", "minimum": 3, "$defs": {"a": {"type": "integer"}}}, {"minimum": 2}, "SAFE"),
    ({**D4, "id": "http://t.example/", "$ref": "#/definitions/a", "definitions": {"a": {"type": "null"}}}, {"const": None}, "SAFE"),
    ({"properties": {"next": {"$ref": "#"}}, "required": ["v"]}, {"properties": {"next": {"required": ["v"]}}}, "SAFE"),
    (
        {"type": "object", "properties": {"next": {"$ref": "#"}, "v": {"type": "integer"}}},
        {"type": "object", "properties": {"next": {"$ref": "#"}, "v": {"type": "number"}}},
        "SAFE",
    ),
    (
        {"type": "object", "properties": {"next": {"$ref": "#"}, "v": {"type": "number"}}},
        {"type": "object", "properties": {"next": {"$ref": "#"}, "v": {"type": "integer"}}},
        "schema.type-changed",
    ),
    ({"$ref": "https://elsewhere.example/x"}, {"type": "object"}, "UNKNOWN"),
    ({"$ref": "https://elsewhere.example/x", "minimum": 2}, {"$ref": "https://elsewhere.example/x"}, "SAFE"),
    ({"$ref": "http://json-schema.org/draft-07/schema#", **D7}, {"type": ["object", "boolean"]}, "SAFE"),
    (
        {**D2019, "$recursiveAnchor": True, "type": "object", "properties": {"c": {"$recursiveRef": "#"}}},
        {"properties": {"c": {"type": "object"}}},
        "SAFE",
    ),
    (
        {
            "$id": "http://t.example/root",
            "$ref": "list",
            "$defs": {
                "s": {"$dynamicAnchor": "T", "type": "string"},
                "list": {"$id": "list", "items": {"$dynamicRef": "#T"}, "$defs": {"d": {"$dynamicAnchor": "T"}}},
            },
        },
        {"items": {"type": "string"}},
        "SAFE",
    ),
    ({"$schema": "https://own.example/meta"}, {"type": "null"}, "UNKNOWN"),
    ({"type": "strange"}, {"type": "string"}, "UNKNOWN"),
]  # fmt: skip

CASES = NUMBERS + TEXTS + VALUES + OBJECTS + ARRAYS + COMBINED + REFERENCES
RULE_IDS = {rule.id for rule in RULES}


@pytest.mark.parametrize(("writer", "reader", "expected"), CASES, ids=map(str, range(len(CASES))))
def test_con_12_a_pair_is_decided_as_its_keywords_mean(writer: Any, reader: Any, expected: str) -> None:
    decision = decide(writer, reader)
    assert not decision.contradiction
    if expected in RULE_IDS:
        assert (decision.verdict, decision.rule) == ("BREAKS", expected), decision
        assert confirm(writer, decision.witness)
        assert not confirm(reader, decision.witness)
    else:
        assert decision.verdict == expected, decision


def test_a_schema_is_inside_itself_and_inside_true_and_false_is_inside_it() -> None:
    for schema in [schema for writer, reader, _ in CASES for schema in (writer, reader)]:
        if isinstance(schema, dict) and (schema.get("type") == "strange" or "own.example" in schema.get("$schema", "")):
            continue
        assert decide(schema, schema).verdict == "SAFE"
        assert decide(schema, True).verdict == "SAFE"
        assert decide(False, schema).verdict == "SAFE"


def test_the_place_of_the_break_is_named() -> None:
    writer = {
        "properties": {"a/b": {"type": "array", "items": {"type": ["string", "null"]}, "minItems": 1}},
        "required": ["a/b"],
    }
    reader = {"properties": {"a/b": {"items": {"type": "string"}}}}
    decision = decide({**writer, "type": "object"}, reader)
    assert decision.witness == {"a/b": [None]}
    assert (decision.path, decision.schema_path, decision.keyword) == ("/a~1b/0", "/properties/a~1b/items/type", "type")


def test_null_is_a_witness_like_any_other() -> None:
    decision = decide({"type": "null"}, {"type": "string"})
    assert decision.has_witness
    assert decision.witness is None


def test_what_differs_in_annotations_alone_is_noted() -> None:
    decision = decide({"type": "string"}, {"type": "string", "format": "date-time"})
    assert decision.verdict == "SAFE"
    assert any("date-time" in note for note in decision.notes)


def test_an_unnamed_draft_is_told_by_its_keywords_and_noted() -> None:
    decision = decide({"items": [{"type": "string"}]}, {"prefixItems": [{"type": "string"}]})
    assert decision.verdict == "SAFE"
    assert any("draft 7" in note for note in decision.notes)


def test_the_rules_of_breaks_are_listed_once_each() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    words = [word for rule in RULES for word in rule.keywords]
    assert len(words) == len(set(words))


def test_con_10_many_closed_alternatives_are_told_apart_by_names_nobody_mentions() -> None:
    closed = [{"properties": {f"k{i}": {}}, "additionalProperties": False} for i in range(14)]
    named = {"type": "object", "propertyNames": {"enum": [f"k{i}" for i in range(14)]}}
    fresh = {"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^z"}}
    assert decide(fresh, {"anyOf": closed}).verdict == "BREAKS"
    assert decide({**named, "maxProperties": 2}, {"anyOf": closed}).verdict == "BREAKS"
    assert decide({**named, "maxProperties": 1}, {"anyOf": closed}).verdict == "SAFE"


def test_con_10_names_asked_for_the_same_are_counted_one_by_one() -> None:
    named = {"type": "object", "propertyNames": {"enum": [f"k{i}" for i in range(300)]}}
    assert decide(named, {"maxProperties": 299}).verdict == "BREAKS"
    assert decide(named, {"maxProperties": 300}).verdict == "SAFE"
    assert decide({**named, "minProperties": 301}, False).verdict == "SAFE"


LONG: Any = {"type": "array", "minItems": 1_500, "maxItems": 1_500}


@pytest.mark.parametrize(
    ("writer", "reader", "verdict"),
    [
        ({**LONG, "items": {"type": "integer"}}, {"items": {"type": "number", "multipleOf": 0.5}}, "SAFE"),
        ({**LONG, "items": {"type": "integer"}}, {"items": {"minimum": 0}}, "BREAKS"),
        ({**LONG, "items": {"minimum": 2}}, {"contains": {"minimum": 3}}, "BREAKS"),
        ({**LONG, "items": {"type": "integer", "minimum": 4}}, {"contains": {"minimum": 3}}, "SAFE"),
        ({**LONG, "items": {"const": 1}}, {"uniqueItems": True}, "BREAKS"),
        ({**LONG, "prefixItems": [{"const": 1}] * 3, "items": {"const": 2}}, {"contains": {"const": 1}, "minContains": 4}, "BREAKS"),
        ({**LONG, "uniqueItems": True}, {"maxItems": 1_499}, "UNKNOWN"),
        ({"type": "array", "minItems": 10**8, "items": {"const": 1}}, {"contains": {"const": 2}, "minContains": 2}, "UNKNOWN"),
    ],
)  # fmt: skip
def test_con_10_long_lists_are_decided_by_the_items_that_differ(writer: Any, reader: Any, verdict: str) -> None:
    assert decide(writer, reader).verdict == verdict
