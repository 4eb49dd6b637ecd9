"""The open proposals beside a kept check, as they stand now: those that it saw may have been decided since, others have come."""

from collections.abc import Iterable, Mapping
from typing import Any

from server.model.base import JsonObject
from server.model.proposal import IN_FLIGHT, Proposal
from server.proposals.asking import WAITING
from server.proposals.parties import still_asked


def beside_now(
    seen: Iterable[Mapping[str, Any]], present: Iterable[Mapping[str, Any]] | None, known: Mapping[str, Proposal]
) -> list[JsonObject]:
    """What the check says of each, with where it stands; first those that are open, then those that the check saw and are not.

    `seen` is the check's `in_flight`, and `present` what a check made now says; None where none can be made, so that what
    was seen stands in. `known` has every proposal that either names. What is not open any more has no `relation`: only
    `relation_then`.
    """
    judged = seen if present is None else present
    shown = [{**one, **_standing(known[one["proposal_id"]])} for one in judged if _is_open(known, one)]
    gone = [
        {
            "proposal_id": one["proposal_id"],
            "source_system": one["source_system"],
            "relation_then": one["relation"],
            **_standing(known[one["proposal_id"]]),
        }
        for one in seen
        if one["proposal_id"] in known and not _is_open(known, one)
    ]
    return [*shown, *gone]


def _is_open(known: Mapping[str, Proposal], one: Mapping[str, Any]) -> bool:
    proposal = known.get(one["proposal_id"])
    return proposal is not None and proposal.state in IN_FLIGHT


def _standing(proposal: Proposal) -> JsonObject:
    waits = list(still_asked(proposal)) if proposal.state in WAITING else []
    # what a draft of the next version says is for its own system alone
    told = {} if proposal.private else {"title": proposal.title, "version": proposal.version}
    return {**told, "state": proposal.state.value, **({"waits_for": waits} if waits else {})}
