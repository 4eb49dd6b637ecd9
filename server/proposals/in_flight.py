"""The proposals in flight, as other areas need them: read once, and again only when a proposal or the registry changed."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from server.conflicts.asked import resolve
from server.conflicts.question import OpenProposal
from server.errors import ConcordError
from server.model.change import Change
from server.model.proposal import IN_FLIGHT, Proposal, ProposalState
from server.proposals.asking import WAITING, asked_by_finding
from server.registry.briefing import Proposed
from server.registry.map import RegistryMap
from server.storage import proposals

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

Canonical = Callable[[str, str], str]
"""(resource as written, the system's root) → canonical name."""

_SHOWN = (ProposalState.DRAFT, *IN_FLIGHT)


class ProposalsInFlight:
    """What is proposed and not decided yet. Its answers are asked for while a registry is being read."""

    def __init__(self, database: "Database", canonical: Canonical) -> None:
        self._database = database
        self._canonical = canonical
        self._revision = -1
        self._rows: tuple[Proposal, ...] = ()
        self._resolved_at = (-1, -1)
        self._resolved: tuple[tuple[Proposal, OpenProposal], ...] = ()

    def open(self, registry: RegistryMap) -> tuple[OpenProposal, ...]:
        """The proposals that may still change what others rely on, as their changes stand in that registry, oldest first."""
        self._database.read(lambda session: self._look(session, proposals.revision(session)))
        return self._open_as_known(registry)

    def seen_in(self, session: "Session", revision: int) -> Callable[[RegistryMap], tuple[OpenProposal, ...]]:
        """The same as they are at this revision of the proposals, which is the present one in that session."""
        self._look(session, revision)
        return self._open_as_known

    def open_in(self, session: "Session", registry: RegistryMap, *, besides: str) -> tuple[OpenProposal, ...]:
        """The same inside a write transaction, without the proposal that is being judged."""
        rows = [one for one in proposals.in_states(session, IN_FLIGHT) if one.proposal_id != besides]
        return tuple(found for _, found in _resolved(registry, rows, self._canonical))

    def waiting(self) -> tuple[Proposal, ...]:
        """The proposals that wait for somebody to accept, oldest first."""
        self._database.read(lambda session: self._look(session, proposals.revision(session)))
        return tuple(proposal for proposal in self._rows if proposal.state in WAITING)

    def concerning(self, system_id: str) -> tuple[Proposal, ...]:
        """The open proposals of this system, and those whose checks name it, oldest first."""
        self._database.read(lambda session: self._look(session, proposals.revision(session)))
        return tuple(
            proposal
            for proposal in self._rows
            if (made := proposal.judged) is not None
            and proposal.state in IN_FLIGHT
            and system_id in (proposal.source_system, *made.must_accept, *made.affected)
        )

    def briefly(self, registry: RegistryMap, caller: str, now: datetime) -> tuple[Proposed, ...]:
        """Open proposals and the caller's own drafts (the local user's are all drafts), for a briefing at that moment."""
        self._database.read(lambda session: self._look(session, proposals.revision(session)))
        return tuple(
            Proposed(
                proposal_id=proposal.proposal_id,
                title=proposal.title,
                state=proposal.state.value,
                source_system=proposal.source_system,
                resources=tuple(dict.fromkeys(name for _, name in found.changes if name)),
                affected=proposal.judged.affected if proposal.judged is not None else (),
                asked=partial(asked_by_finding, registry, proposal, now),
            )
            for proposal, found in self._resolved_in(registry)
            if not proposal.private or caller in ("", proposal.source_system)
        )

    def _look(self, session: "Session", revision: int) -> None:
        if revision != self._revision:
            self._rows, self._revision = tuple(proposals.in_states(session, _SHOWN)), revision

    def _open_as_known(self, registry: RegistryMap) -> tuple[OpenProposal, ...]:
        return tuple(found for proposal, found in self._resolved_in(registry) if proposal.state in IN_FLIGHT)

    def _resolved_in(self, registry: RegistryMap) -> tuple[tuple[Proposal, OpenProposal], ...]:
        if self._resolved_at != (self._revision, registry.revision):
            self._resolved = tuple(_resolved(registry, self._rows, self._canonical))
            self._resolved_at = (self._revision, registry.revision)
        return self._resolved


def _resolved(
    registry: RegistryMap, rows: Iterable[Proposal], canonical: Canonical
) -> list[tuple[Proposal, OpenProposal]]:
    """Each with the resources of its changes found in that registry; none of a system that is archived."""
    return [
        (row, _as_it_stands(registry, row, source.system.root, canonical))
        for row in rows
        if (source := registry.live(row.source_system)) is not None
    ]


def _as_it_stands(registry: RegistryMap, row: Proposal, root: str, canonical: Canonical) -> OpenProposal:
    new = row.judged.new_resources if row.judged is not None else ()
    return OpenProposal(
        row.proposal_id,
        row.version,
        row.source_system,
        _changes(registry, row, canonical),
        tuple(canonical(one, root) for one in new),
    )


def _changes(registry: RegistryMap, proposal: Proposal, canonical: Canonical) -> tuple[tuple[Change, str], ...]:
    try:
        return resolve(registry, proposal.changes, proposal.source_system, "", canonical).changes
    except ConcordError:  # since it was submitted, a contract or system that one of them names has gone
        found: list[tuple[Change, str]] = []
        for change in proposal.changes:
            try:
                found += resolve(registry, (change,), proposal.source_system, "", canonical).changes
            except ConcordError:
                continue
        return tuple(found)
