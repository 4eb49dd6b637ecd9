"""What systems' folders tell is taken in once, file by file, and what could not be read is said."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.app import build_services
from server.config import read_config
from server.exchange.own_files import folder as own_folder
from server.exchange.own_files.service import OwnFilesService
from server.services import Services
from server.storage import own_files
from server.storage.database import Database

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)


class World:
    """Services on one database, and a folder for systems' folders."""

    def __init__(self, services: Services, database: Database, home: Path) -> None:
        self.services = services
        self.database = database
        self.home = home
        self.reader = OwnFilesService(database, services.registry, services.journal, services.proposals)

    def system(self, system_id: str, root: Path | None = None, **members: Any) -> Path:
        """Its folder, registered as its root."""
        root = root or self.home / system_id
        root.mkdir(exist_ok=True)
        document = {"id": system_id, "tier": "PRODUCTION", "root": str(root), **members}
        self.services.registry.register(document, caller="", now=NOW)
        return root

    def read(self, now: datetime = NOW, **narrowed: Any) -> dict[str, Any]:
        return self.reader.read(now, **narrowed)

    def events(self, system_id: str) -> list[dict[str, Any]]:
        return self.services.journal.newest(system_id, caller="")

    def origins(self, system_id: str) -> set[str]:
        keys = [f"id:{one['id']}" for one in self.events(system_id) if "id" in one]
        kept = self.database.read(lambda session: own_files.kept_under(session, system_id, keys))
        return {one.origin for one in kept.values()}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    (tmp_path / "concord").mkdir()
    environment = {
        "CONCORD_HOME": str(tmp_path / "concord"),
        "CONCORD_DATABASE_URL": database_url,
        "CONCORD_NOW": NOW.isoformat(),
    }
    services = build_services(read_config(environment))
    database = Database(database_url)
    yield World(services, database, tmp_path)
    database.close()
    services.close()


def write(root: Path, path: str, content: Any, *, age: timedelta = timedelta()) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content if isinstance(content, str) else json.dumps(content))
    moment = (NOW - age).timestamp()
    os.utime(place, (moment, moment))


ERROR = {"id": "ERR-1", "category": "parse_error", "at": "2026-04-01T03:05:00Z", "message": "half a file"}


def test_the_files_of_a_folder_become_events_with_their_origin_and_are_read_once(world: World) -> None:
    root = world.system("sys_a")
    write(root, "memory/error_catalog.json", [ERROR, {"category": "timeout", "count": 3}])
    write(root, "evolution/promotion_log.json", [{"id": "LOG-1", "proposal_id": "PROP-9", "date": "2026-03-01"}])
    write(root, "metrics/weekly_accuracy.json", {"2026-W13": 0.95, "2026-W12": "93 %"})
    write(root, "state/run_state.json", {"last_run": "2026-04-01T02:55:00Z", "status": "ok"})
    write(root, "incidents/2026-04-02-outage.md", "# Parser down\n\nFor an hour.\n")
    write(root, "memory/success_patterns.json", [{"id": "SP-1", "title": "Write, then rename", "times_applied": 4}])
    first = world.read()
    assert (first["systems"], first["files"], first["events"], first["unreadable_total"]) == (1, 6, 7, 1)
    assert first["unreadable"] == [
        {
            "system_id": "sys_a",
            "file": "memory/error_catalog.json",
            "where": "/1",
            "why": "it stands for 3 errors with no date told; the others are not counted",
        }
    ]
    kinds = sorted(one["kind"] for one in world.events("sys_a"))
    assert kinds == ["error", "incident", "metric", "metric", "promotion", "run", "success"]
    assert world.origins("sys_a") == {
        "error_catalog.json",
        "promotion_log.json",
        "weekly_accuracy.json",
        "run_state.json",
        "incidents/",
        "success_patterns.json",
    }
    again = world.read(NOW + timedelta(days=1))
    assert (again["systems"], again["files"], again["events"]) == (1, 0, 0)
    assert len(world.events("sys_a")) == 7


