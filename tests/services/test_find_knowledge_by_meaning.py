"""Shared entries ranked by meaning as well: vectors are made once, kept, never mixed, and never waited for long."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.app import build_services
from server.config import read_config
from server.knowledge.search import semantics
from server.services import Services
from server.storage import embeddings
from server.storage.database import Database
from server.storage.lazily import sql
from server.storage.session import Session
from tests.services.embeddings_endpoint import Endpoint, endpoint
from tests.services.knowledge_entries import entry, store
from tests.services.test_find_knowledge import NOW, found


@pytest.fixture
def served() -> Iterator[Endpoint]:
    with endpoint() as told:
        yield told


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def process(url: str, home: Path, served: Endpoint, model: str = "words") -> Services:
    """The services of a process that asks the endpoint."""
    told = {"CONCORD_EMBEDDINGS": served.url, "CONCORD_EMBEDDINGS_MODEL": model, "CONCORD_EMBEDDINGS_KEY": "sk-secret"}
    return build_services(read_config({"CONCORD_DATABASE_URL": url, "CONCORD_HOME": str(home), **told}))


def models(database: Database) -> list[tuple[str, int]]:
    """(model, vectors that are kept of it)."""

    def kept(session: Session) -> list[tuple[str, int]]:
        table = "knowledge_embeddings" if embeddings.stands(session) else "knowledge_vectors"
        asked = sql.text(f"SELECT model, count(*) FROM {table} GROUP BY model ORDER BY model")
        return [(row[0], row[1]) for row in session.connection().execute(asked)]

    return database.read(kept)


def test_an_entry_that_says_the_same_in_other_words_is_found(
    served: Endpoint, database: Database, database_url: str, tmp_path: Path
) -> None:
    services = process(database_url, tmp_path, served)
    store(
        database, entry("SK-001", "tomcat quotes"), entry("SK-002", "rotate the keys"), entry("SK-003", "upload twice")
    )
    assert found(services, "feline") == (["SK-001"], 1)
    page = services.knowledge.find(query="feline quotes", now=NOW)
    assert [one.id for one, _ in page.entries] == ["SK-001"]
    assert page.note == ""
    services.close()


def test_a_text_is_given_to_the_model_once_by_whichever_process_meets_it_first(
    served: Endpoint, database: Database, database_url: str, tmp_path: Path
) -> None:
    store(database, entry("SK-001", "tomcat quotes"), entry("SK-002", "rotate the keys"))
    for _ in range(2):
        services = process(database_url, tmp_path, served)
        found(services, "keys")
        found(services, "keys")
        services.close()
    assert sorted(text for text in served.texts if text != "keys") == [
        "rotate the keys\nrotate the keys",
        "tomcat quotes\ntomcat quotes",
    ]
    assert served.texts.count("keys") == 2, "once a process"
    services = process(database_url, tmp_path, served)
    found(services, "keys")
    store(
        database,
        entry("SK-002", "rotate the certificates", version=2),
        entry("SK-001", "tomcat quotes", status="ADOPTED", version=2),
    )
    found(services, "keys")
    assert served.texts[-1] == "rotate the certificates\nrotate the certificates"
    assert len(served.texts) == 6  # a new status is no new text
    services.close()


def test_vectors_of_different_models_never_meet(
    served: Endpoint, database: Database, database_url: str, tmp_path: Path
) -> None:
    store(database, entry("SK-001", "tomcat quotes"))
    for model in ("words", "letters"):
        services = process(database_url, tmp_path, served, model)
        assert found(services, "feline")[0] == ["SK-001"]
        services.close()
    place = served.url.removeprefix("http://")
    assert models(database) == [(f"{place}/letters", 1), (f"{place}/words", 1)]
    assert [body["model"] for _, _, body in served.asked] == ["words"] * 2 + ["letters"] * 2


def test_words_alone_count_with_a_note_where_the_model_gives_no_answer(
    served: Endpoint, database: Database, database_url: str, tmp_path: Path
) -> None:
    served.status = 500
    services = process(database_url, tmp_path, served)
    store(database, entry("SK-001", "tomcat quotes"), entry("SK-002", "rotate the keys"))
    page = services.knowledge.find(query="keys feline", now=NOW)
    assert [one.id for one, _ in page.entries] == ["SK-002"]
    assert page.note == "Ranked by words alone: 127.0.0.1 answered 500."
    assert "sk-secret" not in page.note
    services.close()


def test_many_new_entries_are_read_in_the_background_while_queries_go_by_words(
    served: Endpoint, database: Database, database_url: str, tmp_path: Path
) -> None:
    count = semantics.AT_ONCE + 100
    store(
        database,
        *(entry(f"SK-{number:03d}", "tomcat quotes" if number < 9 else "rotate the keys") for number in range(count)),
    )
    services = process(database_url, tmp_path, served)
    page = services.knowledge.find(query="quotes", now=NOW)
    assert page.total == 9
    assert page.note.startswith("Ranked by words alone for now: the model has read ")
    assert page.note.endswith(f" of {count} entries.")
    services.close()  # what it has begun to read is kept, the rest is left
    services = process(database_url, tmp_path, served)
    for _ in range(100):
        page = services.knowledge.find(query="feline", now=NOW)
        if not page.note:
            break
        services.knowledge.wait()
    assert (page.note, page.total) == ("", 9)
    assert models(database) == [(f"{served.url.removeprefix('http://')}/words", count)]
    services.close()


def test_without_a_model_nothing_is_kept_and_nothing_noted(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    told = {"CONCORD_DATABASE_URL": database_url, "CONCORD_HOME": str(tmp_path), "CONCORD_EMBEDDINGS": "off"}
    services = build_services(read_config(told))
    store(database, entry("SK-001", "tomcat quotes"))
    page = services.knowledge.find(query="quotes", now=NOW)
    assert (page.total, page.note, models(database)) == (1, "", [])
    services.close()
