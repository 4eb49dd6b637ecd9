"""Queries over signs of life: one row a system, and what changed since a revision, for those who keep a copy."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from server.model.signs import Signs
from server.storage import counters
from server.storage.lazily import sql, tables
from server.storage.statements import put

if TYPE_CHECKING:
    from sqlalchemy import Select

    from server.storage.session import Session

REVISION = "signs_revision"


def next_revision(session: "Session") -> int:
    """A new revision of the signs. Whoever takes one goes before all who change them until his transaction ends."""
    return counters.following(session, REVISION)


def revision(session: "Session") -> int:
    """The present revision; 0 before the first sign."""
    return counters.present(session, REVISION)


def of(session: "Session", system_id: str) -> Signs:
    """The signs of one system; empty where there were none yet."""
    signs = tables.signs_of_life.c
    document = session.connection().execute(sql.select(signs.document).where(signs.system_id == system_id)).scalar()
    return Signs() if document is None else Signs.model_validate(document)


def changed_since(session: "Session", revision: int) -> dict[str, Signs]:
    """The signs of every system that were written after that revision."""
    rows = session.connection().execute(_changed(), {"revision": revision})
    return {row.system_id: Signs.model_validate(row.document) for row in rows}


def save(session: "Session", signs: Mapping[str, Signs], revision: int) -> None:
    """These systems' signs stand as given."""
    rows = [
        {"system_id": system_id, "revision": revision, "document": one.model_dump(mode="json", exclude_defaults=True)}
        for system_id, one in signs.items()
    ]
    put(session, tables.signs_of_life, rows)


@cache
def _changed() -> "Select[Any]":
    signs = tables.signs_of_life.c
    return sql.select(signs.system_id, signs.document).where(signs.revision > sql.bindparam("revision"))
