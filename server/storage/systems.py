"""Queries over systems: what changed since, save, and full-text search."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from server.model.system import StoredSystem
from server.storage import counters, search
from server.storage.tables import SystemRow

REVISION = "registry_revision"


def next_revision(session: Session) -> int:
    """A new revision of the registry. Whoever takes one goes before all others until his transaction ends."""
    return counters.following(session, REVISION)


def revision(session: Session) -> int:
    """The present revision of the registry; 0 for an empty one."""
    return counters.present(session, REVISION)


def changed_since(session: Session, revision: int) -> Iterator[StoredSystem]:
    """Every system that was written after that revision, oldest change first."""
    rows = session.exec(
        select(SystemRow.document)
        .where(col(SystemRow.revision) > revision)
        .order_by(col(SystemRow.revision), col(SystemRow.id))
    )
    return (StoredSystem.model_validate(document) for document in rows)


def save(session: Session, stored: StoredSystem, *, search_text: str) -> None:
    """The system stands as given, and is found under its words."""
    system = stored.system
    session.merge(
        SystemRow(
            id=system.id,
            name=system.name,
            tier=system.tier,
            owner=system.owner,
            archived=stored.archived,
            version=stored.version,
            revision=stored.revision,
            source=stored.source,
            document=stored.model_dump(mode="json", by_alias=True),
        )
    )
    search.replace(
        session,
        system.id,
        title=f"{system.id} {system.name}",
        body=f"{system.description} {system.owner} {search_text}",
    )


def search_ids(session: Session, query: str) -> list[str]:
    """Ids of the systems that have every word of the query (or a word beginning with it), best match first."""
    return search.find(session, query)
