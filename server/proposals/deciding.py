"""What a decision does to a proposal: who may say it, in which state, and what follows (EVO-1, CON-10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from server.errors import InvalidArgument, NotAllowed, Refused
from server.model.base import Json
from server.model.change import Change
from server.model.check import USER
from server.model.proposal import FINAL, Decision, DecisionKind, Proposal
from server.model.proposal import ProposalState as State
from server.proposals.drafting import modified
from server.proposals.lifecycle import follow, told_where_it_stands
from server.proposals.parties import (
    LOCAL_USER,
    accepted,
    accepting_party,
    affected,
    is_owner,
    may_complete,
    may_modify,
    may_reject,
    may_revise,
    still_asked,
)
from server.proposals.plan import Step, missing_before, ready
from server.proposals.standing import allowed_for, not_accepted, unmet
from server.registry.map import RegistryMap


@dataclass(frozen=True)
class Saying:
    """What a call of decide_proposal says."""

    decision: DecisionKind
    actor: str = ""
    reason: str = ""
    step: int = 0
    evidence: Json = None
    changes: Sequence[Any] = ()

    def arguments(self) -> dict[str, Any]:
        """What tells this call from another under the same idempotency key."""
        return {**vars(self), "decision": self.decision.value, "changes": list(self.changes)}


def decided(
    registry: RegistryMap,
    proposal: Proposal,
    steps: Sequence[Step],
    saying: Saying,
    changes: tuple[Change, ...],
    caller: str,
    now: str,
) -> tuple[Proposal, Proposal]:
    """(the version that was decided about, the proposal as it stands afterwards); the same where nothing is new.

    Raises NotAllowed, Refused or InvalidArgument, each with what the caller may do instead.
    """
    with told_where_it_stands(proposal):
        return _outcome(registry, proposal, steps, saying, changes, caller, now)


def _outcome(
    registry: RegistryMap,
    proposal: Proposal,
    steps: Sequence[Step],
    saying: Saying,
    changes: tuple[Change, ...],
    caller: str,
    now: str,
) -> tuple[Proposal, Proposal]:
    may = allowed_for(registry, proposal, steps, caller)
    match saying.decision:
        case DecisionKind.ACCEPT:
            after = _accept(registry, proposal, steps, saying, caller, now, may)
            return proposal, after
        case DecisionKind.REJECT:
            state = follow(proposal, saying.decision, allowed=may)
            if not may_reject(registry, proposal, caller):
                raise _not_theirs(proposal, caller, "reject it", "an affected system, the proposer's owner", may)
            _reason_of_a_person(proposal, saying, caller)
            actor = _rejecting(registry, proposal, saying, caller)
            after = _with(proposal, _decision(proposal, saying, caller, actor, now), state, now)
            return after, after
        case DecisionKind.MODIFY:
            follow(proposal, saying.decision, allowed=may)
            if not may_modify(registry, proposal, caller):
                raise _not_theirs(proposal, caller, "modify it", "the owner of an affected system", may)
            actor = saying.actor.strip() or next(
                (one for one in affected(proposal) if is_owner(registry, caller, one)), USER
            )
            left = _with(proposal, _decision(proposal, saying, caller, actor, now), proposal.state, now)
            return left, modified(left, changes, now)
        case DecisionKind.WITHDRAW:
            state = follow(proposal, saying.decision, allowed=may)
            if not may_revise(proposal, caller):
                raise _not_theirs(proposal, caller, "withdraw it", proposal.source_system, may)
            actor = proposal.source_system
            after = _with(proposal, _decision(proposal, saying, caller, actor, now), state, now)
            return after, after
        case DecisionKind.COMPLETE_STEP:
            after = _complete(registry, proposal, steps, saying, caller, now, may)
            return proposal, after
        case _:
            assert_never(saying.decision)


def _accept(
    registry: RegistryMap,
    proposal: Proposal,
    steps: Sequence[Step],
    saying: Saying,
    caller: str,
    now: str,
    may: Sequence[str],
) -> Proposal:
    """Everyone asked has accepted: it goes on to the shadow test. Said again, it changes nothing."""
    if not accepted(proposal) or proposal.state in FINAL:
        follow(proposal, saying.decision, allowed=may, unmet=unmet(registry, proposal, steps))
    actor = accepting_party(registry, proposal, caller, saying.actor, saying.reason)
    if actor in accepted(proposal):
        return proposal
    follow(proposal, saying.decision, allowed=may, unmet=unmet(registry, proposal, steps))
    waiver = caller == LOCAL_USER and actor != USER
    one = _decision(proposal, saying, caller, actor, now).model_copy(update={"waiver": waiver})
    after = _with(proposal, one, proposal.state, now)
    return after if still_asked(after) else after.model_copy(update={"state": State.READY_FOR_SHADOW_TEST})


def _complete(
    registry: RegistryMap,
    proposal: Proposal,
    steps: Sequence[Step],
    saying: Saying,
    caller: str,
    now: str,
    may: Sequence[str],
) -> Proposal:
    """The step is done, once; everyone asked has accepted, and those before it are done already."""
    follow(proposal, saying.decision, allowed=may, unmet=not_accepted(proposal))
    wanted = next((step for step in steps if step.step == saying.step), None)
    if wanted is None:
        raise InvalidArgument(
            f"The plan of {proposal.proposal_id} has no step {saying.step}." if steps else "This proposal has no plan.",
            path="/step",
            hint="get_proposal lists the steps.",
            allowed=tuple(str(step.step) for step in ready(steps)),
        )
    if not may_complete(registry, caller, wanted.owner):
        raise NotAllowed(
            f"Step {wanted.step} is {wanted.owner}'s: {caller} can't say that it is done.",
            path="/step",
            allowed=tuple(may),
            hint=f"{wanted.owner}, its owner or the local user can.",
        )
    if wanted.done:
        return proposal
    before = missing_before(steps, wanted)
    if before:
        raise Refused(
            f"Step {wanted.step} can't be done before step {before[0].step}.",
            path="/step",
            unmet=[f"Step {step.step} ({step.owner}) is not done: {step.description}" for step in before],
            allowed=tuple(str(step.step) for step in ready(steps)),
            hint=f"It begins when this holds: {wanted.entry_condition}" if wanted.entry_condition else "",
        )
    if saying.evidence in (None, "", {}, []):
        raise InvalidArgument(
            f"What shows that step {wanted.step} is done?",
            path="/evidence",
            hint="Such as a commit, a check's id, or what you saw and when.",
        )
    return _with(proposal, _decision(proposal, saying, caller, wanted.owner, now), proposal.state, now)


def _decision(proposal: Proposal, saying: Saying, caller: str, actor: str, now: str) -> Decision:
    completing = saying.decision is DecisionKind.COMPLETE_STEP
    return Decision(
        at=now,
        version=proposal.version,
        decision=saying.decision,
        by=caller,
        actor=actor,
        reason=saying.reason,
        step=saying.step if completing else 0,
        evidence=saying.evidence or None,
    )


def _with(proposal: Proposal, decision: Decision, state: State, now: str) -> Proposal:
    update = {"decisions": (*proposal.decisions, decision), "state": state, "updated_at": now}
    return proposal.model_copy(update=update)


def _rejecting(registry: RegistryMap, proposal: Proposal, saying: Saying, caller: str) -> str:
    """In whose name it is rejected."""
    if caller == LOCAL_USER:
        return registry.known_as(saying.actor.strip()) or USER
    sides = (*affected(proposal), proposal.source_system)
    return next((one for one in sides if caller == one or is_owner(registry, caller, one)), caller)


def _reason_of_a_person(proposal: Proposal, saying: Saying, caller: str) -> None:
    if caller == LOCAL_USER and not saying.reason.strip():
        arguments = {"proposal_id": proposal.proposal_id, "decision": saying.decision.value}
        raise InvalidArgument(
            f"Why is {proposal.proposal_id} rejected? A person's word is kept with its reason.",
            path="/reason",
            hint="Say it in a sentence: the proposer learns from it.",
            corrected={"tool": "decide_proposal", "arguments": {**arguments, "reason": "It breaks the weekly report."}},
        )


def _not_theirs(proposal: Proposal, caller: str, what: str, whose: str, may: Sequence[str]) -> NotAllowed:
    return NotAllowed(
        f"{caller} can't {what}: that is for {whose} or the local user.",
        path="/decision",
        allowed=tuple(may),
        hint=f"{caller} proposes it, and can revise or withdraw it." if caller == proposal.source_system else "",
    )
