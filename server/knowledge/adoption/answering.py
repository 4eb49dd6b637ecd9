"""Who may answer to a shared entry, and when it can't be answered any more (LRN-5)."""

from collections.abc import Sequence

from server.errors import InvalidArgument, NotAllowed, Refused
from server.knowledge.entries.days import is_expired
from server.model.knowledge import KnowledgeEntry, KnowledgeStatus
from server.registry.map import RegistryMap
from server.registry.naming import find_system

_NAMED = 20
"""Systems that an error names."""


def answering_system(registry: RegistryMap, named: str, caller: str, concerned: Sequence[str] = ()) -> str:
    """The live system that answers: each for itself, the local user (empty caller) for any.

    `concerned` are those that the entry is of use to, told where none is named.
    Raises InvalidArgument where none is named, NotAllowed for another system or Ambiguous as names do, Refused for an
    archived one.
    """
    asked = named.strip() or caller
    if not asked:
        raise InvalidArgument(
            "Say which system answers.",
            path="/system_id",
            hint=f"It may be of use to {', '.join(concerned[:_NAMED])}."
            if concerned
            else "find_systems lists the ids.",
        )
    system_id = find_system(registry, asked, path="/system_id")
    if caller and system_id != caller:
        raise NotAllowed(
            f"{caller} can't answer for {system_id}: a system answers only for itself.",
            path="/system_id",
            hint="Leave system_id out, or let that system or the local user answer.",
        )
    if registry.live(system_id) is None:
        raise Refused(
            f"{system_id} is archived, so nothing is asked of it.", path="/system_id", hint="Restore it first."
        )
    return system_id


def expect_answerable(entry: KnowledgeEntry, system_id: str, at: int) -> None:
    """Raises Refused where the entry is superseded or expired at that moment, or is what the system itself taught."""
    if entry.status is KnowledgeStatus.SUPERSEDED:
        instead = entry.superseded_by
        raise Refused(
            f"{entry.id} is superseded by {instead}." if instead else f"{entry.id} is superseded.",
            path="/entry_id",
            hint=f"Answer {instead}, which stands in its place." if instead else "find_knowledge lists current ones.",
        )
    if is_expired(entry.expires, at):
        raise Refused(
            f"{entry.id} expired on {entry.expires}.",
            path="/entry_id",
            hint=f"It can be answered again once {entry.source_system or 'its source'} or the user says RENEW.",
        )
    if system_id == entry.source_system and system_id not in entry.applicable_to:
        raise Refused(
            f"{entry.id} is what {system_id} itself learned; others answer to it.",
            path="/entry_id",
            hint="As its source it can say RENEW.",
        )


def renewing_system(registry: RegistryMap, entry: KnowledgeEntry, named: str, caller: str) -> str:
    """Who renews the entry: its source system, or the local user, who then names none (empty).

    Raises NotAllowed for any other or Ambiguous as names do.
    """
    if not caller and named.strip() in ("", entry.source_system):
        return named.strip()
    system_id = answering_system(registry, named, caller)
    if system_id != entry.source_system:
        raise NotAllowed(
            f"{system_id} can't renew {entry.id}: that is for {entry.source_system or 'its source'} or the local user.",
            path="/decision",
            hint="Say ADOPT or DECLINE." if caller else "Leave system_id out to renew it as the local user.",
        )
    return system_id


def expect_renewable(entry: KnowledgeEntry) -> None:
    """Raises Refused where another entry stands in its place; an expired one can be renewed."""
    if entry.status is KnowledgeStatus.SUPERSEDED:
        raise Refused(
            f"{entry.id} is superseded by {entry.superseded_by or 'another entry'}.",
            path="/entry_id",
            hint="Renew the one that stands in its place." if entry.superseded_by else "",
        )
