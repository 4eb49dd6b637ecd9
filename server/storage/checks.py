"""Queries over checks: each is kept with the inputs it saw (CON-15)."""

from typing import Any

from sqlmodel import Session, col, select

from server.storage import counters
from server.storage.tables import CheckRow


def new_id(session: Session, day: str) -> str:
    """The next check id of a day (`2026-04-05`): CHK-2026-04-05-001."""
    return f"CHK-{day}-{counters.following(session, f'check:{day}'):03d}"


def save(session: Session, document: dict[str, Any], inputs: dict[str, Any]) -> None:
    """The check is kept, never to change."""
    session.add(
        CheckRow(
            check_id=document["check_id"],
            created_at=document["check_timestamp"],
            source_system=document["source_system"],
            proposal_id=document["proposal_id"],
            verdict=document["verdict"],
            document={"check": document, "inputs": inputs},
        )
    )


def load(session: Session, check_id: str) -> dict[str, Any] | None:
    """{check, inputs} of a check; None where there is none."""
    row = session.get(CheckRow, check_id)
    return row.document if row else None


def newest_id(session: Session, start: str = "") -> str:
    """The id of the newest check whose id begins so; empty where there is none."""
    found = ids_like(session, start, 1)
    return found[0] if found else ""


def ids_like(session: Session, start: str, limit: int) -> list[str]:
    """Check ids that begin so, newest first."""
    return list(
        session.exec(
            select(CheckRow.check_id)
            .where(col(CheckRow.check_id).startswith(start, autoescape=True))
            .order_by(col(CheckRow.created_at).desc(), col(CheckRow.check_id).desc())
            .limit(limit)
        )
    )
