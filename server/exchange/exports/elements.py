"""A JSON Schema as the properties of an ODCS object."""

from collections.abc import Mapping
from typing import Any

from server.exchange.exports.openlineage import item_properties
from server.model.base import JsonObject

_LOGICAL = ("string", "number", "integer", "object", "array", "boolean")
_TIMES = {"date": "date", "date-time": "timestamp", "time": "time"}
_OPTIONS = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
    "integer": ("multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
    "object": ("maxProperties", "minProperties"),
    "array": ("maxItems", "minItems", "uniqueItems"),
}
_WHOLE = frozenset({"minLength", "maxLength", "maxItems", "minItems", "maxProperties", "minProperties"})
_DEEPEST = 16


def properties_of(schema: Any) -> list[JsonObject]:
    """The properties that the standard writes for the items of this schema; none where it says nothing of any."""
    if not isinstance(schema, Mapping):
        return []
    item = schema
    while isinstance(item.get("items"), Mapping) and not item.get("properties"):
        item = item["items"]
    named = item_properties(item)
    if named:
        return _properties(named, item.get("required"), 0)
    required = schema.get("required_fields")
    names = [name for name in required if isinstance(name, str) and name] if isinstance(required, list) else []
    return [{"name": name, "required": True} for name in names]


def _properties(named: Mapping[str, Any], required: Any, depth: int) -> list[JsonObject]:
    wanted = required if isinstance(required, list) else []
    return [{"name": name, **_property(part, depth, needed=name in wanted)} for name, part in named.items()]


def _property(part: Any, depth: int, *, needed: bool) -> JsonObject:
    if not isinstance(part, Mapping) or depth > _DEEPEST:
        return {"required": True} if needed else {}
    kinds = part["type"] if isinstance(part.get("type"), list) else [part.get("type")]
    known = [kind for kind in kinds if kind in _LOGICAL]
    kind = known[0] if len(known) == 1 else ("number" if set(known) == {"integer", "number"} else "")
    logical = _TIMES.get(str(part.get("format")), "string") if kind == "string" else kind
    element: JsonObject = {"logicalType": logical} if logical else {}
    if needed and "null" not in kinds:
        element["required"] = True
    options = {name: part[name] for name in _OPTIONS.get(logical, ()) if _may_stand(name, part.get(name))}
    if options:
        element["logicalTypeOptions"] = options
    if isinstance(part.get("description"), str):
        element["description"] = part["description"]
    if isinstance(part.get("title"), str):
        element["businessName"] = part["title"]
    values = [value for value in part["enum"] if value is not None] if isinstance(part.get("enum"), list) else []
    if values:
        rule = {"type": "library", "metric": "invalidValues", "arguments": {"validValues": values}, "mustBe": 0}
        element["quality"] = [rule]
    if kind == "object" and isinstance(part.get("properties"), Mapping):
        element["properties"] = _properties(part["properties"], part.get("required"), depth + 1)
    if kind == "array" and isinstance(part.get("items"), Mapping):
        element["items"] = _property(part["items"], depth + 1, needed=False)
    return element


def _may_stand(name: str, value: Any) -> bool:
    """Whether the standard takes this value for that option."""
    if name in _WHOLE:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if name == "uniqueItems":
        return isinstance(value, bool)
    if name in ("pattern", "format"):
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)
