"""What all values share: they are frozen, and they refuse or keep members they do not know."""

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


def as_timing(value: Any) -> Any:
    """When something happens may be written as its schedule alone."""
    return {"schedule": value} if isinstance(value, str) and value.strip() else value


class Value(BaseModel):
    """A frozen value that refuses unknown members."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class OpenValue(BaseModel):
    """A frozen value that keeps members it does not know, as they came."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
