"""The life of a proposal as a table: where each move leads, and that no other is possible."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import ConcordError, NotAllowed, Refused
from server.model.proposal import FINAL, IN_FLIGHT, DecisionKind, Proposal
from server.model.proposal import ProposalState as State
from server.proposals.asking import WAITING
from server.proposals.deciding import Saying, decided
from server.proposals.lifecycle import NEXT, REVISE, follow, moves_from, told_where_it_stands
from server.proposals.parties import still_asked
from server.proposals.standing import allowed_for, pending, unmet
from tests.rules.proposals.worlds import AT, proposal, registry, said

MOVES = [REVISE, *DecisionKind]
KNOWN = registry({"id": "sys_a", "owner": "sys_boss"}, {"id": "sys_b", "owner": "sys_lead"}, {"id": "sys_c"})
CALLERS = ("", "sys_a", "sys_b", "sys_c", "sys_boss", "sys_lead")
AFTER = {
    DecisionKind.REJECT: State.REJECTED,
    DecisionKind.WITHDRAW: State.WITHDRAWN,
    DecisionKind.MODIFY: State.DRAFT,
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("move", MOVES)
def test_evo_01_a_move_is_followed_where_the_table_has_it_and_refused_with_the_legal_ones_elsewhere(
    state: State, move: str
) -> None:
    if (state, move) in NEXT:
        assert follow(proposal(state), move, allowed=()) is NEXT[state, move]
        return
    with pytest.raises(Refused) as refused, told_where_it_stands(proposal(state)):
        follow(proposal(state), move, allowed=("WITHDRAW",), unmet=("x",))
    error = refused.value.payload()["error"]
    assert (error["legal"], error["allowed"], error["unmet"]) == (list(moves_from(state)), ["WITHDRAW"], ["x"])
    assert error["state"] == state


def test_evo_01_nothing_leads_out_of_a_final_state_and_every_other_state_can_be_withdrawn() -> None:
    assert [state for state, _ in NEXT if state in FINAL] == []
    assert {state for state, move in NEXT if move == DecisionKind.WITHDRAW} == {State.DRAFT, *IN_FLIGHT}
    assert {NEXT[key] for key in NEXT if key[1] in AFTER} == set(AFTER.values())
    assert all(NEXT[key] is AFTER[DecisionKind(key[1])] for key in NEXT if key[1] in AFTER)


def test_a_proposal_can_be_revised_as_long_as_its_test_has_not_begun() -> None:
    states = {state for state, move in NEXT if move == REVISE}
    assert states == {State.DRAFT, State.READY_FOR_SHADOW_TEST, State.IN_REVIEW, State.BLOCKED}


def test_no_step_of_a_plan_is_done_before_everyone_asked_has_accepted() -> None:
    assert {state for state, move in NEXT if move == DecisionKind.COMPLETE_STEP} == {*IN_FLIGHT} - {*WAITING}


@given(
    state=st.sampled_from(list(State)),
    decision=st.sampled_from(list(DecisionKind)),
    caller=st.sampled_from(CALLERS),
    actor=st.sampled_from(["", "sys_a", "sys_b", "user", "sys_c"]),
    asked=st.sampled_from([("sys_b",), ("sys_b", "user"), ("user",), ()]),
)
def test_evo_01_what_is_listed_as_allowed_is_what_can_be_said_and_nothing_else_changes_anything(
    state: State, decision: DecisionKind, caller: str, actor: str, asked: tuple[str, ...]
) -> None:
    before = proposal(state, asked=asked)
    saying = Saying(decision, actor=actor, reason="Because.", step=1, evidence="x", changes=[{}])
    may = allowed_for(KNOWN, before, (), caller)
    try:
        _, after = decided(KNOWN, before, (), saying, before.changes, caller, AT)
    except ConcordError:
        if decision in may and decision is not DecisionKind.ACCEPT:
            raise
        return
    assert decision in may
    assert after.state in {NEXT[state, decision], state}
    if decision is DecisionKind.ACCEPT:
        _check_acceptance(before, after, caller)


def _check_acceptance(before: Proposal, after: Proposal, caller: str) -> None:
    assert caller != before.source_system, "nobody accepts for the other side of its own proposal"
    (decision,) = after.decisions
    assert decision.actor in still_asked(before)
    assert decision.actor != "user" or caller == ""
    assert (after.state is State.READY_FOR_SHADOW_TEST) == (still_asked(after) == ())


def test_whoever_accepted_may_say_it_again_unless_it_is_over() -> None:
    accepting = (said(DecisionKind.ACCEPT, "sys_b"),)
    done = proposal(State.READY_FOR_SHADOW_TEST, decisions=accepting)
    assert decided(KNOWN, done, (), Saying(DecisionKind.ACCEPT), (), "sys_b", AT)[1] is done
    with pytest.raises(Refused):
        decided(KNOWN, proposal(State.REJECTED, decisions=accepting), (), Saying(DecisionKind.ACCEPT), (), "sys_b", AT)
    with pytest.raises(NotAllowed):
        decided(KNOWN, done, (), Saying(DecisionKind.ACCEPT), (), "sys_c", AT)


def test_whose_turn_it_is_is_told_as_long_as_somebody_is_asked() -> None:
    waiting = proposal(State.BLOCKED, asked=("sys_b", "user"))
    assert [one["system_id"] for one in pending(waiting, ())] == ["sys_b", "user"]
    assert len(unmet(KNOWN, waiting, ())) == 3
    draft = proposal(State.DRAFT)
    assert pending(draft, ()) == []
    assert "READY_FOR_SHADOW_TEST" in unmet(KNOWN, draft, ())[0]
    for state in FINAL:
        assert (pending(proposal(state), ()), unmet(KNOWN, proposal(state), ())) == ([], [])


def test_what_is_over_can_never_be_decided_about_again() -> None:
    for state in FINAL:
        assert moves_from(state) == ()
        assert allowed_for(KNOWN, proposal(state), (), "") == []


def test_a_saying_tells_itself_apart_by_everything_in_it() -> None:
    one = Saying(DecisionKind.ACCEPT, actor="sys_b")
    others = [
        replace(one, decision=DecisionKind.REJECT),
        replace(one, actor="sys_c"),
        replace(one, reason="x"),
        replace(one, step=1),
        replace(one, evidence="x"),
        replace(one, changes=[{}]),
    ]
    assert all(other.arguments() != one.arguments() for other in others)
