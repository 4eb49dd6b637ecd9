"""What adapted documents look like: a schema that holds every one of them, made from the schema of the new form.

The image may hold more than the adapted documents, never less. So where it is inside the reader's schema, every adapted
document is accepted: that is the proof of an adapter. A condition that can't be followed through an operation is dropped.
"""

import json
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from server.conflicts.plans.adapters.pointers import EVERY, segments_of
from server.conflicts.schemas import Schema, moved

Node = dict[str, Any]
Edit = Callable[[Node], Node]

NEVER: Node = {"not": {}}
"""Accepts nothing, in every dialect."""
_CARRIED = "/$defs/was"
_DROPPED = frozenset(
    """not if then else dependentSchemas dependencies dependentRequired unevaluatedProperties unevaluatedItems contains
    minContains maxContains uniqueItems $defs definitions $schema $comment title description default examples
    allOf anyOf oneOf $ref const enum""".split()
)
"""Words that an edited place loses: those that look at the whole of it, and those that are followed by themselves."""
_FOLLOWED = frozenset(("allOf", "anyOf", "oneOf", "$ref"))
"""Words that say more of the same place."""
_DEEPEST = 60
_DEEPEST_NAMES = 6


class Image:
    """The schema of documents that some operations have been applied to."""

    def __init__(self, schema: Schema, *, refers: bool = True) -> None:
        """`refers`: whether there may be references in the schema."""
        root: Node = {} if schema is True else NEVER if isinstance(schema, bool) else schema
        self._dialect = root.get("$schema")
        self._legacy = "/draft-0" in str(self._dialect)
        self._refers = refers and '"$ref"' in json.dumps(root)
        inner = moved(root, _CARRIED) if self._refers else root
        assert isinstance(inner, dict)
        self._was = inner
        self._now: Node = {word: value for word, value in inner.items() if word != "$schema"}

    def anew(self) -> "Image":
        """The same image, to be changed apart from this one."""
        return copy(self)

    @property
    def schema(self) -> Schema:
        """The whole schema, with its dialect and what its references lead to."""
        return self._whole(self._now)

    def at(self, segments: tuple[str, ...]) -> Schema:
        """A schema that holds every value that can stand at the place; NEVER where none can."""
        return self._whole(self._value(self._now, segments, 0))

    def may_be(self, segments: tuple[str, ...]) -> bool:
        """Whether anything can stand at the place, as far as is plain to see."""
        return self._value(self._now, segments, 0) != NEVER

    def plainly_has(self, segments: tuple[str, ...], kind: str = "") -> bool:
        """Whether it is plain to see that every document has the place (and an object there); no is no answer."""
        node: Any = self._now
        for name in segments:
            if not isinstance(node, dict) or (self._legacy and "$ref" in node):
                return False
            if name == EVERY:
                if node.get("type") != "array" or "prefixItems" in node:
                    return False
                node = node.get("items")
            else:
                if node.get("type") != "object" or name not in node.get("required", ()):
                    return False
                node = node.get("properties", {}).get(name)
        return not kind or (isinstance(node, dict) and node.get("type") == kind)

    def names(self, segments: tuple[str, ...]) -> set[str]:
        """The members that are named at the place, `*` for the items of a list; references and cases looked into."""
        return self._names(self._value(self._now, segments, 0), 0)

    def at_with_names(self, segments: tuple[str, ...]) -> tuple[Schema, set[str]]:
        """What `at` and `names` say of the place."""
        value = self._value(self._now, segments, 0)
        return self._whole(value), self._names(value, 0)

    def is_closed(self, segments: tuple[str, ...]) -> bool:
        """Whether the place takes no members but those that are named."""
        node = self._value(self._now, segments, 0)
        target = self._target(node) if set(node) == {"$ref"} else None
        node = target if isinstance(target, dict) else node
        return any(node.get(word) in (False, NEVER) for word in ("additionalProperties", "unevaluatedProperties"))

    def apply(self, operation: Mapping[str, Any]) -> None:
        """The schema is that of the documents after this operation."""
        if operation["op"] == "wrap":
            name = operation["member"]
            self._now = {
                "type": "object",
                "required": [name],
                "properties": {name: self._now},
                "additionalProperties": NEVER,
            }
            return
        path, always = segments_of(operation["path"]), not operation.get("if_present")
        match operation["op"]:
            case "move":
                source = segments_of(operation["from"])
                value = self._value(self._now, source, 0)
                if not path:
                    self._now = value if always else {"anyOf": [self._now, value]}
                    return
                self._edit(source[:-1], _without(source[-1]))
                self._edit(path[:-1], self._with(path[-1], value, always))
            case "remove":
                self._edit(path[:-1], _without(path[-1]))
            case "add":
                self._edit(path[:-1], self._with(path[-1], _only(operation["value"]), always=True))
            case _:
                converted = (
                    _text_of(self._value(self._now, path, 0)) if operation["to"] == "string" else _number(operation)
                )
                self._edit(path[:-1], _converting(path[-1], converted))

    def _names(self, node: Schema, depth: int) -> set[str]:
        if isinstance(node, bool) or depth > _DEEPEST_NAMES:
            return set()
        members = node.get("properties", {})
        named = {name for name in members if name != EVERY and members[name] is not False and members[name] != NEVER}
        if isinstance(node.get("items"), dict) and "prefixItems" not in node:
            named.add(EVERY)
        if _FOLLOWED.isdisjoint(node):
            return named
        target = self._target(node)
        parts = [part for word in ("allOf", "anyOf", "oneOf") for part in _subschemas(node, word)]
        for part in [*parts, *([target] if target is not None else [])]:
            named |= self._names(part, depth + 1)
        return named

    def _whole(self, node: Node) -> Schema:
        root: Node = {} if self._dialect is None else {"$schema": self._dialect}
        refers = self._refers and f'"#{_CARRIED}' in json.dumps(node)
        carried = {"$defs": {"was": self._was}} if refers else {}
        return {**root, **node, **carried}

    def _edit(self, segments: tuple[str, ...], edit: Edit) -> None:
        self._now = self._edited(self._now, segments, edit, 0)

    def _edited(self, node: Schema, segments: tuple[str, ...], edit: Edit, depth: int) -> Node:
        """The node with `edit` applied at the place. What holds for both of two conditions holds for both their images."""
        if isinstance(node, bool):
            node = {} if node else NEVER
        if node == NEVER or _only_of_scalars(node):
            return node
        if depth > _DEEPEST:
            return {}
        target = self._target(node)
        if target is not None and self._legacy:
            return self._edited(target, segments, edit, depth + 1)
        plain = {word: value for word, value in node.items() if word not in _DROPPED}
        parts = [self._edited_plain(plain, segments, edit, depth)]
        conditions = [*_subschemas(node, "allOf"), *([target] if target is not None else [])]
        parts += [self._edited(condition, segments, edit, depth + 1) for condition in conditions]
        for word in ("anyOf", "oneOf"):
            cases = _subschemas(node, word)
            if cases:
                parts.append({"anyOf": [self._edited(case, segments, edit, depth + 1) for case in cases]})
        return _all(parts)

    def _edited_plain(self, node: Node, segments: tuple[str, ...], edit: Edit, depth: int) -> Node:
        if not segments:
            return edit(node)
        name, rest = segments[0], segments[1:]
        if not _may_be_a(node, "array" if name == EVERY else "object"):
            return node
        if name == EVERY:
            edited = {**node, "items": node.get("items", {})}
            for word in ("items", "prefixItems", "additionalItems"):
                here = edited.get(word)
                if isinstance(here, list):
                    edited[word] = [self._edited(item, rest, edit, depth + 1) for item in here]
                elif here is not None:
                    edited[word] = self._edited(here, rest, edit, depth + 1)
            return edited
        member = _member(node, name)
        if member == NEVER:
            return node
        return _with_member(node, name, self._edited(member, rest, edit, depth + 1))

    def _value(self, node: Schema, segments: tuple[str, ...], depth: int) -> Node:
        if isinstance(node, bool):
            node = {} if node else NEVER
        if not segments:
            return node
        if node == NEVER or _only_of_scalars(node):
            return NEVER
        if depth > _DEEPEST:
            return {}
        if _FOLLOWED.isdisjoint(node):
            return self._value_in_plain(node, segments, depth)
        target = self._target(node)
        if target is not None and self._legacy:
            return self._value(target, segments, depth + 1)
        parts = [self._value_in_plain(node, segments, depth)]
        conditions = [*_subschemas(node, "allOf"), *([target] if target is not None else [])]
        parts += [self._value(condition, segments, depth + 1) for condition in conditions]
        for word in ("anyOf", "oneOf"):
            cases = [self._value(case, segments, depth + 1) for case in _subschemas(node, word)]
            if cases:
                parts.append(_any(cases))
        return _all(parts)

    def _value_in_plain(self, node: Node, segments: tuple[str, ...], depth: int) -> Node:
        name, rest = segments[0], segments[1:]
        if not _may_be_a(node, "array" if name == EVERY else "object"):
            return NEVER
        if name != EVERY:
            return self._value(_member(node, name), rest, depth + 1)
        items = [node.get("items", {}), *_subschemas(node, "prefixItems")]
        if isinstance(items[0], list):
            items = [*items[0], node.get("additionalItems", {})]
        return _any([self._value(item, rest, depth + 1) for item in items])

    def _with(self, name: str, value: Node, always: bool) -> Edit:
        def edit(node: Node) -> Node:
            if not _may_be_a(node, "object"):
                return node
            before = _member(node, name)
            edited = _with_member(node, name, value if always or before == NEVER else _any([before, value]))
            edited.pop("propertyNames", None)
            if "maxProperties" in edited:
                edited["maxProperties"] += 1
            if always:
                edited["required"] = sorted({*edited.get("required", ()), name})
            return edited

        return edit

    def _target(self, node: Node) -> Schema | None:
        """What a reference leads to; what can't be followed may be anything."""
        reference = node.get("$ref")
        if reference is None:
            return None
        here: Any = {"$defs": {"was": self._was}}
        if not isinstance(reference, str) or not reference.startswith(f"#{_CARRIED}"):
            return {}
        for part in segments_of(reference[1:]):
            if isinstance(here, dict) and part in here:
                here = here[part]
            elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
                here = here[int(part)]
            else:
                return {}
        return here if isinstance(here, dict | bool) else {}


