"""Carrying out an adapter: a document of the new form in, what the reader accepts out."""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from server.conflicts.plans.adapters.pointers import EVERY, pointer_of, segments_of
from server.errors import InvalidArgument
from server.model.base import Json

LANGUAGE = "concord-adapter/1"
EACH_ITEM = "each item"
WHOLE = "document"


def adapt(adapter: Mapping[str, Any], document: Json) -> Json:
    """The document as the adapter leaves it; the one given is not changed.

    The operations run in their order. `move`, `add` and `remove` are those of RFC 6902; beyond it, `*` in a path stands for
    every item of a list, `if_present: true` skips an operation whose place is missing, `wrap` makes the document the only
    member of an object, and `convert` turns a number into its text or back. Raises InvalidArgument where an operation does
    not fit the document, which does not happen to documents of the schema that the adapter was made for.
    """
    if adapter["applies_to"] == WHOLE:
        return _adapted(adapter["operations"], document)
    if not isinstance(document, list):
        raise InvalidArgument("This adapter is for lists: it is applied to each item.")
    return [_adapted(adapter["operations"], item) for item in document]


def _adapted(operations: Sequence[Mapping[str, Any]], document: Json) -> Json:
    document = copy.deepcopy(document)
    for operation in operations:
        if operation["op"] == "wrap":
            document = {operation["member"]: document}
        else:
            document = _applied(
                operation, document, segments_of(operation["path"]), segments_of(operation.get("from", ""))
            )
    return document


def _applied(operation: Mapping[str, Any], document: Json, path: tuple[str, ...], source: tuple[str, ...]) -> Json:
    if EVERY in path:
        before = path.index(EVERY)
        found = _at(document, path[:before])
        if isinstance(found, list):
            found[:] = [_applied(operation, item, path[before + 1 :], source[before + 1 :]) for item in found]
            return document
        return _skipped(operation, document, path[:before])
    match operation["op"]:
        case "move":
            holder = _at(document, source[:-1])
            if not isinstance(holder, dict) or source[-1] not in holder:
                return _skipped(operation, document, source)
            return _placed(document, path, holder.pop(source[-1]))
        case "remove":
            holder = _at(document, path[:-1])
            if not isinstance(holder, dict) or path[-1] not in holder:
                return _skipped(operation, document, path)
            del holder[path[-1]]
            return document
        case "convert":
            holder = _at(document, path[:-1])
            if not isinstance(holder, dict) or path[-1] not in holder:
                return _skipped(operation, document, path)
            holder[path[-1]] = _converted(holder[path[-1]], operation["to"])
            return document
        case _:
            return _placed(document, path, copy.deepcopy(operation["value"]))


def _placed(document: Json, path: tuple[str, ...], value: Json) -> Json:
    if not path:
        return value
    holder = _at(document, path[:-1])
    if not isinstance(holder, dict):
        raise InvalidArgument(f"There is no object at {pointer_of(path[:-1]) or 'the root'} to hold {path[-1]!r}.")
    holder[path[-1]] = value
    return document


def _skipped(operation: Mapping[str, Any], document: Json, path: tuple[str, ...]) -> Json:
    if not operation.get("if_present"):
        raise InvalidArgument(f"There is nothing at {pointer_of(path)}, which {operation['op']} needs.")
    return document


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        if not isinstance(document, dict) or part not in document:
            return None
        document = document[part]
    return document


def _converted(value: Any, to: str) -> Json:
    if to == "integer":
        return int(value)
    if to == "number":
        return float(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value)
