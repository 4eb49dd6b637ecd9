"""From a compose project to systems: one per service, with the services it needs and the data it mounts (REG-11)."""

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from server.errors import InvalidArgument
from server.exchange.compose.interpolation import read_env_file
from server.exchange.compose.project import DEFAULT_NAME, Project, ProjectReader, Service
from server.exchange.compose.references import (
    Need,
    active_services,
    chosen_profiles,
    containers_named,
    needs_of,
)
from server.exchange.compose.volumes import Touch, touches_of
from server.exchange.imported import Imported, ListedSystem, Remarks, source_key
from server.exchange.source import Nearby, Request, SourceFile
from server.model.base import JsonObject
from server.model.contract import Basis
from server.model.system import System
from server.model.tier import Tier

KIND = "compose"
FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""What compose looks for in a folder; the first that is there counts, with its `.override` beside it."""

_CRITICALITY = {
    "critical": Tier.MISSION_CRITICAL,
    "high": Tier.PRODUCTION,
    "medium": Tier.PRODUCTION,
    "low": Tier.EXPERIMENTAL,
}
_NAMES = re.compile(r"(^|[/\\])(docker-)?compose[^/\\]*\.ya?ml$", re.IGNORECASE)
_SERVICES = re.compile(r"^[\"']?services[\"']?[ \t]*:", re.MULTILINE)
_INCLUDE = re.compile(r"^include[ \t]*:[ \t]*($|#|\[)", re.MULTILINE)
_OBJECT = re.compile(r"^apiVersion[ \t]*:[ \t]*\S", re.MULTILINE)
_ENV_FILE = re.compile(r"(^|[/\\])(\.env(\.[\w.-]+)?|[\w.-]*\.env|dotenv|env)$")
_MOST_EVIDENCE = 5


def recognises(path: str, text: str) -> bool:
    """Whether this looks like a compose file: by its name, or by a top-level `services:` in YAML."""
    head = text[:200_000]
    if head.lstrip()[:1] == "{":
        return '"services"' in head and '"systems"' not in head
    if _OBJECT.search(head):
        return False  # a Kubernetes object or a catalogue's entity, whatever its file is called
    return _NAMES.search(path) is not None or _SERVICES.search(head) is not None or _INCLUDE.search(head) is not None


def is_env_file(path: str) -> bool:
    """Whether a file beside compose files sets variables for them."""
    return _ENV_FILE.search(path) is not None


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """What compose would read in a folder: the files that `COMPOSE_FILE` in its `.env` names, else the usual ones."""
    variables = nearby(posixpath.join(folder, ".env"))
    if isinstance(variables, SourceFile):
        values = read_env_file(variables.text, {}, report=lambda line, reason: None)
        named = [name for name in re.split(r"[:;]", values.get("COMPOSE_FILE", "")) if name]
        found = [nearby(posixpath.join(folder, name)) for name in named]
        if named and all(isinstance(file, SourceFile) for file in found):
            return [file for file in found if isinstance(file, SourceFile)]
    for name in FILE_NAMES:
        main = nearby(posixpath.join(folder, name))
        if isinstance(main, SourceFile):
            stem = name.rpartition(".")[0]
            beside = (nearby(posixpath.join(folder, f"{stem}.override.{ending}")) for ending in ("yaml", "yml"))
            return [main, *(file for file in beside if isinstance(file, SourceFile))][:2]
    return []


def read_compose(request: Request) -> Imported:
    """The systems of a compose project, one per service of the chosen profiles.

    Raises InvalidArgument or TooLarge where a file given by name can't be read at all.
    """
    env_files = [file for file in request.files if is_env_file(file.path)]
    files = [file for file in request.files if not is_env_file(file.path)]
    if not files:
        raise InvalidArgument("There is no compose file among what was given, only files with variables.")
    remarks = Remarks()
    reader = ProjectReader(request.nearby, remarks)
    project = reader.read(files, env_files)
    profiles = chosen_profiles(request.profiles, project.variables)
    active = active_services(project, profiles)
    _note_profiles(project, active, remarks)
    environments = {name: _environment(service, reader) for name, service in active.items()}
    needs = needs_of(project, active, environments, remarks)
    touches = touches_of(project, active, remarks)
    _note_foreign_containers(active, remarks)
    systems = [
        listed
        for name, service in active.items()
        if (
            listed := _system(
                project,
                service,
                environments[name],
                needs[name],
                [touch for touch in touches if touch.service == name],
                remarks,
            )
        )
    ]
    if not project.services:
        remarks.note("The files define no service.")
    return Imported(
        source=source_key(KIND, files[0].path or request.name or _stated_name(project) or request.digest),
        kind=KIND,
        systems=tuple(systems),
        unmapped=remarks.all_unmapped(),
        dangling=remarks.all_dangling(),
        notes=remarks.all_notes(),
        passed_over=tuple(name for name in project.services if name not in active),
        inferred=True,
        project=project.name,
    )


def _stated_name(project: Project) -> str:
    """The project's name where its files give it one."""
    return "" if project.name == DEFAULT_NAME else project.name


def _environment(service: Service, reader: ProjectReader) -> dict[str, str]:
    """The variables that the container gets: `env_file` first, `environment` over it, bare names from the project."""
    values = reader.env_file_values(service)
    for name, value in (service.definition.get("environment") or {}).items():
        found = value if value is not None else service.variables.get(name)
        if isinstance(found, str):
            values[name] = found
    return values


