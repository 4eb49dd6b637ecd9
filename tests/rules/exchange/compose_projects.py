"""Compose projects for tests: files by path, read as if they lay on disk."""

import posixpath
import textwrap
from collections.abc import Sequence

from server.exchange.compose.importer import read_compose
from server.exchange.imported import Imported
from server.exchange.source import Request, SourceFile

FOLDER = "/srv/shop"


def read(
    main: str, *more: str, beside: dict[str, str] | None = None, profiles: Sequence[str] = (), env: str | None = None
) -> Imported:
    """The project of these compose files, laid over each other, with others beside them by their relative paths."""
    files = [
        SourceFile(f"{FOLDER}/compose{number or ''}.yaml", textwrap.dedent(text))
        for number, text in enumerate([main, *more])
    ]
    others = {posixpath.normpath(f"{FOLDER}/{path}"): textwrap.dedent(text) for path, text in (beside or {}).items()}
    if env is not None:
        others[f"{FOLDER}/.env"] = textwrap.dedent(env)

    def nearby(path: str) -> SourceFile | str:
        return SourceFile(path, others[path]) if path in others else "there is no such file"

    return read_compose(Request(tuple(files), nearby, tuple(profiles)))


def names(imported: Imported) -> list[str]:
    """The items of the source, sorted."""
    return sorted(listed.item for listed in imported.systems)


def edges(imported: Imported, basis: str = "") -> set[str]:
    """`reader -> service` for every service that another reads, of one basis or any."""
    return {
        f"{listed.item} -> {access.resource.removeprefix('service://')}"
        for listed in imported.systems
        for access in listed.system.reads_from
        if access.resource.startswith("service://") and basis in ("", access.basis)
    }


def data(imported: Imported) -> set[str]:
    """`service reads|writes resource` for everything that is mounted."""
    found = set()
    for listed in imported.systems:
        for verb, accesses in (("reads", listed.system.reads_from), ("writes", listed.system.writes_to)):
            found |= {
                f"{listed.item} {verb} {access.resource}"
                for access in accesses
                if not access.resource.startswith("service://")
            }
    return found
