"""A fix that another system could use, through the surface."""

from typing import Any

import pytest

from tests.surface.overlapping import at, detected, patterns
from tests.surface.world import Concord

pytestmark = pytest.mark.anyio


async def promoted(concord: Concord, system_id: str, category: str, before: float, after: float) -> None:
    """The system promoted a change against the error, watched for two weeks before and after."""
    event: dict[str, Any] = {
        "kind": "promotion",
        "at": at(40),
        "proposal_id": f"P-{system_id}",
        "title": "A check of the age",
        "error_category": category,
        "before": before,
        "after": after,
        "observation_days": 14,
    }
    assert (await concord.call("report", system_id=system_id, events=[event]))["accepted"] == 1


async def erred(concord: Concord, system_id: str, category: str, times: int, first: float = 62) -> None:
    """The system has the error every third day."""
    events = [{"kind": "error", "at": at(first + 3 * number), "category": category} for number in range(times)]
    assert (await concord.call("report", system_id=system_id, events=events))["accepted"] == times


async def test_pat_04_a_fix_is_offered_where_the_same_error_is_still_active_and_nowhere_else(concord: Concord) -> None:
    for name in ("signals", "mail", "dashboard", "report", "audit", "archive", "post"):
        await concord.register(f"sys_{name}")
    await promoted(concord, "sys_signals", "data-age errors", 20, 12)
    await promoted(concord, "sys_mail", "bounced_mail", 100, 76)
    await erred(concord, "sys_dashboard", "stale_data", 6)
    await erred(concord, "sys_report", "stale_data", 2)
    await erred(concord, "sys_audit", "stale_data", 4, first=35)
    await erred(concord, "sys_archive", "missing_data", 6)
    await erred(concord, "sys_post", "bounced_mail", 6)
    await detected(concord)
    (pattern,) = await patterns(concord, type="transferable_solution", status="ALL")
    assert pattern["systems_involved"] == ["sys_signals", "sys_dashboard"]
    assert (pattern["occurrences"], pattern["proposal_id"]) == (6, "P-sys_signals")
    assert pattern["p_value"] <= 0.05
    assert "(-40%)" in pattern["description"]
    assert "Nothing is applied by itself" in pattern["recommendation"]
