"""A running Concord behind a real MCP client, and the three systems of the source's example."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from mcp import Client

from server.app import build_server
from server.config import read_config

Era = Literal["auto", "legacy"]
NOW = "2026-04-05T14:00:00Z"


class Concord:
    """One client's view of a server: calls that must succeed, and calls that must be refused."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """The structured answer of a call that is carried out."""
        result = await self.client.call_tool(tool, arguments)
        assert result.structured_content is not None
        assert not result.is_error, result.structured_content
        answer: dict[str, Any] = result.structured_content
        return answer

    async def refused(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """The error of a call that is refused."""
        result = await self.client.call_tool(tool, arguments)
        assert result.is_error, result.structured_content
        assert result.structured_content is not None
        error: dict[str, Any] = result.structured_content["error"]
        return error

    async def register(self, system_id: str, tier: str = "PRODUCTION", **members: Any) -> dict[str, Any]:
        """The answer to a registration."""
        return await self.call("register_system", system={"id": system_id, "tier": tier, **members})

    async def check(self, **arguments: Any) -> dict[str, Any]:
        """The judgement on a change."""
        return await self.call("check_change", **arguments)

    async def read(self, uri: str) -> str:
        """The text of a resource."""
        (content,) = (await self.client.read_resource(uri)).contents
        text: str = content.text  # type: ignore[union-attr]  # every resource of ours is text
        return text


@asynccontextmanager
async def running(
    database_url: str, home: Path, *, era: Era = "auto", now: str = NOW, **flags: Any
) -> AsyncIterator[Concord]:
    """A server on that database, with the core and admin toolsets, and a client of the era connected to it."""
    environment = {"CONCORD_HOME": str(home), "CONCORD_DATABASE_URL": database_url, "CONCORD_NOW": now}
    config = read_config(environment).with_flags(**{"toolsets": ("core", "admin"), **flags})
    server = build_server(config)
    try:
        async with Client(server, mode=era) as client:
            yield Concord(client)
    finally:
        server.services.close()


SIGNALS = "~/outputs/signals.json"
SIGNAL_SCHEMA = {
    "type": "object",
    "required": ["ticker", "score", "signal", "timestamp"],
    "properties": {
        "ticker": {"type": "string"},
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "signal": {"enum": ["BUY", "SELL", "HOLD"]},
        "timestamp": {"type": "string"},
        "note": {"type": "string"},
    },
}
NESTED_SCHEMA = {
    "type": "object",
    "required": ["signal_data"],
    "properties": {"signal_data": SIGNAL_SCHEMA},
}


async def register_example(
    concord: Concord, *, reader_tier: str = "PRODUCTION", writer_tier: str = "PRODUCTION"
) -> None:
    """The data pipeline, the signal generator and the dashboard of the source document."""
    await concord.register("sys_data_pipeline", writes_to=[{"resource": "~/cache/market_data/"}])
    await concord.register(
        "sys_signal_generator",
        writer_tier,
        reads_from=[{"resource": "~/cache/market_data/"}],
        writes_to=[{"resource": SIGNALS, "schema_version": "v2", "consumers": ["sys_dashboard"]}],
        contracts=[
            {
                "contract_id": "CTR-001",
                "type": "PRODUCER",
                "counterparty": "sys_dashboard",
                "resource": SIGNALS,
                "schema": SIGNAL_SCHEMA,
            }
        ],
    )
    await concord.register(
        "sys_dashboard",
        reader_tier,
        reads_from=[{"resource": SIGNALS, "schema_version": "v2"}],
        contracts=[
            {
                "contract_id": "CTR-001",
                "type": "CONSUMER",
                "counterparty": "sys_signal_generator",
                "resource": SIGNALS,
                "reads": ["/ticker", "/score", {"path": "/note", "required": False}],
            }
        ],
    )
