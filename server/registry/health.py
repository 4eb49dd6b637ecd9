"""Health by registry rule 5: the last run against what was to be expected, and how it ended. Pure: the caller tells the time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from server.model.base import JsonObject
from server.model.event import RunResult
from server.model.moments import microseconds, to_wire
from server.model.signs import Look, Signs, later
from server.model.system import Status, Timing
from server.model.wording import counted
from server.registry.fires import ENOUGH, missed_at, missed_before
from server.registry.rhythm import Rhythm, Unreadable, read_rhythm

DEGRADED_BEYOND = 2
"""Intervals, or missed runs, beyond which a system is DEGRADED; exactly so many are not too many."""
DOWN_BEYOND = 5
_BY_GRAVITY = (Status.HEALTHY, Status.UNKNOWN, Status.DEGRADED, Status.DOWN)
_NAMED = 3
_SAYS_HOW_OFTEN = re.compile(r"(?:interval|every|cron|frequency|period|cadence)\w{0,30}", re.IGNORECASE).fullmatch
_EMPTY = "Its status file is empty, which says nothing where no interval or schedule is stated."


@dataclass(frozen=True)
class Health:
    """How a system is, as far as anybody heard."""

    status: Status
    reason: str
    """One sentence of ours or two, always given."""
    last_health_check: str = ""
    """When last something was heard or seen of it; empty = never."""
    missed: float = 0
    """Intervals since the last run; with a calendar schedule the runs missed since then, of which 6 are counted at most."""
    since: str = ""
    """Since when it is so, as far as that follows from what was heard."""
    until: int | None = None
    """The last moment, in microseconds since 1970, at which the status is still this if nothing more is heard; None for ever."""

    def document(self) -> JsonObject:
        """{status, reason, since, missed}."""
        return {
            "status": self.status.value,
            "reason": self.reason,
            "since": _plain(self.since) if self.since else "",
            "missed": round(self.missed, 2),
        }


@dataclass(frozen=True)
class _Heard:
    """The latest sign that counts."""

    at: str
    what: str
    """`run`, `heartbeat`, `status file` or `empty file`."""
    result: RunResult | None = None
    running: bool = False
    """It began then, and nothing was heard of its end."""
    seen_at: str = ""
    """When it was looked at, where that shows how it was then and not how it is now."""


def judge_health(
    timing: Timing | None,
    signs: Signs,
    now: datetime,
    *,
    declared: Status = Status.UNKNOWN,
    declared_at: str = "",
) -> Health:
    """The health that follows (REG-5); `declared` is what the registration states, which counts until anything is heard."""
    checked = _last_heard_of(signs)
    if timing is not None and not timing.enabled:
        return Health(Status.UNKNOWN, "It is switched off, so nothing is expected of it.", checked or declared_at)
    if not checked:
        if declared is Status.UNKNOWN:
            return Health(Status.UNKNOWN, "It has never reported a run or a heartbeat.", declared_at)
        said = f"Its registration states {declared.value}; it has never reported a run or a heartbeat, and nothing was looked at."
        return Health(declared, said, declared_at)
    heard = _latest(signs, _rhythm_of(timing)[0])
    found = [_by_signs(timing, heard, now)] if heard is not None else []
    file, endpoint = signs.status_file, signs.endpoint
    if file is not None and (signs.run is None or later(file.last_run or file.looked_at, signs.run.at) != signs.run.at):
        found += _by_statement(file, "status file")
    if endpoint is not None and (heard is None or microseconds(endpoint.looked_at) >= microseconds(heard.at)):
        found += _by_statement(endpoint, "health endpoint")
    if not found:
        looks = [look for look in (signs.status_file, signs.endpoint) if look is not None]
        problems = [look.problem or _EMPTY for look in looks if look.problem or look.only_written]
        return Health(Status.UNKNOWN, " ".join(problems or ["Nothing that was heard says how it is."]), checked)
    worst = max(found, key=lambda one: _BY_GRAVITY.index(one.status))
    rate = f" Its last heartbeat tells an error rate of {signs.error_rate:g}." if signs.error_rate else ""
    until = min((one.until for one in found if one.until is not None), default=None)
    return replace(worst, reason=worst.reason + rate, last_health_check=checked, until=until)


def beside_upstream(health: Health, down: Sequence[str]) -> Health:
    """The same health, with systems mentioned that it needs and that are DOWN: their state is not its own."""
    return replace(health, reason=health.reason + told_down(down, "which it needs"))


def told_down(down: Sequence[str], part: str) -> str:
    """A sentence to be appended that these systems are DOWN, with the part they play; empty for none."""
    if not down:
        return ""
    named = ", ".join(down[:_NAMED]) + (f" and {len(down) - _NAMED} more" if len(down) > _NAMED else "")
    return f" {named}, {part}, {'is' if len(down) == 1 else 'are'} DOWN."


def _by_signs(timing: Timing | None, heard: _Heard, now: datetime) -> Health:
    as_of = heard.seen_at if heard.seen_at and microseconds(heard.seen_at) < _micros(now) else ""
    moment = microseconds(as_of) if as_of else _micros(now)
    told = _told(heard) + (f", as seen at {_plain(as_of)}" if as_of else "")
    rhythm, unreadable = _rhythm_of(timing)
    if heard.result is RunResult.CRITICAL:
        return Health(Status.DOWN, f"{told}.", since=heard.at)
    if rhythm is None:
        if unreadable:  # whether it should have run since, nobody can tell
            return Health(Status.UNKNOWN, f"{told}; {unreadable}.")
        why = "neither schedule nor interval is stated, so no silence is noticed"
        return Health(Status.HEALTHY, f"{told}; {why}.", since=heard.at)
    silence = _against_schedule if rhythm.schedule else _against_interval
    found = silence(rhythm, heard, told, moment)
    return replace(found, until=None) if as_of else found


def _against_interval(rhythm: Rhythm, heard: _Heard, told: str, moment: int) -> Health:
    interval = rhythm.interval_as_stated
    began = microseconds(heard.at)
    passed = max(0, moment - began)
    status = _by_silence(passed > DEGRADED_BEYOND * interval, passed > DOWN_BEYOND * interval, heard.running)
    bound = {Status.HEALTHY: 0, Status.DEGRADED: DEGRADED_BEYOND, Status.DOWN: DOWN_BEYOND}[status]
    if heard.running and status is Status.DEGRADED:
        bound = DOWN_BEYOND
    ratio = passed / interval
    ahead = (began + times * interval for times in (DEGRADED_BEYOND, DOWN_BEYOND))
    until = next((edge for edge in ahead if edge >= moment), None)
    much = f"more than {bound} times" if bound else f"{ratio:.1f} times" if ratio >= 1 else "less than"
    more = f"{much} its interval of {_seconds(interval)} s ago"
    return Health(status, f"{told}, {more}.", missed=ratio, since=_wire(began + bound * interval), until=until)


def _against_schedule(rhythm: Rhythm, heard: _Heard, told: str, moment: int) -> Health:
    after = microseconds(heard.at) / 1_000_000
    missed, following = missed_before(rhythm, after, moment / 1_000_000)
    until = None if following is None else int(following * 1_000_000)
    status = _by_silence(missed > DEGRADED_BEYOND, missed > DOWN_BEYOND, heard.running)
    number = {Status.HEALTHY: 0, Status.DEGRADED: DEGRADED_BEYOND + 1, Status.DOWN: DOWN_BEYOND + 1}[status]
    if heard.running and status is Status.DEGRADED:
        number = DOWN_BEYOND + 1
    since = _wire(int(missed_at(rhythm, after, number)[-1] * 1_000_000)) if number else heard.at
    count = f"more than {DOWN_BEYOND} runs" if missed >= ENOUGH else counted(missed, "run") if missed else "no run"
    return Health(status, f"{told}; {count} missed of {rhythm.in_words()}.", missed=missed, since=since, until=until)


def _by_silence(late: bool, silent: bool, running: bool) -> Status:
    """A run that is under way is alive; one that goes on for too long is not yet DOWN."""
    if running:
        return Status.DEGRADED if silent else Status.HEALTHY
    return Status.DOWN if silent else Status.DEGRADED if late else Status.HEALTHY


def _by_statement(look: Look, source: str) -> list[Health]:
    """What it says of itself, where it says anything that the last run does not."""
    status = {"OK": Status.HEALTHY, "ERROR": Status.HEALTHY, "DEGRADED": Status.DEGRADED, "CRITICAL": Status.DOWN}
    if not look.stated:
        return []
    said = look.problem or f"Its {source} said {look.stated} at {_plain(look.looked_at)}."
    return [Health(status[look.stated], said, since=look.looked_at)]


def _latest(signs: Signs, rhythm: Rhythm | None) -> _Heard | None:
    """The last run; without a schedule a heartbeat counts alike, with one only where no run was ever heard of.

    An empty file shows at most that silence did not begin before it was written, so it takes a rhythm to count.
    """
    scheduled = rhythm is not None and bool(rhythm.schedule)
    runs = [_Heard(signs.run.at, "run", signs.run.result)] if signs.run is not None else []
    look = signs.status_file
    if look is not None and look.last_run and (rhythm is not None or not look.only_written):
        result = None if look.stated in ("", "DEGRADED") else RunResult(look.stated)
        what = "empty file" if look.only_written else "status file"
        runs.append(_Heard(look.last_run, what, result, seen_at=look.looked_at))
    last = max(runs, key=lambda one: microseconds(one.at), default=None)
    if signs.running_since and (last is None or later(signs.running_since, last.at) == signs.running_since != last.at):
        critical = last is not None and last.result is RunResult.CRITICAL
        last = last if critical else _Heard(signs.running_since, "run", running=True)
    if signs.heartbeat and (last is None or (not scheduled and later(signs.heartbeat, last.at) != last.at)):
        return _Heard(signs.heartbeat, "heartbeat", last.result if last is not None else None)
    return last


def _told(heard: _Heard) -> str:
    at = _plain(heard.at)
    if heard.running:
        return f"A run is under way since {at}"
    if heard.what == "empty file":
        return f"Its status file, which is empty, was last written at {at}, and how the run ended is unknown"
    result = f" with {heard.result.value}" if heard.result is not None else ""
    if heard.what == "heartbeat":
        return f"Its last heartbeat was at {at}" + (f", its last run ended{result}" if result else "")
    if heard.what == "status file":
        return f"Its last run by its status file was at {at}, " + (f"ended{result}" if result else "its result unknown")
    return f"Its last run ended at {at}{result}"


def _last_heard_of(signs: Signs) -> str:
    heard = [signs.run.at if signs.run is not None else "", signs.running_since, signs.heartbeat]
    heard += [look.looked_at for look in (signs.status_file, signs.endpoint) if look is not None]
    last = ""
    for one in heard:
        last = later(last, one)
    return _plain(last) if last else ""


def _rhythm_of(timing: Timing | None) -> tuple[Rhythm | None, str]:
    """The rhythm, and why none can be told where one was stated."""
    if timing is None:
        return None, ""
    more: dict[str, Any] = timing.model_extra or {}
    lasts, late = (_number(more.get(name)) for name in ("duration_seconds", "jitter_seconds"))
    if not timing.schedule and timing.interval_seconds is None and (name := _unread_rhythm(timing)):
        return (
            None,
            f"its {name} can't be read, which is neither schedule nor interval_seconds, so no silence is noticed",
        )
    return _rhythm(timing.schedule, timing.timezone, timing.interval_seconds, lasts, late)


def _unread_rhythm(timing: Timing) -> str:
    """The member by which a timing seems to say how often, though nobody reads it; empty where there is none."""
    return next((name for name, value in (timing.model_extra or {}).items() if value and _SAYS_HOW_OFTEN(name)), "")


def unreadable_timing(timing: Timing | None) -> str:
    """A sentence on why no rhythm can be told where one was stated, and what can be read; empty where there is no need."""
    unread = _rhythm_of(timing)[1]
    how = "a cron expression as timing.schedule, with an IANA timezone, or timing.interval_seconds"
    return f"Its health stays UNKNOWN, for {unread}: state {how}." if unread else ""


@lru_cache(maxsize=20_000)
def _rhythm(
    schedule: str, timezone: str, interval: float | None, lasts: float | None, late: float | None
) -> tuple[Rhythm | None, str]:
    members: dict[str, Any] = {"timezone_name": timezone, "duration_seconds": lasts, "jitter_seconds": late}
    try:
        return read_rhythm(schedule=schedule, interval_seconds=interval, **members), ""
    except Unreadable as error:
        if error.member == "schedule" and interval:
            return read_rhythm(interval_seconds=interval, duration_seconds=lasts, jitter_seconds=late), ""
        if error.member == "interval_seconds":  # 0 is how many state that there is none
            return None, ""
        return None, f"its {error.member} can't be read, so no silence is noticed"


def _number(value: Any) -> float | None:
    told = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1e9
    return float(value) if told else None


def _seconds(micros: int) -> str:
    """Such as `900` or `900.5`."""
    whole, part = divmod(micros, 1_000_000)
    return f"{whole}.{part:06}".rstrip("0") if part else str(whole)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _wire(micros: int) -> str:
    return to_wire(_EPOCH + timedelta(microseconds=micros))


def _plain(moment: str) -> str:
    return _wire(microseconds(moment))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
