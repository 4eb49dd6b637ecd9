"""Workloads: what runs in a cluster, its labels, its containers, and what they are told by variables and files."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from server.exchange.documents import mapping, sequence, words
from server.exchange.imported import Remarks
from server.exchange.kubernetes.objects import Cluster, Thing, selects

KINDS = (
    "Deployment", "StatefulSet", "DaemonSet", "DeploymentConfig", "Rollout", "ReplicaSet", "ReplicationController",
    "CronJob", "Job", "Pod",
)  # fmt: skip
"""What runs, in the order in which two of one name in one namespace get it."""
KNATIVE = "serving.knative.dev"
_VARIABLE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_LONGEST = 200_000


@dataclass(frozen=True)
class Variable:
    """One environment variable of a container."""

    name: str
    value: str
    withheld: bool = False
    """Its value comes from a Secret: what it names may be used, itself it is never shown."""


@dataclass(frozen=True)
class Text:
    """A text that a workload is given: a command, arguments, a file of a ConfigMap."""

    said: str
    """Where it stands, in words that may be shown."""
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A persistent volume claim that a workload mounts."""

    name: str
    read_only: bool


@dataclass(frozen=True)
class Workload:
    """Something that runs."""

    thing: Thing
    plain: str
    """The name that is its own in the source."""
    labels: Mapping[str, Any]
    """The labels of its pods, by which Services and policies find them."""
    annotations: Mapping[str, Any]
    """Those of its pods."""
    variables: tuple[Variable, ...]
    texts: tuple[Text, ...]
    claims: tuple[Claim, ...]
    images: tuple[str, ...]

    @property
    def home(self) -> str:
        """Its namespace."""
        return self.thing.home


class Labelled:
    """Workloads, found by their labels without looking at every one of them."""

    def __init__(self, workloads: list[Workload]) -> None:
        self.all = workloads
        self._by_label: dict[tuple[str, str], list[Workload]] = {}
        self._by_home: dict[str, list[Workload]] = {}
        for workload in workloads:
            self._by_home.setdefault(workload.home, []).append(workload)
            for name, value in workload.labels.items():
                self._by_label.setdefault((str(name), str(value)), []).append(workload)

    def selected_by(self, selector: Any, home: str | None = None) -> list[Workload]:
        """Those whose labels the selector asks for, in one namespace or, where none is given, in all."""
        wanted = mapping(mapping(selector).get("matchLabels"))
        candidates = [self._by_label.get((str(name), str(value)), []) for name, value in wanted.items()]
        if not candidates:
            candidates = [self.all if home is None else self._by_home.get(home, [])]
        return [
            workload
            for workload in min(candidates, key=len)
            if home in (None, workload.home) and selects(selector, workload.labels)
        ]


def workloads_of(cluster: Cluster, plain_of: Mapping[str, str], remarks: Remarks) -> list[Workload]:
    """Everything that runs; `plain_of` takes namespaces to what goes before the names in them.

    What another object owns, as dumps of a running cluster show it, is left to its owner.
    """
    found: list[Workload] = []
    taken: set[str] = set()
    things = [thing for kind in KINDS for thing in cluster.of_kind(kind)] + cluster.of_kind("Service", group=KNATIVE)
    for thing in things:
        if sequence(thing.metadata.get("ownerReferences")):
            remarks.unmapped(thing.at(), f"{thing.kind} {thing.name}: another object owns it, and stands for it")
            continue
        plain = plain_of[thing.home] + thing.name
        if plain in taken:
            plain = f"{plain}-{thing.kind.lower()}"
        if plain in taken:
            remarks.unmapped(thing.at(), f"{thing.kind} {thing.name}: its name is taken by others of that name")
            continue
        taken.add(plain)
        found.append(_workload(thing, plain, cluster, remarks))
    return found


def _workload(thing: Thing, plain: str, cluster: Cluster, remarks: Remarks) -> Workload:
    holder, place = _template(thing)
    spec = mapping(holder.get("spec"))
    metadata = mapping(holder.get("metadata"))
    variables: dict[tuple[int, str], Variable] = {}
    texts: list[Text] = []
    images: list[str] = []
    containers = [
        (member, position, mapping(one))
        for member in ("initContainers", "containers")
        for position, one in enumerate(sequence(spec.get(member)))
    ]
    for number, (member, position, container) in enumerate(containers):
        own = _environment(thing, container, (*place, "spec", member, position), cluster, remarks)
        variables.update({(number, one.name): one for one in own.values()})
        image = words(container.get("image"), 500)
        if image and member == "containers":
            images.append(image)
        for name in ("command", "args"):
            shown = {key: one for key, one in own.items() if not one.withheld}
            parts = tuple(_expanded(words(part, _LONGEST), shown) for part in sequence(container.get(name)))
            if parts:
                texts.append(Text(f"{name} of container {words(container.get('name'), 100) or position}", parts))
    texts += _mounted_files(thing, spec, place, cluster, remarks)
    if not containers:
        remarks.unmapped(thing.at(*place), f"{thing.kind} {thing.name} states no containers")
    return Workload(
        thing, plain, mapping(metadata.get("labels")), mapping(metadata.get("annotations")),
        tuple(dict.fromkeys(variables.values())), tuple(texts), _claims(spec, containers), tuple(images),
    )  # fmt: skip


