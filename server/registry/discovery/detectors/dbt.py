"""dbt projects: the project file, and the manifest with the relations that its models read and write."""

import json
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from server.model.datasets import dataset_uri, platform_namespace
from server.registry.discovery.sighting import FileText, Sighting, Touch, to_import
from server.registry.discovery.yaml_reading import ReadYaml, at_path, mapping, text_of

MOST_RELATIONS = 500


def wants(path: str) -> bool:
    """Whether this is a dbt project file or a manifest."""
    return posixpath.basename(path) in ("dbt_project.yml", "dbt_project.yaml", "manifest.json")


def detect(file: FileText, read_yaml: ReadYaml) -> Iterator[Sighting]:
    """The project, or what its manifest says that it reads and writes."""
    if file.name == "manifest.json":
        yield from _manifest(file)
        return
    for document in read_yaml(file.text, file.path):
        if name := text_of(mapping(document).get("name")):
            yield _project(file, name, file.folder, file.line_of("name:") or 1, ())


def _project(file: FileText, name: str, folder: str, line: int, touches: tuple[Touch, ...]) -> Sighting:
    return Sighting(
        kind="dbt",
        name=name,
        clue=file.clue(line, "a dbt project" if not touches else "the manifest of a dbt project"),
        confidence=0.85,
        why="dbt builds tables from it",
        folder=folder,
        cwd=folder,
        touches=touches,
        more=(to_import(folder, "" if touches else ", once dbt has written target/manifest.json"),),
        joins=f"dbt:{folder}",
    )


def _manifest(file: FileText) -> Iterator[Sighting]:
    if "dbt_schema_version" not in file.text[:4_000]:
        return
    try:
        document = mapping(json.loads(file.text))
    except (ValueError, RecursionError):
        return
    adapter = text_of(at_path(document, "metadata", "adapter_type")) or "dbt"
    name = text_of(at_path(document, "metadata", "project_name"))
    folder = file.folder.removesuffix("/target")
    touches: list[Touch] = []
    for source in mapping(document.get("sources")).values():
        touches += _relation(file, mapping(source), adapter, writes=False)
    for node in mapping(document.get("nodes")).values():
        kind = mapping(node).get("resource_type")
        if kind in ("model", "seed", "snapshot") and at_path(node, "config", "materialized") != "ephemeral":
            touches += _relation(file, mapping(node), adapter, writes=True)
    yield _project(file, name or posixpath.basename(folder), folder, 1, tuple(touches[:MOST_RELATIONS]))


def _relation(file: FileText, node: Mapping[str, Any], adapter: str, *, writes: bool) -> Iterator[Touch]:
    database, schema = text_of(node.get("database")), text_of(node.get("schema"))
    table = text_of(node.get("identifier")) or text_of(node.get("alias")) or text_of(node.get("name"))
    if table and schema:
        # as an import names it, so that one table has one name
        relation = ".".join(part for part in (database, schema, table) if part)
        resource = dataset_uri(platform_namespace(adapter.lower()), relation)
        said = f"{'writes' if writes else 'reads'} {resource} ({text_of(node.get('unique_id'))})"
        yield Touch(resource, writes, file.clue(1, said, text_of(node.get("unique_id"))))
