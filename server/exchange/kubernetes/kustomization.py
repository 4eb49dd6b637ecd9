"""What kustomizations build, as far as it is plain: resources, names, namespaces, merged patches, generated ConfigMaps."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.errors import InvalidArgument, TooLarge
from server.exchange.compose.interpolation import read_env_file
from server.exchange.documents import Document, documents_in, mapping, name_of, sequence, words
from server.exchange.imported import Remarks
from server.exchange.kubernetes.objects import Thing, things_in
from server.exchange.source import Nearby, SourceFile

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
DEEPEST = 20
"""How many kustomizations may lead to each other."""
MOST_BUILT = 2_000
"""How often kustomizations are built, each counted as often as others name it."""

_NAMED = re.compile(r"(^|/)(kustomization\.ya?ml|Kustomization)$")
_LISTS = ("resources", "bases", "components")
_KEYED = ("name", "mountPath", "containerPort", "port", "key", "ip")
"""Members by which entries of a list are told apart when a patch is merged, in the order in which they are tried."""
_NOT_BUILT = ("helmCharts", "helmChartInflationGenerator", "generators", "transformers", "replacements", "vars")
_CLUSTER_WIDE = frozenset(
    {"Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "PersistentVolume", "StorageClass"}
)


def is_kustomization(path: str) -> bool:
    """Whether a file of this name says how others are put together."""
    return _NAMED.search(path) is not None


@dataclass
class Builder:
    """Builds kustomizations; remembers which files took part in any."""

    nearby: Nearby
    remarks: Remarks
    given: Mapping[str, SourceFile]
    """The source's files by path; others are looked for nearby."""

    def __post_init__(self) -> None:
        self.used: set[str] = set()
        """Files that a kustomization names."""
        self._built = 0

    def roots(self) -> list[SourceFile]:
        """The kustomizations among the files that no other one of them names."""
        found = {path: file for path, file in self.given.items() if is_kustomization(path)}
        named = {target for file in found.values() for target in self._kustomizations_named_by(file)}
        return [file for path, file in found.items() if path not in named] or list(found.values())[:1]

    def build(self, file: SourceFile, depth: int = 0) -> list[Thing]:
        """The objects that a kustomization stands for, under the names and in the namespace that it gives them."""
        self._built += 1
        if self._built > MOST_BUILT:
            raise TooLarge(f"The kustomizations name each other more than {MOST_BUILT:,} times.")
        self.used.add(file.path)
        document = self._document(file)
        if document is None:
            return []
        value = mapping(document.value)
        things = [
            thing
            for member in _LISTS
            for position, entry in enumerate(sequence(value.get(member)))
            for thing in self._resource(words(entry), document, (member, position), depth)
        ]
        things += self._generated(value, document)
        for member in _NOT_BUILT:
            if value.get(member):
                self.remarks.unmapped(document.at(member), "not built: import what `kustomize build` makes of it")
        things = [self._patched(thing, value, document) for thing in things]
        for position, patch in enumerate(sequence(value.get("patchesJson6902"))):
            self._unbuilt_patch(mapping(patch), document, "patchesJson6902", position)
        return [_placed(thing, value) for thing in things]

    def _document(self, file: SourceFile) -> Document | None:
        try:
            found = documents_in(file, self.remarks)
        except InvalidArgument as error:
            self.remarks.unmapped(name_of(file.path), error.message)
            return None
        return found[0] if found and isinstance(found[0].value, Mapping) else None

    def _kustomizations_named_by(self, file: SourceFile) -> list[str]:
        try:
            found = documents_in(file, Remarks())
        except InvalidArgument:
            return []
        value = mapping(found[0].value) if found else {}
        folders = [
            posixpath.normpath(posixpath.join(posixpath.dirname(file.path), words(entry)))
            for member in _LISTS
            for entry in sequence(value.get(member))
            if "://" not in words(entry)
        ]
        return [f"{folder}/{name}" for folder in folders for name in FILE_NAMES]

    def _file(self, path: str) -> SourceFile | str:
        return self.given.get(path) or self.nearby(path)

    def _resource(self, entry: str, document: Document, place: tuple[str | int, ...], depth: int) -> list[Thing]:
        if "://" in entry or re.match(r"(github\.com|git@|git::)", entry):
            self.remarks.unmapped(document.at(*place), f"{entry[:200]} lies elsewhere, and nothing is ever fetched")
            return []
        path = posixpath.normpath(posixpath.join(posixpath.dirname(document.file), entry))
        for name in FILE_NAMES:
            inner = self._file(f"{path}/{name}")
            if isinstance(inner, SourceFile):
                if depth >= DEEPEST or f"{path}/{name}" == document.file:
                    self.remarks.unmapped(document.at(*place), "kustomizations lead to each other without an end")
                    return []
                return self.build(replace(inner, path=f"{path}/{name}"), depth + 1)
        file = self._file(path)
        if isinstance(file, str):
            self.remarks.dangling(document.where, entry[:200], f"{document.at(*place)}: {file}")
            return []
        self.used.add(path)
        return things_in(file, self.remarks)

    def _generated(self, value: Mapping[str, Any], document: Document) -> list[Thing]:
        """The ConfigMaps that it generates; of Secrets only that they are there."""
        found = []
        for member, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            for position, entry in enumerate(sequence(value.get(member))):
                given = mapping(entry)
                name = words(given.get("name"))
                if not name:
                    self.remarks.unmapped(document.at(member, position), "it has no name")
                    continue
                data = self._data(given, document, (member, position)) if kind == "ConfigMap" else {}
                made = {"kind": kind, "metadata": {"name": name}, "data": data}
                namespace = words(given.get("namespace"))
                found.append(Thing(kind, "", namespace, name, made, document))
        return found

    def _data(self, given: Mapping[str, Any], document: Document, place: tuple[str | int, ...]) -> dict[str, str]:
        data: dict[str, str] = {}
        for literal in sequence(given.get("literals")):
            key, _, text = words(literal, 100_000).partition("=")
            data[key] = text.strip("'\"")
        for member in ("envs", "files"):
            for entry in sequence(given.get(member)) + ([given["env"]] if member == "envs" and "env" in given else []):
                key, _, target = words(entry).rpartition("=")
                path = posixpath.normpath(posixpath.join(posixpath.dirname(document.file), target))
                file = self._file(path)
                if isinstance(file, str):
                    self.remarks.dangling(document.where, target[:200], f"{document.at(*place, member)}: {file}")
                    continue
                self.used.add(path)
                if member == "envs":
                    data.update(read_env_file(file.text, {}, report=lambda line, reason: None))
                else:
                    data[key or name_of(target)] = file.text
        return data

    def _patched(self, thing: Thing, value: Mapping[str, Any], document: Document) -> Thing:
        for position, patch in enumerate(sequence(value.get("patchesStrategicMerge"))):
            thing = self._with(thing, words(patch, 100_000), {}, document, ("patchesStrategicMerge", position))
        for position, patch in enumerate(sequence(value.get("patches"))):
            given = mapping(patch)
            text = words(given.get("patch"), 100_000) or words(given.get("path"))
            target = mapping(given.get("target"))
            thing = self._with(thing, text, target, document, ("patches", position))
        return thing

    def _with(
        self, thing: Thing, text: str, target: Mapping[str, Any], document: Document, place: tuple[str | int, ...]
    ) -> Thing:
        """The object with the patch laid over it, where the patch is a merge and means this object."""
        for patch in self._patches(text, document, place):
            if not isinstance(patch, Mapping):
                self.remarks.unmapped(document.at(*place), "not applied: a list of operations, no merge")
                continue
            if _is_meant(thing, target or patch, by_patch=not target):
                merged = _merged(thing.value, patch)
                if isinstance(merged, Mapping):
                    metadata = {**mapping(merged.get("metadata")), "name": thing.metadata.get("name")}
                    thing = replace(thing, value={**merged, "kind": thing.kind, "metadata": metadata})
        return thing

    def _patches(self, text: str, document: Document, place: tuple[str | int, ...]) -> list[Any]:
        if "\n" in text or text[:1] in "{[-" or ":" in text:
            file: SourceFile | str = SourceFile(document.file, text)
        else:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(document.file), text))
            file = self._file(path)
            self.used.add(path)
        if isinstance(file, str):
            self.remarks.dangling(document.where, text[:200], f"{document.at(*place)}: {file}")
            return []
        try:
            return [one.value for one in documents_in(file, Remarks())]
        except InvalidArgument as error:
            self.remarks.unmapped(document.at(*place), error.message)
            return []

    def _unbuilt_patch(self, patch: Mapping[str, Any], document: Document, member: str, position: int) -> None:
        if path := words(patch.get("path")):
            self.used.add(posixpath.normpath(posixpath.join(posixpath.dirname(document.file), path)))
        self.remarks.unmapped(document.at(member, position), "not applied: a list of operations, no merge")