def _template(thing: Thing) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """(what its pods are made of, where that stands)."""
    if thing.kind == "Pod":
        return thing.value, ()
    if thing.kind == "CronJob":
        template = mapping(mapping(mapping(thing.spec.get("jobTemplate")).get("spec")).get("template"))
        return template, ("spec", "jobTemplate", "spec", "template")
    return mapping(thing.spec.get("template")), ("spec", "template")


def _environment(
    thing: Thing, container: Mapping[str, Any], place: tuple[str | int, ...], cluster: Cluster, remarks: Remarks
) -> dict[str, Variable]:
    """The variables as the container gets them: `envFrom` first, `env` over it, `$(NAME)` filled in."""
    found: dict[str, Variable] = {}
    for position, entry in enumerate(sequence(container.get("envFrom"))):
        given = mapping(entry)
        prefix = words(given.get("prefix"))
        where = thing.at(*place, "envFrom", position)
        for member, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            reference = mapping(given.get(member))
            if reference:
                data = _data(thing, kind, reference, where, cluster, remarks)
                for key, value in data.items():
                    found[prefix + key] = Variable(prefix + key, value, withheld=kind == "Secret")
    for position, entry in enumerate(sequence(container.get("env"))):
        given = mapping(entry)
        name = words(given.get("name"))
        if not name:
            continue
        source = mapping(given.get("valueFrom"))
        where = thing.at(*place, "env", position)
        for member, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            reference = mapping(source.get(member))
            if reference:
                data = _data(thing, kind, reference, where, cluster, remarks)
                key = words(reference.get("key"))
                if key in data:
                    found[name] = Variable(name, data[key], withheld=kind == "Secret")
        if "value" in given and given["value"] is not None:
            found[name] = Variable(
                name, _expanded(_text(given["value"]), found), withheld=_takes_a_secret(given, found)
            )
    return found


def _takes_a_secret(given: Mapping[str, Any], known: Mapping[str, Variable]) -> bool:
    return any(known[one].withheld for one in _VARIABLE.findall(_text(given["value"])) if one in known)


def _data(
    thing: Thing, kind: str, reference: Mapping[str, Any], where: str, cluster: Cluster, remarks: Remarks
) -> dict[str, str]:
    name = words(reference.get("name"))
    holder = cluster.find(kind, thing.home, name)
    if holder is None:
        if kind == "Secret":
            remarks.note(f"The Secret {name} is referred to, and stands in no manifest.")
        elif reference.get("optional") is not True:
            remarks.dangling(f"{thing.kind}/{thing.name}", f"ConfigMap/{name}", f"{where}: no manifest defines it")
        return {}
    data = {str(key): _text(value) for key, value in mapping(holder.value.get("data")).items()}
    if kind == "Secret":
        data = {key: _decoded(value) for key, value in data.items()}
        data.update({str(key): _text(value) for key, value in mapping(holder.value.get("stringData")).items()})
    return data


def _mounted_files(
    thing: Thing, spec: Mapping[str, Any], place: tuple[str, ...], cluster: Cluster, remarks: Remarks
) -> Iterator[Text]:
    for position, entry in enumerate(sequence(spec.get("volumes"))):
        volume = mapping(entry)
        projected = [mapping(one) for one in sequence(mapping(volume.get("projected")).get("sources"))]
        for source in (volume, *projected):
            reference = mapping(source.get("configMap"))
            if not reference:
                continue
            where = thing.at(*place, "spec", "volumes", position)
            data = _data(thing, "ConfigMap", reference, where, cluster, remarks)
            name = words(reference.get("name"), 253)
            for key, text in data.items():
                yield Text(f"{key} of ConfigMap {name}", (text[:_LONGEST],))


def _claims(spec: Mapping[str, Any], containers: list[tuple[str, int, Mapping[str, Any]]]) -> tuple[Claim, ...]:
    found = []
    for entry in sequence(spec.get("volumes")):
        volume = mapping(entry)
        claim = mapping(volume.get("persistentVolumeClaim"))
        name = words(claim.get("claimName"), 253)
        if not name:
            continue
        mounts = [
            mapping(mount)
            for _, _, container in containers
            for mount in sequence(container.get("volumeMounts"))
            if mapping(mount).get("name") == volume.get("name")
        ]
        read_only = claim.get("readOnly") is True or (
            bool(mounts) and all(mount.get("readOnly") is True for mount in mounts)
        )
        found.append(Claim(name, read_only))
    return tuple(found)


def _expanded(text: str, known: Mapping[str, Variable]) -> str:
    """`$(NAME)` filled in; what a Secret says never is, but for variables, which are withheld then."""
    parts: list[str] = []
    size = end = 0
    for found in _VARIABLE.finditer(text):
        filled = known[found[1]].value if found[1] in known else found[0]
        parts += [text[end : found.start()], filled]
        size += found.start() - end + len(filled)
        end = found.end()
        if size > _LONGEST:  # values that hold each other many times over would grow without end
            break
    return "".join((*parts, text[end:]))[:_LONGEST]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:_LONGEST] if isinstance(value, str | int | float) else ""


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
