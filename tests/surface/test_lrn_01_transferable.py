"""LRN-1: what one system fixed reaches those who have the same error, with all its evidence."""

from pathlib import Path

import pytest

from tests.surface.learning import LEARNT_AT, entries, errors, learnt, promoted, told
from tests.surface.world import Era, running

pytestmark = pytest.mark.anyio


async def test_lrn_01_of_fixes_of_25_and_24_per_cent_the_first_reaches_who_had_the_error_three_times(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with running(database_url, tmp_path, era=era, now=LEARNT_AT.isoformat()) as concord:
        await told(
            concord,
            {
                "sys_a": [
                    promoted("PROP-1", "Staleness check on incoming data", "stale_data", 12, 9),
                    promoted("PROP-2", "Validate schema before parsing", "parse_error", 100, 76),
                    promoted("PROP-3", "Circuit breaker around the vendor client", "vendor_timeout", 12, 3),
                ],
                "sys_b": [*errors("stale_data", 3), *errors("parse_error", 9)],
                "sys_c": [*errors("stale-data", 2), *errors("vendor_timeout", 2)],
            },
        )
        summary = await learnt(concord)
        (entry,) = await entries(concord)
        assert [one["id"] for one in summary["new"]] == [entry["id"]]
        assert entry["type"] == "transferable_fix"
        assert (entry["source_system"], entry["applicable_to"]) == ("sys_a", ["sys_b"])
        assert entry["evidence"] == {
            "before_metric": "12 stale_data errors per week",
            "after_metric": "9 stale_data errors per week",
            "improvement": "25% reduction",
            "observation_period": "28 days",
            "proposal_id": "PROP-1",
            "promotion_date": "2026-03-26",
        }
        assert "reported stale_data 3 times in the last 30 days" in entry["applicability_reasoning"]
        assert "Staleness check on incoming data" in entry["suggested_adaptation"]
        assert (entry["status"], entry["adopted_by"]) == ("ACTIVE", []), "nothing is applied by itself"
        assert [one["id"] for one in await entries(concord, system_id="sys_b")] == [entry["id"]]
        assert await entries(concord, system_id="sys_c") == []
