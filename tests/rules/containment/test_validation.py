"""The library's judgement: where and by which keyword a document is rejected, and where it is not asked."""

from typing import Any

import pytest

from server.conflicts.containment import confirm, rejection, validation
from server.conflicts.containment.budget import Budget, Undecidable
from server.conflicts.containment.dialect import Dialect, Draft
from server.conflicts.containment.validation import DEEPEST, Rejection, found, pointer

D4 = {"$schema": "http://json-schema.org/draft-04/schema#"}
D7 = {"$schema": "http://json-schema.org/draft-07/schema#"}


@pytest.mark.parametrize(
    ("schema", "document", "rejected"),
    [
        (False, 1, Rejection("", "", "false", "False schema does not allow anything")),
        (True, 1, None),
        ({"type": "string"}, None, Rejection("", "/type", "type", "null is not of type 'string'")),
        ({"type": "string"}, True, Rejection("", "/type", "type", "true is not of type 'string'")),
        ({"type": "string"}, [None], Rejection("", "/type", "type", "[null] is not of type 'string'")),
        (
            {"properties": {"a/b": {"type": "string"}}},
            {"a/b": 1},
            Rejection("/a~1b", "/properties/a~1b/type", "type", "1 is not of type 'string'"),
        ),
        (
            {"items": {"minimum": 2}},
            [2, 1],
            Rejection("/1", "/items/minimum", "minimum", "1 is less than the minimum of 2"),
        ),
        ({"required": ["a"]}, {}, Rejection("/a", "/required", "required", "'a' is a required property")),
        ({"pattern": "^a"}, "b", Rejection("", "/pattern", "pattern", "\"b\" does not match '^a'")),
        ({"pattern": "^a"}, 5, None),
        ({"pattern": "a$"}, "ba", None),
        (
            {"patternProperties": {"^a": {"type": "null"}}},
            {"b": 1, "ab": 1},
            Rejection("/ab", "/patternProperties/^a/type", "type", "1 is not of type 'null'"),
        ),
        ({"patternProperties": {"^a": False}}, ["a"], None),
        (
            {"properties": {"a": False}},
            {"a": 1},
            Rejection("", "/properties", "false", "False schema does not allow 1"),
        ),
        (
            {"additionalProperties": False},
            {"b": 1, "a": 1},
            Rejection(
                "", "/additionalProperties", "additionalProperties", "Additional properties are not allowed ('b', 'a')"
            ),
        ),
        ({"additionalProperties": False}, [1], None),
        ({"additionalProperties": True}, {"b": 1}, None),
        (
            {"properties": {"a": True}, "patternProperties": {"b$": True}, "additionalProperties": False},
            {"a": 1, "ab": 1},
            None,
        ),
        (
            {"properties": {"a": True}, "patternProperties": {"b$": True}, "additionalProperties": False},
            {"a": 1, "c": 1},
            Rejection(
                "", "/additionalProperties", "additionalProperties", "Additional properties are not allowed ('c')"
            ),
        ),
        (
            {"properties": {"a": True}, "additionalProperties": {"type": "null"}},
            {"a": 1, "c": 1},
            Rejection("/c", "/additionalProperties/type", "type", "1 is not of type 'null'"),
        ),
        ({"items": False}, [1], Rejection("", "/items", "items", "Expected at most 0 items but found 1 extra: 1")),
        ({**D7, "items": False}, [1], Rejection("", "/items", "items", "False schema does not allow 1")),
        (
            {"unevaluatedProperties": False},
            {"a": 1},
            Rejection(
                "",
                "/unevaluatedProperties",
                "unevaluatedProperties",
                "Unevaluated properties are not allowed ('a' was unexpected)",
            ),
        ),
        (
            {**D7, "items": [True], "additionalItems": False},
            [1, 2],
            Rejection("", "/additionalItems", "additionalItems", "Additional items are not allowed (2 was unexpected)"),
        ),
        (
            {**D4, "minimum": 1, "exclusiveMinimum": True},
            1,
            Rejection("", "/minimum", "minimum", "1 is less than or equal to the minimum of 1"),
        ),
        ({"const": {"$schema": "x"}}, {"$schema": "x"}, None),
        (
            {"properties": {"a": {"$schema": "http://json-schema.org/draft-07/schema#", "const": {"$schema": "x"}}}},
            {"a": {"$schema": "x"}},
            None,
        ),
        (
            {
                "$defs": {"x": {"$schema": "https://json-schema.org/draft/2020-12/schema", "pattern": "^[^]$"}},
                "$ref": "#/$defs/x",
            },
            "\n",
            None,
        ),
        ({"$schema": "https://json-schema.org/draft/2020-12/schema", "pattern": "^[^]$"}, "\n", None),
        ({"type": "string", "not": {}}, "x" * 400, Rejection("", "/not", "not", '"' + "x" * 299)),
    ],
    ids=lambda _: None,
)
def test_a_document_is_rejected_at_a_place_by_a_keyword(schema: Any, document: Any, rejected: Rejection | None) -> None:
    assert rejection(schema, document) == rejected
    assert confirm(schema, document) is (rejected is None)


