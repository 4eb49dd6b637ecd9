"""Patterns that were imported, and what is told of them: nobody hears of nothing, and nothing is counted twice."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.app import build_services
from server.clock import clock_from
from server.config import read_config
from server.services import Services
from tests.surface.refreshes import CAUSE, EFFECT, refreshes, rendering_errors
from tests.surface.test_pat_10_cross_patterns import FILE

NOW = clock_from("2026-04-05T14:00:00Z").now()


@contextmanager
def registry(url: str, folder: Path, told: list[str] | None = None) -> Iterator[Services]:
    """The services on that database; what they announce goes into the list."""
    environment = {"CONCORD_HOME": str(folder), "CONCORD_DATABASE_URL": url, "CONCORD_NOW": "2026-04-05T14:00:00Z"}
    services = build_services(read_config(environment), changed=(told if told is not None else []).extend)
    try:
        yield services
    finally:
        services.close()


def report(services: Services) -> None:
    """Thirteen weeks of the example."""
    for system_id, events in ((CAUSE, refreshes()), (EFFECT, rendering_errors())):
        services.registry.register({"id": system_id, "tier": "PRODUCTION"}, caller="", now=NOW)
        services.journal.report(system_id, events, caller="", now=NOW)


def patterns_of(services: Services) -> list[dict[str, Any]]:
    """As the file lists them."""
    found: list[dict[str, Any]] = services.patterns.document(NOW)["patterns"]
    return found


def test_an_import_announces_what_it_changed_and_the_same_again_announces_nothing(
    database_url: str, tmp_path: Path
) -> None:
    told: list[str] = []
    with registry(database_url, tmp_path, told) as services:
        services.exchange.import_source(now=NOW, content=json.dumps(FILE))
        assert told == [
            "concord://patterns/XPAT-003",
            "concord://patterns/XPAT-001",
            "concord://files/cross_patterns.json",
        ]
        told.clear()
        services.exchange.import_source(now=NOW, content=json.dumps(FILE))
        assert told == []


def test_what_was_imported_and_is_then_found_in_the_events_is_one_pattern_counted_once(tmp_path: Path) -> None:
    with registry(f"sqlite:///{tmp_path}/a.db", tmp_path) as services:
        report(services)
        services.patterns.detect(NOW)
        text = services.exchange.document("cross_patterns.json", now=NOW)
        (before,) = patterns_of(services)
    with registry(f"sqlite:///{tmp_path}/b.db", tmp_path) as services:
        services.exchange.import_source(now=NOW, content=text)
        (imported,) = patterns_of(services)
        assert imported == before
        report(services)
        services.patterns.detect(NOW)
        (found,) = patterns_of(services)
        assert {name: found[name] for name in ("id", "occurrences", "first_detected", "confidence")} == {
            name: before[name] for name in ("id", "occurrences", "first_detected", "confidence")
        }
        assert services.patterns.get(found["id"]).events_total > 0