def _is_meant(thing: Thing, target: Mapping[str, Any], *, by_patch: bool) -> bool:
    name = words(mapping(target.get("metadata")).get("name") if by_patch else target.get("name"))
    kind = words(target.get("kind"))
    wanted = thing.written or thing.name
    if kind and kind != thing.kind:
        return False
    if not name:
        return not by_patch
    try:
        return name in (wanted, thing.name) or (not by_patch and re.fullmatch(name[:200], wanted) is not None)
    except re.error:
        return False


def _merged(base: Any, patch: Any, depth: int = 0) -> Any:
    """A strategic merge: mappings member by member, null takes away, lists of named entries entry by entry."""
    if depth > 64:
        return base
    if isinstance(base, Mapping) and isinstance(patch, Mapping):
        if patch.get("$patch") == "replace":
            return {name: value for name, value in patch.items() if name != "$patch"}
        found = dict(base)
        for name, value in patch.items():
            if value is None:
                found.pop(name, None)
            elif not name.startswith("$"):
                found[name] = _merged(base.get(name), value, depth + 1)
        return found
    if isinstance(base, list) and isinstance(patch, list):
        key = next((one for one in _KEYED if all(one in mapping(item) for item in (*base, *patch))), "")
        if key and base:
            return _merged_lists(base, patch, key, depth)
    return patch


def _merged_lists(base: list[Any], patch: list[Any], key: str, depth: int) -> list[Any]:
    found = {str(item[key]): item for item in base}
    for item in patch:
        if item.get("$patch") == "delete":
            found.pop(str(item[key]), None)
        else:
            found[str(item[key])] = _merged(found.get(str(item[key])), item, depth + 1)
    return list(found.values())


def _placed(thing: Thing, value: Mapping[str, Any]) -> Thing:
    """The object under its new name and in its namespace."""
    if thing.kind in _CLUSTER_WIDE:
        return thing
    name = f"{words(value.get('namePrefix'))}{thing.name}{words(value.get('nameSuffix'))}"
    namespace = words(value.get("namespace")) or thing.namespace
    return replace(thing, name=name, namespace=namespace, written=thing.written or thing.name)
