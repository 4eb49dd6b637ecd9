"""Imports and exports of a whole registry, on both databases."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.errors import InvalidArgument, NotAllowed, NotFound, TooLarge
from server.exchange.outcome import ImportOutcome, outcome_document
from server.exchange.service import ExchangeService
from server.registry.service import RegistryService
from server.storage.database import Database

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)
SHOP = "services: {web: {depends_on: [db], environment: {CACHE_HOST: cache}}, db: {}, cache: {}}"


@pytest.fixture
def registry(database: Database) -> RegistryService:
    return RegistryService(database, check_schema=lambda schema: None)


@pytest.fixture
def exchange(registry: RegistryService, database: Database) -> ExchangeService:
    return ExchangeService(registry, database)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A compose file that tests rewrite."""
    file = tmp_path / "shop" / "compose.yaml"
    file.parent.mkdir()
    file.write_text(SHOP)
    return file


def document(exchange: ExchangeService) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(exchange.document("system_registry.json", now=NOW))
    return found


def systems(exchange: ExchangeService) -> dict[str, dict[str, Any]]:
    return {system["id"]: system for system in document(exchange)["systems"]}


def many(*names: str) -> str:
    return "services: {" + ", ".join(f"{name}: {{}}" for name in names) + "}"


def test_reg_11_a_compose_file_comes_in_with_its_edges(exchange: ExchangeService, shop: Path) -> None:
    outcome = exchange.import_source(paths=[str(shop)], now=NOW)
    assert (outcome.format, outcome.source) == ("compose", f"compose:{shop.resolve().as_posix()}")
    assert outcome.created.ids == ("sys_cache", "sys_db", "sys_web")
    assert (outcome.edges.declared, outcome.edges.inferred) == (1, 1)
    assert {(one.kind, one.system_id) for one in outcome.findings} >= {
        ("tier_unconfirmed", "sys_web"),
        ("consumers_unknown", "sys_web"),
    }
    web = systems(exchange)["sys_web"]
    assert web["dependencies"] == ["sys_cache", "sys_db"]
    assert systems(exchange)["sys_db"]["dependents"] == ["sys_web"]


def test_reg_11_importing_twice_changes_nothing(
    exchange: ExchangeService, registry: RegistryService, shop: Path
) -> None:
    exchange.import_source(paths=[str(shop)], now=NOW)
    before = exchange.document("system_registry.json", now=NOW)
    again = exchange.import_source(paths=[str(shop.parent)], now=NOW + timedelta(days=1))
    assert (again.created.total, again.updated.total, again.unchanged.total) == (0, 0, 3)
    assert exchange.document("system_registry.json", now=NOW) == before
    assert registry.get("sys_web").version == 1


def test_reg_08_a_registry_file_rebuilds_the_registry_and_importing_it_twice_changes_nothing(
    exchange: ExchangeService, registry: RegistryService, shop: Path, tmp_path: Path
) -> None:
    exchange.import_source(paths=[str(shop)], now=NOW)
    registry.register(
        {
            "id": "sys_report",
            "tier": "EXPERIMENTAL",
            "reads_from": ["~/outputs/signals.json", "service://web"],
            "contracts": [{"type": "CONSUMER", "counterparty": "sys_web", "resource": "service://web"}],
            "dependencies": ["sys_web", "sys_unknown"],
            "note": {"of": "its own"},
        },
        caller="",
        now=NOW,
    )
    registry.register({"id": "sys_old", "tier": "PRODUCTION"}, caller="", now=NOW)
    registry.archive("sys_old", reason="Replaced.", force=False, caller="", now=NOW)
    exchange.export_files(str(tmp_path / "out"), now=NOW)
    first = exchange.document("system_registry.json", now=NOW)

    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    copy = ExchangeService(RegistryService(fresh, check_schema=lambda schema: None), fresh)
    outcome = copy.import_source(paths=[str(tmp_path / "out")], now=NOW)
    assert (outcome.created.total, outcome.archived.ids) == (4, ("sys_old",))
    assert copy.document("system_registry.json", now=NOW) == first
    again = copy.import_source(paths=[str(tmp_path / "out" / "system_registry.json")], now=NOW)
    assert (again.created.total, again.updated.total, again.unchanged.total) == (0, 0, 5)
    assert copy.document("system_registry.json", now=NOW) == first
    fresh.close()

    here = exchange.import_source(paths=[str(tmp_path / "out")], now=NOW)
    assert (here.created.total, here.updated.total) == (0, 0)
    assert exchange.document("system_registry.json", now=NOW) == first
    assert registry.get("sys_report").version == 1