def test_an_edited_entry_is_the_same_event_and_a_new_one_is_new(world: World) -> None:
    root = world.system("sys_a")
    write(root, "memory/error_catalog.json", [ERROR])
    world.read()
    write(root, "memory/error_catalog.json", [{**ERROR, "severity": "HIGH"}, {**ERROR, "id": "ERR-2"}])
    again = world.read()
    assert (again["files"], again["events"], again["edited"]) == (1, 1, 1)
    kept = {one["id"]: one for one in world.events("sys_a")}
    assert kept["ERR-1"]["severity"] == "HIGH"
    assert len(kept) == 2


def test_what_a_system_reported_itself_is_not_taken_from_its_file_again(world: World) -> None:
    root = world.system("sys_a")
    reported = {"kind": "error", "id": "ERR-1", "category": "parse_error", "at": "2026-04-01T03:05:00Z"}
    world.services.journal.report("sys_a", [reported], caller="sys_a", now=NOW)
    write(root, "memory/error_catalog.json", [ERROR])
    assert world.read()["events"] == 0
    assert "description" not in world.events("sys_a")[0]
    later = {**reported, "id": "ERR-2"}
    write(root, "memory/error_catalog.json", [ERROR, {**ERROR, "id": "ERR-2"}])
    assert world.read()["events"] == 1
    world.services.journal.report("sys_a", [later], caller="sys_a", now=NOW)
    assert len(world.events("sys_a")) == 2


def test_numbers_as_ids_count_within_their_own_file(world: World) -> None:
    root = world.system("sys_a")
    write(root, "memory/error_catalog.json", [{**ERROR, "id": 1}])
    write(root, "evolution/promotion_log.json", [{"id": 1, "title": "x", "date": "2026-03-01"}])
    assert world.read()["events"] == 2


def test_runs_in_a_file_count_for_the_health_of_their_system(world: World) -> None:
    root = world.system("sys_a", timing={"interval_seconds": 3_600})
    write(root, "run_state.json", {"last_run": {"finished_at": "2026-04-05T13:30:00Z", "status": "crashed"}})
    world.read()
    health = world.services.registry.health_of(["sys_a"], NOW)["sys_a"]
    assert health.status != "HEALTHY"


def test_incidents_of_the_last_two_weeks_come_in_at_first_and_later_ones_as_they_come(world: World) -> None:
    root = world.system("sys_a")
    write(root, "incidents/old.json", {"title": "old", "date": "2026-03-01"})
    write(root, "incidents/older.txt", "older", age=timedelta(days=40))
    write(root, "incidents/2026-04-01.txt", "disk full", age=timedelta(days=2))
    write(root, "incidents/deep/new.jsonl", '{"id":"INC-7","title":"a","ts":"2026-04-03"}\n{"title":"b"}\n')
    first = world.read()
    assert (first["events"], first["older_incidents"]) == (3, 2)
    titles = {one["title"]: one["at"] for one in world.events("sys_a")}
    assert titles == {"disk full": "2026-04-01T00:00:00Z", "a": "2026-04-03T00:00:00Z", "b": "2026-04-05T14:00:00Z"}
    # a month without a job: what came in the meantime is taken in, however long ago that is by now
    write(root, "incidents/late.json", {"title": "late", "date": "2026-04-07"}, age=-timedelta(days=2))
    later = world.read(NOW + timedelta(days=30))
    assert (later["events"], later["older_incidents"]) == (1, 1)


def test_an_incident_without_a_date_keeps_the_day_on_which_it_was_first_seen(world: World) -> None:
    root = world.system("sys_a")
    write(root, "incidents/disk.txt", "disk full", age=timedelta(days=3))
    world.read()
    write(root, "incidents/disk.txt", "disk full\nand cleared")
    assert world.read()["edited"] == 1
    (event,) = world.events("sys_a")
    assert (event["at"], event["description"]) == ("2026-04-02T14:00:00Z", "and cleared")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"errors": [', "it is no JSON (line 1)"),
        (b"\x00\x01\x02", "it is no text"),
        (b"\xff\xfe\xfd", "it is no UTF-8 text (byte 0)"),
        (b"", "it is empty"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"7", "it is neither a list nor an object"),
    ],
)
def test_a_file_that_can_not_be_read_is_told_by_every_job_until_it_can(world: World, content: bytes, why: str) -> None:
    root = world.system("sys_a")
    write(root, "memory/error_catalog.json", "")
    write(root, "run_state.json", {"last_run": "2026-04-01T02:55:00Z"})
    (root / "memory/error_catalog.json").write_bytes(content)
    for events in (1, 0):
        told = world.read()
        assert [one["why"] for one in told["unreadable"]] == [why]
        assert told["events"] == events  # the other file is read all the same
    write(root, "memory/error_catalog.json", [ERROR])
    assert world.read()["unreadable_total"] == 0


