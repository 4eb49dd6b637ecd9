"""Serves a catalogue: the SDK's server, with everything that the ground rules of the surface ask for in its place."""

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.from_thread
import anyio.to_thread
from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolResult,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    EmptyResult,
    GetPromptResult,
    InputRequiredResult,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    PromptReference,
    SubscribeRequestParams,
    UnsubscribeRequestParams,
)
from mcp_types import Prompt as PromptOnWire
from mcp_types import Resource as ResourceOnWire
from mcp_types import ResourceTemplate as ResourceTemplateOnWire
from mcp_types import Tool as ToolOnWire
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from pydantic import AnyUrl

from server.clock import Clock, SystemClock
from server.errors import ConcordError, InvalidArgument, NotFound
from server.surface.answer import decode_cursor, encode_cursor
from server.surface.bounds import Bounds, check_bounds, visible
from server.surface.call import Call
from server.surface.catalogue import Catalogue, check_uri
from server.surface.names import near_names
from server.surface.prompt import Prompt, read_by
from server.surface.reading import read_arguments
from server.surface.resource import Completer, Record
from server.surface.seen_by import answer_seen_by, error_seen_by, record_seen_by
from server.surface.suggestion import suggest
from server.surface.tool import Tool
from server.web import wire
from server.web.access import KnownTokens, caller_of, settings_for
from server.web.announcements import Announcements
from server.web.mends import arguments_sent_as_text, connection_of, logging_left_alone

logger = logging.getLogger("concord")

T = TypeVar("T")

LONGEST_INSTRUCTIONS = 1_024
RESOURCE_NOT_FOUND = -32002
"""What the handshake era calls a resource that doesn't exist; the newer era retired the code for "invalid params"."""
COMPLETIONS = 100
LISTS_STAY_FRESH_MS = 300_000
PROMPT_BOUNDS = Bounds(call_bytes=100_000, string_bytes=50_000, items=100, depth=4)

_LISTS: tuple[CacheableMethod, ...] = ("tools/list", "prompts/list", "resources/list", "resources/templates/list")


class Unexpected(ConcordError):
    """Something went wrong inside the server."""

    code = "internal_error"


