"""The official conformance suite: what it is asked, and what it reported."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients.node_packages import NodePackages
from tests.clients.programs import run_program

SCRIPT = "@modelcontextprotocol/conformance/dist/index.js"
STAMP = re.compile(r"-\d{4}-\d{2}-\d{2}T[\d-]+Z$")
SUITE_SECONDS = 240


@dataclass(frozen=True)
class Report:
    """Every scenario's checks, as the suite wrote them down."""

    checks: dict[str, list[dict[str, Any]]]

    def unmet(self, scenario: str, *statuses: str) -> dict[str, str]:
        """What the scenario complains about, by check id."""
        return {
            check["id"]: f"{check['status']}: {check.get('errorMessage', '')}"
            for check in self.checks[scenario]
            if check["status"] in statuses
        }


def run_suite(url: str, revision: str, *, packages: NodePackages, environment: dict[str, str], folder: Path) -> Report:
    """The report of every server scenario that applies to the revision."""
    results = folder / "results"
    words = ["server", "--url", url, "--suite", "all", "--spec-version", revision, "--output-dir", str(results)]
    outcome = run_program(
        [*packages.script(SCRIPT), *words], environment=environment, folder=folder, seconds=SUITE_SECONDS
    )
    if not results.is_dir():
        raise AssertionError(f"the suite did not run:\n{outcome}")
    return Report(
        {
            STAMP.sub("", scenario.name.removeprefix("server-")): json.loads(
                (scenario / "checks.json").read_text(encoding="utf-8")
            )
            for scenario in sorted(results.iterdir())
        }
    )
