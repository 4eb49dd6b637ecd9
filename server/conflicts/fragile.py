"""Contracts that come into conflict again and again: better redesigned than worked around once more (conflict rule 7)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from server.model.check import ConflictType
from server.model.conflict_log import FragileContract, LoggedConflict
from server.model.finding import FindingKind, Observation
from server.model.moments import from_wire, to_wire
from server.model.tier import Severity
from server.registry.gaps import fingerprint

WINDOW = timedelta(days=30)
TIMES = 3
COUNTED = tuple(severity for severity in Severity if severity.rank >= Severity.MEDIUM.rank)
"""A LOW conflict only touches the terms: it says nothing against them."""

_NAMED = 5

_ADVICE = {
    ConflictType.SCHEMA_BREAK: (
        "Let each reader say what it reads (`reads`), and give the output a version of its own, so that the rest can change freely"
    ),
    ConflictType.TIMING_CHANGE: "Agree on how old the data may be (`max_age_seconds`) instead of on the hour at which it is written",
    ConflictType.RESOURCE_FORMAT: "Let the readers accept several formats (`accepts`), or put one adapter in front of them all",
    ConflictType.BEHAVIOR_CHANGE: "Write unit and meaning into the contract, and give a new meaning a field of its own",
    ConflictType.DEPENDENCY_REMOVAL: "Give its readers a second source, or the resource an owner who keeps it",
    ConflictType.CAPACITY_IMPACT: "Agree on limits with room in them (`capacity`), or give the heaviest reader an output of its own",
}
_AMONG_DECLARED = "Its readers have said what they read: let them read less of it, or give the output a version of its own that can change"
_OF_SILENT_READERS = ("schema.always-present", "schema.undeclared")
"""Rules on readers who never said what they read."""


def fragile_among(entries: Iterable[LoggedConflict], now: datetime) -> list[FragileContract]:
    """The contracts that were in conflict, at least MEDIUM, in three or more checks of the last 30 days; the most often first.

    Entries may come in any order, and more of them than count. A contract without an id can't be followed, so it is none.
    """
    since = now - WINDOW
    by_contract: defaultdict[str, list[LoggedConflict]] = defaultdict(list)
    for entry in entries:
        if entry.contract_id and entry.severity in COUNTED and since <= from_wire(entry.at) <= now:
            by_contract[entry.contract_id].append(entry)
    found = [
        _fragile(contract_id, counted)
        for contract_id, counted in by_contract.items()
        if len({entry.check_id for entry in counted}) >= TIMES
    ]
    return sorted(found, key=lambda one: (-one.conflicts, one.contract_id))


def _fragile(contract_id: str, entries: list[LoggedConflict]) -> FragileContract:
    times = sorted({entry.check_id: entry.at for entry in entries}.values(), key=from_wire)
    proposals = tuple(sorted({entry.proposal_id for entry in entries}))
    systems = sorted({system for entry in entries for system in (entry.source_system, entry.affected_system)} - {""})
    types = Counter(entry.type for entry in entries)
    often = sorted(types, key=lambda kind: (-types[kind], list(ConflictType).index(kind)))
    mostly = f"mostly as {often[0].value}" if 2 * types[often[0]] > len(entries) else f"as {_each(often)}"
    named = ", ".join(proposals[:_NAMED]) + (f" and {len(proposals) - _NAMED} more" if len(proposals) > _NAMED else "")
    return FragileContract(
        contract_id=contract_id,
        conflicts=len(times),
        first=times[0],
        last=times[-1],
        fragile_until=to_wire(from_wire(times[-TIMES]) + WINDOW),
        severity=max((entry.severity for entry in entries), key=lambda severity: severity.rank),
        proposals=proposals,
        systems=tuple(systems),
        recommendation=(
            f"Redesign {contract_id}: it came into conflict in {len(times)} checks within 30 days ({named}), "
            f"{mostly}. {_advice(often[0], entries)}."
        ),
    )


def _each(kinds: list[ConflictType]) -> str:
    """`timing_change`, `schema_break and timing_change`, … for kinds of which none is the most by far."""
    *rest, last = [kind.value for kind in kinds]
    return f"{', '.join(rest)} and {last}" if rest else last


def _advice(kind: ConflictType, entries: list[LoggedConflict]) -> str:
    """What may help. Readers who have said what they read are not asked to say it."""
    silent = any(entry.rule in _OF_SILENT_READERS for entry in entries)
    return _AMONG_DECLARED if kind is ConflictType.SCHEMA_BREAK and not silent else _ADVICE[kind]


def fragile_finding(fragile: FragileContract, writer: str) -> Observation:
    """The finding about a fragile contract: as grave as the worst of its conflicts, but at most HIGH, as nothing is broken yet."""
    return Observation(
        fingerprint=fingerprint(FindingKind.FRAGILE_CONTRACT, fragile.contract_id),
        kind=FindingKind.FRAGILE_CONTRACT,
        severity=min(fragile.severity, Severity.HIGH, key=lambda severity: severity.rank),
        system_id=writer,
        subject=fragile.contract_id,
        message=fragile.recommendation,
        details=fragile.model_dump(mode="json", exclude={"contract_id", "recommendation"}),
    )


def still_fragile(known: Iterable[Observation], now: datetime) -> tuple[str, ...]:
    """Ids of the contracts whose findings say that they are fragile now; sorted."""
    return tuple(sorted(one.subject for one in known if now <= from_wire(one.details["fragile_until"])))