def test_a_file_beyond_the_bound_and_links_out_of_the_folder_are_not_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_folder, "LARGEST", 1_000)
    root = world.system("sys_a")
    write(root, "memory/error_catalog.json", [ERROR] * 20)
    write(world.home, "elsewhere/log.json", [{"id": "LOG-1", "date": "2026-03-01"}])
    write(world.home, "elsewhere/2026-04-01.txt", "private")
    (root / "evolution").mkdir()
    (root / "evolution/promotion_log.json").symlink_to(world.home / "elsewhere/log.json")
    (root / "incidents").symlink_to(world.home / "elsewhere")
    (root / "metrics").mkdir()
    os.mkfifo(root / "metrics/weekly_accuracy.json")
    write(root, "kept/run_state.json", {"last_run": "2026-04-01T02:55:00Z"})
    (root / "run_state.json").symlink_to("kept/run_state.json")
    told = world.read()
    assert {(one["file"], one["why"]) for one in told["unreadable"]} == {
        ("memory/error_catalog.json", "it is larger than 0 MB"),
        ("evolution/promotion_log.json", "it leads out of the system's folder"),
        ("incidents/", "it leads out of the system's folder"),
        ("metrics/weekly_accuracy.json", "it is no file"),
    }
    assert [one["kind"] for one in world.events("sys_a")] == ["run"]


def test_a_figure_that_is_no_number_costs_its_own_entry_alone(world: World) -> None:
    root = world.system("sys_a")
    write(
        root, "metrics/weekly_accuracy.json", '[{"week":"2026-W13","accuracy":NaN},{"week":"2026-W12","accuracy":0.9}]'
    )
    told = world.read()
    assert (told["events"], told["unreadable_total"]) == (1, 1)
    assert told["unreadable"][0]["where"] == "/0/accuracy"


def test_what_no_database_holds_is_left_out_of_texts_and_names(world: World) -> None:
    root = world.system("sys_a", writes_to=[{"resource": "out.json"}])
    write(root, "memory/error_catalog.json", {"a\0b": {"id": "ERR\0-1", "at": "2026-04-01", "message": "x\0\ud800y"}})
    write(root, "evolution/proposed_changes.json", [{**READY, "id": "CHG\0-7", "title": "a\0b"}])
    write(root, "incidents/2026-04-01.txt", "disk full")
    os.rename(os.fsencode(root / "incidents/2026-04-01.txt"), os.fsencode(root / "incidents") + b"/2026-04-01\xff.txt")
    write(root, "incidents/2026-04-02.txt", "disk full")
    told = world.read()
    assert told["events"] == 2
    error = next(one for one in world.events("sys_a") if one["kind"] == "error")
    assert (error["id"], error["category"], error["description"]) == ("ERR\ufffd-1", "a\ufffdb", "x\ufffd\ufffdy")
    assert [one["why"] for one in told["unreadable"]] == ["its name is no text"]
    assert told["proposals_total"] == 1


