"""`shared_knowledge.json`: the source's keys in its order, extensions only where they are set. Values in, values out."""

import json
from collections.abc import Iterable
from datetime import datetime

from server.knowledge.entries.days import is_expired
from server.model.base import JsonObject
from server.model.knowledge import KnowledgeEntry
from server.model.moments import microseconds, to_wire

_OF_THE_SOURCE = (
    "id",
    "type",
    "title",
    "description",
    "source_system",
    "evidence",
    "applicable_to",
    "applicability_reasoning",
    "suggested_adaptation",
    "status",
    "adopted_by",
    "created",
    "expires",
)
_OF_EVIDENCE = (
    "before_metric",
    "after_metric",
    "improvement",
    "observation_period",
    "proposal_id",
    "promotion_date",
)


def entry_document(entry: KnowledgeEntry) -> JsonObject:
    """The entry as the source writes it, all of its keys there; then what else is told of it."""
    whole = entry.model_dump(mode="json", by_alias=True)
    more = entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    document = {name: whole[name] for name in _OF_THE_SOURCE}
    document["evidence"] = {name: whole["evidence"][name] for name in _OF_EVIDENCE}
    return {**document, **{name: value for name, value in more.items() if name not in document}}


def file_text(document: JsonObject) -> str:
    """The text of a file that holds this document."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def shared_knowledge(entries: Iterable[KnowledgeEntry], now: datetime) -> JsonObject:
    """The document of the entries that have not expired, superseded ones among them with their status.

    Whoever reads a file can't be relied on to compare days: what has expired is not in it. That an entry quotes the system it
    is of goes without saying.
    """
    at = microseconds(to_wire(now))
    shown = [entry_document(_without_saying(one)) for one in entries if not is_expired(one.expires, at)]
    return {"last_updated": to_wire(now)[:10], "knowledge_entries": shown}


def _without_saying(entry: KnowledgeEntry) -> KnowledgeEntry:
    told = entry.reported_by != entry.source_system
    return entry if told else entry.model_copy(update={"reported_by": ""})
