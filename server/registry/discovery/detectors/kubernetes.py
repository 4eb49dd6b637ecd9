"""Kubernetes manifests: what runs by itself, and when."""

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from server.registry.discovery.launching import started_by
from server.registry.discovery.sighting import FileText, Sighting, to_import
from server.registry.discovery.yaml_reading import ReadYaml, at_path, each_mapping, items, mapping, text_of

_RUNS = frozenset(
    {
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "ReplicaSet",
        "Pod",
        "ScheduledWorkflow",
        "CronWorkflow",
    }
)
_LOOKS_SO = re.compile(r"^(?:-\s+)?\s*kind:\s*[\"']?(?:" + "|".join(sorted(_RUNS)) + r"|List)\b", re.MULTILINE)


def wants(path: str) -> bool:
    """Whether this may be a manifest."""
    return path.endswith((".yaml", ".yml"))


def detect(file: FileText, read_yaml: ReadYaml) -> Iterator[Sighting]:
    """One sighting per workload."""
    if "apiVersion" not in file.text or not _LOOKS_SO.search(file.text):
        return
    for document in read_yaml(file.text, file.path):
        entries = (
            each_mapping(mapping(document).get("items"))
            if mapping(document).get("kind") == "List"
            else [mapping(document)]
        )
        for entry in entries:
            if entry.get("kind") in _RUNS and text_of(at_path(entry, "metadata", "name")):
                yield _workload(file, entry)


def _workload(file: FileText, entry: Mapping[str, Any]) -> Sighting:
    kind, name = text_of(entry.get("kind")), text_of(at_path(entry, "metadata", "name"))
    namespace = text_of(at_path(entry, "metadata", "namespace"))
    spec = mapping(entry.get("spec"))
    schedule, zone = text_of(spec.get("schedule")), text_of(spec.get("timeZone")) or text_of(spec.get("timezone"))
    pod = _pod(spec, kind)
    line = file.line_of("name:", name) or 1
    clue = file.clue(line, f"a {kind}{f' in {namespace}' if namespace else ''}")
    containers = list(each_mapping(pod.get("containers")))
    images = ", ".join(text_of(container.get("image")) for container in containers)[:200]
    touches = []
    for container in containers:
        words = [*items(container.get("command")), *items(container.get("args"))]
        if words:
            touches += started_by(shlex.join(text_of(word) for word in words), clue).touches
    more = (file.clue(file.line_of("schedule:") or line, f"scheduled {schedule}"),) if schedule else ()
    return Sighting(
        kind="kubernetes",
        name=name,
        clue=clue,
        confidence=0.9 if schedule else 0.8,
        why="a manifest starts it",
        schedule=schedule,
        timezone=zone,
        touches=tuple(touch for touch in touches if "://" in touch.resource),
        more=(*more, to_import(file.path)),
        description=f"image {images}" if images else "",
        enabled=spec.get("suspend") is not True,
        joins=f"kubernetes:{file.path}#{namespace}/{kind}/{name}",
    )


def _pod(spec: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    if kind == "CronJob":
        spec = mapping(at_path(spec, "jobTemplate", "spec"))
    return mapping(at_path(spec, "template", "spec")) or spec
