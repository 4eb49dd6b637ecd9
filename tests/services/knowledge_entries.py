"""Shared entries for tests, stored as they are told."""

from typing import TYPE_CHECKING, Any

from server.model.knowledge import KnowledgeEntry
from server.model.moments import microseconds
from server.storage import knowledge

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

DAY = 86_400_000_000
BEGIN = microseconds("2026-04-01T00:00:00Z")


def entry(entry_id: str, title: str, description: str = "", **members: Any) -> KnowledgeEntry:
    """An entry of 1 April that holds until the end of June, unless it is told otherwise."""
    usual = {"type": "transferable_fix", "source_system": "sys_a", "created": "2026-04-01", "expires": "2026-07-01"}
    told = {"id": entry_id, "title": title, "description": description or title, **usual, **members}
    return KnowledgeEntry.model_validate(told)


def store(database: "Database", *entries: KnowledgeEntry) -> None:
    """These entries stand as given, whether they were there or not."""

    def write(session: "Session") -> None:
        knowledge.take_turn(session)
        known = knowledge.load_all(session, [one.id for one in entries])
        stored = [knowledge.Stored(one.id, one, {}) for one in entries]
        at = {"at": BEGIN, "now": BEGIN, "revision": knowledge.next_revision(session)}
        knowledge.insert(session, [one for one in stored if one.entry.id not in known], **at)
        knowledge.save(session, [one for one in stored if one.entry.id in known], **at)

    database.write(write)
