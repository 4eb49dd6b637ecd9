"""What no call may exceed, whatever the tool: size, depth, and the few values that JSON libraries disagree about."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from server.errors import InvalidArgument, TooLarge

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Bounds:
    """How large the arguments of one call may be."""

    call_bytes: int = 5 * MEGABYTE
    """Of the whole call, as UTF-8 JSON."""
    string_bytes: int = MEGABYTE
    """Of one text."""
    items: int = 100_000
    """Of one list or object."""
    depth: int = 64
    """Levels of objects and lists within each other."""


LARGEST_NUMBER_DIGITS = 308
"""What a double can hold; readers of JSON disagree beyond."""

_LONG_NUMBER = re.compile(rb"\d{%d}" % (LARGEST_NUMBER_DIGITS + 1))


def pointer(path: tuple[str | int, ...]) -> str:
    """The path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def check_bounds(arguments: Any, bounds: Bounds) -> bytes:
    """The arguments as UTF-8 JSON, once they are found to be within bounds.

    Raises TooLarge or InvalidArgument with the place of what is not: too many bytes, levels or items, a number that is not
    finite or too long, a lone surrogate, a NUL character, or a value that JSON does not have.
    """
    encoded = _encoded(arguments) if _is_shallow(arguments, bounds) else None
    if encoded is None or len(encoded) > bounds.string_bytes or b"\\u0000" in encoded or _LONG_NUMBER.search(encoded):
        # The quick look can't tell where, or whether at all: this one can.
        for path, value in _walk(arguments, bounds):
            _check_value(path, value, bounds)
    if encoded is None:
        raise InvalidArgument("The arguments are no JSON value.")
    if len(encoded) > bounds.call_bytes:
        raise TooLarge(
            f"The call has {len(encoded):,} bytes; at most {bounds.call_bytes:,} are accepted.",
            hint="Send it in several calls, or name a file instead of its content.",
        )
    return encoded


def brought_within(value: Any, bounds: Bounds, level: int = 0) -> Any:
    """The value with words in the place of each single value in it that no call may hold, so that whoever judges its parts
    one by one can refuse that part alone. A NUL in a text becomes U+FFFD.
    """
    if isinstance(value, dict | list | tuple) and (level >= bounds.depth // 2 or len(value) > bounds.items):
        return "(nested too deep)" if level >= bounds.depth // 2 else "(too many members)"
    match value:
        case dict():
            return {
                brought_within(str(key), bounds): brought_within(one, bounds, level + 1) for key, one in value.items()
            }
        case list() | tuple():
            return [brought_within(one, bounds, level + 1) for one in value]
        case str():
            value = value[: bounds.string_bytes // 4].replace("\0", "\ufffd")
    try:
        _check_value((), value, bounds)
    except InvalidArgument as error:
        return f"({error.message.removeprefix('The call is ').rstrip('.')})"
    return value


def _is_shallow(arguments: Any, bounds: Bounds) -> bool:
    level = [arguments]
    for _ in range(bounds.depth):
        if any(len(container) > bounds.items for container in level):
            return False
        level = [
            value
            for container in level
            for value in (container.values() if isinstance(container, dict) else container)
            if isinstance(value, (dict, list, tuple))
        ]
        if not level:
            return True
    return False


def _encoded(arguments: Any) -> bytes | None:
    try:
        return json.dumps(arguments, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (ValueError, TypeError):
        return None


def _walk(arguments: Any, bounds: Bounds) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value that is no container, with its path; level by level, so that no depth can exhaust the stack."""
    level: list[tuple[tuple[str | int, ...], Any]] = [((), arguments)]
    for _ in range(bounds.depth):
        below: list[tuple[tuple[str | int, ...], Any]] = []
        for path, container in level:
            members = container.items() if isinstance(container, dict) else enumerate(container)
            if len(container) > bounds.items:
                raise TooLarge(
                    f"{_place(path)} has {len(container):,} members; at most {bounds.items:,} are accepted.",
                    path=pointer(path),
                    hint="Send them in several calls.",
                )
            for key, value in members:
                if isinstance(key, str):
                    _check_value((*path, key), key, bounds)
                if isinstance(value, (dict, list, tuple)):
                    below.append(((*path, key), value))
                else:
                    yield (*path, key), value
        if not below:
            return
        level = below
    path = level[0][0]
    raise TooLarge(
        f"The arguments are nested deeper than {bounds.depth} levels.",
        path=pointer(path[:4]),
        hint="Flatten the document, or refer to repeated parts with $defs and a local $ref.",
    )


def _check_value(path: tuple[str | int, ...], value: Any, bounds: Bounds) -> None:
    match value:
        case None | bool():
            pass
        case str():
            _check_text(path, value, bounds)
        case int():
            if value.bit_length() > 1024:
                raise InvalidArgument(
                    f"{_place(path)} is a number with more than {LARGEST_NUMBER_DIGITS} digits.",
                    path=pointer(path),
                    hint="Send it as text.",
                )
        case float():
            if not math.isfinite(value):
                raise InvalidArgument(
                    f"{_place(path)} is {value}, which JSON does not have.",
                    path=pointer(path),
                    hint="Leave it out, or send null.",
                )
        case _:
            raise InvalidArgument(f"{_place(path)} is no JSON value.", path=pointer(path))


def _check_text(path: tuple[str | int, ...], text: str, bounds: Bounds) -> None:
    if len(text) > bounds.string_bytes:
        raise TooLarge(
            f"{_place(path)} has {len(text):,} characters; at most {bounds.string_bytes:,} are accepted.",
            path=pointer(path[:8])[:500],
            hint="Shorten it, or name a file instead of its content.",
        )
    if "\0" in text:
        raise InvalidArgument(
            f"{_place(path)} contains a NUL character.",
            path=visible(pointer(path)),
            hint="Remove the character U+0000.",
        )
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidArgument(
                f"{_place(path)} contains half of a surrogate pair, which is no text.",
                path=visible(pointer(path)),
                hint="Send the whole character, or leave it out.",
            ) from error


def _place(path: tuple[str | int, ...]) -> str:
    where = visible(pointer(path))
    return f"The value at {where[:120]}" if where else "The call"


def visible(text: str) -> str:
    """The text with everything that does not print written as an escape: it can stand in a line, and be encoded."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
