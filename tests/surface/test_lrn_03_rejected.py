"""LRN-3, the first half: what two systems rejected is an anti-pattern; one system twice, or two ideas, are not."""

from pathlib import Path

import pytest

from tests.surface.learning import LEARNT_AT, entries, learnt, rejected, told
from tests.surface.world import Era, running

pytestmark = pytest.mark.anyio


async def test_lrn_03_two_systems_make_an_anti_pattern_and_one_twice_or_two_ideas_do_not(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with running(database_url, tmp_path, era=era, now=LEARNT_AT.isoformat()) as concord:
        await told(
            concord,
            {
                "sys_a": [
                    rejected("PROP-1", "Lower the anomaly threshold", "false_positive", 4, 9),
                    rejected("PROP-2", "Cache exchange rates for an hour", "rate_limit", 4, 5),
                    rejected("PROP-3", "Local cache of exchange rates", "rate_limit", 4, 6),
                    rejected("PROP-4", "Pin dependency versions", "import_error", 4, 6),
                ],
                "sys_b": [
                    rejected("PROP-1", "Lowered threshold for anomalies", "false_positive", 5, 12),
                    rejected("PROP-4", "Vendor the wheels into the image", "import_error", 4, 6),
                ],
            },
        )
        await learnt(concord)
        (entry,) = await entries(concord)
        assert entry["type"] == "anti_pattern"
        assert entry["title"] == '2 systems rejected "Lower the anomaly threshold" against false_positive errors'
        assert [one["system"] for one in entry["support"]] == ["sys_a", "sys_b"]
        assert entry["evidence"]["improvement"] == "140% increase"
