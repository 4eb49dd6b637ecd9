"""What was rejected before is known as the database has it: what is new is read, what was superseded is forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest

from server.knowledge.warnings.rejected_before import Words
from server.knowledge.warnings.rejections import MOST_COMPARED, Rejections
from server.model.knowledge import KnowledgeEntry, KnowledgeStatus, KnowledgeType
from server.storage import knowledge
from server.storage.database import Database
from server.storage.knowledge import Stored
from tests.services.proposal_writer import opened

POLL = Words(approach="poll the price feed every second")


def entry(number: int, approach: str, **members: Any) -> KnowledgeEntry:
    values: dict[str, Any] = {
        "id": f"SK-{number:03d}",
        "type": KnowledgeType.ANTI_PATTERN,
        "title": "2 systems rejected it",
        "description": "Both saw more errors.",
        "source_system": "sys_a",
        "created": "2026-04-05",
        "expires": "2026-07-04",
        "approach": approach,
        **members,
    }
    return KnowledgeEntry(**values)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened(database_url).close()
    found = Database(database_url)
    yield found
    found.close()


def put(database: Database, *entries: KnowledgeEntry) -> None:
    def write(session: Any) -> None:
        revision = knowledge.next_revision(session)
        fresh = [one for one in entries if knowledge.load(session, one.id) is None]
        known = [one for one in entries if one not in fresh]
        at = {"at": 10 * revision, "now": 10 * revision, "revision": revision}
        knowledge.insert(session, [Stored(f"anti_pattern:{one.id}", one, {}) for one in fresh], **at)
        knowledge.save(session, [Stored(f"anti_pattern:{one.id}", one, {}) for one in known], **at)

    database.write(write)


def like(database: Database, rejections: Rejections, words: Words = POLL) -> list[str]:
    database.read(lambda session: rejections.catch_up(session, knowledge.revision(session)))
    return [one.id for one in rejections.like(words)]


def test_what_another_process_wrote_is_known_and_what_was_superseded_is_forgotten(database: Database) -> None:
    rejections = Rejections()
    assert like(database, rejections) == []
    put(database, entry(1, "poll the feed every second"), entry(2, "retry without backoff"))
    assert like(database, rejections) == ["SK-001"]
    put(database, entry(3, "poll prices each second"), entry(1, "cache for ever", version=2))
    assert like(database, rejections) == ["SK-003"], "what an entry said before is not what it says"
    gone = entry(3, "poll prices each second", version=2, status=KnowledgeStatus.SUPERSEDED, superseded_by="SK-009")
    put(database, gone)
    assert like(database, rejections) == []
    assert like(database, rejections, Words(title="Cache it for ever")) == ["SK-001"]


def test_only_what_is_newer_is_read(database: Database) -> None:
    rejections = Rejections()
    put(database, entry(1, "poll the feed every second"))
    assert like(database, rejections) == ["SK-001"]
    first = rejections.like(POLL)[0]
    put(database, entry(2, "poll the feed every minute"))
    assert like(database, rejections) == ["SK-001", "SK-002"]
    assert rejections.like(POLL)[0] is first


def test_other_kinds_of_entries_are_none(database: Database) -> None:
    rejections = Rejections()
    put(database, entry(1, "poll the feed every second", type=KnowledgeType.TRANSFERABLE_FIX))
    assert like(database, rejections) == []


def test_of_very_many_those_with_the_most_words_in_common_are_compared(database: Database) -> None:
    rejections = Rejections()
    many = [entry(number, f"poll thing {'abcdefghij'[number % 10] * 4}") for number in range(1, MOST_COMPARED + 50)]
    put(database, *many, entry(900, "poll the price feed every second"))
    found = like(database, rejections)
    assert len(found) == MOST_COMPARED
    assert "SK-900" in found
