"""The servers under test: how a client starts one over stdio, and one that listens on a port of this machine."""

import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.clients.programs import end_group, secluded_environment

ROOT = Path(__file__).parents[2]
STARTING_SECONDS = 30
LOOKING_SECONDS = 0.05


@dataclass(frozen=True)
class StdioServer:
    """A server that its client starts: the command line, and the variables that go with it."""

    command: str
    arguments: tuple[str, ...]
    variables: dict[str, str]

    @property
    def words(self) -> list[str]:
        """The whole command line."""
        return [self.command, *self.arguments]


@dataclass(frozen=True)
class HttpServer:
    """A server that listens already."""

    url: str


Server = StdioServer | HttpServer


def concord_over_stdio(home: Path, *flags: str) -> StdioServer:
    """`concord serve`, keeping its database in `home`."""
    return StdioServer(
        command=sys.executable,
        arguments=("-m", "concord_mcp", "serve", *flags),
        variables={"CONCORD_HOME": str(home), "PYTHONPATH": str(ROOT)},
    )


@contextmanager
def concord_over_http(home: Path, *flags: str) -> Iterator[HttpServer]:
    """`concord serve --transport http` listens for as long as the block runs."""
    server = concord_over_stdio(home, "--transport", "http", *flags)
    with listening(server.words, server.variables, home) as running:
        yield running


@contextmanager
def listening(command: Sequence[str], variables: dict[str, str], home: Path) -> Iterator[HttpServer]:
    """The command, given `--port`, listens for as long as the block runs; fails with what it said if it does not."""
    port = _free_port()
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        subprocess.Popen(
            [*command, "--port", str(port)],
            env={**secluded_environment(home), **variables},
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            if not _accepts(process, port):
                said.seek(0)
                raise AssertionError(f"{' '.join(command)} does not listen on port {port}:\n{said.read()[-6_000:]}")
            yield HttpServer(f"http://127.0.0.1:{port}/mcp")
        finally:
            end_group(process)


def _accepts(process: subprocess.Popen[str], port: int) -> bool:
    """Whether the process came to accept connections before it ended or its time was over."""
    for _ in range(int(STARTING_SECONDS / LOOKING_SECONDS)):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOKING_SECONDS)
            return False
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
