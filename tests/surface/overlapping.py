"""Two systems at one resource at the same time, as they would report it: a pattern that is a fact, and no matter of chance."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.surface.world import Concord

BEGIN = datetime(2026, 1, 7, 2, 55, tzinfo=UTC)


def at(day: float, minute: float = 0) -> str:
    """ISO 8601, counted from a Wednesday, 02:55 UTC."""
    return (BEGIN + timedelta(days=day, minutes=minute)).isoformat()


async def overlap(
    concord: Concord,
    days: Iterable[float],
    *,
    resource: str = "~/prices.json",
    writer: str = "sys_b",
    reader: str = "sys_a",
    mode: str = "read",
) -> None:
    """On each of these days the writer wrote for twenty minutes, and the reader read (or wrote) within that time."""
    writes: list[dict[str, Any]] = []
    reads: list[dict[str, Any]] = []
    for day in days:
        access = {"kind": "access", "resource": resource, "started_at": at(day)}
        writes.append({**access, "at": at(day), "id": f"w{day}{resource}", "finished_at": at(day, 20), "mode": "write"})
        reads.append(
            {
                **access,
                "at": at(day, 5),
                "id": f"r{day}{resource}",
                "started_at": at(day, 5),
                "finished_at": at(day, 6),
                "mode": mode,
            }
        )
    for system_id, events in ((writer, writes), (reader, reads)):
        answer = await concord.call("report", system_id=system_id, events=events)
        assert answer["rejected_total"] == 0


async def detected(concord: Concord) -> dict[str, Any]:
    """What the job says of what it found."""
    run = await concord.call("run_job", job="patterns")
    assert run["state"] == "SUCCEEDED", run
    summary: dict[str, Any] = run["summary_data"]
    return summary


async def patterns(concord: Concord, **filters: Any) -> list[dict[str, Any]]:
    """What find_patterns lists."""
    found: list[dict[str, Any]] = (await concord.call("find_patterns", **filters))["patterns"]
    return found
