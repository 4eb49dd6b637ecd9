"""Queries over proposals: as they stand, as their earlier versions were left, and who may see them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from server.model.proposal import Proposal, ProposalState
from server.storage import counters
from server.storage.lazily import sql, tables
from server.storage.statements import put

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from server.storage.session import Session

REVISION = "proposals_revision"


def next_revision(session: "Session") -> int:
    """A new revision of the proposals. Whoever takes one goes before all others until his transaction ends."""
    return counters.following(session, REVISION)


def revision(session: "Session") -> int:
    """The present revision of the proposals; 0 where there never was one."""
    return counters.present(session, REVISION)


def new_id(session: "Session") -> str:
    """The next proposal id: PROP-001."""
    return f"PROP-{counters.following(session, 'proposal'):03d}"


def get(session: "Session", proposal_id: str) -> Proposal | None:
    """The proposal as it stands."""
    proposals = tables.proposals.c
    chosen = sql.select(proposals.document).where(proposals.proposal_id == proposal_id)
    document = session.connection().execute(chosen).scalar()
    return None if document is None else Proposal.model_validate(document)


def save(session: "Session", proposal: Proposal) -> None:
    """The proposal stands as given."""
    row = {
        "proposal_id": proposal.proposal_id,
        "source_system": proposal.source_system,
        "state": proposal.state.value,
        "private": proposal.private,
        "version": proposal.version,
        "updated_at": proposal.updated_at,
        "document": proposal.model_dump(mode="json", by_alias=True),
    }
    put(session, tables.proposals, [row])


def keep_version(session: "Session", proposal: Proposal, *, now: str) -> None:
    """This version is kept as it was left, before the next one takes its place."""
    row = {
        "proposal_id": proposal.proposal_id,
        "version": proposal.version,
        "recorded_at": now,
        "document": proposal.model_dump(mode="json", by_alias=True),
    }
    session.connection().execute(sql.insert(tables.proposal_versions), row)


def versions(session: "Session", proposal_id: str) -> list[Proposal]:
    """The earlier versions of a proposal, as each was left, oldest first."""
    kept = tables.proposal_versions.c
    chosen = sql.select(kept.document).where(kept.proposal_id == proposal_id).order_by(kept.version)
    return [Proposal.model_validate(document) for document in session.connection().execute(chosen).scalars()]


def in_states(session: "Session", states: Sequence[ProposalState]) -> list[Proposal]:
    """Every proposal in one of these states, oldest first."""
    proposals = tables.proposals.c
    chosen = sql.select(proposals.document).where(proposals.state.in_([state.value for state in states]))
    found = [Proposal.model_validate(document) for document in session.connection().execute(chosen).scalars()]
    return sorted(found, key=lambda one: (len(one.proposal_id), one.proposal_id))


def ids_like(session: "Session", start: str, limit: int, *, viewer: str = "") -> list[str]:
    """Proposal ids that begin so, newest first, of those that this system may see (empty = the local user)."""
    proposals = tables.proposals.c
    rows = session.connection().execute(
        sql.select(proposals.proposal_id)
        .where(proposals.proposal_id.istartswith(start, autoescape=True), *_visible_to(viewer))
        .order_by(sql.func.length(proposals.proposal_id).desc(), proposals.proposal_id.desc())
        .limit(limit)
    )
    return list(rows.scalars())


def count_by_state(session: "Session") -> dict[str, int]:
    """How many proposals are in each state; states without any are left out."""
    proposals = tables.proposals.c
    rows = session.connection().execute(
        sql.select(proposals.state, sql.func.count()).group_by(proposals.state).order_by(proposals.state)
    )
    return {row[0]: row[1] for row in rows}


def _visible_to(viewer: str) -> list["ColumnElement[bool]"]:
    """What was never submitted is for its own system alone, and for the local user."""
    proposals: Any = tables.proposals.c
    return [sql.or_(sql.not_(proposals.private), proposals.source_system == viewer)] if viewer else []
