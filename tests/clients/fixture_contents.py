"""Fixtures that only show something: the kinds of content, resources, prompts, schemas, progress and announcements."""

import base64
import json
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import anyio.from_thread
import mcp_types as types
from mcp import MCPError
from mcp.shared.subscriptions import PromptsListChanged, ToolsListChanged
from pydantic import ConfigDict

from server.errors import Refused
from server.surface.answer import Answer
from server.surface.arguments import Arguments
from server.surface.call import Call
from server.surface.prompt import Prompt, PromptArgument
from server.surface.resource import ResourceTemplate, StaticResource
from server.surface.tool import Tool


class AnyArguments(Arguments):
    """Whatever a fixture is called with: its schema is the suite's."""

    model_config = ConfigDict(frozen=True, extra="allow")


NO_ARGUMENTS: Mapping[str, Any] = {"type": "object", "properties": {}}


def fixture(
    name: str, description: str, run: Callable[[Call], Any], schema: Mapping[str, Any] = NO_ARGUMENTS
) -> Tool[AnyArguments]:
    """A tool whose whole result is what `run(call)` returns."""
    return Tool(
        name=name,
        toolset="core",
        title=name,
        description=description,
        arguments=AnyArguments,
        run=lambda call, _: Answer(summary=description, raw=run(call)),
        input_schema=schema,
    )


def wait_for(ask: Callable[..., Awaitable[Any]], *arguments: Any, **named: Any) -> Any:
    """What a request of the server's own came back with; a fixture runs in a worker thread."""

    async def answered() -> Any:
        return await ask(*arguments, **named)

    return anyio.from_thread.run(answered)


def said(text: str) -> types.CallToolResult:
    """A result of plain text."""
    return types.CallToolResult(content=[_text(text)])


