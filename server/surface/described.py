"""What the members of a published schema mean, as the values say it themselves."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

Described = dict[str, Any]


def described(schema: Described, shape: type[BaseModel]) -> Described:
    """The shape's JSON Schema with a description on every member and word that has a docstring; others stay as they are.

    The docstrings are read from the source only here, as nobody who does not ask for a schema should wait for it.
    """
    kinds = {kind.__name__: kind for kind in _kinds_in(shape)}
    inner = {name: _with_words(node, kinds[name]) for name, node in schema.get("$defs", {}).items() if name in kinds}
    return {**_with_words(schema, shape), **({"$defs": {**schema["$defs"], **inner}} if inner else {})}


def _kinds_in(shape: type[BaseModel]) -> set[type]:
    """The shape, and every value and enumeration that its members are made of."""
    found: set[type] = set()
    waiting: list[Any] = [shape]
    while waiting:
        one = waiting.pop()
        waiting += get_args(one)
        if isinstance(one, type) and issubclass(one, BaseModel | Enum) and one not in found:
            found.add(one)
            waiting += [field.annotation for field in one.model_fields.values()] if issubclass(one, BaseModel) else []
    return found


def _with_words(node: Described, kind: type) -> Described:
    words = _docstrings(kind)
    if issubclass(kind, BaseModel):
        named = {field.alias or name: words.get(name, "") for name, field in kind.model_fields.items()}
        members = {
            name: {**member, "description": named[name]} if named.get(name) else member
            for name, member in node.get("properties", {}).items()
        }
        return {**node, "properties": members}
    told = [f"{name}: {text}" for name, text in words.items()]
    return {**node, "description": " ".join([node.get("description", ""), *told]).strip()}


@cache
def _docstrings(kind: type) -> dict[str, str]:
    """What stands below each member in the source of the kind and of what it inherits from, as one line."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.partition(".")[0] == __name__.partition(".")[0]:
            found.update(_read(base))
    return found


def _read(kind: type) -> Iterator[tuple[str, str]]:
    try:
        source = inspect.getsource(kind)
    except OSError:  # installed without its source: the schema says the same without words
        return
    (definition,) = ast.parse(textwrap.dedent(source)).body
    assert isinstance(definition, ast.ClassDef)
    for member, below in zip(definition.body, definition.body[1:], strict=False):
        targets = member.targets if isinstance(member, ast.Assign) else []
        target = member.target if isinstance(member, ast.AnnAssign) else next(iter(targets), None)
        text = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else None
        if isinstance(target, ast.Name) and isinstance(text, str):
            yield target.id, " ".join(text.split())
