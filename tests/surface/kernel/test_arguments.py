"""What a tool takes is told in a schema that every client can read."""

from collections.abc import Mapping
from typing import Any

import pytest

from server.surface.arguments import flat_schema
from server.surface.lint import schema_problems, tool_problems
from tests.surface.kernel.toys import TOOLS, Alter

FLAT: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string", "description": "An a."}},
    "required": ["a"],
    "additionalProperties": False,
}


def test_sur_06_the_schemas_of_all_kinds_of_arguments_are_flat() -> None:
    problems = {tool.name: tool_problems(tool.name, tool.text, tool.schema) for tool in TOOLS}
    assert problems == {tool.name: [] for tool in TOOLS}


def test_sur_06_an_argument_is_required_unless_it_has_a_default() -> None:
    schema = flat_schema(Alter)
    assert schema["required"] == ["toy_id"]
    assert {name for name, one in schema["properties"].items() if "default" not in one} == {"toy_id"}


def test_sur_06_choices_are_an_enum_but_where_the_empty_text_is_one_they_are_described() -> None:
    properties = flat_schema(Alter)["properties"]
    assert properties["decision"]["enum"] == ["ACCEPT", "REJECT"]
    assert properties["material"] == {
        "type": "string",
        "description": 'Only of this material: WOOD, SOFT_PLASTIC; "" = any.',
        "default": "",
    }


def test_sur_06_items_list_their_members_inline() -> None:
    items = flat_schema(Alter)["properties"]["alterations"]["items"]
    assert list(items["properties"]) == ["part", "paint", "removes", "sizes"]
    assert items["properties"]["sizes"]["items"] == {"type": "number"}


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ({"type": ["string", "null"], "description": "x"}, "/properties/a: type is"),
        ({"type": "string"}, "/properties/a: there is no description"),
        ({"type": "string", "description": "two\nlines"}, "more than one line"),
        ({"type": "string", "description": "x", "enum": ["A", ""]}, "non-empty strings"),
        ({"type": "integer", "description": "x", "enum": [1]}, "non-empty strings"),
        ({"anyOf": [{"type": "string"}], "description": "x"}, "anyOf is not flat"),
        ({"$ref": "#/$defs/A", "description": "x"}, "$ref is not flat"),
        ({"type": "string", "description": "x", "title": "A"}, "title is not flat"),
        ({"type": "array", "description": "x"}, "the array has no items"),
        ({"type": "array", "description": "x", "items": [{"type": "string"}]}, "items is a tuple"),
        ({"type": "array", "description": "x", "items": {"oneOf": []}}, "/properties/a/items: oneOf is not flat"),
        ({"type": "object", "description": "x", "properties": {"b": {"type": "string"}}}, "/properties/a/properties/b"),
        (True, "is no schema"),
    ],
)
def test_sur_06_the_linter_finds_what_some_client_cannot_read(broken: Mapping[str, Any], place: str) -> None:
    problems = schema_problems({**FLAT, "properties": {"a": broken}})
    assert any(place in problem for problem in problems), problems


def test_sur_06_the_linter_passes_a_flat_schema_and_looks_at_the_top_too() -> None:
    assert schema_problems(FLAT) == []
    assert schema_problems({**FLAT, "additionalProperties": True}) == [": additionalProperties is not false"]
    assert schema_problems({**FLAT, "required": ["b"]}) == ["/required: b is no property"]
    assert schema_problems({**FLAT, "$defs": {}}) == [": $defs is not flat"]
    assert tool_problems("Show Toy", "", FLAT) == [
        ": 'Show Toy' is no name that every client takes",
        ": the tool is not described",
    ]
