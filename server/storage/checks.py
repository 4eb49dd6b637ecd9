"""Queries over checks: each is kept with the inputs it saw (CON-15)."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from server.storage import counters
from server.storage.lazily import sql, tables
from server.storage.prepared import Prepared

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from server.storage.session import Session


def new_id(session: "Session", day: str) -> str:
    """The next check id of a day (`2026-04-05`): CHK-2026-04-05-001."""
    return f"CHK-{day}-{counters.following(session, f'check:{day}'):03d}"


def save(session: "Session", document: dict[str, Any], inputs: dict[str, Any], *, caller: str = "") -> None:
    """The check is kept, never to change."""
    row = {
        "check_id": document["check_id"],
        "created_at": document["check_timestamp"],
        "source_system": document["source_system"],
        "proposal_id": document["proposal_id"],
        "caller": caller,
        "verdict": document["verdict"],
        "document": {"check": document, "inputs": inputs},
    }
    _saving().rows(session, row)


def load(session: "Session", check_id: str, *, viewer: str = "") -> dict[str, Any] | None:
    """{check, inputs} of a check; None where there is none that this system may see (empty = the local user)."""
    checks = tables.checks.c
    chosen = sql.select(checks.document).where(checks.check_id == check_id, *_visible_to(viewer))
    document: dict[str, Any] | None = session.connection().execute(chosen).scalar()
    return document


@dataclass(frozen=True)
class ProposalCheck:
    """What became of a proposal by one of its checks."""

    check_id: str
    proposal_id: str
    source_system: str
    created_at: str
    verdict: str
    blocks: bool
    would_block_in: tuple[str, ...]
    """Tiers in advisory mode that would have held it."""


def of_proposals(session: "Session", *, since: str, until: str) -> list[ProposalCheck]:
    """The checks of proposals in this time, newest first."""
    checks = tables.checks.c
    held = [checks.document[("check", name)].label(name) for name in ("blocks", "would_block_in")]
    rows = session.connection().execute(
        sql.select(checks.check_id, checks.proposal_id, checks.source_system, checks.created_at, checks.verdict, *held)
        .where(checks.proposal_id != "", checks.created_at >= since, checks.created_at <= until)
        .order_by(checks.created_at.desc(), sql.func.length(checks.check_id).desc(), checks.check_id.desc())
    )
    return [
        ProposalCheck(**{**row, "blocks": bool(row["blocks"]), "would_block_in": tuple(row["would_block_in"] or ())})
        for row in rows.mappings()
    ]


def newest_id(session: "Session", start: str = "", *, viewer: str = "") -> str:
    """The id of the newest check whose id begins so, of those that this system may see; empty where there is none."""
    found = ids_like(session, start, 1, viewer=viewer)
    return found[0] if found else ""


def ids_like(session: "Session", start: str, limit: int, *, viewer: str = "") -> list[str]:
    """Check ids that begin so, newest first, of those that this system may see (empty = the local user)."""
    checks = tables.checks.c
    rows = session.connection().execute(
        sql.select(checks.check_id)
        .where(checks.check_id.istartswith(start, autoescape=True), *_visible_to(viewer))
        .order_by(checks.created_at.desc(), sql.func.length(checks.check_id).desc(), checks.check_id.desc())
        .limit(limit)
    )
    return list(rows.scalars())


@cache
def _saving() -> Prepared:
    return Prepared(sql.insert(tables.checks))


def _visible_to(viewer: str) -> list["ColumnElement[bool]"]:
    """A dry run is for who asked and for the system that it was about; the check of a proposal is for all."""
    checks = tables.checks.c
    return (
        [sql.or_(checks.proposal_id != "", checks.source_system == viewer, checks.caller == viewer)] if viewer else []
    )
