"""What to know before work on something: who reads it, what was agreed on, what is open."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from server.errors import InvalidArgument, NotFound
from server.model.base import JsonObject
from server.model.contract import contract_document
from server.model.finding import Finding, FindingKind, Observation
from server.model.wording import counted
from server.registry.graph import reach
from server.registry.map import RegistryMap
from server.registry.naming import Canonical, ContractTarget, ResourceTarget, SystemTarget, find_target
from server.registry.resources import ancestors, overlaps

SHOWN = 20
"""Readers, contracts and findings listed; the totals are always given."""

LESSONS_SHOWN = 5
"""Lessons listed; their total is always given."""

OpenFindings = Callable[[Iterable[str]], Iterable[Finding]]
"""What is open of these systems, and the circles that they are part of."""

LessonsOf = Callable[[str], Iterable[JsonObject]]
"""What others learned that the system may use and has not answered: {id, type, title, because, suggested_adaptation}."""

_ABOUT_A_RESOURCE = frozenset(
    {
        FindingKind.CONSUMERS_UNKNOWN,
        FindingKind.CONSUMER_MISMATCH,
        FindingKind.CONSUMER_UNREGISTERED,
        FindingKind.SCHEMA_VERSION_MISMATCH,
        FindingKind.ACCESS_REMOVED,
    }
)
"""Their subject is a resource, or `RESOURCE → READER`."""


@dataclass(frozen=True)
class Proposed:
    """What somebody wants to change, as far as a briefing tells of it."""

    proposal_id: str
    title: str
    state: str
    source_system: str
    resources: tuple[str, ...]
    """Canonical."""
    affected: tuple[str, ...]
    """The other systems that its check names."""
    asked: Callable[[], Iterable[Observation]] = tuple
    """The findings that ask somebody to accept it; worked out for those that a briefing tells of."""


@dataclass(frozen=True)
class Briefing:
    """One sentence, and the facts behind it."""

    summary: str
    data: JsonObject
    system_id: str
    """The system it is about, where it is about one."""


def brief(
    registry: RegistryMap,
    *,
    path: str,
    system_id: str,
    canonical: Canonical,
    open_of: OpenFindings,
    proposed: Iterable[Proposed] = (),
    lessons_of: LessonsOf = lambda system_id: (),
) -> Briefing:
    """The briefing on a system, or on a path (a resource, or a folder of a system), with what is open and proposed there.

    With it comes what others learned that the system may use and has not answered; of a path, its one writer or reader.
    Raises InvalidArgument where neither is given; NotFound or Ambiguous as names do.
    """
    if not path.strip() and not system_id.strip():
        raise InvalidArgument("Say what you are about to work on.", path="/path", hint="Give path or system_id.")
    if system_id.strip():
        target = find_target(registry, system_id, canonical)
    else:
        inside = _system_around(registry, canonical(path))
        try:
            target = find_target(registry, path, canonical)
        except NotFound:
            if not inside:
                raise
            target = SystemTarget(inside)
    match target:
        case SystemTarget(id=name):
            return _with_lessons(_on_system(registry, name, proposed, open_of), name, lessons_of)
        case ContractTarget(resource=name) | ResourceTarget(name=name):
            told = _on_resource(registry, path or system_id, name, proposed, open_of)
            return _with_lessons(told, told.system_id or _sole_reader(told.data), lessons_of)


def _with_lessons(told: Briefing, system_id: str, lessons_of: LessonsOf) -> Briefing:
    """The briefing with `lessons[]` and `lessons_total`, and how many there are in its sentence."""
    lessons = list(lessons_of(system_id)) if system_id else []
    data = {**told.data, "lessons": lessons[:LESSONS_SHOWN], "lessons_total": len(lessons)}
    more = f" {counted(len(lessons), 'lesson')} of others that {system_id} has not answered yet." if lessons else ""
    return replace(told, summary=told.summary + more, data=data)


def _sole_reader(data: JsonObject) -> str:
    """The one registered system that reads a resource; empty where there are none or several."""
    readers = [row["system_id"] for row in data["readers"] if row["registered"]]
    return readers[0] if len(readers) == 1 and not data["writers"] else ""


def _on_system(registry: RegistryMap, system_id: str, proposed: Iterable[Proposed], open_of: OpenFindings) -> Briefing:
    stored = registry.systems[system_id]
    mine = {stored.canonical_of(one.resource) for one in (*stored.system.writes_to, *stored.system.reads_from)}
    near = [one for one in proposed if system_id in (one.source_system, *one.affected) or _touches(one, mine)]
    readers: dict[str, list[str]] = {}
    for output in stored.system.writes_to:
        for reader in registry.consumers_of_output(system_id, output):
            readers.setdefault(reader, []).append(output.resource)
    for reader in registry.dependents(system_id):
        readers.setdefault(reader, [])
    rows = [_reader(registry, reader, resources) for reader, resources in sorted(readers.items())]
    contracts = [contract_document(contract) for contract in stored.system.contracts]
    below = reach(system_id, registry.dependents(system_id), registry.dependents)
    found = _worst_first(_asked(near), open_of([system_id]))
    state = "archived" if stored.archived else stored.system.tier.value
    summary = (
        f"{system_id} ({state}) writes {counted(len(stored.system.writes_to), 'resource')}, read by "
        f"{counted(len(rows), 'system')} ({len(below)} in all further down); "
        f"{counted(len(contracts), 'contract')}, {counted(len(found), 'open finding')}{_underway(near)}."
    )
    data = {
        "about": {
            "kind": "system",
            "id": system_id,
            "tier": stored.system.tier.value,
            "status": stored.system.status.value,
        },
        "writes_to": [output.resource for output in stored.system.writes_to][:SHOWN],
        "reads_from": [access.resource for access in stored.system.reads_from][:SHOWN],
        "readers": rows[:SHOWN],
        "readers_total": len(rows),
        "affected_total": len(below),
        "contracts": contracts[:SHOWN],
        "proposals": [_proposal(one) for one in near[:SHOWN]],
        "findings": [_finding(one.kind, one.severity, one.message) for one in found[:SHOWN]],
        "findings_total": len(found),
    }
    return Briefing(summary, data, system_id)


def _on_resource(
    registry: RegistryMap, written: str, name: str, proposed: Iterable[Proposed], open_of: OpenFindings
) -> Briefing:
    near = [one for one in proposed if _touches(one, {name})]
    writers = sorted(registry.writers_of(name))
    readers = [_reader(registry, reader, [written]) for reader in registry.readers_of(name)]
    for writer in writers:
        stored = registry.systems[writer]
        for output in stored.system.writes_to:
            if overlaps(stored.canonical_of(output.resource), name):
                known = {row["system_id"] for row in readers}
                others = set(registry.consumers_of_output(writer, output)) - known
                readers += [_reader(registry, reader, [written]) for reader in sorted(others)]
    contracts = [
        {"system_id": holder.id, **contract_document(contract)} for holder, contract in registry.contracts_on(name)
    ]
    below = reach(written, [row["system_id"] for row in readers], registry.dependents)
    left = [one.id for one in registry.live_systems() if any(overlaps(gone.canonical, name) for gone in one.vanished)]
    concerned = dict.fromkeys([*writers, *(row["system_id"] for row in readers), *left])
    ids = {(holder.id, contract.contract_id) for holder, contract in registry.contracts_on(name)}
    found = _worst_first(
        _asked(near), (one for one in open_of(concerned) if _concerns(registry, one, name, writers, ids))
    )
    summary = (
        f"{written} is written by {', '.join(writers[:5]) or 'no registered system'} and read by {counted(len(readers), 'system')}"
        f" ({len(below)} in all further down); {counted(len(contracts), 'contract')}, "
        f"{counted(len(found), 'open finding')}{_underway(near)}."
    )
    data = {
        "about": {"kind": "resource", "resource": written, "canonical": name},
        "writers": writers[:SHOWN],
        "readers": readers[:SHOWN],
        "readers_total": len(readers),
        "affected_total": len(below),
        "contracts": contracts[:SHOWN],
        "proposals": [_proposal(one) for one in near[:SHOWN]],
        "findings": [_finding(one.kind, one.severity, one.message) for one in found[:SHOWN]],
        "findings_total": len(found),
    }
    return Briefing(summary, data, writers[0] if len(writers) == 1 else "")


def _reader(registry: RegistryMap, system_id: str, resources: list[str]) -> JsonObject:
    stored = registry.systems.get(system_id)
    return {
        "system_id": system_id,
        "registered": stored is not None,
        "tier": stored.system.tier.value if stored else "",
        "status": stored.system.status.value if stored else "",
        "resources": resources[:SHOWN],
    }


def _touches(proposed: Proposed, names: set[str]) -> bool:
    return any(overlaps(one, name) for one in proposed.resources for name in names)


def _asked(near: Iterable[Proposed]) -> list[Observation]:
    return [asked for one in near for asked in one.asked()]


def _worst_first(asked: Iterable[Observation], stored: Iterable[Finding]) -> list[Observation | Finding]:
    """Both, each once: who is asked is worked out anew, so that it is told before it is stored, too."""
    once: dict[tuple[str, str, str], Observation | Finding] = {}
    both: list[Observation | Finding] = [*asked, *stored]
    for one in both:
        once.setdefault((one.kind, one.system_id, one.message), one)
    return sorted(once.values(), key=lambda one: (-one.severity.rank, one.kind, one.system_id, one.subject))


def _concerns(
    registry: RegistryMap, finding: Finding, name: str, writers: list[str], contracts: set[tuple[str, str]]
) -> bool:
    """Whether a finding of a writer or reader is about this resource; that a writer is DOWN is, for all it writes."""
    if finding.kind is FindingKind.SYSTEM_DOWN:
        return finding.system_id in writers
    if finding.kind in _ABOUT_A_RESOURCE:
        resource, arrow, reader = finding.subject.rpartition(" → ")
        # A reader's own finding spells the resource as its writer does.
        spelt_by = writers if arrow and reader == finding.system_id else [finding.system_id]
        return _is_at(registry, resource if arrow else finding.subject, spelt_by, name)
    if finding.kind is FindingKind.NOT_VERIFIABLE:
        listed = finding.details.get("contracts", [])
        return any((finding.system_id, one["contract_id"]) in contracts for one in listed)
    resource = finding.details.get("resource", "")
    if resource:
        return _is_at(registry, str(resource), [finding.system_id], name)
    return any(finding.subject == contract_id for _, contract_id in contracts if contract_id)


def _is_at(registry: RegistryMap, resource: str, spelt_by: Iterable[str], name: str) -> bool:
    known = (registry.systems[system_id] for system_id in spelt_by if system_id in registry.systems)
    return any(overlaps(stored.canonical_of(resource), name) for stored in known)


def _underway(near: list[Proposed]) -> str:
    return f", {counted(len(near), 'proposal')} in flight" if near else ""


def _proposal(one: Proposed) -> JsonObject:
    return {
        "proposal_id": one.proposal_id,
        "title": one.title,
        "state": one.state,
        "source_system": one.source_system,
    }


def _finding(kind: str, severity: str, message: str) -> JsonObject:
    return {"kind": str(kind), "severity": str(severity), "message": message}


def _system_around(registry: RegistryMap, name: str) -> str:
    """The live system whose own folder holds this path, the innermost where folders nest; empty for none."""
    around = [
        (len(stored.system.root), stored.id)
        for stored in registry.live_systems()
        if stored.system.root and stored.canonical_of(stored.system.root) in (name, *ancestors(name))
    ]
    return max(around)[1] if around else ""
