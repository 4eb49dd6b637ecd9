"""Queries over systems: what changed since, how they stood at a revision, save, and full-text search."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from server.errors import StaleVersion
from server.model.system import StoredSystem
from server.storage import counters, search
from server.storage.lazily import sql, tables
from server.storage.prepared import Prepared
from server.storage.statements import by_code_point, insert, on_postgresql

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, CompoundSelect, Select
    from sqlalchemy.dialects.sqlite import Insert

    from server.storage.session import Session

REVISION = "registry_revision"


def next_revision(session: "Session") -> int:
    """A new revision of the registry. Whoever takes one goes before all others until his transaction ends.

    So revisions become visible in their order, and no reader misses one (on both databases).
    """
    return counters.following(session, REVISION)


def revision(session: "Session") -> int:
    """The present revision of the registry; 0 for an empty one."""
    return counters.present(session, REVISION)


def changed_since(session: "Session", revision: int) -> Iterator[StoredSystem]:
    """Every system that was written after that revision, oldest change first."""
    rows = session.connection().execute(_changed(on_postgresql(session)), {"revision": revision})
    return (StoredSystem.model_validate(document) for document in rows.scalars())


def as_of(session: "Session", revision: int) -> list[StoredSystem]:
    """Every system as it stood at that revision of the registry, oldest change first (CON-15)."""
    rows = session.connection().execute(_as_of(), {"revision": revision})
    found = [StoredSystem.model_validate(document) for document in rows.scalars()]
    return sorted(found, key=lambda stored: (stored.revision, stored.id))


def get(session: "Session", system_id: str) -> StoredSystem | None:
    """The system with this id, archived or not."""
    systems = tables.systems.c
    document = session.connection().execute(sql.select(systems.document).where(systems.id == system_id)).scalar()
    return None if document is None else StoredSystem.model_validate(document)


def save(session: "Session", stored: StoredSystem, *, search_text: str) -> None:
    """The system stands as given, and is found under its words; the version that it replaces is kept.

    Raises StaleVersion where the version before it is not the one that is stored.
    """
    system = stored.system
    row = {
        "id": system.id,
        "name": system.name,
        "tier": system.tier.value,
        "owner": system.owner,
        "archived": stored.archived,
        "version": stored.version,
        "revision": stored.revision,
        "source": stored.source,
        "document": stored.model_dump(mode="json", by_alias=True),
    }
    if stored.version > 1:
        replaced = {"system_id": system.id, "replaced": stored.version - 1}
        session.connection().execute(_keeping(on_postgresql(session)), replaced)
    if not _saving(on_postgresql(session)).rows(session, row):
        raise StaleVersion(
            f"{system.id} was changed by somebody else in the meantime.",
            path="/expected_version",
            hint="Read it with get_system, and send your change again.",
        )
    search.replace(
        session,
        system.id,
        title=f"{system.id} {system.name}",
        body=f"{system.description} {system.owner} {search_text}",
    )


def search_ids(session: "Session", query: str) -> list[str]:
    """Ids of the systems that have every word of the query (or a word beginning with it), best match first."""
    return [found.system_id for found in search.find(session, query)]


@cache
def _changed(postgresql: bool) -> "Select[Any]":
    systems = tables.systems.c
    return (
        sql.select(systems.document)
        .where(systems.revision > sql.bindparam("revision"))
        .order_by(systems.revision, by_code_point(systems.id, postgresql=postgresql))
    )


@cache
def _as_of() -> "CompoundSelect[Any]":
    """What still stands as it stood then, and of what does not the version that did."""
    systems, kept = tables.systems.c, tables.system_versions.c
    then: BindParameter[int] = sql.bindparam("revision")
    stood = (
        sql.select(kept.system_id, sql.func.max(kept.version).label("version"))
        .where(kept.revision <= then, kept.system_id.in_(sql.select(systems.id).where(systems.revision > then)))
        .group_by(kept.system_id)
        .subquery()
    )
    same = (kept.system_id == stood.c.system_id) & (kept.version == stood.c.version)
    replaced = sql.select(kept.document).join(stood, same)
    return sql.select(systems.document).where(systems.revision <= then).union_all(replaced)


@cache
def _keeping(postgresql: bool) -> "Insert":
    """Copies the row inside the database: writing the document as JSON once more would cost an import dearly."""
    systems = tables.systems.c
    replaced = sql.select(systems.id, systems.version, systems.revision, systems.document).where(
        systems.id == sql.bindparam("system_id"), systems.version == sql.bindparam("replaced")
    )
    statement = insert(tables.system_versions, postgresql=postgresql)
    return statement.from_select(("system_id", "version", "revision", "document"), replaced).on_conflict_do_nothing()


@cache
def _saving(postgresql: bool) -> Prepared:
    """Returns the id, unless there is another version than the one before."""
    systems = tables.systems.c
    statement = insert(tables.systems, postgresql=postgresql)
    fresh = {column.name: statement.excluded[column.name] for column in systems if column.name != "id"}
    only_next = systems.version == statement.excluded.version - 1
    following = statement.on_conflict_do_update(index_elements=["id"], set_=fresh, where=only_next)
    return Prepared(following.returning(systems.id))
