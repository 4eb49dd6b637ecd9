"""What shows in the writing of one schema: that some document is valid, whatever the search would take to find one.

Most schemas of records say types, bounds and members, and that such a record can be written is plain to see.
"""

import re
from typing import Any

from server.conflicts.containment.dialect import Schema
from server.conflicts.containment.evident import SILENT

DEEPEST = 24
PLAIN = frozenset(
    """type properties required additionalProperties minProperties maxProperties items minItems maxItems minLength
    maxLength pattern minimum maximum""".split()
)
"""Keywords that are looked at; beside any other, nothing shows."""
VALUES = frozenset(("enum", "const"))
NAMES: dict[str, type] = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}
TEXT = re.compile(
    r"\^?(?:(?:[A-Za-z0-9_ /:-]|\\[dw.]|\[(?:A-Z|a-z|0-9|[A-Za-z0-9_])+\])(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})?)*\$?"
)
"""Patterns for which there plainly is a text: characters and sets of them, one after the other, each so many times."""


def plainly_has_a_document(schema: Schema) -> bool:
    """Whether it is plain to see that some document is valid; no is no answer."""
    return _has(schema, DEEPEST)


def _has(schema: Any, levels: int) -> bool:
    if not isinstance(schema, dict):
        return schema is True
    words = schema.keys() - SILENT
    if not levels or not words <= PLAIN:
        return bool(levels) and _has_value(schema, words)
    named = schema.get("type", "null")
    kinds = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    return any(_has_of_type(kind, schema, levels - 1) for kind in kinds)


def _has_value(schema: dict[str, Any], words: set[str]) -> bool:
    """The same where the values are listed, with at most their type beside."""
    if len(words & VALUES) != 1 or not words <= {*VALUES, "type"}:
        return False
    values = [schema["const"]] if "const" in schema else schema["enum"]
    if not isinstance(values, list) or not values:
        return False
    kind = NAMES.get(schema["type"]) if isinstance(schema.get("type"), str) else None
    return "type" not in schema or (kind is not None and any(type(value) is kind for value in values))


def _has_of_type(kind: Any, schema: dict[str, Any], levels: int) -> bool:
    match kind:
        case "null" | "boolean":
            return True
        case "string":
            if "pattern" in schema:
                alone = "minLength" not in schema and "maxLength" not in schema
                return alone and isinstance(schema["pattern"], str) and TEXT.fullmatch(schema["pattern"]) is not None
            return _leaves(schema, "minLength", "maxLength")
        case "number":
            bounds = [schema[word] for word in ("minimum", "maximum") if word in schema]
            return all(type(bound) in (int, float) for bound in bounds) and bounds == sorted(bounds)
        case "integer":
            bounds = [schema[word] for word in ("minimum", "maximum") if word in schema]
            return all(type(bound) is int for bound in bounds) and bounds == sorted(bounds)
        case "array":
            return _leaves(schema, "minItems", "maxItems") and (
                schema.get("minItems", 0) == 0 or _has(schema.get("items", True), levels)
            )
        case "object":
            return _has_object(schema, levels)
    return False


def _has_object(schema: dict[str, Any], levels: int) -> bool:
    """Whether the object of the required members, and no others, plainly is one."""
    required, properties = schema.get("required", []), schema.get("properties", {})
    if not isinstance(properties, dict) or not isinstance(required, list):
        return False
    if not all(isinstance(name, str) for name in required):
        return False
    names, other = set(required), schema.get("additionalProperties", True)
    return _leaves(schema, "minProperties", "maxProperties", len(names)) and all(
        _has(properties.get(name, other), levels) for name in names
    )


def _leaves(schema: dict[str, Any], least: str, most: str, wanted: int | None = None) -> bool:
    """Whether the bounds of a length are plain, and leave something between them: this length where one is wanted."""
    bounds = schema.get(least, 0), schema.get(most, schema.get(least, 0) if wanted is None else wanted)
    if not all(type(bound) is int for bound in bounds):
        return False
    lowest = max(bounds[0], 0)
    return lowest <= bounds[1] and (wanted is None or lowest <= wanted <= bounds[1])
