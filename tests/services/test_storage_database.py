"""Opening and using a database: lazily, and with an error that says what to do where it can't be used."""

import builtins
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from server.errors import InvalidArgument, StorageError
from server.storage import counters, policies, schema, systems
from server.storage.database import Database
from server.storage.present import Present, glimpse, present
from server.storage.session import Session
from tests.databases import PostgresServer
from tests.house.source_tree import ROOT


def refusal(url: str) -> StorageError:
    """What whoever uses this database is told."""
    database = Database(url)
    with pytest.raises(StorageError) as told:
        database.read(lambda session: None)
    with pytest.raises(StorageError):
        database.write(lambda session: None)
    database.close()
    assert told.value.hint
    return told.value


@pytest.mark.parametrize(
    "modules", ["server.storage.database", "server.storage.systems, server.storage.findings, server.storage.imports"]
)
def test_importing_storage_does_not_import_the_database_packages(modules: str) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert {"sqlmodel", "sqlalchemy", "alembic", "psycopg"} & set(done.stdout.split()) == set()


def test_opening_an_up_to_date_database_does_not_import_the_migrations(tmp_path: Path, migrated_file: Path) -> None:
    file = shutil.copyfile(migrated_file, tmp_path / "concord.db")
    code = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from server.storage.database import Database
from server.storage.present import Present, glimpse, present
database = Database("sqlite:///{file}")
database.write(lambda session: None)
database.close()
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "sqlmodel" in done.stdout.split()
    assert "alembic" not in done.stdout.split()


