"""The official TypeScript clients: the current one on both protocol eras, and its widespread predecessor."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.node_packages import NodePackages
from tests.clients.programs import run_program
from tests.clients.servers import HttpServer, Server
from tests.clients.walk import STEPS, assert_walked

pytestmark = pytest.mark.clients
RUNNER = Path(__file__).with_name("step_runner.mjs")


@pytest.mark.parametrize(
    ("library", "era", "version"),
    [
        pytest.param("client", "modern", "2026-07-28", id="client-2026"),
        pytest.param("client", "legacy", "2025-11-25", id="client-2025"),
        pytest.param("client", "auto", "2026-07-28", id="client-negotiating"),
        pytest.param("sdk", "legacy", "2025-11-25", id="predecessor"),
    ],
)
def test_the_typescript_client_walks_through_concord(
    library: str,
    era: str,
    version: str,
    concord: Server,
    packages: NodePackages,
    environment: dict[str, str],
    home: Path,
) -> None:
    order = {
        "packages": str(packages.folder),
        "library": library,
        "era": era,
        "server": _how_to_reach(concord),
        "steps": STEPS,
    }
    command = [str(packages.node), str(RUNNER)]
    outcome = run_program(command, environment=environment, folder=home, stdin=json.dumps(order))
    assert outcome.code == 0, str(outcome)
    told = json.loads(outcome.stdout)
    assert told["server"] == "concord"
    assert told["instructions"]
    if told["version"]:  # the predecessor keeps it to itself over stdio
        assert told["version"] == version
    assert_walked(told["outcomes"])


def _how_to_reach(server: Server) -> dict[str, Any]:
    if isinstance(server, HttpServer):
        return {"url": server.url}
    return {"command": server.command, "args": server.arguments, "env": server.variables}
