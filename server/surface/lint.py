"""Finds in a tool's schema what some client can't read."""

import re
from collections.abc import Mapping
from typing import Any

TYPES = ("string", "integer", "number", "boolean", "array", "object")
FORBIDDEN = (
    "$ref", "$defs", "definitions", "anyOf", "oneOf", "allOf", "not", "if", "then", "else", "prefixItems", "title", "const",
    "patternProperties", "dependentSchemas", "dependentRequired", "unevaluatedProperties", "$schema", "$id", "$anchor", "$dynamicRef",
)  # fmt: skip
LONGEST_DESCRIPTION = 300
TOOL_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def schema_problems(schema: Mapping[str, Any]) -> list[str]:
    """Every way in which the schema is not flat, as sentences that begin with a JSON Pointer; empty = none.

    Flat: one object that refuses unknown members; each property of one plain type, with one line of description; nothing
    composed, referenced or titled; enums of non-empty strings.
    """
    problems = []
    if schema.get("type") != "object":
        problems.append(": the schema is not of type object")
    if schema.get("additionalProperties") is not False:
        problems.append(": additionalProperties is not false")
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return [*problems, ": there are no properties"]
    required = schema.get("required", [])
    problems += [f"/required: {name} is no property" for name in required if name not in properties]
    problems += [f": {keyword} is not flat" for keyword in FORBIDDEN if keyword in schema]
    for name, described in properties.items():
        problems += _property_problems(f"/properties/{name}", described, described_too=True)
    return problems


def tool_problems(name: str, description: str, schema: Mapping[str, Any]) -> list[str]:
    """The problems of the schema, and those of the name and the description beside it."""
    problems = [] if TOOL_NAME.fullmatch(name) else [f": {name!r} is no name that every client takes"]
    if not description.strip():
        problems.append(": the tool is not described")
    return problems + schema_problems(schema)


def _property_problems(place: str, described: Any, *, described_too: bool) -> list[str]:
    if not isinstance(described, Mapping):
        return [f"{place}: is no schema"]
    problems = [f"{place}: {keyword} is not flat" for keyword in FORBIDDEN if keyword in described]
    kind = described.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        problems.append(f"{place}: type is {kind!r}, not one of {', '.join(TYPES)}")
    if described_too:
        problems += _description_problems(place, described.get("description"))
    if "enum" in described:
        choices = described["enum"]
        if (
            kind != "string"
            or not isinstance(choices, list)
            or not all(isinstance(one, str) and one for one in choices)
        ):
            problems.append(f"{place}: the enum is not one of non-empty strings")
    for name, member in described.get("properties", {}).items():
        problems += _property_problems(f"{place}/properties/{name}", member, described_too=True)
    items = described.get("items")
    if kind == "array" and items is None:
        problems.append(f"{place}: the array has no items")
    if isinstance(items, list):
        problems.append(f"{place}: items is a tuple")
    elif items is not None:
        problems += _property_problems(f"{place}/items", items, described_too=False)
    return problems


def _description_problems(place: str, description: Any) -> list[str]:
    if not isinstance(description, str) or not description.strip():
        return [f"{place}: there is no description"]
    if "\n" in description or len(description) > LONGEST_DESCRIPTION:
        return [f"{place}: the description is more than one line"]
    return []
