"""Documents that a pair of schemas suggests: their constants, bounds and examples, and the plainest of every type."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from server.conflicts.containment.dialect import Schema
from server.conflicts.containment.exact import NotJson, key_of
from server.model.base import Json

MOST = 32
_PLAIN: tuple[Json, ...] = (None, False, 0, 1, -1, 0.5, "", "a", [], {}, [None], [0, 0], {"a": None})
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
DEEPEST = 4


def candidates(writer: Schema, reader: Schema) -> list[Json]:
    """A few documents to try, each once, in a fixed order."""
    found: dict[Any, Json] = {}
    for document in islice(_suggested(writer, reader), 4 * MOST):
        try:
            found.setdefault(key_of(document), document)
        except (NotJson, TypeError):
            continue
        if len(found) >= MOST:
            break
    return list(found.values())


def _suggested(writer: Schema, reader: Schema) -> Iterator[Json]:
    yield from islice(_values(writer, DEEPEST), MOST // 2)
    yield from islice(_values(reader, DEEPEST), MOST // 4)
    yield from _PLAIN


def _values(schema: Any, depth: int) -> Iterator[Json]:
    if not isinstance(schema, dict) or depth == 0:
        return
    if "const" in schema:
        yield schema["const"]
    for word in ("enum", "examples"):
        if isinstance(schema.get(word), list):
            yield from schema[word]
    if "default" in schema:
        yield schema["default"]
    for word in _BOUNDS:
        bound = schema.get(word)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            yield from (bound, bound + 1, bound - 1)
    if isinstance(schema.get("properties"), dict):
        yield from _objects(schema["properties"], schema.get("required"), depth)
    if isinstance(schema.get("items"), dict):
        for item in islice(_values(schema["items"], depth - 1), 3):
            yield [item]
    for word in ("allOf", "anyOf", "oneOf"):
        for one in schema.get(word) or () if isinstance(schema.get(word), list) else ():
            yield from islice(_values(one, depth - 1), 6)


def _objects(properties: dict[str, Any], required: Any, depth: int) -> Iterator[Json]:
    first = {name: next(_values(one, depth - 1), _plain(one)) for name, one in islice(properties.items(), 12)}
    yield first
    if isinstance(required, list):
        yield {name: first.get(name) for name in required if isinstance(name, str)}


def _plain(schema: Any) -> Json:
    kind = schema.get("type") if isinstance(schema, dict) else None
    if isinstance(kind, list):
        kind = kind[0] if kind else None
    return {"string": "a", "number": 1, "integer": 1, "boolean": True, "array": [], "object": {}}.get(str(kind))
