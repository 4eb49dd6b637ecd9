"""Open proposals against each other, through the surface."""

from typing import Any

import pytest

from tests.surface.world import SIGNALS, Concord, register_example

pytestmark = pytest.mark.anyio

STEADIER = {
    "resource": SIGNALS,
    "reader_schema": {
        "type": "object",
        "required": ["ticker", "score"],
        "properties": {"ticker": {"type": "string"}, "score": {"type": "number", "minimum": 0, "maximum": 100}},
    },
}
"""What the dashboard wants to accept from now on: just what is written today."""
WIDER = {"resource": SIGNALS, "patch": [{"op": "replace", "path": "/properties/score/maximum", "value": 200}]}
"""What the generator wants to write."""


async def submitted(concord: Concord, source: str, *changes: dict[str, Any]) -> dict[str, Any]:
    """The answer to a proposal that is to go on."""
    return await concord.call(
        "submit_proposal",
        source_system=source,
        title="A change",
        changes=list(changes),
        state="READY_FOR_SHADOW_TEST",
    )


async def loosen(concord: Concord) -> None:
    """The example's three systems, with a dashboard that takes any score."""
    await register_example(concord)
    system = await concord.call("get_system", system_id="sys_dashboard")
    (contract,) = system["contracts"]
    contract = {**contract, "reads": [], "reader_schema": {"type": "object", "required": ["ticker", "score"]}}
    await concord.register("sys_dashboard", reads_from=system["reads_from"], contracts=[contract])


async def test_con_14_a_proposal_that_breaks_only_together_with_an_open_one_is_held(concord: Concord) -> None:
    await loosen(concord)
    first = await submitted(concord, "sys_dashboard", STEADIER)
    assert (first["state"], first["check"]["verdict"]) == ("READY_FOR_SHADOW_TEST", "CLEAR")
    second = await submitted(concord, "sys_signal_generator", WIDER)
    check = second["check"]
    assert (second["state"], check["verdict"]) == ("BLOCKED", "CONFLICT_DETECTED")
    (relation,) = check["in_flight"]
    assert (relation["proposal_id"], relation["relation"]) == (first["proposal_id"], "EXCLUSIVE")
    (conflict,) = check["conflicts"]
    assert conflict["with_proposal"] == first["proposal_id"]
    assert 100 < conflict["witness"]["score"] <= 200


async def test_con_14_once_the_other_is_withdrawn_the_same_proposal_is_clear(concord: Concord) -> None:
    await loosen(concord)
    first = await submitted(concord, "sys_dashboard", STEADIER)
    second = await submitted(concord, "sys_signal_generator", WIDER)
    await concord.call("decide_proposal", proposal_id=first["proposal_id"], decision="WITHDRAW", reason="Not now.")
    again = await concord.call(
        "submit_proposal", proposal_id=second["proposal_id"], source_system="sys_signal_generator"
    )
    assert (again["state"], again["check"]["in_flight"]) == ("READY_FOR_SHADOW_TEST", [])


async def test_con_14_a_dry_run_sees_open_proposals_and_never_drafts(concord: Concord) -> None:
    await loosen(concord)
    draft = await concord.call(
        "submit_proposal", source_system="sys_dashboard", title="A change", changes=[STEADIER], state="DRAFT"
    )
    check = await concord.check(source_system="sys_signal_generator", changes=[WIDER])
    assert (check["verdict"], check["in_flight"]) == ("CLEAR", [])
    await concord.call("submit_proposal", proposal_id=draft["proposal_id"], state="READY_FOR_SHADOW_TEST")
    check = await concord.check(source_system="sys_signal_generator", changes=[WIDER])
    assert check["verdict"] == "CONFLICT_DETECTED"


async def test_con_14_a_change_that_waits_for_a_reader_says_for_which_proposal(concord: Concord) -> None:
    await register_example(concord)
    both = {"anyOf": [{"required": ["score"]}, {"required": ["rating"]}]}
    reader = {"resource": SIGNALS, "reader_schema": {"type": "object", "required": ["ticker"], **both}}
    first = await submitted(concord, "sys_dashboard", reader)
    rename = {"resource": SIGNALS, "patch": [{"op": "move", "from": "/properties/score", "path": "/properties/rating"}]}
    check = (await submitted(concord, "sys_signal_generator", rename))["check"]
    (relation,) = check["in_flight"]
    assert relation["relation"] == "DEPENDS_ON"
    assert relation["order"][0] == first["proposal_id"]
    assert check["verdict"] == "CONFLICT_DETECTED"


async def test_con_14_a_checked_proposal_names_the_order_and_its_review_shows_it(concord: Concord) -> None:
    await register_example(concord)
    describe = {
        "resource": SIGNALS,
        "patch": [{"op": "add", "path": "/properties/note/description", "value": "For people."}],
    }
    first = await submitted(concord, "sys_signal_generator", describe)
    gone = {"resource": SIGNALS, "patch": [{"op": "remove", "path": "/properties/note"}]}
    check = await concord.check(source_system="sys_signal_generator", changes=[gone])
    (relation,) = check["in_flight"]
    assert relation["relation"] in {"ORDER_DEPENDENT", "EXCLUSIVE"}
    assert first["proposal_id"] in relation["reason"]
