"""The same server over stdio and HTTP, on both eras, as a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from server.errors import ConfigurationError
from server.web.concord_server import ConcordServer
from server.web.http import LARGEST_BODY, http_app, is_loopback, serve_http
from server.web.stdio import LONGEST_LINE, Refused, read_line
from tests.surface.kernel.conftest import Era
from tests.surface.kernel.toy_program import TOKEN
from tests.surface.kernel.toys import CATALOGUE

ROOT = Path(__file__).parents[3]
PROGRAM = ["-W", "error", "-m", "tests.surface.kernel.toy_program"]
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}
JSON_HEADERS = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


@contextmanager
def program(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, *PROGRAM, *arguments], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe)
    with process:
        try:
            yield process
        finally:
            process.kill()


def pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdin, process.stdout, process.stderr


@contextmanager
def served(*flags: str) -> Iterator[str]:
    """The URL of the program over HTTP, which ends cleanly when it is told to."""
    with program("http", *flags) as process:
        yield pipes(process)[1].readline().decode().strip()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.fixture(scope="module")
def open_url() -> Iterator[str]:
    """The URL of a server that asks for no token. None of the tests leaves anything behind in it."""
    with served() as url:
        yield url


@pytest.fixture(scope="module")
def token_url() -> Iterator[str]:
    """The URL of a server that asks for a token. None of the tests leaves anything behind in it."""
    with served("--tokens") as url:
        yield url


def asked(process: subprocess.Popen[bytes], line: bytes) -> Any:
    writing, reading, _ = pipes(process)
    writing.write(line + b"\n")
    writing.flush()
    return json.loads(reading.readline())


def call(number: int, tool: str, arguments: Any) -> bytes:
    params = {"name": tool, "arguments": arguments}
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}).encode()


@pytest.mark.anyio
async def test_sur_01_stdio_serves_both_eras(era: Era) -> None:
    parameters = StdioServerParameters(command=sys.executable, args=[*PROGRAM, "stdio"], cwd=ROOT)
    async with Client(parameters, mode=era) as client:
        result = await client.call_tool("alter_toy", {"toy_id": "é"})
        assert result.structured_content is not None
        assert result.structured_content["summary"] == "é is altered."
        assert (await client.read_resource("toys://toys/toy_01")).contents[0].mime_type == "application/json"


@pytest.mark.anyio
@pytest.mark.parametrize(("fixture", "token", "caller"), [("open_url", "", ""), ("token_url", TOKEN, "sys_painter")])
async def test_sur_01_http_serves_both_eras_as_the_system_of_the_token(
    era: Era, fixture: str, token: str, caller: str, request: pytest.FixtureRequest
) -> None:
    url: str = request.getfixturevalue(fixture)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx2.AsyncClient(headers=headers) as transport,
        Client(streamable_http_client(url, http_client=transport), mode=era) as client,
    ):
        result = await client.call_tool("alter_toy", {"toy_id": "é"})
        assert result.structured_content is not None
        assert result.structured_content["caller"] == caller
        assert len((await client.list_tools()).tools) == len(CATALOGUE.tools)
    assert httpx2.get(url.replace("/mcp", "/healthz")).text == "ok"


def test_sur_12_http_turns_away_strangers_and_says_what_is_too_large(open_url: str) -> None:
    rebound = httpx2.post(open_url, json=INITIALIZE, headers={**JSON_HEADERS, "host": "evil.example"})
    foreign = httpx2.post(open_url, json=INITIALIZE, headers={**JSON_HEADERS, "origin": "http://evil.example"})
    assert (rebound.status_code, foreign.status_code) == (421, 403)
    large = httpx2.post(open_url, content=b" " * (LARGEST_BODY + 1), headers=JSON_HEADERS)
    assert large.status_code == 413
    assert "6,000,000 bytes" in large.json()["error"]["message"]
    answered = httpx2.post(open_url, json=INITIALIZE, headers=JSON_HEADERS)
    assert answered.headers["content-type"] == "application/json"
    assert "mcp-session-id" not in answered.headers
    assert answered.json()["result"]["serverInfo"]["name"] == "concord"


def test_sur_03_http_asks_for_a_token_where_there_are_any(token_url: str) -> None:
    for headers in ({}, {"authorization": "Bearer nobody"}, {"authorization": f"Basic {TOKEN}"}):
        assert httpx2.post(token_url, json=INITIALIZE, headers={**JSON_HEADERS, **headers}).status_code == 401
    known = {**JSON_HEADERS, "authorization": f"Bearer {TOKEN}"}
    assert httpx2.post(token_url, json=INITIALIZE, headers=known).status_code == 200


def test_sur_03_without_tokens_other_machines_are_not_let_in() -> None:
    for host in ("0.0.0.0", "192.0.2.1", "::", "example.org"):
        with pytest.raises(ConfigurationError, match="reached from other machines"):
            http_app(ConcordServer(CATALOGUE), host)
        http_app(ConcordServer(CATALOGUE, tokens={TOKEN: "sys_a"}), host)
    assert [is_loopback(host) for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost", "10.0.0.1")] == [True] * 4 + [
        False
    ]


def test_sur_02_an_address_that_is_taken_is_refused_with_what_to_do(open_url: str) -> None:
    port = int(open_url.rsplit(":", 1)[1].split("/")[0])
    with pytest.raises(ConfigurationError) as raised:
        serve_http(ConcordServer(CATALOGUE), port=port)
    assert str(port) in raised.value.message
    assert "--port" in raised.value.hint


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_stdio_ends_at_once_and_cleanly_with_nothing_but_the_protocol_on_stdout(ending: signal.Signals) -> None:
    with program("stdio") as process:
        _, reading, errors = pipes(process)
        assert asked(process, json.dumps(INITIALIZE).encode())["id"] == 1
        process.send_signal(ending)
        assert process.wait(20) == 0
        assert reading.read() == b""
        assert errors.read().count(b"\n") == 1


def test_stdio_answers_what_was_asked_before_the_input_ended_and_ends_as_cleanly() -> None:
    with program("stdio") as process:
        writing, reading, errors = pipes(process)
        writing.write(b"\n".join([json.dumps(INITIALIZE).encode(), *(call(n, "find_toys", {}) for n in range(2, 8))]))
        writing.close()
        assert sorted(json.loads(line)["id"] for line in reading) == list(range(1, 8))
        assert process.wait(20) == 0
        assert errors.read().count(b"\n") == 1


def test_sur_12_stdio_answers_every_line_and_lives() -> None:
    with program("stdio") as process:
        asked(process, json.dumps(INITIALIZE).encode())
        assert asked(process, b"garbage") == {
            "jsonrpc": "2.0",
            "id": None,
            "error": {
                "code": -32700,
                "message": "The line is not a JSON-RPC message: Invalid JSON: expected value at line 1 column 1.",
            },
        }
        half = asked(process, call(2, "alter_toy", {"toy_id": "\ud83d"}))
        assert (half["id"], half["error"]["code"]) == (2, -32700)
        deep = asked(
            process, b'{"jsonrpc":"2.0","id":"x-3","method":"ping","params":' + b"[" * 99_999 + b"]" * 99_999 + b"}"
        )
        assert (deep["id"], deep["error"]["code"]) == ("x-3", -32700)
        as_text = asked(process, call(4, "alter_toy", '{"toy_id": "t"}'))
        assert as_text["result"]["structuredContent"]["understood"] == {"toy_id": "t"}
        huge = asked(process, call(5, "alter_toy", {"toy_id": "x" * 6_000_000}))
        assert huge["result"]["structuredContent"]["error"]["code"] == "too_large"
        assert asked(process, call(6, "alter_toy", {"toy_id": "t"}))["result"]["isError"] is False
        pipes(process)[0].close()
        assert process.wait(20) == 0
        assert pipes(process)[1].read() == b""


def test_a_line_beyond_all_bounds_is_refused_and_an_empty_one_passed_over() -> None:
    refused = read_line(b"x" * (LONGEST_LINE + 1))
    assert isinstance(refused, Refused)
    assert "16,000,000 bytes" in str(refused.answer.message)
    assert read_line(b" \r") is None
    assert not isinstance(read_line(json.dumps(INITIALIZE).encode()), Refused)


def test_what_a_handler_prints_stays_off_the_protocols_stream() -> None:
    script = (
        "import os, sys\n"
        "from server.surface import Answer, Arguments, Catalogue, Tool\n"
        "from server.web.concord_server import ConcordServer\n"
        "from server.web.stdio import serve_stdio\n"
        "class No(Arguments): pass\n"
        "def shout(call, args):\n"
        "    print('printed', flush=True)\n"
        "    os.system('echo from a child')\n"
        "    return Answer(summary=str(sys.stdin.read()))\n"
        "tool = Tool(name='shout', toolset='core', title='', description='.', arguments=No, run=shout)\n"
        "sys.exit(serve_stdio(ConcordServer(Catalogue(tools=(tool,)))))\n"
    )
    lines = b"\n".join([json.dumps(INITIALIZE).encode(), call(2, "shout", {})]) + b"\n"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], input=lines, capture_output=True, env=environment, check=True)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 2]
    assert done.stderr == b"printed\nfrom a child\n"
