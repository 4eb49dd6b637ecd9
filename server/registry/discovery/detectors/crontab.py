"""Crontabs: a user's own, /etc/crontab and /etc/cron.d with their user column, and the folders of run-parts."""

import posixpath
import re
from collections.abc import Iterator

from server.registry.discovery.launching import called, launched, started_by
from server.registry.discovery.sighting import FileText, Sighting

_NAME = re.compile(
    r"(?:^|[._-])cron(?:tabs?)?(?:$|[._-](?:txt|cron|conf|tab|in|example|prod|jobs)$|[._-][\w-]+$)|\.cron(?:tab)?$",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\.(?:py|sh|md|rst|js|ts|go|rs|java|json|ya?ml|toml|html|css|c|h|rb|php|service|timer|log|lock)$", re.IGNORECASE
)
_FIELD = r"(?:[-\d*/,~]+|[A-Za-z]{3}(?:[-,][A-Za-z]{3})*|[-\d*/,A-Za-z#?]*[\d*][-\d*/,A-Za-z#?]*)"
_LINE = re.compile(
    rf"(?P<schedule>@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly|every_\w+)|{_FIELD}(?:\s+{_FIELD}){{4}})\s+(?P<rest>\S.*)$"
)
_VARIABLE = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<value>.*?)\s*$")
_USER = re.compile(r"(?P<user>[a-z_][a-z0-9_-]{0,31}\$?)\s+(?P<command>\S.*)$")
_COMMANDS = frozenset(
    "python python3 bash sh cd node ruby perl php make docker curl wget echo find test env nice timeout flock uv rsync cp mv tar".split()
)
_RUN_PARTS = {"cron.hourly": "@hourly", "cron.daily": "@daily", "cron.weekly": "@weekly", "cron.monthly": "@monthly"}


def wants(path: str) -> bool:
    """Whether this may be a crontab, or a script that run-parts starts."""
    folder, name = posixpath.basename(posixpath.dirname(path)), posixpath.basename(path)
    if folder in _RUN_PARTS:
        return not name.startswith(".") and name != "README"
    if folder in ("cron.d", "crontabs") or "/spool/cron/" in path:
        return not name.startswith(".") and name != "README"
    return _NAME.search(name) is not None and not _CODE.search(name)


def detect(file: FileText) -> Iterator[Sighting]:
    """One sighting per line that starts something."""
    folder = posixpath.basename(file.folder)
    if folder in _RUN_PARTS:
        yield _run_part(file, _RUN_PARTS[folder])
        return
    variables: dict[str, str] = {}
    for number, line in enumerate(file.text.split("\n"), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.match(text)
        if match:
            yield _job(file, number, match, variables)
        elif variable := _VARIABLE.match(text):
            variables[variable["name"]] = variable["value"].strip("\"'")


def _job(file: FileText, number: int, match: "re.Match[str]", variables: dict[str, str]) -> Sighting:
    command = match["rest"]
    if user := _user_column(file.path, command):
        command = user["command"]
    command = re.sub(r"\\%", "\0", command).partition("%")[0].replace("\0", "%")
    clue = file.clue(number, f"scheduled {match['schedule']}")
    named = posixpath.basename(file.folder) == "cron.d"
    known = {name: value for name, value in variables.items() if value.startswith(("/", "~", "."))}
    started = started_by(command, clue, variables=known)
    return launched(
        started,
        kind="cron",
        name=called(started, "cron-job") if started.runs or started.modules or not named else file.name,
        clue=clue,
        confidence=0.95,
        why="a crontab starts it",
        schedule=" ".join(match["schedule"].split()),
        timezone=variables.get("CRON_TZ", variables.get("TZ", "")),
    )


def _user_column(path: str, command: str) -> "re.Match[str] | None":
    match = _USER.match(command)
    if match is None or "/spool/cron/" in path or match["user"] in _COMMANDS:
        return None
    if posixpath.basename(posixpath.dirname(path)) == "cron.d" or path.endswith("/etc/crontab"):
        return match
    first = match["command"].split()[0]
    return (
        match
        if match["user"] == "root" or first.startswith(("/", "~", "cd")) or posixpath.basename(first) in _COMMANDS
        else None
    )


def _run_part(file: FileText, schedule: str) -> Sighting:
    return Sighting(
        kind="cron",
        name=posixpath.splitext(file.name)[0],
        clue=file.clue(1, f"started by run-parts, {schedule}"),
        confidence=0.9,
        why="it lies in a folder whose scripts cron starts",
        schedule=schedule,
        runs=(file.path,),
    )
