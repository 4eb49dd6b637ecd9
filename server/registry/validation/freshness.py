"""How old data may be, and whether it is younger. Pure but for the reading of cron expressions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.model.contract import Contract, ContractType
from server.model.system import Timing
from server.model.validation import Answer, Verdict

AHEAD = timedelta(seconds=60)
"""So far may a clock be ahead of ours."""
_MISSED = 2
"""Runs of the writer that data may be old: the last one may be under way."""
_NAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


@dataclass(frozen=True)
class Window:
    """Since when data has to be from; None where nobody says."""

    since: datetime | None
    why: str


def window(contract: Contract, others: Iterable[Contract], timing: Timing | None, now: datetime) -> Window:
    """What the entry says itself, else the strictest of the other side on the resource, else what its writer's timing implies."""
    own = _seconds(contract)
    if own is not None:
        return Window(now - timedelta(seconds=own), f"{_words(own)} is what the contract asks for")
    asked = [seconds for seconds in map(_seconds, others) if seconds is not None]
    if asked:
        side = "a consumer asks for" if contract.type is ContractType.PRODUCER else "its producer promises"
        return Window(now - timedelta(seconds=min(asked)), f"{_words(min(asked))} is what {side}")
    if timing is None:
        return Window(None, "nobody says how old the data may be")
    if not timing.enabled:
        return Window(None, "its writer is switched off")
    if timing.schedule:
        since = fire_before_last(timing.schedule, timing.timezone, now)
        if since is None:
            return Window(None, "the schedule of its writer is none that can be read")
        return Window(since, f"its writer runs on {timing.schedule!r} and was due twice since {_moment(since)}")
    if timing.interval_seconds:
        seconds = _MISSED * timing.interval_seconds
        return Window(now - timedelta(seconds=seconds), f"its writer runs every {_words(timing.interval_seconds)}")
    return Window(None, "nobody says how old the data may be")


def judge_age(stated: datetime | None, written: datetime | None, allowed: Window, now: datetime) -> Answer:
    """Whether the data is young enough: by what its newest record states, else by when it was written."""
    ahead = stated is not None and stated > now + AHEAD
    moment, said = (written, "was written") if stated is None or ahead else (stated, "is from")
    note = f" (its newest record is from {_moment(stated)}, which is still to come)" if stated and ahead else ""
    if allowed.since is None:
        return Answer(verdict=Verdict.UNKNOWN, reason=f"{allowed.why}{note}")
    if moment is None:
        return Answer(verdict=Verdict.UNKNOWN, reason=f"nothing says when it was written{note}")
    if moment > now + AHEAD:
        return Answer(verdict=Verdict.UNKNOWN, reason=f"it {said} at {_moment(moment)}, which is still to come{note}")
    age = _words(max((now - moment).total_seconds(), 0))
    if moment >= allowed.since:
        return Answer(verdict=Verdict.OK, reason=f"it {said} {age} ago; {allowed.why}{note}")
    return Answer(verdict=Verdict.FAILED, reason=f"it {said} {age} ago, at {_moment(moment)}; {allowed.why}{note}")


def fire_before_last(schedule: str, timezone: str, now: datetime) -> datetime | None:
    """When the schedule fired for the last time but one; None for what is no schedule, or never fired twice."""
    from cronsim import CronSim, CronSimError

    try:
        zone = ZoneInfo(timezone or "UTC")
        fires = CronSim(_NAMES.get(schedule.strip().lower(), schedule), now.astimezone(zone), reverse=True)
        for _ in range(_MISSED - 1):
            next(fires)
        return next(fires).astimezone(UTC)
    except (CronSimError, StopIteration, KeyError, ValueError, OSError):
        return None


def _seconds(contract: Contract) -> float | None:
    asked = [one for one in (contract.freshness_seconds, contract.max_age_seconds) if one is not None]
    return min(asked, default=None)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _words(seconds: float) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.3g} {unit}s"
    return f"{seconds:.3g} seconds"
