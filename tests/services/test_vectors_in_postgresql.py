"""Vectors of shared entries on PostgreSQL: a column of the extension where there is one, bytes elsewhere, the same hits."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from server.services import Services
from server.storage import embeddings
from server.storage.database import Database
from server.storage.lazily import sql
from server.storage.vectors import Vector
from tests.databases import PostgresServer
from tests.services.embeddings_endpoint import Endpoint, endpoint
from tests.services.knowledge_entries import entry, store
from tests.services.test_find_knowledge import NOW, found
from tests.services.test_find_knowledge_by_meaning import process

TITLES = (
    "tomcat quotes",
    "rotate the keys",
    "upload twice",
    "quotes of the feed",
    "keys of the archive",
    "feline archive",
)
QUERIES = ("feline", "quotes", "keys feline", "archive of the keys twice", "nothing alike")


@pytest.fixture
def served() -> Iterator[Endpoint]:
    with endpoint() as told:
        yield told


@pytest.fixture
def url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database that nobody has opened yet."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


def counted(database: Database, table: str) -> int:
    """Rows of a table."""
    asked = sql.text(f"SELECT count(*) FROM {table}")
    return int(database.read(lambda session: session.connection().execute(asked).scalar_one()))


def pages(services: Services) -> list[list[tuple[str, float | None]]]:
    """What each query finds: ids with scores, of every filter once."""
    return [
        [(one.id, score) for one, score in services.knowledge.find(query=query, kind=kind, limit=7, now=NOW).entries]
        for query in QUERIES
        for kind in ("", "anti_pattern")
    ]


def filled(database: Database) -> None:
    """Thirty entries of five titles, each with a word of its own."""
    kinds = ("transferable_fix", "anti_pattern", "best_practice")
    store(
        database,
        *(
            entry(f"SK-{number:03d}", f"{TITLES[number % 6]} case{number}", type=kinds[number % 3])
            for number in range(30)
        ),
    )


def test_the_column_and_the_bytes_give_the_same_hits(
    served: Endpoint, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {}
    for place in (url, f"sqlite:///{tmp_path / 'concord.db'}"):
        database = Database(place)
        filled(database)
        services = process(place, tmp_path, served)
        told[place] = pages(services)
        services.close()
        assert counted(database, "knowledge_vectors") == (0 if place == url else 30)
        database.close()
    in_column, in_memory = told.values()
    assert [[one for one, _ in page] for page in in_column] == [[one for one, _ in page] for page in in_memory]
    for ours, theirs in zip(in_column, in_memory, strict=True):
        assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], abs=2e-4)
    assert any(len(page) == 7 for page in in_column)
    database = Database(url)
    assert counted(database, "knowledge_embeddings") == 30
    store(database, entry("SK-000", "rotate the certificates", version=2))
    services = process(url, tmp_path, served)
    assert "SK-000" in found(services, "certificates")[0]
    assert served.texts[-1] == "rotate the certificates\nrotate the certificates"
    assert counted(database, "knowledge_embeddings") == 30  # in place of what was kept
    services.close()
    database.close()


def test_vectors_that_were_kept_as_bytes_go_into_the_column_once_it_can_be_made(
    served: Endpoint, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(url)
    filled(database)
    with monkeypatch.context() as without:
        without.setattr(embeddings, "may_stand", lambda session: False)
        services = process(url, tmp_path, served)
        before = pages(services)
        services.close()
    assert counted(database, "knowledge_vectors") == 30
    asked = len(served.asked)
    services = process(url, tmp_path, served)
    assert pages(services) == before
    services.close()
    assert len(served.asked) == asked + len(QUERIES), "only the queries: no entry is read by the model again"
    assert (counted(database, "knowledge_vectors"), counted(database, "knowledge_embeddings")) == (0, 30)
    database.close()


def test_a_role_that_may_not_create_the_extension_finds_by_meaning_all_the_same(
    served: Endpoint, postgres_server: PostgresServer, url: str, tmp_path: Path
) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    role = f"role_{name}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN".encode())
        connection.execute(f"ALTER DATABASE {name} OWNER TO {role}".encode())
    try:
        as_role = url.replace("//postgres", f"//{role}", 1)
        database = Database(as_role)
        filled(database)
        services = process(as_role, tmp_path, served)
        page = services.knowledge.find(query="feline", now=NOW)
        services.close()
        assert page.note == ""
        assert {one.id for one, _ in page.entries} >= {"SK-000", "SK-005"}
        assert counted(database, "knowledge_vectors") == 30
        assert not database.read(embeddings.stands)
        database.close()
    finally:
        postgres_server.drop(url)
        with psycopg.connect(postgres_server.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP ROLE {role}".encode())


def test_a_vector_of_no_length_is_like_nothing_and_hides_nothing(url: str) -> None:
    database = Database(url)
    store(database, entry("SK-001", "tomcat quotes"), entry("SK-002", "rotate the keys"))
    assert database.write(embeddings.establish)
    assert database.write(embeddings.establish), "made already"
    one, none = b"\0\0\x80\x3f" + b"\0" * 4, b"\0" * 8
    rows = [Vector("SK-001", "a", none), Vector("SK-002", "b", one)]
    database.write(lambda session: embeddings.keep(session, "m", rows))
    assert database.read(lambda session: embeddings.nearest(session, "m", one, 9)) == [("SK-002", 1.0), ("SK-001", 0.0)]
    assert database.read(lambda session: embeddings.nearest(session, "other", one, 9)) == []
    assert database.read(lambda session: embeddings.centre(session, "m", 2)) == (2, (0.5, 0.0))
    assert database.read(lambda session: embeddings.centre(session, "m", 3)) == (0, ())
    database.close()


def test_no_other_database_is_asked_for_the_column(sqlite_database: Database) -> None:
    assert not sqlite_database.read(embeddings.stands)
    assert not sqlite_database.read(embeddings.may_stand)
