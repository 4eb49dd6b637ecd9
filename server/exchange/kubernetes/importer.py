"""From Kubernetes manifests to systems: one per workload, with the Services that it offers and calls (REG-11)."""

import re
from collections.abc import Mapping, Set

from server.exchange.imported import Imported, ListedSystem, Remarks, found_in
from server.exchange.kubernetes.calls import calls_of
from server.exchange.kubernetes.entrances import entrances_of
from server.exchange.kubernetes.kustomization import Builder, is_kustomization
from server.exchange.kubernetes.objects import DEFAULT, Cluster, Thing, things_in
from server.exchange.kubernetes.policies import Policies, hold_against
from server.exchange.kubernetes.services import Services
from server.exchange.kubernetes.systems import Said, listed_system
from server.exchange.kubernetes.volumes import touches_of
from server.exchange.kubernetes.workloads import KINDS, KNATIVE, workloads_of
from server.exchange.registry_json import ReadSystem
from server.exchange.source import Nearby, Request, SourceFile

KIND = "kubernetes"
ENDINGS = (".yaml", ".yml", ".json", "kustomization")

_VERSION = re.compile(
    r"^[ \t]*(?:- )?[\"']?apiVersion[\"']?[ \t]*:[ \t]*[\"']?(v1|[a-z0-9.-]+/v[0-9][a-z0-9]*)[\"']?[ \t]*,?[ \t]*(#.*)?\r?$",
    re.MULTILINE,
)
_KIND = re.compile(r"^[ \t]*(?:- )?[\"']?kind[\"']?[ \t]*:[ \t]*[\"']?[A-Z]", re.MULTILINE)
_IN_FLOW = re.compile(r"[\"']?apiVersion[\"']?\s*:\s*[\"']?(v1|[a-z0-9.-]+/v[0-9][a-z0-9]*)[\"']?\s*[,}]")
_ANOTHERS = re.compile(r"apiVersion[\"']?\s*:\s*[\"']?[\w.-]*backstage\.io/|kind[\"']?\s*:\s*[\"']?DataContract")
_READ = (
    *KINDS, "Service", "ConfigMap", "Secret", "Ingress", "HTTPRoute", "NetworkPolicy", "PersistentVolumeClaim", "Namespace",
)  # fmt: skip
_SILENT = frozenset(
    {
        "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "HorizontalPodAutoscaler",
        "VerticalPodAutoscaler", "PodDisruptionBudget", "LimitRange", "ResourceQuota", "PriorityClass", "StorageClass",
        "PersistentVolume", "CustomResourceDefinition", "IngressClass", "Endpoints", "EndpointSlice", "Event", "Node",
        "PodSecurityPolicy", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService",
    }
)  # fmt: skip
"""Kinds that say nothing of what systems read or write."""

_PARTS = {
    "ConfigMap": "what it says counts where a workload takes it, and it is no system itself",
    "Secret": "what it names counts where a workload takes it; nothing of it is kept",
    "Namespace": "it holds others, and is no system",
}
"""Kinds that others are made of."""


def recognises(path: str, text: str) -> bool:
    """Whether this looks like manifests: objects with a version and a kind, or a kustomization by its name."""
    if is_kustomization(path):
        return True
    head = text[:200_000]
    if _ANOTHERS.search(head):
        return False
    if _VERSION.search(head) and _KIND.search(head):
        return True
    return _IN_FLOW.search(head) is not None and re.search(r"[\"']?kind[\"']?\s*:\s*[\"']?[A-Z]", head) is not None


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """None by their names alone: a folder of manifests is a tree of files."""
    return []


def read_kubernetes(request: Request, read_system: ReadSystem) -> Imported:
    """The workloads of the manifests as systems; every other object is told with what became of it.

    Raises InvalidArgument or TooLarge where the only file can't be read at all.
    """
    remarks = Remarks()
    cluster = _cluster(request, remarks)
    namespaces = _namespaces(cluster)
    plain_of = _plain_names(namespaces)
    workloads = workloads_of(cluster, plain_of, remarks)
    services = Services(cluster, workloads, plain_of, remarks)
    calls = calls_of(workloads, services, remarks)
    unnamed = hold_against(Policies(cluster, workloads, remarks), calls, services, remarks)
    touches = touches_of(cluster, workloads, remarks)
    entrances = entrances_of(cluster, services, remarks)
    _tell_the_rest(cluster, {touch.resource for found in touches.values() for touch in found}, remarks)
    if not workloads:
        remarks.note("The manifests hold nothing that runs.")
    listed = (
        listed_system(
            workload,
            Said(
                services=services.of_workload(workload.plain),
                calls=calls.made[workload.plain],
                allowed=unnamed.get(workload.plain, {}),
                missing=calls.missing[workload.plain],
                touches=touches[workload.plain],
                entrances=entrances.get(workload.plain, []),
            ),
            read_system,
            remarks,
        )
        for workload in workloads
    )
    systems: tuple[ListedSystem, ...] = tuple(one for one in listed if one is not None)
    project = namespaces[0] if len(namespaces) == 1 else ""
    return found_in(request.place, KIND, systems, remarks, project=project)


def _cluster(request: Request, remarks: Remarks) -> Cluster:
    """What kustomizations build, then the manifests that none of them names."""
    cluster = Cluster()
    given = {file.path: file for file in request.files}
    builder = Builder(request.nearby, remarks, given)
    for root in builder.roots():
        for thing in builder.build(root):
            cluster.add(thing, remarks)
    rest = [file for path, file in given.items() if path not in builder.used and not is_kustomization(path)]
    if builder.used and rest:
        shown = ", ".join(file.path.rpartition("/")[2] for file in rest[:20]) + (", …" if len(rest) > 20 else "")
        remarks.note(f"Read although no kustomization names them: {shown}.")
    for file in rest:
        for thing in things_in(file, remarks, alone=len(given) == 1):
            cluster.add(thing, remarks)
    return cluster


def _namespaces(cluster: Cluster) -> list[str]:
    """The namespaces that hold what runs or is reached, sorted."""
    return sorted({thing.home for thing in cluster.of_kind(*KINDS, "Service")}) or [DEFAULT]


def _plain_names(namespaces: list[str]) -> Mapping[str, str]:
    """What goes before the names of each namespace: nothing where there is one, or for the default one."""

    class _Prefixes(dict[str, str]):
        def __missing__(self, namespace: str) -> str:
            return f"{namespace}."

    if len(namespaces) == 1:
        return _Prefixes({namespaces[0]: ""})
    return _Prefixes({name: "" if name == DEFAULT else f"{name}." for name in namespaces})


def _tell_the_rest(cluster: Cluster, shared: Set[str], remarks: Remarks) -> None:
    """Every object that is no system and no part of one is listed, those first of which nothing is known."""
    for thing in cluster.things:
        if thing.kind not in _SILENT and not _is_read(thing):
            remarks.unmapped(thing.at(), f"{thing.kind} {thing.name}: objects of this kind are not mapped")
    for thing in cluster.things:
        reason = "says nothing of what systems read or write" if thing.kind in _SILENT else _PARTS.get(thing.kind, "")
        if thing.kind == "PersistentVolumeClaim" and f"volume://{thing.home}/{thing.name}" not in shared:
            reason = "fewer than two workloads mount it, so that nobody shares it"
        if reason:
            remarks.unmapped(thing.at(), f"{thing.kind} {thing.name}: {reason}")


def _is_read(thing: Thing) -> bool:
    return thing.kind in _READ and (thing.kind != "Service" or thing.group in ("", KNATIVE))
