"""Vectors of shared entries where PostgreSQL has the extension `vector`: a real column, so that no process holds them all.

The table is made when the first vector is to be kept, not by a migration: only a superuser may create the extension, and one
may do so at any time. Where it can't be made, vectors stand as bytes in `knowledge_vectors`, as on SQLite.
"""

from collections.abc import Iterator, Sequence
from struct import unpack
from typing import TYPE_CHECKING, NamedTuple

from server.storage.lazily import sql, tables
from server.storage.statements import on_postgresql, portions
from server.storage.vectors import Vector

if TYPE_CHECKING:
    from server.storage.session import Session

_ONE_AT_A_TIME = 0x636F6E76
"""Of PostgreSQL's advisory locks the one for making the table; made by two at once, an extension is an error for one."""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS knowledge_embeddings (entry_id varchar NOT NULL REFERENCES knowledge ON DELETE CASCADE, "
    "model varchar NOT NULL, said varchar NOT NULL, dimension integer NOT NULL, embedding vector NOT NULL, "
    "PRIMARY KEY (model, entry_id))"
)


class Centre(NamedTuple):
    """What the vectors of a model have in common."""

    size: int
    """How many there are."""
    mean: tuple[float, ...]
    """Of all vectors, number by number; () where there is none."""


def stands(session: "Session") -> bool:
    """Whether vectors stand in a column of their own in this database."""
    return on_postgresql(session) and _first(session, "SELECT to_regclass('knowledge_embeddings') IS NOT NULL") is True


def may_stand(session: "Session") -> bool:
    """Whether the column could be made, rights aside: the server is a PostgreSQL that has the extension."""
    asked = "SELECT count(*) > 0 FROM pg_available_extensions WHERE name = 'vector'"
    return on_postgresql(session) and _first(session, asked) is True


def establish(session: "Session") -> bool:
    """Vectors stand in a column of their own from now on, those that were kept as bytes too; False where rights are missing."""
    session.connection().execute(sql.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
    if stands(session):
        return True
    attempt = session.connection().begin_nested()
    try:
        session.connection().execute(sql.text("CREATE EXTENSION IF NOT EXISTS vector"))
        session.connection().execute(sql.text(_TABLE))
    except sql.exc.DBAPIError:
        attempt.rollback()
        return False
    attempt.commit()
    rows = tables.knowledge_vectors.c
    there = sql.select(rows.entry_id, rows.model, rows.said, rows.vector).execution_options(yield_per=1_000)
    entries = tables.knowledge.c.entry_id
    for some in session.connection().execute(there.where(rows.entry_id.in_(sql.select(entries)))).partitions():
        for model in {row.model for row in some}:
            kept = [Vector(row.entry_id, row.said, bytes(row.vector)) for row in some if row.model == model]
            keep(session, model, kept)
    session.connection().execute(sql.delete(tables.knowledge_vectors))
    return True


def keep(session: "Session", model: str, vectors: Sequence[Vector]) -> None:
    """These are kept, in place of what was kept of the same entries for that model."""
    statement = sql.text(
        "INSERT INTO knowledge_embeddings (entry_id, model, said, dimension, embedding) "
        "VALUES (:entry_id, :model, :said, :dimension, CAST(:vector AS vector)) ON CONFLICT (model, entry_id) "
        "DO UPDATE SET said = excluded.said, dimension = excluded.dimension, embedding = excluded.embedding"
    )
    told = [
        {**one._asdict(), "model": model, "dimension": len(one.vector) // 4, "vector": _written(one.vector)}
        for one in vectors
    ]
    if told:
        session.connection().execute(statement, told)


def said(session: "Session", model: str, dimension: int, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(entry id, digest of its text) of those among these entries that have a vector of that model and dimension."""
    statement = sql.text(
        "SELECT entry_id, said FROM knowledge_embeddings "
        "WHERE model = :model AND dimension = :dimension AND entry_id = ANY(:ids)"
    )
    for some in portions(ids):
        told = {"model": model, "dimension": dimension, "ids": list(some)}
        yield from ((row[0], row[1]) for row in session.connection().execute(statement, told))


def nearest(session: "Session", model: str, query: bytes, k: int) -> list[tuple[str, float]]:
    """(entry id, cosine) of the k entries nearest to the vector, the nearest first, then by id. All are looked at."""
    statement = sql.text(
        "SELECT entry_id, 1 - (embedding <=> CAST(:query AS vector)) FROM knowledge_embeddings "
        "WHERE model = :model AND dimension = :dimension "
        'ORDER BY embedding <=> CAST(:query AS vector), entry_id COLLATE "C" LIMIT :k'
    )
    told = {"model": model, "dimension": len(query) // 4, "query": _written(query), "k": k}
    return _cosines(session, statement, told)


def cosines(session: "Session", model: str, query: bytes, ids: Sequence[str]) -> list[tuple[str, float]]:
    """(entry id, cosine with the vector) of those among these entries that have one of that model."""
    statement = sql.text(
        "SELECT entry_id, 1 - (embedding <=> CAST(:query AS vector)) FROM knowledge_embeddings "
        "WHERE model = :model AND dimension = :dimension AND entry_id = ANY(:ids)"
    )
    told = {"model": model, "dimension": len(query) // 4, "query": _written(query), "ids": list(ids)}
    return _cosines(session, statement, told)


def centre(session: "Session", model: str, dimension: int) -> Centre:
    """What all vectors of that model have in common."""
    statement = sql.text(
        "SELECT count(*), CAST(avg(embedding) AS real[]) FROM knowledge_embeddings "
        "WHERE model = :model AND dimension = :dimension"
    )
    count, mean = session.connection().execute(statement, {"model": model, "dimension": dimension}).one()
    return Centre(count, tuple(mean or ()))


def _cosines(session: "Session", statement: "sql.TextClause", told: dict[str, object]) -> list[tuple[str, float]]:
    rows = session.connection().execute(statement, told).all()
    return [(row[0], row[1] if row[1] == row[1] else 0.0) for row in rows]


def _first(session: "Session", statement: str) -> object:
    return session.connection().execute(sql.text(statement)).scalar()


def _written(vector: bytes) -> str:
    """Little-endian 32-bit floats in the manner of the extension."""
    return "[" + ",".join([f"{one:.9g}" for one in unpack(f"<{len(vector) // 4}f", vector)]) + "]"
