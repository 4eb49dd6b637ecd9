"""The entries of a file, whatever they stand in: a list, lines, a member that holds them, or an object by id or category."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from server.exchange.own_files.members import Members, normal
from server.exchange.own_files.told import Telling
from server.model.base import Json, JsonObject
from server.model.wording import counted


@dataclass(frozen=True)
class Entry:
    """One entry."""

    where: str
    """A JSON Pointer, or a line."""
    value: Json
    name: str = ""
    """The key that it stands under, where entries stand by id or category."""
    among: str = ""
    """The member whose list it is of."""


@dataclass(frozen=True)
class Shape:
    """How a file of one kind holds its entries."""

    lists: Sequence[str]
    """Members that hold them, the surest first; in the form of `normal`."""
    own: Sequence[str]
    """Members by which an object is an entry itself."""
    around: Sequence[str] = ()
    """Members beside the lists that tell of the file as a whole."""


AROUND = tuple(
    "version schema schemaversion system systemid name description generatedat updatedat lastupdated createdat date month "
    "period total count totalcount totalerrors note notes source meta metadata summary comment".split()
)
"""What files tell about themselves."""


SUREST = 4
"""So many names of lists are none of an entry's members."""


@dataclass(frozen=True)
class Line:
    """One value of a file that holds one a line."""

    number: int
    value: Json


def content_of(text: str, telling: Telling) -> Json:
    """The value of a JSON text; of one with a value a line a tuple of Line. None where it is neither, which is told."""
    if not text.strip():
        telling.tell("", "it is empty")
        return None
    try:
        value = json.loads(text)
    except RecursionError:
        telling.tell("", "it is nested too deeply")
        return None
    except ValueError as error:
        lines = _lines(text)
        if lines is None:
            place = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
            telling.tell("", f"it is no JSON{place}")
            return None
    else:
        if value is None:
            telling.tell("", "it holds nothing")
        return value
    for number in lines[1]:
        telling.tell(f"line {number}", "it is no JSON")
    return lines[0]


def entries_of(text: str, shape: Shape, telling: Telling) -> Iterator[Entry]:
    """The entries of the text, in their order; what is none is told."""
    content = content_of(text, telling)
    if content is not None:
        yield from entries_in(content, shape, telling)


def entries_in(content: Json, shape: Shape, telling: Telling, where: str = "", among: str = "") -> Iterator[Entry]:
    """The entries of a value that stands at `where`."""
    if isinstance(content, tuple):
        for line in content:
            yield from _of_line(line, shape, telling)
    elif isinstance(content, list):
        for position, value in enumerate(content):
            yield Entry(f"{where}/{position}", value, among=among)
    elif not isinstance(content, dict):
        telling.tell(where, "it is neither a list nor an object")
    elif _is_entry(content, shape):
        yield Entry(where, content, among=among)
    elif found := [key for key in content if normal(key) in shape.lists]:
        for key in found:
            yield from _below(content[key], shape, telling, f"{where}/{key}", normal(key))
        _tell_others(content, found, shape, telling, where)
    else:
        yield from _by_name(content, shape, telling, where, among)


def _is_entry(content: JsonObject, shape: Shape) -> bool:
    """Whether an object is an entry, and not what holds them: the surest names of lists tell that, where they hold any."""
    members = Members(content)
    holds = any(isinstance(members.first((name,)), list | dict) for name in shape.lists[:SUREST])
    return not holds and any(name in members for name in shape.own)


def _of_line(line: Line, shape: Shape, telling: Telling) -> Iterator[Entry]:
    where = f"line {line.number}"
    if isinstance(line.value, dict) and any(normal(key) in shape.lists for key in line.value):
        yield from entries_in(line.value, shape, telling, where)
    else:
        yield Entry(where, line.value)


def _below(value: Json, shape: Shape, telling: Telling, where: str, among: str) -> Iterator[Entry]:
    if isinstance(value, dict) and not _is_entry(value, shape):
        yield from _by_name(value, shape, telling, where, among)
    elif value is not None:
        yield from entries_in(value, shape, telling, where, among)


def _by_name(content: JsonObject, shape: Shape, telling: Telling, where: str, among: str) -> Iterator[Entry]:
    """An object by id or category: of each key its entry, or its entries."""
    for key, value in content.items():
        place = f"{where}/{key}"
        if isinstance(value, list) and any(isinstance(one, dict) for one in value):
            for position, one in enumerate(value):
                yield Entry(f"{place}/{position}", one, key, among)
        elif isinstance(value, dict | list) or normal(key) not in (*AROUND, *shape.around):
            yield Entry(place, value, key, among)


def _tell_others(content: JsonObject, read: Sequence[str], shape: Shape, telling: Telling, where: str) -> None:
    for key, value in content.items():
        if key in read or normal(key) in (*AROUND, *shape.around) or value in (None, "", [], {}):
            continue
        if isinstance(value, dict | list):
            telling.tell(
                f"{where}/{key}", f"{counted(len(value), 'entry', 'entries')} of a kind that is not known here"
            )
        else:
            telling.ignored.add(key)


def _lines(text: str) -> tuple[tuple[Line, ...], list[int]] | None:
    """The values of a text with one a line, and the numbers of the lines that hold none; None where hardly any does."""
    read: list[Line] = []
    bad: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        value = _value(line)
        if isinstance(value, dict | list):
            read.append(Line(number, value))
        else:
            bad.append(number)
        if len(bad) > 20 and not read:
            return None
    return (tuple(read), bad) if any(isinstance(one.value, dict) for one in read) else None


def _value(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
