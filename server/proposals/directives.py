"""What waits for one system, told to it with every report until it has happened. The words are ours alone, never another system's."""

from collections.abc import Sequence

from server.model.base import JsonObject
from server.model.proposal import Proposal
from server.proposals.asking import WAITING
from server.proposals.parties import still_asked
from server.proposals.plan import Step, ready

MOST = 20
"""Directives in one answer; the oldest proposals come first."""


def directives_for(system_id: str, proposal: Proposal, steps: Sequence[Step]) -> list[JsonObject]:
    """{id, kind, proposal_id, text} of what this proposal waits for from the system; the id stays while the thing does."""
    if proposal.private:
        return []
    named = f"{proposal.proposal_id} version {proposal.version}"
    if proposal.state in WAITING:
        if system_id not in still_asked(proposal):
            return []
        text = (
            f"{named} changes what you rely on and waits for your answer: see get_proposal, "
            "then say ACCEPT or REJECT with decide_proposal."
        )
        return [_directive("answer_proposal", proposal, "answer", text)]
    return [
        _directive(
            "complete_step",
            proposal,
            f"step-{one.step}",
            f"Step {one.step} of the plan of {named} is yours and may begin: see get_proposal, do it, "
            f"then say COMPLETE_STEP with step {one.step} and evidence in decide_proposal.",
        )
        for one in ready(steps)
        if one.owner == system_id
    ]


def _directive(kind: str, proposal: Proposal, what: str, text: str) -> JsonObject:
    return {
        "id": f"{proposal.proposal_id}:{proposal.version}:{what}",
        "kind": kind,
        "proposal_id": proposal.proposal_id,
        "text": text,
    }
