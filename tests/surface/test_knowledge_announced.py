"""Who subscribed to shared knowledge hears when a file or an answer changes it."""

import json
from pathlib import Path

import anyio
import pytest
from mcp import Client

from server.app import build_server
from server.config import read_config
from tests.rules.exchange.test_shared_knowledge import DIGEST, METRICS
from tests.surface.shared_entries import FILE, READER
from tests.surface.world import NOW

pytestmark = pytest.mark.anyio
ENTRY, LATEST = "concord://knowledge/SK-003", "concord://digests/latest"
SHARED, WEEKS = (f"concord://files/{name}.json" for name in ("shared_knowledge", "organizational_metrics"))


@pytest.mark.filterwarnings("ignore:resources/(un)?subscribe is removed")
async def test_sur_15_entries_digests_and_weeks_are_announced_when_they_change_and_not_otherwise(
    tmp_path: Path,
) -> None:
    settings = {"CONCORD_HOME": str(tmp_path), "CONCORD_NOW": NOW}
    server = build_server(read_config(settings).with_flags(toolsets=("core", "admin")))
    send, heard = anyio.create_memory_object_stream[str](100)

    async def hear(message: object) -> None:
        await send.send(str(message.params.uri))  # type: ignore[attr-defined]  # the only one that is sent

    async with send, heard, Client(server, mode="legacy", message_handler=hear) as client:
        for uri in (ENTRY, LATEST, SHARED, WEEKS):
            await client.subscribe_resource(uri)
        await client.call_tool("register_system", {"system": {"id": READER, "tier": "PRODUCTION"}})
        answer = {"entry_id": "SK-003", "system_id": READER, "decision": "ADOPT"}
        with anyio.fail_after(20):
            for tool, arguments, told in (
                ("import_catalog", {"content": json.dumps(FILE)}, {ENTRY, SHARED}),
                ("respond_to_knowledge", answer, {ENTRY, SHARED}),
                ("import_catalog", {"content": json.dumps(FILE)}, set()),
                ("import_catalog", {"content": json.dumps(DIGEST)}, {LATEST}),
                ("import_catalog", {"content": json.dumps(DIGEST)}, set()),
                ("import_catalog", {"content": json.dumps(METRICS)}, {WEEKS}),
            ):
                assert not (await client.call_tool(tool, arguments)).is_error
                assert {await heard.receive() for _ in told} == told
        assert heard.statistics().current_buffer_used == 0
    server.services.close()