class ConcordServer(MCPServer[Any]):
    """An MCP server whose tools, resources and prompts are those of a catalogue."""

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        services: Any = None,
        name: str = "concord",
        title: str = "Concord",
        version: str = "",
        instructions: str = "",
        clock: Clock | None = None,
        caller: str = "",
        read_only: bool = False,
        tokens: Mapping[str, str] | None = None,
        threads: int = 16,
        page_size: int = 100,
        **options: Any,
    ) -> None:
        """`caller` is who calls where no token says so; `tokens` maps bearer tokens to system ids (HTTP alone asks for them).

        `threads` handlers run at once; `page_size` entries make a page of a list of definitions; `options` are the SDK's own.
        Raises ValueError for instructions above 1 KB.
        """
        if len(instructions.encode()) > LONGEST_INSTRUCTIONS:
            raise ValueError(f"The instructions have more than {LONGEST_INSTRUCTIONS} bytes.")
        self.catalogue = catalogue
        self.services = services
        self.clock = clock or SystemClock()
        self.caller = caller
        self.read_only = read_only
        self.needs_token = bool(tokens)
        self.announcements = Announcements()
        self._page_size = page_size
        self._threads = threads
        self._limiter: anyio.CapacityLimiter | None = None
        with logging_left_alone():
            super().__init__(
                name=name,
                title=title,
                version=version,
                instructions=instructions or None,
                auth=settings_for(tokens or {}),
                token_verifier=KnownTokens(tokens) if tokens else None,
                subscriptions=self.announcements.bus,
                cache_hints={method: CacheHint(ttl_ms=LISTS_STAY_FRESH_MS, scope="public") for method in _LISTS},
                middleware=[self._attach, arguments_sent_as_text],
                **options,
            )
        lowlevel = self._lowlevel_server
        lowlevel.add_request_handler("resources/subscribe", SubscribeRequestParams, self._handle_subscribe)
        lowlevel.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, self._handle_unsubscribe)
        lowlevel.add_request_handler("completion/complete", CompleteRequestParams, self._handle_complete)

    def changed(self, uris: Iterable[str]) -> None:
        """Subscribers will hear that the resources at these URIs changed. From any thread, whenever a write is done."""
        self.announcements.changed(uris)

    async def list_tools(self) -> list[ToolOnWire]:
        """All tools, in the catalogue's order."""
        return [wire.tool_on_wire(tool) for tool in self.catalogue.tools]

    async def list_resources(self) -> list[ResourceOnWire]:
        """All fixed resources, in the catalogue's order."""
        return [wire.resource_on_wire(resource) for resource in self.catalogue.resources]

    async def list_resource_templates(self) -> list[ResourceTemplateOnWire]:
        """All resource templates, in the catalogue's order."""
        return [wire.template_on_wire(template) for template in self.catalogue.templates]

    async def list_prompts(self) -> list[PromptOnWire]:
        """All prompts, in the catalogue's order."""
        return [wire.prompt_on_wire(prompt) for prompt in self.catalogue.prompts]

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """What the tool answers; a failure that a model can act on is a result with `is_error`.

        Raises MCPError (-32602) for a tool that doesn't exist.
        """
        tool = self.catalogue.tool(name)
        if tool is None:
            raise self._unknown_tool(name)
        try:
            call = self._call(context)
        except ConcordError as error:  # the clock that it was told to read can't be read
            return wire.error_on_wire(error)
        return await self._in_thread(partial(_answer, tool, call, arguments))

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """What stands at the URI. Raises MCPError with the era's own code where nothing does."""
        call = self._call(context)
        try:
            record = await self._in_thread(partial(_expected, "resource", self._read, call, str(uri)))
        except ConcordError as error:
            raise _protocol_error(error, call, {"uri": visible(str(uri)[:200])}) from error
        return [ReadResourceContents(content=record.content, mime_type=record.mime_type)]

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context[Any, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """The prompt, filled. Raises MCPError (-32602) for an unknown prompt, and for missing or unknown arguments."""
        prompt = self.catalogue.prompt(name)
        if prompt is None:
            raise _unknown("prompt", name, [one.name for one in self.catalogue.prompts])
        call = self._call(context)
        try:
            values = _prompt_arguments(prompt, arguments or {})
            built = await self._in_thread(partial(_expected, f"prompt {name}", _built, prompt, call, values))
        except ConcordError as error:
            raise _protocol_error(error, call) from error
        return wire.prompt_result(prompt, built)

    async def _handle_list_tools(
        self, ctx: ServerRequestContext[Any], params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        page, cursor = self._page("tools", await self.list_tools(), params)
        return ListToolsResult(tools=page, next_cursor=cursor)

    async def _handle_list_resources(
        self, ctx: ServerRequestContext[Any], params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        page, cursor = self._page("resources", await self.list_resources(), params)
        return ListResourcesResult(resources=page, next_cursor=cursor)

    async def _handle_list_resource_templates(
        self, ctx: ServerRequestContext[Any], params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        page, cursor = self._page("templates", await self.list_resource_templates(), params)
        return ListResourceTemplatesResult(resource_templates=page, next_cursor=cursor)

    async def _handle_list_prompts(
        self, ctx: ServerRequestContext[Any], params: PaginatedRequestParams | None
    ) -> ListPromptsResult:
        page, cursor = self._page("prompts", await self.list_prompts(), params)
        return ListPromptsResult(prompts=page, next_cursor=cursor)

    async def _handle_subscribe(self, ctx: ServerRequestContext[Any], params: SubscribeRequestParams) -> EmptyResult:
        uri = self._known_uri(ctx, str(params.uri))
        self.announcements.subscribe(connection_of(ctx), uri)
        return EmptyResult()

    async def _handle_unsubscribe(
        self, ctx: ServerRequestContext[Any], params: UnsubscribeRequestParams
    ) -> EmptyResult:
        self.announcements.unsubscribe(connection_of(ctx), str(params.uri))
        return EmptyResult()

    async def _handle_complete(self, ctx: ServerRequestContext[Any], params: CompleteRequestParams) -> CompleteResult:
        known, completer = self._completer(params)
        if params.argument.name not in known:
            raise _unknown("argument", params.argument.name, known)
        if completer is None:
            return CompleteResult(completion=Completion(values=[], total=0, has_more=False))
        others = (params.context.arguments if params.context else None) or {}
        call = self._call(Context(request_context=ctx, mcp_server=self))
        suggest = partial(_expected, "completion", completer, call, params.argument.value, others)
        try:
            check_bounds({"value": params.argument.value, **others}, PROMPT_BOUNDS)
            values = list(await self._in_thread(suggest))
        except ConcordError as error:
            raise _protocol_error(error, call) from error
        shown = values[:COMPLETIONS]
        return CompleteResult(completion=Completion(values=shown, total=len(values), has_more=len(values) > len(shown)))

    def _unknown_tool(self, name: str) -> MCPError:
        served = [one.name for one in self.catalogue.tools]
        left_out = next((one for one in self.catalogue.left_out if one.name == name), None)
        if left_out is None:
            return _unknown("tool", name, served)
        why = f"The tool {name} (toolset {left_out.toolset}) is left out by how this server was started."
        return MCPError(INVALID_PARAMS, why, {"toolset": left_out.toolset, "allowed": served})

    def _completer(self, params: CompleteRequestParams) -> tuple[tuple[str, ...], Completer | None]:
        """The arguments that the reference has, and what completes the one that is asked for."""
        wanted = params.argument.name
        if isinstance(params.ref, PromptReference):
            prompt = self.catalogue.prompt(params.ref.name)
            if prompt is None:
                raise _unknown("prompt", params.ref.name, [one.name for one in self.catalogue.prompts])
            completers = {one.name: one.complete for one in prompt.arguments}
            return tuple(completers), completers.get(wanted)
        for template in self.catalogue.templates:
            if template.uri_template == params.ref.uri:
                return template.parameters, template.complete.get(wanted)
        raise _unknown("resource template", params.ref.uri, [one.uri_template for one in self.catalogue.templates])

    def _tool_input_schema(self, name: str) -> dict[str, Any] | None:
        tool = self.catalogue.tool(name)
        return tool.schema if tool is not None else None

    async def _attach(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        self.announcements.attach()
        return await call_next(ctx)

    def _known_uri(self, ctx: ServerRequestContext[Any], uri: str) -> str:
        """The URI, once something could stand at it: whether it does today is no matter to a subscriber."""
        call = self._call(Context(request_context=ctx, mcp_server=self))
        try:
            check_uri(uri)
            fixed = any(resource.uri == uri for resource in self.catalogue.resources)
            if not fixed and all(template.match(uri) is None for template in self.catalogue.templates):
                raise NotFound(f"There is no resource {visible(uri[:200])}.")
        except ConcordError as error:
            raise _protocol_error(error, call, {"uri": visible(uri[:200])}) from error
        return uri

    def _page(self, kind: str, entries: list[T], params: PaginatedRequestParams | None) -> tuple[list[T], str | None]:
        try:
            start = decode_cursor((params.cursor if params else None) or "", {"list": kind}) or 0
            if not isinstance(start, int) or not 0 <= start <= len(entries):
                raise InvalidArgument("The cursor points beyond the list.", path="/cursor")
        except InvalidArgument as error:
            raise MCPError(INVALID_PARAMS, error.message, error.payload()) from error
        end = start + self._page_size
        return entries[start:end], encode_cursor(end, {"list": kind}) if end < len(entries) else None

    def _call(self, context: Context[Any, Any] | None) -> Call[Any]:
        request = context._request_context if context is not None else None
        call: Call[Any] = Call(
            services=self.services,
            caller=caller_of(self.caller),
            now=self.clock.now(),
            read_only=self.read_only,
            progress=partial(_report, request) if request is not None else _unheard,
            protocol=request,
        )
        return replace(call, read=partial(self._read, call))

    def _read(self, call: Call[Any], uri: str) -> Record:
        return record_seen_by(call.caller, self.catalogue.read(call, uri))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """What the work returns, done in a worker thread. A client that gave up doesn't wait for it, but it runs to its end."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self._threads)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter, abandon_on_cancel=True)


def _answer(tool: Tool[Any], call: Call[Any], arguments: Mapping[str, Any]) -> Any:
    """The tool's answer as the protocol writes it, errors included."""
    try:
        reading = read_arguments(tool.name, tool.arguments, arguments, tool.bounds)
    except ConcordError as error:
        return wire.error_on_wire(error)
    try:
        answer = _expected(f"tool {tool.name}", _run, tool, call, reading.arguments)
        return _expected(f"tool {tool.name}", wire.answer_on_wire, answer, reading.notes)
    except ConcordError as error:
        with suppress(Unexpected):
            _expected(f"suggestion for {tool.name}", suggest, error, tool, reading.arguments)
        return wire.error_on_wire(error_seen_by(call.caller, error))


def _run(tool: Tool[Any], call: Call[Any], arguments: Any) -> Any:
    """The tool's answer as the caller may see it."""
    return answer_seen_by(call.caller, tool.run(call, arguments))


def _expected(what: str, work: Callable[..., T], *arguments: Any) -> T:
    """What the work returns; whatever else goes wrong in it is logged under an id, which is all that a client is told."""
    try:
        return work(*arguments)
    except (MCPError, ConcordError):
        raise
    except Exception as error:
        reference = secrets.token_hex(4)
        logger.exception("internal error %s in %s", reference, what)
        raise Unexpected(
            f"Something went wrong inside the server; it is logged as {reference}.",
            hint="Try once more; if it happens again, report the id with what you called.",
            details={"id": reference},
        ) from error


def _built(prompt: Prompt, call: Call[Any], values: Mapping[str, str]) -> Any:
    """The prompt, its data as the caller may see them."""
    with read_by(call.caller):
        return prompt.build(call, values)


def _prompt_arguments(prompt: Prompt, came: Mapping[str, Any]) -> dict[str, str]:
    """The value of every argument of the prompt, "" for those not given. Raises InvalidArgument for missing and unknown ones."""
    check_bounds(dict(came), PROMPT_BOUNDS)
    allowed = [one.name for one in prompt.arguments]
    for name in came:
        if name not in allowed:
            near = near_names(name, allowed)
            hint = f'Did you mean "{near[0]}"?' if near else ""
            raise InvalidArgument(
                f"The prompt {prompt.name} takes no {name!r}.", path=f"/{name}", hint=hint, allowed=allowed
            )
    for one in prompt.arguments:
        if one.required and not came.get(one.name):
            raise InvalidArgument(
                f"The prompt {prompt.name} needs {one.name!r}.", path=f"/{one.name}", hint=one.description
            )
    return {name: str(came.get(name, "")) for name in allowed}


def _protocol_error(error: ConcordError, call: Call[Any], data: Mapping[str, Any] | None = None) -> MCPError:
    """The failure as the protocol's own error, in the words of the era that the client speaks."""
    if isinstance(error, Unexpected):
        code = INTERNAL_ERROR
    elif (
        isinstance(error, NotFound)
        and data
        and getattr(call.protocol, "protocol_version", "") in HANDSHAKE_PROTOCOL_VERSIONS
    ):
        code = RESOURCE_NOT_FOUND
    else:
        code = INVALID_PARAMS
    return MCPError(code, error.message, {**(data or {}), **wire.shortened_payload(error)})


def _unknown(kind: str, name: str, known: Sequence[str]) -> MCPError:
    near = near_names(name, known, 0.6)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return MCPError(INVALID_PARAMS, f"There is no {kind} {visible(name[:200])}.{meant}", {"allowed": list(known)})


def _report(request: ServerRequestContext[Any, Any], done: float, total: float, message: str) -> None:
    """Progress reaches the client, if it asked for it; a handler whose client gave up ends here."""
    anyio.from_thread.check_cancelled()
    anyio.from_thread.run(request.session.report_progress, done, total or None, message or None)


def _unheard(done: float, total: float, message: str) -> None:
    """There is no request to report to."""
