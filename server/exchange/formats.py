"""The formats that can be imported, as a table: what is recognised how, and who reads it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from server.errors import InvalidArgument
from server.exchange import (
    cross_patterns,
    discovery_scan,
    learning_digest,
    organizational_metrics,
    registry_json,
    shared_knowledge,
)
from server.exchange.agents import a2a, mcp_server
from server.exchange.backstage import importer as backstage
from server.exchange.compose import importer as compose
from server.exchange.dbt import importer as dbt
from server.exchange.imported import Imported
from server.exchange.kubernetes import importer as kubernetes
from server.exchange.odcs import importer as odcs
from server.exchange.openlineage import importer as openlineage
from server.exchange.registry_json import ReadSystem
from server.exchange.source import Nearby, Request, SourceFile


@dataclass(frozen=True)
class Format:
    """One format: its name, what it is, and how it is told and read."""

    name: str
    title: str
    recognises: Callable[[str, str], bool]
    """(path, text) → whether it looks like this format; looks at names and the first characters only."""
    read: Callable[[Request, ReadSystem], Imported]
    files_in: Callable[[str, Nearby], list[SourceFile]]
    """(folder, way to its files) → the files of this format that the folder stands for; none where there are none."""
    folder_files: tuple[str, ...]
    """Names that `files_in` looks for."""
    goes_along: Callable[[str], bool] = lambda path: False
    """Whether a file of this name belongs to a source of this format without being one by itself."""
    certain: bool = False
    """Whether its marks stand in no other format, so that it is asked before those that go by a single common word."""
    endings: tuple[str, ...] = ()
    """How the names end of files that are looked for in a folder and below it, where `files_in` finds none there."""

    def takes(self, path: str, text: str) -> bool:
        """Whether it is this format: one of our own documents goes by its members alone, anything else by its marks.

        Our own documents quote other files, as evidence and descriptions; the marks of those say nothing of the whole.
        """
        own = _own_format(text)
        return self.name == own if own else self.recognises(path, text)


FORMATS = (
    Format(
        registry_json.KIND,
        "the registry file system_registry.json",
        registry_json.recognises,
        lambda request, read_system: registry_json.read_registry(request, read_system=read_system),
        registry_json.files_in,
        (registry_json.FILE_NAME,),
    ),
    Format(
        discovery_scan.KIND,
        "the scan's file discovery_scan.json",
        discovery_scan.recognises,
        lambda request, read_system: discovery_scan.read_scan(request),
        discovery_scan.files_in,
        discovery_scan.FILE_NAMES,
    ),
    Format(
        cross_patterns.KIND,
        "the patterns' file cross_patterns.json",
        cross_patterns.recognises,
        lambda request, read_system: cross_patterns.read_cross_patterns(request),
        cross_patterns.files_in,
        cross_patterns.FILE_NAMES,
    ),
    Format(
        shared_knowledge.KIND,
        "shared knowledge, shared_knowledge.json",
        shared_knowledge.recognises,
        lambda request, read_system: shared_knowledge.read_shared_knowledge(request),
        shared_knowledge.files_in,
        shared_knowledge.FILE_NAMES,
    ),
    Format(
        learning_digest.KIND,
        "a weekly digest, learning_digest.json",
        learning_digest.recognises,
        lambda request, read_system: learning_digest.read_learning_digest(request),
        learning_digest.files_in,
        learning_digest.FILE_NAMES,
    ),
    Format(
        organizational_metrics.KIND,
        "weekly figures, organizational_metrics.json",
        organizational_metrics.recognises,
        lambda request, read_system: organizational_metrics.read_organizational_metrics(request),
        organizational_metrics.files_in,
        organizational_metrics.FILE_NAMES,
    ),
    Format(
        odcs.KIND,
        "data contracts by the Open Data Contract Standard (ODCS 3.x)",
        odcs.recognises,
        lambda request, read_system: odcs.read_odcs(request),
        odcs.files_in,
        (),
        certain=True,
        endings=odcs.ENDINGS,
    ),
    Format(
        compose.KIND,
        "docker compose files",
        compose.recognises,
        lambda request, read_system: compose.read_compose(request),
        compose.files_in,
        compose.FILE_NAMES,
        goes_along=compose.is_env_file,
    ),
    Format(
        backstage.KIND,
        "Backstage catalogues",
        backstage.recognises,
        backstage.read_backstage,
        backstage.files_in,
        backstage.FILE_NAMES,
        endings=(".yaml", ".yml", ".json"),
    ),
    Format(
        kubernetes.KIND,
        "Kubernetes manifests",
        kubernetes.recognises,
        kubernetes.read_kubernetes,
        kubernetes.files_in,
        (),
        endings=kubernetes.ENDINGS,
    ),
    Format(
        a2a.KIND,
        "A2A agent cards",
        a2a.recognises,
        a2a.read_a2a,
        a2a.files_in,
        a2a.FILE_NAMES,
        endings=a2a.ENDINGS,
    ),
    Format(
        mcp_server.KIND,
        "server.json of MCP servers",
        mcp_server.recognises,
        mcp_server.read_mcp_servers,
        mcp_server.files_in,
        mcp_server.FILE_NAMES,
        endings=mcp_server.ENDINGS,
    ),
    Format(
        dbt.KIND,
        "dbt manifests",
        dbt.recognises,
        lambda request, read_system: dbt.read_dbt(request),
        dbt.files_in,
        dbt.FILE_NAMES,
        goes_along=dbt.is_beside,
        certain=True,
        endings=dbt.ENDINGS,
    ),
    Format(
        openlineage.KIND,
        "OpenLineage events",
        openlineage.recognises,
        lambda request, read_system: openlineage.read_openlineage(request),
        openlineage.files_in,
        (),
        certain=True,
        endings=openlineage.ENDINGS,
    ),
)


def find_format(files: tuple[SourceFile, ...], name: str = "") -> Format:
    """The format of these files: the one that is named, else the first that recognises them all.

    Raises InvalidArgument, with the known formats, where none fits or files of several formats come together.
    """
    if name:
        return format_named(name)
    if len(own := {_own_format(file.text) for file in files}) == 1 and "" not in own:
        return format_named(own.pop())
    for known in sorted(FORMATS, key=lambda one: not one.certain):
        fits = [known.takes(file.path, file.text) for file in files if not known.goes_along(file.path)]
        if fits and all(fits):
            return known
    shown = ", ".join(file.path or "the text" for file in files[:5])
    several = len({known.name for known in FORMATS for file in files if known.takes(file.path, file.text)}) > 1
    raise InvalidArgument(
        f"{shown}: files of several formats, which have to be imported one after the other."
        if several
        else f"{shown}: not recognised as anything that can be imported.",
        path="/path",
        allowed=_names(),
        hint=f"Import each by a call of its own. {_hint()}" if several else _hint(),
    )


def _own_format(text: str) -> str:
    """The name of the own format that the text is a document of; empty where it is none."""
    if text[:200].lstrip("\ufeff \t\r\n")[:1] != "{":
        return ""
    if not any(mark in text for mark in _MARKS):
        return ""  # which spares most files from being parsed for this
    try:
        document = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return ""
    return next((kind for kind, is_one in _OWN if is_one(document)), "")


_MARKS = ('"systems"', '"unregistered"', '"patterns"', '"knowledge_entries"', '"digest"', '"weeks"')
_OWN: tuple[tuple[str, Callable[[Mapping[str, Any]], bool]], ...] = (
    (shared_knowledge.KIND, shared_knowledge.is_one),
    (learning_digest.KIND, learning_digest.is_one),
    (organizational_metrics.KIND, organizational_metrics.is_one),
    (discovery_scan.KIND, discovery_scan.is_one),
    (cross_patterns.KIND, cross_patterns.is_one),
    (registry_json.KIND, registry_json.is_one),
)
"""Our own documents, by their members."""


def format_named(name: str) -> Format:
    """The format of this name, however it is spelt. Raises InvalidArgument, with the known ones, for another name."""
    wanted = name.strip().lower().replace("-", "_").replace(" ", "_")
    for known in FORMATS:
        if known.name == _ALSO_CALLED.get(wanted, wanted):
            return known
    raise InvalidArgument(
        f"{name[:80]!r} is no format that can be imported.", path="/format", allowed=_names(), hint=_hint()
    )


_ALSO_CALLED = {
    "docker_compose": compose.KIND,
    "docker": compose.KIND,
    "agent_card": a2a.KIND,
    "agent_cards": a2a.KIND,
    "agent.json": a2a.KIND,
    "agent_card.json": a2a.KIND,
    "mcp": mcp_server.KIND,
    "server.json": mcp_server.KIND,
    "mcp_server.json": mcp_server.KIND,
    "k8s": kubernetes.KIND,
    "kustomize": kubernetes.KIND,
    "catalog_info.yaml": backstage.KIND,
    "catalog_info": backstage.KIND,
    "registry": registry_json.KIND,
    "system_registry": registry_json.KIND,
    "system_registry.json": registry_json.KIND,
    "json": registry_json.KIND,
    "knowledge": shared_knowledge.KIND,
    "knowledge_entries": shared_knowledge.KIND,
    "shared_knowledge.json": shared_knowledge.KIND,
    "digest": learning_digest.KIND,
    "learning_digest.json": learning_digest.KIND,
    "metrics": organizational_metrics.KIND,
    "organizational_metrics.json": organizational_metrics.KIND,
}


def _names() -> tuple[str, ...]:
    return tuple(known.name for known in FORMATS)


def _hint() -> str:
    return "Known are " + "; ".join(f"{known.title} (format {known.name})" for known in FORMATS) + "."
