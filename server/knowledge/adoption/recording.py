"""Keeps what systems answered, and the entries as they stand after it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from server.knowledge.adoption.status import answered, of_system
from server.model.knowledge import KnowledgeEntry, Transfer
from server.storage import adoption, knowledge
from server.storage.adoption import Standing
from server.storage.knowledge import Stored

if TYPE_CHECKING:
    from server.registry.map import RegistryMap
    from server.storage.session import Session


def recorded(
    session: "Session",
    entry: KnowledgeEntry,
    transfer: Transfer,
    before: Standing | None,
    proposal_id: str,
    registry: "RegistryMap",
    *,
    actor: str,
    at: int,
) -> KnowledgeEntry:
    """The entry as it stands after the answer, which is kept, and yet to be stored; the very same where nothing is new."""
    system_id = transfer.system
    known = of_system(entry.transfers, system_id)
    if known is not None and before is not None and before.decision == transfer.decision.value:
        same = transfer.model_copy(update={"at": known.at, **_measured_of(known)})
        if not transfer.reason:
            same = same.model_copy(update={"reason": known.reason})
        transfer = same
        if same == known and before.proposal_id == proposal_id:
            return entry
    fresh = answered(entry, transfer, gone=gone_of(entry, registry))
    since = before.since if before is not None else at
    standing = Standing(system_id, entry.id, since, transfer.decision.value, at, proposal_id)
    if before is not None and before.decision == transfer.decision.value:
        standing = replace(standing, answered_at=before.answered_at, outcome=before.outcome)
    adoption.keep_answer(session, standing, at=at, actor=actor, reason=transfer.reason)
    return fresh


def keep(session: "Session", changed: Iterable[tuple[Stored, KnowledgeEntry]], at: int) -> list[str]:
    """Each entry that is otherwise than it was stored stands as given, as its next version; their ids."""
    fresh = [
        Stored(before.fingerprint, after.model_copy(update={"version": before.entry.version + 1}), before.life)
        for before, after in changed
        if after != before.entry
    ]
    if fresh:
        knowledge.save(session, fresh, at=at, now=at, revision=knowledge.next_revision(session))
    return [one.entry.id for one in fresh]


def gone_of(entry: KnowledgeEntry, registry: "RegistryMap") -> set[str]:
    """Systems that it applies to and that are archived, or not registered here: nobody waits for them."""
    return {one for one in entry.applicable_to if registry.live(one) is None}


def _measured_of(known: Transfer) -> dict[str, Any]:
    names = ("outcome", "before", "after", "p_value", "measured_at")
    return {name: getattr(known, name) for name in names}
