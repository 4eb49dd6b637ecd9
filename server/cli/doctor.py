"""Look whether settings, database and optional parts are in order.

Every line says what was looked at, whether it is in order, and if not, what to do. Nothing but the database is written,
which is brought up to date like at every start. Exit codes: 0 in order, 3 something has to be mended.
"""

import argparse
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from server.cli.commands import BAD_INPUT
from server.cli.output import show_json, show_table
from server.cli.session import add_database_flag, add_json_flag, configuration, opened
from server.cli.surroundings import FAILED, LOOK, OK, Sight, optional_parts, surroundings
from server.clock import clock_from, to_wire
from server.config import Config
from server.errors import ConcordError
from server.model.wording import counted
from server.registry.resources import without_credentials


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord doctor` takes."""
    add_json_flag(parser)
    add_database_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Say what was found."""
    sights = list(_sights(arguments))
    if arguments.json:
        show_json(
            {
                "in_order": _in_order(sights),
                "seen": [dict(zip(("what", "state", "seen"), s, strict=True)) for s in sights],
            }
        )
    else:
        show_table(("what", "state", "seen"), sights)
    return 0 if _in_order(sights) else BAD_INPUT


def _in_order(sights: list[Sight]) -> bool:
    return all(state != FAILED for _, state, _ in sights)


def _sights(arguments: argparse.Namespace) -> Iterator[Sight]:
    yield "python", OK, platform.python_version()
    yield "concord", *_installed("concord-mcp")
    yield "mcp", *_installed("mcp")
    script = shutil.which("concord")
    yield "command", *((OK, script) if script else (LOOK, "`concord` is not on the path; clients need its full path"))
    try:
        config = configuration(arguments)
    except ConcordError as error:
        yield "settings", FAILED, _told(error)
        return
    yield "home", *_home(config)
    clock = ("clock", *_attempt(lambda: to_wire(clock_from(config.now).now())))
    yield clock
    if clock[1] == FAILED:
        return
    yield "caller", OK, config.system or "the local user"
    if config.database_url.startswith("postgres") and find_spec("psycopg") is None:
        yield "driver", FAILED, "PostgreSQL needs the extra: pip install 'concord-mcp[postgres]'"
        return
    yield from optional_parts()
    database = ("database", *_attempt(lambda: _registry(arguments, config)))
    yield database
    if database[1] == FAILED:
        return
    try:
        with opened(arguments) as session:
            yield from surroundings(session.services, config)
    except ConcordError as error:
        yield "surroundings", FAILED, _told(error)


def _installed(distribution: str) -> tuple[str, str]:
    try:
        return OK, version(distribution)
    except PackageNotFoundError:
        return LOOK, "not installed as a package"


def _home(config: Config) -> tuple[str, str]:
    nearest = next(folder for folder in (config.home, *config.home.parents) if folder.exists())
    if os.access(nearest, os.W_OK) and nearest.is_dir():
        return OK, str(config.home)
    return FAILED, f"{config.home} can't be written: set CONCORD_HOME to a folder of yours"


def _registry(arguments: argparse.Namespace, config: Config) -> str:
    with opened(arguments) as session, session.services.registry.reading() as registry:
        return f"{without_credentials(config.database_url)}, {counted(len(registry.systems), 'system')}"


def _attempt(look: Callable[[], str]) -> tuple[str, str]:
    try:
        return OK, look()
    except ConcordError as error:
        return FAILED, _told(error)


def _told(error: ConcordError) -> str:
    return f"{error.message} {error.hint}".strip()
