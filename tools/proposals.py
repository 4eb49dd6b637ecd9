"""Tools of proposals: submit a change to be checked, see where it stands, decide about it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from server.model.change import Change
from server.model.wording import counted
from server.surface import (
    Answer,
    Arguments,
    Call,
    ExpectedVersion,
    IdempotencyKey,
    JsonText,
    Lift,
    Next,
    Tool,
    argument,
)
from tools.change_members import CHANGE_IN_SHORT, CHANGE_MEMBERS

if TYPE_CHECKING:
    from server.services import Services

_ID_NAMES = ("id", "proposal", "prop", "prop_id")


class SubmitProposal(Arguments):
    """A new proposal, or with proposal_id the next version of one."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "source_system": ("system_id", "sys", "system", "source", "writer"),
        "title": ("name", "summary"),
        "proposal_id": _ID_NAMES,
        "changes": ("proposed_changes", "change"),
    }
    lift: ClassVar[Lift | None] = Lift("changes")
    source_system: str = argument("Who proposes.", "", max_length=200)
    title: str = argument("In short.", "", max_length=200)
    changes: Annotated[tuple[Change, ...], CHANGE_MEMBERS] = argument("What changes.", ())
    description: str = argument("Why.", "", max_length=4_000)
    proposal_id: str = argument("To revise; what is empty stays.", "", max_length=200)
    state: Literal["", "DRAFT", "READY_FOR_SHADOW_TEST"] = argument(
        'READY_FOR_SHADOW_TEST = checked now; DRAFT, "" = not yet.', ""
    )
    goal: Literal["", "IMPROVE", "NO_WORSE", "CONTRACT_ONLY"] = argument('NO_WORSE, CONTRACT_ONLY; "" = IMPROVE.', "")
    metric: str = argument("Shows it.", "", max_length=200)
    error_category: str = argument("What it lessens.", "", max_length=200)
    approach: str = argument("How.", "", max_length=4_000)
    knowledge_id: str = argument("SK-…", "", max_length=200)
    expected_version: ExpectedVersion = 0
    idempotency_key: IdempotencyKey = ""


def submit_proposal(call: "Call[Services]", args: SubmitProposal) -> Answer:
    """The proposal stands as sent; submitted, it is checked."""
    from server.proposals.drafting import Wish
    from server.proposals.service import summary_of_submission

    changes = [one.model_dump(mode="json", by_alias=True, exclude_unset=True) for one in args.changes]
    members = args.model_dump(exclude={"changes", "expected_version", "idempotency_key"})
    done = call.services.proposals.submit(
        Wish(**members, changes=changes),
        caller=call.caller,
        now=call.now,
        expected_version=args.expected_version,
        idempotency_key=args.idempotency_key,
    )
    check_id = done["check"].get("check_id", "")
    return Answer(
        summary=summary_of_submission(done),
        data=done,
        next=_after_submission(done),
        uri=f"concord://checks/{check_id}" if check_id else "",
    )


def _after_submission(done: Mapping[str, Any]) -> list[Next]:
    named = {"proposal_id": done["proposal_id"]}
    if done["state"] == "DRAFT":
        return [Next("submit_proposal", {**named, "state": "READY_FOR_SHADOW_TEST"})]
    return [Next("get_proposal", named)]