def test_nothing_is_opened_before_the_first_call(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/deep/down/concord.db")
    assert list(tmp_path.iterdir()) == []
    assert database.write(lambda session: counters.following(session, "n")) == 1
    database.close()
    assert (tmp_path / "deep" / "down" / "concord.db").exists()


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    file = tmp_path / "100% sure? #1 é.db"
    database = Database(f"sqlite:///{file}")
    assert database.write(lambda session: counters.following(session, "n")) == 1
    database.close()
    assert file.exists()


def test_sto_01_commits_are_synced_to_a_write_ahead_log(sqlite_database: Database) -> None:
    def settings(session: Session) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return {name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    assert sqlite_database.write(settings) == wanted
    assert sqlite_database.read(settings) == wanted


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises((StorageError, DBAPIError)):
        database.read(lambda session: counters.following(session, "n"))
    assert database.read(lambda session: counters.present(session, "n")) == 0


def test_sto_02_a_read_sees_one_state_while_others_write(database: Database) -> None:
    def look_twice(session: Session) -> tuple[int, int]:
        before = counters.present(session, "n")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(database.write, lambda inner: counters.following(inner, "n")).result(60)
        return before, counters.present(session, "n")

    assert database.read(look_twice) == (0, 0)
    assert database.read(lambda session: counters.present(session, "n")) == 1


def test_a_glance_sees_what_is_committed_and_can_be_taken_again_after_closing(sqlite_database: Database) -> None:
    count = "SELECT value FROM counters WHERE name = :name"
    assert sqlite_database.glance(count, {"name": "seen"}) is None
    for number in (1, 2):
        sqlite_database.write(lambda session: counters.following(session, "seen"))
        assert sqlite_database.glance(count, {"name": "seen"}) == (number,)
    sqlite_database.close()
    assert sqlite_database.glance(count, {"name": "seen"}) == (2,)
    assert sqlite_database.glance("SELECT nothing FROM nowhere", {}) is None


def test_a_glance_finds_what_a_session_finds_and_tells_of_nothing_where_it_takes_one(database: Database) -> None:
    database.write(lambda session: policies.revise(session, "p", lambda known: {"a": [1]}, now="2026-04-05T00:00:00Z"))
    database.write(systems.next_revision)
    whole = database.read(lambda session: present(session, "p"))
    assert whole == Present(1, 0, {"a": [1]}, False, 0, 0)
    assert glimpse(database, "p") == (None if database.url.startswith("postgres") else whole)


def test_many_threads_read_at_once(database: Database) -> None:
    everybody = Barrier(12)

    def read(session: Session) -> int:
        value = counters.present(session, "n")
        everybody.wait(60)
        return value

    with ThreadPoolExecutor(12) as pool:
        assert [answer.result(60) for answer in [pool.submit(database.read, read) for _ in range(12)]] == [0] * 12


def test_a_broken_constraint_is_the_operations_own_error(database: Database) -> None:
    def twice(session: Session) -> None:
        for _ in range(2):
            session.connection().execute(text("INSERT INTO counters (name, value) VALUES ('n', 1)"))

    with pytest.raises(IntegrityError):
        database.write(twice)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_cannot_say_is_refused(database: Database, number: float) -> None:
    from server.storage import checks

    document = {"check_id": "c", "check_timestamp": "", "source_system": "", "proposal_id": "", "verdict": ""}
    with pytest.raises(InvalidArgument, match="JSON"):
        database.write(lambda session: checks.save(session, document, {"number": number}))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    told = refusal(f"sqlite:///{tmp_path}/file/concord.db")
    assert str(tmp_path / "file") in told.message
    assert "CONCORD_HOME" in told.hint


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    assert "CONCORD_HOME" in refusal(f"sqlite:///{tmp_path}").hint


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("server.storage.locking.os.open", refuse)
    assert "can't be written: Permission denied" in refusal(f"sqlite:///{tmp_path}/concord.db").message


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("dear diary, " * 500, encoding="utf-8")
    told = refusal(f"sqlite:///{file}")
    assert "not a database" in told.message
    assert "CONCORD_DATABASE_URL" in told.hint
    assert file.read_text(encoding="utf-8") == "dear diary, " * 500


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://a:secret@b/c"])
def test_what_is_no_kept_database_is_told(url: str) -> None:
    assert "secret" not in refusal(url).message


def test_sto_03_a_database_of_a_newer_program_is_told_and_left_alone(new_database_url: str) -> None:
    database = Database(new_database_url)
    database.write(
        lambda session: session.connection().execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'"))
    )
    database.close()
    told = refusal(new_database_url)
    assert "newer" in told.message
    assert "9999" in told.message
    assert "Update" in told.hint


def test_a_database_of_another_program_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    assert "recipes" in refusal(f"sqlite:///{file}").message
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


def test_a_missing_driver_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def without_psycopg(name: str, *args: Any, **options: Any) -> Any:
        if name == "psycopg":
            raise ImportError(name)
        return really(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without_psycopg)
    assert refusal("postgresql://user:hunter2@localhost/concord").hint == "pip install 'concord-mcp[postgres]'"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:hunter2@127.0.0.1:1/concord",
        "postgres://user:hunter2@127.0.0.1:1/concord",
        "postgresql+psycopg://user:hunter2@127.0.0.1:1/concord",
        "postgresql://user:hunter2@[bad/concord",
        "postgresql://user:hunter2@127.0.0.1:notaport/concord",
        "postgresql://user:hun:ter2@127.0.0.1:1/concord?connect_timeout=1",
    ],
)
def test_a_server_that_cannot_be_reached_is_told_without_the_password(url: str) -> None:
    told = refusal(url)
    assert "hunter2" not in f"{told.message} {told.hint} {Database(url)!r}"
    assert "ter2" not in told.message


def test_a_missing_database_is_told(postgres_server: PostgresServer) -> None:
    told = refusal(postgres_server.url_of("nowhere"))
    assert "does not exist" in told.message
    assert "Create" in told.hint


def test_a_database_that_could_not_be_opened_is_tried_again(tmp_path: Path) -> None:
    obstacle = tmp_path / "home"
    obstacle.write_text("in the way", encoding="utf-8")
    database = Database(f"sqlite:///{obstacle}/concord.db")
    with pytest.raises(StorageError):
        database.read(lambda session: None)
    obstacle.unlink()
    assert database.write(lambda session: counters.following(session, "n")) == 1
    database.close()
