"""Serves over HTTP: endpoint `/mcp`, stateless, JSON responses; `/healthz` for whoever watches over the process."""

import json
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import ConfigurationError
from server.web.concord_server import ConcordServer
from server.web.mends import log_to_stderr

ENDPOINT = "/mcp"
LARGEST_BODY = 6_000_000
"""Bytes of a request: the largest call (5 MB) and its envelope."""

_LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
SHUTDOWN_SECONDS = 2
"""How long open streams may keep a process that was asked to end."""


def serve_http(
    server: ConcordServer,
    host: str = "127.0.0.1",
    port: int = 8765,
    *,
    allowed_hosts: Sequence[str] = (),
    allowed_origins: Sequence[str] = (),
    announce: Callable[[str], None] = lambda url: None,
) -> int:
    """Serves until a signal asks for the end; the result is the exit code. Port 0 takes a free one.

    `announce` is given the endpoint's URL once connections are accepted. Raises ConfigurationError where the address can't be
    used, or would give the local user's rights to other machines.
    """
    log_to_stderr()
    app = http_app(server, host, allowed_hosts=allowed_hosts, allowed_origins=allowed_origins)
    listening = _bound(host, port)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS, ws="none"
    )
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{listening.getsockname()[1]}{ENDPOINT}")
    _EndsCleanly(config).run(sockets=[listening])
    return 0


def http_app(
    server: ConcordServer,
    host: str = "127.0.0.1",
    *,
    allowed_hosts: Sequence[str] = (),
    allowed_origins: Sequence[str] = (),
) -> ASGIApp:
    """The ASGI application. Requests must name a host that is served here, and come from no foreign web page.

    Raises ConfigurationError for a host that other machines reach, where no token says who calls.
    """
    if not server.needs_token and not is_loopback(host):
        raise ConfigurationError(
            f"{host} can be reached from other machines, and without tokens whoever calls is the local user.",
            hint="Serve on 127.0.0.1, or name a file of tokens in CONCORD_TOKENS (one `SYSTEM_ID TOKEN` a line).",
        )
    if not any(getattr(route, "path", "") == "/healthz" for route in server._custom_starlette_routes):
        server.custom_route("/healthz", methods=["GET"])(_healthy)
    guarded = is_loopback(host) or not server.needs_token or bool(allowed_hosts)
    hosts = [*_LOCAL_NAMES, *([] if is_loopback(host) or host in ("0.0.0.0", "::") else [host]), *allowed_hosts]
    origins = [f"http://{name}" for name in hosts] + list(allowed_origins)
    app: Starlette = server.streamable_http_app(
        streamable_http_path=ENDPOINT,
        stateless_http=True,
        json_response=True,
        max_request_body_size=LARGEST_BODY,
        host=host,
        transport_security=TransportSecuritySettings(
            # A foreign web page can't send a token, so that where one is needed any name of this machine will do.
            enable_dns_rebinding_protection=guarded,
            allowed_hosts=_with_any_port(hosts),
            allowed_origins=_with_any_port(origins),
        ),
    )
    return _SayTooLarge(app)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class _EndsCleanly(uvicorn.Server):
    """Ends with exit code 0 when asked to by a signal; uvicorn would raise the signal again at the end, and die of it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _SayTooLarge:
    """Gives the SDK's bare 413 a body that says what the limit is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def explained(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 413:
                replaced = True
                await _refuse_as_too_large(send)
            elif not replaced:
                await send(message)

        await self._app(scope, receive, explained)


async def _refuse_as_too_large(send: Callable[[Message], Awaitable[None]]) -> None:
    reason = f"The request has more than {LARGEST_BODY:,} bytes. Send it in several calls, or name a file instead of its content."
    error: dict[str, Any] = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": reason}}
    body = json.dumps(error).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _healthy(request: Request) -> Response:
    return PlainTextResponse("ok")


def _with_any_port(names: Sequence[str]) -> list[str]:
    return [form for name in names for form in ((name,) if name.endswith(":*") else (name, f"{name}:*"))]


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens at the address. Raises ConfigurationError where that can't be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, since asyncio sends without delay only where it reads that: 40 ms a call otherwise.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host.strip("[]"), port))
        listening.listen(socket.SOMAXCONN)
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", "") or str(error)
        raise ConfigurationError(
            f"Can't serve on {host}:{port}: {reason}.", hint="Choose another --port; 0 takes a free one."
        ) from error
    return listening
