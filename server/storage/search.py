"""Full-text search: the same words find the same systems on both databases."""

import re

from sqlalchemy import text
from sqlmodel import Session

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_MOST_WORDS = 16


def words_of(query: str) -> list[str]:
    """The words of a query in lower case, as both engines split text; at most 16."""
    return [word.lower() for word in _WORD.findall(query)][:_MOST_WORDS]


def replace(session: Session, system_id: str, *, title: str, body: str) -> None:
    """The system is found under these words and no others. A match in the title counts more."""
    plain = {"id": system_id, "title": " ".join(words_of_text(title)), "body": " ".join(words_of_text(body))}
    session.execute(text("DELETE FROM system_search WHERE id = :id"), plain)
    if _on_postgresql(session):
        statement = (
            "INSERT INTO system_search (id, title, body, words) VALUES (:id, :title, :body, "
            "setweight(to_tsvector('simple', :title), 'A') || setweight(to_tsvector('simple', :body), 'B'))"
        )
    else:
        statement = "INSERT INTO system_search (id, title, body) VALUES (:id, :title, :body)"
    session.execute(text(statement), plain)


def find(session: Session, query: str) -> list[str]:
    """Ids of the systems whose text has, for every word of the query, a word that begins with it; best match first.

    A query without a word finds nothing. Operators and quotes in it are separators, never syntax.
    """
    words = words_of(query)
    if not words:
        return []
    if _on_postgresql(session):
        statement = (
            "SELECT id FROM system_search WHERE words @@ to_tsquery('simple', :match) "
            "ORDER BY ts_rank(words, to_tsquery('simple', :match)) DESC, id"
        )
        match = " & ".join(f"{word}:*" for word in words)
    else:
        statement = (
            "SELECT id FROM system_search WHERE system_search MATCH :match ORDER BY bm25(system_search, 0, 10, 1), id"
        )
        match = " ".join(f'"{word}"*' for word in words)
    return [str(row[0]) for row in session.execute(text(statement), {"match": match})]


def words_of_text(source: str) -> list[str]:
    """Every word of a text in lower case; names written in camel case also as their parts."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", source)
    found = [word.lower() for word in _WORD.findall(source)]
    return found if split == source else found + [word.lower() for word in _WORD.findall(split)]


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
