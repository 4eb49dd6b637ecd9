"""Going through folders read-only and within bounds: which files there are, and the text of those that are asked for."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from server.registry.discovery import property_lists

_SKIPPED = frozenset(
    ".git .hg .svn node_modules bower_components __pycache__ .mypy_cache .ruff_cache .pytest_cache .tox .nox .cache .npm .yarn .pnpm-store "
    ".cargo .rustup .gradle .m2 .ivy2 .terraform .next .nuxt .svelte-kit .parcel-cache .turbo .eggs .ipynb_checkpoints site-packages "
    "dist-packages vendor .venv venv .virtualenv virtualenv .direnv .pyenv .asdf .nvm .Trash Caches .local/share/Trash lost+found".split()
)
_SKIPPED_ROOTS = frozenset({"/proc", "/sys", "/dev", "/run"})


@dataclass(frozen=True)
class Limits:
    """How far a scan goes."""

    files: int = 200_000
    depth: int = 24
    """Folders below the one that was named."""
    bytes_per_file: int = 1_000_000
    bytes_read: int = 400_000_000
    seconds: float = 120.0


@dataclass(frozen=True)
class FoundFile:
    """A regular file."""

    path: str
    size: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass
class Walk:
    """One way through the folders. `notes` say afterwards what was left out and why; `complete`, whether nothing was."""

    limits: Limits
    seconds: Callable[[], float]
    """A clock that only runs forward."""
    notes: dict[str, None] = field(default_factory=dict)
    complete: bool = True
    seen: int = 0
    _read: int = 0
    _started: float = -1.0
    _folders: set[tuple[int, int]] = field(default_factory=set)

    def files(self, roots: Sequence[str]) -> Iterator[FoundFile]:
        """Every regular file at or below the roots, folder by folder in the order of names; no link is followed."""
        if self._started < 0:
            self._started = self.seconds()
        for root in roots:
            try:
                status = os.stat(root)
            except OSError as error:
                self._leave_out(f"{root} can't be looked at: {error.strerror}")
                continue
            if stat.S_ISREG(status.st_mode):
                self.seen += 1
                yield FoundFile(root, status.st_size)
            elif stat.S_ISDIR(status.st_mode):
                yield from self._below(root)

    def text(self, file: FoundFile) -> str | None:
        """The file's text, up to the bound, a binary property list as XML; None where it can't be read or is no text."""
        if file.size > self.limits.bytes_per_file:
            self._note(f"{file.path} is larger than {self.limits.bytes_per_file:,} bytes and was not read")
            return None
        if self._read > self.limits.bytes_read:
            self._leave_out(f"no more than {self.limits.bytes_read:,} bytes are read in one scan")
            return None
        try:
            descriptor = os.open(file.path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(descriptor, "rb") as content:
                if not stat.S_ISREG(os.fstat(content.fileno()).st_mode):
                    return None
                data = content.read(self.limits.bytes_per_file + 1)
        except OSError as error:
            self._note(f"{file.path} can't be read: {error.strerror}")
            return None
        self._read += len(data)
        if data.startswith(property_lists.START):
            if (listed := property_lists.as_xml(data)) is None:
                self._note(f"{file.path} is a binary property list that can't be read")
            return listed
        if b"\0" in data[:4_000]:
            return None
        return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")

    def out_of_time(self) -> bool:
        """Whether the time for this scan is over, which the notes then say."""
        over = self.seconds() - self._started > self.limits.seconds
        if over:
            self._leave_out(f"the scan ended after {self.limits.seconds:g} seconds; what it had not reached is missing")
        return over

    def _below(self, root: str) -> Iterator[FoundFile]:
        pending = [(root, 0)]
        while pending:
            folder, depth = pending.pop()
            if self.out_of_time():
                return
            inner: list[tuple[str, int]] = []
            for entry in self._entries(folder):
                path = f"{folder.rstrip('/')}/{entry.name}"
                if entry.is_symlink():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if self._goes_into(entry, path, depth + 1):
                        inner.append((path, depth + 1))
                    continue
                if not entry.is_file(follow_symlinks=False):
                    continue
                if self.seen >= self.limits.files:
                    self._leave_out(f"no more than {self.limits.files:,} files are looked at in one scan")
                    return
                self.seen += 1
                try:
                    yield FoundFile(path, entry.stat(follow_symlinks=False).st_size)
                except OSError:  # it was there a moment ago
                    continue
            pending += reversed(inner)

    def _entries(self, folder: str) -> list["os.DirEntry[str]"]:
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._note(f"{folder} can't be listed: {error.strerror}")
            return []

    def _goes_into(self, entry: "os.DirEntry[str]", path: str, depth: int) -> bool:
        if entry.name in _SKIPPED or path in _SKIPPED_ROOTS:
            return False
        if depth > self.limits.depth:
            self._leave_out(f"{path} lies deeper than {self.limits.depth} folders")
            return False
        try:
            if os.path.lexists(f"{path}/pyvenv.cfg"):
                return False
            status = entry.stat(follow_symlinks=False)
        except OSError:
            return False
        known = (status.st_dev, status.st_ino)
        if status.st_ino and known in self._folders:
            return False  # mounted a second time
        self._folders.add(known)
        return True

    def _leave_out(self, note: str) -> None:
        self.complete = False
        self._note(note)

    def _note(self, note: str) -> None:
        if len(self.notes) < 200:
            self.notes[note] = None


def passed_over(path: str) -> bool:
    """Whether a path below a folder that is scanned lies where nothing is looked at."""
    return any(part in _SKIPPED for part in path.split("/"))


def absolute(path: str) -> str:
    """The path with `~` and links resolved, as far as it exists."""
    return Path(path).expanduser().resolve().as_posix()
