"""Where workloads are reached from outside: the hosts and paths of Ingresses and HTTPRoutes."""

from collections.abc import Iterator

from server.exchange.documents import mapping, sequence, words
from server.exchange.imported import Remarks
from server.exchange.kubernetes.objects import Cluster, Thing
from server.exchange.kubernetes.services import Services


def entrances_of(cluster: Cluster, services: Services, remarks: Remarks) -> dict[str, list[tuple[str, str]]]:
    """By workload: (address, what says so) of every way in that leads to it; one that leads nowhere is told."""
    found: dict[str, list[tuple[str, str]]] = {}
    for thing in cluster.of_kind("Ingress", "HTTPRoute"):
        ways = list(_of_ingress(thing) if thing.kind == "Ingress" else _of_route(thing, remarks))
        if not any(address for address, _, _ in ways):
            remarks.unmapped(thing.at(), f"{thing.kind} {thing.name}: no rule of it leads from a host to a Service")
        for address, backend, place in ways:
            service = services.meant_by(backend, thing.home)
            if service is None:
                remarks.dangling(f"{thing.kind}/{thing.name}", f"Service/{backend}", f"{place}: no manifest defines it")
                continue
            for plain in service.workloads if address else ():
                entry = (address, f"{thing.kind} {thing.name}")
                if entry not in found.setdefault(plain, []):
                    found[plain].append(entry)
    return found


def _of_ingress(thing: Thing) -> Iterator[tuple[str, str, str]]:
    """(address, Service, place) of every rule; no address where it states no host."""
    secure = {words(host) for tls in sequence(thing.spec.get("tls")) for host in sequence(mapping(tls).get("hosts"))}
    default = mapping(thing.spec.get("defaultBackend") or thing.spec.get("backend"))
    if backend := _backend(default):
        yield "", backend, thing.at("spec", "defaultBackend")
    for position, rule in enumerate(sequence(thing.spec.get("rules"))):
        host = words(mapping(rule).get("host"), 253)
        scheme = "https" if host in secure else "http"
        for number, path in enumerate(sequence(mapping(mapping(rule).get("http")).get("paths"))):
            backend = _backend(mapping(mapping(path).get("backend")))
            address = _address(scheme, host, words(mapping(path).get("path"), 500))
            if backend:
                yield address, backend, thing.at("spec", "rules", position, "http", "paths", number)


def _of_route(thing: Thing, remarks: Remarks) -> Iterator[tuple[str, str, str]]:
    hosts = [words(host, 253) for host in sequence(thing.spec.get("hostnames"))] or [""]
    for position, rule in enumerate(sequence(thing.spec.get("rules"))):
        paths = [
            words(mapping(mapping(match).get("path")).get("value"), 500)
            for match in sequence(mapping(rule).get("matches"))
        ] or [""]
        for number, reference in enumerate(sequence(mapping(rule).get("backendRefs"))):
            given = mapping(reference)
            place = thing.at("spec", "rules", position, "backendRefs", number)
            if words(given.get("kind")) not in ("", "Service") or not words(given.get("name")):
                remarks.unmapped(place, f"{thing.kind} {thing.name}: leads to no Service by its name")
                continue
            home = words(given.get("namespace"))
            backend = f"{words(given['name'])}.{home}.svc" if home else words(given["name"])
            for host in hosts:
                for path in paths:
                    yield _address("https", host, path), backend, place


def _backend(backend: object) -> str:
    given = mapping(backend)
    return words(mapping(given.get("service")).get("name"), 253) or words(given.get("serviceName"), 253)


def _address(scheme: str, host: str, path: str) -> str:
    """Where people come in; empty where any host is meant, or the path is a pattern."""
    if not host or "*" in host:
        return ""
    plain = path if path.startswith("/") and not any(mark in path for mark in "()*?[]|$^") else ""
    return f"{scheme}://{host.lower()}{plain.rstrip('/')}"
