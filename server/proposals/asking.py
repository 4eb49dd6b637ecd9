"""Whom a finding has to ask to accept: those who can't answer by themselves, or have not for as long as a shadow test lasts."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from server.model.check import USER
from server.model.finding import FindingKind, Observation
from server.model.proposal import Proposal, ProposalState
from server.model.tier import SHADOW_DAYS, Severity, Tier, strictest
from server.model.withholding import crossing
from server.proposals.parties import still_asked
from server.registry.gaps import fingerprint
from server.registry.map import RegistryMap

_TITLE = 120
"""Characters of a title in a sentence."""
WAITING = (ProposalState.IN_REVIEW, ProposalState.BLOCKED)
"""The states that are left when everybody asked has accepted."""


def asked_by_finding(registry: RegistryMap, proposal: Proposal, now: datetime) -> list[Observation]:
    """The findings that this proposal needs now: one for each party that has to accept and can't be waited for."""
    if proposal.state not in WAITING:
        return []
    found = []
    for party in still_asked(proposal):
        reason = _why(registry, proposal, party, now)
        if reason:
            found.append(_finding(registry, proposal, party, reason))
    return found


def fingerprints(proposals: Iterable[Proposal]) -> set[str]:
    """Those of every finding that may stand for these proposals, of whatever version."""
    return {
        _fingerprint(proposal.proposal_id, party)
        for proposal in proposals
        for made in proposal.checks
        for party in made.must_accept
    }


def _why(registry: RegistryMap, proposal: Proposal, party: str, now: datetime) -> str:
    """Why somebody else has to be asked; empty where the party itself can still answer."""
    if party == USER:
        return "what is in doubt names no system that could answer"
    stored = registry.live(party)
    if stored is None:
        return f"{party} is not registered"
    if not stored.system.evolution_engine:
        return f"{party} has no evolution engine"
    proposer = registry.systems.get(proposal.source_system)
    days = SHADOW_DAYS[strictest([stored.system.tier, *([proposer.system.tier] if proposer else [])])]
    asked_at = _moment(proposal)
    return f"{party} has not answered for {days} days" if now - asked_at >= timedelta(days=days) else ""


def _moment(proposal: Proposal) -> datetime:
    made = proposal.judged
    return datetime.fromisoformat(made.at if made is not None else proposal.updated_at)


def _finding(registry: RegistryMap, proposal: Proposal, party: str, reason: str) -> Observation:
    made = proposal.judged
    stored = registry.systems.get(party)
    owner = stored.system.owner if stored is not None else ""
    whom = f"{owner} or the local user" if owner else "the local user"
    return Observation(
        fingerprint=_fingerprint(proposal.proposal_id, party),
        kind=FindingKind.ACCEPTANCE_NEEDED,
        severity=Severity.HIGH if proposal.state is ProposalState.BLOCKED else Severity.MEDIUM,
        system_id=proposal.source_system if party == USER else party,
        subject=proposal.proposal_id,
        message=(
            f"{proposal.proposal_id} of {proposal.source_system}{_called(proposal)} is {proposal.state} and waits for "
            f"{'a person' if party == USER else party}: {reason}, so {whom} is asked to accept or reject it."
        ),
        details={
            "proposal_id": proposal.proposal_id,
            "version": proposal.version,
            "check_id": made.id if made is not None else "",
            "actor": party,
            "owner": owner,
        },
    )


def _called(proposal: Proposal) -> str:
    """Its title as a quotation, as far as it may cross to whoever reads the finding (LRN-10)."""
    title = crossing(proposal.title, _TITLE).text.replace('"', "'")
    return f' ("{title}")' if title else ""


def _fingerprint(proposal_id: str, party: str) -> str:
    return fingerprint(FindingKind.ACCEPTANCE_NEEDED, proposal_id, party)


def shadow_days(registry: RegistryMap, proposal: Proposal) -> int:
    """How long the shadow test of this proposal lasts at least, in days: as its system's tier asks (registry rule 1)."""
    stored = registry.systems.get(proposal.source_system)
    return SHADOW_DAYS[stored.system.tier if stored is not None else Tier.PRODUCTION]
