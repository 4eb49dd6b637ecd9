"""The official Python client, on both protocol eras, over stdio and HTTP."""

from typing import Any

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import ResourceTemplateReference
from pydantic import BaseModel

from tests.clients.servers import HttpServer, Server
from tests.clients.walk import WALK, Step, assert_walked

pytestmark = [pytest.mark.clients, pytest.mark.anyio]
SECONDS = 60


@pytest.mark.parametrize(
    ("mode", "version"),
    [
        pytest.param("2026-07-28", "2026-07-28", id="2026"),
        pytest.param("legacy", "2025-11-25", id="2025"),
        pytest.param("auto", "2026-07-28", id="negotiating"),
    ],
)
async def test_the_python_client_walks_through_concord(mode: str, version: str, concord: Server) -> None:
    with anyio.fail_after(SECONDS):
        async with Client(_how_to_reach(concord), mode=mode) as client:
            outcomes = [await _outcome(client, step) for step in WALK.values()]
            negotiated = client.protocol_version
    assert negotiated == version
    assert_walked(outcomes)


def _how_to_reach(server: Server) -> str | StdioServerParameters:
    if isinstance(server, HttpServer):
        return server.url
    return StdioServerParameters(command=server.command, args=list(server.arguments), env=server.variables)


async def _outcome(client: Client, step: Step) -> dict[str, Any]:
    """What came of a step, as it stood on the wire."""
    try:
        result = await _take(client, step)
    except MCPError as error:
        return {"error": {"code": error.code, "message": str(error)}}
    return {"result": result.model_dump(by_alias=True, mode="json", exclude_none=True)}


async def _take(client: Client, step: Step) -> BaseModel:
    params = step.params
    match step.method:
        case "listTools":
            return await client.list_tools()
        case "listResources":
            return await client.list_resources()
        case "listResourceTemplates":
            return await client.list_resource_templates()
        case "listPrompts":
            return await client.list_prompts()
        case "callTool":
            return await client.call_tool(params["name"], params["arguments"])
        case "readResource":
            return await client.read_resource(params["uri"])
        case "getPrompt":
            return await client.get_prompt(params["name"], params["arguments"])
        case "complete":
            return await client.complete(ResourceTemplateReference.model_validate(params["ref"]), params["argument"])
    raise AssertionError(f"no such step: {step.method}")
