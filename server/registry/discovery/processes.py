"""Running processes, as Linux tells them under /proc: which scripts run, never what they were called with."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from server.registry.discovery.sighting import Clue, Sighting

_INTERPRETER = re.compile(r"(?:python[0-9.]*|pypy3?|node|deno|bun|ruby|perl|php[0-9.]*|bash|sh|Rscript|julia|java)$")
_SCRIPT = re.compile(r"[\w./ ~-]+\.(?:py|js|mjs|cjs|ts|rb|pl|php|sh|R|jl|jar)$")
_LONGEST = 100_000


def running(proc: str = "/proc") -> tuple[list[Sighting], str]:
    """One sighting per script that an interpreter runs, and what kept others from being seen.

    Only the script's own name is taken from a command line: what else stands there may be secret.
    """
    if not os.path.isdir(proc):
        return [], "running processes can't be looked at on this system"
    found = [sighting for process in _numbers(proc) if (sighting := _look(Path(proc) / process, int(process)))]
    unique = {sighting.runs[0]: sighting for sighting in found}
    return list(unique.values()), ""


def _numbers(proc: str) -> Iterator[str]:
    mine = str(os.getpid())
    return (name for name in sorted(os.listdir(proc)) if name.isdigit() and name != mine)


def _look(folder: Path, number: int) -> Sighting | None:
    try:
        with (folder / "cmdline").open("rb") as content:
            words = content.read(_LONGEST).decode("utf-8", "replace").split("\0")
        cwd = os.readlink(folder / "cwd")
    except OSError:  # it ended, or belongs to somebody else
        return None
    program = os.path.basename(words[0])
    if not _INTERPRETER.match(program):
        return None
    script = next((word for word in words[1:6] if _SCRIPT.match(word) and not word.startswith("-")), "")
    if not script or not os.path.isfile(path := os.path.normpath(os.path.join(cwd, script))):
        return None
    name = os.path.splitext(os.path.basename(path))[0]
    return Sighting(
        kind="process",
        name=name,
        clue=Clue(path, 0, f"{program} {os.path.basename(path)}", f"process {number} runs it now"),
        confidence=0.8,
        why="it is running",
        runs=(path,),
        cwd=cwd,
    )
