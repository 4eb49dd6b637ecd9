"""Names for new forms: two plans never choose the same one, through the surface."""

import copy
import json
from typing import Any

import pytest

from tests.surface.world import SIGNAL_SCHEMA, Concord

pytestmark = pytest.mark.anyio

RETYPED: dict[str, Any] = copy.deepcopy(SIGNAL_SCHEMA)
RETYPED["properties"]["score"] = {"type": "string"}


async def register_two_with_one_name_to_come(concord: Concord) -> None:
    """Two writers whose new forms would both go to /data/signals_v2.json by the best name for each."""
    for number, resource in ((1, "/data/signals.json"), (2, "/data/signals_v1.json")):
        contract = {"type": "PRODUCER", "resource": resource, "schema": SIGNAL_SCHEMA}
        await concord.register(f"sys_writer_{number}", writes_to=[resource], contracts=[contract])
        await concord.register(f"sys_reader_{number}", reads_from=[resource])


async def proposed(concord: Concord, number: int, **more: Any) -> dict[str, Any]:
    """The answer to a proposal of a new form by one of the two writers."""
    resource = "/data/signals.json" if number == 1 else "/data/signals_v1.json"
    return await concord.call(
        "submit_proposal",
        source_system=f"sys_writer_{number}",
        title="Another form",
        changes=[{"resource": resource, "new_schema": RETYPED}],
        state="READY_FOR_SHADOW_TEST",
        **more,
    )


def new_resources(check: dict[str, Any]) -> list[str]:
    return [one["proposed_resolution"]["new_resource"] for one in check["conflicts"]]


async def test_con_04_a_name_that_the_plan_of_an_open_proposal_has_chosen_is_chosen_by_no_other(
    concord: Concord,
) -> None:
    await register_two_with_one_name_to_come(concord)
    change: dict[str, Any] = {"resource": "/data/signals_v1.json", "new_schema": RETYPED}
    assert new_resources(await concord.check(**change)) == ["/data/signals_v2.json"]
    first = await proposed(concord, 1)
    assert new_resources(first["check"]) == ["/data/signals_v2.json"]
    second = await proposed(concord, 2)
    assert new_resources(second["check"]) == ["/data/signals_v3.json"]
    assert "/data/signals_v3.json" in second["check"]["conflicts"][0]["proposed_resolution"]["steps"][0]
    await concord.call("decide_proposal", proposal_id=first["proposal_id"], decision="WITHDRAW", reason="Not now.")
    again = await proposed(concord, 2, proposal_id=second["proposal_id"])
    assert new_resources(again["check"]) == ["/data/signals_v2.json"]


async def test_con_04_a_proposal_keeps_the_name_that_its_own_plan_has_chosen(concord: Concord) -> None:
    await register_two_with_one_name_to_come(concord)
    first = await proposed(concord, 1)
    dry_run = await concord.check(resource="/data/signals.json", new_schema=RETYPED)
    assert new_resources(dry_run) == ["/data/signals_v2.json"]
    again = await proposed(concord, 1, proposal_id=first["proposal_id"])
    assert new_resources(again["check"]) == ["/data/signals_v2.json"]
    shown = await concord.call("get_proposal", proposal_id=first["proposal_id"])
    assert shown["checks"][-1]["new_resources"] == ["/data/signals_v2.json"]


async def test_con_04_two_plans_of_one_check_choose_two_names(concord: Concord) -> None:
    names = ["/data/signals.json", "/data/signals_v1.json"]
    contracts = [{"type": "PRODUCER", "resource": name, "schema": SIGNAL_SCHEMA} for name in names]
    await concord.register("sys_writer", writes_to=names, contracts=contracts)
    await concord.register("sys_reader", reads_from=names)
    check = await concord.check(changes=[{"resource": name, "new_schema": RETYPED} for name in names])
    assert sorted(new_resources(check)) == ["/data/signals_v2.json", "/data/signals_v3.json"]


async def test_con_15_a_check_that_went_round_the_name_of_another_plan_comes_out_the_same_again(
    concord: Concord,
) -> None:
    await register_two_with_one_name_to_come(concord)
    await proposed(concord, 1)
    check = await concord.check(resource="/data/signals_v1.json", new_schema=RETYPED)
    assert new_resources(check) == ["/data/signals_v3.json"]
    again = json.loads(await concord.read(f"concord://checks/{check['check_id']}/again"))
    assert (again["same"], again["differences"]) == (True, [])
