"""The official conformance suite on both revisions: on the product where no fixtures are needed, else on the fixtures server."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import pytest

from tests.clients.conformance import Report, run_suite
from tests.clients.node_packages import NodePackages
from tests.clients.programs import secluded_environment
from tests.clients.servers import ROOT, HttpServer, concord_over_http, listening

pytestmark = pytest.mark.clients
NEWEST, OLDER = "2026-07-28", "2025-11-25"

OF_EVERY_SERVER = {
    NEWEST: (
        "server-stateless",
        "tools-list",
        "server-sse-multiple-streams",
        "resources-list",
        "sep-2164-resource-not-found",
        "prompts-list",
        "dns-rebinding-protection",
        "caching",
        "http-header-validation",
        "input-required-result-unsupported-methods",
    ),
    OLDER: (
        "server-initialize",
        "server-session-lifecycle",
        "ping",
        "tools-list",
        "server-sse-multiple-streams",
        "resources-list",
        "prompts-list",
        "dns-rebinding-protection",
    ),
}
"""Scenarios that ask for nothing that a server has to provide for their sake."""

CONTENTS = (
    "completion-complete",
    "tools-call-simple-text",
    "tools-call-image",
    "tools-call-audio",
    "tools-call-embedded-resource",
    "tools-call-mixed-content",
    "tools-call-error",
    "tools-call-with-progress",
    "json-schema-2020-12",
    "resources-read-text",
    "resources-read-binary",
    "resources-templates-read",
    "prompts-get-simple",
    "prompts-get-with-args",
    "prompts-get-embedded-resource",
    "prompts-get-with-image",
)
WITH_FIXTURES = {
    NEWEST: (
        *OF_EVERY_SERVER[NEWEST],
        *CONTENTS,
        "http-custom-header-server-validation",
        "input-required-result-basic-elicitation",
        "input-required-result-basic-sampling",
        "input-required-result-basic-list-roots",
        "input-required-result-request-state",
        "input-required-result-multiple-input-requests",
        "input-required-result-multi-round",
        "input-required-result-missing-input-response",
        "input-required-result-non-tool-request",
        "input-required-result-result-type",
        "input-required-result-tampered-state",
        "input-required-result-capability-check",
        "input-required-result-ignore-extra-params",
        "input-required-result-validate-input",
    ),
    OLDER: (
        *OF_EVERY_SERVER[OLDER],
        *CONTENTS,
        "logging-set-level",
        "tools-call-with-logging",
        "tools-call-sampling",
        "tools-call-elicitation",
        "elicitation-sep1034-defaults",
        "elicitation-sep1330-enums",
        "server-sse-polling",
        "resources-subscribe",
        "resources-unsubscribe",
    ),
}
"""Every scenario of the suite that applies to the revision."""

ASKS_FOR_DIAGNOSTIC_TOOLS = frozenset(
    {
        "sep-2575-server-rejects-undeclared-capability",
        "sep-2575-missing-capability-http-400",
        "sep-2575-http-server-no-independent-requests-on-stream",
        "sep-2575-server-no-log-without-loglevel",
        "sep-2575-server-sends-prompts-list-changed-on-subscription",
        "sep-2575-server-sends-tools-list-changed-on-subscription",
    }
)
"""Checks of `server-stateless` that call tools which only a fixtures server has."""

ASKS_FOR_SESSIONS = frozenset({"server-sse-multiple-streams-session"})
"""A warning about having no sessions, which the product does without on purpose."""

Reporter = Callable[[str, str], Report]


@pytest.fixture(scope="module")
def report_of(packages: NodePackages, tmp_path_factory: pytest.TempPathFactory) -> Reporter:
    """`report_of("product", revision)` is the suite's report; each is made once."""

    @cache
    def report(server: str, revision: str) -> Report:
        folder = tmp_path_factory.mktemp(f"{server}-{revision}")
        environment = secluded_environment(folder, packages.node)
        running = concord_over_http(folder) if server == "product" else _fixtures_over_http(folder)
        with running as listener:
            return run_suite(listener.url, revision, packages=packages, environment=environment, folder=folder)

    return report


def _fixtures_over_http(folder: Path) -> AbstractContextManager[HttpServer]:
    program = Path(__file__).with_name("fixtures_server.py")
    return listening([sys.executable, str(program)], {"PYTHONPATH": str(ROOT)}, folder)


@pytest.mark.parametrize(
    ("revision", "scenario"), [(revision, name) for revision, names in OF_EVERY_SERVER.items() for name in names]
)
def test_the_product_passes_what_needs_no_fixtures(revision: str, scenario: str, report_of: Reporter) -> None:
    unmet = report_of("product", revision).unmet(scenario, "FAILURE", "WARNING")
    assert {
        check: said for check, said in unmet.items() if check not in ASKS_FOR_DIAGNOSTIC_TOOLS | ASKS_FOR_SESSIONS
    } == {}


@pytest.mark.parametrize(
    ("revision", "scenario"), [(revision, name) for revision, names in WITH_FIXTURES.items() for name in names]
)
def test_the_server_class_passes_with_fixtures(revision: str, scenario: str, report_of: Reporter) -> None:
    assert report_of("fixtures", revision).unmet(scenario, "FAILURE", "WARNING") == {}


@pytest.mark.parametrize("revision", [NEWEST, OLDER])
def test_no_scenario_of_the_suite_is_left_out(revision: str, report_of: Reporter) -> None:
    assert set(report_of("fixtures", revision).checks) == set(WITH_FIXTURES[revision])
