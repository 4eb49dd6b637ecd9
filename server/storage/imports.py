"""Queries over what catalogues list: each source keeps apart, and what it no longer lists is remembered (REG-11)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from server.storage.tables import ImportItemRow, ImportSourceRow


@dataclass(frozen=True)
class Listed:
    """One thing that a source lists or listed."""

    item: str
    system_id: str
    present: bool
    first_seen: str
    last_seen: str


def listed_by(session: Session, source: str) -> dict[str, Listed]:
    """Everything that the source ever listed, by its name there."""
    rows = session.exec(
        select(ImportItemRow).where(col(ImportItemRow.source) == source).order_by(col(ImportItemRow.item))
    )
    return {row.item: Listed(row.item, row.system_id, row.present, row.first_seen, row.last_seen) for row in rows}


def record(session: Session, source: str, kind: str, items: Mapping[str, str], *, now: str) -> list[Listed]:
    """The source lists exactly these (name there → system id) now; what it listed until now and no longer does."""
    before = listed_by(session, source)
    session.merge(ImportSourceRow(source=source, kind=kind, last_import_at=now))
    for item, system_id in items.items():
        first = before[item].first_seen if item in before else now
        session.merge(
            ImportItemRow(source=source, item=item, system_id=system_id, present=True, first_seen=first, last_seen=now)
        )
    gone = [listed for item, listed in before.items() if item not in items]
    for listed in gone:
        if listed.present:
            row = session.get(ImportItemRow, (source, listed.item))
            if row is not None:
                row.present = False
    session.flush()
    return gone
