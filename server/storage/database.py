"""The database: opened at the first call, read from several threads, written in groups that are durable before they are acknowledged.

SQLite has one writer at a time. It takes a fair lock that all processes on the file share, runs each write in a savepoint of
its own, commits once, and only then answers. A write that nobody stands in the way of is done by its own thread; what has to
wait is collected, and written by another thread all together. On PostgreSQL each write is its own transaction.
"""

import random
import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from server.errors import StorageError
from server.storage.failures import told_clearly, without_password
from server.storage.locking import SharedLock
from server.storage.session import Session
from server.storage.writer import GroupWriter

if TYPE_CHECKING:
    from sqlalchemy import Engine, PoolProxiedConnection

T = TypeVar("T")

TRIES = {"40001": 8, "40P01": 8, "23505": 3}
"""How often a PostgreSQL transaction is tried that loses against another, by the code of the error: serialisation failure,
deadlock, and a row that somebody else inserted first (the next try sees it)."""
_PAUSE = 0.005
"""Seconds before the second try; doubled each time, and varied so that two don't meet again."""


class Database:
    """One database by its URL: `sqlite:///FILE` or `postgresql://…`. Nothing is opened before the first call."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opening = threading.Lock()
        self._store: _Sqlite | _Postgres | None = None
        self._failure_hooks: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        return f"Database({without_password(self.url)!r})"

    def read(self, query: Callable[[Session], T]) -> T:
        """What the query finds in one consistent state of the database; it can't write.

        Raises StorageError where the database can't be used, else whatever the query raises.
        """
        return self._opened().read(query)

    def glance(self, statement: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The one row that a query in SQLite's words finds, without the ceremony of a session around it.

        None where the database is another one, or can't be read so: then `read` finds it, or tells what is wrong.
        """
        return self._opened().glance(statement, parameters)

    def write(self, operation: Callable[[Session], T]) -> T:
        """What the operation returns, once everything it wrote is durable; where it raises, nothing of it is written.

        The operation leaves commit and rollback to this call. On PostgreSQL it may run again from the start, where it lost
        against another. Raises StorageError where the database
        can't be used, else whatever the operation raises.
        """
        return self._opened().write(operation)

    def on_batch_failed(self, hook: Callable[[], None]) -> None:
        """`hook` is called when writes that had already run could not be committed, before anyone hears of it."""
        self._failure_hooks.append(hook)

    def close(self) -> None:
        """What was asked for is written, and every connection closed; a later call opens the database again."""
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
                import server.storage.tables  # noqa: F401 -- now, for the first write that needs it has the file to itself

                kind = _Postgres if self.url.startswith("postgres") else _Sqlite
                self._store = kind(self.url, self._failed)
            return self._store

    def _failed(self) -> None:
        for hook in self._failure_hooks:
            hook()


class _Sqlite:
    """A file, one writing thread, and a connection for each reader."""

    def __init__(self, url: str, failed: Callable[[], None]) -> None:
        from server.storage import engines
        from server.storage.schema import bring_up_to_date

        file = _file_of(url)
        self._url = url
        self._lock = SharedLock(file.with_name(f"{file.name}.lock"))
        self._readers, writing = engines.sqlite(file)
        self._engines = (self._readers, writing)
        try:
            with told_clearly(url):
                bring_up_to_date(self._readers, writing, self._lock)
        except BaseException:
            self._dispose()
            raise
        self._writer = GroupWriter(writing, self._lock, url, failed)
        self._glancing = threading.Lock()
        self._glancer: PoolProxiedConnection | None = None
        """A reader's connection that stays with those who only glance."""

    def glance(self, statement: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
        import sqlite3

        with self._glancing:
            try:
                if self._glancer is None:
                    self._glancer = self._readers.raw_connection()
                cursor = self._glancer.cursor()
                cursor.execute(statement, parameters)
                row: tuple[Any, ...] | None = cursor.fetchone()
                cursor.close()
            except sqlite3.Error:
                return None
            return row

    def read(self, query: Callable[[Session], T]) -> T:
        with told_clearly(self._url):
            return _found(self._readers, query)

    def write(self, operation: Callable[[Session], T]) -> T:
        with told_clearly(self._url):
            return self._writer.write(operation)

    def close(self) -> None:
        self._writer.close()
        with self._glancing:
            if self._glancer is not None:
                self._glancer.close()
                self._glancer = None
        self._dispose()

    def _dispose(self) -> None:
        for engine in self._engines:
            engine.dispose()
        self._lock.close()


class _Postgres:
    """A server that many machines may share."""

    def __init__(self, url: str, failed: Callable[[], None]) -> None:
        from server.storage import engines
        from server.storage.schema import bring_up_to_date

        self._url = url
        self._failed = failed
        self._one_at_a_time = threading.Lock()
        with told_clearly(url):
            self._readers, self._engine = engines.postgresql(url)
            try:
                bring_up_to_date(self._readers, self._engine, nullcontext())
            except BaseException:
                self._engine.dispose()
                raise

    def read(self, query: Callable[[Session], T]) -> T:
        with told_clearly(self._url):
            return _found(self._readers, query)

    def glance(self, statement: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
        return None

    def write(self, operation: Callable[[Session], T]) -> T:
        # One write of this process at a time, as on SQLite: an area may keep what it wrote in memory, and is told of a
        # failed commit before its next write begins.
        with told_clearly(self._url), self._one_at_a_time:
            tried = 0
            while True:
                tried += 1
                try:
                    return self._attempt(operation)
                except Exception as error:
                    if tried >= _tries(error):
                        raise
                threading.Event().wait(_PAUSE * 2**tried * random.uniform(0.5, 1.5))

    def close(self) -> None:
        self._engine.dispose()

    def _attempt(self, operation: Callable[[Session], T]) -> T:
        with self._engine.connect() as connection:
            transaction = connection.begin()
            result = operation(Session(connection))
            try:
                transaction.commit()
            except BaseException:
                transaction.rollback()
                self._failed()
                raise
            return result


def _file_of(url: str) -> Path:
    """The file that a SQLite URL names, its folder made where it is missing."""
    name = url.removeprefix("sqlite:///")
    if not url.startswith("sqlite:///") or name in ("", ":memory:"):
        raise StorageError(
            f"{without_password(url)} names no database that is kept.",
            hint="Use sqlite:///FILE or postgresql://USER@HOST/NAME.",
        )
    file = Path(name)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {file.parent} can't be made: {error.strerror}.",
            hint="Choose another with CONCORD_HOME or CONCORD_DATABASE_URL.",
        ) from error
    return file


def _found(engine: "Engine", query: Callable[[Session], T]) -> T:
    with engine.begin() as connection:
        return query(Session(connection))


def _tries(error: Exception) -> int:
    """How often an operation is tried at most that ends in this error."""
    from sqlalchemy.exc import DBAPIError

    code = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return TRIES.get(str(code), 1)
