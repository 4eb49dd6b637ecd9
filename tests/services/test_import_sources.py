"""Several sources that know the same systems: each says its own, and takes back only that (REG-11)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.exchange.outcome import ImportOutcome
from server.exchange.service import ExchangeService
from server.registry.service import RegistryService
from server.storage.database import Database

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)


class Sources:
    """Files of several formats, each written and imported anew by its name."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.registry = RegistryService(database, check_schema=lambda schema: None)
        self.exchange = ExchangeService(self.registry, database)

    def bring(self, name: str, text: str, *, days: int = 0, confirm: bool = False) -> ImportOutcome:
        """The file holds this text, and is imported."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return self.exchange.import_source(paths=[str(file)], now=NOW + timedelta(days=days), confirm=confirm)

    def systems(self) -> dict[str, dict[str, Any]]:
        """Every system by its id, as it is exported."""
        document = json.loads(self.exchange.document("system_registry.json", now=NOW))
        return {system["id"]: system for system in document["systems"]}

    def dependencies(self, system_id: str) -> list[str]:
        """The systems that one depends on."""
        found: list[str] = self.systems()[system_id]["dependencies"]
        return found

    def is_missing(self, system_id: str) -> bool:
        """Whether its source no longer lists it."""
        return "import_missing" in {finding.kind for finding in self.registry.get(system_id).findings}


@pytest.fixture
def sources(tmp_path: Path, database: Database) -> Sources:
    return Sources(tmp_path, database)


def compose(**needs: str) -> str:
    """A compose file of these services, each with the services it depends on, spaces between."""
    listed = (f"{name}: {{depends_on: [{', '.join(others.split())}]}}" for name, others in needs.items())
    return f"services: {{{', '.join(listed)}}}"


def kubernetes(namespace: str = "", **needs: str) -> str:
    """Deployments, each with a Service of its name, and variables that name others."""
    place = f", namespace: {namespace}" if namespace else ""
    return "".join(
        f"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}{place}}}\n"
        f"spec: {{template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{containers: [{{name: c, env: ["
        + ", ".join(f"{{name: {other.upper()}_HOST, value: {other}}}" for other in others.split())
        + f"]}}]}}}}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}{place}}}\n"
        f"spec: {{selector: {{app: {name}}}}}\n"
        for name, others in needs.items()
    )


def backstage(**needs: str) -> str:
    """Components, each with the components it depends on."""
    references = {name: ", ".join(f"component:{other}" for other in others.split()) for name, others in needs.items()}
    return "".join(
        f"---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\n"
        f"spec: {{type: service, lifecycle: production, owner: team-a, dependsOn: [{named}]}}\n"
        for name, named in references.items()
    )


FORMATS = [("k8s/all.yaml", kubernetes), ("catalog-info.yaml", backstage)]


@pytest.mark.parametrize(("name", "written"), FORMATS)
def test_reg_11_a_further_source_adds_to_a_system_and_takes_back_only_what_it_said(
    sources: Sources, name: str, written: Any
) -> None:
    sources.bring("compose.yaml", compose(web="db", db="", cache=""))
    outcome = sources.bring(name, written(web="db cache", db="", cache=""))
    assert outcome.merged.total == 3
    assert sources.dependencies("sys_web") == ["sys_cache", "sys_db"]

    sources.bring(name, written(web="", db="", cache=""))
    assert sources.dependencies("sys_web") == ["sys_db"], "what compose says stands"


@pytest.mark.parametrize(("name", "written"), FORMATS)
def test_reg_11_what_two_sources_say_goes_when_the_last_no_longer_says_it(
    sources: Sources, name: str, written: Any
) -> None:
    sources.bring("compose.yaml", compose(web="db", db=""))
    sources.bring(name, written(web="db", db=""))
    assert len(sources.systems()["sys_web"]["reads_from"]) == 1

    sources.bring("compose.yaml", compose(web="", db=""))
    assert sources.dependencies("sys_web") == ["sys_db"], "the other source still says it"
    sources.bring(name, written(web="", db=""))
    assert sources.dependencies("sys_web") == []


@pytest.mark.parametrize(("name", "written"), FORMATS)
def test_reg_11_a_system_that_another_source_still_lists_is_not_missing(
    sources: Sources, name: str, written: Any
) -> None:
    sources.bring("compose.yaml", compose(web="db", db=""))
    sources.bring(name, written(web="", db=""))
    outcome = sources.bring("compose.yaml", compose(db=""))
    assert (outcome.missing.total, outcome.updated.ids) == (0, ("sys_web",))
    assert not sources.is_missing("sys_web")
    assert sources.dependencies("sys_web") == []

    assert sources.bring(name, written(db="")).missing.ids == ("sys_web",), "now nobody lists it"
    assert sources.is_missing("sys_web")


def test_reg_11_a_missing_system_becomes_that_of_the_source_that_lists_it_next_and_keeps_its_history(
    sources: Sources,
) -> None:
    sources.bring("compose.yaml", compose(web="db", db=""))
    sources.bring("compose.yaml", compose(db=""))
    assert sources.is_missing("sys_web")
    before = sources.registry.get("sys_web").version
    sources.bring("k8s/all.yaml", kubernetes(web="db", db=""))
    assert not sources.is_missing("sys_web")
    assert sources.registry.get("sys_web").version > before
    assert sources.dependencies("sys_web") == ["sys_db"]
    assert sources.bring("k8s/all.yaml", kubernetes(web="", db="")).updated.ids == ("sys_web",)
    assert sources.dependencies("sys_web") == []


def test_reg_11_importing_unchanged_sources_by_turns_changes_nothing(sources: Sources) -> None:
    texts = {
        "compose.yaml": compose(web="db", db=""),
        "k8s/all.yaml": kubernetes(web="db", db=""),
        "catalog-info.yaml": backstage(web="db", db=""),
    }
    for name, text in texts.items():
        sources.bring(name, text)
    before = sources.systems()
    for name in [*texts, *reversed(texts), "k8s/all.yaml", "compose.yaml"]:
        assert sources.bring(name, texts[name]).updated.total == 0, name
    assert sources.systems() == before


@pytest.mark.parametrize(("name", "written"), FORMATS)
def test_reg_11_importing_any_source_twice_changes_nothing(sources: Sources, name: str, written: Any) -> None:
    sources.bring("compose.yaml", compose(web="db", db="", cache=""))
    sources.bring(name, written(web="db cache", db="", cache="", api="web"))
    before = sources.systems()
    for again in (
        sources.bring(name, written(web="db cache", db="", cache="", api="web"), days=1),
        sources.bring("compose.yaml", compose(web="db", db="", cache=""), days=1),
    ):
        assert (again.created.total, again.updated.total, again.missing.total) == (0, 0, 0)
    assert sources.systems() == before


@pytest.mark.parametrize(("name", "written"), FORMATS)
@pytest.mark.parametrize(("gone", "held"), [(3, False), (4, True)])
def test_reg_11_an_import_in_which_much_is_gone_is_held_whatever_its_format(
    sources: Sources, name: str, written: Any, gone: int, held: bool
) -> None:
    names = [f"s{number}" for number in range(8)]
    sources.bring(name, written(**dict.fromkeys(names, "")))
    outcome = sources.bring(name, written(**dict.fromkeys(names[gone:], "")))
    assert outcome.held is held
    assert outcome.missing.total == (0 if held else gone)
    assert len(sources.systems()) == 8, "nothing is deleted"
    if held:
        confirmed = sources.bring(name, written(**dict.fromkeys(names[gone:], "")), confirm=True)
        assert confirmed.missing.total == gone


def test_reg_11_namespaces_of_different_files_keep_apart(sources: Sources) -> None:
    sources.bring("a/all.yaml", kubernetes("a", web="db", db=""))
    outcome = sources.bring("b/all.yaml", kubernetes("b", web="db", db=""))
    assert outcome.created.ids == ("sys_b.db", "sys_b.web")
    assert sources.dependencies("sys_b.web") == ["sys_b.db"]
    assert sources.dependencies("sys_web") == ["sys_db"]
    again = sources.bring("b/all.yaml", kubernetes("b", web="db", db=""))
    assert again.unchanged.total == 2


def test_reg_11_contracts_and_timing_come_and_go_with_their_source(sources: Sources) -> None:
    api = (
        "---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: orders}\nspec: {type: openapi, definition: "
        '\'{"paths": {"/o": {"get": {"responses": {"200": {"schema": {"type": "object"}}}}}}}\'}\n'
    )
    text = backstage(shop="").replace("dependsOn: []", "providesApis: [orders]") + api
    sources.bring("catalog-info.yaml", text)
    (contract,) = sources.systems()["sys_shop"]["contracts"]
    assert contract["resource"] == "api://orders"
    assert "GET /o 200" in contract["schema"]["properties"]
    assert sources.bring("catalog-info.yaml", text).unchanged.total == 1
    assert sources.systems()["sys_shop"]["contracts"] == [contract]
    sources.bring("catalog-info.yaml", backstage(shop=""))
    assert sources.systems()["sys_shop"]["contracts"] == []


def test_what_else_a_folder_holds_is_said(sources: Sources) -> None:
    (sources.folder / "deploy").mkdir()
    (sources.folder / "deploy" / "web.yaml").write_text(kubernetes(web=""))
    (sources.folder / "compose.yaml").write_text(compose(db=""))
    outcome = sources.exchange.import_source(paths=[str(sources.folder)], now=NOW)
    assert outcome.created.ids == ("sys_db",)
    assert any("web.yaml of the format kubernetes, which was not read" in note for note in outcome.notes)
    named = sources.exchange.import_source(paths=[str(sources.folder)], format="k8s", now=NOW)
    assert named.created.ids == ("sys_web",)
    assert not any("was not read" in note for note in named.notes)


def test_reg_08_what_was_inferred_counts_as_inferred_when_an_exported_registry_comes_into_an_empty_one(
    sources: Sources, tmp_path: Path
) -> None:
    first = sources.bring(
        "compose.yaml", "services: {web: {environment: {CACHE_HOST: cache, DB_HOST: db}}, db: {}, cache: {}}"
    )
    assert (first.edges.declared, first.edges.inferred) == (0, 2)
    exported = sources.exchange.document("system_registry.json", now=NOW)
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    try:
        outcome = Sources(tmp_path, database).bring("system_registry.json", exported)
    finally:
        database.close()
    assert (outcome.edges.declared, outcome.edges.inferred) == (0, 2)
