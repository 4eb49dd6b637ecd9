"""What contracts say, as JSON Schemas: the short form spelled out, schemas opened, weakened and moved."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.errors import InvalidArgument

Schema = dict[str, Any] | bool

_SCHEMA_WORDS = frozenset(
    """$schema $id id $ref $defs definitions $dynamicRef $recursiveRef $anchor type properties patternProperties
    additionalProperties propertyNames required minProperties maxProperties dependentRequired dependentSchemas dependencies
    items prefixItems additionalItems contains minContains maxContains minItems maxItems uniqueItems unevaluatedItems
    unevaluatedProperties const enum allOf anyOf oneOf not if then else minimum maximum exclusiveMinimum exclusiveMaximum
    multipleOf minLength maxLength pattern contentEncoding contentMediaType""".split()
)
_ARRAY_FORMAT = re.compile(r"\b(array|list of|json ?lines|jsonl|ndjson|csv)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Stated:
    """A schema that a contract states."""

    schema: Schema
    of_items: bool
    """Whether it describes the items of the document rather than the document."""
    fields: tuple[str, ...] | None = None
    """The short form's required fields; None for a full JSON Schema."""


def read_terms(terms: Schema) -> Stated | None:
    """What a contract's `schema` states; None where it states nothing.

    The short form {required_fields, format} becomes an open object with those fields required; `format: "JSON array"`
    makes it speak of the items. Raises InvalidArgument where it is neither the short form nor a JSON Schema.
    """
    if isinstance(terms, bool):
        return Stated(terms, of_items=False)
    if not terms:
        return None
    if "required_fields" in terms or (set(terms) <= {"format", "description", "title"}):
        fields = terms.get("required_fields", [])
        if not isinstance(fields, list) or not all(isinstance(name, str) for name in fields):
            raise InvalidArgument("required_fields is a list of field names.", hint='For example ["ticker", "score"].')
        of_items = bool(_ARRAY_FORMAT.search(str(terms.get("format", ""))))
        if not fields:
            return None
        return Stated(_object_with(fields), of_items, tuple(fields))
    if not _SCHEMA_WORDS.intersection(terms):
        raise InvalidArgument(
            "This schema is neither the short form nor a JSON Schema.",
            hint='Write {"required_fields": ["ticker"], "format": "JSON array"} or {"type": "object", "properties": {…}}.',
            allowed=("required_fields", "format", "$schema", "type", "properties", "$ref"),
        )
    return Stated(terms, of_items=False)


def array_of(schema: Schema) -> Schema:
    """The schema of a document whose items are as described."""
    if isinstance(schema, bool):
        return {"type": "array", "items": schema}
    root = {"$schema": schema["$schema"]} if "$schema" in schema else {}
    return {**root, "type": "array", "items": moved(schema, "/items")}


def moved(schema: Schema, to: str) -> Schema:
    """The schema as it reads below `to` of another one: its local references follow it, its own identity goes."""
    if isinstance(schema, bool):
        return schema
    inner = {word: value for word, value in schema.items() if word not in ("$schema", "$id", "id")}
    result = _with_references_below(inner, to)
    assert isinstance(result, dict)
    return result


def opened(schema: Schema) -> Schema:
    """The same schema for a reader who skips fields that he does not know: no `additionalProperties: false`.

    Only where a schema counts positively: under `not`, `if` and `oneOf`, closing an object can be what tells cases apart.
    """
    if isinstance(schema, bool):
        return schema
    closing = ("additionalProperties", "unevaluatedProperties")
    return {
        word: _each_subschema(word, value, opened)
        for word, value in schema.items()
        if not (word in closing and value is False)
    }


def closed(schema: Schema) -> Schema:
    """The same schema for a reader who rejects fields that he does not know: objects that name fields take no others."""
    if isinstance(schema, bool):
        return schema
    result = {word: _each_subschema(word, value, closed) for word, value in schema.items() if word not in _IN_PLACE}
    result |= {word: value for word, value in schema.items() if word in _IN_PLACE}
    if "properties" in schema and not {"additionalProperties", "unevaluatedProperties"}.intersection(schema):
        combined = any(word in schema for word in _IN_PLACE)
        result["unevaluatedProperties" if combined else "additionalProperties"] = False
    return result


def only_required(schema: Schema) -> Schema:
    """A weaker schema, which asks nothing of fields that may be absent."""
    if isinstance(schema, bool):
        return schema
    result = {word: _each_subschema(word, value, only_required) for word, value in schema.items()}
    properties, required = schema.get("properties"), schema.get("required")
    if isinstance(properties, dict):
        must = set(required) if isinstance(required, list) else set()
        result["properties"] = {
            name: only_required(value) if name in must else True for name, value in properties.items()
        }
    return result


def of_any_value(schema: Schema) -> Schema:
    """A weaker schema, in which a list of values stands only for their types."""
    if isinstance(schema, bool):
        return schema
    result = {word: _each_subschema(word, value, of_any_value) for word, value in schema.items() if word != "enum"}
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        result.setdefault("type", sorted({_TYPES[type(value)] for value in schema["enum"]}))
    return result


def copied(value: Any) -> Any:
    """The same JSON value, of which nothing is shared; as deep as values that can be sent are, and no deeper."""
    if isinstance(value, dict):
        return {name: copied(member) for name, member in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value


def merged(target: Any, patch: Any) -> Any:
    """The target with a merge patch applied (RFC 7386, section 2)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTED = ("allOf", "anyOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "additionalItems", "contains", "then", "else", "unevaluatedItems")
_IN_PLACE = ("allOf", "anyOf", "oneOf", "if", "then", "else", "not", "$ref", "dependentSchemas", "$dynamicRef")
_TYPES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}
_DATA = ("const", "enum", "default", "examples")


def _each_subschema(word: str, value: Any, change: Callable[[Schema], Schema]) -> Any:
    """The value of a keyword with `change` applied to the subschemas that count positively."""
    if not isinstance(value, dict | list):
        return value
    if word in _NAMED and isinstance(value, dict):
        return {name: change(sub) if isinstance(sub, dict | bool) else sub for name, sub in value.items()}
    if (word in _LISTED or word == "items") and isinstance(value, list):
        return [change(sub) if isinstance(sub, dict | bool) else sub for sub in value]
    if word in _SINGLE and isinstance(value, dict):
        return change(value)
    return value


def _with_references_below(node: Any, to: str) -> Any:
    if isinstance(node, list):
        return [_with_references_below(item, to) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        word: f"#{to}{value[1:]}"
        if word in ("$ref", "$recursiveRef") and isinstance(value, str) and (value == "#" or value.startswith("#/"))
        else value
        if word in _DATA
        else _with_references_below(value, to)
        for word, value in node.items()
    }


def _object_with(fields: list[str]) -> Schema:
    names = list(dict.fromkeys(fields))
    return {"type": "object", "required": names, "properties": {name: {} for name in names}}
