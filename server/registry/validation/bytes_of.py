"""Files read within bounds, with torn reads noticed; nothing is written, and nothing but plain files is opened."""

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime


class Torn(Exception):
    """The file changed while it was read."""


class Unreadable(Exception):
    """The file can't be read; the message says why."""


@dataclass(frozen=True)
class FileBytes:
    """What a file held at one moment."""

    data: bytes
    size: int
    written_at: datetime

    @property
    def whole(self) -> bool:
        """Whether all of it was read."""
        return len(self.data) >= self.size


def read_bytes(path: str, most: int) -> FileBytes:
    """The first `most` bytes of a plain file, as they stood at one moment.

    Raises FileNotFoundError, Unreadable (a device, a pipe, no permission), or Torn where it changed while it was read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except (OSError, ValueError) as error:
        raise Unreadable(said(error)) from None
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise Unreadable("it is no plain file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(most)
        after = os.fstat(descriptor)
    except OSError as error:
        raise Unreadable(said(error)) from None
    finally:
        os.close(descriptor)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or _replaced(path, after):
        raise Torn
    if len(data) < min(most, after.st_size):
        raise Torn
    return FileBytes(data, after.st_size, datetime.fromtimestamp(after.st_mtime, UTC))


def said(error: Exception) -> str:
    """Why the system refused, without the path."""
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error))[:200].lower()


def _replaced(path: str, opened: os.stat_result) -> bool:
    """Whether another file stands there by now: what was read is whole then, but no longer what is there."""
    try:
        there = os.stat(path)
    except OSError:
        return True
    return (there.st_ino, there.st_dev) != (opened.st_ino, opened.st_dev)
