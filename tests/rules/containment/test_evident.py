"""What shows in the writing is what the search proves, and nothing that hangs on a reference or a neighbour shows."""

from random import Random
from typing import Any

import pytest

from server.conflicts.containment import Schema, accepts_nothing, decide, engine
from server.conflicts.containment.dialect import Draft
from server.conflicts.containment.evident import is_evident
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
    assert is_evident(RECORD, reader)
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
    assert not is_evident(writer, reader)
    assert decide(writer, reader).verdict == "BREAKS"


def test_con_12_what_is_seen_to_be_safe_is_proved_by_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "is_evident", lambda writer, reader: False)
    seen = 0
    for seed in range(1_500):
        random = Random(seed)
        maker = SchemaMaker(random, random.choice(list(Draft)))
        one = maker.document(2)
        other = maker.neighbour(one)
        for writer, reader in ((one, other), (other, one)):
            if is_evident(writer, reader):
                seen += 1
                assert decide(writer, reader).verdict == "SAFE", seed
    assert seen > 200


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
