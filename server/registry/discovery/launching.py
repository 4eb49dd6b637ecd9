"""From a command that some marker starts to a sighting: the scripts it runs, what it touches, and what to call it."""

import posixpath

from server.registry.discovery.shell import read_command
from server.registry.discovery.sighting import Clue, Sighting, Started, at

_NO_NAME = frozenset({"main", "run", "__main__", "index", "app", "start", "cli", "job", "script"})


def started_by(command: str, clue: Clue, *, cwd: str = "", variables: dict[str, str] | None = None) -> Started:
    """What the command does; several lines are taken one after the other."""
    return read_command(command[:20_000].replace("\\\n", " ").replace("\n", " ; "), clue, cwd=cwd, variables=variables)


def scripts_of(started: Started) -> tuple[str, ...]:
    """The scripts that were started; a Python module by the paths that it may have."""
    found = list(started.runs)
    for module, folder in started.modules.items():
        path = module.replace(".", "/")
        found += [at(folder, f"{path}.py"), at(folder, f"{path}/__main__.py")]
    return tuple(found)


def called(started: Started, otherwise: str) -> str:
    """What to call the thing that the command starts: after its script, else its module, else its program."""
    for script in started.runs:
        stem = posixpath.splitext(posixpath.basename(script))[0]
        folder = posixpath.basename(posixpath.dirname(script))
        return f"{folder}-{stem}" if stem in _NO_NAME and folder else stem
    for module in started.modules:
        return module.rpartition(".")[2]
    return started.program or otherwise


def launched(
    started: Started,
    *,
    kind: str,
    name: str,
    clue: Clue,
    confidence: float,
    why: str,
    schedule: str = "",
    timezone: str = "",
) -> Sighting:
    """The sighting of something that starts this command."""
    return Sighting(
        kind=kind,
        name=name,
        clue=clue,
        confidence=confidence,
        why=why,
        schedule=schedule,
        timezone=timezone,
        runs=scripts_of(started),
        arguments=started.first_arguments(),
        cwd=started.cwd,
        touches=tuple(started.touches),
    )
