"""Candidates over time: found, found again, registered, gone, sent out and taken in; nothing is ever registered by a scan."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.app import build_services
from server.config import read_config
from server.errors import InvalidArgument, NotAllowed, NotFound
from server.services import Services
from tests.planted_secrets import SECRETS

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def services(tmp_path: Path, database_url: str) -> Iterator[Services]:
    """The areas on an empty database."""
    environment = {"CONCORD_HOME": str(tmp_path / "home"), "CONCORD_DATABASE_URL": database_url}
    built = build_services(read_config(environment))
    yield built
    built.close()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two scheduled programs, each in a folder of its own."""
    root = (tmp_path / "tree").resolve()
    for name in ("totals", "digest"):
        (root / name).mkdir(parents=True)
        (root / name / f"{name}.py").write_text(f'open("/srv/{name}.json", "w").write("{SECRETS["github"]}")\n')
    (root / "crontab").write_text(
        f"0 5 * * * python3 {root}/totals/totals.py --token={SECRETS['openai']}\n0 6 * * * python3 {root}/digest/digest.py\n"
    )
    return root


def names(services: Services) -> list[str]:
    """Who is unregistered now."""
    return sorted(one.name for one in services.discovery.unregistered())


def test_reg_04_a_scan_registers_nothing_and_opens_a_finding_per_candidate(services: Services, tree: Path) -> None:
    scan = services.discovery.scan([str(tree)], NOW)
    assert names(services) == ["digest", "totals"]
    assert services.registry.overview()["systems"] == 0
    found = services.findings.find(kind="unregistered").findings
    assert sorted(one.subject for one in found) == [f"{tree}/digest/digest.py", f"{tree}/totals/totals.py"]
    assert {one.severity.value for one in found} == {"LOW"}
    figures = {
        name: scan.summary_data[name] for name in ("found", "new", "registered", "gone", "unregistered", "complete")
    }
    assert figures == {"found": 2, "new": 2, "registered": 0, "gone": 0, "unregistered": 2, "complete": True}
    assert [one["status"] for one in scan.document["unregistered"]] == ["UNREGISTERED"] * 2


def test_reg_04_a_candidate_keeps_its_id_and_its_first_date(services: Services, tree: Path) -> None:
    services.discovery.scan([str(tree)], NOW)
    before = {one.name: one for one in services.discovery.unregistered()}
    (tree / "crontab").write_text(
        f"30 7 * * * python3 {tree}/totals/totals.py\n0 6 * * * python3 {tree}/digest/digest.py\n"
    )
    services.discovery.scan([str(tree)], LATER)
    after = {one.name: one for one in services.discovery.unregistered()}
    assert {name: one.candidate_id for name, one in after.items()} == {
        name: one.candidate_id for name, one in before.items()
    }
    assert after["totals"].schedule == "30 7 * * *"
    assert after["totals"].first_seen == "2026-04-05T14:00:00Z"
    assert after["totals"].last_seen == "2026-04-06T14:00:00Z"


@pytest.mark.parametrize(
    "members",
    [
        {"root": "{tree}/totals"},
        {"writes_to": ["{tree}/totals/totals.py"]},
        {"writes_to": ["{tree}/totals/*.py"]},
        {"script": "{tree}/totals/totals.py", "writes_to": ["/srv/totals.json"]},
        {"candidate_id": "CAND-00{number}", "writes_to": ["/srv/totals.json", "/srv/more.json"]},
        {"candidate_id": "CAND-00{number}", "id": "totals"},
    ],
    ids=["its root", "a resource", "a glob", "its script", "the candidate", "the draft"],
)
def test_reg_04_what_belongs_to_a_registered_system_is_not_listed(
    services: Services, tree: Path, members: dict[str, object]
) -> None:
    services.discovery.scan([str(tree)], NOW)
    (mine,) = [one for one in services.discovery.unregistered() if one.name == "totals"]
    text = json.dumps(members).replace("{tree}", str(tree)).replace("{number}", mine.candidate_id[-1])
    services.registry.register({"id": "sys_totals", "tier": "PRODUCTION", **json.loads(text)}, caller="", now=NOW)
    for _ in range(2):
        assert names(services) == ["digest"]
        assert [one.subject for one in services.findings.find(kind="unregistered").findings] == [
            f"{tree}/digest/digest.py"
        ]
        services.discovery.scan([str(tree)], LATER)


