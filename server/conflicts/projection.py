"""What a reader of certain paths accepts: the part of the old schema that it reads, and nothing else (CON-13)."""

from collections.abc import Iterable, Sequence
from typing import Any

from server.conflicts.schemas import Schema, moved
from server.model.contract import ReadPath

_CARRIED = "/$defs/was"
"""Where the old schema stands in the reader's, for what refers into it."""
_BRANCHING = ("anyOf", "oneOf", "if", "not", "dependentSchemas", "dependencies", "$dynamicRef", "$recursiveRef")
_LEFTOVER = ("unevaluatedProperties", "unevaluatedItems")
"""Words that take in what no other word names."""
_NOTES = frozenset(
    ("$ref", "title", "description", "$comment", "default", "examples", "deprecated", "readOnly", "writeOnly")
)
"""Words that may stand beside a reference and ask nothing."""
_REFERENCES = 50
"""Longest chain of references that is followed."""
_PARTS_IN_PARTS = 4
"""How deep conjunctions inside conjunctions are looked into: a few references can stand for millions of them."""


class _Node:
    """A place in the tree of read paths."""

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.required: set[str] = set()
        self.whole = False


def project(schema: Schema | None, reads: Iterable[ReadPath]) -> Schema:
    """The reader's schema: each path as `schema` has it, everything else open.

    A required path must be there, and so must the way to it. `*` stands for every item of an array or member of an
    object; a name where only a list can be is read of every item. Where a path leads through alternatives (anyOf, if, …)
    the whole place is taken as read, which asks more of the writer, never less.
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


def of_each_item(reads: Sequence[ReadPath]) -> Sequence[ReadPath]:
    """The same paths for a schema that speaks of one item: from there on, where all of them begin at the list."""
    if not reads or not all(read.path.startswith("/*") for read in reads):
        return reads
    return [read.model_copy(update={"path": read.path.removeprefix("/*")}) for read in reads]


def never_there(schema: Schema | None, reads: Iterable[ReadPath]) -> list[str]:
    """The paths that no document of this schema can have, as far as the schema shows it plainly."""
    return [read.path for read in reads if schema is not None and not _may_be_there(schema, _segments(read.path))]


def _may_be_there(root: Schema, segments: Iterable[str]) -> bool:
    at: Schema = root
    for segment in segments:
        at = _dereferenced(root, at)
        if isinstance(at, bool) or "$ref" in at or any(word in at for word in (*_BRANCHING, "allOf", "prefixItems")):
            return True
        kinds = at.get("type", ["object", "array"])
        if _only_array(at):
            items = at.get("items", True)
            at = items if isinstance(items, dict | bool) else True
            if segment == "*" or segment.isdecimal():
                continue
            at = _dereferenced(root, at)
            if isinstance(at, bool) or any(word in at for word in ("$ref", *_BRANCHING, "allOf")):
                return True
            kinds = at.get("type", ["object", "array"])
        if not {"object", "array"}.intersection([kinds] if isinstance(kinds, str) else kinds):
            return False
        if segment == "*" or _may_be_array(at) or "patternProperties" in at:
            return True
        if segment not in at.get("properties", {}) and at.get("additionalProperties", True) is False:
            return False
        at = _child(at, segment)
    return at is not False


def _only_array(at: Schema) -> bool:
    return isinstance(at, dict) and at.get("type") in ("array", ["array"])


def _through_the_items(node: _Node) -> _Node:
    """The same places for a list: a name is that of a member of each item."""
    named = [name for name in node.children if name != "*" and not name.isdecimal()]
    if not named:
        return node
    through, every = _Node(), _Node()
    known = node.children.get("*", _Node())
    every.whole, every.required = known.whole, known.required | (node.required & set(named))
    every.children = {**known.children, **{name: node.children[name] for name in named}}
    through.children = {name: child for name, child in node.children.items() if name not in named} | {"*": every}
    through.required = node.required - set(named)
    return through


def _project(node: _Node, root: Schema, at: Schema, depth: int = 0) -> Schema:
    at = _dereferenced(root, at)
    if _only_array(at):
        node = _through_the_items(node)
    if node.whole or (isinstance(at, dict) and _must_be_whole(node, root, at, depth)):
        return moved(at, _CARRIED)
    result: dict[str, Any] = {}
    parts = [_project(node, root, sub, depth + 1) for sub in _parts(root, at)]
    if parts:
        result["allOf"] = parts
    names = [name for name in node.children if name != "*"]
    if names:
        result["properties"] = {name: _project(node.children[name], root, _child(at, name)) for name in names}
        result["required"] = sorted(node.required)
        if isinstance(at, dict) and "patternProperties" in at:
            result["patternProperties"] = {
                pattern: moved(sub, _CARRIED) for pattern, sub in at["patternProperties"].items()
            }
    if "*" in node.children:
        result.update(_every(node.children["*"], root, at))
    indexes = [name for name in names if name.isdecimal()]
    if indexes and _may_be_array(at):
        result.update(_items_at(node, indexes, root, at))
    if isinstance(at, dict) and "type" in at:
        result["type"] = at["type"]
    elif node.required:
        result["type"] = ["object", "array"] if len(indexes) == len(names) else "object"
    return result


def _must_be_whole(node: _Node, root: Schema, at: dict[str, Any], depth: int) -> bool:
    """Whether a part of the place can't be told from the rest."""
    if (len(_parts(root, at)) > 1 and depth > _PARTS_IN_PARTS) or depth > _REFERENCES:
        return True
    if any(word in at for word in _BRANCHING) or any(isinstance(at.get(word), dict) for word in _LEFTOVER):
        return True
    if "$ref" in at and not (isinstance(at["$ref"], str) and _leads_on(root, at["$ref"])):
        return True
    if "patternProperties" in at and isinstance(at.get("additionalProperties"), dict):
        return True
    tuples = "prefixItems" in at or isinstance(at.get("items"), list)
    return tuples and any(name == "*" or name.isdecimal() for name in node.children)


