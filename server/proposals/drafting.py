"""The next version of a proposal, out of what its system sent and what it said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.errors import InvalidArgument, NotAllowed, StaleVersion
from server.model.change import Change
from server.model.proposal import Goal, Proposal, ProposalState


@dataclass(frozen=True)
class Wish:
    """What a call of submit_proposal asks for. Empty members of a revision keep what the version before says."""

    proposal_id: str = ""
    source_system: str = ""
    title: str = ""
    description: str = ""
    changes: Sequence[Any] = ()
    state: str = ""
    goal: str = ""
    metric: str = ""
    error_category: str = ""
    approach: str = ""
    knowledge_id: str = ""

    def arguments(self) -> dict[str, Any]:
        """What tells this call from another under the same idempotency key."""
        return {**vars(self), "changes": list(self.changes)}


KEPT = ("title", "description", "metric", "error_category", "approach", "knowledge_id")
"""Members that a revision keeps where it leaves them empty."""


def first_version(wish: Wish, changes: tuple[Change, ...], source_system: str, caller: str, now: str) -> Proposal:
    """Version 1, without an id yet; its state is what is asked for, before any check.

    Raises NotAllowed where a system proposes for another.
    """
    _only_for_itself(caller, source_system)
    return Proposal(
        proposal_id="",
        version=1,
        source_system=source_system,
        title=wish.title.strip() or _title_of(changes),
        description=wish.description,
        changes=changes,
        state=ProposalState(wish.state or ProposalState.DRAFT),
        goal=Goal(wish.goal or Goal.IMPROVE),
        metric=wish.metric,
        error_category=wish.error_category,
        approach=wish.approach,
        knowledge_id=wish.knowledge_id,
        created_at=now,
        updated_at=now,
    )


def next_version(wish: Wish, changes: tuple[Change, ...], previous: Proposal, caller: str, now: str) -> Proposal:
    """The version after `previous`, with nothing decided about it yet.

    A draft stays one unless the call says otherwise; anything else is submitted anew. Raises NotAllowed where the caller is not
    on the proposal's own side, InvalidArgument where it would change hands.
    """
    _only_for_itself(caller, previous.source_system)
    if wish.source_system and wish.source_system != previous.source_system:
        raise InvalidArgument(
            f"{previous.proposal_id} is a proposal of {previous.source_system}, and stays one.",
            path="/source_system",
            hint="Leave source_system out, or submit a proposal of its own.",
        )
    stays = previous.state is ProposalState.DRAFT
    said = {name: getattr(wish, name) for name in KEPT if getattr(wish, name).strip()}
    update = {
        **said,
        "version": previous.version + 1,
        "changes": changes or previous.changes,
        "state": ProposalState(wish.state or (ProposalState.DRAFT if stays else ProposalState.READY_FOR_SHADOW_TEST)),
        "goal": Goal(wish.goal or previous.goal),
        "updated_at": now,
        "decisions": (),
    }
    return Proposal.model_validate(dict(previous) | update)


def modified(previous: Proposal, changes: tuple[Change, ...], now: str) -> Proposal:
    """The draft of the next version, with other changes: for its own system to look at, and to submit or not.

    Raises InvalidArgument where there are none.
    """
    if not changes:
        raise nothing_changes()
    update = {
        "version": previous.version + 1,
        "changes": changes,
        "state": ProposalState.DRAFT,
        "updated_at": now,
        "decisions": (),
    }
    return previous.model_copy(update=update)


def expect_version(previous: Proposal | None, expected: int) -> None:
    """Raises StaleVersion unless the caller saw the present version of the content (0 = don't care)."""
    present = previous.version if previous is not None else 0
    if expected and expected != present:
        raise StaleVersion(
            f"{previous.proposal_id} is at version {present}, not {expected}."
            if previous is not None
            else "There is no such proposal yet, so no version of it can be expected.",
            path="/expected_version",
            hint="Read it with get_proposal, and call again with the version you saw.",
            details={"present_version": present},
        )


def _only_for_itself(caller: str, source_system: str) -> None:
    if caller and caller != source_system:
        raise NotAllowed(
            f"{caller} can't propose for {source_system}: a system proposes only for itself.",
            path="/source_system",
            hint="Leave source_system out, or let that system propose it.",
        )


def nothing_changes() -> InvalidArgument:
    """What a proposal without any change is told."""
    return InvalidArgument(
        "A proposal has at least one change.",
        path="/changes",
        hint='Such as [{"resource": "~/outputs/signals.json", "patch": […]}], or [{"description": "…"}] for an internal one.',
    )


def _title_of(changes: Sequence[Change]) -> str:
    first = changes[0]
    told = first.description.strip().splitlines()
    return (told[0] if told else f"Change to {first.resource or first.removes_dependency or 'its inside'}")[
        :200
    ].strip()
