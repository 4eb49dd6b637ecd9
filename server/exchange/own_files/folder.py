"""The files of a system's folder: only regular ones inside it, of a size that can be read, and text."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from server.model.moments import to_wire

LARGEST = 20_000_000
"""Bytes that a file may have."""
MOST_FILES = 50_000
"""Files of a folder that are looked at."""
DEEPEST = 4
"""Folders below the one that is looked through."""


@dataclass(frozen=True)
class OwnFile:
    """A file's text."""

    path: str
    """Below the system's folder, with `/`."""
    text: str
    digest: str
    written_at: str
    """When it was last changed: ISO 8601, UTC."""


@dataclass(frozen=True)
class Folder:
    """A system's folder. Links that lead out of it are not followed."""

    root: str
    """As it is on this machine, every link resolved."""

    @classmethod
    def at(cls, path: str) -> "Folder | None":
        """The folder of that name, where there is one."""
        try:
            real = os.path.realpath(path)
            return cls(real) if os.path.isdir(real) else None
        except (OSError, ValueError):
            return None

    def lies_in(self, folder: str) -> bool:
        """Whether it is that folder or lies below it."""
        return self.root == folder or self.root.startswith(folder.rstrip("/") + "/")

    def written_at(self, path: str) -> str:
        """When the file was last changed; empty where that can't be told."""
        try:
            return _moment(os.stat(os.path.join(self.root, path)).st_mtime)
        except (OSError, ValueError):
            return ""

    def is_there(self, path: str) -> bool:
        """Whether anything goes by this name."""
        return os.path.lexists(os.path.join(self.root, path))

    def holds(self, path: str) -> bool:
        """Whether what goes by this name lies in the folder, every link resolved."""
        real = os.path.realpath(os.path.join(self.root, path))
        return real.startswith(self.root.rstrip("/") + "/")

    def read(self, path: str) -> OwnFile | str:
        """The file, or why it can't be read."""
        real = os.path.realpath(os.path.join(self.root, path))
        if not self.holds(path):
            return "it leads out of the system's folder"
        try:
            descriptor = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        except (OSError, ValueError):
            return "it can't be opened"
        try:
            with os.fdopen(descriptor, "rb") as content:
                about = os.fstat(content.fileno())
                if not stat.S_ISREG(about.st_mode):
                    return "it is no file"
                data = content.read(LARGEST + 1) if about.st_size <= LARGEST else b""
        except OSError:
            return "it can't be read"
        if about.st_size > LARGEST or len(data) > LARGEST:
            return f"it is larger than {LARGEST // 1_000_000} MB"
        if b"\0" in data:
            return "it is no text"
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return f"it is no UTF-8 text (byte {error.start})"
        return OwnFile(path, text, hashlib.sha256(data).hexdigest(), _moment(about.st_mtime))

    def below(self, path: str) -> Iterator[str]:
        """The files in a folder of it and below, in the order of their names; hidden ones and links to folders left out."""
        top = os.path.join(self.root, path)
        seen = 0
        for place, folders, names in os.walk(top):
            inner = os.path.relpath(place, top).split(os.sep)
            folders[:] = sorted(name for name in folders if name[:1] != ".") if len(inner) < DEEPEST else []
            for name in sorted(names):
                if name[:1] == ".":
                    continue
                seen += 1
                if seen > MOST_FILES:
                    return
                yield os.path.relpath(os.path.join(place, name), self.root).replace(os.sep, "/")


def _moment(seconds: float) -> str:
    return to_wire(datetime.fromtimestamp(seconds, UTC))
