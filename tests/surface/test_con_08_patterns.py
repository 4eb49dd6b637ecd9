"""Active risk patterns in a check through the surface."""

import copy
from pathlib import Path
from typing import Any

import pytest

from tests.surface.overlapping import at, detected, overlap
from tests.surface.world import SIGNAL_SCHEMA, SIGNALS, Concord, Era, register_example, running

pytestmark = pytest.mark.anyio

NOTE = {"note": {"type": ["string", "integer"]}}
WIDER: dict[str, Any] = copy.deepcopy(SIGNAL_SCHEMA)
WIDER["properties"] |= NOTE
"""A note may be a number, which the dashboard does not expect where it may read one."""

PLAIN, GRAVER = ("", "HIGH", "HIGH"), ("XPAT-001", "HIGH", "CRITICAL")


async def judged(concord: Concord) -> tuple[list[str], set[tuple[str, str, str]]]:
    """The patterns that a check names, and of its conflicts (pattern, severity as it was, severity)."""
    check = await concord.check(resource=SIGNALS, new_schema=WIDER)
    return check["patterns"], {
        (one.get("pattern", ""), one["severity_base"], one["severity"]) for one in check["conflicts"]
    }


async def test_con_08_an_active_risk_pattern_makes_conflicts_one_level_graver_and_is_named_until_it_is_resolved(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    clock = tmp_path / "now"
    clock.write_text(at(84, 60), encoding="utf-8")
    async with running(database_url, tmp_path, era=era, now=f"@{clock}") as concord:
        await register_example(concord)
        await concord.register("sys_elsewhere")
        assert await judged(concord) == ([], {PLAIN})
        days = {"resource": "/srv/shared.json", "writer": "sys_dashboard", "reader": "sys_elsewhere", "mode": "write"}
        await overlap(concord, [70, 77], **days)
        await detected(concord)
        assert await judged(concord) == ([], {PLAIN}), "two occurrences are no pattern"
        await overlap(concord, [84], **days)
        await detected(concord)
        assert await judged(concord) == (["XPAT-001"], {GRAVER})
        await concord.call("archive_system", system_id="sys_elsewhere", reason="gone")
        assert await judged(concord) == ([], {PLAIN}), "an archived system does no harm"
        await concord.call("restore_system", system_id="sys_elsewhere")
        assert await judged(concord) == (["XPAT-001"], {GRAVER})
        clock.write_text(at(115), encoding="utf-8")
        await detected(concord)
        assert await judged(concord) == ([], {PLAIN}), "it is resolved"
