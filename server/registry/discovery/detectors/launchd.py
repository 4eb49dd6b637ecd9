"""launchd property lists of macOS: agents and daemons with what they start and when."""

import plistlib
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from xml.parsers.expat import ExpatError

from server.registry.discovery.calendars import cron_of_intervals
from server.registry.discovery.launching import called, launched, started_by
from server.registry.discovery.sighting import FileText, Sighting, Touch, at


def wants(path: str) -> bool:
    """Whether this is a property list."""
    return path.endswith(".plist")


def detect(file: FileText) -> Iterator[Sighting]:
    """The job that the list describes; none for other property lists."""
    try:
        content = plistlib.loads(file.text.encode("utf-8", "replace"))
    except (ValueError, ExpatError, LookupError, TypeError, AttributeError, OverflowError):
        return  # the parser has no error of its own for each way to be malformed
    if (
        isinstance(content, Mapping)
        and (content.get("ProgramArguments") or content.get("Program"))
        and content.get("Label")
    ):
        yield _job(file, content)


def _job(file: FileText, content: Mapping[str, Any]) -> Sighting:
    words = content.get("ProgramArguments")
    command = shlex.join(str(word) for word in words) if isinstance(words, list) else str(content.get("Program"))
    cwd = _text(content, "WorkingDirectory")
    label = _text(content, "Label")
    line = file.line_of("ProgramArguments") or file.line_of("Program") or 1
    clue = file.clue(line, "started by launchd", command)
    started = started_by(command, clue, cwd=cwd)
    for name in ("StandardOutPath", "StandardErrorPath"):
        if path := _text(content, name):
            started.touches.append(
                Touch(at(cwd, path), True, file.clue(file.line_of(path) or line, f"writes {path} ({name})"))
            )
    interval = content.get("StartInterval")
    given = content.get("StartCalendarInterval")
    cron = cron_of_intervals(given) if given is not None else ""
    told = f"StartCalendarInterval {given}"[:200] if given is not None and not cron else cron
    sighting = launched(
        started,
        kind="launchd",
        name=label.rpartition(".")[2] or called(started, label),
        clue=clue,
        confidence=0.95 if given is not None or interval else 0.85,
        why="launchd starts it",
        schedule=told,
    )
    when = file.line_of("StartCalendarInterval") or file.line_of("StartInterval")
    more = (file.clue(when, "its schedule"),) if when else ()
    seconds = float(interval) if isinstance(interval, int) and 0 < interval < 1e10 else 0.0
    enabled = content.get("Disabled") is not True
    return replace(sighting, cwd=cwd, interval_seconds=seconds, more=more, enabled=enabled, description=label)


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    return value if isinstance(value, str) else ""
