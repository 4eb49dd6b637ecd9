"""Values of tables as JSON values. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from server.model.base import Json


def as_json(value: Any) -> Json:
    """The value as JSON writes it: moments as ISO 8601, exact numbers as numbers, bytes in hexadecimal digits."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if value - value == 0 else None
        case Decimal():
            if not value.is_finite():
                return None
            return int(value) if value == value.to_integral_value() and abs(value) < 10**18 else float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case UUID():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case Mapping():
            return {str(name): as_json(one) for name, one in value.items()}
        case list() | tuple() | set():
            return [as_json(one) for one in value]
        case _:
            return str(value)


def row_reader(
    names: Sequence[str], kinds: Mapping[str, frozenset[str]], *, truths: frozenset[str] = frozenset()
) -> Callable[[Sequence[Any]], dict[str, Json]]:
    """What reads a row of these columns as a record, where a schema asks for such values."""
    return lambda values: row_as_record(zip(names, values, strict=True), kinds, truths=truths)


def row_as_record(
    pairs: Iterable[tuple[str, Any]], kinds: Mapping[str, frozenset[str]], *, truths: frozenset[str] = frozenset()
) -> dict[str, Json]:
    """A row as a record: what is NULL is absent, unless the schema lets it be null.

    `truths` are columns in which 0 and 1 mean no and yes, as a database has it that knows no such type.
    """
    record: dict[str, Json] = {}
    for name, value in pairs:
        if value is None:
            if "null" in kinds.get(name, ()):
                record[name] = None
            continue
        asked = kinds.get(name, frozenset())
        if value.__class__ is int and value in (0, 1) and (name in truths or asked == {"boolean"}):
            record[name] = bool(value)
        else:
            record[name] = as_json(value)
    return record
