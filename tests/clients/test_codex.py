"""Codex: its app server, asked without a login, lists Concord's tools, resources and templates."""

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.clients.node_packages import NodePackages
from tests.clients.programs import end_group
from tests.clients.servers import HttpServer, Server
from tests.clients.walk import CORE_TOOLS

pytestmark = pytest.mark.clients
LAUNCHER = "@openai/codex/bin/codex.js"
SECONDS = 60


def test_codex_lists_what_concord_offers(
    concord: Server, packages: NodePackages, environment: dict[str, str], home: Path
) -> None:
    (home / ".codex" / "config.toml").write_text(_settings(concord), encoding="utf-8")
    told = _ask_app_server(packages.script(LAUNCHER), environment, home)
    [server] = told["data"]
    assert server["name"] == "concord"
    assert server["toolsError"] is None
    assert set(server["tools"]) >= CORE_TOOLS
    assert "concord://files/system_registry.json" in {entry["uri"] for entry in server["resources"]}
    assert "concord://systems/{id}" in {entry["uriTemplate"] for entry in server["resourceTemplates"]}


def _settings(server: Server) -> str:
    """Codex's settings file; JSON strings are TOML strings too."""
    lines = ["check_for_update_on_startup = false", "[analytics]", "enabled = false", "[mcp_servers.concord]"]
    if isinstance(server, HttpServer):
        lines.append(f"url = {json.dumps(server.url)}")
    else:
        lines += [f"command = {json.dumps(server.command)}", f"args = {json.dumps(server.arguments)}"]
        lines += ["[mcp_servers.concord.env]"]
        lines += [f"{name} = {json.dumps(value)}" for name, value in server.variables.items()]
    return "\n".join(lines) + "\n"


def _ask_app_server(command: list[str], environment: dict[str, str], home: Path) -> Any:
    """The inventory of the configured MCP servers, over the app server's JSON-RPC on stdio."""
    requests = [
        {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "inventory", "version": "1.0.0"}}},
        {"method": "initialized"},
        {"id": 2, "method": "mcpServerStatus/list", "params": {}},
    ]
    with subprocess.Popen(
        [*command, "app-server"],
        env=environment,
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    ) as program:
        assert program.stdin is not None
        watchdog = threading.Timer(SECONDS, end_group, [program])
        watchdog.start()
        try:
            program.stdin.writelines(json.dumps(request) + "\n" for request in requests)
            program.stdin.flush()
            return _reply(program, 2)
        finally:
            watchdog.cancel()
            end_group(program)


def _reply(program: subprocess.Popen[str], wanted: int) -> Any:
    """The result of the request with that id; whatever else the program says is kept for the failure message."""
    assert program.stdout is not None
    said: list[str] = []
    for line in program.stdout:
        said.append(line)
        if line.startswith("{"):
            message = json.loads(line)
            if message.get("id") == wanted and "method" not in message:
                assert "error" not in message, message
                return message["result"]
    raise AssertionError("codex ended without an answer:\n" + "".join(said[-40:]))
