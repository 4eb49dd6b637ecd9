"""Where PostgreSQL differs: full-text search with the generated column `words` of `system_texts`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from server.storage.lazily import sql

if TYPE_CHECKING:
    from sqlmodel import Session


def search(session: "Session", words: Sequence[str]) -> list[tuple[str, float]]:
    """(system id, score) of every system whose text has all of these beginnings of words, best first, then by id."""
    statement = sql.text(
        "SELECT system_id, ts_rank(words, CAST(:match AS tsquery)) AS score FROM system_texts "
        'WHERE words @@ CAST(:match AS tsquery) ORDER BY score DESC, system_id COLLATE "C"'
    )
    match = " & ".join(f"'{word}':*" for word in words)
    return [(row[0], row[1]) for row in session.connection().execute(statement, {"match": match})]
