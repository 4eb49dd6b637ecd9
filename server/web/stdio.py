"""Serves over stdin and stdout: nothing but the protocol on stdout, an answer to every line, and an end at EOF or a signal.

The SDK's own transport reads in a thread that nothing can wake, so that a signal ends the process only after one more line; and it
drops a line that is no message without a word, so that its sender waits for ever.
"""

import json
import os
import re
import select
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
from mcp.shared.message import SessionMessage
from mcp_types import (
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError

from server.web.concord_server import ConcordServer
from server.web.mends import log_to_stderr

LONGEST_LINE = 16_000_000
"""Bytes of one message; what a tool takes is bounded far below."""

CHUNK = 65_536

GRACE_SECONDS = 5
"""How long answers that are due may hold up the end once stdin is closed."""

_ID_NEAR_START = re.compile(rb'\s*\{\s*(?:"jsonrpc"\s*:\s*"2.0"\s*,\s*)?"id"\s*:\s*(\d{1,15}|"[\w.:-]{1,100}")')

Incoming = SessionMessage | Exception


@dataclass(frozen=True)
class Refused:
    """A line that is no message, with the answer to it."""

    answer: SessionMessage


def serve_stdio(server: ConcordServer) -> int:
    """Serves one client until it closes stdin, or a signal asks for the end; the result is the exit code."""
    log_to_stderr()
    with _standard_streams() as (reading, writing):
        anyio.run(_serve, server, reading, writing)
    return 0


class Wire:
    """The streams between the client's pipes and the server, and which answers are still due."""

    def __init__(self) -> None:
        self.to_server, self.incoming = anyio.create_memory_object_stream[Incoming](0)
        self.outgoing, self.to_client = anyio.create_memory_object_stream[SessionMessage](0)
        self.answers = self.outgoing.clone()
        self._due: set[str | int] = set()
        self._answered = anyio.Event()

    async def forward(self, message: SessionMessage) -> None:
        """The server has the message."""
        match message.message:
            case JSONRPCRequest(id=request, method=method) if method != "subscriptions/listen":
                self._due.add(request)
            case JSONRPCNotification(method="notifications/cancelled", params={"requestId": request}):
                self._due.discard(request)
            case _:
                pass
        await self.to_server.send(message)

    def sent(self, message: SessionMessage) -> None:
        """The client has the message."""
        if isinstance(message.message, JSONRPCResponse | JSONRPCError) and message.message.id is not None:
            self._due.discard(message.message.id)
            self._answered.set()

    async def end_of_input(self) -> None:
        """The server sees the end, once the answers that were due are out (`printf … | concord serve` reads them all)."""
        with anyio.move_on_after(GRACE_SECONDS):
            while self._due:
                self._answered = anyio.Event()
                await self._answered.wait()
        await self.answers.aclose()
        await self.to_server.aclose()


async def _serve(server: ConcordServer, reading: int, writing: int) -> None:
    lowlevel = server._lowlevel_server
    wire = Wire()
    async with (
        wire.to_server,
        wire.incoming,
        wire.outgoing,
        wire.to_client,
        wire.answers,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(_end_on_signal, tasks.cancel_scope)
        tasks.start_soon(_write_lines, wire, writing)
        if _tells_when_ready(reading):
            tasks.start_soon(_read_when_ready, reading, wire)
        else:
            # A daemon thread, and bare descriptors: it may be waiting in read() when the process ends, and must not hold it up.
            arguments = (reading, wire, anyio.lowlevel.current_token())
            threading.Thread(target=_read_lines, args=arguments, daemon=True, name="stdin").start()
        await lowlevel.run(wire.incoming, wire.outgoing, lowlevel.create_initialization_options())
        tasks.cancel_scope.cancel()


async def _end_on_signal(scope: anyio.CancelScope) -> None:
    wanted = [signal.SIGTERM, signal.SIGINT] if threading.current_thread() is threading.main_thread() else []
    with suppress(NotImplementedError), anyio.open_signal_receiver(*wanted) as signals:
        async for _ in signals:
            scope.cancel()
            return


def _tells_when_ready(descriptor: int) -> bool:
    """Whether the event loop can wait for it: a pipe or a socket, where the system is not Windows."""
    mode = os.fstat(descriptor).st_mode
    return sys.platform != "win32" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


async def _read_when_ready(reading: int, wire: Wire) -> None:
    """Every line goes to the server as a message, or is answered; ends with the input. No thread stands between: each hop costs
    what a small answer does.
    """
    lines = _Lines()
    with suppress(
        anyio.ClosedResourceError, anyio.BrokenResourceError
    ):  # the server has ended: nobody is left to read for
        while True:
            await anyio.wait_readable(reading)
            chunk = _chunk(reading)
            for line in lines.complete(chunk):
                read = read_line(line)
                if isinstance(read, Refused):
                    await wire.answers.send(read.answer)
                elif read is not None:
                    await wire.forward(read)
            if not chunk:
                await wire.end_of_input()
                return


def _read_lines(reading: int, wire: Wire, token: Any) -> None:
    """The same in a thread of its own, for what the event loop can't wait for."""
    lines = _Lines()
    try:
        while True:
            chunk = _chunk(reading)
            for line in lines.complete(chunk):
                read = read_line(line)
                if isinstance(read, Refused):
                    anyio.from_thread.run(wire.answers.send, read.answer, token=token)
                elif read is not None:
                    anyio.from_thread.run(wire.forward, read, token=token)
            if not chunk:
                anyio.from_thread.run(wire.end_of_input, token=token)
                return
    except (RuntimeError, CancelledError, anyio.ClosedResourceError, anyio.BrokenResourceError):
        return  # the server has ended: nobody is left to read for


def _chunk(reading: int) -> bytes:
    """What the descriptor has next; empty at its end, also where it can't be read any more."""
    try:
        return os.read(reading, CHUNK)
    except OSError:
        return b""


class _Lines:
    """Puts lines together from what is read; one that is too long comes cut to one byte more than is taken."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def complete(self, chunk: bytes) -> Iterator[bytes]:
        """The lines that end with this chunk; an empty one is the end, and what stands before it is a line."""
        pending = self._pending
        *ended, rest = chunk.split(b"\n") if chunk else (b"", b"")
        if not chunk and not pending:
            return
        for part in ended:
            pending += part[: LONGEST_LINE + 1 - len(pending)]
            yield bytes(pending)
            pending.clear()
        pending += rest[: LONGEST_LINE + 1 - len(pending)]


def read_line(line: bytes) -> SessionMessage | Refused | None:
    """The message on the line; None for an empty one; Refused, with the answer, for what is no message."""
    if not line.strip():
        return None
    if len(line) > LONGEST_LINE:
        return _refused(f"The message has more than {LONGEST_LINE:,} bytes.", None)
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason = first["msg"] if first["type"] == "json_invalid" else "it is no request, notification or response"
        return _refused(f"The line is not a JSON-RPC message: {reason}.", _id_in(line))


def _refused(reason: str, request: str | int | None) -> Refused:
    error = JSONRPCError(jsonrpc="2.0", id=request, error=ErrorData(code=PARSE_ERROR, message=reason))
    return Refused(SessionMessage(error))


def _id_in(line: bytes) -> str | int | None:
    """The request's id, where a more forgiving reader finds one: its sender waits for an answer that carries it."""
    try:
        message = json.loads(line.decode("utf-8", "replace"))
        found = message.get("id") if isinstance(message, dict) else None
    except (ValueError, RecursionError):
        near_start = _ID_NEAR_START.match(line)
        found = json.loads(near_start.group(1)) if near_start else None
    if isinstance(found, str):
        return found.encode("utf-8", "replace").decode()
    return found if isinstance(found, int) and not isinstance(found, bool) else None


async def _write_lines(wire: Wire, writing: int) -> None:
    async for message in wire.to_client:
        line = message.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n"
        with suppress(BrokenPipeError):
            remaining = _without_what_fits(writing, memoryview(line))
            if remaining:
                await anyio.to_thread.run_sync(_write, writing, remaining, abandon_on_cancel=True)
        wire.sent(message)


def _without_what_fits(writing: int, line: memoryview) -> memoryview:
    """What is left of the line once as much of it is written as a pipe takes without waiting: mostly nothing.

    A pipe that is ready takes PIPE_BUF bytes at once. Of other descriptors that can't be told, so nothing is written to them.
    """
    if sys.platform == "win32" or not stat.S_ISFIFO(os.fstat(writing).st_mode):
        return line
    pipe = select.poll()
    pipe.register(writing, select.POLLOUT)
    while line and pipe.poll(0) == [(writing, select.POLLOUT)]:
        line = line[os.write(writing, line[: select.PIPE_BUF]) :]
    return line


def _write(writing: int, remaining: memoryview) -> None:
    while remaining:
        remaining = remaining[os.write(writing, remaining) :]


@contextmanager
def _standard_streams() -> Iterator[tuple[int, int]]:
    """Private descriptors of the client's pipes. Meanwhile stdin is empty and stdout leads to stderr, for handlers and children too."""
    sys.stdout.flush()
    reading, writing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    try:
        yield reading, writing
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os.dup2(reading, 0)
        os.dup2(writing, 1)
