"""A break that is found member by member: the witness is the smallest record, and what is no plain record is searched as a whole."""

from random import Random
from typing import Any

import pytest

from server.conflicts.containment import decide
from server.conflicts.containment.by_parts import ByParts
from server.conflicts.containment.dialect import Draft
from tests.rules.containment.random_schemas import SchemaMaker

TEXT = {"type": "string", "minLength": 2}
COUNT = {"type": "integer", "minimum": 3}
INNER = {"type": "object", "properties": {"unit": TEXT, "note": {}}, "required": ["unit"]}
RECORD: dict[str, Any] = {
    "type": "object",
    "properties": {"id": TEXT, "size": COUNT, "part": INNER},
    "required": ["id", "part"],
}


def changed(**properties: Any) -> dict[str, Any]:
    return {**RECORD, "properties": {**RECORD["properties"], **properties}}


@pytest.mark.parametrize(
    ("reader", "witness", "path"),
    [
        ({**RECORD, "required": ["id", "size"]}, {"id": "aa", "part": {"unit": "aa"}}, "/size"),
        ({"required": ["other"]}, {"id": "aa", "part": {"unit": "aa"}}, "/other"),
        (changed(size={"maximum": 8}), {"size": 9, "id": "aa", "part": {"unit": "aa"}}, "/size"),
        (changed(id={"maxLength": 4}), {"id": "aaaaa", "part": {"unit": "aa"}}, "/id"),
        (changed(part={"required": ["note"]}), {"id": "aa", "part": {"unit": "aa"}}, "/part/note"),
        (changed(part={"properties": {"unit": {"maxLength": 2}}}), {"id": "aa", "part": {"unit": "aaa"}}, "/part/unit"),
        (changed(new={"type": "string"}), {"new": None, "id": "aa", "part": {"unit": "aa"}}, "/new"),
    ],
)
@pytest.mark.parametrize("of_a_list", [False, True])
def test_the_witness_has_the_required_members_and_the_refused_one(
    reader: Any, witness: Any, path: str, of_a_list: bool
) -> None:
    writer: Any = RECORD
    if of_a_list:
        writer, reader = ({"type": "array", "items": schema} for schema in (writer, reader))
        witness, path = [witness], f"/0{path}"
    decision = decide(writer, reader)
    assert (decision.verdict, decision.witness, decision.path) == ("BREAKS", witness, path)


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        ({**RECORD, "minProperties": 3}, {"required": ["other"]}),
        ({**RECORD, "required": ["id", "id", "lost"], "additionalProperties": False}, {"required": ["other"]}),
        ({**RECORD, "patternProperties": {"^i": {"maxLength": 5}}}, changed(id={"maxLength": 4})),
        ({**RECORD, "properties": {"id": {"$id": "urn:x", "type": "string"}}}, {"required": ["other"]}),
        ({**RECORD, "properties": {"id": {"$ref": "#/properties/part"}, "part": INNER}}, {"required": ["other"]}),
        (RECORD, {**changed(size={"maximum": 8}), "maxProperties": 2}),
        (RECORD, changed(size={"maximum": 8}, id={"maxLength": 4})),
        (changed(id={"oneOf": [TEXT, {"type": "string"}]}), {"required": ["other"]}),
    ],
)
def test_what_is_more_than_a_plain_record_comes_to_the_same_as_the_search_for_all_of_it(
    writer: Any, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = decide(writer, reader)
    monkeypatch.setattr(ByParts, "broken", lambda *_: None)
    searched = decide(writer, reader)
    assert (found.verdict, found.witness, found.path) == (searched.verdict, searched.witness, searched.path)


def _schema(random: Random, depth: int) -> dict[str, Any]:
    kind = random.choice(("record", "list", "text", "number", "values")) if depth else "text"
    if kind == "record":
        names = random.sample("abcde", random.randint(1, 4))
        required = random.sample([*names, "z"], random.randint(0, len(names)))
        properties = {name: _schema(random, depth - 1) for name in names}
        return {"type": "object", "properties": properties, "required": required}
    if kind == "list":
        return {"type": "array", "items": _schema(random, depth - 1)}
    if kind == "number":
        return {
            "type": random.choice(("number", "integer")),
            "minimum": random.randint(-2, 2),
            "maximum": random.randint(2, 5),
        }
    if kind == "values":
        return {"enum": random.sample(["a", "b", 1, None, True, {"a": 1}], random.randint(1, 4))}
    return {"type": "string", "minLength": random.randint(0, 2), "pattern": random.choice(("^a*$", "b", "^[a-c]+$"))}


def test_random_records_are_decided_as_by_the_search_for_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(11)
    pairs = []
    for _ in range(150):
        writer = {**_schema(random, 1), "type": "object"}
        writer["properties"] = {name: _schema(random, 2) for name in "abcd"}
        name = random.choice("abcdf")
        narrower = {**writer, "properties": {**writer["properties"], name: _schema(random, 2)}}
        pairs.append((writer, random.choice((narrower, {**writer, "required": [name]}))))
    found = [decide(*pair) for pair in pairs]
    monkeypatch.setattr(ByParts, "broken", lambda *_: None)
    searched = [decide(*pair) for pair in pairs]
    assert [(one.verdict, one.witness, one.path) for one in found] == [
        (one.verdict, one.witness, one.path) for one in searched
    ]
    assert {one.verdict for one in found} >= {"SAFE", "BREAKS"}


def test_a_value_that_is_remembered_is_the_one_that_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    maker = SchemaMaker(Random(5), Draft.D2020)
    members = [
        {word: value for word, value in schema.items() if word != "$schema"}
        for schema in (maker.schema(0) for _ in range(400))
        if isinstance(schema, dict)
    ]
    records = [
        {"type": "object", "properties": dict(zip("abc", three, strict=True)), "required": ["a", "b", "c"]}
        for three in zip(members[::3], members[1::3], members[2::3], strict=False)
    ]
    pairs: list[tuple[Any, Any]] = [(record, {"required": ["z"]}) for record in records]
    pairs += [
        (record, {"properties": {"a": {word: value}}})
        for record, other in zip(records, members, strict=False)
        for word, value in other.items()
    ]
    found = [(one.verdict, one.witness, one.path) for one in (decide(*pair) for pair in pairs * 2)]
    monkeypatch.setattr(ByParts, "_remembered", lambda *_: None)
    searched = [(one.verdict, one.witness, one.path) for one in (decide(*pair) for pair in pairs * 2)]
    assert found == searched
    assert sum(verdict == "BREAKS" for verdict, _, _ in found) > 100
