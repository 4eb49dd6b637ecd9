"""What a list costs the database when it is asked for again."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.app import build_services
from server.config import read_config
from server.services import Services
from server.storage.database import Database

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question put to a database from now on."""
    questions: list[str] = []

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(Database, name)

        def count(self: Database, *arguments: Any) -> Any:
            questions.append(name)
            return real(self, *arguments)

        return count

    for name in ("glance", "read"):
        monkeypatch.setattr(Database, name, counted(name))
    return questions


def opened(url: str, home: Path) -> Services:
    environment = {"CONCORD_HOME": str(home), "CONCORD_DATABASE_URL": url, "CONCORD_NOW": "2026-04-05T14:00:00Z"}
    return build_services(read_config(environment))


def register(services: Services, system_id: str) -> None:
    document = {"id": system_id, "tier": "PRODUCTION", "timing": {"interval_seconds": 3_600}}
    services.registry.register(document, caller="", now=NOW)


def report(services: Services, system_id: str, result: str) -> None:
    event = {"kind": "run", "at": "2026-04-05T13:59:00Z", "result": result, "id": result}
    services.journal.report(system_id, [event], caller=system_id, now=NOW)


def test_a_list_that_is_asked_for_again_takes_one_glance_at_the_database(tmp_path: Path, asked: list[str]) -> None:
    services = opened(f"sqlite:///{tmp_path}/concord.db", tmp_path)
    register(services, "sys_a")
    report(services, "sys_a", "OK")
    first = services.registry.find(query="sys_a")
    asked.clear()
    assert services.registry.find(query="sys_a") == first
    assert services.registry.find(query="sys_a", status="HEALTHY") == first
    assert asked == ["glance", "glance"]
    services.close()


def test_a_list_that_is_asked_for_again_shows_what_came_meanwhile(database_url: str, tmp_path: Path) -> None:
    services, others = opened(database_url, tmp_path), opened(database_url, tmp_path)

    def listed() -> list[tuple[Any, Any]]:
        return [(row["id"], row["status"]) for row in services.registry.find(tier="PRODUCTION").rows]

    register(services, "sys_a")
    assert listed() == [("sys_a", "UNKNOWN")]
    report(others, "sys_a", "CRITICAL")
    assert listed() == [("sys_a", "DOWN")]
    register(others, "sys_b")
    assert listed() == [("sys_a", "DOWN"), ("sys_b", "UNKNOWN")]
    others.registry.archive("sys_a", reason="It is gone.", force=False, caller="", now=NOW)
    assert listed() == [("sys_b", "UNKNOWN")]
    assert [row["id"] for row in services.registry.find(archived=True).rows] == ["sys_a"]
    services.close()
    others.close()
