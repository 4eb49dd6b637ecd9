"""Queries over checks: each is kept with the inputs it saw (CON-15)."""

from typing import TYPE_CHECKING, Any

from server.storage import counters
from server.storage.lazily import sql, tables

if TYPE_CHECKING:
    from sqlmodel import Session


def new_id(session: "Session", day: str) -> str:
    """The next check id of a day (`2026-04-05`): CHK-2026-04-05-001."""
    return f"CHK-{day}-{counters.following(session, f'check:{day}'):03d}"


def save(session: "Session", document: dict[str, Any], inputs: dict[str, Any]) -> None:
    """The check is kept, never to change."""
    row = {
        "check_id": document["check_id"],
        "created_at": document["check_timestamp"],
        "source_system": document["source_system"],
        "proposal_id": document["proposal_id"],
        "verdict": document["verdict"],
        "document": {"check": document, "inputs": inputs},
    }
    session.connection().execute(sql.insert(tables.checks), row)


def load(session: "Session", check_id: str) -> dict[str, Any] | None:
    """{check, inputs} of a check; None where there is none."""
    checks = tables.checks.c
    found = session.connection().execute(sql.select(checks.document).where(checks.check_id == check_id)).scalar()
    document: dict[str, Any] | None = found
    return document


def newest_id(session: "Session", start: str = "") -> str:
    """The id of the newest check whose id begins so; empty where there is none."""
    found = ids_like(session, start, 1)
    return found[0] if found else ""


def ids_like(session: "Session", start: str, limit: int) -> list[str]:
    """Check ids that begin so, newest first."""
    checks = tables.checks.c
    rows = session.connection().execute(
        sql.select(checks.check_id)
        .where(checks.check_id.istartswith(start, autoescape=True))
        .order_by(checks.created_at.desc(), sql.func.length(checks.check_id).desc(), checks.check_id.desc())
        .limit(limit)
    )
    return list(rows.scalars())
