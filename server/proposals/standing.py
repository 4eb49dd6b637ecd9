"""Where a proposal stands, in the eyes of whoever asks: what is open, for whom it waits, what the caller may do now."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from server.model.base import JsonObject
from server.model.check import USER, Relation
from server.model.finding import Observation
from server.model.proposal import FINAL, DecisionKind, Proposal, ProposalState, proposal_document
from server.proposals.asking import WAITING, asked_by_finding, shadow_days
from server.proposals.lifecycle import REVISE, moves_from
from server.proposals.parties import (
    may_accept_for,
    may_complete,
    may_modify,
    may_reject,
    may_revise,
    still_asked,
)
from server.proposals.plan import Step, days_left, ready, step_document
from server.registry.map import RegistryMap


def allowed_for(registry: RegistryMap, proposal: Proposal, steps: Sequence[Step], caller: str) -> list[str]:
    """The decisions that this caller may take now, and `submit_proposal` where it may revise."""
    may = {
        REVISE: may_revise(proposal, caller),
        DecisionKind.ACCEPT: any(may_accept_for(registry, proposal, caller, one) for one in still_asked(proposal)),
        DecisionKind.MODIFY: may_modify(registry, proposal, caller),
        DecisionKind.REJECT: may_reject(registry, proposal, caller),
        DecisionKind.WITHDRAW: may_revise(proposal, caller),
        DecisionKind.COMPLETE_STEP: any(may_complete(registry, caller, step.owner) for step in ready(steps)),
    }
    legal = moves_from(proposal.state)
    return [str(move) for move, possible in may.items() if possible and move in legal]


def unmet(
    registry: RegistryMap, proposal: Proposal, steps: Sequence[Step], *, stale: bool = False, others: Sequence[str] = ()
) -> list[str]:
    """What has to happen before the proposal is where it wants to be, a sentence each.

    `stale` says that its check no longer holds in this registry; `others` is what `others_first` says.
    """
    if proposal.state in FINAL:
        return []
    if proposal.state is ProposalState.DRAFT:
        return ["It is a draft: submit_proposal with state READY_FOR_SHADOW_TEST has it checked."]
    missing = ["The check is of an earlier registry: submit it again."] if stale else []
    missing += [*not_accepted(proposal), *others]
    missing += [f"Step {step.step} ({step.owner}) is not done: {step.description}" for step in steps if not step.done]
    if proposal.state in (*WAITING, ProposalState.READY_FOR_SHADOW_TEST):
        missing.append(shadow_test_ahead(shadow_days(registry, proposal)))
    return missing


def shadow_test_ahead(days: int) -> str:
    """What is still to come when everything is done that can be done here: no call begins or records that test."""
    return f"A shadow test of {days} days comes last: run it outside Concord, as no tool of this version begins or records it."


def others_first(check: Mapping[str, Any], still_open: Set[str]) -> list[str]:
    """The open proposals that have to go in before this one, or can't go in beside it, a sentence each (CON-14)."""
    sentences = []
    for one in check.get("in_flight", ()):
        other = one["proposal_id"]
        if other not in still_open:
            continue
        if one["relation"] == Relation.EXCLUSIVE:
            sentences.append(f"Only one of this and {other} of {one['source_system']} can go in.")
        elif one["order"] and one["order"][0] == other:
            sentences.append(f"{other} of {one['source_system']} has to go in first.")
    return sentences


def not_accepted(proposal: Proposal) -> list[str]:
    """Who has still to accept before the proposal goes on, a sentence each."""
    if proposal.state not in WAITING:
        return []
    return [
        f"{'A person (the local user)' if one == USER else one} has not accepted version {proposal.version}."
        for one in still_asked(proposal)
    ]


def pending(proposal: Proposal, steps: Sequence[Step]) -> list[JsonObject]:
    """{system_id, waiting_for}: whose turn it is."""
    if proposal.state in FINAL or proposal.private:
        return []
    if proposal.state in WAITING:
        return [{"system_id": one, "waiting_for": DecisionKind.ACCEPT.value} for one in still_asked(proposal)]
    return [
        {"system_id": step.owner, "waiting_for": f"{DecisionKind.COMPLETE_STEP} {step.step}"} for step in ready(steps)
    ]


def full_document(
    registry: RegistryMap,
    proposal: Proposal,
    steps: Sequence[Step],
    caller: str,
    now: datetime,
    *,
    stale: bool = False,
    others: Sequence[str] = (),
) -> JsonObject:
    """The proposal with everything that says where it stands at that moment; `stale` and `others` as `unmet` takes them."""
    done = [one for one in proposal.decisions if one.decision is DecisionKind.COMPLETE_STEP]
    return {
        **proposal_document(proposal),
        "evidence": [{"step": one.step, "by": one.by, "at": one.at, "evidence": one.evidence} for one in done],
        "plan": [step_document(step) for step in steps],
        "pending": pending(proposal, steps),
        "unmet": unmet(registry, proposal, steps, stale=stale, others=others),
        "allowed": allowed_for(registry, proposal, steps, caller),
        "findings": [_finding(one) for one in asked_by_finding(registry, proposal, now)],
        "expected_days": 0 if proposal.state in FINAL else shadow_days(registry, proposal) + days_left(steps),
    }


def _finding(one: Observation) -> JsonObject:
    return one.model_dump(mode="json", include={"kind", "severity", "system_id", "message"})
