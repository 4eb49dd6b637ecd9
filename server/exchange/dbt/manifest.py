"""A dbt manifest as it is written since 0.19: nodes by their unique id, and which of them stand for a table."""

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.errors import InvalidArgument
from server.exchange.documents import mapping, name_of, sequence, words
from server.exchange.halves import without_halves
from server.exchange.imported import Remarks
from server.exchange.source import SourceFile

BUILT = ("model", "seed", "snapshot")
"""Kinds of nodes that write a table or view."""
_PASSED_THROUGH = ("metric", "semantic_model", "saved_query", "function")
"""Kinds of nodes that hold no data: who depends on one depends on what it is made from."""
_SECTIONS = ("nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "functions")
_BESIDE_NODES = {
    "macros": "code that nodes are made with, and which runs in none of its own",
    "docs": "texts, which the nodes that use them hold already",
    "selectors": "ways to name nodes, which run nothing",
}
_SCHEMA = "schemas.getdbt.com/dbt/manifest/"


@dataclass(frozen=True)
class Node:
    """One node of a manifest."""

    unique_id: str
    kind: str
    body: Mapping[str, Any]
    file: str
    section: str
    platform: str
    """Name of the adapter, such as `postgres`."""

    def at(self, *parts: str) -> str:
        """The place of something in the node: the file and a JSON Pointer."""
        return f"{self.file}#/{self.section}/{self.unique_id}" + "".join(f"/{part}" for part in parts)

    @property
    def config(self) -> Mapping[str, Any]:
        """The settings that hold for it."""
        return mapping(self.body.get("config"))

    @property
    def meta(self) -> dict[str, Any]:
        """What the project's people say of it, in whichever of the two places."""
        return {
            **mapping(self.body.get("source_meta")),
            **mapping(self.config.get("meta")),
            **mapping(self.body.get("meta")),
        }

    @property
    def materialized(self) -> str:
        """How it comes into being, such as `table` or `ephemeral`."""
        return words(self.config.get("materialized"))

    @property
    def has_table(self) -> bool:
        """Whether a table or view of its own stands in the database."""
        return self.kind == "source" or (self.kind in BUILT and self.materialized != "ephemeral")

    @property
    def relation(self) -> str:
        """`database.schema.table`, as far as the manifest states them."""
        name = words(self.body.get("identifier")) or words(self.body.get("alias")) or words(self.body.get("name"))
        parts = (words(self.body.get("database")), words(self.body.get("schema")), name)
        return ".".join(part for part in parts if part)

    @property
    def depends_on(self) -> list[str]:
        """Unique ids of the nodes that it is made from."""
        stated = mapping(self.body.get("depends_on")).get("nodes")
        return list(dict.fromkeys(words(one) for one in sequence(stated) if words(one)))


@dataclass
class Manifest:
    """All that the given manifests hold together."""

    nodes: dict[str, Node] = field(default_factory=dict)
    groups: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    disabled: dict[str, str] = field(default_factory=dict)
    """Place of every node that is switched off, by unique id."""
    beside: dict[str, str] = field(default_factory=dict)
    """Place of every section that holds no nodes, with why nothing of it becomes a system."""
    projects: list[str] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        """Every node of these kinds, in the order of the files."""
        return (node for node in self.nodes.values() if node.kind in kinds)

    def tables_behind(self, node: Node, remarks: Remarks) -> dict[str, tuple[str, ...]]:
        """Unique ids of the tables that it is made from, each with what has no table of its own and lies in between.

        What a node depends on and the manifest does not hold is said to dangle.
        """
        found: dict[str, tuple[str, ...]] = {}
        todo: list[tuple[str, Node, tuple[str, ...]]] = [(one, node, ()) for one in reversed(node.depends_on)]
        seen: set[str] = set()
        while todo:
            unique_id, user, way = todo.pop()
            if unique_id in seen:
                continue
            seen.add(unique_id)
            there = self.nodes.get(unique_id)
            if there is None:
                off = "it is switched off" if unique_id in self.disabled else "the manifest holds no such node"
                remarks.dangling(user.unique_id, unique_id, f"named in depends_on, but {off}")
            elif there.has_table:
                if unique_id != node.unique_id:
                    found[unique_id] = way
            elif there.kind in (*BUILT, *_PASSED_THROUGH):
                todo += [(one, there, (*way, unique_id)) for one in reversed(there.depends_on)]
            else:
                remarks.unmapped(
                    node.at("depends_on"), f"{unique_id} is a {there.kind}, which holds no data to be read"
                )
        return found


def recognises(path: str, text: str) -> bool:
    """Whether this looks like a dbt manifest: it names the schema that it follows, or has what only a manifest has."""
    if text[:100].lstrip("\ufeff \t\r\n")[:1] != "{":
        return False
    return _SCHEMA in text or (
        posixpath.basename(path) == "manifest.json" and '"parent_map"' in text and '"child_map"' in text
    )


def read_manifests(files: Sequence[SourceFile], remarks: Remarks) -> Manifest:
    """The nodes of all files; where several hold one unique id, the first one counts and that is said.

    Raises InvalidArgument where a file is no JSON, or no manifest.
    """
    manifest = Manifest()
    for file in files:
        document = load(file)
        metadata = mapping(document.get("metadata"))
        if not isinstance(document.get("nodes"), Mapping):
            raise InvalidArgument(f"{name_of(file.path)} is no dbt manifest: it has no nodes.")
        manifest.projects.append(words(metadata.get("project_name")) or _main_package(document))
        platform = words(metadata.get("adapter_type")).lower()
        for section in _SECTIONS:
            for unique_id, body in mapping(document.get(section)).items():
                kind = words(mapping(body).get("resource_type")) or str(unique_id).partition(".")[0]
                node = Node(str(unique_id), kind, mapping(body), name_of(file.path), section, platform)
                if node.unique_id in manifest.nodes:
                    _note_twice(manifest, node, remarks)
                elif not isinstance(body, Mapping):
                    remarks.unmapped(node.at(), "not an object")
                else:
                    manifest.nodes[node.unique_id] = node
        for section, reason in _BESIDE_NODES.items():
            if number := len(mapping(document.get(section))):
                manifest.beside[f"{name_of(file.path)}#/{section}"] = f"{number} {section}: {reason}"
        for group in mapping(document.get("groups")).values():
            manifest.groups.setdefault(words(mapping(group).get("name")), mapping(group))
        _take_disabled(manifest, document.get("disabled"), name_of(file.path))
    return manifest


def load(file: SourceFile) -> Mapping[str, Any]:
    """The JSON object of a file. Raises InvalidArgument where it holds none."""
    try:
        value = without_halves(json.loads(file.text.removeprefix("\ufeff")), file.text)
    except RecursionError:
        raise InvalidArgument(f"{name_of(file.path)} is nested too deeply.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidArgument(f"{name_of(file.path)} is no JSON: {error.msg} at {where}.") from None
    if not isinstance(value, Mapping):
        raise InvalidArgument(f"{name_of(file.path)} holds no JSON object.")
    return value


def _note_twice(manifest: Manifest, node: Node, remarks: Remarks) -> None:
    first = manifest.nodes[node.unique_id]
    if first.relation != node.relation:
        remarks.unmapped(node.at(), f"another file has it as {first.relation}; the first one counts")


def _take_disabled(manifest: Manifest, disabled: Any, file: str) -> None:
    """A mapping by unique id since manifest v4, a list before."""
    if isinstance(disabled, Mapping):
        manifest.disabled.update({str(one): f"{file}#/disabled/{one}" for one in disabled if one not in manifest.nodes})
    for position, entry in enumerate(sequence(disabled)):
        unique_id = words(mapping(entry).get("unique_id"))
        if unique_id and unique_id not in manifest.nodes:
            manifest.disabled[unique_id] = f"{file}#/disabled/{position}"


def _main_package(document: Mapping[str, Any]) -> str:
    packages = [words(mapping(node).get("package_name")) for node in mapping(document.get("nodes")).values()]
    return max(packages, key=packages.count, default="")
