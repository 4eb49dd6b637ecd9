"""What the page tells: the systems with their places, what flows between them, circles and findings, as one JSON value."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from server.exchange.page.layout import HEIGHT, WIDTH, lay_out
from server.model.base import Json, JsonObject
from server.model.contract import Basis
from server.model.finding import Finding
from server.model.system import StoredSystem
from server.registry.graph import cycles
from server.registry.map import RegistryMap
from server.registry.views import shortened

MOST_FINDINGS = 50
"""Of one system that are told; the page says how many there are."""
MOST_FLOWS = 12
"""Resources that are named between two systems."""
LONGEST = 2_000
"""Characters of one text."""


class Wellbeing(Protocol):
    """How a system is."""

    @property
    def status(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def last_health_check(self) -> str: ...


@dataclass(frozen=True)
class Shown:
    """What the registry's own map does not know."""

    health: Mapping[str, Wellbeing]
    """By system; one that is missing is as its registration states."""
    findings: Sequence[Finding]
    """The open ones, the most severe first."""
    contracts: Mapping[str, Sequence[JsonObject]]
    """The contracts of each system as its document has them."""


def page_content(registry: RegistryMap, shown: Shown, *, made_at: str, version: str) -> JsonObject:
    """Everything that the page shows, the same for the same registry; systems are numbered in the order of their ids."""
    live = sorted(registry.live_systems(), key=lambda stored: stored.id)
    numbers = {stored.id: number for number, stored in enumerate(live)}
    flows = _flows(registry, live)
    layout = lay_out(list(numbers), flows)
    rings = cycles(registry)
    ring_of = {member: number for number, ring in enumerate(rings) for member in ring.members}
    about = _about(shown.findings)
    systems: list[Json] = []
    for stored in live:
        entry = _system(registry, stored, shown, numbers)
        entry["x"], entry["y"] = (round(at) for at in layout.places[stored.id])
        entry["ring"] = ring_of.get(stored.id, -1)
        entry["findings"] = [_finding(one) for one in about[stored.id][:MOST_FINDINGS]]
        entry["findings_total"] = len(about[stored.id])
        systems.append(entry)
    edges: list[Json] = []
    for (producer, consumer), flow in sorted(flows.items()):
        together = ring_of.get(producer, -1) == ring_of.get(consumer, -2)
        bends = layout.bends.get((producer, consumer), ())
        edges.append(
            {
                "from": numbers[producer],
                "to": numbers[consumer],
                "firm": flow.firm,
                "ring": ring_of[producer] if together else -1,
                "what": list(flow.resources[:MOST_FLOWS]),
                "more": max(0, len(flow.resources) - MOST_FLOWS),
                "bends": [[round(x), round(y)] for x, y in bends],
            }
        )
    return {
        "made_at": made_at,
        "version": version,
        "width": round(layout.width),
        "height": round(layout.height),
        "card": [round(WIDTH), round(HEIGHT)],
        "archived": len(registry.systems) - len(live),
        "findings": len(shown.findings),
        "systems": systems,
        "edges": edges,
        "rings": [
            {
                "members": [numbers[one] for one in ring.members],
                "example": [numbers[one] for one in ring.example],
                "cut": [numbers[ring.weakest.producer], numbers[ring.weakest.consumer]],
                "inferred": ring.inferred,
            }
            for ring in rings
        ],
    }


@dataclass(frozen=True)
class _Flow:
    resources: tuple[str, ...]
    firm: bool
    """Whether any of the reasons is declared."""


def _flows(registry: RegistryMap, live: Iterable[StoredSystem]) -> dict[tuple[str, str], _Flow]:
    """What flows, by producer and consumer."""
    resources: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    firm: defaultdict[tuple[str, str], bool] = defaultdict(bool)
    for stored in live:
        for link in registry.producers(stored.id):
            edge = (link.producer, stored.id)
            firm[edge] |= link.basis is Basis.DECLARED
            resources[edge].update(dict.fromkeys([link.resource] if link.resource else []))
    return {edge: _Flow(tuple(sorted(resources[edge])), firm[edge]) for edge in firm}


def _system(registry: RegistryMap, stored: StoredSystem, shown: Shown, numbers: Mapping[str, int]) -> JsonObject:
    system = stored.system
    health = shown.health.get(stored.id)
    timing = system.timing
    return {
        "id": system.id,
        "name": system.name or system.id,
        "tier": system.tier.value,
        "tier_guessed": stored.tier_basis is not Basis.DECLARED,
        "status": str(health.status) if health else system.status.value,
        "reason": health.reason if health else "As its registration states.",
        "checked": health.last_health_check if health else system.last_health_check,
        "owner": system.owner,
        "description": shortened(system.description, LONGEST),
        "schedule": (timing.schedule if timing else "") or "",
        "source": stored.source,
        "missing_since": stored.missing_since,
        "reads": [
            {
                "resource": access.resource,
                "required": access.required,
                "basis": access.basis.value,
                "systems": _numbered(registry.writers_of(stored.canonical_of(access.resource)), numbers, stored.id),
            }
            for access in system.reads_from
        ],
        "writes": [
            {
                "resource": output.resource,
                "basis": output.basis.value,
                "unknown": output.consumers_unknown and bool(output.consumers),
                "systems": _numbered(registry.consumers_of_output(stored.id, output), numbers, stored.id),
                "others": [
                    name for name in registry.consumers_of_output(stored.id, output) if registry.live(name) is None
                ],
            }
            for output in system.writes_to
        ],
        "contracts": [
            {
                "id": contract.get("contract_id", ""),
                "type": contract.get("type", ""),
                "counterparty": contract.get("counterparty", ""),
                "resource": contract.get("resource", ""),
                "last_validated": contract.get("last_validated", ""),
            }
            for contract in shown.contracts.get(stored.id, ())
        ],
    }


def _numbered(names: Iterable[str], numbers: Mapping[str, int], besides: str) -> list[Json]:
    return [numbers[name] for name in names if name in numbers and name != besides]


def _about(findings: Iterable[Finding]) -> defaultdict[str, list[Finding]]:
    """The findings of each system; a circle is about every member."""
    about: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        members = finding.details.get("members")
        names = [one for one in members if isinstance(one, str)] if isinstance(members, list) else []
        for name in dict.fromkeys([finding.system_id, *names]):
            about[name].append(finding)
    return about


def _finding(finding: Finding) -> JsonObject:
    return {
        "id": finding.id,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "message": shortened(finding.message, LONGEST),
        "since": finding.first_seen,
    }
