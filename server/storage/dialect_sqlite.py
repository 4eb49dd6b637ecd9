"""Where SQLite differs: full-text search with FTS5 over `system_texts`, kept in step by triggers."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from server.storage.lazily import sql
from server.storage.prepared import Prepared

if TYPE_CHECKING:
    from server.storage.session import Session


def replace_words(session: "Session", system_id: str, title: str, body: str) -> None:
    """The system is found under these words; a trigger brings them to the index."""
    _replacing().rows(session, {"system_id": system_id, "title": title, "body": body})


def search(session: "Session", words: Sequence[str]) -> list[tuple[str, float]]:
    """(system id, score) of every system whose text has all of these beginnings of words, best first, then by id."""
    statement = sql.text(
        "SELECT system_texts.system_id, -bm25(system_search, 10.0, 1.0) AS score "
        "FROM system_search JOIN system_texts ON system_texts.number = system_search.rowid "
        "WHERE system_search MATCH :match ORDER BY score DESC, system_texts.system_id"
    )
    match = " ".join(f'"{word}"*' for word in words)
    # All rows at once: fetched one by one, a search that finds a thousand systems takes twice as long.
    return [(row[0], row[1]) for row in session.connection().execute(statement, {"match": match}).all()]


@cache
def _replacing() -> Prepared:
    return Prepared(
        sql.text(
            "INSERT INTO system_texts (system_id, title, body) VALUES (:system_id, :title, :body) "
            "ON CONFLICT (system_id) DO UPDATE SET title = excluded.title, body = excluded.body"
        )
    )
