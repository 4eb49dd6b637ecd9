"""What all values share: they are frozen, and they refuse or keep members they do not know."""

import re
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Json = Any
"""Any JSON value: null, bool, number, string, list or object with string keys."""

JsonObject = dict[str, Any]
"""A JSON object."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=4_000)]
Moment = Annotated[str, StringConstraints(max_length=40)]
"""An ISO 8601 date or time as a system wrote it; empty = never."""
IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,119}$"
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
ResourceName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
"""A path, glob or URI as its system writes it."""
Seconds = Annotated[float, Field(ge=0, le=1e10, allow_inf_nan=False)]


class WireEnum(StrEnum):
    """Words of the wire format; another case, or a space or hyphen for the underscore, is understood."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        spelt = value.strip().replace("-", "_").replace(" ", "_").upper()
        return next((member for member in cls if member.value.upper() == spelt), None)


_UNITS = {
    1: "s|secs?|seconds?",
    60: "m|mins?|minutes?",
    3_600: "h|hrs?|hours?",
    86_400: "d|days?",
    604_800: "w|weeks?",
}
_SPAN = re.compile(r"(?:every\s+)?(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]+)|every\s+([a-z]+)")
_SPOKEN = ("interval", "every")
"""Members in which people state an interval in words."""


def as_timing(value: Any) -> Any:
    """When something happens may be written as its schedule alone, and an interval in words such as `10m` or `every 5 minutes`.

    Words that can mean one interval only become `interval_seconds`; all others stay as they came.
    """
    if isinstance(value, str):
        spoken = seconds_in_words(value)
        return {"interval_seconds": spoken} if spoken else {"schedule": value} if value.strip() else value
    if not isinstance(value, dict) or value.get("interval_seconds") is not None:
        return value
    names = ("schedule",) if value.get("schedule") else [name for name in _SPOKEN if name in value]
    spoken = seconds_in_words(value[names[0]]) if len(names) == 1 else None
    if not spoken:
        return value
    return {**{name: one for name, one in value.items() if name != names[0]}, "interval_seconds": spoken}


def seconds_in_words(value: Any) -> float | None:
    """The seconds of `10m`, `6 h`, `every 5 minutes` or `every hour`; None for what doesn't say one span alone."""
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    number, unit = float(found[1] or 1), found[2] or found[3]
    length = next((seconds for seconds, names in _UNITS.items() if re.fullmatch(names, unit)), 0)
    return number * length or None


class Value(BaseModel):
    """A frozen value that refuses unknown members."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class OpenValue(BaseModel):
    """A frozen value that keeps members it does not know, as they came."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