def _may_be_array(at: Schema) -> bool:
    """Whether an array can stand here, as far as the schema says."""
    if isinstance(at, bool) or "type" not in at:
        return True
    return at["type"] == "array" or (isinstance(at["type"], list) and "array" in at["type"])


def _items_at(node: _Node, indexes: list[str], root: Schema, at: Schema) -> dict[str, Any]:
    """What is read at fixed places of an array: asked of every item, and of their number where it is promised today."""
    items = at.get("items", True) if isinstance(at, dict) else True
    result: dict[str, Any] = {"items": {"allOf": [_project(node.children[name], root, items) for name in indexes]}}
    if "*" in node.children:
        result["items"]["allOf"].append(_project(node.children["*"], root, items))
    promised = at.get("minItems", 0) if isinstance(at, dict) else 0
    needed = max((int(name) + 1 for name in indexes if name in node.required and len(name) < 10), default=0)
    if needed and isinstance(promised, int) and promised:
        result["minItems"] = min(needed, promised)
    return result


def _every(node: _Node, root: Schema, at: Schema) -> dict[str, Any]:
    """The schema of all items or all members, whichever the old schema has here; both where it does not say."""
    stated = at if isinstance(at, dict) else {}
    result: dict[str, Any] = {}
    if _may_be_array(at):
        result["items"] = _project(node, root, stated.get("items", True))
    if stated.get("type") != "array":
        named = stated.get("properties", {})
        result["properties"] = {name: _project(node, root, sub) for name, sub in named.items()}
        result["additionalProperties"] = _project(node, root, stated.get("additionalProperties", True))
    return result


def _child(at: Schema, name: str) -> Schema:
    if isinstance(at, bool):
        return True
    properties = at.get("properties")
    if isinstance(properties, dict) and name in properties:
        named: Schema = properties[name]
        return named
    additional = at.get("additionalProperties", True)
    return additional if isinstance(additional, dict) else True


def _parts(root: Schema, at: Schema) -> list[Schema]:
    """What counts besides what the place itself says: `allOf`, and a reference that does not stand alone."""
    if isinstance(at, bool):
        return []
    parts = list(at["allOf"]) if isinstance(at.get("allOf"), list) else []
    target = _at_pointer(root, at["$ref"][1:]) if isinstance(at.get("$ref"), str) else None
    return parts if target is None else [*parts, target]


def _dereferenced(root: Schema, at: Schema) -> Schema:
    """What stands at the end of the references that stand alone, as all do before draft 2019-09."""
    alone = isinstance(root, dict) and "/draft-0" in str(root.get("$schema", ""))
    for _ in range(_REFERENCES):
        reference = at.get("$ref") if isinstance(at, dict) else None
        if not isinstance(reference, str) or not (alone or _NOTES.issuperset(at if isinstance(at, dict) else ())):
            break
        target = _at_pointer(root, reference[1:]) if _leads_on(root, reference) else None
        if target is None:
            break
        at = target
    return at


def _leads_on(root: Schema, reference: str) -> bool:
    """Whether the reference is a pointer to a place of this schema."""
    return (reference == "#" or reference.startswith("#/")) and _at_pointer(root, reference[1:]) is not None


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
