"""PostgreSQL: many writers at once, each in a transaction of its own, tried again where they lose against each other."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from server.model.system import StoredSystem, System
from server.model.tier import Tier
from server.storage import counters, idempotency, systems
from server.storage.database import Database
from server.storage.session import Session
from tests.databases import emptied

Opened = Callable[[], Database]


@pytest.fixture
def another(migrated_postgres: str) -> Iterator[Opened]:
    """Opens the same empty database as another process would."""
    emptied(migrated_postgres)
    with ExitStack() as opened:

        def open_it() -> Database:
            database = Database(migrated_postgres)
            opened.callback(database.close)
            return database

        yield open_it


def test_sto_02_counters_give_no_number_twice(another: Opened) -> None:
    databases = [another() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        taken = [
            pool.submit(databases[turn % 4].write, lambda session: counters.following(session, "n"))
            for turn in range(80)
        ]
    assert sorted(one.result(60) for one in taken) == list(range(1, 81))


def test_sto_02_revisions_become_visible_in_their_order(another: Opened) -> None:
    writers, reader = [another() for _ in range(3)], another()

    def register(session: Session) -> int:
        revision = systems.next_revision(session)
        system = System(id=f"sys_{revision:03d}", tier=Tier.PRODUCTION)
        systems.save(session, StoredSystem(system=system, version=1, revision=revision), search_text="")
        return revision

    seen: list[int] = []
    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(writers[turn % 3].write, register) for turn in range(60)]
        while len(seen) < 60:
            newest = seen[-1] if seen else 0
            seen += [one.revision for one in reader.read(lambda session: list(systems.changed_since(session, newest)))]  # noqa: B023 -- read before the next turn
    assert seen == list(range(1, 61)), "whoever asks for what is new misses nothing"
    assert sorted(one.result(60) for one in running) == list(range(1, 61))


def test_sto_02_two_that_lock_each_other_out_are_both_done_in_the_end(another: Opened) -> None:
    first, second = another(), another()
    for name in ("a", "b"):
        first.write(lambda session, name=name: counters.following(session, name))  # type: ignore[misc]  # a default binds it
    both = threading.Barrier(2)
    tries: list[str] = []

    def crossing(one: str, other: str) -> Callable[[Session], None]:
        def operation(session: Session) -> None:
            counters.following(session, one)
            tries.append(one)
            if len(tries) <= 2:
                both.wait(60)
            counters.following(session, other)

        return operation

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(first.write, crossing("a", "b")), pool.submit(second.write, crossing("b", "a"))]
        assert [one.result(60) for one in done] == [None, None]
    assert len(tries) == 3, "one of the two was tried again"
    assert first.read(lambda session: [counters.present(session, name) for name in ("a", "b")]) == [3, 3]


def test_a_transaction_that_always_loses_is_given_up(another: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.storage.database._PAUSE", 0.0)
    tries: list[int] = []

    def losing(session: Session) -> None:
        tries.append(1)
        session.connection().execute(text("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$"))

    database = another()
    with pytest.raises(Exception, match="lost"):
        database.write(losing)
    assert len(tries) == 8


def test_sto_02_the_same_key_at_the_same_time_is_done_once(another: Opened) -> None:
    databases = [another() for _ in range(4)]
    everybody = threading.Barrier(4)
    done: list[int] = []

    def call(database: Database) -> dict[str, Any]:
        def operation(session: Session) -> dict[str, Any]:
            def do() -> dict[str, Any]:
                done.append(1)
                return {"number": counters.following(session, "n")}

            return idempotency.once(session, "me", "tool", "k", {}, now="2026-04-05T14:00:00Z", do=do)

        everybody.wait(60)
        return database.write(operation)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(call, databases))
    assert answers == [{"number": 1}] * 4
    assert done == [1]


def test_a_lost_connection_is_told_and_the_next_call_has_a_new_one(another: Opened) -> None:
    database, other = another(), another()

    def cut(session: Session) -> None:
        mine = session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()
        kill = text("SELECT pg_terminate_backend(:pid)")
        other.write(lambda inner: inner.connection().execute(kill, {"pid": mine}).close())
        counters.following(session, "n")

    with pytest.raises(Exception, match="terminat") as told:
        database.write(cut)
    assert not isinstance(told.value, OperationalError), "it is told as an error of the storage"
    assert database.write(lambda session: counters.following(session, "n")) == 1


def test_whoever_keeps_a_copy_hears_of_a_commit_that_failed(another: Opened) -> None:
    database = another()
    heard: list[str] = []
    database.on_batch_failed(lambda: heard.append("copy"))

    def wrong_at_commit(session: Session) -> None:
        for statement in (
            "CREATE TEMPORARY TABLE parents (id integer PRIMARY KEY)",
            "CREATE TEMPORARY TABLE children (parent integer REFERENCES parents DEFERRABLE INITIALLY DEFERRED)",
            "INSERT INTO children VALUES (1)",
        ):
            session.connection().execute(text(statement))

    with pytest.raises(Exception, match="foreign key"):
        database.write(wrong_at_commit)
    assert heard == ["copy"]
