"""The MCP inspector's command line: every listing, a call, a prompt and a resource, over stdio and HTTP, in both eras."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.node_packages import NodePackages
from tests.clients.programs import Outcome, run_program
from tests.clients.servers import HttpServer, Server
from tests.clients.walk import CORE_TOOLS, PROMPTS, READER, WRITER

pytestmark = pytest.mark.clients
LAUNCHER = "@modelcontextprotocol/inspector/clients/launcher/build/index.js"

Inspect = Callable[..., Outcome]


@pytest.fixture(params=["modern", "legacy"])
def inspect(
    request: pytest.FixtureRequest, concord: Server, packages: NodePackages, environment: dict[str, str], home: Path
) -> Inspect:
    """`inspect("tools/list")` asks Concord that, in each era."""

    def ask(method: str, *flags: str) -> Outcome:
        command = [*packages.script(LAUNCHER), "--cli", *_target(concord), "--protocol-era", request.param]
        wanted = ["--format", "json", "--method", method, *flags]
        return run_program([*command, *wanted], environment=environment, folder=home)

    return ask


@pytest.mark.parametrize(
    ("method", "member", "key", "expected"),
    [
        pytest.param("tools/list", "tools", "name", CORE_TOOLS, id="tools"),
        pytest.param("resources/list", "resources", "uri", {"concord://files/system_registry.json"}, id="resources"),
        pytest.param(
            "resources/templates/list", "resourceTemplates", "uriTemplate", {"concord://systems/{id}"}, id="templates"
        ),
        pytest.param("prompts/list", "prompts", "name", PROMPTS, id="prompts"),
    ],
)
def test_the_inspector_lists_what_concord_offers(
    method: str, member: str, key: str, expected: frozenset[str], inspect: Inspect
) -> None:
    listed = _result(inspect(method))[member]
    assert {entry[key] for entry in listed} >= expected


def test_the_inspector_finds_no_schema_that_clients_stumble_over(inspect: Inspect) -> None:
    outcome = inspect("tools/list", "--strict")
    assert outcome.code == 0, str(outcome)


def test_the_inspector_registers_a_system_and_reads_it_back(inspect: Inspect) -> None:
    for system in (WRITER, READER):
        made = _result(inspect("tools/call", *_tool("register_system", system=system)))
        assert made["structuredContent"]["system_id"] == system["id"], made
    found = _result(inspect("tools/call", "--tool-name", "find_systems", "--tool-arg", "query=prices", "limit=5"))
    assert {system["id"] for system in found["structuredContent"]["systems"]} == {"sys_board", "sys_quotes"}
    read = _result(inspect("resources/read", "--uri", "concord://systems/sys_board"))
    assert json.loads(read["contents"][0]["text"])["id"] == "sys_board"
    audit = _result(inspect("prompts/get", "--prompt-name", "registry_audit"))
    assert audit["messages"][0]["content"]["text"]


def test_the_inspector_shows_a_refused_call_as_an_error_of_the_tool(inspect: Inspect) -> None:
    outcome = inspect("tools/call", *_tool("get_system", system_id="sys_nowhere"))
    assert outcome.code != 0, str(outcome)
    assert "not_found" in outcome.stdout + outcome.stderr, str(outcome)


def _target(server: Server) -> list[str]:
    if isinstance(server, HttpServer):
        return [server.url]
    variables = [word for name, value in server.variables.items() for word in ("-e", f"{name}={value}")]
    return [*server.words, *variables]


def _tool(name: str, **arguments: Any) -> list[str]:
    return ["--tool-name", name, "--tool-args-json", json.dumps(arguments)]


def _result(outcome: Outcome) -> Any:
    assert outcome.code == 0, str(outcome)
    return json.loads(outcome.stdout)["result"]