@pytest.mark.parametrize(
    "members",
    [
        {"candidate_id": "CAND-00{number}"},
        {"script": "{tree}/totals/totals.py"},
        {"script": "totals.py", "root": "/", "reads_from": ["{tree}/totals/totals.py"]},
        {"reads_from": ["{tree}/totals/totals.py", "{tree}"]},
        {"root": "/"},
        {"root": "~"},
        {"root": "/home"},
        {"writes_to": ["/", "/tmp", "/**", "~"]},
        {"name": "totals", "candidate_id": "CAND-00{number}", "writes_to": ["/srv/mine.json"]},
    ],
)
def test_reg_04_a_system_hides_nothing_that_is_not_its_own(
    services: Services, tree: Path, members: dict[str, object]
) -> None:
    services.discovery.scan([str(tree)], NOW)
    (other,) = [one for one in services.discovery.unregistered() if one.name == "totals"]
    text = json.dumps(members).replace("{tree}", str(tree)).replace("{number}", other.candidate_id[-1])
    services.registry.register(
        {"id": "sys_hiding", "tier": "PRODUCTION", **json.loads(text)}, caller="sys_hiding", now=NOW
    )
    assert names(services) == ["digest", "totals"]
    services.discovery.scan([str(tree)], LATER)
    assert names(services) == ["digest", "totals"]


def test_reg_04_a_draft_that_is_given_a_tier_registers_and_is_listed_no_more(services: Services, tree: Path) -> None:
    services.discovery.scan([str(tree)], NOW)
    for one in services.discovery.unregistered():
        services.registry.register({**one.suggested_registration, "tier": "EXPERIMENTAL"}, caller="", now=NOW)
    assert names(services) == []
    assert services.findings.find(kind="unregistered").total == 0
    document = services.registry.get("totals").document
    assert document["writes_to"][0]["basis"] == "inferred"
    assert document["timing"]["schedule"] == "0 5 * * *"


def test_reg_04_one_that_writes_what_a_registered_system_writes_is_still_listed(services: Services, tree: Path) -> None:
    services.registry.register(
        {"id": "sys_other", "tier": "PRODUCTION", "writes_to": ["/srv/totals.json"]}, caller="", now=NOW
    )
    services.discovery.scan([str(tree)], NOW)
    assert names(services) == ["digest", "totals"]


def test_reg_04_what_is_gone_closes_its_finding_and_comes_back_under_its_id(services: Services, tree: Path) -> None:
    services.discovery.scan([str(tree)], NOW)
    (digest,) = [one for one in services.discovery.unregistered() if one.name == "digest"]
    kept = (tree / "crontab").read_text()
    (tree / "crontab").write_text(kept.splitlines()[0] + "\n")
    (tree / "digest" / "digest.py").unlink()
    scan = services.discovery.scan([str(tree)], LATER)
    assert scan.summary_data["gone"] == 1
    assert names(services) == ["totals"]
    assert services.findings.find(kind="unregistered").total == 1
    (tree / "crontab").write_text(kept)
    services.discovery.scan([str(tree)], LATER)
    (back,) = [one for one in services.discovery.unregistered() if one.name == "digest"]
    assert back.candidate_id == digest.candidate_id
    assert back.first_seen == digest.first_seen


def test_reg_04_a_scan_of_another_folder_takes_nothing_away(services: Services, tree: Path, tmp_path: Path) -> None:
    services.discovery.scan([str(tree)], NOW)
    (tmp_path / "elsewhere").mkdir()
    scan = services.discovery.scan([str(tmp_path / "elsewhere")], LATER)
    assert scan.summary_data["gone"] == 0
    assert names(services) == ["digest", "totals"]


def test_reg_04_only_a_person_scans_and_only_what_is_there(services: Services, tree: Path) -> None:
    with pytest.raises(NotAllowed):
        services.discovery.scan([str(tree)], NOW, caller="sys_a")
    with pytest.raises(NotFound):
        services.discovery.scan([f"{tree}/nowhere"], NOW)
    with pytest.raises(InvalidArgument):
        services.discovery.scan([" "], NOW)


def test_reg_13_discovery_results_go_out_and_come_back(services: Services, tree: Path, tmp_path: Path) -> None:
    services.discovery.scan([str(tree)], NOW)
    services.exchange.export_files(str(tmp_path / "out"), now=NOW)
    written = tmp_path / "out" / "discovery_scan.json"
    document = json.loads(written.read_text())
    assert sorted(document) == ["last_updated", "notes", "scanned", "unregistered"]
    environment = {"CONCORD_HOME": str(tmp_path / "other"), "CONCORD_DATABASE_URL": f"sqlite:///{tmp_path}/other.db"}
    other = build_services(read_config(environment))
    try:
        outcome = other.exchange.import_source(paths=[str(written)], now=LATER)
        assert outcome.format == "discovery_scan"
        assert other.registry.overview()["systems"] == 0
        came = json.loads(other.exchange.document("discovery_scan.json", now=LATER))["unregistered"]
        for there, here in zip(document["unregistered"], came, strict=True):
            same = set(there) - {"last_seen"}
            assert {name: here[name] for name in same} == {name: there[name] for name in same}
        again = other.exchange.import_source(paths=[str(written)], now=LATER)
        assert again.summary == outcome.summary
        assert len(other.discovery.unregistered()) == 2
    finally:
        other.close()


