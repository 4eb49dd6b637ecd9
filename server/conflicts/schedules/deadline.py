"""By when something is needed: a time of day, in a time zone."""

import re
from dataclasses import dataclass

from server.registry.rhythm import Unreadable, zone_named

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?\s*(am|pm)?\s*(.*)", re.I)


@dataclass(frozen=True)
class Deadline:
    """A time of day."""

    hour: int
    minute: int
    timezone: str
    """As it was written; empty = UTC."""

    @property
    def schedule(self) -> str:
        """As a cron expression."""
        return f"{self.minute} {self.hour} * * *"

    def in_words(self) -> str:
        """Such as `06:00 (Europe/Berlin)`."""
        return f"{self.hour:02}:{self.minute:02} ({self.timezone or 'UTC'})"


def read_deadline(text: str, timezone: str) -> Deadline:
    """The time of day that is meant, in the zone that is written with it, else in `timezone`. Raises Unreadable."""
    said = _TIME.fullmatch(text.strip())
    if said is None:
        raise Unreadable("needs_by", f"needs_by {text[:60]!r} is no time of day such as 06:00 or 06:00 Europe/Berlin.")
    hour, minute, half, zone = int(said[1]), int(said[2]), (said[3] or "").lower(), said[4].strip(" ()") or timezone
    if half:
        if not 1 <= hour <= 12:
            raise Unreadable("needs_by", f"needs_by {text[:60]!r} is no time of day.")
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise Unreadable("needs_by", f"needs_by {text[:60]!r} is no time of day.")
    zone_named(zone)
    return Deadline(hour, minute, zone)
