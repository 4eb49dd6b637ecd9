"""What an entry asks of data, made ready: the whole document, its items, and which kinds of values each member may have. Pure."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from server.registry.validation.breaks import Breaks, Found, Unclear, names_in
from server.registry.validation.engine import Judge

Schema = dict[str, Any] | bool


@dataclass(frozen=True)
class Terms:
    """What one side's entry asks of the data."""

    schema: Schema
    of_items: bool = False
    """Whether it speaks of the items of a document that is a list."""
    of_either: bool = False
    """Whether it says neither, so that it is of the items where the document is a list."""
    unusable: str = ""
    """Why it can't be used; empty where it can."""


_OF_LISTS = frozenset(("$schema", "title", "description", "$comment", "$defs", "definitions", "type", "items"))
_COUNTING = ("minItems", "maxItems")
_REFERENCES = 20


@dataclass
class Ready:
    """The terms with their engines, each made when it is first needed. Raises Unclear where they can't be used."""

    terms: Terms
    found: Found
    fast: bool = True
    names: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = names_in(self.terms.schema)

    def breaks(self) -> Breaks:
        """An empty count of errors that knows the names in the schema."""
        return Breaks(self.names)

    @cached_property
    def whole(self) -> Judge:
        """Of the document as a whole."""
        return self._judge(self.terms.schema)

    @cached_property
    def record_schema(self) -> Schema:
        """What is asked of each record of a source that is a list of them by nature."""
        if self.terms.of_items or not _of_a_list(self.terms.schema):
            return self.terms.schema
        split = _item_of(self.terms.schema)
        return self.terms.schema if split is None else split

    @cached_property
    def record(self) -> Judge:
        """Of each record."""
        return self._judge(self.record_schema)

    def _judge(self, schema: Schema) -> Judge:
        if self.terms.unusable:
            raise Unclear(self.terms.unusable)
        return Judge(schema, found=self.found, fast=self.fast)

    @property
    def of_a_list(self) -> bool:
        """Whether the terms describe a document that is a list."""
        return _of_a_list(self.terms.schema)

    def splits(self, document: Any) -> bool:
        """Whether the document is judged item by item."""
        if not isinstance(document, list):
            return False
        if self.terms.of_items or (self.terms.of_either and not _of_a_list(self.terms.schema)):
            return True
        return _of_a_list(self.terms.schema) and _item_of(self.terms.schema) is not None

    def counted(self) -> dict[str, Any]:
        """How many items a list has to have, by keyword."""
        schema = self.terms.schema
        if self.terms.of_items or not _of_a_list(schema) or not isinstance(schema, dict):
            return {}
        return {word: schema[word] for word in _COUNTING if isinstance(schema.get(word), int | float)}

    @cached_property
    def kinds(self) -> dict[str, frozenset[str]]:
        """The types that each member of a record may have, as far as the schema says so plainly."""
        root = self.record_schema
        shape = _followed(root, root)
        if not isinstance(shape, dict) or not isinstance(shape.get("properties"), dict):
            return {}
        return {name: frozenset(_kinds(root, one)) for name, one in shape["properties"].items()}

    @cached_property
    def required(self) -> list[str]:
        """The members that every record has to have, as far as the schema says so plainly; sorted."""
        return sorted(_required(self.record_schema, self.record_schema, _REFERENCES))


def counts_as(kind: str, asked: frozenset[str]) -> bool:
    """Whether a value of this kind may be one that is asked for; exact and other numbers are not told apart."""
    return kind in asked or (kind == "integer" and "number" in asked) or (kind == "number" and "integer" in asked)


def _required(root: Schema, schema: Any, depth: int) -> set[str]:
    schema = _followed(root, schema)
    if not isinstance(schema, dict) or not depth:
        return set()
    stated, all_of = schema.get("required"), schema.get("allOf")
    names = {name for name in stated if isinstance(name, str)} if isinstance(stated, list) else set()
    for one in all_of if isinstance(all_of, list) else ():
        names |= _required(root, one, depth - 1)
    return names


def _of_a_list(schema: Schema) -> bool:
    return isinstance(schema, dict) and schema.get("type") in ("array", ["array"])


def _item_of(schema: Schema) -> Schema | None:
    """What a list's schema says of each item, where it says nothing else but how many there are."""
    if not isinstance(schema, dict) or not schema.keys() <= {*_OF_LISTS, *_COUNTING}:
        return None
    items = schema.get("items", True)
    if isinstance(items, bool):
        return items
    if not isinstance(items, dict) or _refers_above(items):
        return None
    shared = {word: schema[word] for word in ("$schema", "$defs", "definitions") if word in schema}
    if set(shared).intersection(items) - {"$schema"}:
        return None
    return {**shared, **items}


def _refers_above(items: Any) -> bool:
    """Whether a reference leads to the list itself or to its items."""
    pending = [items]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            target = one.get("$ref")
            if "$id" in one or (isinstance(target, str) and not target.startswith(("#/$defs/", "#/definitions/"))):
                return True
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return False


def _followed(root: Schema, schema: Any) -> Any:
    for _ in range(_REFERENCES):
        target = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(target, str) or not target.startswith("#/") or not isinstance(root, dict):
            break
        found: Any = root
        for part in target[2:].split("/"):
            found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        if found is None:
            break
        schema = found
    return schema


def _kinds(root: Schema, schema: Any) -> set[str]:
    schema = _followed(root, schema)
    if not isinstance(schema, dict):
        return set()
    stated = schema.get("type")
    kinds = {stated} if isinstance(stated, str) else {one for one in stated or () if isinstance(one, str)}
    if not kinds:
        for value in schema.get("enum", [schema["const"]] if "const" in schema else []):
            kinds.add(_KIND_OF.get(type(value), "object"))
        for word in ("anyOf", "oneOf"):
            for one in schema.get(word, ()) if isinstance(schema.get(word), list) else ():
                kinds |= _kinds(root, one)
    return kinds


_KIND_OF: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    list: "array",
}
