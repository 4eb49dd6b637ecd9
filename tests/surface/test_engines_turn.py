"""The program in docs/knowledge.md: an engine asks, adapts, proposes and answers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from tests.surface.shared_entries import READER, RETRY, SOURCE, STALE, found, members, shared
from tests.surface.world import running

pytestmark = pytest.mark.anyio
PAGE = Path(__file__).parents[2] / "docs" / "knowledge.md"


async def test_the_program_adopts_what_it_can_adapt_and_declines_the_rest(tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(async def learn.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    url = f"sqlite:///{tmp_path / 'concord.db'}"
    async with running(url, tmp_path) as person:
        await members(person)
        await shared(person, STALE, RETRY)

    def adapted(entry: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"description": "Look at the time of signals.json."}] if entry["id"] == "SK-003" else []

    names: dict[str, Any] = {"Client": Client, "adapted": adapted}
    exec(compile(program, str(PAGE), "exec"), names)
    async with running(url, tmp_path, system=READER) as engine:
        await names["learn"](engine.client, READER)
        assert await found(engine, system_id=READER) == []
        entries = (await engine.call("find_knowledge", type="transferable_fix"))["knowledge_entries"]
        (transfer,) = entries[0]["transfers"]
        assert (transfer["system"], transfer["decision"]) == (READER, "ADOPT")
        proposal = await engine.call("get_proposal", proposal_id=transfer["proposal_id"])
        assert (proposal["knowledge_id"], proposal["source_system"]) == ("SK-003", READER)
        (declined,) = (await engine.call("find_knowledge", type="best_practice", status="ALL"))["knowledge_entries"]
        assert (declined["declined_by"], declined["status"]) == ([READER], "DECLINED")


async def test_the_events_on_the_page_make_an_entry_for_who_has_the_error_three_times(tmp_path: Path) -> None:
    (events,) = re.findall(r"```json\n(\[.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    promotion, error = json.loads(events)
    async with running(f"sqlite:///{tmp_path / 'concord.db'}", tmp_path) as person:
        await members(person)
        for system_id, told in ((SOURCE, [promotion]), (READER, [{**error, "id": str(number)} for number in range(3)])):
            done = await person.call("report", system_id=system_id, events=told)
            assert (done["accepted"], done["ignored_keys"]) == (len(told), []), "every member shown is one that is kept"
        await person.call("run_job", job="learning")
        assert await found(person, system_id=READER) == ["SK-001"]
