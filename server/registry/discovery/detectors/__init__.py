"""The detectors as a table, one per kind of marker: which files each one wants, and how it reads them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from server.registry.discovery.detectors import (
    agents,
    containers,
    crontab,
    dbt,
    kubernetes,
    launchd,
    mcp_servers,
    procfile,
    python_source,
    shell_source,
    systemd,
    workflows,
)
from server.registry.discovery.sighting import FileText, Sighting
from server.registry.discovery.yaml_reading import ReadYaml


@dataclass(frozen=True)
class Detector:
    """One kind of marker."""

    name: str
    wants: Callable[[str], bool]
    """(path) → whether files of this name are read."""
    detect: Callable[[FileText, ReadYaml], Iterable[Sighting]]


DETECTORS = (
    Detector("crontab", crontab.wants, lambda file, read_yaml: crontab.detect(file)),
    Detector("systemd", systemd.wants, lambda file, read_yaml: systemd.detect(file)),
    Detector("launchd", launchd.wants, lambda file, read_yaml: launchd.detect(file)),
    Detector("workflows", workflows.wants, workflows.detect),
    Detector("agents", agents.wants, agents.detect),
    Detector("mcp_servers", mcp_servers.wants, lambda file, read_yaml: mcp_servers.detect(file)),
    Detector("containers", containers.wants, containers.detect),
    Detector("kubernetes", kubernetes.wants, kubernetes.detect),
    Detector("dbt", dbt.wants, dbt.detect),
    Detector("procfile", procfile.wants, lambda file, read_yaml: procfile.detect(file)),
    Detector("python_source", python_source.wants, lambda file, read_yaml: python_source.detect(file)),
    Detector("shell_source", shell_source.wants, lambda file, read_yaml: shell_source.detect(file)),
)


def sightings_in(path: str, read: Callable[[], str | None], read_yaml: ReadYaml) -> list[Sighting]:
    """Everything that the detectors see in one file; `read` gives its text, and is asked only where one wants it."""
    wanting = [detector for detector in DETECTORS if detector.wants(path)]
    text = read() if wanting else None
    if text is None:
        return []
    file = FileText(path, text)
    found = [sighting for detector in wanting for sighting in detector.detect(file, read_yaml)]
    if not found and shell_source.is_python(file) and not python_source.wants(path):
        found = list(python_source.detect(file))
    return found
