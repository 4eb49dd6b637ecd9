"""Who needs whom in a project: what the files declare, and what variables let us infer."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.exchange.compose.addresses import addresses_in, evidence_for, may_be_a_link
from server.exchange.compose.project import Project, Service
from server.exchange.imported import Remarks

_MOST_SHOWN = 30
_COLLECTOR = re.compile(
    r"otel-?col|otel[-_]collector|opentelemetry[-_]collector|telegraf|datadog[-/]agent|grafana/(agent|alloy)|metricbeat"
)
"""Images and services that gather other services' telemetry."""


@dataclass
class Need:
    """One service needs another."""

    declared: list[str] = field(default_factory=list)
    """Where the files say so: `depends_on`, `links`, …"""
    inferred: list[str] = field(default_factory=list)
    """What else lets one think so, in words without secrets."""
    required: bool = True
    variables: set[str] = field(default_factory=set)


Needs = dict[str, dict[str, Need]]
"""By service, then by the service it needs."""


def needs_of(
    project: Project, active: Mapping[str, Service], environments: Mapping[str, Mapping[str, str]], remarks: Remarks
) -> Needs:
    """What every active service needs of the others: declared ones first, then those that their variables name."""
    needs: Needs = {name: {} for name in active}
    for name, service in active.items():
        for target, said, required in _declared(service):
            _declare(needs[name], name, target, said, required, active, project, remarks)
    declared = {name: {target for target, need in found.items() if need.declared} for name, found in needs.items()}
    hosts = _hosts(project, active)
    strangers: dict[str, None] = {}
    for name, service in active.items():
        known = {**hosts, **_own_aliases(service, active)}
        for variable, value in environments[name].items():
            for address in addresses_in(variable, value):
                target = known.get(address.host) or known.get(address.host.lower(), "")
                if not target:
                    if "." not in address.host and not address.host.isdigit() and address.host != "localhost":
                        strangers[f"{address.host} ({variable} of {name})" if not address.scheme else ""] = None
                    continue
                if target != name:
                    need = needs[name].setdefault(target, Need())
                    need.inferred.append(evidence_for(variable, address))
                    need.variables.add(variable)
    strangers.pop("", None)
    if strangers:
        shown = ", ".join(list(strangers)[:_MOST_SHOWN]) + (", …" if len(strangers) > _MOST_SHOWN else "")
        remarks.note(f"Variables name hosts that are no service here: {shown}.")
    _drop_what_runs_against_the_order(needs, declared, remarks)
    _drop_what_is_watched(needs, active, remarks)
    _drop_equals(needs, remarks)
    return needs


def _declare(
    needs: dict[str, Need],
    name: str,
    target: str,
    said: str,
    required: bool,
    active: Mapping[str, Service],
    project: Project,
    remarks: Remarks,
) -> None:
    if target in active:
        if target != name:
            need = needs.setdefault(target, Need(required=False))
            need.declared.append(said)
            need.required = need.required or required
    elif not required:
        remarks.note(f"{name} would use {target} ({said}, not required), which is not there.")
    elif target in project.services:
        profiles = ", ".join(_texts(project.services[target].definition.get("profiles")))
        remarks.dangling(
            name, target, f"{said}, but that service stands only in profile {profiles}, which was not chosen"
        )
    else:
        remarks.dangling(name, target, f"{said}, but no file defines such a service")


def _declared(service: Service) -> Iterator[tuple[str, str, bool]]:
    """(service needed, the words of the file, whether it is required)."""
    definition = service.definition
    for target, how in (definition.get("depends_on") or {}).items():
        condition = how.get("condition") if isinstance(how, Mapping) else None
        required = not (isinstance(how, Mapping) and how.get("required") in (False, "false"))
        yield target, f"depends_on ({condition})" if isinstance(condition, str) else "depends_on", required
    for link in _texts(definition.get("links")):
        yield link.partition(":")[0], "links", True
    for source in _texts(definition.get("volumes_from")):
        if not source.startswith("container:"):
            yield source.partition(":")[0], "volumes_from", True
    for member in ("network_mode", "pid", "ipc"):
        kind, _, target = str(definition.get(member) or "").partition(":")
        if kind == "service" and target:
            yield target, member, True


def containers_named(service: Service) -> Iterator[tuple[str, str]]:
    """(container that the service refers to by its name, the words of the file)."""
    definition = service.definition
    for link in _texts(definition.get("external_links")):
        yield link.partition(":")[0], "external_links"
    for source in _texts(definition.get("volumes_from")):
        if source.startswith("container:"):
            yield source.split(":")[1], "volumes_from"
    for member in ("network_mode", "pid", "ipc"):
        kind, _, target = str(definition.get(member) or "").partition(":")
        if kind == "container" and target:
            yield target, member


def _hosts(project: Project, active: Mapping[str, Service]) -> dict[str, str]:
    """The service that each host name means; a service's own name goes before what others call themselves."""
    claims: dict[str, set[str]] = {}
    for name, service in active.items():
        for alias in _other_names(project, service):
            claims.setdefault(alias, set()).add(name)
    hosts = {alias: next(iter(owners)) for alias, owners in claims.items() if len(owners) == 1}
    hosts.update({name.lower(): name for name in active})
    hosts.update({name: name for name in active})
    return hosts


