"""What has become of an entry, by the answers of those whom it is for (LRN-5)."""

from collections.abc import Collection, Iterable

from server.model.knowledge import KnowledgeEntry, KnowledgeStatus, Response, Transfer


def status_of(
    applicable_to: Collection[str],
    adopted_by: Collection[str],
    declined_by: Collection[str],
    *,
    superseded_by: str = "",
    gone: Collection[str] = (),
) -> KnowledgeStatus:
    """ADOPTED when all that it applies to have adopted it, DECLINED when all have declined it, else ACTIVE.

    Another system that adopts it counts among the adopters, not for "all"; one that it comes to apply to later opens it again.
    `gone` are archived systems: nobody waits for their answers. What applies to nobody stays ACTIVE.
    """
    if superseded_by:
        return KnowledgeStatus.SUPERSEDED
    waited_for = set(applicable_to) - set(gone)
    if waited_for and waited_for <= set(adopted_by):
        return KnowledgeStatus.ADOPTED
    if waited_for and waited_for <= set(declined_by):
        return KnowledgeStatus.DECLINED
    return KnowledgeStatus.ACTIVE


def standing(entry: KnowledgeEntry, *, gone: Collection[str] = ()) -> KnowledgeStatus:
    """The status of an entry as its answers stand."""
    if entry.status is KnowledgeStatus.SUPERSEDED:
        return entry.status
    return status_of(
        entry.applicable_to, entry.adopted_by, entry.declined_by, superseded_by=entry.superseded_by, gone=gone
    )


def answered(entry: KnowledgeEntry, said: Transfer, *, gone: Collection[str] = ()) -> KnowledgeEntry:
    """The entry with what a system answers now in place of what it answered before, and the status that follows."""
    others = [one for one in entry.transfers if one.system != said.system]
    fresh = entry.model_copy(
        update={
            "adopted_by": _with(entry.adopted_by, said, Response.ADOPT),
            "declined_by": _with(entry.declined_by, said, Response.DECLINE),
            "transfers": tuple(sorted([*others, said], key=lambda one: (one.at, one.system))),
        }
    )
    return fresh.model_copy(update={"status": standing(fresh, gone=gone)})


def with_adopters_of(entry: KnowledgeEntry, taken_in: KnowledgeEntry, *, gone: Collection[str] = ()) -> KnowledgeEntry:
    """The entry with those among its adopters who adopted what it takes in, and with what that did to anybody.

    Who has answered the entry or taught it is none of them. The very same where nothing is new.
    """
    taught = {entry.source_system, *(one.system for one in entry.support)}
    new = set(taken_in.adopted_by) - {*entry.adopted_by, *entry.declined_by} - taught
    told = [one for one in taken_in.transfers if one.system in new]
    harm = [one for one in taken_in.retest if one.system not in {its.system for its in entry.retest}]
    if not new and not harm:
        return entry
    fresh = entry.model_copy(
        update={
            "adopted_by": tuple(sorted({*entry.adopted_by, *new})),
            "transfers": tuple(sorted([*entry.transfers, *told], key=lambda one: (one.at, one.system))),
            "retest": tuple(sorted([*entry.retest, *harm], key=lambda one: (one.at, one.system))),
        }
    )
    return fresh.model_copy(update={"status": standing(fresh, gone=gone)})


def of_system(transfers: Iterable[Transfer], system_id: str) -> Transfer | None:
    """What the system answered last."""
    return next((one for one in transfers if one.system == system_id), None)


def _with(systems: Collection[str], said: Transfer, decision: Response) -> tuple[str, ...]:
    others = {one for one in systems if one != said.system}
    return tuple(sorted(others | {said.system} if said.decision is decision else others))
