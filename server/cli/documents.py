"""Reading the files that a command is given: bad ones are refused with the place where they are wrong."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

from server.errors import InvalidArgument, NotFound
from server.model.base import Json, JsonObject


def read_text(name: str) -> str:
    """The text of a file; `-` is standard input."""
    try:
        return sys.stdin.read() if name == "-" else Path(name).expanduser().read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {name}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidArgument(f"{name} can't be read: {error}.") from error


def read_lines(name: str) -> Iterator[str]:
    """The lines of a file one by one, as they come; `-` is standard input."""
    try:
        with nullcontext(sys.stdin) if name == "-" else Path(name).expanduser().open(encoding="utf-8-sig") as lines:
            yield from lines
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {name}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidArgument(f"{name} can't be read: {error}.") from error


def read_json(name: str) -> Json:
    """The JSON document in a file; `-` is standard input."""
    return parse_json(read_text(name), name)


def parse_json(text: str, name: str) -> Json:
    """The JSON document that a text is; `name` says in an error where it came from."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidArgument(
            f"{name} is no JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InvalidArgument(f"{name} is no JSON that can be used: {reason}.") from error


def read_schema(name: str) -> JsonObject | bool:
    """The JSON Schema in a file: an object, or true or false."""
    return as_schema(read_json(name), name)


def as_schema(document: Json, name: str) -> JsonObject | bool:
    """The document, which must be a JSON Schema; `name` says in an error where it came from."""
    if isinstance(document, dict | bool):
        return document
    raise InvalidArgument(
        f"{name} is no JSON Schema.",
        hint="A schema is a JSON object, or true or false; draft 2020-12 unless `$schema` names another.",
    )


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")
