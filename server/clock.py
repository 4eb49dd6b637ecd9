"""Time as a value: whoever needs the time is given it, so that tests and replays set it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from server.errors import ConfigurationError
from server.model.moments import to_wire

__all__ = ["Clock", "GivenClock", "SystemClock", "clock_from", "parse_moment", "to_wire"]


class Clock(Protocol):
    """Whatever can tell the time."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class GivenClock:
    """A time that somebody states: the reading is asked for at every call, so that it may move."""

    def __init__(self, reading: Callable[[], str]) -> None:
        self._reading = reading

    def now(self) -> datetime:
        return parse_moment(self._reading())


def clock_from(setting: str) -> Clock:
    """The clock that `CONCORD_NOW` asks for: empty = the machine's, `@FILE` = read again at every call, else a fixed ISO 8601 time."""
    if not setting:
        return SystemClock()
    if setting.startswith("@"):
        file = Path(setting[1:])
        parse_moment(_reading_of(file))
        return GivenClock(lambda: _reading_of(file))
    parse_moment(setting)
    return GivenClock(lambda: setting)


def _reading_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"CONCORD_NOW names the file {file}, which can't be read.", hint="Write an ISO 8601 time into it."
        ) from error


def parse_moment(text: str) -> datetime:
    """An ISO 8601 date or time as an aware UTC moment; without an offset it is taken as UTC.

    Raises ConfigurationError where the text is no time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{text!r} is not an ISO 8601 time.", hint="For example 2026-04-05T14:00:00Z."
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
