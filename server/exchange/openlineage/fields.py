"""The schema facet of a dataset as the JSON Schema of one of its items."""

from collections.abc import Mapping
from typing import Any

from server.exchange.column_types import nullable, schema_of_type
from server.model.base import JsonObject

_DEEPEST = 16


def item_schema(facet: Mapping[str, Any]) -> tuple[JsonObject, list[str]]:
    """The schema of an item, and what of its types is not known, as `field: type`; an empty schema where nothing is said.

    Every column stands in every item, and whether it may be null is not said: null is let in.
    """
    unknown: list[str] = []
    schema = _object(facet.get("fields"), "", unknown, 0)
    return schema, unknown


def _object(fields: Any, prefix: str, unknown: list[str], depth: int) -> JsonObject:
    named = _named(fields)
    if not named or depth > _DEEPEST:
        return {}
    properties = {field["name"]: _field(field, f"{prefix}{field['name']}", unknown, depth) for field in named}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _named(fields: Any) -> list[Mapping[str, Any]]:
    """The fields that have a name."""
    given = fields if isinstance(fields, list) else []
    return [field for field in given if isinstance(field, Mapping) and isinstance(field.get("name"), str)]


def _field(field: Mapping[str, Any], path: str, unknown: list[str], depth: int) -> JsonObject:
    kind = field.get("type")
    kind = kind.strip() if isinstance(kind, str) else ""
    nested = _named(field.get("fields"))
    schema = schema_of_type(kind) if kind else {}
    if schema is None:
        unknown.append(f"{path}: {kind[:80]}")
        schema = {}
    if nested:
        schema = _nested(schema, nested, path, unknown, depth)
    description = field.get("description")
    said = {"description": description[:1_000]} if isinstance(description, str) and description.strip() else {}
    return {**nullable(schema), **said}


def _nested(
    schema: JsonObject, nested: list[Mapping[str, Any]], path: str, unknown: list[str], depth: int
) -> JsonObject:
    """What a struct, a list or a map holds, where its fields say so: `_element` of a list, `key` and `value` of a map."""
    names = [field["name"] for field in nested]
    if schema.get("type") == "array" or names in (["_element"], ["element"]):
        if len(nested) == 1 and names[0] in ("_element", "element", "item", "items", "array"):
            return {"type": "array", "items": _field(nested[0], f"{path}/*", unknown, depth + 1)}
        return {"type": "array", "items": _object(nested, f"{path}/*/", unknown, depth + 1)}
    if set(names) == {"key", "value"} and schema.get("type") == "object":
        value = next(field for field in nested if field["name"] == "value")
        return {"type": "object", "additionalProperties": _field(value, f"{path}/*", unknown, depth + 1)}
    return _object(nested, f"{path}/", unknown, depth + 1)
