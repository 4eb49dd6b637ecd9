"""What shows in the writing is what the search proves, and nothing that hangs on a reference or a neighbour shows."""

from random import Random
from typing import Any

import pytest

from server.conflicts.containment import Looks, Schema, accepts_nothing, decide, plainly_inside
from server.conflicts.containment.dialect import Draft
from tests.rules.containment.random_schemas import SchemaMaker

RECORD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "ticker": {"type": "string", "pattern": "^[A-Z]+$", "maxLength": 5},
        "score": {"type": "integer", "minimum": 0},
        "tags": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
    },
    "required": ["ticker", "score"],
    "additionalProperties": False,
}


def left_to_show(writer: Schema, reader: Schema) -> Schema:
    return Looks().left_to_show(writer, reader)


@pytest.mark.parametrize(
    "reader",
    [
        {"type": ["object", "null"], "title": "more types"},
        {"type": "object", "required": ["score"], "properties": {"ticker": {}, "score": True}},
        {"properties": {"score": {"type": "number", "minimum": 0, "format": "int32"}}},
        {"properties": {"ticker": {"pattern": "^[A-Z]+$"}, "tags": {"items": {"type": "string"}}}},
        {"properties": {**RECORD["properties"], "unwritten": {"const": 1}}, "additionalProperties": False},
    ],
)
def test_con_12_a_reader_of_a_part_is_seen_to_be_safe(reader: Schema) -> None:
    assert left_to_show(RECORD, reader) is True
    assert decide(RECORD, reader).verdict == "SAFE"


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        (RECORD, {"required": ["tags"]}),
        (RECORD, {"properties": {"ticker": {"type": "number"}}}),
        ({"type": "number"}, {"type": "integer"}),
        ({"properties": {"a": {"type": "null"}}}, {"properties": {"a": {"type": "null"}, "b": {"type": "null"}}}),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"additionalProperties": False}),
        (
            {"patternProperties": {"^b": {}}, "additionalProperties": False},
            {"properties": {"b": False}, "additionalProperties": False},
        ),
        ({"prefixItems": [{}], "items": {"type": "null"}}, {"items": {"type": "null"}}),
        ({"$ref": "#/$defs/a", "$defs": {"a": {}}}, {"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}}),
        (
            {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "$ref": "#/definitions/a",
                "type": "null",
                "definitions": {"a": {}},
            },
            {"$schema": "http://json-schema.org/draft-07/schema#", "type": "null"},
        ),
    ],
)
def test_con_12_what_breaks_is_not_seen_to_be_safe(writer: Schema, reader: Schema) -> None:
    assert left_to_show(writer, reader) is not True
    assert decide(writer, reader).verdict == "BREAKS"


def test_con_12_leaving_out_what_shows_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"SAFE": 0, "BREAKS": 0, "UNKNOWN": 0}
    for seed in range(1_000):
        random = Random(seed)
        maker = SchemaMaker(random, random.choice(list(Draft)))
        one = maker.document(2)
        other = maker.neighbour(one)
        for writer, reader in ((one, other), (other, one)):
            if left_to_show(writer, reader) == reader:
                continue
            answer = decide(writer, reader)
            with monkeypatch.context() as patched:
                patched.setattr(Looks, "left_to_show", lambda looks, writer, reader: reader)
                whole = decide(writer, reader)
            assert (answer.verdict, answer.witness, answer.path) == (whole.verdict, whole.witness, whole.path), seed
            found[answer.verdict] += 1
    assert min(found["SAFE"], found["BREAKS"]) > 200, found


def test_con_12_what_is_plain_to_see_is_proved() -> None:
    seen = 0
    for seed in range(1_000):
        random = Random(seed)
        maker = SchemaMaker(random, random.choice(list(Draft)))
        one = maker.document(2)
        other = maker.neighbour(one)
        for writer, reader in ((one, other), (other, one)):
            if plainly_inside(writer, reader):
                seen += 1
                assert decide(writer, reader).verdict == "SAFE", seed
    assert seen > 200, seen


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        ({"type": "null"}, {"$schema": "https://elsewhere.example/schema", "type": "null"}),
        (
            {"$schema": "http://json-schema.org/draft-07/schema#"},
            {"$schema": "http://json-schema.org/draft-04/schema#"},
        ),
        ({"minimum": 2}, {"minimum": 1}),
    ],
)
def test_con_12_what_takes_a_search_or_has_another_dialect_does_not_show(writer: Schema, reader: Schema) -> None:
    assert not plainly_inside(writer, reader)


def test_con_12_what_is_left_is_what_the_writer_does_not_say() -> None:
    strict = {**RECORD, "required": ["ticker", "tags"], "minProperties": 3}
    strict["properties"] = {**RECORD["properties"], "score": {"type": "integer", "minimum": 1}}
    names = {"ticker": True, "score": {"minimum": 1}, "tags": True}
    assert left_to_show(RECORD, strict) == {
        "properties": {"score": {"minimum": 1}},
        "required": ["tags"],
        "minProperties": 3,
    }
    open_to_text = {**RECORD, "additionalProperties": {"type": "string"}}
    assert left_to_show(open_to_text, strict) == {
        "properties": names,
        "required": ["tags"],
        "additionalProperties": False,
        "minProperties": 3,
    }


def test_con_12_a_bound_that_a_word_beside_it_makes_exclusive_stays() -> None:
    draft = {"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 5}
    exclusive = {**draft, "exclusiveMinimum": True}
    assert left_to_show(draft, exclusive) == {"minimum": 5, "exclusiveMinimum": True}
    assert decide(draft, exclusive).witness == 5
    assert left_to_show(exclusive, draft) is True


def test_a_schema_accepts_nothing_where_it_is_proved_to_be_inside_false() -> None:
    found = {True: 0, False: 0}
    for seed in range(600):
        random = Random(seed)
        schema = SchemaMaker(random, random.choice(list(Draft))).document(2)
        nothing = accepts_nothing(schema)
        assert nothing is (decide(schema, False).verdict == "SAFE"), seed
        found[nothing] += 1
    assert min(found.values()) > 5, found
    assert accepts_nothing({"type": "string", "minLength": 2, "maxLength": 1})
    assert not accepts_nothing(True)
