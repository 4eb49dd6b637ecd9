"""The journal below the surface: several reporters at once, and whoever listens."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.app import build_services
from server.config import read_config
from server.registry.vitals import Vitals
from server.services import Services
from server.storage import events, signs
from server.storage.database import Database

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def services(database_url: str, tmp_path: Path, heard: list[str]) -> Services:
    environment = {
        "CONCORD_HOME": str(tmp_path),
        "CONCORD_DATABASE_URL": database_url,
        "CONCORD_NOW": NOW.isoformat(),
    }
    return build_services(read_config(environment), changed=heard.extend)


def register(services: Services, system_id: str, **members: Any) -> None:
    document = {"id": system_id, "tier": "PRODUCTION", "timing": {"interval_seconds": 3_600}, **members}
    services.registry.register(document, caller="", now=NOW)


def run(minutes: int, result: str = "OK") -> dict[str, Any]:
    return {"kind": "run", "at": (NOW - timedelta(minutes=minutes)).isoformat(), "result": result}


def report(services: Services, system_id: str, *given: dict[str, Any]) -> None:
    assert services.journal.report(system_id, given, caller="", now=NOW)["accepted"] == len(given)


def test_events_that_several_report_at_once_are_kept_once_and_the_latest_counts(
    services: Services, database_url: str, tmp_path: Path
) -> None:
    register(services, "sys_a")
    other = build_services(read_config({"CONCORD_HOME": str(tmp_path), "CONCORD_DATABASE_URL": database_url}))
    portions = [
        [run(minute, "CRITICAL" if minute else "OK") for minute in range(start, start + 20)] for start in range(20)
    ]
    with ThreadPoolExecutor(4) as pool:
        for number, portion in enumerate(portions):
            pool.submit(report, other if number % 2 else services, "sys_a", *portion)
    database = Database(database_url)
    kept = database.read(lambda session: events.newest(session, "sys_a", 1_000))
    database.close()
    assert [one["at"] for one in kept] == [
        (NOW - timedelta(minutes=minute)).isoformat().replace("+00:00", "Z") for minute in range(39)
    ]
    for one in (services, other):  # the last run, at the hour itself, went well
        assert one.registry.health_of(["sys_a"], NOW)["sys_a"].status == "HEALTHY"
        one.close()


def test_reg_05_who_listens_to_a_system_hears_when_its_health_changes_and_only_then(
    services: Services, heard: list[str]
) -> None:
    register(services, "sys_a")
    steps = [(50, "OK", True), (40, "OK", False), (30, "CRITICAL", True), (20, "CRITICAL", False), (10, "OK", True)]
    for minutes, result, told in steps:
        heard.clear()
        report(services, "sys_a", run(minutes, result))
        assert ("concord://systems/sys_a" in heard) is told
        assert "concord://events/sys_a" in heard
    heard.clear()
    report(services, "sys_a", run(10))  # it came before
    assert heard == []
    services.close()


def test_reg_05_a_look_is_kept_and_told_of_and_the_next_one_replaces_it(
    services: Services, heard: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "status.json"
    register(services, "sys_a", status_file=str(file))
    register(services, "sys_off", status_file=str(file), timing={"enabled": False})
    progress: list[tuple[float, float]] = []
    done = services.health.look(NOW, lambda part, whole, message: progress.append((part, whole)))
    assert (done["looked_at"], done["problems_total"]) == (1, 1)
    assert done["problems"] == [{"system_id": "sys_a", "problem": "Its status file is not there."}]
    assert progress == [(0, 1)]
    assert services.registry.health_of(["sys_a"], NOW)["sys_a"].status == "UNKNOWN"
    file.write_text('{"status": "degraded", "last_run": "2026-04-05T13:30:00Z"}', encoding="utf-8")
    heard.clear()
    services.health.look(NOW)
    assert "concord://systems/sys_a" in heard
    assert services.registry.health_of(["sys_a"], NOW)["sys_a"].status == "DEGRADED"
    file.unlink()
    services.health.look(NOW + timedelta(hours=6))
    found = services.registry.health_of(["sys_a"], NOW + timedelta(hours=6))["sys_a"]
    assert (found.status, found.reason) == ("UNKNOWN", "Its status file is not there.")
    services.close()


def test_reg_05_a_system_without_health_sources_is_not_looked_at(services: Services) -> None:
    register(services, "sys_a")
    assert services.health.look(NOW) == {"looked_at": 0, "problems": [], "problems_total": 0}
    services.close()


def test_reg_05_a_status_is_remembered_for_as_long_as_it_holds_and_no_longer(
    services: Services, database_url: str
) -> None:
    timings: list[dict[str, Any]] = [
        {"interval_seconds": 60},
        {"interval_seconds": 86_400},
        {"schedule": "*/7 * * * *"},
        {"schedule": "0 9 * * MON-FRI", "timezone": "Europe/Berlin"},
        {"schedule": "30 2 L * *", "timezone": "America/New_York"},
        {},
    ]
    started = {"kind": "run", "at": NOW.isoformat(), "started_at": NOW.isoformat()}
    for number, timing in enumerate(timings):
        for told in ([], [run(30)], [run(30, "CRITICAL")], [started], [{"kind": "heartbeat", "at": NOW.isoformat()}]):
            system_id = f"sys_{number}_{len(services.registry.ids_like('', 100))}"
            register(services, system_id, timing=timing)
            report(services, system_id, *told)
    database = Database(database_url)
    vitals = Vitals(database)
    vitals.bring_up_to(database.read(signs.revision))
    chosen = random.Random(2026)
    moments = sorted(chosen.uniform(0, 40 * 86_400) ** chosen.choice((0.5, 1.0)) for _ in range(400))
    edges = [60 * edge + shift for edge in (2, 5, -28, -25) for shift in (-1e-6, 0, 1e-6)]
    seen: set[str] = set()
    with services.registry.reading() as registry:
        for seconds in [*sorted([*moments, *edges]), 0, 3_600]:  # a clock may be put back
            now = NOW + timedelta(seconds=seconds)
            afresh = {system_id: one.status for system_id, one in vitals.of(registry, registry.systems, now).items()}
            assert vitals.statuses(registry.systems.values(), now) == afresh
            seen.update(afresh.values())
    assert len(seen) == 4
    database.close()
    services.close()
