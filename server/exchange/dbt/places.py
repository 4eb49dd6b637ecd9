"""On which server a project's tables lie: the manifest does not say, the project's `profiles.yml` may."""

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from server.errors import ConcordError
from server.exchange.documents import mapping, words
from server.exchange.source import Nearby, SourceFile
from server.exchange.yaml_text import read_yaml
from server.model.datasets import platform_namespace

PROFILES = ("profiles.yml", "profiles.yaml")
_PROJECT = "dbt_project.yml"
_TEMPLATE = re.compile(r"\{\{|\{%")


def namespace_of(platform: str, target: Mapping[str, Any]) -> str:
    """The namespace that OpenLineage gives to the tables of this platform; without a host where the target names none."""

    def said(*names: str) -> str:
        return next(
            (
                words(target[name])
                for name in names
                if words(target.get(name)) and not _TEMPLATE.search(str(target[name]))
            ),
            "",
        )

    if platform in ("databricks", "dremio"):
        return platform_namespace(platform, host=said("host", "software_host"))
    return platform_namespace(
        platform,
        host=said("host", "server", "hostname"),
        port=said("port"),
        account=said("account"),
        region=said("region_name"),
        path=said("path"),
    )


def target_beside(manifest: str, nearby: Nearby) -> tuple[dict[str, Any], str]:
    """(what the project's profile says of the server, why nothing where it says nothing), read beside the manifest.

    Of the profile nothing is kept but host, port, account, region and path.
    """
    folder = posixpath.dirname(manifest)
    if not folder:
        return {}, "the manifest came without a folder to look in"
    folders = (folder, posixpath.dirname(folder)) if posixpath.basename(folder) == "target" else (folder,)
    profiles = next(
        (one for one in (_yaml(posixpath.join(at, name), nearby) for at in folders for name in PROFILES) if one), None
    )
    if profiles is None:
        return {}, "there is no profiles.yml beside it"
    project = next((one for one in (_yaml(posixpath.join(at, _PROJECT), nearby) for at in folders) if one), {})
    named = words(project.get("profile"))
    usable = {name: mapping(one) for name, one in profiles.items() if name != "config" and mapping(one).get("outputs")}
    profile = usable.get(named) or (next(iter(usable.values())) if len(usable) == 1 else {})
    outputs = mapping(profile.get("outputs"))
    wanted = words(profile.get("target")) or "default"
    target = mapping(outputs.get(wanted)) or (mapping(next(iter(outputs.values()))) if len(outputs) == 1 else {})
    if not target:
        return {}, "its profiles.yml does not tell which profile and target are meant"
    kept = ("type", "host", "server", "hostname", "port", "account", "region_name", "software_host", "path")
    return {name: target[name] for name in kept if name in target}, ""


def _yaml(path: str, nearby: Nearby) -> dict[str, Any]:
    file = nearby(path)
    if not isinstance(file, SourceFile):
        return {}
    try:
        documents = read_yaml(file.text, posixpath.basename(path)).documents
    except ConcordError:
        return {}
    return dict(mapping(documents[0])) if documents else {}
