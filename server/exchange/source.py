"""The texts that an importer works on, and how it asks for those that they refer to."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class SourceFile:
    """One file that was read."""

    path: str
    """Absolute, with `/`; empty for text that was handed over without a file."""
    text: str


Nearby = Callable[[str], SourceFile | str]
"""Takes the path of a file that the source refers to to that file, or to the reason why it is not read."""


def nothing_nearby(path: str) -> str:
    """The answer where the text came without a place on disk."""
    return "the text was handed over without a folder to look in"


@dataclass(frozen=True)
class Request:
    """What an importer is asked to read."""

    files: tuple[SourceFile, ...]
    nearby: Nearby = nothing_nearby
    profiles: tuple[str, ...] = ()
    """Compose profiles; none = the default set, `*` or `all` = everything."""
    name: str = ""
    """What the source is called where it has no path."""
    folder: str = ""
    """The folder that was named, where one was: it is the source, whatever files come and go in it."""
    digest: str = ""
    """What tells one text without path and name from another."""

    @property
    def place(self) -> str:
        """What tells this source from others: its folder, else its first file, else its name, else its text."""
        return self.folder or self.files[0].path or self.name or self.digest
