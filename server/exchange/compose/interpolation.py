"""Variables in compose and env files: `$X`, `${X}`, defaults, errors and alternatives, nested to any depth.

The forms are those of the compose specification, "Interpolation".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")
DEEPEST = 20
"""Levels of `${A:-${B:-…}}` that are followed."""
LONGEST = 200_000
"""Characters that one value may have once its variables are filled in."""


class Malformed(ValueError):
    """A `$` that starts no variable."""


@dataclass
class Interpolation:
    """What is known while variables are filled in, and what was missing."""

    variables: Mapping[str, str]
    unset: dict[str, None] = field(default_factory=dict)
    """Variables without a value and without a default, read as empty."""
    demanded: dict[str, str] = field(default_factory=dict)
    """Variables that `${X:?message}` demands and nobody sets, with the message."""

    def fill(self, text: str) -> str:
        """The text with every variable replaced by its value; `$$` stands for `$`.

        Raises Malformed where a `$` starts no variable, or the result is too long.
        """
        if "$" not in text:
            return text
        return self._until(text, 0, closing=False, depth=0)[0]

    def _until(self, text: str, start: int, *, closing: bool, depth: int) -> tuple[str, int]:
        """The text from `start` filled in, up to its end or the `}` that closes it, and where that is."""
        if depth > DEEPEST:
            raise Malformed(f"variables nested more than {DEEPEST} levels deep")
        parts: list[str] = []
        size = 0
        position = start
        while position < len(text):
            if closing and text[position] == "}":
                break
            if text[position] != "$":
                stop = _next_mark(text, position, closing=closing)
                piece, position = text[position:stop], stop
            else:
                piece, position = self._variable(text, position, depth)
            parts.append(piece)
            size += len(piece)
            if size > LONGEST:
                raise Malformed(f"a value of more than {LONGEST:,} characters")
        return "".join(parts), position

    def _variable(self, text: str, start: int, depth: int) -> tuple[str, int]:
        following = text[start + 1 : start + 2]
        if following == "$":
            return "$", start + 2
        if following != "{":
            name = _NAME.match(text, start + 1)
            if name is None:
                raise Malformed("a $ that starts no variable (a plain one is written $$)")
            return self._value(name.group()), name.end()
        name = _NAME.match(text, start + 2)
        if name is None:
            raise Malformed("a ${ without a name")
        if text[name.end() : name.end() + 1] == "}":
            return self._value(name.group()), name.end() + 1
        operator = next((one for one in _OPERATORS if text.startswith(one, name.end())), "")
        if not operator:
            raise Malformed("a ${NAME that is not closed")
        # what is not taken is not asked for either: its own missing variables are of no interest
        aside = Interpolation(self.variables)
        word, end = aside._until(text, name.end() + len(operator), closing=True, depth=depth + 1)
        if text[end : end + 1] != "}":
            raise Malformed("a ${ that is not closed")
        return self._choose(name.group(), operator, word, aside), end + 1

    def _choose(self, name: str, operator: str, word: str, aside: "Interpolation") -> str:
        value = self.variables.get(name)
        is_there = bool(value) if operator.startswith(":") else value is not None
        match operator[-1]:
            case "+":
                if is_there:
                    self._adopt(aside)
                return word if is_there else ""
            case "?" if not is_there:
                self.demanded[name] = word
                return ""
            case "-" if not is_there:
                self._adopt(aside)
                return word
        return value or ""

    def _adopt(self, aside: "Interpolation") -> None:
        self.unset.update(aside.unset)
        self.demanded.update(aside.demanded)

    def _value(self, name: str) -> str:
        value = self.variables.get(name)
        if value is None:
            self.unset[name] = None
        return value or ""


def _next_mark(text: str, start: int, *, closing: bool) -> int:
    ends = [found for mark in ("$}" if closing else "$") if (found := text.find(mark, start)) >= 0]
    return min(ends, default=len(text))


def read_env_file(text: str, known: Mapping[str, str], *, report: Callable[[int, str], None]) -> dict[str, str]:
    """The variables that an env file sets, those set before it or earlier in it filled in.

    A name without `=` takes its value from `known`, and is left out where that has none. `report(line, reason)` is
    called for every line that sets nothing.
    """
    values: dict[str, str] = {}
    lines = text.removeprefix("﻿").splitlines()
    number = 0
    while number < len(lines):
        first, line = number, lines[number].strip()
        number += 1
        if not line or line.startswith("#"):
            continue
        entry = _ENTRY.match(line)
        if entry is None:
            report(first + 1, "neither NAME=VALUE nor a comment")
            continue
        name, separator, rest = entry["name"], entry["separator"], (entry["rest"] or "").lstrip()
        if not separator:
            if name in known:
                values[name] = known[name]
            continue
        quote = rest[:1] if rest[:1] in ("'", '"') else ""
        if quote and _closing_quote(rest, quote) < 0:
            rest, number = _over_lines(rest, quote, lines, number)
        raw, literal = _unquoted(rest, quote)
        interpolation = Interpolation({**known, **values})
        try:
            values[name] = raw if literal else interpolation.fill(raw)
        except Malformed as error:
            report(first + 1, f"{name} holds {error}")
            values[name] = raw
    return values


_ENTRY = re.compile(
    r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*(?:(?P<separator>[=:])(?P<rest>.*))?$", re.DOTALL
)
_LONGEST_VALUE = 200
"""Lines that a quoted value may take."""
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$$"}


def _over_lines(rest: str, quote: str, lines: list[str], number: int) -> tuple[str, int]:
    """The value up to its closing quote on a later line, and the line after it; unchanged where no line closes it."""
    gathered = [rest]
    for position in range(number, min(len(lines), number + _LONGEST_VALUE)):
        gathered.append(lines[position])
        if quote in lines[position] and _closing_quote("\n".join(gathered), quote) >= 0:
            return "\n".join(gathered), position + 1
    return rest, number


def _closing_quote(rest: str, quote: str) -> int:
    position = 1
    while position < len(rest):
        if rest[position] == "\\" and quote == '"':
            position += 1
        elif rest[position] == quote:
            return position
        position += 1
    return -1


def _unquoted(rest: str, quote: str) -> tuple[str, bool]:
    """The value without quotes and comment, and whether it stands as it is (single quotes)."""
    end = _closing_quote(rest, quote) if quote else -1
    if end < 0:
        return re.split(r"\s#", rest, maxsplit=1)[0].strip() if not rest.startswith("#") else "", False
    inside = rest[1:end]
    if quote == "'":
        return inside, True
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), inside), False
