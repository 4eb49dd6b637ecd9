"""Who calls whom in a cluster: what variables, commands and mounted files name, and what is only guessed from them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from server.exchange.compose.addresses import Address, addresses_in, evidence_for, may_be_a_link
from server.exchange.imported import Remarks
from server.exchange.kubernetes.services import Service, Services
from server.exchange.kubernetes.workloads import Text, Variable, Workload

_COLLECTOR = re.compile(
    r"otel-?col|otel[-_]collector|opentelemetry[-_]collector|telegraf|datadog[-/]agent|grafana[-/](agent|alloy)|metricbeat|"
    r"filebeat|fluent-?(d|bit)|promtail|(^|/)prometheus\b|kube-state-metrics|blackbox-exporter"
)
"""Images and workloads that gather what others say of themselves."""
_OPTION = re.compile(r"--?([A-Za-z][A-Za-z0-9_.-]*)(?:=(.*))?$", re.DOTALL)
_HOST_PORT = re.compile(r"(?<![\w.@/-])([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)[: \t]([0-9]{2,5})(?![\w.-])")
_IN_CLUSTER = re.compile(r"(?<![\w.-])([a-z0-9-]+(?:\.[a-z0-9-]+){1,2}\.svc(?:\.cluster\.local)?)(?![\w-])")
_URL_HOST = re.compile(
    r"[a-z][a-z0-9+.-]{1,30}://(?:[^@/\s\"']*@)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::([0-9]{1,5}))?(?=[/\s\"';,)}?|]|$)"
)
_HERE = frozenset({"localhost", "host", "none", "kubernetes"})
_API_SERVER = "kubernetes.default"
"""The cluster's own interface, which is there without a manifest."""
_MOST_EVIDENCE = 5


@dataclass
class Call:
    """One workload calls a Service."""

    service: Service
    said: list[str] = field(default_factory=list)
    """What lets one think so, in words without secrets."""
    variables: set[str] = field(default_factory=set)
    """The variables that name it; empty where only texts do."""
    allowed_by: list[str] = field(default_factory=list)
    """The policies that allow it."""

    @property
    def evidence(self) -> str:
        """All of it, for people."""
        said = list(dict.fromkeys(self.said))[:_MOST_EVIDENCE]
        return "; ".join([*said, *(f"allowed by NetworkPolicy {name}" for name in dict.fromkeys(self.allowed_by))])[
            :3_000
        ]


@dataclass(frozen=True)
class Missing:
    """A workload names a host of the cluster that no Service stands for."""

    resource: str
    said: str


@dataclass
class Calls:
    """By workload: the Services that it calls, by their resource, and those that it would call."""

    made: dict[str, dict[str, Call]]
    missing: dict[str, dict[str, Missing]]


def calls_of(workloads: list[Workload], services: Services, remarks: Remarks) -> Calls:
    """What the workloads' variables, commands and files name of each other."""
    calls = Calls({one.plain: {} for one in workloads}, {one.plain: {} for one in workloads})
    for workload in workloads:
        for variable in workload.variables:
            for address in addresses_in(variable.name, variable.value):
                _note_call(calls, workload, services, address, _said(variable, address), remarks, variable.name)
        for text in workload.texts:
            for name, address in _named_in(text, workload, services):
                _note_call(calls, workload, services, address, f"{text.said}: {address}", remarks, name)
    _drop_what_is_watched(calls, workloads, remarks)
    _drop_links(calls, remarks)
    return calls


def _said(variable: Variable, address: Address) -> str:
    if variable.withheld:
        return f"environment {variable.name} from a Secret (value withheld)"
    return evidence_for(variable.name, address)


def _note_call(
    calls: Calls,
    workload: Workload,
    services: Services,
    address: Address,
    said: str,
    remarks: Remarks,
    variable: str,
) -> None:
    service = services.meant_by(address.host, workload.home)
    if service is not None:
        if workload.plain in service.workloads:
            return
        call = calls.made[workload.plain].setdefault(service.resource, Call(service))
        call.said.append(said)
        if variable:
            call.variables.add(variable)
        return
    host = address.host.lower()
    own = host in _HERE or _is_number(host) or host.startswith(_API_SERVER)
    resource = "" if own else services.would_be(host, workload.home)
    if not resource or not (address.port or address.scheme or ".svc" in host):
        return
    known = calls.missing[workload.plain]
    known.setdefault(resource, Missing(resource, said))
    remarks.dangling(workload.plain, resource, f"{said}: no manifest defines such a Service")


def _named_in(text: Text, workload: Workload, services: Services) -> Iterator[tuple[str, Address]]:
    """(option that names it, address) of every Service that a text names beyond doubt.

    Options count as variables do (`--redis-addr=redis:6379`). In free text a URL, a name of the cluster in full, or a
    Service with one of its own ports count; anything else could be an example or a word.
    """
    option = ""
    for part in text.parts:
        given = _OPTION.match(part)
        if given is not None:
            option, value = (given[1], given[2]) if given[2] is not None else (given[1], "")
        else:
            value = part
        if option and "\n" not in value and len(value) < 1_000:
            for address in addresses_in(option, value):
                yield option, address
        if given is None:
            option = ""
        lowered = part.lower()
        for url in _URL_HOST.finditer(lowered):
            if services.meant_by(url[1], workload.home) is not None:
                yield option, Address(url[1], url[2] or "")
        for pair in _HOST_PORT.finditer(lowered):
            service = services.meant_by(pair[1], workload.home)
            if service is not None and pair[2] in service.ports:
                yield option, Address(pair[1], pair[2])
        for name in _IN_CLUSTER.finditer(lowered):
            yield option, Address(name[1])


def _drop_what_is_watched(calls: Calls, workloads: list[Workload], remarks: Remarks) -> None:
    """A collector does not depend on what it is told to watch; what it sends on to, which nobody else uses, stays."""
    collectors = {
        one.plain for one in workloads if any(_COLLECTOR.search(text.lower()) for text in (one.thing.name, *one.images))
    }
    for name in sorted(collectors):
        for resource, call in list(calls.made[name].items()):
            users = {other for other, made in calls.made.items() if resource in made} - collectors
            back = any(
                name in one.service.workloads
                for behind in call.service.workloads
                for one in calls.made[behind].values()
            )
            if users or back:
                del calls.made[name][resource]
                said = "; ".join(dict.fromkeys(call.said))
                remarks.note(
                    f"{name} collects what others report and names {resource} ({said}): watched, not a dependency."
                )


def _drop_links(calls: Calls, remarks: Remarks) -> None:
    """Of two that name each other: equals in a cluster depend on neither, and a link is where people are sent."""
    for name, made in calls.made.items():
        for resource, call in list(made.items()):
            for other in call.service.workloads:
                back = [one for one in calls.made[other].values() if name in one.service.workloads]
                if not back or resource not in made:
                    continue
                named_back = {variable for one in back for variable in one.variables}
                link = bool(call.variables) and all(may_be_a_link(one) for one in call.variables)
                if call.variables & named_back and other > name:
                    del made[resource]
                    for one in back:
                        del calls.made[other][one.service.resource]
                    remarks.note(f"{name} and {other} name each other in the same variables: equals, no dependency.")
                elif link and not all(may_be_a_link(one) for one in named_back):
                    del made[resource]
                    remarks.note(f"{name} names {resource}, which calls {name}: taken as a link, not as a dependency.")


def _is_number(host: str) -> bool:
    return re.fullmatch(r"[0-9.]+", host) is not None
