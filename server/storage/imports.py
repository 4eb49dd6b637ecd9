"""Queries over what catalogues list: each source keeps apart, and what it no longer lists is remembered (REG-11)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.storage.lazily import sql, tables
from server.storage.statements import put

if TYPE_CHECKING:
    from server.storage.session import Session

_AT_ONCE = 500
"""Ids that one statement asks for."""


@dataclass(frozen=True)
class Listed:
    """One thing that a source lists or listed."""

    item: str
    system_id: str
    present: bool
    first_seen: str
    last_seen: str


def listed_by(session: "Session", source: str) -> dict[str, Listed]:
    """Everything that the source ever listed, by its name there."""
    items = tables.import_items.c
    rows = session.connection().execute(
        sql.select(items.item, items.system_id, items.present, items.first_seen, items.last_seen)
        .where(items.source == source)
        .order_by(items.item)
    )
    return {row["item"]: Listed(**row) for row in rows.mappings()}


def record(session: "Session", source: str, kind: str, items: Mapping[str, str], *, now: str) -> list[Listed]:
    """The source lists exactly these (name there → system id) now; what it listed until now and no longer does."""
    before = listed_by(session, source)
    put(session, tables.import_sources, [{"source": source, "kind": kind, "last_import_at": now}])
    seen = [
        {
            "source": source,
            "item": item,
            "system_id": system_id,
            "present": True,
            "first_seen": before[item].first_seen if item in before else now,
            "last_seen": now,
        }
        for item, system_id in items.items()
    ]
    gone = [listed for item, listed in before.items() if item not in items]
    missing = [
        {
            "source": source,
            "item": listed.item,
            "system_id": listed.system_id,
            "present": False,
            "first_seen": listed.first_seen,
            "last_seen": listed.last_seen,
        }
        for listed in gone
        if listed.present
    ]
    put(session, tables.import_items, [*seen, *missing])
    return gone


def listed_elsewhere(session: "Session", source: str, system_ids: Collection[str]) -> dict[str, str]:
    """Of these systems, those that other sources list now: by id the source that listed it last."""
    items = tables.import_items.c
    found: dict[str, str] = {}
    wanted = sorted(system_ids)
    for start in range(0, len(wanted), _AT_ONCE):
        rows = session.connection().execute(
            sql.select(items.system_id, items.source)
            .where(items.system_id.in_(wanted[start : start + _AT_ONCE]), items.source != source, items.present)
            .order_by(items.last_seen, items.source)
        )
        found.update((row.system_id, row.source) for row in rows)
    return found