def test_a_contract_without_an_id_gets_one_and_keeps_it(exchange: ExchangeService) -> None:
    text = json.dumps(
        [
            {
                "id": "sys_a",
                "tier": "PRODUCTION",
                "writes_to": ["/a"],
                "contracts": [{"type": "PRODUCER", "resource": "/a"}],
            }
        ]
    )
    exchange.import_source(content=text, now=NOW)
    (contract,) = systems(exchange)["sys_a"]["contracts"]
    assert contract["contract_id"] == "CTR-001"
    again = exchange.import_source(content=text, now=NOW)
    assert again.unchanged.total == 1
    assert systems(exchange)["sys_a"]["contracts"] == [contract]


def test_reg_11_what_a_source_no_longer_lists_is_missing_and_not_deleted(exchange: ExchangeService, shop: Path) -> None:
    exchange.import_source(paths=[str(shop)], now=NOW)
    shop.write_text(many("web", "db"))
    outcome = exchange.import_source(paths=[str(shop)], now=NOW + timedelta(hours=1))
    assert not outcome.held
    assert outcome.missing.ids == ("sys_cache",)
    assert "sys_cache" in systems(exchange)
    cache = exchange._registry.get("sys_cache")
    assert {finding.kind for finding in cache.findings} >= {"import_missing"}

    shop.write_text(SHOP)
    back = exchange.import_source(paths=[str(shop)], now=NOW + timedelta(hours=2))
    assert back.missing.total == 0
    cache = exchange._registry.get("sys_cache")
    assert "import_missing" not in {finding.kind for finding in cache.findings}
    assert cache.version == 3


def test_reg_11_an_import_in_which_much_is_gone_is_held_until_confirmed(exchange: ExchangeService, shop: Path) -> None:
    shop.write_text(many(*"abcdefgh"))
    exchange.import_source(paths=[str(shop)], now=NOW)
    before = exchange.document("system_registry.json", now=NOW)
    shop.write_text(many(*"abcd", "new"))
    held = exchange.import_source(paths=[str(shop)], now=NOW + timedelta(hours=1))
    assert held.held
    assert held.gone == ("e", "f", "g", "h")
    assert "confirm" in held.confirm
    assert exchange.document("system_registry.json", now=NOW) == before

    done = exchange.import_source(paths=[str(shop)], confirm=True, now=NOW + timedelta(hours=2))
    assert not done.held
    assert done.missing.ids == ("sys_e", "sys_f", "sys_g", "sys_h")
    assert done.created.ids == ("sys_new",)
    assert len(systems(exchange)) == 9
    after = exchange.import_source(paths=[str(shop)], now=NOW + timedelta(hours=3))
    assert not after.held
    assert after.updated.total == 0


def test_reg_11_small_losses_add_up_over_thirty_days(exchange: ExchangeService, shop: Path) -> None:
    shop.write_text(many(*"abcdefghij"))
    exchange.import_source(paths=[str(shop)], now=NOW)
    shop.write_text(many(*"abcdefgh"))
    assert not exchange.import_source(paths=[str(shop)], now=NOW + timedelta(days=1)).held
    shop.write_text(many(*"abcdef"))
    assert exchange.import_source(paths=[str(shop)], now=NOW + timedelta(days=2)).held
    assert not exchange.import_source(paths=[str(shop)], now=NOW + timedelta(days=40)).held


def test_services_of_profiles_that_are_not_chosen_are_not_missing(exchange: ExchangeService, shop: Path) -> None:
    shop.write_text(
        "services: {web: {}, a: {profiles: [p]}, b: {profiles: [p]}, c: {profiles: [p]}, d: {profiles: [p]}}"
    )
    assert exchange.import_source(paths=[str(shop)], profiles=["all"], now=NOW).created.total == 5
    outcome = exchange.import_source(paths=[str(shop)], now=NOW)
    assert (outcome.held, outcome.missing.total, outcome.unchanged.total) == (False, 0, 1)


