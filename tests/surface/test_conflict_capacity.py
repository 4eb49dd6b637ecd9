"""The capacity facet through the surface: every row of its table, sums over consumers, and what lies just beside it."""

from typing import Any

import pytest

from tests.surface.world import Concord

pytestmark = pytest.mark.anyio

API = "service://quotes"
OFFER = {"requests_per_second": 10, "max_bytes": 1_000}


def entry(kind: str, contract_id: str, **members: Any) -> dict[str, Any]:
    """A contract on the service."""
    return {"type": kind, "contract_id": contract_id, "resource": API, **members}


async def world(concord: Concord, *, offer: Any = OFFER, consumers: Any = ("sys_a", "sys_b"), **needs: Any) -> None:
    """sys_w provides the service; each of `needs` is a consumer with the capacity that its contract states."""
    contract = entry("PRODUCER", "CTR-1", capacity=offer)
    await concord.register("sys_w", writes_to=[{"resource": API, "consumers": list(consumers)}], contracts=[contract])
    for position, (consumer, capacity) in enumerate(needs.items()):
        own = entry("CONSUMER", f"CTR-{position + 2}", counterparty="sys_w", capacity=capacity)
        await concord.register(f"sys_{consumer}", reads_from=[API], contracts=[own])


async def outcome(
    concord: Concord, capacity: dict[str, Any], source: str = "sys_w"
) -> tuple[str, list[tuple[str, str]], dict[str, Any]]:
    """(verdict, who is in conflict by which rule, the check) of a change of capacity."""
    check = await concord.check(source_system=source, changes=[{"resource": API, "capacity": capacity}])
    return check["verdict"], [(one["affected_system"], one["rule"]) for one in check["conflicts"]], check


async def test_less_than_all_consumers_need_together_is_a_conflict_with_each_of_them(concord: Concord) -> None:
    await world(concord, a={"requests_per_second": 4}, b={"requests_per_second": 4})
    verdict, found, check = await outcome(concord, {"requests_per_second": 7})
    assert verdict == "CONFLICT_DETECTED"
    assert found == [("sys_a", "capacity.below-need"), ("sys_b", "capacity.below-need")]
    conflict = check["conflicts"][0]
    assert (conflict["type"], conflict["severity"], conflict["affected_contract"]) == (
        "capacity_impact",
        "HIGH",
        "CTR-2",
    )
    assert conflict["evidence"] == {
        "key": "requests_per_second",
        "measure": "requests per second",
        "before": 10,
        "after": 7,
        "needs": {"sys_a": 4, "sys_b": 4},
        "sum": 8,
    }
    assert conflict["proposed_resolution"]["strategy"] == "SEQUENTIAL_DEPLOY"
    assert "under 5 minutes" in conflict["proposed_resolution"]["rollback_plan"]


@pytest.mark.parametrize("offered", [{"requests_per_second": 8}, {"requests_per_minute": 480}, {"rps": 20}])
async def test_capacity_that_still_meets_all_needs_is_told_and_holds_nothing_up(concord: Concord, offered: Any) -> None:
    await world(concord, a={"requests_per_second": 4}, b={"requests_per_minute": 240})
    verdict, found, check = await outcome(concord, offered)
    assert (verdict, check["blocks"]) == ("CLEAR", False)
    assert found == [("sys_a", "capacity.touched"), ("sys_b", "capacity.touched")]
    assert {conflict["severity"] for conflict in check["conflicts"]} == {"LOW"}


async def test_more_than_a_consumer_can_take_is_a_conflict_with_it_alone(concord: Concord) -> None:
    await world(concord, a={"max_bytes": 1_500}, b={"max_bytes": 2_000})
    verdict, found, check = await outcome(concord, {"max_bytes": 2_000})
    assert verdict == "CONFLICT_DETECTED"
    assert found == [("sys_a", "capacity.above-limit"), ("sys_b", "capacity.touched")]
    assert check["conflicts"][0]["evidence"]["limit"] == 1_500
    assert check["conflicts"][0]["severity"] == "HIGH"


async def test_con_10_less_where_nobody_said_how_much_is_needed_is_never_clear(concord: Concord) -> None:
    await world(concord, a={}, consumers=["sys_a"])
    verdict, found, check = await outcome(concord, {"requests_per_second": 5})
    assert (verdict, found) == ("REVIEW_REQUIRED", [("sys_a", "capacity.reduced")])
    assert check["conflicts"][0]["severity"] == "MEDIUM"


async def test_con_10_more_where_nobody_said_how_much_can_be_taken_is_never_clear(concord: Concord) -> None:
    await world(concord, a={}, consumers=["sys_a"])
    verdict, found, check = await outcome(concord, {"max_bytes": 2_000})
    assert (verdict, found) == ("REVIEW_REQUIRED", [("sys_a", "capacity.larger")])
    assert check["conflicts"][0]["severity"] == "MEDIUM"
    verdict, found, _ = await outcome(concord, {"max_bytes": 500})
    assert (verdict, found) == ("CLEAR", [("sys_a", "capacity.touched")])


