"""A fair lock between the processes that share one database file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Nobody else, in this process or another, is inside this context for the same file.

    The system queues those who wait, so that nobody starves, and frees the lock at once when its holder dies.
    """
    with file.open("a+b") as opened:
        if sys.platform == "win32":
            _lock_windows(opened.fileno())
        else:
            import fcntl

            fcntl.flock(opened.fileno(), fcntl.LOCK_EX)
        yield


def _lock_windows(descriptor: int) -> None:
    """Waits for the first byte; the call gives up after ten seconds, so it is repeated. Closing the file unlocks it."""
    import msvcrt

    while True:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]  # exists on Windows only
        except OSError:
            continue
        return
