"""Queries over systems: what changed since, save, and full-text search."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.errors import StaleVersion
from server.model.system import StoredSystem
from server.storage import counters, search
from server.storage.lazily import sql, tables
from server.storage.statements import by_code_point, insert

if TYPE_CHECKING:
    from sqlmodel import Session

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
    systems = tables.systems.c
    rows = session.connection().execute(
        sql.select(systems.document)
        .where(systems.revision > revision)
        .order_by(systems.revision, by_code_point(session, systems.id))
    )
    return (StoredSystem.model_validate(document) for document in rows.scalars())


def get(session: "Session", system_id: str) -> StoredSystem | None:
    """The system with this id, archived or not."""
    systems = tables.systems.c
    document = session.connection().execute(sql.select(systems.document).where(systems.id == system_id)).scalar()
    return None if document is None else StoredSystem.model_validate(document)


def save(session: "Session", stored: StoredSystem, *, search_text: str) -> None:
    """The system stands as given, and is found under its words.

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
    statement = insert(session, tables.systems)
    saved = session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in row if name != "id"},
            where=tables.systems.c.version == statement.excluded.version - 1,
        ).returning(tables.systems.c.id),
        row,
    )
    if saved.first() is None:
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
