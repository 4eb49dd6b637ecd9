"""Patterns on a real database: detected once however often, by however many, and never by half."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from server.errors import NotFound
from server.model.base import JsonObject
from server.model.pattern import Certainty, PatternStatus, PatternType
from server.storage import patterns
from server.storage.database import Database
from server.storage.lazily import sql, tables
from tests.services.processes import Started, let_go_together
from tests.services.proposal_writer import NOW, opened

if TYPE_CHECKING:
    from server.services import Services

PROGRAM = Path(__file__).with_name("pattern_detector.py")
PAIRS = 4
BEGIN = NOW - timedelta(days=60)


def accesses(pair: int, days: list[float], *, write: bool) -> list[JsonObject]:
    """Twenty minutes of writing on each of these days, or a minute of reading in them."""
    told = []
    for day in days:
        started = BEGIN + timedelta(days=day, hours=pair, minutes=0 if write else 5)
        finished = started + timedelta(minutes=20 if write else 1)
        told.append(
            {
                "kind": "access",
                "at": started.isoformat(),
                "id": f"{pair}/{day}",
                "resource": f"/srv/{pair}.json",
                "mode": "write" if write else "read",
                "started_at": started.isoformat(),
                "finished_at": finished.isoformat(),
            }
        )
    return told


def report(services: "Services", days: list[float], pairs: int = PAIRS, now: datetime = NOW) -> None:
    """Each writer and its reader met on these days."""
    for pair in range(pairs):
        for system_id, write in ((f"sys_w{pair}", True), (f"sys_r{pair}", False)):
            services.journal.report(system_id, accesses(pair, days, write=write), caller="", now=now)


@pytest.fixture
def services(database_url: str) -> Iterator["Services"]:
    """The services of a database with some writers and a reader for each."""
    built = opened(database_url)
    for pair in range(PAIRS):
        for role in ("w", "r"):
            built.registry.register({"id": f"sys_{role}{pair}", "tier": "PRODUCTION"}, caller="", now=NOW)
    yield built
    built.close()


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of patterns and of what belongs to them."""
    database = Database(url)
    names = ("patterns", "pattern_systems", "pattern_events")

    def read(session: Any) -> dict[str, list[tuple[Any, ...]]]:
        chosen = {name: sql.select(tables.metadata.tables[name]) for name in names}
        rows = {name: session.connection().execute(chosen[name]).all() for name in names}
        return {name: sorted((tuple(row) for row in found), key=json.dumps) for name, found in rows.items()}

    found = database.read(read)
    database.close()
    return found


def check_whole(url: str, expected: int) -> None:
    """So many patterns stand, under ids without a gap, each with its two systems and its events."""
    rows = everything(url)
    ids = sorted(row[0] for row in rows["patterns"])
    assert ids == [f"XPAT-{number:03d}" for number in range(1, expected + 1)]
    assert len({row[1] for row in rows["patterns"]}) == expected, "fingerprints"
    assert sorted(row[1] for row in rows["pattern_systems"]) == sorted(ids * 2)
    assert {row[0] for row in rows["pattern_events"]} == set(ids)


def contention(services: "Services", **filters: Any) -> list[Any]:
    return list(services.patterns.find(kind="resource_contention", **filters).patterns)


def test_a_detection_that_is_repeated_changes_nothing(services: "Services", database_url: str) -> None:
    report(services, [36, 43, 50])
    assert services.patterns.detect(NOW)["by_type"]["resource_contention"] == PAIRS
    before = everything(database_url)
    skipped = services.patterns.detect(NOW)
    assert "skipped" in skipped
    assert (skipped["events"], skipped["systems"], skipped["new"]) == (6 * PAIRS, 2 * PAIRS, 0)
    since = (NOW - timedelta(days=90)).isoformat()
    assert "skipped" not in services.patterns.detect(NOW, since=since, until=NOW.isoformat())
    assert everything(database_url) == before
    report(services, [36, 43, 50])
    assert "skipped" in services.patterns.detect(NOW), "what was told twice is nothing new"
    tomorrow = services.patterns.detect(NOW + timedelta(days=1))
    assert (tomorrow["new"], tomorrow["resolved"]) == (0, 0)
    assert everything(database_url) == before