def _system(
    project: Project,
    service: Service,
    environment: Mapping[str, str],
    needs: Mapping[str, Need],
    touches: list[Touch],
    remarks: Remarks,
) -> ListedSystem | None:
    definition = service.definition
    labels = {**_mapping(_mapping(definition.get("deploy")).get("labels")), **_mapping(definition.get("labels"))}
    tier, basis = _tier(service, labels, environment, remarks)
    file = service.file.rpartition("/")[2] or "compose"
    document: JsonObject = {
        "id": f"sys_{service.name}",
        "name": service.name,
        "description": _description(project, definition),
        "owner": _label(labels, "concord.owner", "owner", "team", "maintainer"),
        "tier": tier,
        "reads_from": [
            *(_input(target, needs[target], file) for target in sorted(needs)),
            *(_mounted(touch, file) for touch in touches if not touch.writes),
        ],
        "writes_to": [
            {"resource": f"service://{service.name}", "type": "service", "evidence": f"service {service.name}, {file}"},
            *(_mounted(touch, file) for touch in touches if touch.writes),
        ],
    }
    facts = _facts(project, definition)
    try:
        return ListedSystem(
            item=service.name, system=System.model_validate({**document, "compose": facts}), tier_basis=basis
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = "/".join(str(part) for part in first["loc"])
        remarks.unmapped(
            f"{service.file}#/services/{service.name}", f"no system can be made of it: {where}: {first['msg']}"
        )
        return None


def _input(target: str, need: Need, file: str) -> JsonObject:
    said = list(dict.fromkeys(need.declared)) + list(dict.fromkeys(need.inferred))[:_MOST_EVIDENCE]
    return {
        "resource": f"service://{target}",
        "type": "service",
        "required": need.required,
        "basis": Basis.DECLARED if need.declared else Basis.INFERRED,
        "evidence": f"{'; '.join(said)}, {file}"[:4_000],
    }


def _mounted(touch: Touch, file: str) -> JsonObject:
    return {
        "resource": touch.resource,
        "type": touch.kind,
        "basis": Basis.INFERRED,
        "evidence": f"{touch.evidence}, {file}"[:4_000],
    }


def _tier(
    service: Service, labels: Mapping[str, Any], environment: Mapping[str, str], remarks: Remarks
) -> tuple[Tier, Basis]:
    """The tier that the file states, else the one that its criticality decides, else PRODUCTION unconfirmed."""
    stated = _label(labels, "concord.tier")
    if stated:
        try:
            return Tier(stated), Basis.DECLARED
        except ValueError:
            remarks.unmapped(
                f"{service.file}#/services/{service.name}/labels/concord.tier",
                f"{stated[:40]!r} is none of {', '.join(Tier)}",
            )
    attributes = {
        name.strip(): value.strip()
        for name, separator, value in (
            pair.partition("=") for pair in environment.get("OTEL_RESOURCE_ATTRIBUTES", "").split(",")
        )
        if separator
    }
    criticality = _label(labels, "service.criticality", "criticality") or attributes.get("service.criticality", "")
    tier = _CRITICALITY.get(criticality.lower())
    if tier is not None:
        return tier, Basis.DECLARED
    if criticality:
        remarks.note(
            f"{service.name} states the criticality {criticality[:40]!r}, which is none of {', '.join(_CRITICALITY)}."
        )
    return Tier.PRODUCTION, Basis.INFERRED


def _description(project: Project, definition: Mapping[str, Any]) -> str:
    labels = _mapping(definition.get("labels"))
    said = _label(labels, "concord.description", "org.opencontainers.image.description", "description")
    return said[:4_000] or f"Service of the compose project {project.name}."


def _facts(project: Project, definition: Mapping[str, Any]) -> JsonObject:
    """What else the file says and a person may look for; commands and values stay out, they may hold secrets."""
    facts: JsonObject = {"project": project.name}
    if isinstance(definition.get("image"), str):
        facts["image"] = definition["image"][:500]
    profiles = definition.get("profiles")
    if isinstance(profiles, list) and profiles:
        facts["profiles"] = [str(profile)[:100] for profile in profiles]
    healthcheck = _mapping(definition.get("healthcheck"))
    if healthcheck and healthcheck.get("disable") not in (True, "true") and healthcheck.get("test") != ["NONE"]:
        facts["healthcheck"] = True
    return facts


def _note_profiles(project: Project, active: Mapping[str, Service], remarks: Remarks) -> None:
    left_out = [name for name in project.services if name not in active]
    if left_out:
        shown = ", ".join(left_out[:20]) + (", …" if len(left_out) > 20 else "")
        remarks.note(f"{len(left_out)} services stand in profiles that were not chosen: {shown}.")


def _note_foreign_containers(active: Mapping[str, Service], remarks: Remarks) -> None:
    own = {str(service.definition.get("container_name")) for service in active.values()} | set(active)
    for name, service in active.items():
        for container, said in containers_named(service):
            if container not in own:
                remarks.dangling(name, container, f"{said} names a container outside the project")


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, list):
        return {name: text for name, _, text in (str(entry).partition("=") for entry in value)}
    return value if isinstance(value, Mapping) else {}


def _label(labels: Mapping[str, Any], *names: str) -> str:
    return next((str(labels[name]).strip()[:200] for name in names if labels.get(name)), "")
