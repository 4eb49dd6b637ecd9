"""The database: opened at the first call, read from several threads, written in groups that are durable before they are acknowledged.

SQLite has one writer at a time. All writes of this process go through one thread: it collects what is waiting, takes a
fair lock that all processes on the file share, runs each write in a savepoint of its own, commits once, and only then
answers. On PostgreSQL each write is its own transaction.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from server.errors import ConcordError, StorageError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

T = TypeVar("T")
Operation = Callable[["Session"], Any]

LARGEST_GROUP = 200
"""Writes that are committed together at most."""
RETRIES = 8
"""How often a PostgreSQL transaction is tried that lost against another."""
_LOST_AGAINST_ANOTHER = ("40001", "40P01")


class Database:
    """One database by its URL: `sqlite:///FILE` or `postgresql://…`. Nothing is opened before the first call."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opening = threading.Lock()
        self._store: _Sqlite | _Postgres | None = None
        self._failure_hooks: list[Callable[[], None]] = []

    def read(self, query: Callable[["Session"], T]) -> T:
        """What the query finds in one consistent state of the database."""
        return self._opened().read(query)

    def write(self, operation: Callable[["Session"], T]) -> T:
        """What the operation returns, once everything it wrote is durable; where it raises, nothing of it is written."""
        return self._opened().write(operation)

    def on_batch_failed(self, hook: Callable[[], None]) -> None:
        """`hook` is called when writes that had already run could not be committed."""
        self._failure_hooks.append(hook)

    def close(self) -> None:
        """Every connection is closed; a later call opens the database again."""
        with self._opening:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _opened(self) -> "_Sqlite | _Postgres":
        store = self._store
        if store is not None:
            return store
        with self._opening:
            if self._store is None:
                with _telling_what_failed(self.url):
                    self._store = (
                        _Postgres(self.url) if self.url.startswith("postgres") else _Sqlite(self.url, self._failed)
                    )
            return self._store

    def _failed(self) -> None:
        for hook in self._failure_hooks:
            hook()


class _Sqlite:
    def __init__(self, url: str, failed: Callable[[], None]) -> None:
        from server.storage import engines
        from server.storage.locking import exclusive
        from server.storage.schema import bring_up_to_date

        self.file = Path(url.removeprefix("sqlite:///"))
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._lock_file = self.file.with_name(self.file.name + ".lock")
        self._readers, self._writer = engines.sqlite(self.file)
        self._url = url
        self._failed = failed
        with exclusive(self._lock_file):
            bring_up_to_date(self._writer)
        self._waiting: queue.SimpleQueue[tuple[Operation, Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_groups, name="concord-writer", daemon=True)
        self._thread.start()

    def read(self, query: Callable[["Session"], T]) -> T:
        with _telling_what_failed(self._url):
            return _in_session(self._readers, query)

    def write(self, operation: Callable[["Session"], T]) -> T:
        if threading.current_thread() is self._thread:
            raise StorageError("A write was asked for inside a write.", hint="Use the session that is already open.")
        answer: Future[T] = Future()
        self._waiting.put((operation, answer))
        with _telling_what_failed(self._url):
            return answer.result()

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join()
        self._readers.dispose()
        self._writer.dispose()

    def _write_groups(self) -> None:
        closing = False
        while not closing:
            first = self._waiting.get()
            group = [first]
            while len(group) < LARGEST_GROUP and not self._waiting.empty():
                group.append(self._waiting.get())
            closing = None in group
            self._write_group([entry for entry in group if entry is not None])

    def _write_group(self, group: list[tuple[Operation, "Future[Any]"]]) -> None:
        from sqlmodel import Session

        from server.storage.locking import exclusive

        if not group:
            return
        done: list[tuple[Future[Any], Any]] = []
        refused: list[tuple[Future[Any], BaseException]] = []
        try:
            with exclusive(self._lock_file), Session(self._writer, expire_on_commit=False) as session:
                for operation, answer in group:
                    savepoint = session.begin_nested()
                    try:
                        result = operation(session)
                        session.flush()
                        savepoint.commit()
                        done.append((answer, result))
                    except BaseException as error:  # whatever it is belongs to the one who asked
                        savepoint.rollback()
                        session.expunge_all()
                        refused.append((answer, error))
                session.commit()
        except BaseException as lost:  # nothing was committed: everyone who waits has to know
            self._failed()
            told = {id(answer) for answer, _ in refused}
            refused += [(answer, lost) for _, answer in group if id(answer) not in told]
            done = []
        for answer, result in done:
            answer.set_result(result)
        for answer, reason in refused:
            answer.set_exception(reason)


class _Postgres:
    def __init__(self, url: str) -> None:
        from server.storage import engines
        from server.storage.schema import bring_up_to_date

        self._url = url
        self._engine = engines.postgresql(url)
        bring_up_to_date(self._engine)

    def read(self, query: Callable[["Session"], T]) -> T:
        with _telling_what_failed(self._url):
            return _in_session(self._engine, query)

    def write(self, operation: Callable[["Session"], T]) -> T:
        from sqlalchemy.exc import DBAPIError
        from sqlmodel import Session

        with _telling_what_failed(self._url):
            for attempt in range(RETRIES):
                try:
                    with Session(self._engine, expire_on_commit=False) as session:
                        result = operation(session)
                        session.commit()
                        return result
                except DBAPIError as error:
                    lost = getattr(error.orig, "sqlstate", None) in _LOST_AGAINST_ANOTHER
                    if not lost or attempt == RETRIES - 1:
                        raise
        raise AssertionError("the loop returns or raises")

    def close(self) -> None:
        self._engine.dispose()


def _in_session(engine: "Engine", query: Callable[["Session"], T]) -> T:
    from sqlmodel import Session

    with Session(engine) as session:
        return query(session)


class _telling_what_failed:  # noqa: N801 -- used like a function
    """Turns what the database's driver raises into one clear error, without a password in it."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, ConcordError):
            return
        if isinstance(error, OSError):
            raise StorageError(
                f"The database can't be opened: {error.strerror or 'input/output error'} ({self._place()}).",
                hint="Choose another folder with CONCORD_HOME or CONCORD_DATABASE_URL.",
            ) from error
        if type(error).__module__.startswith(("sqlalchemy", "sqlite3", "psycopg")):
            said = str(getattr(error, "orig", None) or error).strip().splitlines()[0][:200]
            raise StorageError(f"The database refused: {said} ({self._place()}).", hint=_hint_for(said)) from error

    def _place(self) -> str:
        from server.storage.engines import without_password

        return without_password(self._url)


def _hint_for(said: str) -> str:
    hints = {
        "not a database": "The file is something else. Choose another with CONCORD_DATABASE_URL.",
        "malformed": "The file is damaged. Restore a copy of it.",
        "disk": "Free some space on the disk.",
        "readonly": "Make the file and its folder writable.",
        "unable to open": "Make sure that the folder exists and is writable.",
        "connection": "Check that the database server runs and can be reached.",
        "password": "Check user and password in CONCORD_DATABASE_URL.",
    }
    return next((hint for words, hint in hints.items() if words in said.lower()), "Run `concord doctor`.")
