"""Whether a consumer reads a place of the document (CON-13).

Places are compared without a leading `*` or number: a path into the items of a list and one into a single item, of
which a contract may speak either way, are then the same place.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from server.conflicts.agreements import Agreement
from server.conflicts.schemas import Schema, read_terms
from server.model.contract import Contract, ContractType, ReadPath, pointer_to

Place = tuple[str, ...]
"""The segments of a JSON Pointer; `*` stands for any."""


class Reading(IntEnum):
    """How much a consumer relies on a place; the more, the higher."""

    NOT_READ = 0
    OPTIONAL = 1
    UNDECLARED = 2
    """It never said what it reads, so that it may read anything."""
    NEEDED = 3


def place_of(path: str) -> Place:
    """The place that a path speaks of, whether it was written as a pointer or as a bare name."""
    pointer = pointer_to(path.strip())
    segments = [part.replace("~1", "/").replace("~0", "~") for part in pointer.lstrip("/").split("/")]
    segments = [] if segments == [""] else segments
    while segments and (segments[0] == "*" or segments[0].isdecimal()):
        segments = segments[1:]
    return tuple(segments)


def same_place(one: Place, other: Place) -> bool:
    """Whether both speak of the same values, as far as wildcards let them."""
    return len(one) == len(other) and _along(one, other)


def touches(one: Place, other: Place) -> bool:
    """Whether one of them is the other, holds it, or lies in it."""
    return _along(one, other)


def reading_of(agreement: Agreement, place: Place) -> Reading:
    """How much this consumer relies on the place: by its own entries, else by its writer's for it.

    An entry that says what something means where the consumer holds it is a reading too.
    """
    found = [
        Reading.NEEDED
        for entry in agreement.consumer_entries
        for meaning in entry.semantics
        if touches(place_of(meaning.path), place)
    ]
    for entries in (agreement.consumer_entries, agreement.producer_entries):
        said = [reading for entry in entries if (reading := _read_by(entry, place)) is not None]
        if said:
            found += said
            break
    reading = max(found, default=Reading.UNDECLARED)
    return Reading.OPTIONAL if reading is Reading.NEEDED and not agreement.required else reading


def _along(one: Place, other: Place) -> bool:
    return all(mine == theirs or "*" in (mine, theirs) for mine, theirs in zip(one, other, strict=False))


def _read_by(entry: Contract, place: Place) -> Reading | None:
    """What the entry says of the place; None where it does not say what is read."""
    stated = read_terms(entry.terms)
    if entry.reader_schema is not None:
        return _in_schema(entry.reader_schema, place)
    if entry.reads is not None:
        return _in_paths(entry.reads, place)
    if stated is None:
        return None
    if stated.fields is not None:
        return Reading.NEEDED if any(touches((name,), place) for name in stated.fields) else Reading.NOT_READ
    return _in_schema(stated.schema, place) if entry.type is ContractType.CONSUMER else None


def _in_paths(reads: Iterable[ReadPath], place: Place) -> Reading:
    found = [
        Reading.NEEDED if read.required else Reading.OPTIONAL for read in reads if touches(place_of(read.path), place)
    ]
    return max(found, default=Reading.NOT_READ)


def _in_schema(schema: Schema, place: Place) -> Reading:
    """Whether the schema names the place; what names no part of itself is read as a whole."""
    found = [Reading.NOT_READ]
    todo: list[tuple[Any, Place, Reading]] = [(schema, place, Reading.NEEDED)]
    seen: set[tuple[int, Place, Reading]] = set()
    while todo:
        at, rest, need = todo.pop()
        if at is False or (id(at), rest, need) in seen:
            continue
        seen.add((id(at), rest, need))
        group = _together(schema, at)
        if any(node is _ELSEWHERE for node in group):
            found.append(Reading.UNDECLARED)
        items = [item for node in group for item in _items(node)]
        members = [member for node in group for member in _members(node)]
        if not rest or not (items or members):
            found.append(Reading.UNDECLARED if at is schema and rest else need)
        else:  # a list counts as its items, with and without a segment that says so
            todo += [(item, rest[1:] if _is_any(rest[0]) else rest, need) for item in items]
        if rest:
            required = {name for node in group for name in _list(node.get("required")) if isinstance(name, str)}
            named = {name for name, _ in members}
            for name, member in members:
                if rest[0] in (name, "*") or (name is None and rest[0] not in named):
                    inner = need if name in required else Reading.OPTIONAL
                    todo.append((member, rest[1:], inner))
    return max(found)


_ELSEWHERE: dict[str, Any] = {"$comment": "not known"}
"""Stands for what a reference leads to where that can't be told."""


def _is_any(segment: str) -> bool:
    return segment == "*" or segment.isdecimal()


def _together(root: Schema, at: Any) -> list[dict[str, Any]]:
    """The schema with everything that speaks of the same value: alternatives, conjunctions, references."""
    group: dict[int, dict[str, Any]] = {}
    todo = [at]
    while todo:
        node = todo.pop()
        if not isinstance(node, dict) or id(node) in group:
            continue
        group[id(node)] = node
        todo += [part for word in ("allOf", "anyOf", "oneOf") for part in _list(node.get(word))]
        todo += [node[word] for word in ("if", "then", "else") if word in node]
        todo += [_referred(root, node[word]) for word in ("$ref", "$dynamicRef", "$recursiveRef") if word in node]
    return list(group.values())


def _items(node: dict[str, Any]) -> list[Any]:
    lists = [*_list(node.get("prefixItems")), *_list(node.get("items"))]
    return lists + [node[word] for word in ("items", "contains", "additionalItems") if isinstance(node.get(word), dict)]


def _members(node: dict[str, Any]) -> list[tuple[str | None, Any]]:
    """(name, schema) of every member that is read; without a name where a pattern or a rest stands for it."""
    properties = node.get("properties")
    named: dict[str, Any] = dict(properties) if isinstance(properties, dict) else {}
    named |= {name: True for name in _list(node.get("required")) if isinstance(name, str) and name not in named}
    patterns = node.get("patternProperties")
    others = list(patterns.values()) if isinstance(patterns, dict) else []
    others += [node["additionalProperties"]] if isinstance(node.get("additionalProperties"), dict) else []
    return [*named.items(), *((None, sub) for sub in others)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _referred(root: Schema, reference: Any) -> Any:
    """What a local pointer leads to."""
    if reference != "#" and not str(reference).startswith("#/"):
        return _ELSEWHERE
    here: Any = root
    for segment in str(reference).split("/")[1:]:
        name = segment.replace("~1", "/").replace("~0", "~")
        here = here.get(name) if isinstance(here, dict) else None
    return _ELSEWHERE if here is None else here
