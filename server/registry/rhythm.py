"""How often and when something runs, as it was written down: cron expression with time zone, or an interval."""

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from cronsim import CronSim

_NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_ZONED = re.compile(r"\s*(?:CRON_)?TZ=(\S+)\s+(.+)", re.S)
"""The zone that Kubernetes and several crons take in front of the expression."""
_EVERY = re.compile(r"@every\s+((?:\d+(?:\.\d+)?[smhd])+)", re.I)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhd])", re.I)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", re.I)
MOST_A_DAY = 1_440
"""Runs a day that are expanded: once a minute."""


class Unreadable(ValueError):
    """What was written down can't be read as a rhythm."""

    def __init__(self, member: str, reason: str) -> None:
        super().__init__(reason)
        self.member = member
        """Which member of the timing: `schedule`, `timezone` or `interval_seconds`."""
        self.reason = reason


@dataclass(frozen=True)
class Rhythm:
    """When something runs: at the moments of a cron expression, or every so often with an unknown beginning."""

    schedule: str
    """Cron expression with five or six fields; empty where there is an interval."""
    timezone: str
    """As it was written; empty = UTC."""
    interval: int = 0
    """Seconds from start to start."""
    duration: int = 0
    """Seconds that a run takes."""
    jitter: int = 0
    """Seconds by which a start may be late."""
    interval_as_stated: int = field(default=0, compare=False)
    """The interval in microseconds, for those who compare moments; the whole seconds of `interval` are rounded up."""

    @property
    def delay(self) -> int:
        """Seconds after its start by which a run is over at the latest."""
        return self.duration + self.jitter

    def in_words(self) -> str:
        """Such as `0 6 * * * (Europe/Berlin)` or `every 3600 s`."""
        return f"{self.schedule} ({self.timezone or 'UTC'})" if self.schedule else f"every {self.interval} s"


def read_rhythm(
    *,
    schedule: str = "",
    timezone_name: str = "",
    interval_seconds: float | None = None,
    duration_seconds: float | None = None,
    jitter_seconds: float | None = None,
) -> Rhythm | None:
    """The rhythm that these members state; None where they state neither schedule nor interval.

    A schedule goes before an interval; without a time zone it is read as UTC; parts of a second are rounded up but in
    `interval_as_stated`. A zone in
    front of the expression (`CRON_TZ=`) counts, and `@every 5m` is an interval. Raises Unreadable.
    """
    zoned = _ZONED.fullmatch(schedule)
    if zoned is not None:
        timezone_name, schedule = zoned[1], zoned[2]
    every = _EVERY.fullmatch(schedule.strip())
    if every is not None:
        spans = _SPAN.findall(every[1])
        schedule, interval_seconds = "", sum(float(number) * _SECONDS[unit.lower()] for number, unit in spans)
    expression = _NICKNAMES.get(schedule.strip().lower(), schedule.strip())
    zone_named(timezone_name)
    lasts, late = _whole(duration_seconds), _whole(jitter_seconds)
    if expression:
        parsed(expression)
        return Rhythm(expression, timezone_name.strip(), 0, lasts, late)
    if interval_seconds is None:
        return None
    if interval_seconds <= 0:
        raise Unreadable("interval_seconds", "An interval of no length says nothing about when it runs.")
    exact = max(1, round(Fraction(interval_seconds) * 1_000_000))
    return Rhythm("", timezone_name.strip(), _whole(interval_seconds), lasts, late, exact)


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo:
    """The time zone: an IANA name such as Europe/Berlin, an offset such as +02:00, or empty for UTC. Raises Unreadable."""
    name = name.strip()
    if name.upper() in ("", "Z", "UTC", "GMT"):
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        sign, hours, minutes = offset.groups(default="0")
        away = timedelta(hours=int(hours), minutes=int(minutes))
        if away < timedelta(hours=24):
            return timezone(away if sign == "+" else -away)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown, no name at all, or a folder of zones
        raise Unreadable("timezone", f"{name[:60]!r} is no time zone of the IANA database.") from error


@lru_cache(maxsize=256)
def parsed(expression: str) -> "CronSim":
    """The expression with its fields read; only its fields are ever used. Raises Unreadable."""
    from cronsim import CronSim, CronSimError

    try:
        return CronSim(expression, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise Unreadable("schedule", f"{expression[:60]!r} is no cron expression: {str(error).lower()}.") from error


def first_start(rhythm: Rhythm, now: datetime) -> int:
    """The first start of a cron expression after `now`, in seconds since 1970. Raises Unreadable where there is none."""
    from cronsim import CronSim

    start = next(CronSim(rhythm.schedule, now.astimezone(zone_named(rhythm.timezone))), None)
    if start is None:
        raise Unreadable("schedule", f"{rhythm.schedule!r} never comes.")
    return int(start.timestamp())


def _whole(seconds: float | None) -> int:
    return math.ceil(seconds or 0)
