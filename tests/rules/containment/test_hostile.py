"""Schemas made to exhaust the engine: always an answer or UNKNOWN, within the budget of steps."""

from typing import Any

import pytest

from server.conflicts.containment import DEFAULT, Budget, decide, find_shape_error
from server.conflicts.containment.keywords import READERS


def _nest(word: str, depth: int) -> Any:
    schema: Any = {"type": "string", "minLength": 1}
    for level in range(depth):
        schema = {word: [schema, {"type": "integer", "minimum": level}, schema]}
    return schema


def _deep(depth: int, **more: Any) -> Any:
    schema: Any = {}
    for _ in range(depth):
        schema = {"properties": {"a": schema}, **more}
    return schema


def _bomb(size: int, **last: Any) -> Any:
    definitions: dict[str, Any] = {
        f"a{i}": {
            "anyOf": [
                {"properties": {"l": {"$ref": f"#/$defs/a{i + 1}"}}, "required": ["l"]},
                {"type": "string", "minLength": i},
            ]
        }
        for i in range(size)
    }
    return {"$ref": "#/$defs/a0", "$defs": {**definitions, f"a{size}": last}}


def _many(count: int, length: int, **more: Any) -> Any:
    return {"properties": {f"p{i}": {"type": "string", "minLength": length} for i in range(count)}, **more}


HOSTILE: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "nested anyOf": (_nest("anyOf", 9), _nest("anyOf", 8), ("BREAKS", "SAFE", "UNKNOWN")),
    "nested oneOf": (_nest("oneOf", 8), _nest("oneOf", 7), ("BREAKS", "SAFE", "UNKNOWN")),
    "reference bomb": (_bomb(200), _bomb(200, type="null"), ("BREAKS", "UNKNOWN")),
    "catastrophic pattern": ({"type": "string", "pattern": "^(a+)+$"}, {"pattern": "^(a|aa)+$"}, ("SAFE",)),
    "exponential automaton": (
        {"type": "string", "pattern": "(a|b)*a(a|b){20}"},
        {"pattern": "(a|b)*b(a|b){18}"},
        ("BREAKS", "UNKNOWN"),
    ),
    "many optional letters": ({"type": "string", "pattern": "^(a?){200}a{200}$"}, {"maxLength": 400}, ("SAFE",)),
    "two thousand members": (_many(2_000, 5), _many(2_000, 4), ("SAFE",)),
    "two thousand members narrowed": (_many(2_000, 4), _many(2_000, 5), ("BREAKS",)),
    "deep": (_deep(3_000), _deep(3_000, minProperties=1), ("BREAKS", "UNKNOWN")),
    "long enum": ({"enum": list(range(20_000))}, {"enum": list(range(19_999))}, ("BREAKS",)),
    "many items": ({"type": "array", "minItems": 10**9}, {"maxItems": 10**8}, ("UNKNOWN",)),
    "long text": ({"type": "string", "minLength": 10**9}, {"maxLength": 10**8}, ("UNKNOWN",)),
    "long constant": ({"const": "x" * 3_000_000}, {"pattern": "y"}, ("BREAKS", "UNKNOWN")),
    "pigeons": ({"uniqueItems": True, "minItems": 30, "items": {"enum": list(range(29))}, "type": "array"}, False, ("SAFE",)),
    "endless reference": ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}, {"type": "null"}, ("UNKNOWN",)),
    "endless alternative": ({"anyOf": [{"$ref": "#"}, {"type": "string"}]}, {"type": "string"}, ("UNKNOWN",)),
    "large prime steps": ({"type": "integer", "multipleOf": 10**18 + 9}, {"multipleOf": 10**18 + 7}, ("BREAKS",)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(HOSTILE))
def test_con_10_a_hostile_pair_is_answered_within_the_budget(name: str) -> None:
    writer, reader, expected = HOSTILE[name]
    decision = decide(writer, reader)
    assert decision.verdict in expected, decision.reason
    assert decision.steps <= 2 * DEFAULT.steps + 250_000
    if decision.verdict == "UNKNOWN":
        assert decision.reason.startswith("Not decided: ")


def test_con_10_what_exceeds_the_budget_is_unknown_with_the_reason() -> None:
    writer, reader = _many(200, 5), _many(200, 4)
    decision = decide(writer, reader, budget=Budget(steps=100))
    assert decision.verdict == "UNKNOWN"
    assert "steps" in decision.reason
    assert decide(writer, reader).verdict == "SAFE"


def test_a_schema_of_too_many_parts_is_not_decided() -> None:
    large = {"properties": {f"p{i}": {"minimum": 1} for i in range(60_000)}}
    assert "parts" in decide(large, {"type": "null"}).reason


@pytest.mark.parametrize(
    ("schema", "path", "says"),
    [
        (5, "", "a number"),
        ({"type": "strange"}, "/type", "no type"),
        ({"properties": {"a": {"$ref": "#/nowhere"}}}, "/properties/a/$ref", "nowhere"),
        ({"allOf": [{"$ref": "#nowhere"}]}, "/allOf/0/$ref", "nowhere"),
        ({"properties": {"a": {"pattern": "("}}}, "/properties/a/pattern", "unterminated group"),
        ({"patternProperties": {"[": {}}}, "/patternProperties/[", "unterminated"),
        ({"$schema": "https://own.example/meta"}, "/$schema", "dialect"),
        ({"items": {"minimum": "3"}}, "/items/minimum", "a number is expected"),
        ({"required": "a"}, "/required", "a list of names"),
        ({"properties": {"a": 3}}, "/properties/a", "a number"),
        ({"oneOf": {}}, "/oneOf", "a list of schemas"),
        (_deep(500), "/properties/a" * 201, "too deep"),
    ],
    ids=lambda value: None,
)
def test_what_is_no_usable_schema_is_said_with_its_place(schema: Any, path: str, says: str) -> None:
    error = find_shape_error(schema)
    assert error is not None
    assert error.path == path
    assert says in error.message
    assert error.hint


