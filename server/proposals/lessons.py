"""Proposals that come from what another system learned: tied to the shared entry, and what became of them is its answer."""

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from server.model.proposal import FINAL, Proposal, ProposalState

if TYPE_CHECKING:
    from server.storage.session import Session


class Lessons(Protocol):
    """What shared knowledge is told of proposals; it knows nothing of them itself."""

    def tie(self, session: "Session", knowledge_id: str, system_id: str, proposal_id: str) -> str:
        """The entry's id as it is written; a proposal id is remembered with it. Raises NotFound where there is no such entry."""
        ...

    def ended(self, system_id: str, now: datetime) -> None:
        """A proposal of that system that comes from an entry has come to its end."""
        ...


class NoLessons:
    """Where nothing is shared: any id will do."""

    def tie(self, session: "Session", knowledge_id: str, system_id: str, proposal_id: str) -> str:
        """The id as it was given."""
        return knowledge_id

    def ended(self, system_id: str, now: datetime) -> None:
        """Nobody asks."""


def tied(session: "Session", lessons: Lessons, fresh: Proposal) -> Proposal:
    """The version with its entry's id as that is written. That a draft comes from one is remembered nowhere else (LRN-10)."""
    if not fresh.knowledge_id:
        return fresh
    submitted = fresh.proposal_id if fresh.state is not ProposalState.DRAFT else ""
    entry_id = lessons.tie(session, fresh.knowledge_id, fresh.source_system, submitted)
    return fresh.model_copy(update={"knowledge_id": entry_id})


def answers_an_entry(proposal: Proposal) -> bool:
    """Whether its end says something of a shared entry."""
    return bool(proposal.knowledge_id) and proposal.state in FINAL
