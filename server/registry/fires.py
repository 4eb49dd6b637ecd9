"""The fires of a cron expression after a moment, found one after the other as far as somebody asks, and kept."""

import threading
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from server.registry.rhythm import Rhythm, parsed, zone_named

ENOUGH = 6
"""Fires that are counted: what comes beyond says nothing more about health."""
_SHARE = 0.1
_LONGEST_GRACE = 3_600
_EARLIEST = 60
"""Seconds before its time at which a run may stand for a fire, as clocks differ."""


class Fires:
    """When runs after a moment are missed at the latest, in seconds since 1970; ascending."""

    def __init__(self, rhythm: Rhythm, after: float) -> None:
        from cronsim import CronSim

        zone = zone_named(rhythm.timezone)
        start = datetime.fromtimestamp(after, UTC).astimezone(zone)
        self._cron = parsed(rhythm.schedule)
        # one second earlier: a run that was over exactly at a fire may have stood for the one before, as well as for this
        self._fires = CronSim(rhythm.schedule, start.replace(microsecond=0) - timedelta(seconds=1))
        self._delay = rhythm.delay
        self._after = after
        self._next: datetime | None = self._following()
        self._missed_at: list[float] = []
        self._growing = threading.Lock()

    def missed_before(self, moment: float) -> int:
        """How many fires passed unheard of before this moment; beyond 6 they are not counted."""
        with self._growing:
            while len(self._missed_at) < ENOUGH and (not self._missed_at or self._missed_at[-1] < moment):
                if not self._grow():
                    break
            return bisect_left(self._missed_at, moment)

    def missed_at(self, count: int) -> float:
        """When the fire of that number (from 1) was missed, of those that were counted."""
        return self._missed_at[count - 1]

    def _grow(self) -> bool:
        fire = self._next
        if fire is None:
            return False
        self._next = self._following()
        gap = self._next.timestamp() - fire.timestamp() if self._next is not None else float(_LONGEST_GRACE)
        grace = float(self._delay) or min(gap * _SHARE, _LONGEST_GRACE)
        if fire.timestamp() > self._after + min(grace, _EARLIEST, gap * _SHARE):
            self._missed_at.append(fire.timestamp() + grace)
        return True

    def _following(self) -> datetime | None:
        """The next fire that every scheduler has: on the night when clocks skip its time, some leave it out."""
        for fire in self._fires:
            if fire.hour in self._cron.hours and fire.minute in self._cron.minutes:
                return fire
        return None


@lru_cache(maxsize=20_000)
def fires_after(rhythm: Rhythm, after: float) -> Fires:
    """The fires after the end of a run; asked for again and again until the next run."""
    return Fires(rhythm, after)
