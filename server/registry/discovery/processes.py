"""Running processes, as Linux tells them under /proc: which programs run below the folders, never with which arguments."""

import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.registry.discovery.sighting import Clue, Sighting, at
from server.registry.discovery.walk import passed_over

_INTERPRETER = re.compile(r"(?:python[0-9.]*|pypy3?|node|deno|bun|ruby|perl|php[0-9.]*|bash|sh|Rscript|julia|java)$")
_SCRIPT = re.compile(r"[\w./ ~-]+\.(?:py|js|mjs|cjs|ts|rb|pl|php|sh|R|jl|jar)$")
_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$")
_OURSELVES = frozenset({"concord", "concord_mcp"})
_LONGEST = 100_000
_FEW_WORDS = 6
"""Words of a command line among which the script stands: what follows it are its arguments."""


@dataclass(frozen=True)
class Running:
    """What was seen of the processes."""

    sightings: tuple[Sighting, ...] = ()
    """One per program that runs."""
    looked: bool = True
    """Whether this system tells of its processes."""
    note: str = ""
    """Why it does not."""


def running(roots: Sequence[str], *, proc: str = "/proc") -> Running:
    """The programs of this user that lie, or were started from, below one of the roots.

    Only the program's own name and place are taken: what else stands in a command line may be secret, and is not kept.
    """
    if not hasattr(os, "getuid") or not os.path.isfile(f"{proc}/self/cmdline"):
        return Running(looked=False, note="running processes can't be looked at on this system")
    seen = (_look(Path(proc) / number, int(number), roots) for number in _numbers(proc))
    unique: dict[str, Sighting] = {}
    for sighting in seen:
        if sighting is not None:
            unique.setdefault(sighting.runs[0], sighting)
    return Running(tuple(unique.values()))


def _numbers(proc: str) -> Iterator[str]:
    mine = str(os.getpid())
    return (name for name in sorted(os.listdir(proc)) if name.isdigit() and name != mine)


def _look(folder: Path, number: int, roots: Sequence[str]) -> Sighting | None:
    try:
        if folder.stat().st_uid != os.getuid():
            return None
        with (folder / "cmdline").open("rb") as content:
            words = content.read(_LONGEST).decode("utf-8", "replace").split("\0")
        cwd = os.readlink(folder / "cwd")
        executable = os.readlink(folder / "exe")
    except OSError:  # it ended, or may not be looked at
        return None
    program = posixpath.basename(words[0])
    path = _script(words, cwd) if _INTERPRETER.match(program) else executable
    if not path or not os.path.isfile(path):
        return None
    below = _below(path, roots)
    if not below and not (_below(cwd, roots) and _INTERPRETER.match(program)):
        return None  # a shell or an editor that merely stands in the folder says nothing
    name = posixpath.splitext(posixpath.basename(path))[0]
    shown = f"{program} {posixpath.basename(path)}" if path != executable else posixpath.basename(path)
    return Sighting(
        kind="process",
        name=posixpath.basename(posixpath.dirname(path)) if name == "__main__" else name,
        clue=Clue(path if below else cwd, 0, shown, f"process {number} runs {path}"),
        confidence=0.8,
        why="it is running",
        runs=(path,),
        cwd=cwd,
    )


def _script(words: Sequence[str], cwd: str) -> str:
    """The file that an interpreter runs, by its name or as a module; empty where there is none, or it is this program."""
    for position, word in enumerate(words[1:_FEW_WORDS], start=1):
        if word in ("-c", "-e", "--eval"):
            return ""  # a text follows that is the program itself
        if word == "-m":
            return _module(words[position + 1] if position + 1 < len(words) else "", cwd)
        if not word.startswith("-") and (_SCRIPT.match(word) or os.path.isfile(at(cwd, word))):
            return "" if posixpath.basename(word) in _OURSELVES else at(cwd, word)
    return ""


def _module(name: str, cwd: str) -> str:
    if not _MODULE.match(name) or name.partition(".")[0] in _OURSELVES:
        return ""
    path = name.replace(".", "/")
    files = (at(cwd, f"{path}.py"), at(cwd, f"{path}/__main__.py"))
    return next((file for file in files if os.path.isfile(file)), "")


def _below(path: str, roots: Sequence[str]) -> bool:
    """Whether the path lies below a root, and nowhere that a scan passes over."""
    for root in roots:
        folder = root.rstrip("/") + "/"
        if path == root or (path.startswith(folder) and not passed_over(path.removeprefix(folder))):
            return True
    return False