@pytest.mark.parametrize(
    ("offer", "change", "clear"),
    [
        ({}, {"requests_per_second": 5}, False),
        ({}, {"max_bytes": 5}, False),
        (OFFER, {"min_batch": 5}, False),
        (OFFER, {"region": "eu-west"}, False),
        ({"region": "eu-west"}, {"region": "eu-west"}, True),
        (OFFER, {"requests_per_second": 10}, True),
        (OFFER, {"max_kb": 1}, True),
    ],
)
async def test_con_10_what_can_not_be_compared_goes_to_a_person_and_what_stays_does_not(
    concord: Concord, offer: Any, change: Any, clear: bool
) -> None:
    await world(concord, offer=offer, a={}, consumers=["sys_a"])
    verdict, found, check = await outcome(concord, change)
    assert (verdict, found) == ("CLEAR" if clear else "REVIEW_REQUIRED", [])
    assert [item["facet"] for item in check["undecided"]] == ([] if clear else ["capacity"])


async def test_a_first_offer_that_meets_every_declared_need_is_a_note(concord: Concord) -> None:
    await world(concord, offer={}, a={"connections": 3}, consumers=["sys_a"])
    assert (await outcome(concord, {"max_connections": 3}))[:2] == ("CLEAR", [])
    assert (await outcome(concord, {"max_connections": 2}))[1] == [("sys_a", "capacity.below-need")]


async def test_con_10_consumers_that_nobody_knows_keep_less_from_being_clear_and_not_more(concord: Concord) -> None:
    await world(concord, consumers=["sys_a", "consumers_unknown"], a={"requests_per_second": 1})
    assert (await outcome(concord, {"requests_per_second": 5}))[0] == "REVIEW_REQUIRED"
    assert (await outcome(concord, {"requests_per_second": 50}))[0] == "CLEAR"


@pytest.mark.parametrize("nonsense", [-1, True, "ten", float("nan"), float("inf"), None])
async def test_a_number_that_is_no_amount_is_refused_with_its_place(concord: Concord, nonsense: Any) -> None:
    await world(concord, a={})
    changes = [{"resource": API, "capacity": {"max_bytes": nonsense}}]
    error = await concord.refused("check_change", source_system="sys_w", changes=changes)
    assert (error["code"], error["path"]) == ("invalid_argument", "/changes/0/capacity/max_bytes")


async def test_a_consumer_that_will_need_more_is_checked_against_what_is_offered_and_what_others_need(
    concord: Concord,
) -> None:
    await world(concord, a={"requests_per_second": 4}, b={"requests_per_second": 4})
    verdict, found, check = await outcome(concord, {"requests_per_second": 7}, "sys_a")
    assert verdict == "CONFLICT_DETECTED"
    assert found == [("sys_b", "capacity.below-need"), ("sys_w", "capacity.below-need")]
    assert check["conflicts"][0]["evidence"]["needs"] == {"sys_a": 7, "sys_b": 4}
    assert check["undecided"] == []
    for fitting in (6, 4, 1):
        assert (await outcome(concord, {"requests_per_second": fitting}, "sys_a"))[:2] == ("CLEAR", [])


async def test_con_10_a_consumer_that_will_need_more_is_not_clear_where_others_never_said_what_they_need(
    concord: Concord,
) -> None:
    await world(concord, a={"requests_per_second": 4}, b={})
    verdict, found, check = await outcome(concord, {"requests_per_second": 5}, "sys_a")
    assert (verdict, found) == ("REVIEW_REQUIRED", [])
    assert check["undecided"][0]["affected_system"] == "sys_b"
    await world(concord, offer={}, a={"requests_per_second": 4}, consumers=["sys_a"])
    verdict, _, check = await outcome(concord, {"requests_per_second": 5}, "sys_a")
    assert (verdict, check["undecided"][0]["affected_system"]) == ("REVIEW_REQUIRED", "sys_w")


async def test_a_consumer_that_can_take_less_is_checked_against_what_may_be_written(concord: Concord) -> None:
    await world(concord, a={"max_bytes": 2_000}, consumers=["sys_a"])
    verdict, found, check = await outcome(concord, {"max_bytes": 500}, "sys_a")
    assert (verdict, found) == ("CONFLICT_DETECTED", [("sys_w", "capacity.above-limit")])
    assert check["conflicts"][0]["evidence"]["written"] == 1_000
    assert (await outcome(concord, {"max_bytes": 1_000}, "sys_a"))[:2] == ("CLEAR", [])


async def test_con_10_a_stranger_that_sets_the_capacity_of_anothers_service_is_never_clear(concord: Concord) -> None:
    await world(concord, a={"requests_per_second": 1}, consumers=["sys_a"])
    await concord.register("sys_stranger")
    verdict, _, check = await outcome(concord, {"requests_per_second": 50}, "sys_stranger")
    assert verdict == "REVIEW_REQUIRED"
    assert "writer" in {item["facet"] for item in check["undecided"]}
