"""Where the SDK's server falls short of the surface's ground rules, and can't be told so by an argument: each in one place.

The other rough edges (unknown arguments and tools, prompt arguments, paging, schemas) are mended by what `ConcordServer` overrides.
Every mend is pinned by a test on both protocol eras, so that one the SDK no longer needs is noticed and taken out.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from mcp.server.connection import Connection
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import server as sdk_server


@contextmanager
def logging_left_alone() -> Iterator[None]:
    """While it is open, constructing a server neither reconfigures the process's logging nor imports rich (0.1 s at start)."""
    module: Any = sdk_server
    configure = module.configure_logging
    module.configure_logging = lambda level="INFO": None
    try:
        yield
    finally:
        module.configure_logging = configure


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Warnings and errors go to stderr, one line each and tracebacks after them; stdout belongs to the protocol."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)


async def arguments_sent_as_text(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """Middleware: `arguments` of a tool call that came as a JSON string reach the tool as the object it contains.

    The SDK would answer "Invalid request parameters", from which no model learns what to do.
    """
    if ctx.method == "tools/call" and ctx.params and isinstance(text := ctx.params.get("arguments"), str):
        try:
            arguments = json.loads(text or "{}")
        except (ValueError, RecursionError):
            arguments = None
        if isinstance(arguments, dict):
            ctx = replace(ctx, params={**ctx.params, "arguments": arguments})
    return await call_next(ctx)


def connection_of(ctx: ServerRequestContext[Any, Any]) -> Connection:
    """The connection that a request came in on: it outlives the request, which the SDK's public session does not show."""
    return ctx.session._connection
