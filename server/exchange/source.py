"""The texts that an importer works on, and how it asks for those that they refer to."""

import json
import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from server.errors import InvalidArgument
from server.model.base import JsonObject


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


def first_in(
    folder: str,
    names: Iterable[str],
    nearby: Nearby,
    recognises: Callable[[str, str], bool] = lambda path, text: True,
) -> list[SourceFile]:
    """The first file of these names in the folder that is recognised by its path and text; none where none is."""
    for name in names:
        found = nearby(posixpath.join(folder, name))
        if isinstance(found, SourceFile) and recognises(found.path, found.text):
            return [found]
    return []


def listing_in(file: SourceFile, member: str) -> JsonObject:
    """The JSON object that the file holds; under `member` stands a list. Raises InvalidArgument where it is no such object."""
    document = object_in(file)
    if not isinstance(document.get(member), list):
        raise InvalidArgument(f"{file.path or 'the text'} lists nothing as `{member}`.", path="/path")
    return document


def object_in(file: SourceFile) -> JsonObject:
    """The JSON object that the file holds. Raises InvalidArgument where it holds none."""
    name = file.path or "the text"
    try:
        document = json.loads(file.text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        raise InvalidArgument(f"{name} is no JSON that can be read.", path="/path") from None
    if not isinstance(document, dict):
        raise InvalidArgument(f"{name} holds no JSON object.", path="/path")
    return document