def _without(name: str) -> Edit:
    def edit(node: Node) -> Node:
        if not _may_be_a(node, "object"):
            return node
        edited = {**node, "properties": {**node.get("properties", {}), name: NEVER}}
        if name in node.get("required", ()):
            edited["required"] = [other for other in node["required"] if other != name]
            if not edited["required"]:
                del edited["required"]
        if "minProperties" in edited:
            edited["minProperties"] = max(0, edited["minProperties"] - 1)
        return edited

    return edit


def _converting(name: str, converted: Node) -> Edit:
    def edit(node: Node) -> Node:
        there = _may_be_a(node, "object") and _member(node, name) != NEVER
        return _with_member(node, name, converted) if there else node

    return edit


def _with_member(node: Node, name: str, member: Node) -> Node:
    """The node with this member described; patterns that might describe it, too, go, and what depends on them."""
    edited = {**node, "properties": {**node.get("properties", {}), name: member}}
    if "patternProperties" in edited:
        del edited["patternProperties"]
        edited.pop("additionalProperties", None)
    return edited


def _member(node: Node, name: str) -> Node:
    properties = node.get("properties", {})
    if name in properties:
        found = properties[name]
    elif "patternProperties" in node:
        found = {}
    else:
        found = node.get("additionalProperties", {})
    if isinstance(found, bool):
        return {} if found else NEVER
    member: Node = found
    return member


