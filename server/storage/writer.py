"""Group commit: how a process writes to a SQLite file, one group at a time.

A write that nobody stands in the way of is done by the thread that asks for it. While one is under way, or another process
has the file, the others queue up, and a thread of its own writes all of them together.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from server.errors import StorageError
from server.storage.failures import clear_error, storage_error
from server.storage.locking import SharedLock
from server.storage.prepared import ask
from server.storage.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

T = TypeVar("T")

LARGEST_GROUP = 200
"""Writes that are committed together at most, so that other processes get their turn."""
PATIENCE = 30.0
"""Seconds that a write waits for its turn before it is called off."""


@dataclass
class _Operation:
    """One write, and what became of it."""

    run: Callable[[Session], Any]
    result: Any = None
    refused: BaseException | None = None
    """What the operation itself raised, or why nothing of it was written."""

    def outcome(self) -> Any:
        """What it returned, or else its error is raised: kept no longer, for its traceback leads back here."""
        if self.refused is None:
            return self.result
        try:
            raise self.refused
        finally:
            self.refused = None


@dataclass
class _Queued(_Operation):
    """One that somebody waits for while others write."""

    ended: "Future[None]" = field(default_factory=Future)


class GroupWriter:
    """Collects the writes of all threads; each is durable before it is acknowledged, and stands or falls alone."""

    def __init__(self, engine: "Engine", lock: SharedLock, url: str, failed: Callable[[], None]) -> None:
        self._engine = engine
        self._lock = lock
        self._url = url
        self._failed = failed
        self._connection: Connection | None = None
        """Stays open from one group to the next, until one is lost on it."""
        self._changed = threading.Condition()
        self._waiting: deque[_Queued] = deque()
        self._turn = threading.Lock()
        """Held by the thread that writes."""
        self._writing = 0
        """Which one that is; 0 for none."""
        self._closing = False
        self._thread = threading.Thread(target=self._write_groups, name="concord-writer", daemon=True)
        self._thread.start()

    def write(self, run: Callable[[Session], T]) -> T:
        """What the operation returns, once it is durable.

        Raises what the operation raises, or StorageError: then nothing of it was written.
        """
        if threading.get_ident() == self._writing:
            raise StorageError("A write was asked for inside a write.", hint="Use the session that is already open.")
        alone = _Operation(run)
        if self._written_at_once(alone):
            return alone.outcome()  # type: ignore[no-any-return]  # what run returns
        queued = _Queued(run)
        self._write_with_others(queued)
        return queued.outcome()  # type: ignore[no-any-return]  # what run returns

    def close(self) -> None:
        """Everything that was asked for is written, and the thread has ended."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        with self._turn:  # whoever writes at once is through
            self._disconnect()

    def _written_at_once(self, operation: _Operation) -> bool:
        """Whether the operation has ended, because nobody writes or waits, in this process or another."""
        if not self._turn.acquire(blocking=False):
            return False
        try:
            if self._closing or self._waiting or not self._lock.taken_at_once():
                return False
            lost: BaseException | None = None
            try:
                self._commit([operation])
            except BaseException as error:  # as in a group: whoever keeps a copy has to know
                lost = error
            finally:
                self._lock.release()
            if lost is not None:
                self._call_off([operation], lost)
            return True
        finally:
            self._turn.release()

    def _write_with_others(self, queued: _Queued) -> None:
        """The operation has ended. Raises StorageError where it was called off before its turn came."""
        with self._changed:
            if self._closing:
                raise StorageError("The database is being closed.")
            self._waiting.append(queued)
            self._changed.notify()
        try:
            queued.ended.result(PATIENCE)
        except TimeoutError:
            if queued.ended.cancel():
                raise StorageError(
                    "Another process has kept the database to itself; nothing was written.",
                    hint="Look for a stopped or hanging process that uses the same file, then repeat the call.",
                ) from None
            queued.ended.result()

    def _write_groups(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    return
            with self._turn:
                self._write_group()

    def _write_group(self) -> None:
        group: list[_Queued] = []
        lost: BaseException | None = None
        try:
            with self._lock:
                # What arrived while others had the file goes along.
                group = self._taken()
                if group:
                    self._commit(group)
        except BaseException as error:  # whatever it is, everyone who waits has to know that nothing was written
            lost = error
            group = group or self._taken()
        if lost is not None:
            self._call_off(group, lost)
        for queued in group:
            queued.ended.set_result(None)

    def _commit(self, group: Sequence[_Operation]) -> None:
        self._writing = threading.get_ident()
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            with self._connection.begin() as transaction:
                if len(group) > 1:
                    _run_apart(group, self._connection)
                elif not _done(group[0], self._connection):
                    transaction.rollback()
        except BaseException:
            self._disconnect()
            raise
        finally:
            self._writing = 0

    def _disconnect(self) -> None:
        """What is open on the connection is rolled back; the next group gets one whose state is known."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _taken(self) -> list[_Queued]:
        with self._changed:
            count = min(len(self._waiting), LARGEST_GROUP)
            taken = [self._waiting.popleft() for _ in range(count)]
        return [queued for queued in taken if queued.ended.set_running_or_notify_cancel()]

    def _call_off(self, group: Sequence[_Operation], lost: BaseException) -> None:
        """Nobody of this group has written anything; whoever keeps a copy of the database's state learns of it first."""
        try:
            self._failed()
        except BaseException as error:  # the writer goes on, and whoever waits is told of this, too
            error.__cause__ = lost
            lost = error
        for operation in group:
            told = clear_error(lost, self._url) or storage_error(str(getattr(lost, "orig", lost)), self._url)
            told.__cause__ = lost
            operation.refused = told


def _run_apart(group: Sequence[_Operation], connection: "Connection") -> None:
    """Each operation has run, or left no trace: in a savepoint of its own."""
    for operation in group:
        ask(connection, "SAVEPOINT operation")
        if not _done(operation, connection):
            ask(connection, "ROLLBACK TO operation")
        ask(connection, "RELEASE operation")


def _done(operation: _Operation, connection: "Connection") -> bool:
    """Whether the operation ran to its end, or else what it raised is kept.

    Raises where the whole transaction is lost to others.
    """
    try:
        operation.result = operation.run(Session(connection))
    except BaseException as error:  # whatever it is belongs to the one who asked
        operation.refused = error
        if not _in_transaction(connection):
            raise
        return False
    return True


def _in_transaction(connection: "Connection") -> bool:
    """SQLite ends a transaction by itself when the disk is full or can't be read."""
    return bool(connection.connection.in_transaction)
