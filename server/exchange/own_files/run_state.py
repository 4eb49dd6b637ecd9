"""`run_state.json`: the last run, and the runs before it where the file keeps them."""

from typing import Any

from server.exchange.own_files.entries import AROUND, content_of
from server.exchange.own_files.members import AT, Members, figure_of, later_by, moment_of, normal, seconds_of, text_of
from server.exchange.own_files.told import Telling, Told
from server.model.base import JsonObject
from server.model.moments import microseconds

STARTED = tuple(
    "startedat start started starttime begin beganat runstartedat laststart laststarted laststartedat".split()
)
FINISHED = tuple(
    "finishedat finished end ended endedat endtime completedat completed finishtime lastfinished lastfinishedat "
    "lastcompleted lastcompletedat lastend".split()
)
RUN_AT = tuple("lastrunat lastrun lastruntime lastruntimestamp lastexecution lastexecutedat lastexecuted runat".split())
RESULT = tuple(
    "lastrunstatus lastrunresult lastresult laststatus lastoutcome result outcome conclusion status state".split()
)
FLAG = ("success", "ok", "succeeded", "lastrunsuccess", "lastrunok")
EXIT = ("exitcode", "returncode", "lastexitcode", "rc")
MESSAGE = tuple("message errormessage lasterror error lasterrormessage reason".split())
ERROR = ("errormessage", "lasterror", "error", "lasterrormessage")
"""Members that are there because a run failed."""
DURATION = tuple(
    "durationseconds durations duration elapsed elapsedseconds lastdurationseconds lastduration runtime runtimeseconds".split()
)
DURATIONS = {
    "durationms": 0.001,
    "elapsedms": 0.001,
    "durationmilliseconds": 0.001,
    "durationminutes": 60.0,
    "durationmins": 60.0,
    "elapsedminutes": 60.0,
    "durationhours": 3_600.0,
}
"""Members that state a duration in another unit than seconds, and what it is multiplied with."""
ID = ("id", "runid", "executionid", "lastrunid", "uuid")
JOB = ("job", "jobname", "task", "source", "name", "pipeline")
RUNS = (
    "runs",
    "history",
    "runhistory",
    "recentruns",
    "executions",
    "lastruns",
    "previousruns",
    "log",
    "entries",
    "items",
)
JOBS = ("jobs", "tasks", "pipelines", "systems")
ONE = ("lastrun", "run", "currentrun", "current", "latest", "latestrun", "previousrun", "last")
LONE = {
    "lastsuccess": "OK",
    "lastsuccessat": "OK",
    "lastsuccessfulrun": "OK",
    "lastfailure": "ERROR",
    "lastfailureat": "ERROR",
    "lastfailedrun": "ERROR",
    "lasterrorat": "ERROR",
}
"""Members with the moment of a run that ended so."""
_WORDS = {
    "OK": "ok okay success succeeded successful complete completed done finished passed pass healthy good",
    "ERROR": "error errored failed failure fail partial timeout timedout aborted cancelled canceled interrupted degraded warning killed",
    "CRITICAL": "critical crashed crash fatal",
    "RUNNING": "running inprogress started active busy",
}
_RESULT = {word: result for result, words in _WORDS.items() for word in words.split()}
_NO_RUN = frozenset("pending queued scheduled skipped idle waiting never paused disabled unknown none new".split())


def read(text: str) -> Told:
    """The runs that the file tells, each once."""
    telling = Telling()
    content = content_of(text, telling)
    if content is not None:
        _tell(content, "", "", telling, set(), 0)
    return telling.told()


def _tell(value: Any, where: str, job: str, telling: Telling, seen: set[str], depth: int) -> None:
    if isinstance(value, tuple):
        for line in value:
            _tell(line.value, f"line {line.number}", job, telling, seen, depth + 1)
    elif isinstance(value, list) and depth < 6:
        for position, one in enumerate(value):
            _tell(one, f"{where}/{position}", job, telling, seen, depth + 1)
    elif isinstance(value, dict) and depth < 6:
        _tell_state(value, where, job, telling, seen, depth)
    elif date := moment_of(value):
        _once({"kind": "run", "at": date}, where, job, telling, seen)
    else:
        telling.tell(where, "it is no run")


