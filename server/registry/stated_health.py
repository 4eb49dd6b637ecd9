"""What a status file or a health endpoint says, in the shapes that people write. Pure: text in, a Look out."""

import json
from datetime import UTC, datetime
from typing import Any, Literal

from server.model.moments import read_moment
from server.model.signs import Look, later, not_after

Stated = Literal["", "OK", "DEGRADED", "ERROR", "CRITICAL"]

_WORDS: dict[str, Stated] = {
    **dict.fromkeys(
        ("ok", "okay", "healthy", "up", "pass", "passed", "passing", "success", "successful", "succeeded", "completed",
         "complete", "done", "green", "running", "active", "alive", "ready", "true", "idle", "started"),
        "OK",
    ),
    **dict.fromkeys(("degraded", "warn", "warning", "yellow", "partial", "unstable", "slow"), "DEGRADED"),
    **dict.fromkeys(("error", "errored", "fail", "failed", "failure", "failing", "unhealthy", "red", "false"), "ERROR"),
    **dict.fromkeys(("critical", "fatal", "down", "dead", "crashed", "panic", "outage", "stopped", "offline"), "CRITICAL"),
}  # fmt: skip
_CONDITION = ("last_result", "result", "outcome", "status", "state", "health", "healthy", "ok")
_FAILURE = ("error", "last_error", "exception")
_RUN = ("last_run", "last_run_at", "last_run_time", "finished_at", "last_finished", "completed_at", "last_completed")
_SUCCESS = ("last_success", "last_success_at", "last_successful_run")
_WRITTEN = ("updated_at", "last_updated", "updated", "timestamp", "ts", "time", "at", "heartbeat", "last_heartbeat")
_BLANK = " \t\r\n\ufeff"
_LONGEST_WORD = 100
_BROKEN = "Its status file is broken JSON, so it says nothing of its health."
_NEITHER = "Its status file is neither JSON nor a moment nor a known word, so it says nothing of its health."
_SAYS_NOTHING = "Its status file states neither a result nor a time that is known, so it says nothing of its health."
_PLAUSIBLE = (datetime(1990, 1, 1, tzinfo=UTC).timestamp(), datetime(2200, 1, 1, tzinfo=UTC).timestamp())


def read_status_file(text: str, *, target: str, written_at: str, now: str) -> Look:
    """What the file says: a JSON object, JSON Lines of which the last counts, a moment alone, or a word alone.

    Its age counts where it says how things are and not since when, and where it is empty: then it shows that something was
    written, and nothing of how it ended. Whatever else it holds is a problem, and says nothing.
    """
    content = text.strip(_BLANK)
    if not content:
        return Look(looked_at=now, target=target, last_run=not_after(written_at, now), only_written=True)
    value, broken = _last_value(content)
    members = value if isinstance(value, dict) else {}
    last_run, stated = "", _condition(members) if members else _word(value)
    for names in (_RUN, _SUCCESS, _WRITTEN):
        for name in names:
            last_run = later(last_run, _moment(members.get(name)))
        if last_run:
            stated = stated or ("OK" if names is _SUCCESS else "")
            break
    last_run = last_run or ("" if members else _moment(value))
    if not last_run and not stated:
        return Look(looked_at=now, target=target, problem=broken or _SAYS_NOTHING)
    return Look(looked_at=now, target=target, stated=stated, last_run=not_after(last_run or written_at, now))


def read_endpoint(code: int, text: str, *, target: str, now: str) -> Look:
    """What the answer of a health endpoint says: its words where there are any, else its code."""
    if not (200 <= code < 300 or code >= 500):
        problem = f"Its health endpoint answered with code {code}, which says nothing about its health."
        return Look(looked_at=now, target=target, problem=problem)
    value, _ = _last_value(text.strip(_BLANK))
    stated = _condition(value) if isinstance(value, dict) else _word(value)
    if code >= 500:
        stated = "DEGRADED" if stated == "DEGRADED" else "CRITICAL"
    elif stated == "ERROR":  # who answers that it fails is not up
        stated = "CRITICAL"
    return Look(looked_at=now, target=target, stated=stated or "OK")


def _condition(members: dict[str, Any]) -> Stated:
    """The first that is told; an error is one where nothing else is told of the condition."""
    for name in _CONDITION:
        value = members.get(name)
        if isinstance(value, dict):
            value = value.get("status", value.get("state"))
        if said := _word(value):
            return said
    return "ERROR" if any(members.get(name) for name in _FAILURE) else ""


def _last_value(content: str) -> tuple[Any, str]:
    """The JSON value that it is, or the last one of its lines or of its list, with names in lower case; else the text itself.

    Second, why nothing can be said where the text is neither a moment nor a word.
    """
    last_line = content.rpartition("\n")[2].strip()
    for some in (content, last_line):
        try:
            found = json.loads(some)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, list) and found:
            found = found[-1]
        if isinstance(found, dict):
            return {_plain(str(name)): value for name, value in found.items()}, ""
        if some is content:  # a word that happens to end a broken text is none of its own
            return found, ""
    return content[:_LONGEST_WORD], _BROKEN if content.startswith(("[", "{", '"')) else _NEITHER


def _word(value: Any) -> Stated:
    return _WORDS.get(str(value).strip().lower(), "") if isinstance(value, str | bool) else ""


def _plain(name: str) -> str:
    """lastRun, last-run and LAST_RUN alike."""
    spaced = "".join(
        f"_{one}" if one.isupper() and before.islower() else one for before, one in zip(" " + name, name, strict=False)
    )
    return spaced.lower().replace("-", "_").replace(" ", "_")


def _moment(value: Any) -> str:
    """ISO 8601, or seconds or milliseconds since 1970; empty for anything else."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        if not abs(value) < _PLAUSIBLE[1] * 1_000:
            return ""
        for seconds in (value, value / 1_000):
            if _PLAUSIBLE[0] <= seconds <= _PLAUSIBLE[1]:
                return read_moment(datetime.fromtimestamp(seconds, UTC).isoformat())
        return ""
    try:
        return read_moment(value)
    except (ValueError, OverflowError):
        return ""
