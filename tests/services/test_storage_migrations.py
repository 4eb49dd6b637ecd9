"""Databases of earlier versions are brought up to date: without loss, as a whole or not at all, and once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from server.storage import checks, contracts, counters, engines, findings, schema, systems, tables
from server.storage.database import Database
from tests.house.source_tree import ROOT
from tests.services.processes import let_go_together

OPENER = Path(__file__).with_name("database_opener.py")

ROWS = (
    "INSERT INTO systems VALUES ('sys_old', 'Old', 'PRODUCTION', 'me', false, 3, 7, '', "
    '\'{"system": {"id": "sys_old", "name": "Old", "tier": "PRODUCTION"}, "version": 3, "revision": 7}\')',
    "INSERT INTO system_texts (system_id, title, body) VALUES ('sys_old', 'sys old', 'ancient words')",
    "INSERT INTO contract_versions VALUES ('CTR-001', 'sys_old', 1, true, 'r', '2026-01-01T00:00:00Z', 7, '{}')",
    "INSERT INTO findings VALUES ('FND-000001', 'f', 'consumers_unknown', 'LOW', 'sys_old', 's', 'm', 'OPEN', "
    "'2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '', '{}')",
    "INSERT INTO counters VALUES ('registry_revision', 7)",
    "INSERT INTO idempotency VALUES ('me', 'tool', 'k', 'h', '2026-01-01T00:00:00Z', '{}')",
)
"""What version 0001 may hold: a row in each of its tables."""


@contextmanager
def writing(url: str) -> Iterator[Engine]:
    """An engine for statements that go past the program."""
    from server.storage.database import _file_of

    readers, writers = engines.postgresql(url) if url.startswith("postgres") else engines.sqlite(_file_of(url))
    yield writers
    readers.dispose()
    writers.dispose()


def version(url: str) -> str:
    with writing(url) as engine, engine.connect() as connection:
        return schema.version_of(connection)


def table_names(url: str) -> set[str]:
    with writing(url) as engine, engine.connect() as connection:
        return set(inspect(connection).get_table_names())


@pytest.fixture
def old_url(new_database_url: str) -> str:
    """A database of version 0001 with rows in it."""
    with writing(new_database_url) as engine, engine.begin() as connection:
        schema.upgrade_to(connection, "0001")
        for statement in ROWS:
            connection.execute(text(statement.replace(":", r"\:")))
    assert version(new_database_url) == "0001"
    return new_database_url


def test_sto_03_a_database_of_the_previous_version_is_upgraded_with_everything_in_it(old_url: str) -> None:
    database = Database(old_url)
    [kept] = database.read(lambda session: list(systems.changed_since(session, 0)))
    assert (kept.id, kept.system.name, kept.version, kept.revision) == ("sys_old", "Old", 3, 7)
    assert database.read(lambda session: contracts.exists(session, "CTR-001"))
    assert [one.id for one in database.read(lambda session: findings.find(session))[0]] == ["FND-000001"]
    remembered = text("SELECT count(*) FROM idempotency")
    assert database.read(lambda session: session.connection().execute(remembered).scalar_one()) == 1
    assert database.write(systems.next_revision) == 8
    assert database.write(lambda session: checks.new_id(session, "2026-04-05")) == "CHK-2026-04-05-001"
    again = kept.model_copy(update={"version": 4, "revision": 8})
    database.write(lambda session: systems.save(session, again, search_text="newer words"))
    assert database.read(lambda session: systems.search_ids(session, "newer")) == ["sys_old"]
    database.close()
    assert version(old_url) == schema.HEAD


def test_sto_03_an_upgrade_that_fails_leaves_the_old_version_whole(
    old_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = table_names(old_url)
    upgrade = schema.upgrade_to

    def fail_at_the_end(connection: Connection, wanted: str) -> None:
        upgrade(connection, wanted)
        raise RuntimeError("the power went")

    monkeypatch.setattr(schema, "upgrade_to", fail_at_the_end)
    database = Database(old_url)
    with pytest.raises(RuntimeError):
        database.read(systems.revision)
    assert version(old_url) == "0001"
    assert table_names(old_url) == before
    monkeypatch.undo()
    assert database.read(systems.revision) == 7
    database.close()


@pytest.mark.parametrize("start", ["new", "old"])
def test_sto_03_processes_that_open_a_database_together_migrate_it_once(
    request: pytest.FixtureRequest, new_database_url: str, start: str
) -> None:
    if start == "old":
        request.getfixturevalue("old_url")
    with let_go_together(OPENER, [[new_database_url]] * 4) as running:
        told = [process.communicate() for process in running]
    assert [errors for _, errors in told if errors] == []
    first = 8 if start == "old" else 1
    assert sorted(int(answer) for answer, _ in told) == list(range(first, first + 4))


def test_sto_03_a_new_database_is_made_by_the_migrations(new_database_url: str) -> None:
    database = Database(new_database_url)
    assert database.read(lambda session: counters.present(session, "x")) == 0
    database.close()
    assert version(new_database_url) == schema.HEAD
    assert set(tables.metadata.tables) <= table_names(new_database_url)


def test_sto_02_the_tables_of_the_migrations_are_those_of_the_program(database_url: str) -> None:
    def is_declared(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        """Leaves out what only one of the databases has for its full-text search."""
        return not (
            (kind == "table" and str(name).startswith("system_search"))
            or (kind == "column" and name == "words")
            or (kind == "index" and name == "ix_system_texts_words")
        )

    with writing(database_url) as engine, engine.connect() as connection:
        options = {"version_table": schema.VERSION_TABLE, "include_object": is_declared, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []


def test_the_program_knows_the_newest_migration_without_looking() -> None:
    directory = ScriptDirectory(str(ROOT / "server" / "storage" / "migrations"))
    assert directory.get_heads() == [schema.HEAD]
