"""What a search of shared knowledge begins with, kept for other processes: a copy that can be made anew at any time."""

from typing import TYPE_CHECKING

from server.storage.lazily import sql, tables
from server.storage.statements import put

if TYPE_CHECKING:
    from server.storage.session import Session

_LEXICAL = "lexical"


def load(session: "Session", revision: int) -> bytes | None:
    """What is kept, unless it goes further than that revision."""
    rows = tables.knowledge_index.c
    chosen = sql.select(rows.packed).where(rows.name == _LEXICAL, rows.revision <= revision)
    packed = session.connection().execute(chosen).scalar()
    return None if packed is None else bytes(packed)


def keep(session: "Session", revision: int, packed: bytes) -> None:
    """This is kept, in place of what was."""
    put(session, tables.knowledge_index, [{"name": _LEXICAL, "revision": revision, "packed": packed}])