def _png() -> bytes:
    """One red pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _wav() -> bytes:
    """Two silent samples."""
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8_000, 8_000, 1, 8)
    sound = b"WAVE" + layout + struct.pack("<4sI", b"data", 2) + b"\x80\x80"
    return struct.pack("<4sI", b"RIFF", len(sound)) + sound


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)


def _image() -> types.ImageContent:
    return types.ImageContent(type="image", data=base64.b64encode(PNG).decode(), mime_type="image/png")


def _sound() -> types.AudioContent:
    return types.AudioContent(type="audio", data=base64.b64encode(WAV).decode(), mime_type="audio/wav")


def _embedded(uri: str, text: str, mime_type: str = "text/plain") -> types.EmbeddedResource:
    content = types.TextResourceContents(uri=uri, mime_type=mime_type, text=text)
    return types.EmbeddedResource(type="resource", resource=content)


def _result(*content: types.ContentBlock) -> types.CallToolResult:
    return types.CallToolResult(content=list(content))


def _fails(call: Call) -> types.CallToolResult:
    raise Refused("This tool intentionally returns an error for testing")


def _reports_progress(call: Call) -> types.CallToolResult:
    for done in (0, 50, 100):
        call.progress(done, 100, "")
    return said("done")


def _logs(*lines: str) -> Callable[[Call], types.CallToolResult]:
    def run(call: Call) -> types.CallToolResult:
        for line in lines:
            wait_for(call.protocol.session.send_log_message, "info", line, related_request_id=call.protocol.request_id)
        return said("done")

    return run


def _needs_sampling(call: Call) -> types.CallToolResult:
    able = call.protocol.session.client_capabilities
    if able is None or able.sampling is None:
        needed: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "The client can't sample", needed)
    return said("it can")


def _closes_its_stream(call: Call) -> types.CallToolResult:
    close = call.protocol.close_sse_stream
    if close is not None:
        wait_for(close)
    return said("still here")


def _announces_tools(call: Call) -> types.CallToolResult:
    wait_for(call.services.bus.publish, ToolsListChanged())
    return said("announced")


def _announces_prompts(call: Call) -> types.CallToolResult:
    wait_for(call.services.bus.publish, PromptsListChanged())
    return said("announced")


PNG, WAV = _png(), _wav()
MIRRORED_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"region": {"type": "string", "description": "Any word.", "x-mcp-header": "Region"}},
    "required": ["region"],
}
CONDITIONAL_SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}
MIXED = _embedded("test://mixed-content-resource", json.dumps({"test": "data", "value": 123}), "application/json")

TOOLS = (
    fixture("test_simple_text", "Answers with text.", lambda call: said("This is a simple text response for testing.")),
    fixture("test_image_content", "Answers with an image.", lambda call: _result(_image())),
    fixture("test_audio_content", "Answers with sound.", lambda call: _result(_sound())),
    fixture(
        "test_embedded_resource",
        "Answers with a resource inside the result.",
        lambda call: _result(_embedded("test://embedded-resource", "This is an embedded resource content.")),
    ),
    fixture(
        "test_multiple_content_types",
        "Answers with text, an image and a resource.",
        lambda call: _result(_text("Multiple content types test:"), _image(), MIXED),
    ),
    fixture("test_error_handling", "Always fails.", _fails),
    fixture(
        "test_mirrored_argument",
        "Takes an argument that clients repeat in a header.",
        lambda call: said("as in the header"),
        MIRRORED_SCHEMA,
    ),
    fixture(
        "json_schema_2020_12_tool",
        "Tool with JSON Schema 2020-12 features",
        lambda call: said("understood"),
        CONDITIONAL_SCHEMA,
    ),
    fixture("test_tool_with_progress", "Reports progress three times.", _reports_progress),
    fixture(
        "test_tool_with_logging",
        "Logs three times.",
        _logs("Tool execution started", "Tool processing data", "Tool execution completed"),
    ),
    fixture("test_logging_tool", "Logs once.", _logs("only for those who asked for it")),
    fixture("test_trigger_tool_change", "Announces that the list of tools changed.", _announces_tools),
    fixture("test_trigger_prompt_change", "Announces that the list of prompts changed.", _announces_prompts),
    fixture("test_reconnection", "Closes its stream before it answers.", _closes_its_stream),
    fixture("test_missing_capability", "Needs a client that can sample.", _needs_sampling),
)

RESOURCES = (
    StaticResource(
        uri="test://static-text",
        name="static-text",
        title="Static text",
        description="Plain text.",
        mime_type="text/plain",
        read=lambda call: "This is the content of the static text resource.",
    ),
    StaticResource(
        uri="test://static-binary",
        name="static-binary",
        title="Static image",
        description="An image.",
        mime_type="image/png",
        read=lambda call: PNG,
    ),
    StaticResource(
        uri="test://watched-resource",
        name="watched-resource",
        title="Watched",
        description="May be watched.",
        mime_type="text/plain",
        read=lambda call: "as before",
    ),
)
TEMPLATES = (
    ResourceTemplate(
        uri_template="test://template/{id}/data",
        name="template",
        title="Template",
        description="One of many.",
        read=lambda call, given: json.dumps(
            {"id": given["id"], "templateTest": True, "data": f"Data for {given['id']}"}
        ),
    ),
)


def _of_user(*blocks: types.ContentBlock) -> list[types.PromptMessage]:
    return [types.PromptMessage(role="user", content=block) for block in blocks]


def _completions(call: Call, typed: str, others: Mapping[str, str]) -> list[str]:
    return [word for word in ("test", "tests") if word.startswith(typed)]


PROMPTS = (
    Prompt(
        name="test_simple_prompt",
        title="Simple",
        description="A prompt without arguments.",
        build=lambda call, given: "This is a simple prompt for testing.",
    ),
    Prompt(
        name="test_prompt_with_arguments",
        title="With arguments",
        description="A prompt that repeats its arguments.",
        build=lambda call, given: f"Prompt with arguments: arg1='{given['arg1']}', arg2='{given['arg2']}'",
        arguments=(
            PromptArgument("arg1", "First test argument", required=True, complete=_completions),
            PromptArgument("arg2", "Second test argument", required=True),
        ),
    ),
    Prompt(
        name="test_prompt_with_embedded_resource",
        title="With a resource",
        description="A prompt with a resource inside.",
        build=lambda call, given: _of_user(
            _embedded(given["resourceUri"], "Embedded resource content for testing."),
            _text("Please process the embedded resource above."),
        ),
        arguments=(PromptArgument("resourceUri", "URI of the resource to embed", required=True),),
    ),
    Prompt(
        name="test_prompt_with_image",
        title="With an image",
        description="A prompt with an image inside.",
        build=lambda call, given: _of_user(_image(), _text("Please analyze the image above.")),
    ),
)
