"""A reader that begins before its writer is done, through the surface."""

from typing import Any

import pytest

from tests.surface.overlapping import at, detected, patterns
from tests.surface.world import Concord

pytestmark = pytest.mark.anyio
NIGHTS = range(40, 80)
LATE = (44, 58, 71)
"""Nights on which the writer needs half an hour longer."""


async def runs(concord: Concord, system_id: str, begin: float, usual: float, late: float) -> None:
    """The system runs from minute to minute of forty nights."""
    events: list[dict[str, Any]] = []
    for day in NIGHTS:
        end = at(day, late if day in LATE else usual)
        events.append({"kind": "run", "at": end, "started_at": at(day, begin), "finished_at": end, "result": "OK"})
    answer = await concord.call("report", system_id=system_id, events=events)
    assert answer["accepted"] == len(events)


async def test_pat_06_a_reader_that_begins_while_its_writer_is_late_depends_on_timing_and_one_that_waits_does_not(
    concord: Concord,
) -> None:
    await concord.register("sys_writer", writes_to=[{"resource": "~/prices.json"}])
    for reader in ("sys_early", "sys_patient"):
        await concord.register(reader, reads_from=[{"resource": "~/prices.json", "source_system": "sys_writer"}])
    await concord.register("sys_stranger")
    await runs(concord, "sys_writer", -60, -20, 10)
    await runs(concord, "sys_early", 0, 5, 5)
    await runs(concord, "sys_patient", 10, 15, 15)
    await runs(concord, "sys_stranger", 0, 5, 5)
    await detected(concord)
    (pattern,) = await patterns(concord, type="timing_dependency")
    assert (pattern["cause"], pattern["effect"]) == ("sys_writer", "sys_early")
    assert (pattern["occurrences"], pattern["lag_seconds"]) == (3, 600)
    assert pattern["q_value"] <= 0.05
    assert "at least 15 min later" in pattern["recommendation"]
    assert "3 of 40 runs began while sys_writer ran" in pattern["evidence"][0]["data_point"]
