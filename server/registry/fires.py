"""The fires of a cron expression after the end of a run, and by when each of them is missed."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from server.registry.rhythm import Rhythm, parsed, zone_named

ENOUGH = 6
"""Fires that are counted: what comes beyond says nothing more about health."""
_STEPS = (1, 3, ENOUGH)
"""How many are worked out at a time: each takes a while, and whoever is punctual needs but one."""
_SHARE = 0.1
_LONGEST_GRACE = 3_600
_EARLIEST = 60
"""Seconds before its time at which a run may stand for a fire, as clocks differ."""


def missed_before(rhythm: Rhythm, after: float, moment: float) -> tuple[int, float | None]:
    """How many fires after a moment passed unheard of before another (seconds since 1970), and when the next one will have.

    Beyond 6 they are not counted; None where no further one is.
    """
    for count in _STEPS:
        known = missed_at(rhythm, after, count)
        if len(known) < count or known[-1] >= moment:
            break
    missed = bisect_left(known, moment)
    return missed, known[missed] if missed < len(known) else None


@lru_cache(maxsize=50_000)
def missed_at(rhythm: Rhythm, after: float, count: int) -> tuple[float, ...]:
    """When the first fires after a moment are missed at the latest, in seconds since 1970; fewer where no more come.

    A fire is missed once a run takes longer than it may; where nobody says how long that is, after a tenth of the time to
    the next fire, and after an hour at most.
    """
    fires = _fires(rhythm, after)
    found: list[float] = []
    fire = next(fires, None)
    while fire is not None and len(found) < count:
        following = next(fires, None)
        gap = following - fire if following is not None else _LONGEST_GRACE / _SHARE
        grace = float(rhythm.delay) or min(gap * _SHARE, _LONGEST_GRACE)
        if fire > after + min(grace, gap * _SHARE, _EARLIEST):
            found.append(fire + grace)
        fire = following
    return tuple(found)


def _fires(rhythm: Rhythm, after: float) -> Iterator[float]:
    """The fires that every scheduler has: on the night when clocks skip the time of one, some leave it out."""
    from cronsim import CronSim

    start = datetime.fromtimestamp(after, UTC).astimezone(zone_named(rhythm.timezone))
    cron = parsed(rhythm.schedule)
    for fire in CronSim(rhythm.schedule, start.replace(microsecond=0) - timedelta(seconds=1)):
        if fire.hour in cron.hours and fire.minute in cron.minutes:
            yield fire.timestamp()
