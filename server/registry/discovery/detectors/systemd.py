"""systemd units: services, and the timers that start them."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from server.registry.discovery.calendars import cron_of_calendar, seconds_of_span
from server.registry.discovery.launching import launched, started_by
from server.registry.discovery.sighting import FileText, Sighting, Started, Touch, at

Settings = dict[str, list[tuple[str, int]]]


def wants(path: str) -> bool:
    """Whether this is a unit that starts something."""
    return path.endswith((".service", ".timer"))


def detect(file: FileText) -> Iterator[Sighting]:
    """The service that the unit describes, or the schedule that the timer gives to its service."""
    settings = _read(file.text)
    if file.path.endswith(".timer"):
        yield from _timer(file, settings)
    elif settings.get("Service.ExecStart"):
        yield _service(file, settings)


def _read(text: str) -> Settings:
    settings: Settings = {}
    section, held, first = "", "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if not held and (not stripped or stripped[0] in "#;"):
            continue
        if not held and stripped.startswith("["):
            section = stripped.strip("[]")
            continue
        first = first if held else number
        held += " " + stripped.removesuffix("\\") if held else stripped.removesuffix("\\")
        if stripped.endswith("\\"):
            continue
        name, mark, value = held.partition("=")
        held = ""
        if mark:
            settings.setdefault(f"{section}.{name.strip()}", []).append((value.strip(), first))
    return settings


def _service(file: FileText, settings: Settings) -> Sighting:
    unit = file.name.removesuffix(".service")
    cwd = _first(settings, "Service.WorkingDirectory").lstrip("-")
    started = Started(cwd=cwd)
    touches: list[Touch] = []
    line = settings["Service.ExecStart"][0][1]
    commands = (settings.get(f"Service.{name}", []) for name in ("ExecStartPre", "ExecStart", "ExecStartPost"))
    for command, number in chain.from_iterable(commands):
        one = started_by(
            command.lstrip("@-:+!|").replace("%h", "~").replace("%%", "%"),
            file.clue(number, "started by systemd", command),
            cwd=cwd,
        )
        started.runs.update(one.runs)
        started.modules.update(one.modules)
        touches += one.touches
    for name in ("StandardOutput", "StandardError"):
        for value, number in settings.get(f"Service.{name}", []):
            scheme, _, path = value.partition(":")
            if scheme in ("file", "append", "truncate") and path:
                touches.append(Touch(at(cwd, path), True, file.clue(number, f"writes {path} ({name})")))
    started.touches = touches
    sighting = launched(
        started,
        kind="systemd",
        name=unit,
        clue=file.clue(line, "a unit that systemd starts"),
        confidence=0.9,
        why="systemd starts it",
    )
    return _joined(sighting, file, unit, _first(settings, "Unit.Description"), cwd)


def _timer(file: FileText, settings: Settings) -> Iterator[Sighting]:
    unit = _first(settings, "Timer.Unit").removesuffix(".service") or file.name.removesuffix(".timer")
    calendar, interval, line = "", 0.0, 1
    timezone = ""
    for value, number in settings.get("Timer.OnCalendar", [])[:1]:
        calendar, timezone = cron_of_calendar(value)
        line = number
    for name in ("OnUnitActiveSec", "OnUnitInactiveSec"):
        for value, number in settings.get(f"Timer.{name}", [])[:1]:
            interval, line = seconds_of_span(value), number
    if not calendar and not interval:
        return
    yield Sighting(
        kind="systemd",
        name=unit,
        clue=file.clue(line, f"scheduled {calendar or f'every {interval:g} seconds'}"),
        confidence=0.95,
        why="a systemd timer starts it",
        schedule=calendar,
        interval_seconds=interval,
        timezone=timezone,
        description=_first(settings, "Unit.Description"),
        joins=f"systemd:{posixpath.dirname(file.path)}/{unit}",
    )


def _joined(sighting: Sighting, file: FileText, unit: str, description: str, cwd: str) -> Sighting:
    key = f"systemd:{posixpath.dirname(file.path)}/{unit}"
    folder = cwd if cwd.startswith("/") and cwd.count("/") > 1 else ""
    return replace(sighting, joins=key, description=description, cwd=cwd or sighting.cwd, folder=folder)


def _first(settings: Settings, name: str) -> str:
    return re.sub(r"\s+", " ", settings.get(name, [("", 0)])[0][0])
