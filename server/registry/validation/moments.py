"""When data is from, by what it says itself. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from server.model.base import Json

TIME_FIELDS = (
    "generated_at", "timestamp", "updated_at", "last_updated", "as_of", "created_at", "time", "datetime", "date",
    "generatedAt", "updatedAt", "lastUpdated", "asOf", "createdAt", "ts",
)  # fmt: skip
"""Members that say when a record is from, the surest first."""

_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def values_at(value: Json, path: Sequence[str]) -> Iterator[Json]:
    """Whatever stands at the place; `*` stands for every item of a list and every member of an object."""
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    if step == "*":
        for one in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
            yield from values_at(one, rest)
    elif isinstance(value, dict) and step in value:
        yield from values_at(value[step], rest)


def moment_of(value: Json) -> datetime | None:
    """The moment that a value states: ISO 8601 (UTC where no offset is given), or seconds or milliseconds since 1970."""
    try:
        if isinstance(value, str):
            if not 8 <= len(value) <= 40:
                return None
            moment = datetime.fromisoformat(value.strip())
        elif isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001  # its zone is given below
        elif isinstance(value, int | float) and not isinstance(value, bool):
            moment = datetime.fromtimestamp(value / 1_000 if value > 100_000_000_000 else value, UTC)
        else:
            return None
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if _EARLIEST < moment < _LATEST else None
