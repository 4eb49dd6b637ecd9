"""The prompt that reviews one proposal, with what its check proves and who has to agree."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompts.gathered import affected_by, conflicts_of, systems_named, verdict_of
from server.surface import Call, Prompt, PromptArgument, block, fill, inline
from server.surface.prompt import prompt_text

if TYPE_CHECKING:
    from server.services import Services

_OF_THE_PROPOSAL = (
    "proposal_id",
    "version",
    "state",
    "source_system",
    "title",
    "description",
    "changes",
    "goal",
    "metric",
    "approach",
    "decisions",
)
NO_CHECK: dict[str, Any] = {"source_system": "", "conflicts": [], "undecided": []}


def build(call: "Call[Services]", arguments: Mapping[str, str]) -> str:
    """The review with the proposal, its newest check, the systems concerned and what is still open."""
    proposal = call.services.proposals.get(arguments["proposal_id"], caller=call.caller, now=call.now)
    made = proposal["checks"]
    check = call.services.conflicts.stored(made[-1]["id"], caller=call.caller) if made else NO_CHECK
    beside = call.services.proposals.beside(check, now=call.now) if made else []
    check = {name: value for name, value in check.items() if name != "inputs"}
    contracts = {conflict["affected_contract"] for conflict in check["conflicts"]}
    fragile = [one for one in call.services.conflicts.log.fragile(call.now) if one.contract_id in contracts]
    concerned = affected_by(check) | {proposal["source_system"]}
    concerned |= {other["source_system"] for other in beside}
    return fill(
        prompt_text(Path(__file__).parent, "review_proposal"),
        {
            "proposal_id": inline(proposal["proposal_id"]),
            "as_of": call.now.date().isoformat(),
            "proposal": block({name: proposal[name] for name in _OF_THE_PROPOSAL if proposal.get(name)}),
            "check": block(verdict_of(check) if made else "It has not been checked yet: it is a draft."),
            "shown": len(conflicts_of(check)),
            "total": len(check["conflicts"]),
            "conflicts": block(conflicts_of(check)),
            "undecided": block(check["undecided"]),
            "plan": block(proposal["plan"]),
            "systems": block(systems_named(call.services, concerned, call.now)),
            "in_flight": block(beside),
            "fragile": block([one.model_dump(mode="json") for one in fragile]),
            "open": block({name: proposal[name] for name in ("pending", "unmet", "findings", "allowed")}),
        },
    )


def complete_proposal(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Proposal ids that begin so, newest first, of those that the caller may see."""
    return call.services.proposals.ids_like(typed, 50, caller=call.caller)


PROMPT = Prompt(
    name="review_proposal",
    title="Review a proposal",
    description="A review of one proposal: what it breaks and the proof, the plan, who has to agree, and a decision to take.",
    build=build,
    arguments=(PromptArgument("proposal_id", "PROP-…", required=True, complete=complete_proposal),),
)
