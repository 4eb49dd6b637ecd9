"""Shared entries for tests of the surface: a file as others write it, and its import."""

import json
from typing import Any

from tests.surface.world import Concord

SOURCE, READER, MAILER = "sys_signal_generator", "sys_dashboard", "sys_mailer"
STALE: dict[str, Any] = {
    "id": "SK-003",
    "type": "transferable_fix",
    "title": "Look at the age of a file before it is read",
    "description": "Files older than twice their interval are passed over, which took stale data away.",
    "source_system": SOURCE,
    "evidence": {
        "before_metric": "12 stale_data errors per week",
        "after_metric": "3 stale_data errors per week",
        "improvement": "75% reduction",
        "observation_period": "28 days",
        "proposal_id": "PROP-023",
        "promotion_date": "2026-03-10",
    },
    "applicable_to": [READER, MAILER],
    "applicability_reasoning": "Both have stale_data five times or more.",
    "suggested_adaptation": "Compare the time of the file with the schedule of its writer.",
    "status": "ACTIVE",
    "adopted_by": [],
    "created": "2026-04-01",
    "expires": "2026-06-30",
    "error_category": "stale_data",
    "e_value": 41.0,
}
RETRY: dict[str, Any] = {
    **STALE,
    "id": "SK-001",
    "type": "best_practice",
    "title": "Try a call to an outside service again after a pause",
    "description": "A second attempt with growing pauses ends most transient failures.",
    "suggested_adaptation": "Begin with a pause of a second.",
    "error_category": "transient",
    "applicable_to": [READER],
    "e_value": 9.0,
}
LOWERED: dict[str, Any] = {
    **STALE,
    "id": "SK-002",
    "type": "anti_pattern",
    "title": "Lowering the alarm threshold brings false alarms",
    "description": "Two systems lowered it and took it back.",
    "suggested_adaptation": "Leave it.",
    "error_category": "false_alarm",
    "applicable_to": [],
    "e_value": 4.0,
}
OLD: dict[str, Any] = {
    **RETRY,
    "id": "SK-004",
    "title": "Cache the listing",
    "created": "2025-12-01",
    "expires": "2026-03-01",
}
GONE: dict[str, Any] = {
    **RETRY,
    "id": "SK-005",
    "title": "Try again at once",
    "status": "SUPERSEDED",
    "superseded_by": "SK-001",
}
DONE: dict[str, Any] = {
    **RETRY,
    "id": "SK-006",
    "title": "Name each output by its day",
    "status": "ADOPTED",
    "adopted_by": [READER],
    "e_value": 2.0,
}
FILE: dict[str, Any] = {
    "last_updated": "2026-04-05",
    "knowledge_entries": [RETRY, LOWERED, STALE, OLD, GONE, DONE],
}


async def shared(concord: Concord, *entries: dict[str, Any]) -> dict[str, Any]:
    """The answer to the import of these entries, of the whole file where none are named."""
    listed = list(entries) or FILE["knowledge_entries"]
    return await concord.call("import_catalog", content=json.dumps({**FILE, "knowledge_entries": listed}))


async def members(concord: Concord) -> None:
    """The source, its two readers are registered."""
    for system_id in (SOURCE, READER, MAILER):
        await concord.register(system_id)


async def found(concord: Concord, **filters: Any) -> list[str]:
    """Ids of the entries that these filters leave, in order."""
    return [one["id"] for one in (await concord.call("find_knowledge", **filters))["knowledge_entries"]]
