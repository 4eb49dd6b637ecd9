"""JSON values compared the way JSON Schema compares them: numbers exactly and by value, booleans never as numbers."""

from fractions import Fraction
from typing import Any

from server.model.base import Json

Exact = int | Fraction
"""A number without rounding; integral values are always `int`."""

Key = tuple[Any, ...]
"""A hashable stand-in for a JSON value: two values are equal in the sense of JSON Schema where their keys are."""

JSON_TYPES = ("null", "boolean", "number", "string", "array", "object")
NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT = range(6)

HELD_PER_PART = 8
"""So many values in a list or an object count as much as a further object."""


class NotJson(ValueError):
    """A value that JSON can't carry: NaN, an infinity, or an object of another language."""


def exact(value: int | float) -> Exact:
    """The number as its decimal notation reads: 0.1 is one tenth, 1.0 is the integer 1. Raises NotJson for NaN and infinities."""
    if isinstance(value, int):
        return value
    if value != value or value in (float("inf"), float("-inf")):
        raise NotJson(f"{value!r} is no JSON number.")
    if value.is_integer():
        return int(value)
    return integral(Fraction(repr(value)))


def integral(value: Exact) -> Exact:
    """The same number, as `int` where it is one."""
    return value.numerator if value.denominator == 1 else value


def type_of(value: Json) -> int:
    """The index of the value's type in JSON_TYPES."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, str):
        return STRING
    if isinstance(value, list):
        return ARRAY
    if isinstance(value, dict):
        return OBJECT
    raise NotJson(f"{type(value).__name__} is no JSON type.")


def key_of(value: Json) -> Key:
    """The value's key: (type, content), numbers by exact value, object members sorted by name."""
    kind = type_of(value)
    if kind == NUMBER:
        return (kind, exact(value))
    if kind == ARRAY:
        return (kind, tuple([key_of(item) for item in value]))
    if kind == OBJECT:
        return (kind, tuple(sorted((name, key_of(item)) for name, item in value.items())))
    return (kind, value)


def as_json(number: Exact) -> int | float | None:
    """The number as a JSON value that reads back as exactly this number; None where a float can't carry it."""
    if isinstance(number, int):
        return number
    try:
        rounded = float(number)
    except OverflowError:
        return None
    return rounded if Fraction(repr(rounded)) == number else None


def value_of(key: Key) -> Json:
    """The JSON value of a key."""
    kind, content = key
    if kind == NUMBER:
        number = as_json(content)
        return float(content) if number is None else number
    if kind == ARRAY:
        return [value_of(item) for item in content]
    if kind == OBJECT:
        return {name: value_of(item) for name, item in content}
    return content


def are_equal(one: Json, other: Json) -> bool:
    """Whether two JSON values are written the same, whatever the order of their members."""
    if one is other:
        return True
    pending = [(one, other)]
    while pending:
        first, second = pending.pop()
        if type(first) is not type(second):
            return False
        if isinstance(first, dict):
            if first.keys() != second.keys():
                return False
            pending += [(value, second[name]) for name, value in first.items()]
        elif isinstance(first, list):
            if len(first) != len(second):
                return False
            pending += zip(first, second, strict=True)
        elif first != second:
            return False
    return True


def parts_of(value: Json, most: int) -> int:
    """How many objects and lists a value is made of, itself counted, long ones for more; above `most` where there are more."""
    pending, found = [value], 0
    while pending and found <= most:
        one = pending.pop()
        if isinstance(one, dict | list):
            found += 1 + len(one) // HELD_PER_PART
            inner = one.values() if isinstance(one, dict) else one
            pending += [part for part in inner if isinstance(part, dict | list)] if found <= most else ()
    return found