def _other_names(project: Project, service: Service) -> Iterator[str]:
    definition = service.definition
    for member in ("container_name", "hostname"):
        if definition.get(member):
            yield str(definition[member])
    if definition.get("hostname") and definition.get("domainname"):
        yield f"{definition['hostname']}.{definition['domainname']}"
    for network, how in (definition.get("networks") or {}).items():
        yield f"{service.name}.{project.name}_{network}"
        yield from _texts(how.get("aliases") if isinstance(how, Mapping) else None)
    for separator in "-_":
        yield separator.join((project.name, service.name, "1"))


def _own_aliases(service: Service, active: Mapping[str, Service]) -> dict[str, str]:
    """Names that only this service has for others: `links: ["db:database"]`."""
    pairs = (link.partition(":") for link in _texts(service.definition.get("links")))
    return {alias: target for target, _, alias in pairs if alias and target in active}


def _drop_what_runs_against_the_order(needs: Needs, declared: Mapping[str, set[str]], remarks: Remarks) -> None:
    """A variable that names a service which is itself declared to need this one is no need.

    Compose starts services in an order without circles. A reference against that order is how a service is told where
    it is watched from, linked to or called back at: a scrape target, a public address in e-mails, a webhook.
    """
    reachable = {name: _closure(name, declared) for name in needs}
    for name, found in needs.items():
        for target in [target for target, need in found.items() if not need.declared and name in reachable[target]]:
            said = "; ".join(dict.fromkeys(found.pop(target).inferred))
            remarks.note(
                f"{name} names {target} ({said}), which itself is declared to need {name}: taken as a scrape target, "
                "link or callback, not as a dependency."
            )


def _drop_what_is_watched(needs: Needs, active: Mapping[str, Service], remarks: Remarks) -> None:
    """A collector of telemetry does not depend on the parts of the application that it is told to watch.

    Everybody sends to the collector. Were it to depend on what it watches, a change to any watched database would seem to
    reach every service that sends telemetry. Where it sends things on to, which nobody else uses, stays.
    """
    collectors = {name for name, service in active.items() if _is_collector(service)}
    for name in sorted(collectors):
        for target in [target for target, need in needs[name].items() if not need.declared]:
            users = {other for other, found in needs.items() if target in found} - collectors
            if users or name in needs[target]:
                said = "; ".join(dict.fromkeys(needs[name].pop(target).inferred))
                remarks.note(f"{name} collects telemetry and names {target} ({said}): watched, not a dependency.")


def _is_collector(service: Service) -> bool:
    return any(_COLLECTOR.search(str(text).lower()) for text in (service.name, service.definition.get("image") or ""))


def _drop_equals(needs: Needs, remarks: Remarks) -> None:
    """Of two services that name each other, at most one consumes the other where the variables' names tell so.

    In a variable of the same name they are equals in a cluster. Where one of them knows the other only by a name such as
    `FRONTEND_URL`, that is where it sends people.
    """
    for name, found in needs.items():
        for target in sorted(found):
            back = needs[target].get(name)
            if target <= name or back is None or found[target].declared or back.declared:
                continue
            links = [
                one
                for one, other in ((name, target), (target, name))
                if all(may_be_a_link(variable) for variable in needs[one][other].variables)
            ]
            if len(links) == 1:
                (one,) = links
                other = target if one == name else name
                said = "; ".join(dict.fromkeys(needs[one].pop(other).inferred))
                remarks.note(f"{one} names {other} ({said}), which calls {one}: taken as a link, not as a dependency.")
            elif shared := found[target].variables & back.variables:
                del found[target], needs[target][name]
                remarks.note(
                    f"{name} and {target} name each other in {', '.join(sorted(shared))}: equals, no dependency."
                )


def _closure(start: str, edges: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        for target in edges.get(todo.pop(), ()):
            if target not in found:
                found.add(target)
                todo.append(target)
    return found


def _texts(value: Any) -> Sequence[str]:
    return [str(item) for item in value if isinstance(item, str | int)] if isinstance(value, list) else ()


def chosen_profiles(asked: Sequence[str], variables: Mapping[str, str]) -> tuple[str, ...]:
    """The profiles that were asked for, else those that `COMPOSE_PROFILES` names."""
    given = asked or re.split(r"[,\s]+", variables.get("COMPOSE_PROFILES", ""))
    return tuple(dict.fromkeys(name.strip() for name in given if name.strip()))


def active_services(project: Project, profiles: Sequence[str]) -> dict[str, Service]:
    """The services without profiles, and those in one of the given ones; `*` and `all` stand for every profile."""
    everything = "*" in profiles or "all" in profiles
    return {
        name: service
        for name, service in project.services.items()
        if everything
        or not (own := _texts(service.definition.get("profiles")))
        or any(profile in profiles for profile in own)
    }
