"""JSON-RPC over stdio with nothing around it, so that a measurement holds the server and hardly anything of a client."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
REVISION = "2026-07-28"
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": REVISION,
    "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1.0.0"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def concord_command(*flags: str) -> list[str]:
    """`concord serve` over stdio."""
    return [sys.executable, "-m", "concord_mcp", "serve", *flags]


def echo_command() -> list[str]:
    """The bare echo server over stdio."""
    return [sys.executable, str(Path(__file__).with_name("echo_server.py"))]


def environment(home: Path) -> dict[str, str]:
    """Where the server keeps its data, and where it is imported from."""
    return {**os.environ, "CONCORD_HOME": str(home), "PYTHONPATH": str(ROOT)}


def encoded(number: int, method: str, params: dict[str, Any]) -> bytes:
    """A request as one line."""
    message = {"jsonrpc": "2.0", "id": number, "method": method, "params": {**params, "_meta": ENVELOPE}}
    return json.dumps(message).encode() + b"\n"


class StdioSession:
    """A server that runs as long as the block; requests are answered one at a time, on the current revision."""

    def __init__(self, command: list[str], home: Path) -> None:
        self._process = subprocess.Popen(
            command,
            env=environment(home),
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._numbers = itertools.count(1)

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def request(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a request. Raises RuntimeError with the error where there is none."""
        number = next(self._numbers)
        return self.exchange(number, encoded(number, method, params))

    def exchange(self, number: int, request: bytes) -> dict[str, Any]:
        """The result of a request that is written already. Raises RuntimeError with the error where there is none."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(request)
        stdin.flush()
        for line in stdout:
            reply = json.loads(line)
            if reply.get("id") == number:
                if "error" in reply:
                    raise RuntimeError(reply["error"])
                result: dict[str, Any] = reply["result"]
                return result
        raise RuntimeError(f"The server ended without an answer to {request[:200]!r}.")

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The result of a tool. Raises RuntimeError where the tool refuses."""
        result = self.request("tools/call", name=tool, arguments=arguments)
        if result.get("isError"):
            raise RuntimeError(result["content"])
        return result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.terminate()
        self._process.wait(60)
