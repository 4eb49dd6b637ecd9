"""Every type of conflict, and the rows of the severity table that no other file shows, through the surface."""

import copy
from typing import Any

import pytest

from tests.surface.world import NESTED_SCHEMA, SIGNAL_SCHEMA, SIGNALS, Concord, register_example

pytestmark = pytest.mark.anyio

SLOWER = {"schedule": "0 6 * * 1"}
UNITS = [{"path": "/score", "unit": "percent"}]


async def register_promises(concord: Concord) -> None:
    """The example, with what the dashboard needs besides the schema: times, a format, a unit, a size."""
    await register_example(concord)
    generator = await concord.call("get_system", system_id="sys_signal_generator")
    dashboard = await concord.call("get_system", system_id="sys_dashboard")
    needs = {"max_age_seconds": 90_000, "accepts": ["json"], "semantics": UNITS, "capacity": {"max_bytes": 1_000_000}}
    await concord.register(
        "sys_signal_generator",
        reads_from=generator["reads_from"],
        writes_to=[{**generator["writes_to"][0], "format": "JSON"}],
        contracts=[{**generator["contracts"][0], "semantics": UNITS}],
        timing={"schedule": "0 6 * * *"},
    )
    await concord.register(
        "sys_dashboard",
        reads_from=dashboard["reads_from"],
        contracts=[{**dashboard["contracts"][0], **needs}],
        timing={"schedule": "0 8 * * *"},
    )


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"new_schema": NESTED_SCHEMA}, "schema_break"),
        ({"timing": SLOWER}, "timing_change"),
        ({"format": {"container": "csv"}}, "resource_format"),
        ({"semantics": [{"path": "/score", "unit": "points"}]}, "behavior_change"),
        ({"removes": True}, "dependency_removal"),
        ({"capacity": {"max_bytes": 2_000_000}}, "capacity_impact"),
    ],
)
async def test_con_01_each_facet_of_a_change_is_judged_against_the_contract_that_it_touches(
    concord: Concord, change: dict[str, Any], kind: str
) -> None:
    await register_promises(concord)
    check = await concord.check(changes=[{"resource": SIGNALS, **change}], source_system="sys_signal_generator")
    assert {conflict["type"] for conflict in check["conflicts"]} == {kind}
    (conflict,) = check["conflicts"]
    assert (conflict["affected_system"], conflict["affected_contract"]) == ("sys_dashboard", "CTR-001")
    assert check["verdict"] == "CONFLICT_DETECTED"
    assert conflict["proposed_resolution"]["steps"]


async def test_con_01_one_proposal_is_judged_on_all_its_facets_at_once(concord: Concord) -> None:
    await register_promises(concord)
    change = {
        "resource": SIGNALS,
        "new_schema": NESTED_SCHEMA,
        "timing": SLOWER,
        "format": {"container": "csv"},
        "semantics": [{"path": "/score", "unit": "points"}],
        "capacity": {"max_bytes": 2_000_000},
    }
    check = await concord.check(changes=[change], source_system="sys_signal_generator")
    assert {conflict["type"] for conflict in check["conflicts"]} == {
        "schema_break",
        "timing_change",
        "resource_format",
        "behavior_change",
        "capacity_impact",
    }


async def test_con_02_a_new_value_for_a_reader_that_lists_values_is_high(concord: Concord) -> None:
    await concord.register(
        "sys_w",
        writes_to=[{"resource": "/x", "consumers": ["sys_r"]}],
        contracts=[{"contract_id": "CTR-1", "type": "PRODUCER", "resource": "/x", "schema": SIGNAL_SCHEMA}],
    )
    listed = {"type": "object", "required": ["signal"], "properties": {"signal": {"enum": ["BUY", "SELL", "HOLD"]}}}
    contract = {"contract_id": "CTR-2", "type": "CONSUMER", "resource": "/x", "reader_schema": listed}
    await concord.register("sys_r", reads_from=["/x"], contracts=[contract])
    schema = copy.deepcopy(SIGNAL_SCHEMA)
    schema["properties"]["signal"] = {"enum": ["BUY", "SELL", "HOLD", "PANIC"]}  # type: ignore[index]  # an object
    (conflict,) = (await concord.check(resource="/x", new_schema=schema))["conflicts"]
    assert (conflict["rule"], conflict["severity"]) == ("schema.value-set-extended", "HIGH")
    assert conflict["witness"]["signal"] == "PANIC"


async def test_con_02_a_field_that_was_always_there_is_high_where_nobody_said_what_is_read(concord: Concord) -> None:
    await concord.register(
        "sys_w",
        writes_to=[{"resource": "/x", "consumers": ["sys_r"]}],
        contracts=[{"contract_id": "CTR-1", "type": "PRODUCER", "resource": "/x", "schema": SIGNAL_SCHEMA}],
    )
    await concord.register("sys_r", reads_from=["/x"])
    gone = [{"op": "remove", "path": "/properties/timestamp"}]
    (conflict,) = (await concord.check(resource="/x", patch=gone))["conflicts"]
    assert (conflict["rule"], conflict["severity"]) == ("schema.always-present", "HIGH")


async def test_con_02_the_end_of_a_resource_that_is_no_must_is_high(concord: Concord) -> None:
    await concord.register("sys_w", writes_to=[{"resource": "/hints", "consumers": ["sys_r"]}])
    await concord.register("sys_r", reads_from=[{"resource": "/hints", "required": False}])
    check = await concord.check(changes=[{"resource": "/hints", "removes": True}])
    (conflict,) = check["conflicts"]
    assert (conflict["rule"], conflict["severity"]) == ("removal.optional", "HIGH")


async def test_con_02_a_contract_that_ends_with_its_reader_is_low(concord: Concord) -> None:
    await register_example(concord)
    change = {"removes_dependency": "sys_signal_generator"}
    check = await concord.check(changes=[change], source_system="sys_dashboard")
    (conflict,) = check["conflicts"]
    assert (conflict["rule"], conflict["severity"]) == ("dependency.ended", "LOW")
    assert conflict["affected_contract"] == "CTR-001"
    assert check["verdict"] == "CLEAR"
