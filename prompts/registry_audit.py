"""The prompt that reviews the whole registry."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from server.surface import Call, Prompt, block, fill
from server.surface.prompt import prompt_text

if TYPE_CHECKING:
    from server.services import Services

SHOWN = 40
"""Findings quoted; the rest is counted, and found with find_findings."""


def build(call: "Call[Services]", arguments: Mapping[str, str]) -> str:
    """The audit with the present state of the registry in it."""
    call.services.proposals.ask_due(call.now, read_only=call.read_only)
    overview = call.services.registry.overview()
    worst = call.services.findings.find(limit=SHOWN)
    rows = [
        {
            "id": finding.id,
            "kind": finding.kind.value,
            "severity": finding.severity.value,
            "system": finding.system_id,
            "message": finding.message,
            "since": finding.first_seen,
        }
        for finding in worst.findings
    ]
    return fill(
        prompt_text(Path(__file__).parent, "registry_audit"),
        {
            "overview": block(overview),
            "counts": block(call.services.findings.counts()),
            "findings": block(rows),
            "shown": len(rows),
            "total": worst.total,
            "as_of": call.now.date().isoformat(),
        },
    )


PROMPT = Prompt(
    name="registry_audit",
    title="Audit the registry",
    description="A review of the whole registry: gaps, contradictions, circles, and what to do about each, the worst first.",
    build=build,
)
