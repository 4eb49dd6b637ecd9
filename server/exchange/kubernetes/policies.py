"""Network policies: an independent statement of who may call whom, held against what variables and files name."""

from collections.abc import Iterator, Mapping
from typing import Any

from server.exchange.documents import mapping, sequence, words
from server.exchange.imported import Remarks
from server.exchange.kubernetes.calls import Call, Calls
from server.exchange.kubernetes.objects import Cluster, Thing, is_empty, selector_words, selects
from server.exchange.kubernetes.services import Service, Services
from server.exchange.kubernetes.workloads import Labelled, Workload

_NAMESPACE_NAME = "kubernetes.io/metadata.name"
_MOST_SHOWN = 30


class Policies:
    """What the policies of a cluster say of its workloads."""

    def __init__(self, cluster: Cluster, workloads: list[Workload], remarks: Remarks) -> None:
        self._labelled = Labelled(workloads)
        self._remarks = remarks
        self._namespaces = {
            thing.name: {_NAMESPACE_NAME: thing.name, **mapping(thing.metadata.get("labels"))}
            for thing in cluster.of_kind("Namespace")
        }
        self.allowed: dict[tuple[str, str], list[str]] = {}
        """(caller, called) → the policies that name both of them by their labels."""
        self._open: set[str] = set()
        """Workloads that a policy lets everybody call."""
        self._closed: dict[str, list[str]] = {}
        """Workloads that a policy speaks of → its names."""
        for thing in cluster.of_kind("NetworkPolicy"):
            before = sum(map(len, self.allowed.values()))
            self._read(thing)
            if sum(map(len, self.allowed.values())) == before:
                remarks.unmapped(
                    thing.at(), f"NetworkPolicy {thing.name}: names no two workloads, and so states no call"
                )

    def forbids(self, caller: str, called: str) -> list[str]:
        """The policies that speak of who may call a workload, where none of them lets this one in."""
        if called in self._open or (caller, called) in self.allowed:
            return []
        return self._closed.get(called, [])

    def _read(self, thing: Thing) -> None:
        spec = thing.spec
        about = self._labelled.selected_by(spec.get("podSelector"), thing.home)
        if not about and not is_empty(spec.get("podSelector")):
            self._remarks.dangling(
                f"NetworkPolicy/{thing.name}",
                selector_words(spec.get("podSelector")),
                f"{thing.at('spec', 'podSelector')}: no workload has these labels",
            )
        kinds = [words(one) for one in sequence(spec.get("policyTypes"))] or ["Ingress"]
        specific = not is_empty(spec.get("podSelector"))
        if "Ingress" in kinds and specific:
            for one in about:
                self._closed.setdefault(one.plain, []).append(thing.name)
        for member, side in (("ingress", "from"), ("egress", "to")):
            for position, rule in enumerate(sequence(spec.get(member))):
                peers = sequence(mapping(rule).get(side))
                if not peers and member == "ingress":
                    self._open |= {one.plain for one in about}
                for number, peer in enumerate(peers):
                    place = thing.at("spec", member, position, side, number)
                    self._allow(thing, mapping(peer), about, place, inward=member == "ingress", specific=specific)

    def _allow(
        self, thing: Thing, peer: Mapping[str, Any], about: list[Workload], place: str, *, inward: bool, specific: bool
    ) -> None:
        if "ipBlock" in peer:
            return
        if is_empty(peer.get("podSelector")):
            if inward:  # everybody in some namespace: no statement of who calls
                self._open |= {one.plain for one in about}
            return
        met = self._met(peer, thing.home)
        if not met:
            said = selector_words(peer.get("podSelector"))
            self._remarks.dangling(f"NetworkPolicy/{thing.name}", said, f"{place}: no workload has these labels")
        if not specific:
            return
        for one in about:
            for other in met:
                pair = (other.plain, one.plain) if inward else (one.plain, other.plain)
                if pair[0] != pair[1]:
                    self.allowed.setdefault(pair, []).append(thing.name)

    def _met(self, peer: Mapping[str, Any], home: str) -> list[Workload]:
        """The workloads that a rule names: by their own labels, in its namespace or in those with certain labels."""
        if "namespaceSelector" not in peer:
            return self._labelled.selected_by(peer.get("podSelector"), home)
        return [
            one
            for one in self._labelled.selected_by(peer.get("podSelector"))
            if selects(peer.get("namespaceSelector"), self._namespaces.get(one.home, {_NAMESPACE_NAME: one.home}))
        ]


def hold_against(policies: Policies, calls: Calls, services: Services, remarks: Remarks) -> dict[str, dict[str, Call]]:
    """By workload: the Services that it may call by a policy, and of which no variable or file says that it does.

    Calls that a policy allows have its name from now on; what only one of the two states is told.
    """
    unnamed: dict[str, dict[str, Call]] = {}
    for (caller, called), names in policies.allowed.items():
        behind = services.of_workload(called)
        named = [calls.made[caller][one.resource] for one in behind if one.resource in calls.made[caller]]
        for call in named:
            call.allowed_by += names
        calls_back = any(caller in one.service.workloads for one in calls.made[called].values())
        if named or not behind:
            if not behind:
                remarks.note(
                    f"NetworkPolicy {', '.join(names)} lets {caller} call {called}, which no Service leads to."
                )
        elif calls_back:
            remarks.note(
                f"NetworkPolicy {', '.join(names)} lets {caller} call {called}, which itself calls {caller}: no dependency."
            )
        else:
            service = behind[0]
            unnamed.setdefault(caller, {})[service.resource] = Call(service, allowed_by=list(names))
    _tell(
        "Allowed by a NetworkPolicy, and named by no variable or file; taken as inferred: ",
        [f"{caller} → {call.service.plain}" for caller, found in unnamed.items() for call in found.values()],
        remarks,
    )
    _tell(
        "Named by variables or files, and allowed by no NetworkPolicy of those it is for: ",
        _forbidden(policies, calls),
        remarks,
    )
    return unnamed


def _forbidden(policies: Policies, calls: Calls) -> Iterator[str]:
    for caller, made in calls.made.items():
        for call in made.values():
            against = {name for called in call.service.workloads for name in policies.forbids(caller, called)}
            if against and call.service.workloads and _all_forbid(policies, caller, call.service):
                yield f"{caller} → {call.service.plain} ({', '.join(sorted(against))})"


def _all_forbid(policies: Policies, caller: str, service: Service) -> bool:
    return all(policies.forbids(caller, called) for called in service.workloads)


def _tell(said: str, pairs: Any, remarks: Remarks) -> None:
    found = sorted(pairs)
    if found:
        remarks.note(said + ", ".join(found[:_MOST_SHOWN]) + (", …." if len(found) > _MOST_SHOWN else "."))
