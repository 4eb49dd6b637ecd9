"""A draft of a call's arguments while it is being understood, and what its validation finds wrong with it."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from server.surface.arguments import Arguments, Members, Shape

Path = tuple[str | int, ...]

ABSENT: Any = object()
"""Stands where a path leads nowhere."""


@dataclass(frozen=True)
class Fault:
    """One thing that validation found wrong."""

    kind: str
    """pydantic's name for it: `string_type`, `extra_forbidden`, …"""
    path: Path
    message: str
    context: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The member that is wrong."""
        return str(self.path[-1]) if self.path else ""


@dataclass
class Draft:
    """The arguments as they came, on their way to what was meant. Rules change `tree`, and say so in `notes`."""

    tool: str
    arguments: type[Arguments]
    tree: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    lifted: bool = False
    """A member from the top level was taken into the object that it belongs to."""
    strict: bool = True
    """Nothing is converted silently; false where somebody else reads the values, and the shapes alone matter."""

    def copy(self) -> "Draft":
        """A draft of its own, to try something on."""
        return Draft(self.tool, self.arguments, copy.deepcopy(self.tree), list(self.notes), self.lifted, self.strict)

    def at(self, path: Path) -> Any:
        """The value at the path, or ABSENT."""
        value: Any = self.tree
        for step in path:
            value = _member(value, step)
            if value is ABSENT:
                return ABSENT
        return value

    def put(self, path: Path, value: Any) -> None:
        """The value stands at the path; what holds it is there already."""
        self.at(path[:-1])[path[-1]] = value

    def drop(self, path: Path) -> Any:
        """The member is gone; the result is what it was."""
        return self.at(path[:-1]).pop(path[-1])

    def rename(self, path: Path, name: str) -> None:
        """The member goes by another name, at its old place in the order."""
        holder = self.at(path[:-1])
        items = [(name if key == path[-1] else key, value) for key, value in holder.items()]
        holder.clear()
        holder.update(items)

    def faults(self) -> tuple[Fault, ...]:
        """What validation finds wrong, the paths being those of the tree; empty = nothing."""
        try:
            self.validated()
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)[:1_000]
            return tuple(
                Fault(one["type"], self._real_path(one["loc"], one["type"]), one["msg"], one.get("ctx", {}))
                for one in found
            )
        return ()

    def validated(self) -> Arguments:
        """The arguments as a value: nothing is converted silently, since all conversions are rules that leave a note.

        Raises pydantic's ValidationError.
        """
        return self.arguments.model_validate_json(json.dumps(self.tree, ensure_ascii=False), strict=self.strict)

    def names_at(self, path: Path) -> tuple[str, ...]:
        """The members that an object at the path may have; empty where that is open or unknown."""
        models = models_within(self.arguments, path)
        return tuple(name for model in models for name in model.model_fields)

    def _real_path(self, location: tuple[int | str, ...], kind: str) -> Path:
        """pydantic's location without the names of union branches and validators that it puts in between."""
        path: Path = ()
        for number, step in enumerate(location):
            is_last = number == len(location) - 1
            if self.at((*path, step)) is not ABSENT or (kind == "missing" and is_last):
                path = (*path, step)
        return path


def _member(value: Any, step: str | int) -> Any:
    if isinstance(value, dict) and isinstance(step, str):
        return value.get(step, ABSENT)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return ABSENT


def members_of(arguments: type[Arguments], name: str) -> tuple[str, ...]:
    """The members of the object, or of each object of the list, that the argument takes."""
    listed = next((mark for mark in arguments.model_fields[name].metadata if isinstance(mark, Members)), None)
    shape = shape_of(arguments, name)
    models = [*models_of(arguments.model_fields[name].annotation), *([shape.model] if shape else [])]
    declared = tuple(field for model in models for field in model.model_fields)
    return tuple(dict.fromkeys((*(listed.members if listed else ()), *declared)))


def shape_of(arguments: type[Arguments], name: str) -> Shape | None:
    """What the open object that the argument takes will be made into, if that is known."""
    return next((mark for mark in arguments.model_fields[name].metadata if isinstance(mark, Shape)), None)


def takes_list(arguments: type[Arguments], name: str) -> bool:
    """Whether the argument is a list."""
    return any(get_origin(part) in (list, tuple) for part in _parts(arguments.model_fields[name].annotation))


def models_within(model: type[BaseModel], path: Path) -> list[type[BaseModel]]:
    """The models that may stand at the path, seen from an object of the model."""
    if not path:
        return [model]
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return models_within(model, rest)
    if step not in model.model_fields:
        return []
    while rest and isinstance(rest[0], int):
        rest = rest[1:]
    return [found for inner in models_of(model.model_fields[step].annotation) for found in models_within(inner, rest)]


def models_of(annotation: Any) -> list[type[BaseModel]]:
    """The models in the annotation, through Optional, Annotated, lists and tuples."""
    found: list[type[BaseModel]] = []
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            found.append(part)
        elif get_origin(part) in (list, tuple):
            found += [model for inner in get_args(part) for model in models_of(inner)]
    return found


def _parts(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _parts(get_args(annotation)[0])
    if origin is Union or origin is UnionType:
        return [part for one in get_args(annotation) for part in _parts(one)]
    return [annotation]