def test_reg_13_a_scan_of_anothers_making_comes_in_without_its_secrets(services: Services) -> None:
    entry = {
        "name": "poller",
        "location": "/opt/poller",
        "evidence": [{"file": "/x", "line": 3, "text": SECRETS["npm"]}],
    }
    text = json.dumps({"unregistered": [entry, {"kind": "x"}, 7]})
    outcome = services.exchange.import_source(content=text, now=NOW)
    assert outcome.unmapped_total == 2
    (mine,) = services.discovery.unregistered()
    assert (mine.name, mine.location) == ("poller", "/opt/poller")
    assert SECRETS["npm"] not in services.exchange.document("discovery_scan.json", now=NOW)


@pytest.mark.parametrize("name", ["discovery_scan.json", "found.json", "manifest.json"])
def test_reg_13_a_scan_that_quotes_files_of_other_formats_is_still_a_scan(
    services: Services, tmp_path: Path, name: str
) -> None:
    quoted = (
        '"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}, "parent_map", "child_map"',
        '"systems": [], "eventTime": "2026-04-05T00:00:00Z", "job": {}, "inputs": [], "run": {}',
        "kind: DataContract, apiVersion: v3.0.0, services:, apiVersion: backstage.io/v1alpha1",
    )
    evidence = [{"file": "/opt/target/manifest.json", "line": 1, "text": text, "what": text} for text in quoted]
    entry = {"name": "poller", "location": "/opt/poller", "kind": "dbt", "evidence": evidence}
    (tmp_path / name).write_text(json.dumps({"last_updated": "", "unregistered": [entry]}, indent=2))
    outcome = services.exchange.import_source(paths=[str(tmp_path / name)], now=NOW)
    assert outcome.format == "discovery_scan"
    assert [one.name for one in services.discovery.unregistered()] == ["poller"]


def test_reg_13_the_scan_file_is_empty_before_there_is_anything_to_say(services: Services, tmp_path: Path) -> None:
    services.exchange.export_files(str(tmp_path / "out"), now=NOW)
    empty = {"last_updated": "2026-04-05T14:00:00Z", "scanned": [], "unregistered": [], "notes": []}
    assert json.loads((tmp_path / "out" / "discovery_scan.json").read_text()) == empty
    assert json.loads(services.exchange.document("discovery_scan.json", now=NOW)) == empty
    outcome = services.exchange.import_source(paths=[str(tmp_path / "out" / "discovery_scan.json")], now=NOW)
    assert outcome.format == "discovery_scan"


def test_the_candidates_around_a_path_are_found_for_whoever_asks(services: Services, tree: Path) -> None:
    services.discovery.scan([str(tree)], NOW)
    assert [one.name for one in services.discovery.at_path(f"{tree}/totals")] == ["totals"]
    assert [one.name for one in services.discovery.at_path(f"{tree}/totals/totals.py")] == ["totals"]
    assert len(services.discovery.at_path(str(tree))) == 2
    assert services.discovery.at_path("/nowhere/at/all") == []


DEPLOYMENT = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\n"
    "spec: {template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: c, image: shop}]}}}\n"
)
MANIFEST = json.dumps(
    {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "adapter_type": "bigquery",
            "project_name": "shop",
        },
        "nodes": {
            "model.shop.orders": {
                "unique_id": "model.shop.orders",
                "resource_type": "model",
                "package_name": "shop",
                "name": "orders",
                "database": "p",
                "schema": "core",
            }
        },
    }
)


@pytest.mark.parametrize("scanned_first", [True, False])
@pytest.mark.parametrize("folder", ["", "a/b"], ids=["at the top", "further down"])
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("compose.yaml", "services: {shop: {image: shop}}\n"),
        ("all.yaml", DEPLOYMENT),
        ("target/manifest.json", MANIFEST),
    ],
)
def test_reg_04_what_an_import_brought_in_is_not_listed(
    services: Services, tmp_path: Path, file: str, text: str, folder: str, scanned_first: bool
) -> None:
    root = (tmp_path / "imported").resolve()
    place = root / folder / file
    place.parent.mkdir(parents=True)
    place.write_text(text)
    imported = root if file == "all.yaml" else place
    if scanned_first:
        services.discovery.scan([str(root)], NOW)
        (waiting,) = services.discovery.unregistered()
        assert any("concord import" in one.what for one in waiting.evidence)
    services.exchange.import_source(paths=[str(imported)], now=NOW)
    if not scanned_first:
        services.discovery.scan([str(root)], LATER)
    assert services.discovery.unregistered() == []
    assert services.findings.find(kind="unregistered").total == 0


def test_reg_04_a_table_that_an_imported_project_fills_belongs_to_it_wherever_its_manifest_lies(
    services: Services, tmp_path: Path
) -> None:
    for name in ("built", "copied"):
        (tmp_path / name / "target").mkdir(parents=True)
        (tmp_path / name / "target" / "manifest.json").write_text(MANIFEST)
    services.exchange.import_source(paths=[str(tmp_path / "built")], now=NOW)
    services.discovery.scan([str(tmp_path / "copied")], NOW)
    assert services.discovery.unregistered() == []
