"""What a system is told with its reports about shared knowledge. The words are ours alone, never another system's."""

from collections.abc import Sequence

from server.model.base import JsonObject
from server.model.knowledge import KnowledgeType

MOST = 3
"""Entries that a system is reminded of at a time; the next ones come when these are answered."""


def answer_knowledge(entry_id: str, *, warns: bool = False) -> JsonObject:
    """{id, kind, proposal_id, text}: the entry waits for the system's answer; the id stays until it has come.

    `warns` says that it is an anti-pattern, so that there is nothing to propose.
    """
    text = (
        f"{entry_id} warns of what other systems rejected: read it with find_knowledge, then say with respond_to_knowledge "
        "whether you keep to it (ADOPT) or not (DECLINE)."
        if warns
        else f"{entry_id} may be of use to you and waits for your answer: read it with find_knowledge, then propose your own "
        "form of it (submit_proposal with knowledge_id) and say ADOPT, or DECLINE with a reason, with respond_to_knowledge."
    )
    return _directive(f"{entry_id}:answer", "answer_knowledge", text)


def retest_knowledge(entry_id: str) -> JsonObject:
    """{id, kind, proposal_id, text}: what the system shared did harm elsewhere."""
    text = (
        f"{entry_id}, which you shared, did harm to a system that adopted it: see it with find_knowledge, test it again, "
        "and say RENEW with respond_to_knowledge when it still holds."
    )
    return _directive(f"{entry_id}:retest", "retest_knowledge", text)


def directives_for(reminders: Sequence[tuple[str, str, str]], *, has_engine: bool) -> list[JsonObject]:
    """Retests first; answers only of a system that evolves by itself (LRN-5). `reminders` is (`answer` or `retest`, id, type)."""
    retests = [retest_knowledge(entry_id) for kind, entry_id, _ in reminders if kind == "retest"]
    answers = [
        answer_knowledge(entry_id, warns=type_ == KnowledgeType.ANTI_PATTERN)
        for kind, entry_id, type_ in reminders
        if kind == "answer" and has_engine
    ]
    return [*retests[:MOST], *answers[:MOST]]


def _directive(name: str, kind: str, text: str) -> JsonObject:
    return {"id": name, "kind": kind, "proposal_id": "", "text": text}
