"""Weeks, each named by the date of the Sunday on which it ends (UTC)."""

from datetime import date

from server.model.moments import DAY

WEEK = 7 * DAY
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_SUNDAY = date(1, 1, 7).toordinal()


def week_of(at: int) -> str:
    """The week of a moment, microseconds since 1970; the last day there is, or the first Sunday, where its own lies beyond."""
    day = at // DAY + _EPOCH
    return date.fromordinal(max(_FIRST_SUNDAY, min(day + -day % 7, date.max.toordinal()))).isoformat()


def begin_of(week: str) -> int:
    """The moment at which the week begins, on its Monday at 00:00: microseconds since 1970."""
    return end_of(week) - WEEK


def end_of(week: str) -> int:
    """The moment at which the week is over."""
    return (date.fromisoformat(week).toordinal() + 1 - _EPOCH) * DAY
