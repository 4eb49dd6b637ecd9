"""Governance gaps: what the registry can see is missing or contradictory (registry rules 2 and 6)."""

import hashlib
from collections.abc import Iterator

from server.model.contract import Basis, ContractType
from server.model.finding import FindingKind, Observation
from server.model.system import StoredSystem, is_people
from server.model.tier import Severity
from server.registry.graph import Cycle
from server.registry.map import RegistryMap


def fingerprint(kind: FindingKind, *parts: str) -> str:
    """The identity of a finding: its kind and what it is about."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return f"{kind}:{digest}"


def gaps_of(registry: RegistryMap, system_id: str) -> list[Observation]:
    """Every gap in what this system declares, ordered by kind and subject; none for an archived or unknown system."""
    stored = registry.live(system_id)
    if stored is None:
        return []
    found = [
        *_consumer_gaps(registry, stored),
        *_reader_gaps(registry, stored),
        *_dependency_gaps(registry, stored),
        *_contract_gaps(registry, stored),
        *_vanished_gaps(registry, stored),
        *_import_gaps(stored),
    ]
    unique = {observation.fingerprint: observation for observation in found}
    return sorted(unique.values(), key=lambda one: (one.kind, one.subject, one.fingerprint))


def cycle_gap(cycle: Cycle) -> Observation:
    """The finding for one circle: HIGH, or MEDIUM where every way round rests on an inferred access."""
    ring = " → ".join([*cycle.example, cycle.example[0]])
    size = f" ({len(cycle.members)} systems are in it)" if len(cycle.members) > len(cycle.example) else ""
    through = f" through {cycle.weakest.resource}" if cycle.weakest.resource else ""
    return Observation(
        fingerprint=fingerprint(FindingKind.DEPENDENCY_CYCLE, *cycle.members),
        kind=FindingKind.DEPENDENCY_CYCLE,
        severity=Severity.MEDIUM if cycle.inferred else Severity.HIGH,
        system_id=cycle.example[0],
        subject=", ".join(cycle.members)[:4_000],
        message=_short(
            f"These systems depend on each other in a circle: {ring}{size}. "
            f"The weakest link is that {cycle.weakest.consumer} depends on {cycle.weakest.producer}{through}."
        ),
        details={
            "members": list(cycle.members),
            "cycle": list(cycle.example),
            "suggested_cut": {"consumer": cycle.weakest.consumer, "producer": cycle.weakest.producer},
        },
    )


def _consumer_gaps(registry: RegistryMap, stored: StoredSystem) -> Iterator[Observation]:
    """Registry rule 2: every output lists its consumers, and those who are listed say that they read it."""
    for output in stored.system.writes_to:
        name = stored.canonical_of(output.resource)
        readers = registry.reads.systems(name) - {stored.id}
        if (output.consumers_unknown and output.consumers) or not (readers or output.consumers):
            yield _observe(
                FindingKind.CONSUMERS_UNKNOWN,
                Severity.MEDIUM if output.consumers_unknown else Severity.LOW,
                stored.id,
                output.resource,
                f"{stored.id} writes {output.resource}, and nobody knows who{' else' if output.consumers else ''} reads it."
                if output.consumers_unknown
                else f"{stored.id} writes {output.resource} and lists no consumer. Name who uses it, such as `users`.",
            )
        for declared in output.consumers:
            consumer = registry.known_as(declared)
            if is_people(declared) and registry.live(consumer) is None:
                continue
            if registry.live(consumer) is None:
                yield _observe(
                    FindingKind.CONSUMER_UNREGISTERED,
                    Severity.LOW,
                    stored.id,
                    f"{output.resource} → {declared}",
                    f"{stored.id} names {declared} as a reader of {output.resource}, but no such system is registered.",
                )
            elif consumer not in readers and consumer != stored.id:
                yield _observe(
                    FindingKind.CONSUMER_MISMATCH,
                    Severity.MEDIUM,
                    stored.id,
                    f"{output.resource} → {consumer}",
                    f"{stored.id} names {consumer} as a reader of {output.resource}, but {consumer} does not list it in reads_from.",
                )


def _reader_gaps(registry: RegistryMap, stored: StoredSystem) -> Iterator[Observation]:
    """The same agreement seen from the reading side: the writer leaves this reader out, or the versions differ."""
    for access in stored.system.reads_from:
        for writer_id, outputs in registry.writers_of(stored.canonical_of(access.resource)).items():
            if writer_id == stored.id:
                continue
            for output in outputs:
                named = {registry.known_as(name) for name in output.consumers}
                if output.consumers and stored.id not in named:
                    yield _observe(
                        FindingKind.CONSUMER_MISMATCH,
                        Severity.MEDIUM,
                        stored.id,
                        f"{output.resource} → {stored.id}",
                        f"{stored.id} reads {access.resource}, but its writer {writer_id} does not name it as a consumer.",
                    )
                if output.schema_version and access.schema_version and output.schema_version != access.schema_version:
                    yield _observe(
                        FindingKind.SCHEMA_VERSION_MISMATCH,
                        Severity.HIGH,
                        stored.id,
                        f"{output.resource} → {stored.id}",
                        f"{writer_id} writes {output.resource} in schema version {output.schema_version}, "
                        f"but {stored.id} reads version {access.schema_version}.",
                    )


def _dependency_gaps(registry: RegistryMap, stored: StoredSystem) -> Iterator[Observation]:
    """A dependency that is declared, and that no access bears out."""
    supported = {
        link.producer for link in registry.producers(stored.id) if link.stated not in ("dependencies", "dependents")
    }
    for other in map(registry.known_as, stored.system.dependencies):
        if registry.live(other) is None:
            yield _observe(
                FindingKind.DEPENDENCY_UNREGISTERED,
                Severity.MEDIUM,
                stored.id,
                other,
                f"{stored.id} declares that it depends on {other}, but no such system is registered.",
            )
        elif other not in supported and other != stored.id:
            yield _observe(
                FindingKind.DEPENDENCY_UNSUPPORTED,
                Severity.LOW,
                stored.id,
                other,
                f"{stored.id} declares that it depends on {other}, but reads nothing that {other} writes.",
            )
    reading = {
        link.consumer for link in registry.consumers(stored.id) if link.stated not in ("dependencies", "dependents")
    }
    for other in map(registry.known_as, stored.system.dependents):
        if registry.live(other) is not None and other not in reading and other != stored.id:
            yield _observe(
                FindingKind.DEPENDENCY_UNSUPPORTED,
                Severity.LOW,
                stored.id,
                f"{other} → {stored.id}",
                f"{stored.id} declares that {other} depends on it, but {other} reads nothing that {stored.id} writes.",
            )


def _contract_gaps(registry: RegistryMap, stored: StoredSystem) -> Iterator[Observation]:
    """A contract on something that its own side neither writes nor reads."""
    for contract in stored.system.contracts:
        name = stored.canonical_of(contract.resource)
        producing = contract.type is ContractType.PRODUCER
        touched = registry.writes.systems(name) if producing else registry.reads.systems(name)
        if stored.id not in touched:
            verb, place = ("write", "writes_to") if producing else ("read", "reads_from")
            yield _observe(
                FindingKind.CONTRACT_WITHOUT_ACCESS,
                Severity.MEDIUM,
                stored.id,
                contract.contract_id or contract.resource,
                f"Contract {contract.contract_id} says that {stored.id} {verb}s {contract.resource}, which is not in its {place}.",
            )


def _vanished_gaps(registry: RegistryMap, stored: StoredSystem) -> Iterator[Observation]:
    """An access that the system declared before, and now leaves out."""
    for access in stored.vanished:
        touched = registry.writes if access.mode == "write" else registry.reads
        if stored.id in touched.systems(access.canonical):
            continue
        readers = sorted(registry.reads.systems(access.canonical) - {stored.id}) if access.mode == "write" else []
        orphaned = bool(readers) and not registry.writes.systems(access.canonical)
        verb = "writes" if access.mode == "write" else "reads"
        said = f" {', '.join(readers[:10])} still read it." if readers else ""
        yield _observe(
            FindingKind.ACCESS_REMOVED,
            Severity.HIGH if orphaned else Severity.LOW,
            stored.id,
            access.resource,
            f"{stored.id} no longer says that it {verb} {access.resource}.{said}",
        )


def _import_gaps(stored: StoredSystem) -> Iterator[Observation]:
    """What an import could not know, or no longer finds (REG-11)."""
    if stored.tier_basis is not Basis.DECLARED:
        yield _observe(
            FindingKind.TIER_UNCONFIRMED,
            Severity.MEDIUM,
            stored.id,
            stored.id,
            f"The tier of {stored.id} ({stored.system.tier}) was chosen by the import from {stored.source}. Confirm it by registering.",
        )
    if stored.missing_since:
        yield _observe(
            FindingKind.IMPORT_MISSING,
            Severity.MEDIUM,
            stored.id,
            stored.id,
            f"{stored.source} has not listed {stored.id} since {stored.missing_since}. Archive it if it is gone.",
        )


def _observe(kind: FindingKind, severity: Severity, system_id: str, subject: str, message: str) -> Observation:
    return Observation(
        fingerprint=fingerprint(kind, system_id, subject),
        kind=kind,
        severity=severity,
        system_id=system_id,
        subject=_short(subject),
        message=_short(message),
    )


def _short(text: str) -> str:
    return text if len(text) <= 4_000 else text[:3_999] + "…"
