"""Quality that falls together, through the surface."""

from typing import Any

import pytest

from tests.surface.overlapping import at, detected, patterns
from tests.surface.world import Concord

pytestmark = pytest.mark.anyio

FALLING = [0.95, 0.94, 0.945, 0.92, 0.90, 0.905, 0.88, 0.86, 0.87, 0.84, 0.83, 0.80]
ALIKE = [0.90, 0.895, 0.896, 0.88, 0.865, 0.869, 0.85, 0.838, 0.842, 0.823, 0.81, 0.79]
OTHERWISE = [0.90, 0.89, 0.87, 0.88, 0.889, 0.85, 0.849, 0.85, 0.82, 0.825, 0.79, 0.80]


async def told(concord: Concord, system_id: str, values: list[float], name: str = "accuracy") -> None:
    """The system reports the figure every week."""
    events: list[dict[str, Any]] = [
        {"kind": "metric", "at": at(3 + 7 * week), "name": name, "value": value} for week, value in enumerate(values)
    ]
    answer = await concord.call("report", system_id=system_id, events=events)
    assert answer["accepted"] == len(events)


async def test_pat_02_quality_that_falls_together_over_a_shared_dependency_is_a_pattern_without_one_a_candidate(
    concord: Concord,
) -> None:
    await concord.register("sys_feed", writes_to=[{"resource": "~/prices.json"}])
    for reader in ("sys_signals", "sys_report", "sys_other"):
        await concord.register(reader, reads_from=[{"resource": "~/prices.json"}])
    await concord.register("sys_apart")
    await told(concord, "sys_signals", FALLING)
    await told(concord, "sys_report", [1 - value for value in ALIKE], "error_rate")
    await told(concord, "sys_other", OTHERWISE)
    await told(concord, "sys_apart", ALIKE)
    await detected(concord)
    (pattern,) = await patterns(concord, type="correlated_degradation")
    assert pattern["systems_involved"] == ["sys_report", "sys_signals"]
    assert pattern["occurrences"] >= 3
    assert pattern["q_value"] <= 0.05
    assert "/prices.json" in pattern["description"]
    assert "sys_feed" in pattern["recommendation"]
    assert {row["system"] for row in pattern["evidence"]} == {"sys_report", "sys_signals"}
    held_back = await patterns(concord, type="correlated_degradation", status="CANDIDATE")
    assert {tuple(one["systems_involved"]) for one in held_back} == {
        ("sys_apart", "sys_report"),
        ("sys_apart", "sys_signals"),
    }
    assert {one["held_back"] for one in held_back} == {"no_shared_dependency"}
