"""Real catalogues and manifests, where there are any: edges held against what others read out of the same files (REG-11)."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from server.conflicts.engine import check_shape
from server.exchange.files import folder_named, read_sources
from server.exchange.formats import find_format
from server.exchange.imported import Imported
from server.exchange.source import Request
from server.registry.reading import read_system
from tests.rules.exchange.sources import dangling, edges

DATA = Path(os.environ.get("CONCORD_TEST_DATA", "")) / "registry"


def folder(name: str) -> Path:
    """The folder of foreign files of this name; the test is skipped where there is none."""
    if not os.environ.get("CONCORD_TEST_DATA") or not (DATA / name).is_dir():
        pytest.skip("CONCORD_TEST_DATA names no folder with foreign data")
    return DATA / name


def imported(place: Path) -> Imported:
    """What an import of this path reads."""
    files, nearby = read_sources([str(place)])
    request = Request(files, nearby, folder=folder_named([str(place)]))
    return find_format(files).read(request, lambda document: read_system(document, check_schema=check_shape))


def expected(place: Path) -> dict[str, Any]:
    """What another reader found in the same files."""
    found: dict[str, Any] = json.loads((place / "expected.json").read_text(encoding="utf-8"))
    return found


def pairs(found: Any) -> set[tuple[str, str]]:
    return {(str(one), str(other)) for one, other in found}


def test_reg_11_real_manifests_give_their_workloads_and_every_edge_that_their_policies_state() -> None:
    place = folder("k8s-online-boutique")
    known, read = expected(place), imported(place)
    assert read.kind == "kubernetes"
    assert sorted(listed.item for listed in read.systems) == sorted(known["deployments"])
    stated = pairs(known["network_policy_edges"])
    assert stated <= edges(read), "recall against the policies"
    told = {(origin, target.removeprefix("service://")) for origin, target in dangling(read)}
    assert edges(read) | told == pairs(known["env_edges"]), "what the variables name, and nothing else"
    assert told == {("frontend", "shoppingassistantservice")}


def test_reg_11_variables_of_real_manifests_give_what_their_policies_state_without_the_policies(tmp_path: Path) -> None:
    place = folder("k8s-online-boutique")
    for file in place.glob("*.yaml"):
        if not file.name.startswith(("network-policy", "kustomization")):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    stated = pairs(expected(place)["network_policy_edges"])
    assert edges(imported(tmp_path)) == stated | {("loadgenerator", "frontend")}


def test_reg_11_policies_of_real_manifests_give_the_same_edges_without_the_variables(tmp_path: Path) -> None:
    place = folder("k8s-online-boutique")
    for file in place.glob("*.yaml"):
        if file.name != "kustomization.yaml":
            text = file.read_text(encoding="utf-8").replace("value:", "ignored:")
            (tmp_path / file.name).write_text(text, encoding="utf-8")
    assert edges(imported(tmp_path)) == pairs(expected(place)["network_policy_edges"])


def test_reg_11_a_real_catalogue_gives_its_edges_and_tells_what_leads_nowhere() -> None:
    place = folder("backstage-small")
    known, read = expected(place), imported(place)
    assert read.kind == "backstage"
    assert len(read.systems) == known["components"]
    assert edges(read) == pairs(known["system_dependencies"])
    targets = {target.replace(":default/", ":") for _, target in dangling(read)}
    wrong = {target for _, target in known["wrong_kind_refs"]}
    assert targets == {name.replace(":default/", ":") for name in known["unresolved"]} | wrong
    contracts = [contract for listed in read.systems for contract in listed.system.contracts]
    assert len(contracts) == known["contracts"]
