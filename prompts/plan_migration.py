"""The prompt that turns a check's conflicts into a migration that people can carry out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompts.gathered import SHOWN, affected_by, conflicts_of, systems_named, verdict_of
from server.surface import Call, Prompt, PromptArgument, block, fill, inline
from server.surface.prompt import prompt_text

if TYPE_CHECKING:
    from server.services import Services


def build(call: "Call[Services]", arguments: Mapping[str, str]) -> str:
    """The task with the check, each conflict's plan and way back, and who owns what."""
    check = call.services.conflicts.stored(arguments["check_id"], caller=call.caller)
    beside = call.services.proposals.beside(check, now=call.now)
    inputs = check.pop("inputs")
    plans = [(conflict, conflict["proposed_resolution"]) for conflict in check["conflicts"][:SHOWN]]
    changing = {one for _, plan in plans for one in plan["requires_changes_in"]}
    return fill(
        prompt_text(Path(__file__).parent, "plan_migration"),
        {
            "check_id": inline(check["check_id"]),
            "as_of": call.now.date().isoformat(),
            "check": block(verdict_of(check)),
            "changes": block(inputs["changes"]),
            "shown": len(plans),
            "total": len(check["conflicts"]),
            "conflicts": block(conflicts_of(check)),
            "plans": block([_plan(conflict, plan) for conflict, plan in plans]),
            "rollbacks": block([_rollback(conflict, plan) for conflict, plan in plans]),
            "undecided": block(check["undecided"]),
            "in_flight": block(beside),
            "systems": block(systems_named(call.services, affected_by(check) | changing, call.now)),
        },
    )


def _plan(conflict: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, Any]:
    """The way out with its steps, the adapter where there is one, and why better ones do not fit."""
    told = ("strategy", "estimated_duration_days", "requires_changes_in", "adapter", "rejected_strategies")
    steps = plan.get("plan") or plan["steps"]
    return {"for": conflict["affected_system"], **{name: plan[name] for name in told if plan.get(name)}, "steps": steps}


def _rollback(conflict: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, Any]:
    """The way back, in words and as recorded steps."""
    return {"for": conflict["affected_system"], "in_words": plan["rollback_plan"], "steps": plan.get("rollback", [])}


def complete_check(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Check ids that begin so, newest first, of those that the caller may see."""
    return call.services.conflicts.check_ids(typed, 50, caller=call.caller)


PROMPT = Prompt(
    name="plan_migration",
    title="Plan a migration",
    description="A migration plan out of a check: who does what and when, the adapter, and the way back for all systems.",
    build=build,
    arguments=(PromptArgument("check_id", "CHK-…, or `latest`.", required=True, complete=complete_check),),
)
