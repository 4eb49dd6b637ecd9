"""Where PostgreSQL differs: full-text search with the column `words` of `system_texts`.

The words are given to PostgreSQL as they are: its own parser would take some for numbers or file names, and cut them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from server.storage.lazily import sql

if TYPE_CHECKING:
    from server.storage.session import Session


def replace_words(session: "Session", system_id: str, title: str, body: str) -> None:
    """The system is found under these words."""
    statement = sql.text(
        "INSERT INTO system_texts (system_id, title, body, words) "
        "VALUES (:system_id, :title, :body, CAST(:words AS tsvector)) ON CONFLICT (system_id) "
        "DO UPDATE SET title = excluded.title, body = excluded.body, words = excluded.words"
    )
    weighted = [*((word, "A") for word in title.split()), *((word, "B") for word in body.split())]
    words = " ".join(f"'{word}':{place}{weight}" for place, (word, weight) in enumerate(weighted, start=1))
    row = {"system_id": system_id, "title": title, "body": body, "words": words}
    session.connection().execute(statement, row)


def search(session: "Session", words: Sequence[str]) -> list[tuple[str, float]]:
    """(system id, score) of every system whose text has all of these beginnings of words, best first, then by id."""
    statement = sql.text(
        "SELECT system_id, ts_rank(words, CAST(:match AS tsquery)) AS score FROM system_texts "
        'WHERE words @@ CAST(:match AS tsquery) ORDER BY score DESC, system_id COLLATE "C"'
    )
    match = " & ".join(f"'{word}':*" for word in words)
    return [(row[0], row[1]) for row in session.connection().execute(statement, {"match": match}).all()]
