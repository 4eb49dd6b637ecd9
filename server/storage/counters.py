"""Numbers that only grow, the same for all processes."""

from sqlalchemy import text
from sqlmodel import Session


def following(session: Session, name: str) -> int:
    """The next number of this counter, from 1 on. Its row stays locked until the transaction ends, so none is given twice."""
    statement = text(
        "INSERT INTO counters (name, value) VALUES (:name, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    )
    return int(session.execute(statement, {"name": name}).scalar_one())


def present(session: Session, name: str) -> int:
    """The last number that was given; 0 where none was."""
    found = session.execute(text("SELECT value FROM counters WHERE name = :name"), {"name": name}).scalar()
    return int(found or 0)
