"""The schema that an API's definition states of what its provider hands out, where one can be read."""

from collections.abc import Iterator, Mapping
from typing import Any

from server.errors import ConcordError
from server.exchange.documents import documents_in, mapping, sequence
from server.exchange.imported import Remarks
from server.exchange.source import SourceFile
from server.exchange.yaml_text import DEEPEST
from server.model.base import JsonObject

_VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_SECTIONS = (("components", "schemas"), ("definitions",))

_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
"""Keywords whose members are names, and not keywords."""
_PLAIN = frozenset({"enum", "const", "default", "required", "type", "pattern"})
"""Keywords whose values are no schemas."""


def read_schema(kind: str, definition: Any) -> tuple[JsonObject | None, str]:
    """(schema of what the interface hands out, why there is none).

    Its members are the interface's messages by name, such as `GET /orders 200`: each is what one who calls or listens
    gets there. What is sent to the interface is left out; it is not what its readers rely on.
    """
    document = _document(definition)
    if isinstance(document, str):
        return None, document
    if kind == "jsonschema" or "$schema" in document:
        return dict(document), ""
    messages = dict(_responses(document) if "paths" in document else _events(document))
    if not messages:
        return None, "its definition states no JSON that it hands out"
    named = {
        name: schema
        for section in _SECTIONS
        for name, schema in mapping(_at(document, section)).items()
        if isinstance(schema, Mapping | bool)
    }
    schema: JsonObject = {"type": "object", "properties": {name: _local(one) for name, one in messages.items()}}
    if named:
        schema["$defs"] = {name: _local(one) for name, one in named.items()}
    return schema, ""


def _document(definition: Any) -> Mapping[str, Any] | str:
    if isinstance(definition, Mapping):
        return definition
    if not isinstance(definition, str) or not definition.strip():
        return "it states no definition"
    try:
        found = documents_in(SourceFile("", definition), Remarks())
    except ConcordError:
        return "its definition is neither YAML nor JSON"
    value = found[0].value if found else None
    return value if isinstance(value, Mapping) else "its definition is neither YAML nor JSON"


def _responses(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, operations in mapping(document.get("paths")).items():
        for verb, operation in mapping(operations).items():
            if verb not in _VERBS:
                continue
            for status, response in mapping(mapping(operation).get("responses")).items():
                schema = _of_response(mapping(_followed(response, document)))
                if schema is not None:
                    yield f"{verb.upper()} {path} {status}", schema


def _of_response(response: Mapping[str, Any]) -> Any:
    if isinstance(response.get("schema"), Mapping):
        return response["schema"]
    for media, content in mapping(response.get("content")).items():
        if "json" in str(media) or media == "*/*":
            schema = mapping(content).get("schema")
            if isinstance(schema, Mapping | bool):
                return schema
    return None


def _events(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an AsyncAPI document says that others get: channels to subscribe to, and messages of channels as of version 3."""
    for channel, definition in mapping(document.get("channels")).items():
        about = mapping(definition)
        subscribed = mapping(about.get("subscribe")).get("message")
        for message in _each(mapping(_followed(subscribed, document))):
            payload = mapping(_followed(message, document)).get("payload")
            if isinstance(payload, Mapping | bool):
                yield str(channel), payload
        for name, message in mapping(about.get("messages")).items():
            payload = mapping(_followed(message, document)).get("payload")
            if isinstance(payload, Mapping | bool):
                yield f"{channel} {name}", payload


def _each(message: Mapping[str, Any]) -> list[Any]:
    return sequence(message.get("oneOf")) or [message]


def _followed(value: Any, document: Mapping[str, Any]) -> Any:
    """What a reference inside the document leads to; a few steps, so that a ring of references ends."""
    for _ in range(8):
        target = mapping(value).get("$ref")
        if not isinstance(target, str) or not target.startswith("#/"):
            return value
        parts = [part.replace("~1", "/").replace("~0", "~") for part in target[2:].split("/")]
        value = _at(document, parts)
    return None


def _at(document: Any, parts: Any) -> Any:
    for part in parts:
        document = mapping(document).get(part)
    return document


def _local(schema: Any, depth: int = 0) -> Any:
    """The schema with references to the document's own components as references into `$defs`."""
    if depth > DEEPEST:
        return True
    if isinstance(schema, list):
        return [_local(item, depth + 1) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    target = schema.get("$ref")
    if isinstance(target, str):
        for section in _SECTIONS:
            prefix = "#/" + "/".join(section) + "/"
            if target.startswith(prefix) and "/" not in target[len(prefix) :]:
                return {"$ref": f"#/$defs/{target[len(prefix) :]}"}
        return True  # another file, or a place that is no schema of its own: anything may stand there
    found: JsonObject = {}
    for name, item in schema.items():
        if name in _BY_NAME and isinstance(item, Mapping):
            found[name] = {key: _local(one, depth + 1) for key, one in item.items()}
        elif name in _PLAIN:
            found[name] = item
        elif name not in ("example", "examples", "xml", "externalDocs", "discriminator"):
            found[name] = _local(item, depth + 1)
    return _as_json_schema(found)


def _as_json_schema(schema: JsonObject) -> JsonObject:
    """What OpenAPI 3.0 says in its own way, as JSON Schema says it."""
    if schema.pop("nullable", None) is True:
        if isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(exclusive), bool) and schema.pop(exclusive) and bound in schema:
            schema[exclusive] = schema.pop(bound)
    return schema
