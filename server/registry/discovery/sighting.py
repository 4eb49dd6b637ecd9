"""What one place says: the value that every detector gives, and from which candidates are put together."""

import posixpath
import shlex
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Clue:
    """One line of evidence, as it stands in the file; it is made fit to be shown when it leaves."""

    file: str
    line: int
    text: str
    what: str
    """What was taken from it, in a few words."""


@dataclass(frozen=True)
class Touch:
    """One access: what is read or written, and the line that says so."""

    resource: str
    """An absolute path or a URI; relative to `cwd` of the program where nothing says from where."""
    writes: bool
    clue: Clue


@dataclass(frozen=True)
class FileText:
    """A file as a detector gets it."""

    path: str
    text: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The folder that it is in."""
        return posixpath.dirname(self.path)

    def clue(self, line: int, what: str, text: str = "") -> Clue:
        """Evidence at a line (from 1); its own text where none is given."""
        if not text:
            lines = self.text.split("\n", line) if line else []
            text = lines[line - 1] if 0 < line <= len(lines) else ""
        return Clue(self.path, line, text, what)

    def line_of(self, *words: str) -> int:
        """The first line that holds all these words; 0 where none does."""
        for number, line in enumerate(self.text.split("\n"), start=1):
            if all(word in line for word in words):
                return number
        return 0


def to_import(path: str, when: str = "") -> Clue:
    """How what was seen there gets in whole: an import knows what it depends on."""
    return Clue(path, 0, "", f"`concord import {shlex.quote(path)}` brings it in with its dependencies{when}")


@dataclass(frozen=True)
class Sighting:
    """Something that seems to run, or to be made to run."""

    kind: str
    """`cron`, `systemd`, `launchd`, `workflow`, `agent`, `mcp_server`, `service`, `source` …"""
    name: str
    clue: Clue
    confidence: float
    """From 0 to 1: how sure it is that this is a system of its own."""
    why: str
    folder: str = ""
    """The folder that is its own, where one is."""
    schedule: str = ""
    """Cron where it can be said so, else as it is told."""
    interval_seconds: float = 0.0
    timezone: str = ""
    runs: tuple[str, ...] = ()
    """Absolute paths of the scripts that it starts."""
    arguments: str = ""
    """What tells two uses of one script apart."""
    cwd: str = ""
    """From where relative paths count; empty = not said."""
    touches: tuple[Touch, ...] = ()
    more: tuple[Clue, ...] = ()
    imports: tuple[str, ...] = ()
    """Names of modules that a source imports."""
    startable: bool = False
    """A source that is meant to be started by itself."""
    description: str = ""
    enabled: bool = True
    joins: str = ""
    """Key of the candidate that it belongs to, where it says so itself: sightings with one key are one candidate."""

    def clues(self) -> tuple[Clue, ...]:
        """All its evidence, the place where it was seen first."""
        return (self.clue, *self.more, *(touch.clue for touch in self.touches))


@dataclass
class Started:
    """What a command line does: scripts started, resources read and written, and in which folder."""

    runs: dict[str, str] = field(default_factory=dict)
    """Absolute path of a script → the words that follow it and tell its uses apart."""
    modules: dict[str, str] = field(default_factory=dict)
    """Dotted name of a Python module (`python -m`) → the folder from which it is started."""
    touches: list[Touch] = field(default_factory=list)
    cwd: str = ""
    program: str = ""
    """The first program's name."""

    def first_arguments(self) -> str:
        """What follows the first script."""
        return next(iter(self.runs.values()), "")


def at(folder: str, path: str) -> str:
    """The path taken from the folder, normalised; what starts at a home folder or has a scheme stays."""
    if not path or "://" in path or path.startswith(("~", "$HOME")) or not folder:
        return path
    return posixpath.normpath(posixpath.join(folder, path))


def in_folder(sighting: Sighting, folder: str) -> Sighting:
    """The sighting with its relative accesses taken from the folder."""
    return replace(
        sighting,
        touches=tuple(replace(touch, resource=at(folder, touch.resource)) for touch in sighting.touches),
    )
