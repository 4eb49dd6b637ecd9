"""Vectors of shared entries: each as a model sees the text that the entry had then; those of different models never meet."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from server.storage.lazily import sql, tables
from server.storage.statements import portions, put

if TYPE_CHECKING:
    from server.storage.session import Session


class Vector(NamedTuple):
    """The meaning of an entry's text."""

    entry_id: str
    said: str
    """Digest of the text."""
    vector: bytes
    """Little-endian 32-bit floats."""


def of_entries(session: "Session", model: str, ids: Sequence[str]) -> Iterator[Vector]:
    """What is kept of these entries' meaning for that model."""
    rows = tables.knowledge_vectors.c
    columns = sql.select(rows.entry_id, rows.said, rows.vector).where(rows.model == model)
    for some in portions(ids):
        for row in session.connection().execute(columns.where(rows.entry_id.in_(some))):
            yield Vector(row.entry_id, row.said, bytes(row.vector))


def keep(session: "Session", model: str, vectors: Sequence[Vector]) -> None:
    """These are kept, in place of what was kept of the same entries for that model."""
    told = [{**one._asdict(), "model": model, "dimension": len(one.vector) // 4} for one in vectors]
    put(session, tables.knowledge_vectors, told)
