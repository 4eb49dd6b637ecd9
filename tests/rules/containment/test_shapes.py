"""What keeps a value from being used as a schema, with its place, and in which draft a schema is read."""

from typing import Any

import pytest

from server.conflicts.containment import decide, find_shape_error, shape
from server.conflicts.containment.budget import Undecidable
from server.conflicts.containment.dialect import Draft, dialect_of, named_draft
from server.conflicts.containment.keywords import READERS

D4 = {"$schema": "http://json-schema.org/draft-04/schema#"}
D7 = {"$schema": "http://json-schema.org/draft-07/schema#"}
D2019 = {"$schema": "https://json-schema.org/draft/2019-09/schema"}


def deep(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(depth):
        schema = {"not": schema}
    return schema


@pytest.mark.parametrize(
    ("schema", "path", "message"),
    [
        ([], "", "A schema is an object or a boolean, not a list."),
        ("x", "", "A schema is an object or a boolean, not a text."),
        (1, "", "A schema is an object or a boolean, not a number."),
        (1.5, "", "A schema is an object or a boolean, not a number."),
        (None, "", "A schema is an object or a boolean, not null."),
        ((), "", "A schema is an object or a boolean, not this."),
        ({"not": 5}, "/not", "A schema is an object or a boolean, not a number."),
        ({"items": "x"}, "/items", "not a text"),
        ({"allOf": [{}, []]}, "/allOf/1", "not a list"),
        ({"prefixItems": [True, None]}, "/prefixItems/1", "not null"),
        ({**D7, "items": [{}, 5]}, "/items/1", "not a number"),
        ({"$defs": {"a/b~": 5}}, "/$defs/a~1b~0", "not a number"),
        ({**D7, "definitions": {"a": 5}}, "/definitions/a", "not a number"),
        ({"dependentSchemas": {"a": 5}}, "/dependentSchemas/a", "not a number"),
        ({**D7, "dependencies": {"a": 5}}, "/dependencies/a", "not a number"),
        ({**D7, "dependencies": {"a": [5]}}, "/dependencies", "`dependencies` is malformed: a name is expected."),
        ({"if": {}, "then": 5}, "/then", "not a number"),
        ({"else": 5}, "/else", "not a number"),
        ({"unevaluatedItems": 5}, "/unevaluatedItems", "not a number"),
        ({"$ref": 5}, "/$ref", "`$ref` is malformed: a text is expected."),
        ({"$dynamicRef": 5}, "/$dynamicRef", "a text is expected"),
        ({**D2019, "$recursiveRef": 5}, "/$recursiveRef", "a text is expected"),
        ({"$ref": "#/$defs/a"}, "/$ref", "The reference '#/$defs/a' leads nowhere inside the schema."),
        ({"$ref": "#/$defs", "$defs": {}}, "", None),
        ({"$ref": "#/required", "required": ["a"]}, "/$ref", "'#/required' leads to no schema."),
        ({"$ref": "#/allOf/2", "allOf": [{}]}, "/$ref", "leads nowhere"),
        ({"$ref": "#/allOf/x", "allOf": [{}]}, "/$ref", "leads nowhere"),
        ({"$id": "http://t.example/", "$ref": "#/$defs/a"}, "/$ref", "leads nowhere"),
        ({"$id": "http://t.example/", "$ref": "other"}, "", None),
        ({"pattern": "("}, "/pattern", "unterminated group in the pattern '('."),
        ({"pattern": 5}, "/pattern", "a pattern is expected"),
        ({"pattern": "(?<=a)"}, "", None),
        ({"patternProperties": {"a": {}, "[": {}}}, "/patternProperties/[", "unterminated character class"),
        ({"patternProperties": []}, "/patternProperties", "an object of schemas is expected"),
        ({"properties": []}, "/properties", "an object of schemas is expected"),
        ({"required": [5]}, "/required", "a name is expected"),
        ({"type": ["string", "text"]}, "/type", "'text' is no type"),
        ({"type": 5}, "/type", "a list of names is expected"),
        ({"enum": {}}, "/enum", "a list is expected"),
        ({"const": float("nan")}, "/const", "no JSON number"),
        ({"minimum": True}, "/minimum", "a number is expected"),
        ({"multipleOf": 0}, "/multipleOf", "a number above 0 is expected"),
        ({"multipleOf": -1}, "/multipleOf", "a number above 0 is expected"),
        ({"minLength": -1}, "/minLength", "a whole number of at least 0 is expected"),
        ({"maxItems": 1.5}, "/maxItems", "a whole number of at least 0 is expected"),
        ({"maxItems": 2.0, "minItems": 0}, "", None),
        ({"uniqueItems": 1}, "/uniqueItems", "a boolean is expected"),
        ({"anyOf": {}}, "/anyOf", "a list of schemas is expected"),
        ({"items": [{}], "$schema": "https://json-schema.org/draft/2020-12/schema"}, "/items", "written `prefixItems` since"),
        ({"dependentRequired": {"a": "b"}}, "", None),
        ({"dependentRequired": {"a": [1]}}, "/dependentRequired", "a name is expected"),
        ({"dependentRequired": []}, "/dependentRequired", "an object is expected"),
        ({**D4, "minimum": 1, "exclusiveMinimum": 1}, "/minimum", "a boolean is expected"),
        ({**D4, "const": float("nan")}, "", None),
        ({**D4, "exclusiveMinimum": "x"}, "", None),
        ({**D7, "$ref": "#/definitions/a", "definitions": {"a": {}}, "minimum": "x"}, "", None),
        ({**D7, "$ref": "#/definitions/a", "definitions": {"a": {}}, "not": 5}, "", None),
        ({**D2019, "$ref": "#/$defs/a", "$defs": {"a": {}}, "not": 5}, "/not", "not a number"),
        ({"$id": 5, "$anchor": "a"}, "", "a schema's name is no URI."),
        ({"properties": {"a": {"$id": 5, "$anchor": "a"}}}, "/properties/a", "a schema's name is no URI."),
        ({"$schema": "urn:mine"}, "/$schema", "the dialect 'urn:mine' is not one of drafts 4, 6, 7, 2019-09 and 2020-12."),
        ({"properties": {"a": {"minimum": "1"}, "b": {"minimum": "2"}}}, "/properties/a/minimum", "a number is expected"),
        ({"const": {"minimum": "x"}, "enum": [{"type": 5}], "default": {"not": 5}}, "", None),
        (deep(400), "", None),
        (deep(401), "/not" * 401, "The schema is nested too deep."),
        ({"anyOf": [{}] * 100_000}, "", "The schema has more than 100,000 parts."),
    ],
    ids=lambda _: None,
)  # fmt: skip
def test_the_first_thing_wrong_with_a_schema_is_said_with_its_place(
    schema: Any, path: str, message: str | None
) -> None:
    error = find_shape_error(schema)
    if message is None:
        assert error is None
    else:
        assert error is not None
        assert error.path == path
        assert message in error.message
        assert error.hint.endswith(".")


@pytest.mark.parametrize(
    ("uri", "draft"),
    [
        ("http://json-schema.org/draft-04/schema#", Draft.D4),
        ("https://json-schema.org/draft-06/schema", Draft.D6),
        ("http://json-schema.org/draft-07/schema", Draft.D7),
        ("https://json-schema.org/draft/2019-09/schema#", Draft.D2019),
        ("https://json-schema.org/draft/2020-12/schema", Draft.D2020),
        ("http://json-schema.org/schema#", Draft.D2020),
        ("https://json-schema.org/schema", Draft.D2020),
        ("http://json-schema.org/draft-05/schema#", None),
        ("http://json-schema.org/draft-07/schema#x", None),
        (7, None),
    ],
)
def test_a_draft_is_known_by_its_name(uri: Any, draft: Draft | None) -> None:
    assert named_draft(uri) is draft


@pytest.mark.parametrize(
    ("schema", "draft", "note"),
    [
        (True, Draft.D2020, ""),
        ({}, Draft.D2020, ""),
        ({"type": "string"}, Draft.D2020, ""),
        ({"definitions": {"a": {}}}, Draft.D7, "Read as draft 7, for want of `$schema`: it uses definitions."),
        ({"not": {"dependencies": {}}, "additionalItems": True}, Draft.D7, "it uses additionalItems, dependencies."),
        ({"items": [{}]}, Draft.D7, "it uses a list of items."),
        ({"properties": {"a": {"$id": "#a"}}}, Draft.D7, "a `$id` with a fragment"),
        ({"$id": "http://t.example/a"}, Draft.D2020, ""),
        ({"definitions": {}, "prefixItems": []}, Draft.D2020, ""),
        ({"definitions": {}, "allOf": [{"$defs": {}}]}, Draft.D2020, ""),
        ({"minimum": 1, "exclusiveMinimum": True}, Draft.D4, "Read as draft 4, for want of `$schema`: exclusiveMinimum is a boolean."),
        ({"maximum": 1, "exclusiveMaximum": False}, Draft.D4, "exclusiveMaximum is a boolean"),
        ({"anyOf": [{"exclusiveMinimum": True}], "$defs": {}}, Draft.D2020, ""),
        ({"id": "http://t.example/a"}, Draft.D4, "it has an `id`."),
        ({"id": "http://t.example/a", "definitions": {}}, Draft.D4, "it has an `id`."),
        ({"id": "x", "const": 1}, Draft.D2020, ""),
        ({"id": "x", "if": {}}, Draft.D2020, ""),
        ({"id": "x", "exclusiveMinimum": 1}, Draft.D2020, ""),
        ({"id": "x", "exclusiveMinimum": True}, Draft.D4, "exclusiveMinimum is a boolean"),
        ({"id": "x", "examples": []}, Draft.D2020, ""),
        ({"id": "x", "definitions": {"a": {"contains": {}}}}, Draft.D7, "it uses definitions."),
        ({"id": 5}, Draft.D2020, ""),
        ({"properties": {"id": {"type": "string"}}}, Draft.D2020, ""),
        ({"properties": {"definitions": {}, "dependencies": {}}}, Draft.D2020, ""),
        ({"patternProperties": {"a": {"items": [{}]}}}, Draft.D7, "a list of items"),
        ({"additionalProperties": {"items": [{}]}}, Draft.D7, "a list of items"),
        ({"if": {"items": [{}]}}, Draft.D7, "a list of items"),
        ({"oneOf": [{}, {"items": [{}]}]}, Draft.D7, "a list of items"),
        ({"oneOf": [{"items": [{}]}, True]}, Draft.D7, "a list of items"),
        ({"items": [{"dependencies": {}}]}, Draft.D7, "it uses a list of items, dependencies."),
        ({"const": {"items": [{}]}, "default": {"$defs": {}}}, Draft.D2020, ""),
        ({**D4, "$defs": {}}, Draft.D4, ""),
    ],
)  # fmt: skip
def test_the_draft_of_a_schema_is_told_by_its_name_or_its_keywords(schema: Any, draft: Draft, note: str) -> None:
    dialect = dialect_of(schema)
    assert dialect.draft is draft
    assert note in dialect.note
    assert bool(note) is bool(dialect.note)
    assert dialect.named is (isinstance(schema, dict) and "$schema" in schema)


@pytest.mark.parametrize("named", ["urn:mine", 5, None])
def test_a_dialect_that_is_not_known_is_not_guessed(named: Any) -> None:
    with pytest.raises(Undecidable, match="is not one of drafts"):
        dialect_of({"$schema": named})
    assert decide({"$schema": named}, {}).verdict == "UNKNOWN"
    assert decide({}, {"$schema": named}).verdict == "UNKNOWN"


def test_how_a_schema_without_a_name_was_read_is_noted_once() -> None:
    writer, reader = {"items": [{"minimum": 1}]}, {"items": [{"minimum": 0}]}
    assert decide(writer, reader).notes == ("Read as draft 7, for want of `$schema`: it uses a list of items.",)
    assert decide({"minimum": 2}, {"minimum": 1}).notes == ()


@pytest.mark.parametrize("draft", [D4, D7, D2019, {}])
def test_what_is_plainly_right_is_right_for_the_keywords_reader_too(
    monkeypatch: pytest.MonkeyPatch, draft: dict[str, Any]
) -> None:
    values: tuple[Any, ...] = (
        None, True, False, -1, 0, 1, 7, 0.0, 0.5, 1.0, 2**70, float("nan"), "", "a", "integer", "number", "any", "[a",
        [], ["a"], ["a", "a"], ["a", 1], ["string", "null"], ["any"], [None, 0.5], [float("inf")], {}, {"a": ["b"]}, {"a": 1},
    )  # fmt: skip
    beside: tuple[dict[str, Any], ...] = ({}, {"exclusiveMinimum": 1, "exclusiveMaximum": True, "additionalItems": 3})
    schemas = [{**draft, **more, word: value} for word in READERS for value in values for more in beside]
    found = [find_shape_error(schema) for schema in schemas]
    monkeypatch.setattr(shape, "_is_plain", lambda *_: False)
    asked = [find_shape_error(schema) for schema in schemas]
    assert found == asked
    assert any(found)
    assert not all(found)
