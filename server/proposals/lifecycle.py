"""The life of a proposal: what can be done in which state, and what becomes of it (evolution rule 1)."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from server.conflicts.severity import Hold
from server.errors import NotAllowed, Refused
from server.model.proposal import FINAL, DecisionKind, Proposal, ProposalState

REVISE = "submit_proposal"
"""How the next version is made; named by its tool among the moves."""

_S, _D = ProposalState, DecisionKind

NEXT: Mapping[tuple[ProposalState, str], ProposalState] = {
    (_S.DRAFT, REVISE): _S.READY_FOR_SHADOW_TEST,
    (_S.DRAFT, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.READY_FOR_SHADOW_TEST, REVISE): _S.READY_FOR_SHADOW_TEST,
    (_S.READY_FOR_SHADOW_TEST, _D.MODIFY): _S.DRAFT,
    (_S.READY_FOR_SHADOW_TEST, _D.REJECT): _S.REJECTED,
    (_S.READY_FOR_SHADOW_TEST, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.READY_FOR_SHADOW_TEST, _D.COMPLETE_STEP): _S.READY_FOR_SHADOW_TEST,
    (_S.IN_REVIEW, _D.ACCEPT): _S.READY_FOR_SHADOW_TEST,
    (_S.IN_REVIEW, REVISE): _S.READY_FOR_SHADOW_TEST,
    (_S.IN_REVIEW, _D.MODIFY): _S.DRAFT,
    (_S.IN_REVIEW, _D.REJECT): _S.REJECTED,
    (_S.IN_REVIEW, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.BLOCKED, _D.ACCEPT): _S.READY_FOR_SHADOW_TEST,
    (_S.BLOCKED, REVISE): _S.READY_FOR_SHADOW_TEST,
    (_S.BLOCKED, _D.MODIFY): _S.DRAFT,
    (_S.BLOCKED, _D.REJECT): _S.REJECTED,
    (_S.BLOCKED, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.SHADOW_TESTING, _D.REJECT): _S.REJECTED,
    (_S.SHADOW_TESTING, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.SHADOW_TESTING, _D.COMPLETE_STEP): _S.SHADOW_TESTING,
    (_S.ELIGIBLE, _D.REJECT): _S.REJECTED,
    (_S.ELIGIBLE, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.ELIGIBLE, _D.COMPLETE_STEP): _S.ELIGIBLE,
}
"""(state, move) → the state that it leads to: an ACCEPT once everybody asked has said it, a new version as its check lets it.

No step of a plan is done before that: its first one begins when all have agreed (CON-10).
"""

AFTER_CHECK: Mapping[Hold, ProposalState] = {
    Hold.GOES_ON: _S.READY_FOR_SHADOW_TEST,
    Hold.IN_REVIEW: _S.IN_REVIEW,
    Hold.BLOCKED: _S.BLOCKED,
}
"""Where the check of a submitted version leads on to (conflict rule 3)."""


def moves_from(state: ProposalState) -> tuple[str, ...]:
    """What can be done in this state, by whomever, in the order of the table."""
    return tuple(str(move) for at, move in NEXT if at is state)


def follow(proposal: Proposal, move: str, *, allowed: Iterable[str], unmet: Iterable[str] = ()) -> ProposalState:
    """The state that the move leads to. Raises Refused, with what the caller may do instead."""
    found = NEXT.get((proposal.state, move))
    if found is not None:
        return found
    now = f"{proposal.proposal_id} is {proposal.state}"
    raise Refused(
        f"{now}, which is final: nothing can be decided about it any more."
        if proposal.state in FINAL
        else f"{now}: {_verb(move)} is not possible in this state.",
        path=f"/{'proposal_id' if move == REVISE else 'decision'}",
        hint="A new proposal can be submitted." if proposal.state in FINAL else "get_proposal shows what is open.",
        allowed=tuple(allowed),
        unmet=tuple(unmet),
    )


@contextmanager
def told_where_it_stands(proposal: Proposal) -> Iterator[None]:
    """Whatever move is refused inside says so: the state, what is possible in it, and what is for this caller, if anything."""
    try:
        yield
    except (NotAllowed, Refused) as error:
        legal = list(moves_from(proposal.state))
        error.details = {"state": proposal.state.value, "legal": legal, "allowed": list(error.allowed)} | error.details
        raise


def _verb(move: str) -> str:
    return "a revision" if move == REVISE else move
