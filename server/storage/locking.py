"""A fair lock between the processes that share one database file."""

import os
import sys
from pathlib import Path
from types import TracebackType

from server.errors import StorageError


class SharedLock:
    """Held by one process at a time, for as long as one group of writes takes.

    Every process locks the first byte (the turn) and then the second (the file itself), and gives up the turn as soon as
    it has the file. So whoever lets go of the file has to queue behind whoever has the turn, and nobody starves. The
    system frees both at once when their holder dies. Not for use by several threads.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._turn = -1
        self._held = -1

    def __enter__(self) -> None:
        self._open()
        _lock(self._turn)
        try:
            _lock(self._held)
        finally:
            _unlock(self._turn)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def taken_at_once(self) -> bool:
        """Whether the lock is held from now on, because nobody has it or waits for it."""
        self._open()
        if not _locked_at_once(self._turn):
            return False
        try:
            return _locked_at_once(self._held)
        finally:
            _unlock(self._turn)

    def release(self) -> None:
        """The next one may have it."""
        _unlock(self._held)

    def close(self) -> None:
        """The lock files are closed; the next use opens them again."""
        if self._held >= 0:
            os.close(self._turn)
            os.close(self._held)
            self._turn = self._held = -1

    def _open(self) -> None:
        if self._held < 0:
            self._turn = _opened(self._file.with_name(f"{self._file.name}.turn"))
            self._held = _opened(self._file)


def _opened(file: Path) -> int:
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise StorageError(
            f"The folder {file.parent} can't be written: {error.strerror}.",
            hint="Make it writable, or choose another with CONCORD_HOME or CONCORD_DATABASE_URL.",
        ) from error


if sys.platform == "win32":
    import errno
    import msvcrt

    def _lock(descriptor: int) -> None:
        """Waits for the first byte. The call gives up after ten seconds with EDEADLOCK, so it is repeated then."""
        while True:
            os.lseek(descriptor, 0, os.SEEK_SET)
            try:
                return msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
            except OSError as error:
                if error.errno not in (errno.EDEADLOCK, errno.EACCES):
                    raise

    def _locked_at_once(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno not in (errno.EDEADLOCK, errno.EACCES):
                raise
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _locked_at_once(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
