"""The lock between processes: whoever waits for it gets it before whoever has just had it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection

from server.storage import schema
from server.storage.database import Database
from server.storage.locking import SharedLock

fcntl = pytest.importorskip("fcntl")


def is_taken(file: Path) -> bool:
    """Whether somebody has this file locked."""
    with file.open("a+b") as opened:
        try:
            fcntl.flock(opened.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def until(condition: Callable[[], bool]) -> None:
    """Returns once the condition holds, which another thread brings about."""
    tick = threading.Event()
    for _ in range(20_000):
        if condition():
            return
        tick.wait(0.001)
    raise AssertionError("it never came true")


def test_sto_01_whoever_waits_for_the_file_gets_it_before_whoever_just_had_it(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    mine, theirs = SharedLock(file), SharedLock(file)
    order: list[str] = []

    def wait_and_have_it() -> None:
        with theirs:
            order.append("theirs")

    for _ in range(20):
        order.clear()
        with ThreadPoolExecutor(1) as pool:
            with mine:
                waiting = pool.submit(wait_and_have_it)
                until(lambda: is_taken(tmp_path / "lock.turn"))
            with mine:
                order.append("mine")
            waiting.result(60)
        assert order == ["theirs", "mine"]
    assert not is_taken(file)
    assert not is_taken(tmp_path / "lock.turn")
    mine.close()
    theirs.close()


def test_a_lock_that_was_closed_can_be_used_again(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    lock = SharedLock(file)
    for _ in range(2):
        with lock:
            assert is_taken(file)
        lock.close()
        lock.close()
        assert not is_taken(file)


def test_sto_03_a_file_is_migrated_while_no_other_process_can_write_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = schema.upgrade_to
    taken: list[bool] = []

    def look_and_upgrade(connection: Connection, wanted: str) -> None:
        taken.append(is_taken(tmp_path / "concord.db.lock"))
        upgrade(connection, wanted)

    monkeypatch.setattr(schema, "upgrade_to", look_and_upgrade)
    database = Database(f"sqlite:///{tmp_path}/concord.db")
    database.read(lambda session: None)
    database.close()
    assert taken == [True]


def test_a_lock_is_taken_at_once_only_where_nobody_has_it_or_waits_for_it(tmp_path: Path) -> None:
    first, second, waiting = (SharedLock(tmp_path / "lock") for _ in range(3))
    assert first.taken_at_once()
    assert not second.taken_at_once()
    has_it, go_on = threading.Event(), threading.Event()

    def wait_for_it() -> None:
        with waiting:
            has_it.set()
            assert go_on.wait(60)

    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(wait_for_it)
        first.release()
        assert has_it.wait(60)
        assert not second.taken_at_once()
        go_on.set()
        waited.result(60)
    assert second.taken_at_once()
    second.release()
    for lock in (first, second, waiting):
        lock.close()
