"""What members of a capacity measure, how needs add up, and what open proposals add to them."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.conflicts.engine import containment_engine
from server.conflicts.facets.amounts import Direction, amount_of, check_capacity, measure_of
from server.conflicts.judge import judge
from server.conflicts.question import Answer, Circumstances, OpenProposal
from server.errors import InvalidArgument
from server.model.change import Change
from server.model.check import Mode, Verdict
from server.model.system import StoredSystem, System
from server.model.tier import Tier
from server.registry.map import RegistryMap

API = "service://quotes"


@pytest.mark.parametrize(
    ("key", "direction", "of"),
    [
        ("max_bytes", Direction.WRITTEN, "bytes"),
        ("maxBytes", Direction.WRITTEN, "bytes"),
        ("max_size_mb", Direction.WRITTEN, "bytes"),
        ("max-rows", Direction.WRITTEN, "rows"),
        ("max_messages_per_second", Direction.WRITTEN, "messages per second"),
        ("requests_per_second", Direction.OFFERED, "requests per second"),
        ("max_requests_per_day", Direction.OFFERED, "requests per second"),
        ("rpm", Direction.OFFERED, "requests per second"),
        ("connections", Direction.OFFERED, "connections"),
        ("max_concurrency", Direction.OFFERED, "concurrency"),
        ("min_bytes", Direction.UNKNOWN, "min bytes"),
        ("region", Direction.UNKNOWN, "region"),
        ("max_", Direction.UNKNOWN, ""),
    ],
)
def test_a_key_says_whom_more_or_less_of_it_can_hurt(key: str, direction: Direction, of: str) -> None:
    measure = measure_of(key)
    assert (measure.direction, measure.of) == (direction, of)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("requests_per_minute", 120), ("requests_per_second", 2)),
        (("max_mb", 1.5), ("max_bytes", 1_500_000)),
        (("max_kib", 1), ("max_bytes", 1_024)),
        (("max_latency_ms", 250), ("max_latency_seconds", 0.25)),
    ],
)
def test_amounts_of_one_measure_are_compared_in_one_unit(one: tuple[str, Any], other: tuple[str, Any]) -> None:
    assert measure_of(one[0]).of == measure_of(other[0]).of
    assert amount_of(*one) == amount_of(*other)


def test_decimal_fractions_add_up_as_they_are_written() -> None:
    parts = [amount_of("requests_per_second", part) for part in (0.1, 0.2)]
    assert sum(part for part in parts if part is not None) == Fraction(3, 10) == amount_of("requests_per_second", 0.3)


@given(st.one_of(st.booleans(), st.floats(max_value=-1e-9), st.just(float("nan")), st.just(float("inf")), st.text()))
def test_what_is_no_amount_is_refused_under_every_key_that_takes_one(value: Any) -> None:
    with pytest.raises(InvalidArgument) as caught:
        check_capacity({"max_bytes": 1, "requests_per_second": value}, "/changes/3/capacity")
    assert caught.value.path == "/changes/3/capacity/requests_per_second"


def test_a_word_under_a_key_of_unknown_direction_is_no_mistake_and_a_number_below_zero_is() -> None:
    check_capacity({"region": "eu", "max_bytes": 10**400}, "")
    with pytest.raises(InvalidArgument):
        check_capacity({"retention_days": -3}, "")


def consumer(system_id: str, need: float) -> dict[str, Any]:
    """A registered consumer of the service that needs so many requests a second."""
    contract = {
        "contract_id": f"CTR-{system_id}",
        "type": "CONSUMER",
        "resource": API,
        "capacity": {"requests_per_second": need},
    }
    return {"id": system_id, "tier": "PRODUCTION", "reads_from": [{"resource": API}], "contracts": [contract]}


def registry(offered: float, *needs: float) -> RegistryMap:
    """The service, and one consumer for each need: sys_0, sys_1, …"""
    contract = {
        "contract_id": "CTR-1",
        "type": "PRODUCER",
        "resource": API,
        "capacity": {"requests_per_second": offered},
    }
    names = [f"sys_{number}" for number in range(len(needs))]
    writer = {
        "id": "sys_w",
        "tier": "PRODUCTION",
        "writes_to": [{"resource": API, "consumers": names}],
        "contracts": [contract],
    }
    documents = [writer, *map(consumer, names, needs)]
    return RegistryMap(StoredSystem(system=System.model_validate(one), version=1, revision=1) for one in documents)


def asking(amount: float) -> Change:
    """A change of how many requests a second are needed or offered."""
    return Change(resource=API, capacity={"requests_per_second": amount})


def judged(known: RegistryMap, source: str, amount: float, **in_flight: float) -> tuple[Answer, Verdict]:
    """The judgement on that change; each of `in_flight` is an open proposal of that system."""
    proposals = tuple(
        OpenProposal(f"PROP-{system_id}", 1, system_id, ((asking(need), API),)) for system_id, need in in_flight.items()
    )
    modes = dict.fromkeys(Tier, Mode.BLOCKING)
    circumstances = Circumstances(containment_engine(), modes, datetime(2026, 4, 5, tzinfo=UTC), in_flight=proposals)
    answer, ruling = judge(known, known.systems[source], [(asking(amount), API)], circumstances)
    return answer, ruling.verdict


@given(st.lists(st.integers(0, 50), min_size=1, max_size=5), st.integers(0, 200))
def test_a_smaller_offer_is_a_conflict_exactly_where_the_needs_together_exceed_it(
    needs: list[int], offered: int
) -> None:
    answer, _ = judged(registry(10_000, *needs), "sys_w", offered)
    below = {conflict.affected_system for _, conflict in answer.conflicts if conflict.rule == "capacity.below-need"}
    assert below == ({f"sys_{number}" for number in range(len(needs))} if sum(needs) > offered else set())


def test_con_14_what_one_open_proposal_asks_for_counts_with_what_is_needed_today() -> None:
    answer, verdict = judged(registry(20, 4, 4), "sys_w", 10, sys_0=8)
    assert verdict is Verdict.CONFLICT_DETECTED
    below = [conflict for _, conflict in answer.conflicts if conflict.rule == "capacity.below-need"]
    assert {conflict.affected_system for conflict in below} == {"sys_0", "sys_1"}
    assert {conflict.with_proposal for conflict in below} == {"PROP-sys_0"}


def test_con_14_several_open_proposals_that_are_harmless_one_by_one_are_added_up() -> None:
    known = registry(20, 2, 2, 2)
    answer, verdict = judged(known, "sys_w", 10, sys_0=5, sys_1=5, sys_2=5)
    assert verdict is Verdict.CONFLICT_DETECTED
    found = [conflict for _, conflict in answer.conflicts if conflict.rule == "capacity.below-need"]
    assert len(found) == 3
    assert found[0].evidence["needs"] == {"sys_0": 5, "sys_1": 5, "sys_2": 5}
    assert all(conflict.with_proposal for conflict in found)
    assert judged(known, "sys_w", 10, sys_0=5)[1] is Verdict.CLEAR


def test_con_14_an_open_proposal_that_asks_for_less_is_no_reason_to_offer_less() -> None:
    answer, verdict = judged(registry(20, 8, 4), "sys_w", 10, sys_0=1)
    assert verdict is Verdict.CONFLICT_DETECTED
    assert {conflict.with_proposal for _, conflict in answer.conflicts} == {""}


def test_con_14_consumers_that_ask_for_more_at_the_same_time_are_added_up() -> None:
    known = registry(10, 2, 2, 2)
    answer, verdict = judged(known, "sys_0", 5, sys_1=4, sys_2=4)
    assert verdict is Verdict.CONFLICT_DETECTED
    named = {conflict.affected_system for _, conflict in answer.conflicts}
    assert {"sys_w", "sys_1", "sys_2"} <= named
    assert judged(known, "sys_0", 5, sys_1=3)[1] is Verdict.CLEAR
