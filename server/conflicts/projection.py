"""What a reader of certain paths accepts: the part of the old schema that it reads, and nothing else (CON-13)."""

from collections.abc import Iterable
from typing import Any

from server.conflicts.schemas import Schema, moved
from server.model.contract import ReadPath

_CARRIED = "/$defs/was"
"""Where the old schema stands in the reader's, for what refers into it."""
_BRANCHING = ("anyOf", "oneOf", "if", "not", "dependentSchemas", "dependencies", "$dynamicRef", "$recursiveRef")
_REFERENCES = 50
"""Longest chain of references that is followed."""


class _Node:
    """A place in the tree of read paths."""

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.required: set[str] = set()
        self.whole = False


def project(schema: Schema | None, reads: Iterable[ReadPath]) -> Schema:
    """The reader's schema: each path as `schema` has it, everything else open.

    A required path must be there, and so must the way to it. `*` stands for every item of an array or member of an
    object. Where a path leads through alternatives (anyOf, if, …) the whole place is taken as read, which asks more of
    the writer, never less.
    """
    tree = _Node()
    for read in reads:
        node = tree
        for segment in _segments(read.path):
            if read.required and segment != "*":
                node.required.add(segment)
            node = node.children.setdefault(segment, _Node())
        node.whole = True
    base: Schema = True if schema is None else schema
    projected = _project(tree, base, base)
    if isinstance(projected, bool) or isinstance(base, bool):
        return projected
    root = {"$schema": base["$schema"]} if "$schema" in base else {}
    if f"#{_CARRIED}" in str(projected):
        projected = {**projected, "$defs": {"was": moved(base, _CARRIED)}}
    return {**root, **projected}


def _project(node: _Node, root: Schema, at: Schema) -> Schema:
    at = _dereferenced(root, at)
    if node.whole or (isinstance(at, dict) and any(word in at for word in _BRANCHING)):
        return moved(at, _CARRIED)
    result: dict[str, Any] = {}
    parts = [_project(node, root, sub) for sub in _parts(at)]
    if parts:
        result["allOf"] = parts
    names = [name for name in node.children if name != "*"]
    if names:
        result["properties"] = {name: _project(node.children[name], root, _child(at, name)) for name in names}
        result["required"] = sorted(node.required)
    if "*" in node.children:
        result.update(_every(node.children["*"], root, at))
    if isinstance(at, dict) and "type" in at:
        result["type"] = at["type"]
    elif node.required:
        result["type"] = "object"
    return result


def _every(node: _Node, root: Schema, at: Schema) -> dict[str, Any]:
    """The schema of all items or all members, whichever the old schema has here; both where it does not say."""
    if not isinstance(at, dict):
        return {"items": _project(node, root, True), "additionalProperties": _project(node, root, True)}
    if at.get("type") == "array" or "items" in at:
        items = at.get("items", True)
        if isinstance(items, list):  # the tuple of older drafts: taken as read as it stands
            return {"items": _project(node, root, True), "allOf": [moved(at, _CARRIED)]}
        return {"items": _project(node, root, items)}
    named = at.get("properties", {})
    return {
        "properties": {name: _project(node, root, sub) for name, sub in named.items()},
        "additionalProperties": _project(node, root, at.get("additionalProperties", True)),
    }


def _child(at: Schema, name: str) -> Schema:
    if isinstance(at, bool):
        return True
    properties = at.get("properties")
    if isinstance(properties, dict) and name in properties:
        named: Schema = properties[name]
        return named
    additional = at.get("additionalProperties", True)
    return additional if isinstance(additional, dict) else True


def _parts(at: Schema) -> list[Schema]:
    parts = at.get("allOf", []) if isinstance(at, dict) else []
    return parts if isinstance(parts, list) else []


def _dereferenced(root: Schema, at: Schema) -> Schema:
    for _ in range(_REFERENCES):
        reference = at.get("$ref") if isinstance(at, dict) else None
        target = _at_pointer(root, reference[1:]) if isinstance(reference, str) and reference.startswith("#") else None
        if target is None:
            break
        at = target
    return at


def _at_pointer(root: Any, pointer: str) -> Schema | None:
    for segment in _segments(pointer):
        if isinstance(root, dict) and segment in root:
            root = root[segment]
        elif isinstance(root, list) and segment.isdecimal() and int(segment) < len(root):
            root = root[int(segment)]
        else:
            return None
    return root if isinstance(root, dict | bool) else None


def _segments(pointer: str) -> list[str]:
    if pointer in ("", "/"):
        return []
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.lstrip("/").split("/")]
