"""The OpenTelemetry demo's compose file, against what an independent reader found in it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from server.exchange.compose.importer import read_compose
from server.exchange.imported import Imported
from server.exchange.source import Request, SourceFile
from server.model.tier import Tier
from tests.rules.exchange.compose_projects import edges

_DATA = os.environ.get("CONCORD_TEST_DATA", "")
FOLDER = Path(_DATA) / "registry" / "compose-otel-demo"

pytestmark = pytest.mark.skipif(not _DATA, reason="CONCORD_TEST_DATA names no folder with foreign data")

ARGUED = {
    "email -> flagd",
    "flagd -> otel-collector",
    "frontend-proxy -> flagd",
    "frontend-proxy -> image-provider",
    "frontend-proxy -> otel-collector",
    "load-generator -> otel-collector",
    "shipping -> quote",
    "telemetry-docs -> otel-collector",
}
"""What variables add to the declared edges, each argued in docs/imports.md."""


@pytest.fixture(scope="module")
def imported() -> Imported:
    def nearby(path: str) -> SourceFile | str:
        file = Path(path)
        return SourceFile(path, file.read_text(encoding="utf-8")) if file.is_file() else "there is no such file"

    main = FOLDER / "compose.yaml"
    return read_compose(Request((SourceFile(main.as_posix(), main.read_text(encoding="utf-8")),), nearby))


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["minimal"]
    return found


def test_reg_11_a_real_project_has_exactly_its_services_and_declared_edges(
    imported: Imported, expected: dict[str, Any]
) -> None:
    assert {listed.item for listed in imported.systems} == set(expected["services"])
    assert edges(imported, "declared") == {f"{reader} -> {service}" for reader, service in expected["edges"]}
    assert imported.dangling == ()
    assert imported.unmapped == ()


def test_inferred_edges_of_a_real_project_are_those_that_are_argued(imported: Imported) -> None:
    assert edges(imported, "inferred") == ARGUED


def test_variables_of_a_real_project_are_seen_where_the_independent_reader_saw_them(
    imported: Imported, expected: dict[str, Any]
) -> None:
    said = {
        listed.item: " ".join(access.evidence for access in listed.system.reads_from) + " ".join(imported.notes)
        for listed in imported.systems
    }
    unseen = {
        (item, variable)
        for item, variables in expected["env_refs"].items()
        for variable in variables
        if f"environment {variable}=" not in said[item]
    }
    # the service's own address, and an address to listen on
    assert unseen == {("frontend", "FRONTEND_ADDR"), ("frontend-proxy", "ENVOY_ADDR")}


def test_criticality_of_a_real_project_becomes_the_tier(imported: Imported, expected: dict[str, Any]) -> None:
    tiers = {
        "critical": Tier.MISSION_CRITICAL,
        "high": Tier.PRODUCTION,
        "medium": Tier.PRODUCTION,
        "low": Tier.EXPERIMENTAL,
    }
    stated = {item: tiers[word] for item, word in expected["criticality"].items()}
    assert {one.item: one.system.tier for one in imported.systems if one.item in stated} == stated
    assert {one.item for one in imported.systems if one.tier_basis == "inferred"} == set(expected["services"]) - set(
        stated
    )


def test_no_password_of_a_real_project_is_kept(imported: Imported) -> None:
    variables = (FOLDER / "dotenv").read_text(encoding="utf-8").splitlines()
    secrets = [line.partition("=")[2].split("#")[0].strip() for line in variables if "PASSWORD=" in line]
    text = imported.model_dump_json()
    assert secrets
    assert [secret for secret in secrets if secret in text] == []
