"""Shared entries found by a query on a real database: pages full, totals right, nothing stale, whoever wrote it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.app import build_services
from server.config import read_config
from server.knowledge import service
from server.knowledge.search import finder
from server.services import Services
from server.storage import knowledge, search_index
from server.storage.database import Database
from server.storage.session import Session
from tests.services.knowledge_entries import entry, store

NOW = datetime(2026, 4, 5, 12, tzinfo=UTC)
LAST_MOMENT = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
EXPIRED = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The database, for writing past the services."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    """The services of one process."""
    opened = other_process(database_url, tmp_path)
    yield opened
    opened.close()


def other_process(url: str, home: Path) -> Services:
    """Services that share nothing with others but the database."""
    return build_services(read_config({"CONCORD_DATABASE_URL": url, "CONCORD_HOME": str(home)}))


def found(services: Services, query: str, now: datetime = NOW, **asked: object) -> tuple[list[str], int]:
    """(ids of the page, total)."""
    page = services.knowledge.find(query=query, now=now, **asked)  # type: ignore[arg-type]  # whatever a test asks for
    return [one.id for one, _ in page.entries], page.total


def test_the_entry_most_like_the_query_comes_first_with_a_score_from_0_to_1(
    services: Services, database: Database
) -> None:
    store(
        database,
        entry("SK-001", "Read prices only while they are fresh", "The price feed is older than an hour."),
        entry("SK-002", "Retry the upload with backoff", "The archive answers 503 at night."),
        entry("SK-003", "Price rounding", "Totals are rounded once."),
    )
    page = services.knowledge.find(query="stale price feed", now=NOW)
    assert [one.id for one, _ in page.entries] == ["SK-001", "SK-003"]
    assert page.total == 2  # the upload shares no term with it
    scores = [score for _, score in page.entries if score is not None]
    assert len(scores) == 2
    assert 0 < scores[1] < scores[0] <= 1


def test_a_page_is_full_and_the_total_counts_what_every_filter_lets_through(
    services: Services, database: Database
) -> None:
    store(
        database,
        *(
            entry(
                f"SK-{number:03d}",
                f"Retry the upload {number}",
                type="anti_pattern" if number % 3 == 0 else "transferable_fix",
                status="SUPERSEDED" if number % 5 == 0 else "ADOPTED" if number % 5 == 1 else "ACTIVE",
                applicable_to=["sys_b"] if number % 2 else [],
            )
            for number in range(60)
        ),
    )
    current = [number for number in range(60) if number % 5]
    fixes = [number for number in current if number % 3]
    assert found(services, "upload", limit=10)[1] == len(current)
    assert len(found(services, "upload", limit=10, start=40)[0]) == 8
    assert found(services, "upload", kind="transferable_fix", limit=5)[1] == len(fixes)
    assert len(found(services, "upload", kind="anti_pattern", limit=5)[0]) == 5
    assert found(services, "upload", status="SUPERSEDED")[1] == 12
    assert found(services, "upload", status="ALL")[1] == 60
    waiting = [number for number in current if number % 2 and number % 5 != 1]
    ids, total = found(services, "upload", system_id="sys_b", limit=100)
    assert (sorted(ids), total) == ([f"SK-{number:03d}" for number in waiting], len(waiting))


def test_an_entry_is_hidden_from_the_beginning_of_the_day_on_which_it_expires(
    services: Services, database: Database
) -> None:
    store(database, entry("SK-001", "Retry the upload"), entry("SK-002", "Retry the download", expires="2026-08-01"))
    assert found(services, "retry", LAST_MOMENT)[0] == ["SK-001", "SK-002"]
    assert found(services, "retry", EXPIRED) == (["SK-002"], 1)
    assert found(services, "retry", EXPIRED, status="EXPIRED") == (["SK-001"], 1)
    assert found(services, "retry", EXPIRED, status="ALL")[1] == 2


def test_what_another_process_writes_is_found_at_the_next_query(
    services: Services, database: Database, database_url: str, tmp_path: Path
) -> None:
    other = other_process(database_url, tmp_path)
    store(database, entry("SK-001", "Retry the upload"))
    assert found(services, "retry")[0] == found(other, "retry")[0] == ["SK-001"]
    store(database, entry("SK-002", "Retry the download"), entry("SK-001", "Rotate the keys", version=2))
    for one in (services, other):
        assert found(one, "retry")[0] == ["SK-002"], "the old words of SK-001 count no more"
        assert found(one, "keys")[0] == ["SK-001"]
    store(database, entry("SK-002", "Retry the download", status="SUPERSEDED", superseded_by="SK-001", version=2))
    for one in (services, other):
        assert found(one, "retry") == ([], 0)
        assert found(one, "retry", status="SUPERSEDED")[0] == ["SK-002"]
    other.close()


def test_entries_that_changed_again_and_again_are_each_found_once(services: Services, database: Database) -> None:
    for version in range(1, 4):
        store(
            database,
            *(
                entry(f"SK-{number:04d}", f"Retry number {number}, try {version}", version=version)
                for number in range(600)
            ),
        )
        ids, total = found(services, "retry", limit=1_000)
        assert (len(ids), len(set(ids)), total) == (600, 600, 600)


def test_without_words_the_entries_come_strongest_first_and_have_no_score(
    services: Services, database: Database
) -> None:
    store(database, entry("SK-001", "Retry", e_value=2.0), entry("SK-002", "Rotate", e_value=9.0))
    page = services.knowledge.find(query="   ", now=NOW)
    assert [(one.id, score) for one, score in page.entries] == [("SK-002", None), ("SK-001", None)]
    assert found(services, "of the") == ([], 0)  # words that say nothing are no term of anybody's


def test_what_was_written_before_a_backup_was_put_back_is_forgotten(
    services: Services, database: Database, database_url: str, tmp_path: Path
) -> None:
    store(database, entry("SK-001", "Retry the upload"))
    store(database, entry("SK-002", "Retry the download"))
    assert found(services, "retry")[1] == 2
    from server.storage.lazily import sql

    def put_back(session: Session) -> None:
        connection = session.connection()
        connection.execute(sql.text("DELETE FROM knowledge WHERE entry_id = 'SK-002'"))
        connection.execute(sql.text("UPDATE counters SET value = value - 1 WHERE name = 'knowledge:revision'"))

    database.write(put_back)
    assert found(services, "retry") == (["SK-001"], 1)


def test_a_new_process_begins_with_what_another_has_read(
    services: Services, database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of very many entries; and then it reads what has changed since."""
    monkeypatch.setattr(finder, "KEPT_FROM", 20)
    store(database, *(entry(f"SK-{number:03d}", f"Retry number {number}") for number in range(30)))
    assert found(services, "retry")[1] == 30
    store(database, entry("SK-030", "Retry at last"), entry("SK-000", "Rotate the keys", version=2))
    read: list[int] = []
    changed_since = knowledge.changed_since

    def watched(session: Session, revision: int) -> Iterator[list[knowledge.Searched]]:
        for rows in changed_since(session, revision):
            read.append(len(rows))
            yield rows

    monkeypatch.setattr(knowledge, "changed_since", watched)
    other = other_process(database_url, tmp_path)
    assert found(other, "retry")[1] == 30
    assert found(other, "keys")[0] == ["SK-000"]
    assert read == [2]
    other.close()
    database.write(lambda session: search_index.keep(session, 1, b"damaged"))
    third = other_process(database_url, tmp_path)
    assert found(third, "retry") == found(services, "retry")
    assert read[1:] == [31, 2]
    third.close()


def test_an_import_of_very_many_entries_leaves_nothing_to_read_for_the_first_query_of_any_process(
    services: Services, database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (finder, service):
        monkeypatch.setattr(module, "KEPT_FROM", 20)
    few = [entry(f"SK-{number:03d}", f"Retry number {number}") for number in range(19)]
    services.knowledge.take_in(few, NOW)
    assert database.read(lambda session: search_index.load(session, 1_000)) is None, "a few are read at once"
    many = [entry(f"SK-{number:03d}", f"Rotate key number {number}") for number in range(100, 125)]
    services.knowledge.take_in(many, NOW)
    assert database.read(lambda session: search_index.load(session, 1_000)) is not None
    monkeypatch.setattr(knowledge, "changed_since", lambda session, revision: pytest.fail("entries were read"))
    assert found(services, "retry")[1] == 19
    other = other_process(database_url, tmp_path)
    assert found(other, "rotate")[1] == 25
    other.close()