def _may_be_a(node: Node, kind: str) -> bool:
    stated = node.get("type")
    return stated is None or stated == kind or (isinstance(stated, list) and kind in stated)


def _only_of_scalars(node: Node) -> bool:
    """Whether the node lists its values, and none of them has an inside."""
    values = [node["const"]] if "const" in node else node.get("enum")
    return isinstance(values, list) and not any(isinstance(value, dict | list) for value in values)


def _subschemas(node: Node, word: str) -> list[Schema]:
    found = node.get(word)
    return [sub for sub in found if isinstance(sub, dict | bool)] if isinstance(found, list) else []


def _all(parts: list[Node]) -> Node:
    telling = [part for part in parts if part != {}]
    if NEVER in telling:
        return NEVER
    return {} if not telling else telling[0] if len(telling) == 1 else {"allOf": telling}


def _any(cases: list[Node]) -> Node:
    possible = [case for case in cases if case != NEVER]
    if not possible:
        return NEVER
    return {} if {} in possible else possible[0] if len(possible) == 1 else {"anyOf": possible}


def _only(value: Any) -> Node:
    if value == {} and isinstance(value, dict):
        return {"type": "object", "maxProperties": 0, "additionalProperties": NEVER}
    return {"enum": [value]}


INTEGER_TEXT = "^-?[0-9]+$"
NUMBER_TEXT = r"^-?[0-9]+(\.[0-9]+)?$"
"""Texts that are read as numbers."""
LONGEST_NUMBER = 300
"""Characters: longer ones may be beyond what a machine's number holds."""


def _text_of(value: Node) -> Node:
    """The texts of numbers."""
    if value.get("type") == "integer":
        return {"type": "string", "pattern": "^(0|-?[1-9][0-9]*)$"}
    return {"type": "string", "minLength": 1}


def _number(operation: Mapping[str, Any]) -> Node:
    """The numbers of texts, which are known to be texts of such numbers."""
    return {"type": operation["to"]}


BOUND_TO_PLACE = frozenset(("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveAnchor"))
_DATA = ("const", "enum", "default", "examples")


def is_bound_to_place(schema: Any, *, root: bool = True) -> bool:
    """Whether something in the schema means something else once it stands inside another; its own `$id` apart."""
    if isinstance(schema, list):
        return any(is_bound_to_place(item, root=False) for item in schema)
    if not isinstance(schema, dict):
        return False
    return any(
        (word in BOUND_TO_PLACE and not isinstance(value, dict) and not (root and word == "$id"))
        or (word not in _DATA and is_bound_to_place(value, root=False))
        for word, value in schema.items()
    )
