"""Schemas made to exhaust the check, through the surface: an answer or UNKNOWN, after so many decisions and no more."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.conflicts import containment
from server.conflicts.allowance import MOST_IN_ALL
from tests.hostile_schemas import alternatives, members
from tests.surface.world import Concord, running

pytestmark = pytest.mark.anyio

X = "~/outputs/signals.json"


HOSTILE: dict[str, dict[str, Any]] = {
    "ten thousand members": {"type": "object", "properties": members("q", 10_000)},
    "nested alternatives": {"type": "object", "properties": {"p1": alternatives(12)}},
    "both": {"type": "object", "properties": {**members("q", 10_000), "p1": alternatives(12)}},
    "all required": {"type": "object", "properties": members("q", 10_000), "required": list(members("q", 10_000))},
}


class Work:
    """What was asked of the prover."""

    def __init__(self) -> None:
        self.taken: list[int] = []

    def decide(
        self, writer: Any, reader: Any, *, budget: containment.Budget, looks: containment.Looks | None
    ) -> containment.Decision:
        decision = CONTAINED(writer, reader, budget=budget, looks=looks)
        self.taken.append(decision.work)
        return decision


CONTAINED = containment.decide


@pytest.fixture
async def concord(tmp_path: Path) -> AsyncIterator[Concord]:
    """One server is enough: the work is the same on every database."""
    async with running(f"sqlite:///{tmp_path}/concord.db", tmp_path) as client:
        yield client


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Counts every decision that is not remembered."""
    counted = Work()
    monkeypatch.setattr(containment, "decide", counted.decide)
    return counted


async def agree(concord: Concord, readers: int, *, alike: bool, seed: int) -> None:
    """One writer of any object, and readers of forty members."""
    names = [f"sys_reader_{number:02}" for number in range(readers)]
    contract = {"type": "PRODUCER", "resource": X, "schema": {"type": "object"}}
    await concord.register("sys_writer", writes_to=[{"resource": X, "consumers": names}], contracts=[contract])
    for number, name in enumerate(names):
        taken = members("p", 40, maxLength=seed + (0 if alike else number))
        reads = {"type": "CONSUMER", "resource": X, "reader_schema": {"type": "object", "properties": taken}}
        await concord.register(name, reads_from=[X], contracts=[reads])


@pytest.mark.parametrize("name", list(HOSTILE))
async def test_con_10_a_hostile_schema_costs_a_check_few_decisions(concord: Concord, work: Work, name: str) -> None:
    await agree(concord, 1, alike=True, seed=1_000 + list(HOSTILE).index(name))
    checked = await concord.check(source_system="sys_writer", changes=[{"resource": X, "new_schema": HOSTILE[name]}])
    assert checked["verdict"] == "CONFLICT_DETECTED"
    assert len(work.taken) <= 3  # what is needed, all that is read, and the way back


async def test_con_10_thirty_equal_readers_share_the_decisions_on_a_hostile_schema(
    concord: Concord, work: Work
) -> None:
    await agree(concord, 30, alike=True, seed=2_000)
    checked = await concord.check(source_system="sys_writer", changes=[{"resource": X, "new_schema": HOSTILE["both"]}])
    assert checked["verdict"] == "CONFLICT_DETECTED"
    assert len(work.taken) <= 3  # what is needed, all that is read, and the way back


async def test_con_10_thirty_different_readers_of_a_hostile_schema_cost_no_more_than_a_check_may(
    concord: Concord, work: Work
) -> None:
    await agree(concord, 30, alike=False, seed=3_000)
    checked = await concord.check(
        source_system="sys_writer", changes=[{"resource": X, "new_schema": HOSTILE["ten thousand members"]}]
    )
    assert checked["verdict"] == "CONFLICT_DETECTED"
    assert sum(work.taken[:-1]) <= MOST_IN_ALL
    assert len(work.taken) < 30
    left = [item for item in checked["undecided"] if "more work than one check may" in item["reason"]]
    assert left
    assert {item["affected_system"] for item in left}.isdisjoint(one["affected_system"] for one in checked["conflicts"])


@pytest.mark.parametrize("name", list(HOSTILE))
async def test_con_10_a_registered_hostile_schema_that_is_patched_costs_no_more_than_a_check_may(
    concord: Concord, work: Work, name: str
) -> None:
    contract = {"type": "PRODUCER", "resource": X, "schema": HOSTILE[name]}
    readers = [f"sys_reader_{number}" for number in range(4)]
    await concord.register("sys_writer", writes_to=[{"resource": X, "consumers": readers}], contracts=[contract])
    for number, reader in enumerate(readers):
        reads = {"type": "CONSUMER", "resource": X, "reads": ["/p1", f"/p{number + 2}"]}
        await concord.register(reader, reads_from=[X], contracts=[reads])
    patch = [{"op": "add", "path": "/properties/p2", "value": {"type": "integer"}}]
    checked = await concord.check(source_system="sys_writer", changes=[{"resource": X, "patch": patch}])
    assert checked["verdict"] != "CLEAR"
    assert sum(work.taken[:-1]) <= MOST_IN_ALL