@pytest.mark.parametrize(
    "schema",
    [True, {}, {"$ref": "#"}, {"$ref": "https://t.example/x"}, {"pattern": "(?<=a)b"}, _bomb(50), _many(500, 1)],
    ids=lambda _: None,
)
def test_a_usable_schema_has_no_shape_error(schema: Any) -> None:
    assert find_shape_error(schema) is None


MALFORMED: tuple[Any, ...] = (
    None,
    -1,
    1.5,
    "x",
    [1],
    [None],
    {"a": 1},
    "(",
    {"$ref": 5},
    float("inf"),
    float("nan"),
    "\ud800",
)


@pytest.mark.parametrize("word", [*READERS, "$id", "id", "$anchor", "$schema", "additionalItems", "then"])
def test_con_10_a_malformed_keyword_crashes_nothing(word: str) -> None:
    for value in MALFORMED:
        for draft in ({}, {"$schema": "http://json-schema.org/draft-04/schema#"}):
            broken = {**draft, "properties": {"a": {word: value}}, "required": ["a"], "allOf": [{word: value}]}
            assert decide(broken, {"type": "string"}).verdict in ("SAFE", "BREAKS", "UNKNOWN")
            assert decide({"type": "object"}, broken).verdict in ("SAFE", "BREAKS", "UNKNOWN")
            find_shape_error(broken)


def _counted(depth: int, most: int) -> str:
    pattern = "a"
    for _ in range(depth):
        pattern = f"({pattern}){{1,{most}}}"
    return f"^{pattern}$"


WIDE = {f"p{i}": {"type": "string", "maxLength": i} for i in range(4_000)}


@pytest.mark.parametrize(
    ("writer", "reader", "expected"),
    [
        ({"type": "string", "pattern": _counted(2, 100)}, {"pattern": "^(a+)+$"}, ("SAFE", "UNKNOWN")),
        ({"type": "string", "pattern": "^(a+)+$"}, {"pattern": _counted(2, 100)}, ("BREAKS", "UNKNOWN")),
        ({"const": "a" * 5_000 + "!"}, {"pattern": _counted(2, 100)}, ("BREAKS", "UNKNOWN")),
        ({"const": "a" * 5_000 + "!"}, {"pattern": _counted(3, 50)}, ("BREAKS", "UNKNOWN")),
        ({"type": "string", "pattern": "^.{0,50}foo.{0,50}$"}, {"pattern": "^.{3,103}$"}, ("SAFE",)),
        (
            {"type": "array", "prefixItems": [{"type": "integer", "minimum": i} for i in range(1_000)]},
            {"prefixItems": [{"type": "integer", "minimum": i - 1} for i in range(1_000)]},
            ("SAFE",),
        ),
        (
            {"type": "array", "prefixItems": [{"type": "integer", "minimum": i} for i in range(1_000)]},
            {"prefixItems": [{"type": "integer", "minimum": min(i, 998)} for i in range(1_000)]},
            ("SAFE",),
        ),
        (
            {"type": "object", "allOf": [{"properties": {name: one}} for name, one in WIDE.items()]},
            {"allOf": [{"properties": {name: {**one, "type": ["string", "null"]}}} for name, one in WIDE.items()]},
            ("SAFE",),
        ),
        ({"const": [0] * 500_000}, {"maxItems": 3}, ("UNKNOWN",)),
        ({"enum": list(range(500_000))}, {"type": "integer"}, ("UNKNOWN",)),
    ],
    ids=lambda _: None,
)
def test_con_10_work_on_long_alternatives_lists_and_texts_is_counted(
    writer: Any, reader: Any, expected: tuple[str, ...]
) -> None:
    decision = decide(writer, reader)
    assert decision.verdict in expected, decision.reason
    assert decision.steps <= DEFAULT.steps + 10_000


def _alternatives(depth: int) -> Any:
    """A tree, in which no part is the same object as another, as it comes out of a message."""
    if not depth:
        return {"type": "integer"}
    return {
        "anyOf": [
            {"allOf": [_alternatives(depth - 1), {"minimum": depth}]},
            {"not": _alternatives(depth - 1)},
            {"type": "string", "minLength": depth},
        ]
    }


@pytest.mark.parametrize(
    "writer",
    [_many(10_000, 1, type="object"), {"type": "object", "properties": {"p1": _alternatives(12)}}],
    ids=["ten thousand members", "nested alternatives"],
)
def test_con_10_a_reader_that_needs_nothing_of_a_huge_schema_is_decided_without_a_search(writer: Any) -> None:
    needs = {"type": "object", "properties": {f"p{number}": True for number in range(40)}}
    decision = decide(writer, needs)
    assert (decision.verdict, decision.steps) == ("SAFE", 0)
