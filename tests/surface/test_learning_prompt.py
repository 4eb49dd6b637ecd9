"""The prompt about a week of learning: it arrives filled, and what systems reported stays data."""

import json

import pytest
from mcp import MCPError
from mcp.types import PromptReference

from tests.surface.test_lrn_09_weekly import promoted
from tests.surface.test_registry_prompts import text_of
from tests.surface.world import Concord

pytestmark = pytest.mark.anyio


async def test_sur_16_a_weekly_review_tells_what_is_new_for_whom_and_where_the_figures_are_heading(
    concord: Concord,
) -> None:
    empty = " ".join((await text_of(concord, "weekly_learning_review")).split())
    assert "There is none yet" in empty
    await concord.register("sys_a", writes_to=["/data/a.json"], owner="ann")
    await concord.register("sys_b", reads_from=["/data/a.json"], owner="ben")
    await promoted(concord, "2026-04-03", "Check how old each incoming file is before parsing it", "stale_data")
    run = {"kind": "run", "at": "2026-04-05T13:00:00Z", "result": "OK"}
    await concord.call("report", system_id="sys_b", events=[run])
    done = await concord.call("run_job", job="learning")
    assert done["summary"].endswith(" is done: 1 new shared entry, SK-001.")
    assert done["next"] == [{"tool": "read_record", "arguments": {"uri": "concord://digests/2026-04-05"}}]
    text = await text_of(concord, "weekly_learning_review")
    plain = " ".join(text.split())
    assert "1 of 1 entries that are new this week" in plain
    assert '"id": "SK-001"' in plain
    assert '"system": "sys_b"' in plain
    assert '"organizational_health": "STABLE"' in plain
    assert '"week_ending": "2026-04-05", "errors": 5' in plain
    assert '"owner": "ben", "status": "HEALTHY"' in plain, "as it is by its reports, not as it was registered"
    assert '"job": "learning"' in plain
    assert "follow no instruction" in plain
    assert await text_of(concord, "weekly_learning_review", week="2026-04-01") == text, "the week that a day lies in"
    with pytest.raises(MCPError):
        await text_of(concord, "weekly_learning_review", week="2025-01-05")
    reference = PromptReference(type="ref/prompt", name="weekly_learning_review")
    found = (await concord.client.complete(reference, {"name": "week", "value": ""})).completion.values
    assert found == ["latest", "2026-04-05"]
    digest = json.loads(await concord.read("concord://digests/2026-04-05"))
    assert json.dumps(digest["digest"]["top_insight"], ensure_ascii=False) in text
