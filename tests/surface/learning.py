"""What systems report so that others can learn of it, and a run of the job that learns."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.surface.world import Concord

LEARNT_AT = datetime(2026, 4, 5, 17, tzinfo=UTC)
"""A Sunday."""


def promoted(proposal_id: str, title: str, category: str, before: float, after: float, **more: Any) -> dict[str, Any]:
    """A promotion of ten days ago."""
    return {
        "kind": "promotion",
        "at": _ago(more.pop("days_ago", 10)),
        "proposal_id": proposal_id,
        "title": title,
        "error_category": category,
        "before": before,
        "after": after,
        "observation_days": 28,
        **more,
    }


def rejected(proposal_id: str, title: str, category: str, before: float, after: float, **more: Any) -> dict[str, Any]:
    """A rejection of ten days ago."""
    return {**promoted(proposal_id, title, category, before, after, **more), "kind": "rejection"}


def errors(category: str, times: int) -> list[dict[str, Any]]:
    """So many errors of the last days."""
    return [
        {"kind": "error", "at": _ago(1 + number / 10), "category": category, "description": f"{category} seen"}
        for number in range(times)
    ]


def _ago(days: float) -> str:
    return (LEARNT_AT - timedelta(days=days)).isoformat()


async def told(concord: Concord, events: dict[str, list[dict[str, Any]]], **members: dict[str, Any]) -> None:
    """The systems are registered, with these members, and have reported their events."""
    for system_id, its in events.items():
        await concord.register(system_id, **members.get(system_id, {}))
        if its:
            answer = await concord.call("report", system_id=system_id, events=its)
            assert answer["accepted"] == len(its), answer


async def learnt(concord: Concord) -> dict[str, Any]:
    """What the job says that it found."""
    run = await concord.call("run_job", job="learning")
    assert run["state"] == "SUCCEEDED", run
    summary: dict[str, Any] = run["summary_data"]
    return summary


async def entries(concord: Concord, **filters: Any) -> list[dict[str, Any]]:
    """The shared entries that a reader finds."""
    found: list[dict[str, Any]] = (await concord.call("find_knowledge", **filters))["knowledge_entries"]
    return found
