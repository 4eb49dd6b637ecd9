"""LRN-2: what three independent systems found is a universal pattern; two systems, and kin, are not three."""

from pathlib import Path
from typing import Any

import pytest

from tests.surface.learning import LEARNT_AT, entries, errors, learnt, promoted, told
from tests.surface.world import Era, running

pytestmark = pytest.mark.anyio


def one_each(systems: str, category: str, *titles: str) -> dict[str, list[dict[str, Any]]]:
    return {
        f"sys_{name}": [promoted(f"PROP-{number}", title, category, 10, 4, days_ago=20 - number)]
        for number, (name, title) in enumerate(zip(systems, titles, strict=True))
    }


async def test_lrn_02_three_independent_systems_make_one_and_two_or_three_with_kin_do_not(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with running(database_url, tmp_path, era=era, now=LEARNT_AT.isoformat()) as concord:
        retry = (
            "Retry external API calls with exponential backoff",
            "Add retry with backoff on external API",
            "Retries with jittered backoff for external API requests",
        )
        rename = (
            "Write temp file then atomic rename",
            "Atomic rename after writing temp file",
            "Atomic rename of a temp file",
        )
        await told(
            concord,
            {
                **one_each("abc", "transient_error", *retry),
                **one_each("def", "partial_file", *rename),
                **one_each("gh", "db_lock", "Batch database inserts", "Insert into the database in batches"),
                "sys_i": errors("transient_error", 3),
            },
            sys_f={"parent": "sys_e"},
        )
        await learnt(concord)
        (entry,) = await entries(concord)
        assert entry["type"] == "universal_pattern"
        assert (entry["source_system"], entry["independent_systems"]) == ("sys_a", 3)
        assert [one["system"] for one in entry["support"]] == ["sys_a", "sys_b", "sys_c"]
        assert entry["applicable_to"] == ["sys_i"]
        assert entry["e_value"] > 20**3
        assert all(entry["evidence"].values())


async def test_lrn_02_who_adopted_an_entry_is_not_counted_as_a_third(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with running(database_url, tmp_path, era=era, now=LEARNT_AT.isoformat()) as concord:
        first = one_each("ab", "stale_data", "Staleness check on incoming data", "Staleness check of incoming data")
        await told(concord, {**first, "sys_c": errors("stale_data", 6)})
        await learnt(concord)
        fix = (await entries(concord, system_id="sys_c"))[0]
        await concord.call(
            "respond_to_knowledge", entry_id=fix["id"], system_id="sys_c", decision="ADOPT", proposal_id="PROP-9"
        )
        mine = promoted("PROP-9", "Staleness check on incoming data", "stale_data", 10, 2, days_ago=0.01)
        await concord.call("report", system_id="sys_c", events=[mine])
        await learnt(concord)
        assert await entries(concord, type="universal_pattern") == []
