"""Group commit: writes of one process are made durable together, and stand or fall alone."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError

from server.errors import Refused, StorageError
from server.storage import counters, writer
from server.storage.database import Database
from server.storage.locking import SharedLock
from server.storage.session import Session


def count_up(session: Session) -> int:
    return counters.following(session, "count")


def counted(database: Database) -> int:
    return database.read(lambda session: counters.present(session, "count"))


def until(condition: Callable[[], bool]) -> None:
    """Returns once the condition holds, which another thread brings about."""
    tick = threading.Event()
    for _ in range(20_000):
        if condition():
            return
        tick.wait(0.001)
    raise AssertionError("it never came true")


@contextmanager
def while_writing(database: Database) -> Iterator[Callable[..., "Future[Any]"]]:
    """A group is being written and cannot end; what is submitted inside waits for it, and makes up the next group."""
    begun, go_on = threading.Event(), threading.Event()

    def blocking(session: Session) -> None:
        begun.set()
        assert go_on.wait(60)

    with ThreadPoolExecutor(32) as pool:
        first = pool.submit(database.write, blocking)
        assert begun.wait(60)
        asked = 0

        def submit(operation: Callable[[Session], Any]) -> "Future[Any]":
            nonlocal asked
            asked += 1
            answer = pool.submit(database.write, operation)
            waiting = database._store._writer._waiting  # type: ignore[union-attr]  # a SQLite store
            until(lambda: len(waiting) == asked)
            return answer

        try:
            yield submit
        finally:
            go_on.set()
        first.result(60)


@pytest.fixture
def commits() -> Iterator[list[str]]:
    """Grows by one entry for every transaction that is committed."""
    seen: list[str] = []

    def note(connection: Any) -> None:
        seen.append("commit")

    event.listen(Engine, "commit", note)
    yield seen
    event.remove(Engine, "commit", note)


def test_sto_01_writes_that_wait_are_committed_together(sqlite_database: Database, commits: list[str]) -> None:
    with while_writing(sqlite_database) as submit:
        before = len(commits)
        answers = [submit(count_up) for _ in range(20)]
    assert [answer.result(60) for answer in answers] == list(range(1, 21))
    assert len(commits) - before == 2, "one for the group that was being written, one for all twenty"
    assert counted(sqlite_database) == 20


def test_a_write_that_nobody_stands_in_the_way_of_is_done_by_its_own_thread(sqlite_database: Database) -> None:
    assert sqlite_database.write(lambda session: threading.get_ident()) == threading.get_ident()
    with while_writing(sqlite_database) as submit:
        others = {submit(lambda session: threading.current_thread().name) for _ in range(2)}
    assert {other.result(60) for other in others} == {"concord-writer"}


def test_sto_01_an_operation_that_fails_alone_leaves_no_trace_and_the_next_is_written(
    sqlite_database: Database, commits: list[str]
) -> None:
    def failing(session: Session) -> None:
        count_up(session)
        raise Refused("on second thought")

    before = len(commits)
    with pytest.raises(Refused):
        sqlite_database.write(failing)
    assert len(commits) == before
    assert counted(sqlite_database) == 0
    assert sqlite_database.write(count_up) == 1
    assert counted(sqlite_database) == 1


def test_a_group_is_not_larger_than_its_limit(
    sqlite_database: Database, commits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "LARGEST_GROUP", 4)
    with while_writing(sqlite_database) as submit:
        before = len(commits)
        answers = [submit(count_up) for _ in range(10)]
    assert sorted(answer.result(60) for answer in answers) == list(range(1, 11))
    assert len(commits) - before == 1 + 3


def test_sto_01_an_operation_that_fails_takes_no_other_with_it(sqlite_database: Database) -> None:
    def count_and_fail(session: Session) -> int:
        counters.following(session, "count", 1_000)
        raise Refused("not today")

    def count_and_break_a_rule(session: Session) -> None:
        counters.following(session, "count", 1_000)
        session.connection().execute(text("INSERT INTO counters (name, value) VALUES ('count', 7)"))

    with while_writing(sqlite_database) as submit:
        answers = [submit(one) for one in (count_up, count_and_fail, count_up, count_and_break_a_rule, count_up)]
    assert [answers[0].result(60), answers[2].result(60), answers[4].result(60)] == [1, 2, 3]
    assert isinstance(answers[1].exception(60), Refused)
    assert isinstance(answers[3].exception(60), IntegrityError), "its own error, not one of the storage"
    assert counted(sqlite_database) == 3


@pytest.mark.parametrize("error", [ValueError("mine"), FileNotFoundError("mine"), TimeoutError("mine"), SystemExit(3)])
def test_what_an_operation_raises_reaches_its_caller_unchanged(database: Database, error: BaseException) -> None:
    def failing(session: Session) -> None:
        counters.following(session, "count")
        raise error

    with pytest.raises(type(error)) as caught:
        database.write(failing)
    assert caught.value is error
    assert counted(database) == 0
    assert database.write(count_up) == 1


def break_at_commit(session: Session) -> None:
    """Writes something that SQLite finds wrong only when it commits."""
    for statement in (
        "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
        "CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
        "INSERT INTO children VALUES (1)",
    ):
        session.connection().execute(text(statement))


def test_sto_01_a_commit_that_fails_is_told_to_everyone_in_the_group(sqlite_database: Database) -> None:
    def refusing(session: Session) -> None:
        raise Refused("because of what I saw")

    with while_writing(sqlite_database) as submit:
        answers = [submit(one) for one in (count_up, break_at_commit, refusing, count_up)]
    errors = [answer.exception(60) for answer in answers]
    assert [type(error) for error in errors] == [StorageError] * 4
    assert len({id(error) for error in errors}) == 4
    assert "FOREIGN KEY" in str(errors[0])
    assert counted(sqlite_database) == 0
    assert sqlite_database.write(count_up) == 1


def test_whoever_keeps_a_copy_hears_of_a_failed_commit_before_anybody_else(sqlite_database: Database) -> None:
    heard: list[str] = []
    sqlite_database.on_batch_failed(lambda: heard.append("copy"))
    assert sqlite_database.write(count_up) == 1
    with pytest.raises(StorageError):
        sqlite_database.write(break_at_commit)
    assert heard == ["copy"]


def test_a_failing_hook_leaves_nobody_waiting(sqlite_database: Database) -> None:
    def hook() -> None:
        raise RuntimeError("the hook itself")

    sqlite_database.on_batch_failed(hook)
    with pytest.raises(StorageError):
        sqlite_database.write(break_at_commit)
    assert sqlite_database.write(count_up) == 1


def test_sto_01_a_full_disk_is_told_and_nothing_is_half_written(sqlite_database: Database) -> None:
    def limit(pages: int) -> Callable[[Session], None]:
        return lambda session: session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()

    def count_and_fill(session: Session) -> None:
        counters.following(session, "count", 1_000)
        session.connection().execute(
            text("INSERT INTO counters (name, value) VALUES (:name, 1)"), {"name": "x" * 3_000_000}
        )

    sqlite_database.write(limit(200))
    with while_writing(sqlite_database) as submit:
        answers = [submit(one) for one in (count_up, count_and_fill, count_up)]
    full = answers[1].exception(60)
    assert isinstance(full, StorageError)
    assert "full" in full.message
    assert "space" in full.hint
    acknowledged = [answer for answer in (answers[0], answers[2]) if answer.exception(60) is None]
    assert counted(sqlite_database) == len(acknowledged)
    sqlite_database.write(limit(100_000))
    assert sqlite_database.write(count_up) == len(acknowledged) + 1


def test_a_write_inside_a_write_is_refused_rather_than_waiting_for_itself(sqlite_database: Database) -> None:
    with pytest.raises(StorageError, match="inside a write"):
        sqlite_database.write(lambda session: sqlite_database.write(count_up))


def test_a_read_goes_on_beside_a_write_and_sees_only_what_is_committed(sqlite_database: Database) -> None:
    def count_and_look(session: Session) -> tuple[int, int]:
        return count_up(session), counted(sqlite_database)

    assert sqlite_database.write(count_and_look) == (1, 0)
    assert counted(sqlite_database) == 1


def test_a_write_that_never_gets_its_turn_is_called_off(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sqlite_database.write(count_up) == 1
    monkeypatch.setattr(writer, "PATIENCE", 0.05)
    other = SharedLock(Path(sqlite_database.url.removeprefix("sqlite:///") + ".lock"))
    ran: list[int] = []
    with ThreadPoolExecutor(1) as pool, other:
        # The first one wakes the writer, which then waits for the lock; both are called off before they run.
        for _ in range(2):
            answer = pool.submit(sqlite_database.write, lambda session: ran.append(count_up(session)))
            with pytest.raises(StorageError, match="nothing was written"):
                answer.result(60)
    other.close()
    monkeypatch.undo()
    assert sqlite_database.write(count_up) == 2
    assert ran == []


def test_closing_writes_what_was_asked_for_and_the_next_call_opens_again(sqlite_database: Database) -> None:
    with ThreadPoolExecutor(1) as pool, while_writing(sqlite_database) as submit:
        answers = [submit(count_up) for _ in range(3)]
        closing = pool.submit(sqlite_database.close)
        until(lambda: sqlite_database._store._writer._closing)  # type: ignore[union-attr]  # a SQLite store
    closing.result(60)
    assert [answer.result(60) for answer in answers] == [1, 2, 3]
    assert sqlite_database.write(count_up) == 4