def test_a_schema_is_read_in_the_dialect_that_is_given() -> None:
    schema = {"minimum": 1, "exclusiveMinimum": True}
    assert not confirm(schema, 1, Dialect(Draft.D4, named=False))
    assert not confirm(schema, 1)
    assert confirm({"const": 1}, 2, Dialect(Draft.D4, named=False))


def test_steps_are_written_as_a_json_pointer() -> None:
    assert pointer(["a/b", 0, "c~d", "~1"]) == "/a~1b/0/c~0d/~01"
    assert pointer([]) == ""


def chain(length: int) -> dict[str, Any]:
    definitions = {f"d{at}": {"allOf": [{"$ref": f"#/$defs/d{at + 1}"}]} for at in range(length)}
    return {"$ref": "#/$defs/d0", "$defs": {**definitions, f"d{length}": {"type": "null"}}}


@pytest.mark.parametrize(
    ("schema", "document", "says"),
    [
        ({"$ref": "https://elsewhere.example/x"}, 1, "a reference can't be followed"),
        ({"$ref": "#/$defs/x"}, 1, "a reference can't be followed"),
        ({"$ref": "#"}, 1, "nested too deep, or a reference leads to itself"),
        ({"type": "strange"}, 1, "can't be used to validate"),
        ({"minimum": "x"}, 1, "can't be used to validate"),
        ({"required": 5}, {}, "can't be used to validate"),
        ({"properties": 5}, {}, "can't be used to validate"),
        ({"$id": 5}, 1, "can't be used to validate"),
        ({"pattern": "(?<=a)b"}, "x", "is not matched: a look-behind"),
        ({"pattern": "("}, "x", "is not matched: unterminated group"),
        ({"patternProperties": {"(a)\\1": False}}, {"x": 1}, "is not matched: a back-reference"),
        ({"pattern": "^a$"}, "a\n", "disagree about 'a\\n' and the pattern '^a$'"),
        ({"pattern": "^\\d$"}, "\u0661", "disagree"),
        ({"pattern": "a"}, "x" * 200_001, "a text of 200,001 characters is too long to match"),
        (chain(DEEPEST), 1, "nested too deep"),
        ({"items": {"type": "integer", "minimum": 0}}, [1] * 15_000, "validation takes"),
    ],
    ids=lambda _: None,
)  # fmt: skip
def test_where_the_library_can_not_be_asked_nothing_is_confirmed(schema: Any, document: Any, says: str) -> None:
    with pytest.raises(Undecidable) as refused:
        confirm(schema, document)
    assert says in str(refused.value)


def test_up_to_the_limits_the_library_is_asked() -> None:
    assert confirm({"items": {"type": "integer", "minimum": 0}}, [1] * 14_999)
    assert confirm(chain(DEEPEST // 2 - 1), None)
    assert not confirm(chain(DEEPEST // 2 - 1), 1)
    assert found("x$", "y" * 199_999 + "x")
    nested = {"anyOf": [{"type": "null"}] * 60}
    assert confirm({"allOf": [{"not": nested}] * 60}, 1)


def test_a_match_that_takes_too_long_is_given_up_and_later_ones_are_made_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pattern = "(x|y)*x(x|y){8}$"
    with monkeypatch.context() as patched:
        patched.setattr(validation, "MATCHING", Budget(steps=60))
        with pytest.raises(Undecidable, match="takes too long to match"):
            found(pattern, "xyxxyxyyxyxyxxxy")
        with pytest.raises(Undecidable, match="takes too long to match"):
            found(pattern, "xyxxyxyyxyxyxxxy")
    assert found(pattern, "xyyyyyyyy")
    assert not found(pattern, "yyyyyyyyy")


@pytest.mark.parametrize(
    ("pattern", "asked"),
    [
        ("^a", True),
        ("a*b*", True),
        ("[a-z]*x[a-z]*", True),
        ("a*b*c*", False),
        ("(a|b)?c{2,3}", True),
        ("(ab)*", False),
        ("(ab){4}", True),
        ("(ab){5}", False),
        ("(a?b?c?){4}", True),
        ("(a{1,36}){4}", True),
        ("(a{1,37}){4}", False),
        ("(a{5,40}){4}", True),
        ("(a{0,36}){4}", False),
        ("a{1000}b{1,1500}c{1,1500}", False),
        ("a{1000,}b{1,1400}c{1,1400}", True),
        ("(?=a*b*)c", True),
        ("(?=a*b*c*)d", False),
        ("a*b*|c*", True),
        ("a*b*|c*d*", False),
        ("(?<=a)", False),
    ],
)
def test_the_library_runs_only_patterns_that_can_not_take_long(pattern: str, asked: bool) -> None:
    schema = {"patternProperties": {pattern: True}, "unevaluatedProperties": False}
    harmless = {"allOf": [{"properties": {"q": schema}}], "unevaluatedProperties": {"type": "integer"}}
    if asked:
        assert confirm(harmless, {"z": 1})
        assert not confirm(harmless, {"z": "x"})
    else:
        with pytest.raises(Undecidable, match="with `patternProperties` is not confirmed"):
            confirm(harmless, {"z": 1})