def test_reg_11_what_an_owner_registered_stands_and_the_source_only_adds(
    exchange: ExchangeService, registry: RegistryService, shop: Path
) -> None:
    registry.register(
        {
            "id": "sys_web",
            "name": "Shop window",
            "owner": "ada",
            "tier": "MISSION_CRITICAL",
            "reads_from": [{"resource": "service://db", "format": "rows", "required": False}],
            "writes_to": ["~/report.html"],
        },
        caller="",
        now=NOW,
    )
    outcome = exchange.import_source(paths=[str(shop)], now=NOW)
    assert outcome.merged.ids == ("sys_web",)
    assert any("sys_web" in note for note in outcome.notes)
    web = systems(exchange)["sys_web"]
    assert (web["name"], web["owner"], web["tier"]) == ("Shop window", "ada", "MISSION_CRITICAL")
    assert [(access["resource"], access["format"]) for access in web["reads_from"]] == [
        ("service://db", "rows"),
        ("service://cache", ""),
    ]
    assert exchange.import_source(paths=[str(shop)], now=NOW).unchanged.total == 3

    shop.write_text(many("db", "cache"))
    exchange.import_source(paths=[str(shop)], now=NOW)
    web = systems(exchange)["sys_web"]
    assert [access["resource"] for access in web["reads_from"]] == ["service://db"]
    assert "import_missing" not in {finding.kind for finding in registry.get("sys_web").findings}


def test_a_tier_that_a_person_confirmed_is_not_guessed_again(
    exchange: ExchangeService, registry: RegistryService, shop: Path
) -> None:
    exchange.import_source(paths=[str(shop)], now=NOW)
    registry.register({**systems(exchange)["sys_db"], "tier": "MISSION_CRITICAL", "owner": "ada"}, caller="", now=NOW)
    exchange.import_source(paths=[str(shop)], now=NOW)
    assert systems(exchange)["sys_db"]["tier"] == "MISSION_CRITICAL"
    assert systems(exchange)["sys_db"]["owner"] == "ada"
    assert "tier_unconfirmed" not in {finding.kind for finding in registry.get("sys_db").findings}


def test_reg_11_sources_keep_apart(exchange: ExchangeService, shop: Path, tmp_path: Path) -> None:
    exchange.import_source(paths=[str(shop)], now=NOW)
    other = tmp_path / "blog" / "compose.yaml"
    other.parent.mkdir()
    other.write_text("services: {blog: {depends_on: [db]}, db: {}}")
    outcome = exchange.import_source(paths=[str(other)], now=NOW)
    assert outcome.created.ids == ("sys_blog", "sys_blog.db")
    assert any("sys_blog.db" in note for note in outcome.notes)
    found = systems(exchange)
    assert found["sys_blog"]["dependencies"] == ["sys_blog.db"]
    assert found["sys_db"]["dependents"] == ["sys_web"]
    assert exchange.import_source(paths=[str(other)], now=NOW).unchanged.total == 2

    other.write_text("services: {blog: {}}")
    assert exchange.import_source(paths=[str(other)], now=NOW).missing.ids == ("sys_blog.db",)
    again = exchange.import_source(paths=[str(shop)], now=NOW)
    assert (again.unchanged.total, again.missing.total) == (3, 0)


def test_an_archived_system_is_not_brought_back_by_an_import(
    exchange: ExchangeService, registry: RegistryService, shop: Path
) -> None:
    exchange.import_source(paths=[str(shop)], now=NOW)
    registry.archive("sys_cache", reason="Gone.", force=True, caller="", now=NOW)
    outcome = exchange.import_source(paths=[str(shop)], now=NOW)
    assert [(one.item, "restore_system" in one.reason) for one in outcome.unmapped] == [("cache", True)]
    assert "sys_cache" not in systems(exchange)


def test_an_edge_that_is_gone_from_the_source_is_gone(exchange: ExchangeService, shop: Path) -> None:
    exchange.import_source(paths=[str(shop)], now=NOW)
    shop.write_text("services: {web: {depends_on: [db]}, db: {}, cache: {}}")
    assert exchange.import_source(paths=[str(shop)], now=NOW).updated.ids == ("sys_web",)
    assert systems(exchange)["sys_web"]["dependencies"] == ["sys_db"]
    assert exchange.import_source(paths=[str(shop)], now=NOW).updated.total == 0


