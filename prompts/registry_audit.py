"""The prompt that reviews the whole registry, in the order in which a person should work through it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompts.gathered import moment_in, told
from server.model.finding import FindingKind
from server.model.moments import to_wire
from server.model.system import Status
from server.model.tier import Tier
from server.surface import Call, Prompt, PromptArgument, block, fill, inline
from server.surface.prompt import prompt_text

if TYPE_CHECKING:
    from server.model.finding import Finding
    from server.services import Services

SHOWN = 40
"""Findings quoted; the rest is counted, and found with find_findings."""
OF_A_KIND = 20
"""Quoted of what has a block of its own."""
SINCE = timedelta(days=7)

VIOLATIONS = (FindingKind.CONTRACT_VIOLATION, FindingKind.UNPROPOSED_CHANGE)
APART = (*VIOLATIONS, FindingKind.DEPENDENCY_CYCLE, FindingKind.UNREGISTERED, FindingKind.SYSTEM_DOWN)
"""Kinds that have a block of their own, and so are not told among the gaps."""
_TIERS = tuple(Tier)
_GRAVITY = (Status.DOWN, Status.DEGRADED, Status.UNKNOWN)


def build(call: "Call[Services]", arguments: Mapping[str, str]) -> str:
    """The audit with the present state of the registry in it, and what changed since the last one."""
    services = call.services
    services.proposals.ask_due(call.now, read_only=call.read_only)
    since = moment_in(arguments.get("since", ""), "since", call.now, otherwise=call.now - SINCE)
    counts = services.findings.counts()
    gaps = _gaps(services)
    cycles = _of_kind(services, FindingKind.DEPENDENCY_CYCLE)
    ill = _ill(call)
    return fill(
        prompt_text(Path(__file__).parent, "registry_audit"),
        {
            "as_of": inline(to_wire(call.now)),
            "since": inline(to_wire(since)),
            "overview": block(services.registry.overview()),
            "counts": block(counts),
            "ill": block(ill[:SHOWN]),
            "ill_shown": len(ill[:SHOWN]),
            "ill_total": len(ill),
            "violations": block([_row(one) for kind in VIOLATIONS for one in _of_kind(services, kind)]),
            "cycles": block([{**_row(one), "suggested_cut": one.details.get("suggested_cut")} for one in cycles]),
            "gaps": block([_row(one) for one in gaps[:SHOWN]]),
            "gaps_shown": len(gaps[:SHOWN]),
            "gaps_total": sum(counts.values()) - sum(counts.get(kind.value, 0) for kind in APART),
            "fragile": block([one.model_dump(mode="json") for one in services.conflicts.log.fragile(call.now)]),
            "candidates": block([_row(one) for one in _of_kind(services, FindingKind.UNREGISTERED)]),
            "candidates_total": counts.get(FindingKind.UNREGISTERED.value, 0),
            "jobs": block(services.leader.overview()),
            "changes": block(told(services.happenings.changes([], since=since, until=call.now, caller=call.caller))),
        },
    )


def _ill(call: "Call[Services]") -> list[dict[str, Any]]:
    """The systems that are not HEALTHY, with the reason: what is down and critical first."""
    with call.services.registry.reading() as registry:
        live = {stored.id: stored.system.tier for stored in registry.live_systems()}
    health = call.services.registry.health_of(live, call.now)
    ill = [one for one in health if health[one].status is not Status.HEALTHY]
    ill.sort(key=lambda one: (_GRAVITY.index(health[one].status), _TIERS.index(live[one]), one))
    return [{"id": one, "tier": live[one].value, **health[one].document()} for one in ill]


def _gaps(services: "Services") -> "list[Finding]":
    """The worst open findings that have no block of their own."""
    found = services.findings.find(limit=SHOWN * 5).findings
    return [one for one in found if one.kind not in APART]


def _of_kind(services: "Services", kind: FindingKind) -> "Sequence[Finding]":
    return services.findings.find(kind=kind.value, limit=OF_A_KIND).findings


def _row(finding: "Finding") -> dict[str, Any]:
    return {
        "id": finding.id,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "system": finding.system_id,
        "message": finding.message,
        "since": finding.first_seen,
    }


def complete_since(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """A day, a week and a month ago."""
    moments = [to_wire(call.now - timedelta(days=days)) for days in (1, 7, 30)]
    return [moment for moment in moments if moment.startswith(typed)]


PROMPT = Prompt(
    name="registry_audit",
    title="Audit the registry",
    description=(
        "A review of the whole registry: what is ill, broken contracts, circles, gaps, fragile contracts, what nobody "
        "registered, and what changed; in the order to work in."
    ),
    build=build,
    arguments=(
        PromptArgument("since", "When the last audit was, ISO 8601; a week ago if empty.", complete=complete_since),
    ),
)