def test_what_comes_later_is_added_to_what_is_known(services: "Services", database_url: str) -> None:
    report(services, [1, 8, 15], pairs=1)
    services.patterns.detect(NOW - timedelta(days=40))
    (first,) = contention(services)
    report(services, [22, 29], pairs=1)
    services.patterns.detect(NOW - timedelta(days=30))
    (then,) = contention(services)
    assert (then.id, then.first_detected, then.occurrences) == (first.id, first.first_detected, 5)
    opened_then = services.patterns.get(then.id)
    assert opened_then.events_total == len(opened_then.events) == 10
    assert services.patterns.of_systems(["sys_r0", "sys_w3"])[0].id == then.id
    assert services.patterns.of_systems(["sys_w3"]) == []
    assert services.patterns.ids_like("xpat-0", 10)[-1] == then.id
    assert [kind for _, _, kind in services.patterns.timeline(then.id)] == ["access"] * 10
    with pytest.raises(NotFound):
        services.patterns.get("XPAT-999")


def test_a_look_at_an_earlier_time_changes_nothing_of_what_is_known(services: "Services", database_url: str) -> None:
    report(services, [1, 8, 15, 50])
    services.patterns.detect(NOW)
    before = everything(database_url)
    services.patterns.detect(NOW, until=(BEGIN + timedelta(days=20)).isoformat())
    assert everything(database_url) == before


def test_processes_that_detect_at_once_find_each_pattern_once(services: "Services", database_url: str) -> None:
    report(services, [1, 8, 15])
    with let_go_together(PROGRAM, ([database_url] for _ in range(2))) as started:
        new = [int(process.communicate(timeout=60)[0]) for process in started]
    total = services.patterns.find(status="ALL").total
    assert sum(new) == total >= PAIRS
    check_whole(database_url, total)
    assert "skipped" in services.patterns.detect(NOW)


def test_a_detection_that_is_killed_leaves_nothing_by_half(services: "Services", database_url: str) -> None:
    report(services, [1, 8, 15])
    with let_go_together(PROGRAM, [[database_url, "3"]]) as (process,):
        _wait_for(process, "inside")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=60)
    assert everything(database_url) == {"patterns": [], "pattern_systems": [], "pattern_events": []}
    assert services.patterns.detect(NOW)["new"] >= PAIRS
    check_whole(database_url, services.patterns.find(status="ALL").total)


def test_con_08_risks_are_active_of_a_risk_type_significant_not_explained_otherwise_and_of_live_systems(
    services: "Services", database_url: str
) -> None:
    report(services, [1, 8, 15], pairs=1)
    services.patterns.detect(NOW)
    (pattern,) = contention(services)
    database = Database(database_url)

    def risks(at: int, **members: Any) -> list[str]:
        def keep_and_look(session: Any) -> list[str]:
            stored = patterns.everything(session)
            for one in stored.values():
                changed = one.pattern.model_copy(update=members if one.pattern.id == pattern.id else {"held_back": "x"})
                patterns.save(session, [replace(one, pattern=changed)])
            return [risk[0] for risk in services.patterns.risks_in(session, (at, 0))]

        return database.write(keep_and_look)

    assert risks(1, held_back="") == [pattern.id]
    assert risks(1, held_back="explained_away") == [pattern.id], "nothing is read again while revisions stay"
    assert risks(2, held_back="explained_away") == []
    assert risks(3, held_back="", type=PatternType.TRANSFERABLE_SOLUTION) == []
    assert risks(4, type=pattern.type, status=PatternStatus.RESOLVED) == []
    assert risks(5, status=PatternStatus.ACTIVE, certainty=Certainty.CANDIDATE) == []
    assert risks(6, certainty=Certainty.CONFIRMED) == [pattern.id]
    services.registry.archive("sys_r0", reason="gone", force=True, caller="", now=NOW)
    assert risks(7) == []
    database.close()


def _wait_for(process: Started, line: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == f"{line}\n"