def test_a_registry_file_replaces_what_it_states_and_gives_its_place(exchange: ExchangeService) -> None:
    exchange.import_source(content='[{"id": "sys_a", "tier": "PRODUCTION", "owner": "ada"}]', now=NOW)
    outcome = exchange.import_source(
        content='[{"id": "sys_a", "tier": "EXPERIMENTAL", "owner": "bob"}, {"id": "sys_b"}]', now=NOW
    )
    assert outcome.updated.ids == ("sys_a",)
    assert [one.item for one in outcome.unmapped] == ["#/1/tier"]
    assert systems(exchange)["sys_a"]["tier"] == "EXPERIMENTAL"


def test_texts_without_a_name_are_sources_of_their_own(exchange: ExchangeService) -> None:
    first = json.dumps([{"id": f"sys_{number}", "tier": "PRODUCTION"} for number in range(9)])
    second = '[{"id": "sys_x", "tier": "PRODUCTION"}]'
    assert exchange.import_source(content=first, now=NOW).created.total == 9
    other = exchange.import_source(content=second, now=NOW)
    assert (other.held, other.missing.total, other.created.total) == (False, 0, 1)
    assert exchange.import_source(content=first, now=NOW).unchanged.total == 9
    assert exchange.import_source(content=first, name="mine", now=NOW).source == "registry_json:mine"
    assert exchange.import_source(content=second, name="mine", now=NOW).held


def test_files_are_written_whole_and_replaced(exchange: ExchangeService, shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    exchange.import_source(paths=[str(shop)], now=NOW)
    outcome = exchange.export_files(str(out), now=NOW)
    file = out / "system_registry.json"
    assert [written.path for written in outcome.files] == [str(file)]
    assert outcome.files[0].bytes == file.stat().st_size
    text = file.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert json.loads(text)["last_updated"] == "2026-04-05T14:00:00Z"
    file.chmod(0o640)
    exchange.export_files(str(out), now=NOW + timedelta(days=1))
    assert json.loads(file.read_text())["last_updated"] == "2026-04-06T14:00:00Z"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in out.iterdir()] == ["system_registry.json"]


def test_a_folder_that_is_a_file_cannot_be_exported_into(exchange: ExchangeService, shop: Path) -> None:
    with pytest.raises(InvalidArgument, match="written"):
        exchange.export_files(str(shop), now=NOW)


@pytest.mark.parametrize("name", ["conflict_log.json", "../x", ""])
def test_a_document_that_is_not_there_is_refused_with_those_that_are(exchange: ExchangeService, name: str) -> None:
    with pytest.raises(NotFound) as caught:
        exchange.document(name, now=NOW)
    assert caught.value.allowed == ("system_registry.json",)


def test_only_a_person_imports_and_exports(exchange: ExchangeService, shop: Path, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        exchange.import_source(paths=[str(shop)], now=NOW, caller="sys_web")
    with pytest.raises(NotAllowed):
        exchange.export_files(str(tmp_path / "out"), now=NOW, caller="sys_web")
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_read_leaves_nothing_behind(exchange: ExchangeService, tmp_path: Path) -> None:
    bad = tmp_path / "compose.yaml"
    for data in (b"services: {a: {}", b"\xff\xfe\x00", b"services:\n\ta: {}", b"hello"):
        bad.write_bytes(data)
        with pytest.raises(InvalidArgument):
            exchange.import_source(paths=[str(bad)], now=NOW)
    with pytest.raises(NotFound):
        exchange.import_source(paths=[str(tmp_path / "none.yaml")], now=NOW)
    with pytest.raises(InvalidArgument):
        exchange.import_source(paths=[str(bad)], content="services: {}", now=NOW)
    with pytest.raises(InvalidArgument):
        exchange.import_source(now=NOW)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound, match="nothing that can be imported"):
        exchange.import_source(paths=[str(tmp_path / "empty")], now=NOW)
    assert document(exchange)["systems"] == []


