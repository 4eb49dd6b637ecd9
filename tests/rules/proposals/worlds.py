"""Proposals and registries to try rules on."""

from typing import Any

from server.model.change import Change
from server.model.check import Verdict
from server.model.proposal import CheckMade, Decision, DecisionKind, Proposal, ProposalState
from server.model.system import StoredSystem, System
from server.registry.map import RegistryMap

AT = "2026-04-05T14:00:00Z"


def proposal(state: ProposalState, *, asked: tuple[str, ...] = ("sys_b",), **members: Any) -> Proposal:
    """A proposal of sys_a that concerns sys_b and whoever is asked; a draft was never checked."""
    submitted = state is not ProposalState.DRAFT
    made = CheckMade(
        id="CHK-2026-04-05-001",
        version=1,
        verdict=Verdict.CONFLICT_DETECTED,
        at=AT,
        blocks=True,
        must_accept=asked,
        affected=tuple(sorted({"sys_b", *asked} - {"user"})),
    )
    whole: dict[str, Any] = {
        "proposal_id": "PROP-001",
        "version": 1,
        "source_system": "sys_a",
        "title": "Change it",
        "changes": (Change(description="x"),),
        "state": state,
        "created_at": AT,
        "updated_at": AT,
        "checks": (made,) if submitted else (),
    }
    return Proposal(**(whole | members))


def said(decision: DecisionKind, actor: str, **members: Any) -> Decision:
    """A decision on version 1."""
    return Decision(at=AT, version=1, decision=decision, by=actor, actor=actor, **members)


def registry(*systems: dict[str, Any]) -> RegistryMap:
    """A registry of these systems; the tier is PRODUCTION unless said."""
    documents = [{"tier": "PRODUCTION", **document} for document in systems]
    return RegistryMap(
        StoredSystem(system=System.model_validate(one), version=1, revision=place)
        for place, one in enumerate(documents, start=1)
    )
