"""A Backstage catalogue as it is put together: entities of all files, followed locations, substituted texts."""

import fnmatch
import posixpath
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from server.errors import InvalidArgument, TooLarge
from server.exchange.backstage.references import DEFAULT, Reference
from server.exchange.documents import Document, documents_in, documents_of, mapping, name_of, sequence, words
from server.exchange.imported import Remarks
from server.exchange.source import Request, SourceFile
from server.exchange.yaml_text import DEEPEST

MOST_FILES = 2_000
"""Files that locations may lead to."""
MOST_TEXT = 64 * 1024 * 1024
"""Characters that all substituted texts may have together."""
_SUBSTITUTES = ("$text", "$json", "$yaml", "$openapi", "$asyncapi", "$graphql", "$grpc")
_AS_TEXT = ("$text", "$openapi", "$asyncapi", "$graphql", "$grpc")


@dataclass(frozen=True)
class Entity:
    """One entity, with the texts of other files in their places."""

    reference: Reference
    kind: str
    """As written."""
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    document: Document

    def texts(self, member: str) -> list[tuple[str, Any]]:
        """(place, value) of every reference in a member of the spec that is one or a list of them."""
        value = self.spec.get(member)
        if isinstance(value, list):
            return [(self.document.at("spec", member, position), item) for position, item in enumerate(value)]
        return [] if value is None else [(self.document.at("spec", member), value)]


class Catalogue:
    """Every entity that the files hold and that their locations lead to."""

    def __init__(self, request: Request, remarks: Remarks) -> None:
        self._request = request
        self._remarks = remarks
        self._seen: set[str] = {file.path for file in request.files if file.path}
        self.entities: dict[tuple[str, str, str], Entity] = {}
        """By what references are compared by."""
        self._substituted_so_far = 0
        waiting = deque(documents_of(request.files, remarks))
        while waiting:
            document = waiting.popleft()
            entity = self._entity(document)
            if entity is not None and entity.reference.kind == "location":
                waiting += self._led_to(entity)

    def find(self, reference: Reference) -> Entity | None:
        """The entity that is meant, where the catalogue holds it."""
        return self.entities.get(reference.key)

    def of_kind(self, *kinds: str) -> list[Entity]:
        """The entities of these kinds, in the order of reading."""
        return [entity for entity in self.entities.values() if entity.reference.kind in kinds]

    def _entity(self, document: Document) -> Entity | None:
        value = document.value
        if not isinstance(value, Mapping):
            self._remarks.unmapped(document.at(), "no entity: not a mapping")
            return None
        metadata = mapping(value.get("metadata"))
        kind, name = words(value.get("kind")), words(metadata.get("name"))
        if not kind or not name:
            missing = "kind" if not kind else "metadata.name"
            self._remarks.unmapped(document.at(), f"no entity: {missing} is missing")
            return None
        reference = Reference(kind.lower(), words(metadata.get("namespace")) or DEFAULT, name)
        if reference.key in self.entities:
            first = self.entities[reference.key].document.where
            self._remarks.unmapped(document.at(), f"{reference} is there already, from {first}; that one counts")
            return None
        spec = self._substituted(mapping(value.get("spec")), document, ("spec",))
        entity = Entity(reference, kind, metadata, mapping(spec), document)
        self.entities[reference.key] = entity
        return entity

    def _substituted(self, value: Any, document: Document, place: tuple[str | int, ...]) -> Any:
        """The value with `$text`, `$json` and `$yaml` replaced by what the files hold that they name."""
        if len(place) > DEEPEST:
            return value
        if isinstance(value, Mapping):
            if len(value) == 1 and (key := next(iter(value))) in _SUBSTITUTES:
                return self._text_of(key, words(value[key]), document, place)
            return {name: self._substituted(item, document, (*place, name)) for name, item in value.items()}
        if isinstance(value, list):
            return [self._substituted(item, document, (*place, position)) for position, item in enumerate(value)]
        return value

    def _text_of(self, key: str, target: str, document: Document, place: tuple[str | int, ...]) -> Any:
        file = self._file(target, document)
        if isinstance(file, str):
            self._remarks.unmapped(document.at(*place, key), f"{target[:200]} is not read: {file}")
            return None
        self._substituted_so_far += len(file.text)
        if self._substituted_so_far > MOST_TEXT:
            raise TooLarge(f"The catalogue fills in more than {MOST_TEXT // 1024 // 1024} MB of other files' texts.")
        if key in _AS_TEXT:
            return file.text
        try:
            found = documents_in(file, self._remarks)
        except (InvalidArgument, TooLarge) as error:
            self._remarks.unmapped(document.at(*place, key), error.message)
            return None
        return found[0].value if found else None

    def _file(self, target: str, document: Document) -> SourceFile | str:
        """The file that an entity names from where it stands, or why it is not read."""
        if "://" in target:
            return "it lies elsewhere, and nothing is ever fetched"
        if not target:
            return "it names no file"
        if not document.file:
            return "the text was handed over without a folder to look in"
        return self._request.nearby(posixpath.normpath(posixpath.join(posixpath.dirname(document.file), target)))

    def _led_to(self, location: Entity) -> Iterator[Document]:
        targets = [*location.texts("target"), *location.texts("targets")]
        optional = words(location.spec.get("presence")) == "optional"
        for place, value in targets:
            target = words(value)
            if "*" in target and "://" not in target:
                self._of_pattern(target, location, place)
                continue
            file = self._file(target, location.document)
            if isinstance(file, str):
                if not optional:
                    self._remarks.unmapped(place, f"{target[:200]} is not read: {file}")
                continue
            if file.path in self._seen:
                continue
            self._seen.add(file.path)
            if len(self._seen) > MOST_FILES:
                raise TooLarge(f"The catalogue's locations lead to more than {MOST_FILES:,} files.")
            try:
                yield from documents_in(file, self._remarks)
            except InvalidArgument as error:
                self._remarks.unmapped(place, f"{name_of(file.path)}: {error.message}")

    def _of_pattern(self, target: str, location: Entity, place: str) -> None:
        """A pattern names files that a folder's import reads anyway; without the folder they can't be found."""
        folder = posixpath.dirname(location.document.file)
        pattern = posixpath.normpath(posixpath.join(folder, target))
        if not any(fnmatch.fnmatchcase(path, pattern) for path in self._seen):
            self._remarks.unmapped(place, f"{target[:200]} is a pattern: import the folder that holds the files")


def references_in(entity: Entity) -> Iterator[tuple[str, str]]:
    """(place, text) of every text in the entity's spec, however deep."""

    def walk(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield entity.document.at(*place), value
        elif len(place) <= DEEPEST:
            for name, item in mapping(value).items():
                yield from walk(item, (*place, name))
            for position, item in enumerate(sequence(value)):
                yield from walk(item, (*place, position))

    yield from walk(entity.spec, ("spec",))