def test_a_file_that_is_too_large_is_refused(
    exchange: ExchangeService, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.exchange.files.LARGEST", 10)
    with pytest.raises(TooLarge):
        exchange.import_source(paths=[str(shop)], now=NOW)


def test_files_outside_the_project_are_not_read(exchange: ExchangeService, tmp_path: Path) -> None:
    (tmp_path / "private.env").write_text("DB_HOST=db")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    project = tmp_path / "repository" / "deploy"
    project.mkdir()
    (tmp_path / "repository" / "shared.env").write_text("CACHE_HOST=cache")
    (project / "link.env").symlink_to(tmp_path / "private.env")
    (project / "compose.yaml").write_text(
        "services: {web: {env_file: [../../private.env, link.env, ../shared.env]}, db: {}, cache: {}}"
    )
    outcome = exchange.import_source(paths=[str(project)], now=NOW)
    assert [one.reason for one in outcome.unmapped] == [
        f"{tmp_path / 'private.env'}: it lies outside the project's folder",
        f"{project / 'link.env'}: it lies outside the project's folder",
    ]
    assert systems(exchange)["sys_web"]["dependencies"] == ["sys_cache"]


def test_a_home_folder_is_never_open_as_a_whole(
    exchange: ExchangeService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home" / "ada"
    (home / "shop").mkdir(parents=True)
    (home / ".git").mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    (home / "private.env").write_text("DB_HOST=db")
    (tmp_path / "home" / "other.env").write_text("DB_HOST=db")
    for folder in (home / "shop", home):
        (folder / "compose.yaml").write_text("services: {web: {env_file: [../private.env, ../other.env]}, db: {}}")
        outcome = exchange.import_source(paths=[str(folder)], now=NOW)
        assert outcome.unmapped_total == 2
        assert outcome.edges.total == 0


def test_a_folder_stands_for_what_compose_would_read_in_it(exchange: ExchangeService, shop: Path) -> None:
    (shop.parent / "compose.override.yaml").write_text("services: {web: {depends_on: [queue]}, queue: {}}")
    assert exchange.import_source(paths=[str(shop.parent)], now=NOW).created.total == 4
    (shop.parent / "extra.yaml").write_text("services: {extra: {}}")
    (shop.parent / ".env").write_text("COMPOSE_FILE=compose.yaml:extra.yaml")
    outcome = exchange.import_source(paths=[str(shop.parent)], now=NOW)
    assert (outcome.created.ids, outcome.missing.ids) == (("sys_extra",), ("sys_queue",))


def test_an_answer_stays_small_however_much_comes_in(exchange: ExchangeService) -> None:
    long = "x" * 3_000
    broken = [{"id": f"sys_{number}", "tier": long} for number in range(300)]
    good = [
        {"id": f"sys_good_{number}", "tier": "PRODUCTION", "dependencies": [f"{long[:150]}{number}"]}
        for number in range(300)
    ]
    outcome = exchange.import_source(content=json.dumps([*broken, *good]), now=NOW)
    assert (outcome.unmapped_total, outcome.dangling_total, outcome.created.total) == (300, 300, 300)
    assert len(json.dumps(outcome_document(outcome))) < 30_000


def test_a_held_import_says_what_is_gone_and_another_says_nothing_of_it(exchange: ExchangeService, shop: Path) -> None:
    done = exchange.import_source(paths=[str(shop)], now=NOW)
    assert not {"gone", "confirm"} & set(outcome_document(done))
    held = done.model_copy(update={"held": True})
    assert isinstance(held, ImportOutcome)
    assert {"gone", "confirm"} <= set(outcome_document(held))


def test_reg_06_a_circle_in_a_large_import_is_found_and_those_of_others_are_left_alone(
    exchange: ExchangeService, registry: RegistryService
) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        registry.register(
            {"id": f"sys_{one}", "tier": "PRODUCTION", "reads_from": [f"/{other}"], "writes_to": [f"/{one}"]},
            caller="",
            now=NOW,
        )
    chain = [
        f"s{number}: {{environment: {{NEXT_{number}_URL: 'http://s{(number + 1) % 30}'}}}}" for number in range(30)
    ]
    outcome = exchange.import_source(content=f"services: {{{', '.join(chain)}}}", now=NOW)
    (found,) = [one for one in outcome.findings if one.kind == "dependency_cycle"]
    assert found.severity == "MEDIUM"
    assert found.subject.startswith("sys_s0, sys_s1, ")
    assert outcome.findings_by_kind["dependency_cycle"] == 1
    assert "dependency_cycle" in {one.kind for one in registry.get("sys_a").findings}
