"""Claude Code: added with one command, then connected, without a login and without the network."""

import re
from pathlib import Path

import pytest

from tests.clients.node_packages import NodePackages
from tests.clients.programs import Outcome, run_program
from tests.clients.servers import HttpServer, Server

pytestmark = pytest.mark.clients
WRAPPER = "@anthropic-ai/claude-code/cli-wrapper.cjs"


@pytest.mark.parametrize("scope", ["local", "user", "project"])
def test_claude_code_connects_once_concord_is_added(
    scope: str, concord: Server, packages: NodePackages, environment: dict[str, str], home: Path
) -> None:
    project = home / "project"
    project.mkdir()

    def claude(*words: str) -> Outcome:
        return run_program([*packages.script(WRAPPER), *words], environment=environment, folder=project)

    added = claude("mcp", "add", "--scope", scope, *_how_to_reach(concord))
    assert added.code == 0, str(added)
    listed = claude("mcp", "list")
    assert listed.code == 0, str(listed)
    line = next((line for line in listed.stdout.splitlines() if line.startswith("concord:")), "")
    if scope == "project":  # a project's own servers wait until a person has said yes
        assert "Pending approval" in line, str(listed)
    else:
        assert re.search(r"Connected$", line), str(listed)
    shown = claude("mcp", "get", "concord")
    assert shown.code == 0, str(shown)
    removed = claude("mcp", "remove", "concord", "--scope", scope)
    assert removed.code == 0, str(removed)


def _how_to_reach(server: Server) -> list[str]:
    if isinstance(server, HttpServer):
        return ["--transport", "http", "concord", server.url]
    variables = [word for name, value in server.variables.items() for word in ("-e", f"{name}={value}")]
    return ["concord", *variables, "--", *server.words]
