"""Shared knowledge in figures, on a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from server.storage import knowledge_counts
from server.storage.database import Database
from tests.services.knowledge_entries import DAY, entry, store

NOW = int(datetime(2026, 4, 5, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database."""
    opened = Database(database_url)
    yield opened
    opened.close()


def standing(database: Database, now: int = NOW) -> knowledge_counts.Standing:
    return database.read(lambda session: knowledge_counts.standing(session, now=now, soon=now + 14 * DAY))


def test_what_is_current_is_counted_by_type_and_what_waits_by_system(database: Database) -> None:
    assert standing(database) == knowledge_counts.Standing({}, 0, {})
    both: dict[str, Any] = {"applicable_to": ("sys_b", "sys_c")}
    store(
        database,
        entry("SK-001", "Check ages", **both),
        entry("SK-002", "Try again", type="best_practice", expires="2026-04-19", applicable_to=("sys_b",)),
        entry("SK-003", "Cache it", expires="2026-04-20", **both, adopted_by=("sys_c",)),
        entry("SK-004", "Over", expires="2026-04-05", **both),
        entry("SK-005", "Taken in", status="SUPERSEDED", superseded_by="SK-001", **both),
        entry("SK-006", "Done", status="ADOPTED", adopted_by=("sys_b", "sys_c"), **both),
    )
    now = standing(database)
    assert now.by_type == {"best_practice": 1, "transferable_fix": 3}
    assert now.expiring == 1, "the 14th day counts, the 15th doesn't"
    assert list(now.unanswered.items()) == [("sys_b", 3), ("sys_c", 1)], "those with most first"
    assert standing(database, NOW + 15 * DAY).by_type == {"transferable_fix": 2}
