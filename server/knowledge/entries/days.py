"""Days and moments in the life of shared entries: how long one holds, and from when on it is hidden (LRN-6)."""

from datetime import date, timedelta

from server.errors import InvalidArgument
from server.model.moments import DAY, microseconds, read_moment

LASTS = timedelta(days=90)
SOON = 14 * DAY
"""In which an entry ends soon."""


def ninety_days_after(day: str) -> str:
    """The day from whose beginning (00:00 UTC) on an entry of that day is hidden: it is shown on 90 days, its first included."""
    try:
        return (date.fromisoformat(day) + LASTS).isoformat()
    except OverflowError:  # there is no such day any more
        return date.max.isoformat()


def is_expired(expires: str, at: int) -> bool:
    """Whether an entry that expires on that day is hidden at `at` (microseconds since 1970)."""
    return microseconds(f"{expires}T00:00:00Z") <= at


def moment_asked_for(as_of: str) -> int:
    """The moment, microseconds since 1970, as of which entries are asked for; a day stands for its last moment.

    Raises InvalidArgument for what is neither.
    """
    text = as_of.strip()
    try:
        at = microseconds(read_moment(text))
    except ValueError as error:
        raise InvalidArgument(
            f"{as_of[:100]!r} is no moment.",
            path="/as_of",
            hint="Write a day such as 2026-04-05 (its end is meant), or a moment such as 2026-04-05T14:00:00Z.",
        ) from error
    return at + DAY - 1 if _is_day(text) else at


def _is_day(text: str) -> bool:
    return "T" not in text.upper() and ":" not in text and " " not in text
