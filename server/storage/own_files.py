"""Queries over what was read from files in systems' folders: the files as they were, and the events that came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.storage.events import Reported
from server.storage.events import written as events_written
from server.storage.lazily import sql, tables
from server.storage.statements import portions, put

if TYPE_CHECKING:
    from server.storage.session import Session


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file, or a part of one, as it was when it was last read."""

    digest: str
    at: str
    """When it was read."""
    made: str = ""
    """What was made of it where that is no event: a proposal's id."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that is kept under a key."""

    seq: int
    kind: str
    at: int
    origin: str
    document: Mapping[str, Any]


def files_read(session: "Session", system_id: str) -> dict[str, FileRead]:
    """What was read of the system's files, by the path below its folder."""
    files = tables.files_read.c
    rows = session.connection().execute(
        sql.select(files.path, files.digest, files.at, files.made).where(files.system_id == system_id)
    )
    return {row.path: FileRead(row.digest, row.at, row.made) for row in rows}


def remember(session: "Session", system_id: str, path: str, read: FileRead) -> None:
    """The file was read as it was then."""
    row = {"system_id": system_id, "path": path, "digest": read.digest, "at": read.at, "made": read.made}
    put(session, tables.files_read, [row])


def kept_under(session: "Session", system_id: str, keys: Sequence[str]) -> dict[str, Kept]:
    """The system's events under these keys."""
    events = tables.events.c
    found: dict[str, Kept] = {}
    for some in portions(keys):
        rows = session.connection().execute(
            sql.select(events.seq, events.key, events.kind, events.at, events.origin, events.document).where(
                events.system_id == system_id, events.key.in_(some)
            )
        )
        found.update({row.key: Kept(row.seq, row.kind, row.at, row.origin, row.document) for row in rows})
    return found


def rewrite(session: "Session", changed: Mapping[int, Reported]) -> None:
    """The events of these numbers stand as their files tell them now."""
    if not changed:
        return
    events = tables.events.c
    statement = (
        sql.update(tables.events)
        .where(events.seq == sql.bindparam("number"))
        .values(kind=sql.bindparam("new_kind"), at=sql.bindparam("new_at"), document=sql.bindparam("new_document"))
    )
    rows = [
        {"number": seq, "new_kind": one.kind, "new_at": one.at, "new_document": dict(one.document)}
        for seq, one in changed.items()
    ]
    session.connection().execute(statement, rows)
    events_written(session)


def of_kind(session: "Session", kind: str, systems: Sequence[str] = ()) -> list[tuple[str, str, dict[str, Any]]]:
    """(system, key, document) of every event of the kind, of these systems or of all, in the order of arrival."""
    events = tables.events.c
    chosen = sql.select(events.system_id, events.key, events.document).where(events.kind == kind)
    if systems:
        chosen = chosen.where(events.system_id.in_(systems))
    rows = session.connection().execute(chosen.order_by(events.seq))
    return [(row.system_id, row.key, row.document) for row in rows]
