"""Sources for tests: files by path, read as if they lay on disk, and what they say of who reads what."""

import posixpath
import textwrap
from collections.abc import Callable

from server.conflicts.engine import check_shape
from server.exchange.imported import Imported
from server.exchange.registry_json import ReadSystem
from server.exchange.source import Request, SourceFile
from server.model.system import System
from server.registry.reading import read_system

FOLDER = "/srv/shop"
Reader = Callable[[Request, ReadSystem], Imported]


def read(reader: Reader, *texts: str, beside: dict[str, str] | None = None, name: str = "main{}.yaml") -> Imported:
    """What the reader makes of these files in one folder, with others beside them by their relative paths."""
    files = [
        SourceFile(f"{FOLDER}/{name.format(number or '')}", textwrap.dedent(text)) for number, text in enumerate(texts)
    ]
    others = {posixpath.normpath(f"{FOLDER}/{path}"): textwrap.dedent(text) for path, text in (beside or {}).items()}

    def nearby(path: str) -> SourceFile | str:
        return SourceFile(path, others[path]) if path in others else "there is no such file"

    return reader(Request(tuple(files), nearby), lambda document: read_system(document, check_schema=check_shape))


def by_id(imported: Imported) -> dict[str, System]:
    """The systems of the source by their ids."""
    return {listed.system.id: listed.system for listed in imported.systems}


def edges(imported: Imported) -> set[tuple[str, str]]:
    """(consumer, producer), by names, for everything that one system of the source writes and another reads."""
    writers: dict[str, set[str]] = {}
    for listed in imported.systems:
        for output in listed.system.writes_to:
            writers.setdefault(output.resource, set()).add(listed.system.name)
    return {
        (listed.system.name, producer)
        for listed in imported.systems
        for access in listed.system.reads_from
        for producer in writers.get(access.resource, ())
        if producer != listed.system.name
    }


def dangling(imported: Imported) -> set[tuple[str, str]]:
    """(who refers, to what) for every reference that leads nowhere or to the wrong kind."""
    return {(one.origin, one.target) for one in imported.dangling}
