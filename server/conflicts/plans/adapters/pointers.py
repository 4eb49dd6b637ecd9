"""JSON Pointers in which `*` stands for every item of a list."""

from server.conflicts.schemas import Schema

EVERY = "*"


def segments_of(pointer: str) -> tuple[str, ...]:
    """The names on the way, unescaped; none for the whole document."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def pointer_of(segments: tuple[str, ...]) -> str:
    """The pointer with these names on its way."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in segments)


def list_of(segments: tuple[str, ...]) -> tuple[str, ...]:
    """The way to the innermost list, `*` included; empty outside of all lists."""
    last = max((position for position, part in enumerate(segments) if part == EVERY), default=-1)
    return segments[: last + 1]


def document_with(segments: tuple[str, ...], there: Schema) -> Schema:
    """The schema of all documents in which the place is present, and holds what `there` describes."""
    for part in reversed(segments):
        member: Schema = {"type": "object", "required": [part], "properties": {part: there}}
        there = {"type": "array", "items": there} if part == EVERY else member
    return there
