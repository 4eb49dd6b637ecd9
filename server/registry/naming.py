"""What a name means: a system, a contract or a resource, however it is spelt (REG-10)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from server.errors import Ambiguous, NotFound
from server.model.contract import ContractType
from server.model.system import StoredSystem
from server.registry.map import RegistryMap

Canonical = Callable[[str], str]
"""Takes a resource as written to its canonical name."""
_SHOWN = 20
_MOST_ALIKE = 5
MOST_COMPARED = 20_000
"""Resources among which a name that nobody registered is looked for; more would take longer than a call should."""
_CONTRACT_ID = re.compile(r"(?i)CTR-\d+")


@dataclass(frozen=True)
class SystemTarget:
    """A registered system."""

    id: str


@dataclass(frozen=True)
class ContractTarget:
    """A contract by its id."""

    id: str
    resource: str
    """Canonical."""
    consumers: tuple[str, ...]


@dataclass(frozen=True)
class ResourceTarget:
    """A resource that somebody reads or writes."""

    written: str
    name: str
    """Canonical."""


Target = SystemTarget | ContractTarget | ResourceTarget


def find_target(registry: RegistryMap, text: str, canonical: Canonical) -> Target:
    """What the text names: an exact name before one that is spelt otherwise, systems before contracts before file names.

    Raises NotFound (with close names) or Ambiguous (with the candidates).
    """
    wanted = _bare(text)
    for candidates in (
        _exact(registry, wanted, canonical),
        _systems_called(registry, wanted),
        _contracts_called(registry, wanted),
        _resources_ending_in(registry, wanted),
    ):
        found = list(dict.fromkeys(candidates))
        if len(found) == 1:
            return found[0]
        if found:
            names = tuple(_name_of(target) for target in found)
            raise Ambiguous(
                f"{wanted[:200]!r} may mean {len(found)} things.",
                path="/target",
                hint="Say which one by its full name.",
                allowed=names[:_SHOWN],
            )
    raise NotFound(
        f"No system, contract or resource goes by {wanted[:200]!r}.",
        path="/target",
        hint="find_systems lists what is registered.",
        allowed=close_names(registry, wanted) or close_resources(registry, canonical(wanted)),
    )


def find_system(registry: RegistryMap, text: str, *, path: str = "/system_id") -> str:
    """The id of the system (live or archived) that the text names.

    Raises NotFound (with close names) or Ambiguous.
    """
    wanted = _bare(text).removeprefix("systems/")
    if wanted in registry.systems:
        return wanted
    found = sorted({target.id for target in _systems_called(registry, wanted)})
    if len(found) == 1:
        return found[0]
    if found:
        raise Ambiguous(f"{wanted[:200]!r} may mean {len(found)} systems.", path=path, allowed=tuple(found[:_SHOWN]))
    raise NotFound(
        f"No system goes by {wanted[:200]!r}.",
        path=path,
        hint="find_systems lists what is registered.",
        allowed=close_names(registry, wanted),
    )


def contract_called(registry: RegistryMap, text: str) -> str:
    """The id of the live contract that the text names, whatever its case; empty where it names none."""
    wanted = _bare(text)
    if registry.contract_holders.get(wanted):
        return wanted
    found = {target.id for target in _contracts_called(registry, wanted)}
    return found.pop() if len(found) == 1 else ""


def resource_meant(
    registry: RegistryMap,
    text: str,
    canonical: Callable[[str, str], str],
    source: StoredSystem | None,
    *,
    path: str,
) -> str:
    """The canonical name of the resource that the text means: a contract's, one that is registered, else as written.

    The source's own contract goes before another's of the same id, and its own files before others' of the same name.
    Raises NotFound for the id of a contract that nobody holds, Ambiguous where several resources may be meant.
    """
    contract_id = contract_called(registry, text)
    if contract_id:
        return _contract_resource(registry, contract_id, source, path)
    if _CONTRACT_ID.fullmatch(_bare(text)):
        raise NotFound(
            f"No live contract goes by {_bare(text)!r}.", path=path, hint="get_system lists a system's contracts."
        )
    name = canonical(text, source.system.root if source else "")
    if any(index.overlapping(name) for index in (registry.reads, registry.writes, registry.agreed)):
        return name
    ends = {target.name for target in _resources_ending_in(registry, text.strip())}
    mine = set(source.canonical.values()) & ends if source else set()
    meant = sorted(mine or ends)
    if len(meant) > 1:
        raise Ambiguous(
            f"{text[:200]!r} may mean {len(meant)} resources.",
            path=path,
            hint="Say which one by its full name.",
            allowed=tuple(meant[:_SHOWN]),
        )
    return meant[0] if meant else name


def _contract_resource(registry: RegistryMap, contract_id: str, source: StoredSystem | None, path: str) -> str:
    holders = sorted(registry.contract_holders[contract_id])
    if source is not None and source.id in holders:
        holders = [source.id]
    found: dict[str, set[str]] = {}
    for holder in holders:
        stored = registry.systems[holder]
        for contract in stored.system.contracts:
            if contract.contract_id == contract_id:
                parties = found.setdefault(stored.canonical_of(contract.resource), set())
                parties.add(registry.known_as(contract.counterparty))
    if len(found) > 1 and source is not None:
        found = {name: parties for name, parties in found.items() if source.id in parties} or found
    if len(found) > 1:
        raise Ambiguous(
            f"{contract_id} is the id of contracts on {len(found)} resources.",
            path=path,
            hint="Name the resource instead.",
            allowed=tuple(sorted(found)[:_SHOWN]),
        )
    return next(iter(found))


def close_names(registry: RegistryMap, text: str) -> tuple[str, ...]:
    """Up to five ids that look like the text."""
    import difflib

    ids = {system_id.removeprefix("sys_"): system_id for system_id in registry.systems}
    if len(ids) > 5_000:
        return ()
    return tuple(ids[name] for name in difflib.get_close_matches(text.removeprefix("sys_")[:100], list(ids), n=5))


def close_resources(registry: RegistryMap, name: str) -> tuple[str, ...]:
    """Up to five canonical names of resources that look like this one, the best first."""
    return tuple(closest_resources(registry, name))


def closest_resources(registry: RegistryMap, name: str) -> Iterator[str]:
    """The same one by one: who needs only the first does not look for the others."""
    accessed = registry.accessed()
    return islice(accessed.alike(name), _MOST_ALIKE if len(accessed) <= MOST_COMPARED else 0)


def _exact(registry: RegistryMap, wanted: str, canonical: Canonical) -> Iterator[Target]:
    if wanted in registry.systems:
        yield SystemTarget(wanted)
        return
    if registry.contract_holders.get(wanted):
        yield _contract(registry, wanted)
        return
    name = canonical(wanted) if wanted else ""
    if name and (
        registry.reads.overlapping(name) or registry.writes.overlapping(name) or registry.agreed.overlapping(name)
    ):
        yield ResourceTarget(wanted, name)


def _contracts_called(registry: RegistryMap, wanted: str) -> Iterator[ContractTarget]:
    for contract_id in registry.contract_ids_as(wanted):
        yield _contract(registry, contract_id)


def _resources_ending_in(registry: RegistryMap, wanted: str) -> Iterator[ResourceTarget]:
    """Resources whose last part is this: `signals.json` for `~/outputs/signals.json`."""
    lowered = wanted.lower()
    if "/" in lowered.strip("/") or not lowered:
        return
    for name in sorted({*registry.reads.names(), *registry.writes.names()}):
        if name.rstrip("/").rpartition("/")[2].lower() == lowered:
            yield ResourceTarget(name, name)


def _systems_called(registry: RegistryMap, wanted: str) -> Iterator[SystemTarget]:
    """Systems whose id or name is this, but for case, the `sys_` in front, and hyphens."""
    plain = _plain(wanted)
    if plain:
        for stored in registry.systems.values():
            if plain in (_plain(stored.id), _plain(stored.system.name)):
                yield SystemTarget(stored.id)


def _bare(text: str) -> str:
    """The name without quotes around it, and without the `concord://systems/` or `concord://contracts/` of its record."""
    bare = text.strip().strip("`'\"").strip()
    return bare.removeprefix("concord://systems/").removeprefix("concord://contracts/")


def _plain(text: str) -> str:
    return text.strip().lower().replace("-", "_").replace(" ", "_").removeprefix("sys_")


def _contract(registry: RegistryMap, contract_id: str) -> ContractTarget:
    consumers: set[str] = set()
    resource = ""
    for holder in sorted(registry.contract_holders[contract_id]):
        stored = registry.systems[holder]
        for contract in stored.system.contracts:
            if contract.contract_id != contract_id:
                continue
            name = stored.canonical_of(contract.resource)
            resource = resource or name
            if contract.type is ContractType.CONSUMER:
                consumers.add(holder)
            elif contract.counterparty:
                consumers.add(registry.known_as(contract.counterparty))
            else:
                consumers |= registry.consumers_of(name) - {holder}
    return ContractTarget(contract_id, resource, tuple(sorted(consumers)))


def _name_of(target: Target) -> str:
    match target:
        case SystemTarget(id=name) | ContractTarget(id=name) | ResourceTarget(written=name):
            return name


def starting_points(registry: RegistryMap, target: Target, *, upstream: bool) -> tuple[str, list[str]]:
    """What a target is called, and the systems next to it: those that it rests on, else those that rest on it."""
    match target:
        case SystemTarget(id=system_id):
            near = registry.dependencies(system_id) if upstream else registry.dependents(system_id)
            return system_id, [other for other in near if registry.live(other) is not None]
        case ContractTarget(id=contract_id, resource=name, consumers=consumers):
            around = registry.writers_of(name) if upstream else consumers
            return contract_id, [other for other in around if registry.listed(other)]
        case ResourceTarget(written=written, name=name):
            near_by = registry.writers_of(name) if upstream else registry.consumers_of(name)
            return written, [other for other in near_by if registry.listed(other)]