def test_a_file_is_taken_in_wholly_or_not_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    root = world.system("sys_a")
    write(root, "memory/error_catalog.json", [ERROR])

    def breaks(*given: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(own_files, "remember", breaks)
        with pytest.raises(RuntimeError, match="disk is full"):
            world.read()
    assert world.events("sys_a") == []
    assert world.read()["events"] == 1


def test_a_folder_that_several_systems_name_is_nobodys_unless_they_are_parts_of_one(world: World) -> None:
    root = world.system("sys_a")
    world.system("sys_b", root)
    write(root, "memory/error_catalog.json", [ERROR])
    told = world.read()
    assert (told["systems"], told["events"], told["unreadable_total"]) == (0, 0, 1)
    assert "sys_a, sys_b name one folder" in told["unreadable"][0]["why"]
    world.system("sys_b", root, parent="sys_a")
    assert world.read()["events"] == 1
    assert world.events("sys_b") == []


def test_only_the_systems_and_folders_that_are_named_are_read(world: World) -> None:
    (world.home / "fleet").mkdir()
    for number, root in enumerate((world.home / "one", world.home / "fleet" / "two", world.home / "fleetwood")):
        write(world.system(f"sys_{number}", root), "memory/error_catalog.json", [ERROR])
    assert world.read(paths=[str(world.home / "fleet")])["systems"] == 1
    assert [len(world.events(f"sys_{number}")) for number in range(3)] == [0, 1, 0]
    assert world.read(system_ids=["sys_0"])["events"] == 1
    assert world.read(paths=["/nowhere"])["systems"] == 0
    assert world.read()["systems"] == 3


READY = {
    "id": "CHG-7",
    "status": "READY_FOR_SHADOW_TEST",
    "title": "Nest the tickers",
    "changes": [{"resource": "out.json", "description": "tickers move below a key"}],
}


def proposed(world: World) -> list[str]:
    return world.services.proposals.ids_like("PROP", 10, caller="")


def test_an_entry_that_is_ready_is_submitted_once_and_revised_when_it_changes(world: World) -> None:
    root = world.system("sys_a", writes_to=[{"resource": "out.json"}])
    draft = {"id": "CHG-8", "status": "DRAFT", "title": "nobody's business"}
    done = {"id": "CHG-9", "status": "PROMOTED"}
    write(root, "evolution/proposed_changes.json", {"proposals": [READY, draft, done]})
    first = world.read()
    (made,) = first["proposals"]
    assert (made["system_id"], made["entry"], made["version"]) == ("sys_a", "CHG-7", 1)
    assert [one["where"] for one in first["unreadable"]] == ["/proposals/2"]
    kept = world.services.proposals.get(made["proposal_id"], caller="", now=NOW)
    assert (kept["source_system"], kept["title"], len(kept["checks"])) == ("sys_a", "Nest the tickers", 1)
    later = NOW + timedelta(days=60)  # long after keys of calls are forgotten
    assert world.read(later)["proposals"] == []
    write(root, "evolution/proposed_changes.json", {"proposals": [READY, done]})
    assert world.read(later)["proposals"] == []
    for version, title in ((2, "Nest them"), (3, "Nest the tickers"), (4, "Nest them")):
        write(root, "evolution/proposed_changes.json", {"proposals": [{**READY, "title": title}]})
        (revised,) = world.read(later + timedelta(minutes=version))["proposals"]
        assert (revised["proposal_id"], revised["version"]) == (made["proposal_id"], version)
    assert proposed(world) == [made["proposal_id"]]
    write(root, "evolution/proposed_changes.json", {"proposals": [done]})
    assert [world.read(later)["unreadable_total"] for _ in range(2)] == [1, 0]


def test_an_entry_that_is_refused_says_why_and_is_tried_again(world: World) -> None:
    root = world.system("sys_a")
    gives_up = {**READY, "changes": [{"removes_dependency": "sys_b"}]}
    write(root, "evolution/proposed_changes.json", [gives_up, {**READY, "id": "CHG-8", "system": "sys_b"}])
    told = world.read()
    assert told["proposals"] == []
    assert "CHG-7 was refused" in told["unreadable"][0]["why"]
    assert "is a proposal of sys_b" in told["unreadable"][1]["why"]
    world.system("sys_b", writes_to=[{"resource": "~/b.json"}])
    world.system("sys_a", reads_from=[{"resource": "~/b.json"}])
    assert [one["entry"] for one in world.read()["proposals"]] == ["CHG-7"]


def test_a_job_that_was_killed_between_submitting_and_noting_it_submits_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = world.system("sys_a", writes_to=[{"resource": "out.json"}])
    write(root, "evolution/proposed_changes.json", [READY])

    def breaks(*given: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(own_files, "remember", breaks)
        with pytest.raises(RuntimeError, match="killed"):
            world.read()
    assert len(proposed(world)) == 1
    world.read()
    assert len(proposed(world)) == 1
