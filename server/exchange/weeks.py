"""What the weekly documents have in common: weeks, figures, trends, and texts that others may read."""

import math
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from server.model.base import IDENTIFIER
from server.model.withholding import crossing

TRENDS = ("IMPROVING", "STABLE", "DEGRADING")
_MOST_ROWS = 1_000
_named = re.compile(IDENTIFIER).match


def sunday_of(value: Any) -> str:
    """The Sunday on which the week of that day ends. Raises ValueError for what is no day."""
    try:
        day = date.fromisoformat(str(value).strip()[:10])
        return (day + timedelta(days=6 - day.weekday())).isoformat()
    except (ValueError, OverflowError):
        raise ValueError("`week_ending` is no ISO 8601 date") from None


def count(value: Any) -> int | None:
    """A count of things, or None."""
    found = figure(value)
    return int(found) if found is not None and found == int(found) else None


def figure(value: Any) -> float | None:
    """A number that is not negative, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value <= 1e15 and math.isfinite(value) else None


def trend(value: Any) -> str:
    """IMPROVING, STABLE or DEGRADING; STABLE where nothing else is said."""
    said = str(value).strip().upper()
    return said if said in TRENDS else "STABLE"


def words(value: Any) -> str:
    """The text as others may read it."""
    return crossing(value[:4_000]).text if isinstance(value, str) else ""


def named(value: Any) -> str:
    """The id, or nothing where it is none."""
    return value.strip() if isinstance(value, str) and _named(value.strip()) else ""


def rows(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [one for one in value[:_MOST_ROWS] if isinstance(one, Mapping)] if isinstance(value, list) else []
