"""The documents of YAML and JSON files, each with its place, as catalogues and manifests come in them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.errors import InvalidArgument
from server.exchange.imported import Remarks
from server.exchange.source import SourceFile
from server.exchange.yaml_text import DEEPEST, Tagged, read_yaml


@dataclass(frozen=True)
class Document:
    """One document of a file."""

    value: Any
    file: str
    """Path of its file; empty for text that was handed over."""
    number: int = 1
    """Its place among the file's documents, from 1."""
    of: int = 1
    """How many the file holds."""
    pointer: str = ""
    """Where it stands in the document of the file, where it is an item of a list there."""

    @property
    def where(self) -> str:
        """Its place for people: the file, and which document of it."""
        name = self.file.rpartition("/")[2] or "the text"
        return f"{name} (document {self.number})" if self.of > 1 else name

    def at(self, *parts: str | int) -> str:
        """The place of something in the document: the file and a JSON Pointer."""
        return f"{self.where}#{self.pointer}" + "".join(f"/{escaped(str(part))}" for part in parts)


def documents_of(files: Sequence[SourceFile], remarks: Remarks) -> Iterator[Document]:
    """Every document of the files; of several files, one that can't be read is reported and keeps no other out.

    Raises InvalidArgument or TooLarge where the only file can't be read.
    """
    for file in files:
        try:
            yield from documents_in(file, remarks)
        except InvalidArgument as error:
            if len(files) == 1:
                raise
            remarks.unmapped(name_of(file.path), error.message)


def documents_in(file: SourceFile, remarks: Remarks) -> list[Document]:
    """The documents of one file, empty ones left out. Raises InvalidArgument or TooLarge."""
    text = file.text.removeprefix("\ufeff")
    if text.lstrip()[:1] in ("{", "[") and (value := _json(text)) is not None:
        return [Document(value, file.path)]
    read = read_yaml(text, name_of(file.path))
    for key in read.duplicates:
        remarks.unmapped(f"{name_of(file.path)}: {key}", "the key stands twice in its mapping; the last one counts")
    found = [untagged(value) for value in read.documents]
    return [
        Document(value, file.path, number, len(found)) for number, value in enumerate(found, 1) if value is not None
    ]


def untagged(value: Any, depth: int = 0) -> Any:
    """The value without the application's own tags in it, which mean nothing here."""
    while isinstance(value, Tagged):
        value = value.value
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {name: untagged(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [untagged(item, depth + 1) for item in value]
    return value


def name_of(path: str) -> str:
    """The file's name for people."""
    return path.rpartition("/")[2] or "the text"


def escaped(part: str) -> str:
    """A member's name inside a JSON Pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def words(value: Any, longest: int = 2_000) -> str:
    """The value as text where it is a plain one, else nothing."""
    return str(value).strip()[:longest] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _json(text: str) -> Any:
    """The JSON value, or None where the text is YAML in flow style."""
    try:
        return json.loads(text)
    except RecursionError:
        raise InvalidArgument("The text is nested too deeply.") from None
    except ValueError:
        return None
