"""What is wrong with data, and how equal errors become one line. Pure."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from server.model.base import Json
from server.model.validation import Violation

MOST_LINES = 50
"""Violations that are kept of one look."""
MOST_KINDS = 2_000
"""Different errors that are told apart in one look; more are counted together."""
LONGEST_EXAMPLE = 120
"""Characters of a text that an example shows."""


Found = Callable[[str, str], bool]
"""Whether a pattern is found in a text, in bounded time. Raises Unclear."""


class Unclear(Exception):
    """The schema can't be used to validate, or not this value; the message says why."""


class Break(NamedTuple):
    """One place at which a value is not what the schema asks for."""

    path: tuple[str | int, ...]
    keyword: str
    value: Json
    """What stands there; for a missing member, the object that lacks it."""
    wanted: Json
    """What the keyword says."""


class Breaks:
    """Errors as they come, counted by what they have in common: the place, list positions and data keys aside, and the keyword."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        """`named` are the members that the schema knows; any other name in a path is data, and stands as `*`."""
        self._named = frozenset(named)
        self._found: dict[tuple[tuple[str, ...], str], list[Any]] = {}
        self.total = 0

    def add(self, found: Break, at: str = "") -> None:
        """The error is counted; the first of its kind is the example. `at` says in what file or row."""
        self.total += 1
        key = (tuple(self._place(part) for part in found.path), found.keyword)
        known = self._found.get(key)
        if known is not None:
            known[0] += 1
        elif len(self._found) < MOST_KINDS:
            self._found[key] = [1, found, at]
        else:
            self._found.setdefault((("*",), "more"), [0, Break((), "more", None, None), ""])[0] += 1

    def say(self, keyword: str, message: str, *, at: str = "", example: Json = None) -> None:
        """Something is wrong that no schema speaks of, such as a line that can't be read."""
        self.add(Break((), keyword, example, message), at)

    def lines(self) -> tuple[Violation, ...]:
        """One line for all equal errors, the most frequent first."""
        order = sorted(self._found.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple(
            Violation(
                path=_shortened(pointer(place), 1_000),
                keyword=keyword[:200],
                count=count,
                message=_shortened(_message(found), 1_000),
                example=shown(found.value, place[-1] if place else ""),
                at=_shortened(" ".join(filter(None, (at, _SECRET.sub("(left out)", pointer(found.path))))), 1_000),
            )
            for (place, keyword), (count, found, at) in order[:MOST_LINES]
        )

    def _place(self, part: str | int) -> str:
        return part if isinstance(part, str) and part in self._named else "*"


def names_in(schema: Any) -> set[str]:
    """Every member that the schema speaks of by name."""
    names: set[str] = set()
    pending = [schema]
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if not isinstance(one, dict | list) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, list):
            pending += one
            continue
        if isinstance(one.get("properties"), dict):
            names.update(one["properties"])
        if isinstance(one.get("required"), list):
            names.update(name for name in one["required"] if isinstance(name, str))
        pending += one.values()
    return names


def pointer(path: Iterable[str | int]) -> str:
    """The JSON Pointer of a place."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def shown(value: Json, member: str = "") -> Json:
    """The value as an example may show it: short, and without what looks like a secret."""
    if _SECRET_NAME.search(member):
        return "(left out)"
    if isinstance(value, str):
        return _shortened(_SECRET.sub("(left out)", value), LONGEST_EXAMPLE)
    if isinstance(value, dict):
        return {
            _shortened(str(name), 60): shown(inner, str(name)) if not isinstance(inner, dict | list) else "…"
            for name, inner in list(value.items())[:8]
        }
    if isinstance(value, list):
        return [shown(inner) if not isinstance(inner, dict | list) else "…" for inner in value[:5]]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


_SECRET_NAME = re.compile(r"(?i)passw|secret|token|api_?key|credential|authorization|private_?key")
_SECRET = re.compile(
    r"(?i)\b(?:sk|pk|ghp|gho|ghs|xox[abprs]|glpat|AKIA|ASIA|eyJ)[-_A-Za-z0-9.]{12,}|(?<=://)[^/@\s]+:[^/@\s]+(?=@)"
)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _message(found: Break) -> str:
    """The error in words; the same whichever engine found it."""
    wanted, value = found.wanted, found.value
    match found.keyword:
        case "type":
            names = wanted if isinstance(wanted, list) else [wanted]
            return f"{_kind(value)} where {' or '.join(map(str, names))} is asked for"
        case "required":
            return f"the member {json.dumps(found.path[-1] if found.path else '', ensure_ascii=False)} is missing"
        case "additionalProperties" | "unevaluatedProperties":
            return "a member that the schema does not allow"
        case "enum":
            return f"not one of {_brief(wanted)}"
        case "const":
            return f"not {_brief(wanted)}"
        case "false":
            return "nothing is allowed here"
        case "more":
            return "more kinds of errors than are told apart"
        case keyword if isinstance(wanted, int | float | str) and keyword in _IN_WORDS:
            return _IN_WORDS[keyword].format(wanted)
        case keyword if keyword in _OF_READING:
            return str(wanted)
        case keyword:
            return f"not what `{keyword}` asks for"


_IN_WORDS = {
    "minimum": "less than {}",
    "maximum": "more than {}",
    "exclusiveMinimum": "not more than {}",
    "exclusiveMaximum": "not less than {}",
    "minLength": "shorter than {} characters",
    "maxLength": "longer than {} characters",
    "minItems": "fewer than {} items",
    "maxItems": "more than {} items",
    "minProperties": "fewer than {} members",
    "maxProperties": "more than {} members",
    "multipleOf": "no multiple of {}",
    "pattern": "does not match {}",
}
_OF_READING = ("read", "line", "header", "encoding", "record", "column")


def _brief(value: Json) -> str:
    return _shortened(json.dumps(value, ensure_ascii=False, default=str), 200)


def _kind(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list():
            return "array"
        case _:
            return "object"
