"""Shell sources: redirections, copies and the files and databases that commands name."""

import posixpath
import re
from collections.abc import Iterator

from server.registry.discovery.launching import scripts_of
from server.registry.discovery.shell import read_script
from server.registry.discovery.sighting import FileText, Sighting

_SHEBANG = re.compile(r"#!\s*/\S*?(?:/env\s+(?:-S\s+)?)?(?:ba|z|da|k|a)?sh\b")
_PYTHON = re.compile(r"#!.*\bpython")


def wants(path: str) -> bool:
    """Whether this is a shell script by its name, or may be one because its name says nothing."""
    name = posixpath.basename(path)
    return name.endswith((".sh", ".bash", ".zsh", ".ksh")) or "." not in name


def detect(file: FileText) -> Iterator[Sighting]:
    """One sighting, if it is a shell script that touches something or is started by itself."""
    named = "." in file.name
    if not named and not _SHEBANG.match(file.text):
        return
    started = read_script(file)
    if not started.touches and not started.runs and not started.modules and not file.text.startswith("#!"):
        return
    seen = {(touch.resource, touch.writes): touch for touch in reversed(started.touches)}
    touches = tuple(sorted(seen.values(), key=lambda touch: touch.clue.line))
    yield Sighting(
        kind="source",
        name=posixpath.splitext(file.name)[0],
        clue=file.clue(touches[0].clue.line if touches else 1, "a shell script"),
        confidence=0.35 if touches else 0.2,
        why="the script names what it reads and writes; that it is ever run is not said",
        runs=(file.path, *(script for script in scripts_of(started) if script != file.path)),
        touches=touches,
        startable=True,
    )


def is_python(file: FileText) -> bool:
    """Whether a file whose name says nothing is a Python program."""
    return _PYTHON.match(file.text) is not None