class GetProposal(Arguments):
    """Which proposal."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {"proposal_id": _ID_NAMES}
    proposal_id: str = argument("PROP-…", min_length=1, max_length=200)


def get_proposal(call: "Call[Services]", args: GetProposal) -> Answer:
    """The proposal, and where it stands."""
    found = call.services.proposals.get(args.proposal_id, caller=call.caller, now=call.now)
    proposal_id, open_points = found["proposal_id"], found["unmet"]
    waits = f"; {counted(len(open_points), 'point')} open: {open_points[0]}" if open_points else "."
    return Answer(
        summary=f"{proposal_id} of {found['source_system']} (version {found['version']}) is {found['state']}{waits}",
        data=found,
        next=_following(found, call.caller),
        uri=f"concord://proposals/{proposal_id}",
    )


def _following(found: Mapping[str, Any], caller: str) -> list[Next]:
    """The call that brings it on, where this caller can make one; a revision would discard what was accepted and done."""
    allowed, named = found["allowed"], {"proposal_id": found["proposal_id"]}
    asked = [one["system_id"] for one in found["pending"] if one["waiting_for"] == "ACCEPT"]
    if "ACCEPT" in allowed and asked:
        return [Next("decide_proposal", {**named, "decision": "ACCEPT", "actor": asked[0], "reason": "…"})]
    if "COMPLETE_STEP" in allowed:
        steps = [one for one in found["pending"] if one["waiting_for"].startswith("COMPLETE_STEP ")]
        mine = [int(one["waiting_for"].split()[1]) for one in steps if caller in ("", one["system_id"])]
        return [
            Next("decide_proposal", {**named, "decision": "COMPLETE_STEP", "step": step, "evidence": "…"})
            for step in mine[:1]
        ]
    if "submit_proposal" in allowed and found["state"] == "DRAFT":
        return [Next("submit_proposal", {**named, "state": "READY_FOR_SHADOW_TEST"})]
    return []


class DecideProposal(Arguments):
    """What is decided, for whom, and why."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "proposal_id": _ID_NAMES,
        "decision": ("verdict", "action", "move"),
        "actor": ("system_id", "sys", "system", "for", "on_behalf_of"),
        "reason": ("why", "comment"),
    }
    also_means: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "decision": {
            "APPROVE": "ACCEPT",
            "AGREE": "ACCEPT",
            "DECLINE": "REJECT",
            "CANCEL": "WITHDRAW",
            "DONE": "COMPLETE_STEP",
        }
    }
    proposal_id: str = argument("PROP-…", min_length=1, max_length=200)
    decision: Literal["ACCEPT", "MODIFY", "REJECT", "WITHDRAW", "COMPLETE_STEP"] = argument("What is decided.")
    actor: str = argument("System spoken for; people must say.", "", max_length=200)
    reason: str = argument("Why; people must say.", "", max_length=4_000)
    step: int = argument("Of the plan.", 0, ge=0, le=10_000)
    evidence: Annotated[str, JsonText()] = argument("Of the step.", "", max_length=20_000)
    changes: Annotated[tuple[Change, ...], CHANGE_IN_SHORT] = argument("For MODIFY.", ())
    expected_version: ExpectedVersion = 0
    idempotency_key: IdempotencyKey = ""


def _told(evidence: str) -> Any:
    """The evidence as what it is: JSON where it reads as an object or a list, else words."""
    if evidence.lstrip()[:1] not in ("{", "["):
        return evidence
    try:
        return json.loads(evidence)
    except ValueError:
        return evidence


def decide_proposal(call: "Call[Services]", args: DecideProposal) -> Answer:
    """The decision stands, with what follows from it."""
    from server.model.proposal import DecisionKind
    from server.proposals.deciding import Saying

    saying = Saying(
        decision=DecisionKind(args.decision),
        actor=args.actor,
        reason=args.reason,
        step=args.step,
        evidence=_told(args.evidence),
        changes=[one.model_dump(mode="json", by_alias=True, exclude_unset=True) for one in args.changes],
    )
    done = call.services.proposals.decide(
        args.proposal_id,
        saying,
        caller=call.caller,
        now=call.now,
        expected_version=args.expected_version,
        idempotency_key=args.idempotency_key,
    )
    left = f" Open: {done['unmet'][0]}" if done["unmet"] else ""
    following = [Next("get_proposal", {"proposal_id": done["proposal_id"]})] if done["allowed"] else []
    return Answer(
        summary=f"{args.decision} stands: {done['proposal_id']} version {done['version']} is {done['state']}.{left}",
        data=done,
        next=following,
        uri=f"concord://proposals/{done['proposal_id']}",
    )


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="submit_proposal",
        toolset="core",
        title="Submit a proposal",
        description=(
            "Proposes changes, or revises them. Once checked, BLOCKED and IN_REVIEW wait for those affected. "
            "To only try: check_change."
        ),
        arguments=SubmitProposal,
        run=submit_proposal,
        example={
            "changes": [
                {
                    "resource": "~/outputs/signals.json",
                    "patch": [{"op": "move", "from": "/properties/score", "path": "/properties/rating"}],
                }
            ],
            "state": "READY_FOR_SHADOW_TEST",
        },
        idempotent=False,
    ),
    Tool(
        name="get_proposal",
        toolset="core",
        title="Show a proposal",
        description="Where it stands: checks, plan, who has to act, what you may do now.",
        arguments=GetProposal,
        run=get_proposal,
        example={"proposal_id": "PROP-001"},
        read_only=True,
        idempotent=True,
    ),
    Tool(
        name="decide_proposal",
        toolset="core",
        title="Decide about a proposal",
        description=("For affected systems, owners and people; nobody accepts for the other side of its own proposal."),
        arguments=DecideProposal,
        run=decide_proposal,
        example={"proposal_id": "PROP-001", "decision": "ACCEPT", "actor": "sys_dashboard", "reason": "Agreed."},
        destructive=True,
    ),
)
