"""Values of the surface as the protocol writes them."""

from collections.abc import Sequence
from typing import Any

import mcp_types as types

from server.errors import ConcordError
from server.surface.answer import Answer, compact, tokens_of
from server.surface.prompt import Prompt
from server.surface.resource import ResourceTemplate, StaticResource
from server.surface.tool import Tool

ALWAYS_LOAD = "anthropic/alwaysLoad"
ERROR_TOKEN_CAP = 2_000
LISTED_IN_ERROR = 30


def tool_on_wire(tool: Tool[Any]) -> types.Tool:
    """The tool's definition, with all five annotations; its title stands in them alone, as every list is paid for in tokens."""
    meta = {**({ALWAYS_LOAD: True} if tool.always_loaded else {}), **tool.meta}
    return types.Tool(
        name=tool.name,
        description=tool.text,
        input_schema=tool.schema,
        output_schema=dict(tool.output_schema) if tool.output_schema is not None else None,
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.read_only,
            destructive_hint=tool.destructive,
            idempotent_hint=tool.idempotent,
            open_world_hint=tool.open_world,
        ),
        _meta=meta or None,
    )


def answer_on_wire(answer: Answer, notes: Sequence[str]) -> Any:
    """The answer as a tool result: the same JSON as structured content and, compact, as text."""
    if answer.raw is not None:
        return answer.raw
    if answer.content:
        return types.CallToolResult(content=list(answer.content), structured_content=dict(answer.data) or None)
    if not answer.structured:
        return types.CallToolResult(content=[types.TextContent(type="text", text=answer.summary)])
    structure, text = answer.written(notes)
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=structure)


def error_on_wire(error: ConcordError) -> types.CallToolResult:
    """The failure as a tool error: a plain sentence, then compact JSON that also stands as structured content."""
    payload = shortened_payload(error)
    sentence = " ".join(str(payload["error"]["message"]).split())
    text = f"{sentence}\n{compact(payload)}"
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=payload, is_error=True
    )


def shortened_payload(error: ConcordError) -> dict[str, Any]:
    """The error's JSON, with long texts and lists cut so that it can't swamp whoever reads it."""
    members = dict(error.payload()["error"])
    if tokens_of(members) <= ERROR_TOKEN_CAP:
        return {"error": members}
    for name, value in members.items():
        if isinstance(value, str) and len(value) > 1_000:
            members[name] = f"{value[:1_000]}…"
        elif isinstance(value, list) and len(value) > LISTED_IN_ERROR:
            members[name] = value[:LISTED_IN_ERROR]
    if tokens_of(members) > ERROR_TOKEN_CAP:
        members = {name: value for name, value in members.items() if tokens_of(value) < ERROR_TOKEN_CAP // 4}
    return {"error": members}


def resource_on_wire(resource: StaticResource) -> types.Resource:
    """The resource's definition."""
    return types.Resource(
        uri=resource.uri,
        name=resource.name,
        title=resource.title,
        description=resource.description,
        mime_type=resource.mime_type,
    )


def template_on_wire(template: ResourceTemplate) -> types.ResourceTemplate:
    """The template's definition."""
    return types.ResourceTemplate(
        uri_template=template.uri_template,
        name=template.name,
        title=template.title,
        description=template.description,
        mime_type=template.mime_type,
    )


def prompt_on_wire(prompt: Prompt) -> types.Prompt:
    """The prompt's definition."""
    return types.Prompt(
        name=prompt.name,
        title=prompt.title,
        description=prompt.description,
        arguments=[
            types.PromptArgument(name=one.name, description=one.description, required=one.required)
            for one in prompt.arguments
        ],
    )


def prompt_result(prompt: Prompt, built: str | Sequence[Any]) -> types.GetPromptResult | types.InputRequiredResult:
    """The messages of a built prompt; plain text is one message of the user. What still needs the client's input stays as it is."""
    if isinstance(built, types.InputRequiredResult):
        return built
    messages: list[types.PromptMessage]
    if isinstance(built, str):
        messages = [types.PromptMessage(role="user", content=types.TextContent(type="text", text=built))]
    else:
        messages = [types.PromptMessage.model_validate(one) for one in built]
    return types.GetPromptResult(description=prompt.description, messages=messages)
