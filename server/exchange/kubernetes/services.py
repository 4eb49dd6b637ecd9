"""The Services of a cluster: which workloads they lead to, and which one a host name means."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.exchange.documents import mapping, sequence, words
from server.exchange.imported import Remarks
from server.exchange.kubernetes.objects import Cluster, Thing, selector_words
from server.exchange.kubernetes.workloads import KNATIVE, Labelled, Workload

_DOMAIN = "cluster.local"


@dataclass(frozen=True)
class Service:
    """A name under which workloads are reached."""

    plain: str
    """The name that is its own in the source."""
    home: str
    name: str
    workloads: tuple[str, ...]
    """The plain names of those behind it."""
    ports: frozenset[str]

    @property
    def resource(self) -> str:
        """The resource that it is."""
        return f"service://{self.plain}"


class Services:
    """Every Service by namespace and name."""

    def __init__(
        self, cluster: Cluster, workloads: list[Workload], plain_of: Mapping[str, str], remarks: Remarks
    ) -> None:
        self._cluster = cluster
        self._plain_of = plain_of
        self.all: dict[tuple[str, str], Service] = {}
        """By namespace and name."""
        self._elsewhere: dict[tuple[str, str], str] = {}
        labelled = Labelled(workloads)
        for thing in cluster.of_kind("Service", group=""):
            self._add(thing, labelled, remarks)
        for workload in workloads:
            if workload.thing.kind == "Service" and workload.thing.group == KNATIVE:
                key = workload.home, workload.thing.name
                self.all[key] = Service(workload.plain, *key, (workload.plain,), frozenset({"80"}))
        self._leading_to: dict[str, list[Service]] = {}
        for service in self.all.values():
            for plain in service.workloads:
                self._leading_to.setdefault(plain, []).append(service)

    def of_workload(self, plain: str) -> list[Service]:
        """The Services that lead to a workload, in the order of reading."""
        return self._leading_to.get(plain, [])

    def meant_by(self, host: str, home: str) -> Service | None:
        """The Service that a host name means to who lies in this namespace; None for any other host."""
        return self._meant_by(host, home, steps=5)

    def would_be(self, host: str, home: str) -> str:
        """The resource that a Service of this name would be, where the host can only be one of the cluster; else empty."""
        place = self._place(host.lower().rstrip("."), home)
        if place is None or (place[0] not in self._plain_of and ".svc" not in host):
            return ""
        return f"service://{self._plain_of.get(place[0], place[0] + '.')}{place[1]}"

    def _add(self, thing: Thing, labelled: Labelled, remarks: Remarks) -> None:
        key = thing.home, thing.name
        plain = self._plain_of[thing.home] + thing.name
        selector = {"matchLabels": mapping(thing.spec.get("selector"))}
        if external := words(thing.spec.get("externalName"), 253):
            self._elsewhere[key] = external
            remarks.unmapped(
                thing.at(), f"Service {plain}: another name for {external}, and leads to no workload itself"
            )
            return
        found = labelled.selected_by(selector, thing.home) if selector["matchLabels"] else []
        behind = tuple(workload.plain for workload in found)
        ports = frozenset(words(mapping(port).get("port")) for port in sequence(thing.spec.get("ports")))
        self.all[key] = Service(plain, *key, behind, ports - {""})
        if not selector["matchLabels"]:
            remarks.unmapped(
                thing.at(), f"Service {plain} selects no pods: what is behind it lies outside the manifests"
            )
        elif not behind:
            remarks.dangling(
                f"Service/{plain}",
                selector_words(selector),
                f"{thing.at('spec', 'selector')}: no workload has these labels",
            )

    def _meant_by(self, host: str, home: str, steps: int) -> Service | None:
        place = self._place(host.lower().rstrip("."), home)
        if place is None or not steps:
            return None
        if place in self._elsewhere:
            return self._meant_by(self._elsewhere[place], place[0], steps - 1)
        found = self.all.get(place)
        if found is None and (thing := self._cluster.find("Service", *place)) is not None:
            found = self.all.get((thing.home, thing.name))
        return found

    def _place(self, host: str, home: str) -> tuple[str, str] | None:
        """(namespace, name) that the host name says; None where it is no name of the cluster."""
        parts = host.removesuffix(f".{_DOMAIN}").split(".")
        if "svc" in parts[1:]:
            before = parts[: parts.index("svc", 1)]
            return (before[-1], before[-2]) if len(before) in (2, 3) and parts[-1] == "svc" else None
        if len(parts) == 1:
            return home, parts[0]
        if len(parts) == 2:
            if (parts[1], parts[0]) in self.all or (parts[1], parts[0]) in self._elsewhere:
                return parts[1], parts[0]
            if (home, parts[1]) in self.all and parts[0].rpartition("-")[2].isdigit():
                return home, parts[1]  # a pod of a stateful set
        if len(parts) == 3 and (parts[2], parts[1]) in self.all:
            return parts[2], parts[1]
        return None
