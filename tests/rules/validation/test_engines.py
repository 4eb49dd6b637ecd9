"""Three engines, one answer: what is quick must say what the `jsonschema` library says."""

import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from server.registry.validation import plain
from server.registry.validation.breaks import Break, Breaks, Unclear, names_in
from server.registry.validation.engine import Judge

PAIRS = 300
DRAFTS = ("http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema", "")


def searched(pattern: str, text: str) -> bool:
    """The patterns of these schemas, by Python's own means."""
    return re.search(pattern, text) is not None


class Maker:
    """Varied schemas, and documents that are near them, from one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def schema(self, depth: int = 0) -> Any:
        """A schema of any of the kinds that contracts have."""
        kinds: list[Callable[[int], Any]] = [self.text, self.number, self.choice]
        if depth < 3:
            kinds += [self.record, self.record, self.listing, self.either, self.conjunction, self.negation]
        return self.chance.choice(kinds)(depth)

    def text(self, depth: int) -> Any:
        made: dict[str, Any] = {"type": self.chance.choice(["string", ["string", "null"]])}
        word, value = self.chance.choice([("minLength", 1), ("maxLength", 2), ("pattern", "^a"), ("pattern", "c$")])
        return {**made, word: value}

    def number(self, depth: int) -> Any:
        bound = self.chance.choice(["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"])
        return {"type": self.chance.choice(["number", "integer"]), bound: self.chance.choice([0, 1, 2.5, 10])}

    def choice(self, depth: int) -> Any:
        choices: list[Any] = [{"enum": ["a", "b", None]}, {"const": True}, {"enum": [1, 2.0, "a"]}, True, False, {}]
        return self.chance.choice(choices)

    def record(self, depth: int) -> Any:
        names = self.chance.sample("abcde", self.chance.randint(1, 4))
        made: dict[str, Any] = {
            "type": "object",
            "properties": {name: self.schema(depth + 1) for name in names},
            "required": self.chance.sample("abcde", self.chance.randint(0, 2)),
        }
        if self.chance.random() < 0.5:
            made["additionalProperties"] = self.chance.choice([False, True, {"type": "number"}])
        if self.chance.random() < 0.2:
            made["maxProperties"] = 3
        return made

    def listing(self, depth: int) -> Any:
        return {"type": "array", "items": self.schema(depth + 1), "maxItems": self.chance.randint(1, 4)}

    def either(self, depth: int) -> Any:
        word = self.chance.choice(["anyOf", "oneOf"])
        return {word: [self.schema(depth + 1), self.schema(depth + 1)]}

    def conjunction(self, depth: int) -> Any:
        return {"allOf": [self.schema(depth + 1), self.schema(depth + 1)]}

    def negation(self, depth: int) -> Any:
        return self.chance.choice(
            [
                {"not": self.schema(depth + 1)},
                {"if": self.schema(depth + 1), "then": self.schema(depth + 1)},
                {"uniqueItems": True},
            ]
        )

    def document(self, depth: int = 0) -> Any:
        """A document of the same letters."""
        leaves = ["a", "b", "", "abc", 0, 1, 1.0, 2.5, -3, 10, True, False, None]
        if depth > 2 or self.chance.random() < 0.35:
            return self.chance.choice(leaves)
        if self.chance.random() < 0.3:
            return [self.document(depth + 1) for _ in range(self.chance.randint(0, 4))]
        return {name: self.document(depth + 1) for name in self.chance.sample("abcdef", self.chance.randint(0, 5))}


def pairs() -> list[tuple[Any, list[Any]]]:
    """Varied schemas, each with documents."""
    found = []
    for seed in range(PAIRS):
        maker = Maker(seed)
        schema = maker.schema()
        if isinstance(schema, dict) and DRAFTS[seed % 3]:
            schema = {"$schema": DRAFTS[seed % 3], **schema}
        found.append((schema, [maker.document() for _ in range(12)]))
    return found


def counted(judge: Judge, schema: Any, documents: list[Any]) -> list[tuple[str, str, int]]:
    """Place, keyword and number of every kind of error."""
    breaks = Breaks(names_in(schema))
    for document in documents:
        for one in judge.breaks(document):
            breaks.add(one)
    return sorted((line.path, line.keyword, line.count) for line in breaks.lines())


def test_the_three_engines_find_the_same_errors_in_300_pairs_of_schemas_and_documents() -> None:
    pytest.importorskip("jsonschema_rs")
    engines: set[str] = set()
    refused = 0
    for schema, documents in pairs():
        library = Judge(schema, found=searched, slow=True)
        expected = counted(library, schema, documents)
        refused += bool(expected)
        for judge in (Judge(schema, found=searched, fast=False), Judge(schema, found=searched)):
            engines.add(judge.engine)
            assert counted(judge, schema, documents) == expected, schema
            for document in documents:
                accepted = not library.breaks(document)
                assert (not judge.breaks(document)) is accepted, (schema, document)
                assert accepted or not judge.accepts_each([document]), (schema, document)
    assert engines == {"plain", "jsonschema", "jsonschema-rs"}
    assert refused > PAIRS / 2


def test_what_the_quick_functions_accept_they_also_explain_as_nothing() -> None:
    decided = 0
    for schema, documents in pairs():
        try:
            ready = plain.plain(schema, reference_alone=True, found=searched)
        except plain.NotPlain:
            continue
        decided += 1
        for document in documents:
            assert ready.fits(document) is (not list(ready.explain(document, ()))), (schema, document)
    assert decided > PAIRS / 3


def test_a_reference_into_the_schema_itself_is_followed_by_all_engines_alike() -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#"}}},
        "required": ["name"],
    }
    tree = {"name": "a", "children": [{"name": "b"}, {"children": [{"name": 1}]}]}
    found = [sorted(set(map(str, Judge(schema, found=searched, slow=slow).breaks(tree)))) for slow in (True, False)]
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_a_hundred_equal_errors_are_one_line_with_count_place_and_example() -> None:
    schema = {"type": "object", "properties": {"score": {"type": "number"}}}
    breaks, judge = Breaks(names_in(schema)), Judge(schema, found=searched)
    for number in range(100):
        for found in judge.breaks({"score": f"n/a {number}"}):
            breaks.add(found._replace(path=(number, *found.path)))
    (line,) = breaks.lines()
    assert (line.count, line.path, line.keyword, line.example, line.at) == (
        100,
        "/*/score",
        "type",
        "n/a 0",
        "/0/score",
    )
    assert line.message == "string where number is asked for"


def test_names_that_are_data_do_not_keep_equal_errors_apart() -> None:
    schema = {"additionalProperties": {"type": "object", "properties": {"price": {"type": "number"}}}}
    breaks = Breaks(names_in(schema))
    for found in Judge(schema, found=searched).breaks({f"T{n}": {"price": "?"} for n in range(7)}):
        breaks.add(found)
    (line,) = breaks.lines()
    assert (line.count, line.path) == (7, "/*/price")


def test_an_example_is_short_and_shows_no_secret() -> None:
    breaks = Breaks({"password", "text"})
    breaks.add(Break(("password",), "type", "hunter2", "number"))
    breaks.add(Break(("text",), "maxLength", "x" * 5_000, 10))
    breaks.add(Break(("text",), "enum", "key ghp_abcdefghijklmnop1234", ["a"]))
    examples = {line.keyword: line.example for line in breaks.lines()}
    assert examples["type"] == "(left out)"
    assert len(examples["maxLength"]) == 120
    assert "abcdefgh" not in examples["enum"]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://example.com/elsewhere.json"},
        {"$ref": "#/$defs/nowhere"},
        {"type": "strnig"},
        {"$schema": "https://example.com/dialect"},
    ],
)
def test_a_schema_that_can_not_be_used_is_unclear_and_never_passed(schema: Any) -> None:
    with pytest.raises(Unclear):
        Judge(schema, found=searched).breaks({"a": 1})