def _tell_state(value: JsonObject, where: str, job: str, telling: Telling, seen: set[str], depth: int) -> None:
    """The runs in an object: those that stand in it, and the one that it is itself."""
    members = Members(value)
    job = text_of(members.first(JOB))[:200] or job
    inside = [key for key, one in value.items() if isinstance(one, dict | list) and normal(key) in (*RUNS, *ONE)]
    inside.sort(
        key=lambda key: normal(key) in ONE
    )  # the history often tells more of the last run than the last run does
    for key in inside:
        _tell(value[key], f"{where}/{key}", job, telling, seen, depth + 1)
    for key, one in value.items():
        if normal(key) in JOBS and isinstance(one, dict | list):
            inside.append(key)
            _tell_jobs(one, f"{where}/{key}", telling, seen, depth)
        elif (result := LONE.get(normal(key))) and (date := moment_of(one)):
            _once({"kind": "run", "at": date, "result": result}, f"{where}/{key}", job, telling, seen)
            inside.append(key)
    own = Members({key: one for key, one in value.items() if key not in inside})
    known = {*STARTED, *FINISHED, *RUN_AT, *DURATION, *DURATIONS}
    if any(name in own for name in known) or (any(name in own for name in AT) and not inside):
        _tell_run(own, where, job, telling, seen)
    elif not inside:
        telling.tell(where, "it tells no moment of a run")
    telling.ignored.update(key for key, _ in own.rest() if normal(key) not in (*AROUND, *JOB))


def _tell_jobs(value: Any, where: str, telling: Telling, seen: set[str], depth: int) -> None:
    named = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in named:
        _tell(one, f"{where}/{key}", str(key)[:200] if isinstance(value, dict) else "", telling, seen, depth + 1)


def _tell_run(members: Members, where: str, job: str, telling: Telling, seen: set[str]) -> None:
    started, finished, at = members.moment(STARTED), members.moment(FINISHED), members.moment((*RUN_AT, *AT))
    result, problem = _result(members)
    message = members.text(MESSAGE)[:4_000]
    if problem:
        telling.tell(where, problem)
        return
    if not (started or finished or at):
        telling.tell(where, "it has no date that can be read")
        return
    seconds = _duration(members)
    if seconds is not None and started and not finished:
        finished = later_by(started, seconds)
    elif seconds is not None and not started and (finished or at):
        started = later_by(finished or at, -seconds)
        finished = finished or at
    if started and finished and microseconds(started) > microseconds(finished):
        telling.tell(where, "it ended before it began")
        return
    begun = result == "RUNNING"
    document: JsonObject = {
        "kind": "run",
        "id": members.text(ID),
        "at": (started or at) if begun else (finished or at or started),
        "started_at": started,
        "finished_at": "" if begun else finished,
        "result": "" if begun else result or ("ERROR" if message and members.first(ERROR) else ""),
        "message": message,
    }
    if begun and not started:
        document["started_at"] = at or finished
    _once(document, where, job, telling, seen)


def _once(document: JsonObject, where: str, job: str, telling: Telling, seen: set[str]) -> None:
    """The run as an event, unless the file has told it already: the last run often is one of the history, too."""
    document = {**document, "source": job}
    identity = document.get("id") or f"{job or 'run'}@{document['at']}"
    ended = document.get("finished_at") or ("" if document.get("started_at") else document["at"])
    both = (("began", document.get("started_at")), ("ended", ended))
    moments = {f"{job} {what} {moment}" for what, moment in both if moment}
    if identity in seen or (moments & seen):
        return
    seen.update({identity, *moments})
    if not document.get("finished_at") and document.get("started_at") and not document.get("result"):
        identity = f"{identity}:begun" if document.get("id") else identity
    telling.event(where, {**document, "id": identity})


def _result(members: Members) -> tuple[str, str]:
    """How the run ended, empty where that is not said; or why it is no run."""
    for name in FLAG:
        if isinstance(flag := members.first((name,)), bool):
            return ("OK" if flag else "ERROR"), ""
    stated = [members.first((name,)) for name in RESULT]
    if flags := [one for one in stated if isinstance(one, bool)]:
        return ("OK" if flags[0] else "ERROR"), ""
    words = [one for one in stated if isinstance(one, str)]
    if known := [_RESULT[normal(word)] for word in words if normal(word) in _RESULT]:
        return known[0], ""
    code = members.figure(EXIT)
    if code is not None:
        return ("OK" if code == 0 else "ERROR"), ""
    if not words or (normal(words[0]) in _NO_RUN and any(name in members for name in (*RUN_AT, *FINISHED))):
        return "", ""
    if normal(words[0]) in _NO_RUN:
        return "", f"its status {normal(words[0])!r} says of no run how it ended"
    return "", f"its status {text_of(words[0])[:40]!r} is no word that is known here"


def _duration(members: Members) -> float | None:
    seconds = seconds_of(members.first(DURATION))
    for name, unit in DURATIONS.items():
        stated = figure_of(members.first((name,)))
        seconds = stated * unit if seconds is None and stated is not None else seconds
    return seconds if seconds is not None and 0 <= seconds < 366 * 86_400 else None
