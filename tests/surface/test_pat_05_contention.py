"""Two systems that touch one resource at the same time, through the surface."""

import json
from typing import Any

import pytest

from tests.surface.overlapping import at, detected, patterns
from tests.surface.world import Concord

pytestmark = pytest.mark.anyio


async def told(concord: Concord, system_id: str, mode: str, *spans: tuple[float, float], resource: str) -> None:
    """The system accesses the resource from minute to minute of ten nights."""
    events: list[dict[str, Any]] = [
        {
            "id": f"{system_id}-{day}-{begin}",
            "kind": "access",
            "at": at(day, begin),
            "started_at": at(day, begin),
            "finished_at": at(day, end),
            "resource": resource,
            "mode": mode,
        }
        for day in range(70, 80)
        for begin, end in spans
    ]
    answer = await concord.call("report", system_id=system_id, events=events)
    assert answer["accepted"] == len(events)


async def test_pat_05_a_read_in_the_midst_of_a_write_is_contention_and_one_that_begins_as_it_ends_is_not(
    concord: Concord,
) -> None:
    await concord.register("sys_writer", writes_to=[{"resource": "~/prices.json"}, {"resource": "~/other.json"}])
    await concord.register("sys_reader")
    await concord.register("sys_punctual")
    await told(concord, "sys_writer", "write", (-5, 15), resource="~/prices.json")
    await told(concord, "sys_reader", "read", (-15, -10), (5, 6), (8, 9), resource="~/./prices.json")
    await told(concord, "sys_punctual", "read", (15, 20), resource="~/prices.json")
    await told(concord, "sys_punctual", "write", (0, 10), resource="~/other.json")
    await detected(concord)
    (pattern,) = await patterns(concord, type="resource_contention")
    assert pattern["systems_involved"] == ["sys_reader", "sys_writer"]
    assert pattern["occurrences"] == 10
    assert pattern["resources"][0].endswith("/prices.json")
    assert "replace" in pattern["recommendation"]
    reader, writer = sorted(pattern["evidence"], key=lambda row: row["system"])
    assert reader["data_point"].startswith("20 of 30 reads of ")
    assert writer["data_point"].startswith("10 of 10 writes of ")
    opened = json.loads(await concord.read(f"concord://patterns/{pattern['id']}"))
    assert {"sys_reader-70-5", "sys_writer-70--5"} <= {event["event_id"] for event in opened["events"]}
    assert "sys_reader-70--15" not in {event["event_id"] for event in opened["events"]}
