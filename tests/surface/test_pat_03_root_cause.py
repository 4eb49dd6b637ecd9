"""Errors of one cause in several systems, through the surface."""

from typing import Any

import pytest

from tests.surface.overlapping import at, detected, patterns
from tests.surface.world import Concord

pytestmark = pytest.mark.anyio


async def told(concord: Concord, system_id: str, category: str, description: str, times: int = 4, **more: Any) -> None:
    """The system has the error, on days of its own."""
    begin = 40 + len(system_id)
    events = [
        {"kind": "error", "at": at(begin + 5 * number), "category": category, "description": description, **more}
        for number in range(times)
    ]
    answer = await concord.call("report", system_id=system_id, events=events)
    assert answer["accepted"] == times


async def test_pat_03_errors_of_like_meaning_or_on_one_resource_point_to_one_cause_and_others_do_not(
    concord: Concord,
) -> None:
    for name in ("signals", "dashboard", "report", "mail", "archive", "audit"):
        await concord.register(f"sys_{name}")
    await told(concord, "sys_signals", "stale_data", "prices.json is stale")
    await told(concord, "sys_dashboard", "old_quotes", "Outdated price data in prices.json")
    await told(concord, "sys_report", "old_rates", "Price data in prices.json is outdated", times=2)
    await told(concord, "sys_mail", "disk_full", "No space left on the mail host")
    await told(concord, "sys_archive", "parse_error", "Bad row", resource="~/ledger.csv")
    await told(concord, "sys_audit", "checksum", "Sums differ", times=3, resource="~/./ledger.csv")
    await detected(concord)
    found = await patterns(concord, type="shared_root_cause", status="ALL")
    meaning, resource = sorted(found, key=lambda one: "ledger.csv" in one["subject"])
    assert meaning["systems_involved"] == ["sys_dashboard", "sys_signals"]
    assert meaning["occurrences"] == 4
    assert "prices.json" not in str(meaning), "what errors say stays with the systems"
    assert resource["systems_involved"] == ["sys_archive", "sys_audit"]
    assert resource["occurrences"] == 3
    assert resource["resources"][0].endswith("/ledger.csv")
