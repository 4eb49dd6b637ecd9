"""What the registry tells of a system: the source's object, with what follows from everybody's accesses."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from server.model.base import JsonObject
from server.model.contract import Contract, contract_document, schema_hash
from server.model.system import Status, StoredSystem, system_document
from server.registry.gaps import gaps_of
from server.registry.health import Health
from server.registry.map import RegistryMap
from server.registry.resources import overlaps

_NAMED = 3
"""Resources named on one arrow of a picture."""


class Recorded(Protocol):
    """One recorded version of one side's entry."""

    @property
    def system_id(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def live(self) -> bool: ...

    @property
    def recorded_at(self) -> str: ...

    @property
    def document(self) -> JsonObject: ...


def full_document(registry: RegistryMap, system_id: str, *, health: Health | None = None) -> JsonObject:
    """The source's system object with dependencies, dependents and consumers as they follow today, and with that health."""
    stored = registry.systems[system_id]
    if stored.archived:
        return system_document(stored.system)
    consumers = {output.resource: registry.consumers_of_output(system_id, output) for output in stored.system.writes_to}
    document = system_document(
        stored.system,
        dependencies=registry.dependencies(system_id),
        dependents=registry.dependents(system_id),
        consumers=consumers,
    )
    if health is not None:
        document |= {"status": health.status.value, "last_health_check": health.last_health_check}
    return document


def contract_history(contract_id: str, rows: Sequence[Recorded]) -> JsonObject:
    """A contract as its resource shows it: the present entries of both sides, then all versions."""
    entries = [
        {
            "system_id": row.system_id,
            "version": row.version,
            "live": row.live,
            "recorded_at": row.recorded_at,
            **_entry(row),
        }
        for row in rows
    ]
    return {
        "contract_id": contract_id,
        "live": any(row.live for row in rows),
        "entries": [entry for entry in entries if entry["live"]] or entries[:1],
        "versions": entries,
    }


def row(registry: RegistryMap, stored: StoredSystem) -> JsonObject:
    """One line of a list: {id, name, tier, status, owner, description, gaps}."""
    system = stored.system
    return {
        "id": system.id,
        "name": system.name,
        "tier": system.tier.value,
        "status": system.status.value,
        "owner": system.owner,
        "description": shortened(system.description, 200),
        "gaps": sorted({gap.kind.value for gap in gaps_of(registry, system.id)}),
    }


def overview(registry: RegistryMap, statuses: Mapping[str, Status]) -> JsonObject:
    """How many systems there are, by tier and health; contracts; and who has the most dependents."""
    live = list(registry.live_systems())
    dependents = {stored.id: len(registry.dependents(stored.id)) for stored in live}
    hubs = sorted((one for one in dependents if dependents[one]), key=lambda one: (-dependents[one], one))[:10]
    return {
        "systems": len(live),
        "archived": len(registry.systems) - len(live),
        "by_tier": dict(sorted(Counter(stored.system.tier.value for stored in live).items())),
        "by_status": dict(sorted(Counter(statuses[stored.id].value for stored in live).items())),
        "contracts": len({c.contract_id for stored in live for c in stored.system.contracts}),
        "resources": len({*registry.reads.names(), *registry.writes.names()}),
        "revision": registry.revision,
        "most_depended_on": {one: dependents[one] for one in hubs},
    }


def touching(registry: RegistryMap, name: str) -> list[JsonObject]:
    """The systems that read or write something at or below a canonical name, with what they do there."""
    rows = []
    for system_id in sorted(registry.reads.systems(name) | registry.writes.systems(name)):
        stored = registry.systems[system_id]
        rows.append(
            {
                "system_id": system_id,
                "tier": stored.system.tier.value,
                "reads": [
                    a.resource for a in stored.system.reads_from if overlaps(stored.canonical_of(a.resource), name)
                ][:20],
                "writes": [
                    o.resource for o in stored.system.writes_to if overlaps(stored.canonical_of(o.resource), name)
                ][:20],
            }
        )
    return rows


def resources_like(registry: RegistryMap, typed: str) -> list[str]:
    """Resources as their systems write them that begin so, in order."""
    named = {
        access.resource
        for stored in registry.live_systems()
        for access in (*stored.system.reads_from, *stored.system.writes_to)
        if access.resource.startswith(typed)
    }
    return sorted(named)


def search_text(stored: StoredSystem) -> str:
    """Everything of a system that a full-text search should find besides its id, name, owner and description."""
    system = stored.system
    parts: list[str] = [access.resource for access in (*system.reads_from, *system.writes_to)]
    parts += [access.format for access in (*system.reads_from, *system.writes_to)]
    parts += [contract.contract_id for contract in system.contracts]
    parts += [stored.source, system.parent]
    return " ".join(dict.fromkeys(filter(None, parts)))


def shortened(text: str, length: int) -> str:
    """The text, cut with an ellipsis where it is longer."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def mermaid(
    registry: RegistryMap,
    system_ids: Iterable[str],
    *,
    highlight: str = "",
    statuses: Mapping[str, Status] = MappingProxyType({}),
    reader: str = "",
) -> str:
    """The graph of these systems as a Mermaid flowchart: producer → consumer, labelled with what flows.

    What is DEGRADED or DOWN says so.

    Names are data: whatever could end a label or start a directive is taken out. A `reader` that is a system sees of others'
    names what crosses (LRN-10).
    """
    chosen = [system_id for system_id in system_ids if system_id in registry.systems]
    numbers = {system_id: f"s{position}" for position, system_id in enumerate(chosen)}
    lines = ["flowchart LR"]
    for system_id, node in numbers.items():
        stored = registry.systems[system_id]
        status = statuses.get(system_id)
        ill = f", {status}" if status in (Status.DEGRADED, Status.DOWN) else ""
        lines.append(
            f'  {node}["{_label(_seen(stored.system.name, system_id, reader)) or system_id}<br/>{stored.system.tier}{ill}"]'
        )
    for consumer in chosen:
        flows: dict[str, set[str]] = {}
        for link in registry.producers(consumer):
            if link.producer in numbers:
                seen = _seen(link.resource, link.producer, reader)
                named = seen.rstrip("/").rpartition("/")[2] or seen
                flows.setdefault(link.producer, set()).update({named} - {""})
        for producer, resources in sorted(flows.items()):
            more = f" and {len(resources) - _NAMED} more" if len(resources) > _NAMED else ""
            name = _label(", ".join(sorted(resources)[:_NAMED])) + more
            arrow = f'-- "{name}" -->' if name else "-->"
            lines.append(f"  {numbers[producer]} {arrow} {numbers[consumer]}")
    if highlight in numbers:
        lines.append(f"  style {numbers[highlight]} stroke-width:3px")
    return "\n".join(lines) + "\n"


def _seen(name: str, owner: str, reader: str) -> str:
    """What the reader may see of a name that another system gave."""
    from server.model.withholding import name_crossing

    return name if reader in ("", owner) else name_crossing(name)


def _label(text: str) -> str:
    kept = "".join(character if character.isalnum() or character in " _-.:/*~()," else " " for character in text)
    return shortened(" ".join(kept.split()), 60)


def _entry(row: Recorded) -> JsonObject:
    contract = Contract.model_validate(row.document)
    terms = contract.model_dump(mode="json")["terms"]
    stated = terms != {}  # an entry that states no schema has nothing to hash
    return {**contract_document(contract), **({"schema_hash": schema_hash(terms)} if stated else {})}
