"""The plan of a proposal: all conflicts' plans in one list, each in its own order, nothing twice."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.model.proposal import DecisionKind
from server.proposals.plan import Step, days_left, missing_before, plan_of, ready
from tests.rules.proposals.worlds import said


def check(*plans: list[tuple[str, str, int]]) -> dict[str, Any]:
    """A check with a conflict for each plan; a step is (owner, description, days)."""
    return {
        "conflicts": [
            {
                "proposed_resolution": {
                    "plan": [
                        {
                            "step": number,
                            "owner": owner,
                            "description": description,
                            "entry_condition": f"Step {number - 1} is done." if number > 1 else "",
                            "duration_days": days,
                        }
                        for number, (owner, description, days) in enumerate(plan, start=1)
                    ]
                }
            }
            for plan in plans
        ]
    }


A, B, C, D = ("sys_w", "write both", 1), ("sys_r", "move", 2), ("sys_w", "end the old", 0), ("sys_s", "move", 7)


def test_a_step_that_several_plans_share_stands_once_and_in_its_place() -> None:
    steps = plan_of(check([A, B, C], [A, D, C]))
    assert [(step.owner, step.description) for step in steps] == [A[:2], B[:2], D[:2], C[:2]]
    assert [step.step for step in steps] == [1, 2, 3, 4]
    assert [step.after for step in steps] == [frozenset(), {1}, {1}, {1, 2, 3}]
    assert [step.entry_condition for step in steps] == [
        "",
        "Step 1 is done.",
        "Step 1 is done.",
        "Steps 2 to 3 are done.",
    ]


def test_steps_that_do_not_wait_for_each_other_take_the_longest_of_them() -> None:
    assert days_left(plan_of(check([A, B, C], [A, D, C]))) == 8
    assert days_left(plan_of(check([A, B, C], [A, D, C]), [_done(3)])) == 3
    assert days_left(()) == 0


def test_plans_in_opposite_orders_stand_one_after_the_other() -> None:
    steps = plan_of(check([A, B], [B, A]))
    assert len(steps) == 4
    assert [(step.owner, step.after) for step in steps] == [
        ("sys_w", frozenset()),
        ("sys_r", {1}),
        ("sys_r", frozenset()),
        ("sys_w", {3}),
    ]


def test_what_was_completed_is_done_and_what_waits_for_it_is_ready() -> None:
    steps = plan_of(check([A, B, C]), [_done(1)])
    assert [step.done for step in steps] == [True, False, False]
    assert steps[0].evidence == "seen"
    assert [step.step for step in ready(steps)] == [2]
    assert [step.step for step in missing_before(steps, steps[2])] == [2]


def test_without_conflicts_or_without_a_plan_there_are_no_steps() -> None:
    assert plan_of({}) == ()
    assert plan_of({"conflicts": [{"proposed_resolution": {"strategy": "ROLLBACK_ONLY"}}]}) == ()


def test_steps_with_one_entry_condition_are_done_side_by_side() -> None:
    plan = check([A, B, D, C])["conflicts"][0]["proposed_resolution"]["plan"]
    plan[2]["entry_condition"] = plan[1]["entry_condition"]
    plan[3]["entry_condition"] = "Steps 2 to 3 are done, and a week has passed."
    steps = plan_of({"conflicts": [{"proposed_resolution": {"plan": plan}}]})
    assert [step.after for step in steps] == [frozenset(), {1}, {1}, {1, 2, 3}]
    assert steps[3].entry_condition == "Steps 2 to 3 are done, and a week has passed."
    assert days_left(steps) == 8
    assert [
        step.step for step in ready(plan_of({"conflicts": [{"proposed_resolution": {"plan": plan}}]}, [_done(1)]))
    ] == [2, 3]


def test_a_step_that_stands_twice_in_one_plan_is_done_twice() -> None:
    steps = plan_of(check([A, B, A]))
    assert [step.description for step in steps] == ["write both", "move", "write both"]
    assert steps[2].after == {1, 2}


def test_a_step_that_names_others_names_them_by_their_numbers_in_the_whole_plan() -> None:
    other = [("sys_w", "write both", 1), ("sys_t", "move", 1), ("sys_t", "look", 1), ("sys_w", "end the old", 0)]
    steps = plan_of(check([A, B, C], other))
    assert [(step.description, step.entry_condition) for step in steps][3:] == [
        ("look", "Step 3 is done."),
        ("end the old", "Steps 2 and 4 are done."),
    ]


STEP = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["x", "y", "z"]), st.integers(0, 5))
PLANS = st.lists(st.lists(STEP, max_size=4, unique_by=lambda step: step[:2]), max_size=4)


@given(PLANS)
def test_every_plan_keeps_its_order_and_every_step_can_be_reached(plans: list[list[tuple[str, str, int]]]) -> None:
    steps = plan_of(check(*plans))
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))
    assert all(one < step.step for step in steps for one in step.after)
    for plan in plans:
        assert _stands_in(plan, steps), plan
    done: set[int] = set()
    while len(done) < len(steps):
        open_now = ready(plan_of(check(*plans), [_done(number) for number in done]))
        assert open_now
        done.add(open_now[0].step)


def _stands_in(plan: list[tuple[str, str, int]], steps: tuple[Step, ...]) -> bool:
    """Whether the list has the plan's steps such that each waits for those before it."""
    found: list[set[int]] = [set()]
    for owner, description, _ in plan:
        fitting = [step for step in steps if (step.owner, step.description) == (owner, description)]
        found = [before | {step.step} for before in found for step in fitting if before <= step.after]
    return bool(found)


def _done(number: int) -> Any:
    return said(DecisionKind.COMPLETE_STEP, "sys_w", step=number, evidence="seen")
