"""LRN-8: five entries a week, the best first; the sixth is listed with its rank."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.surface.learning import LEARNT_AT, entries, errors, learnt, promoted, told
from tests.surface.world import Era, running

pytestmark = pytest.mark.anyio

FIXES = {
    "stale_data": "Staleness check on incoming data",
    "parse_error": "Validate schema before parsing",
    "db_lock": "Batch database inserts",
    "partial_file": "Write temp file then atomic rename",
    "import_error": "Pin dependency versions",
    "rate_limit": "Cache exchange rates for an hour",
}


async def test_lrn_08_the_sixth_of_a_week_is_left_out_with_its_rank_and_enters_the_next(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    clock = tmp_path / "now"
    clock.write_text(LEARNT_AT.isoformat())
    async with running(database_url, tmp_path, era=era, now=f"@{clock}") as concord:
        fixes = [
            promoted(f"PROP-{number}", title, category, 10, number)
            for number, (category, title) in enumerate(FIXES.items())
        ]
        vague = promoted("PROP-9", "Rule update", "login_denied", 100, 0)
        suffering = [event for category in (*FIXES, "login_denied") for event in errors(category, 3)]
        await told(concord, {"sys_a": [*fixes, vague], "sys_b": suffering})
        summary = await learnt(concord)
        assert [one["evidence"]["proposal_id"] for one in await entries(concord)] == [f"PROP-{n}" for n in range(5)]
        sixth, last = summary["left_out"]
        assert (sixth["rank"], last["rank"]) == (6, 7)
        assert "Cache exchange rates" in sixth["title"]
        assert "all five places of this week are taken" in sixth["reason"]
        assert "nothing tells what was done" in last["reason"]
        assert (await learnt(concord))["new"] == [], "the week has had its five"

        clock.write_text((LEARNT_AT + timedelta(days=1)).isoformat())
        (new,) = (await learnt(concord))["new"]
        assert "Cache exchange rates" in new["title"]
