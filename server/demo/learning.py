"""What one system learned reaches those who need it, and nobody else; what two rejected is told to the third."""

import json
from datetime import timedelta

from server.demo import cast, fleet
from server.demo.acts import Act, Play
from server.demo.claims import hold
from server.model.base import JsonObject

KNOWLEDGE_FILE, KNOWLEDGE_URI = "~/export/shared_knowledge.json", "concord://files/shared_knowledge.json"
MAILER, REJECTED_BY, NEXT = "sys_mailer", ("sys_billing", "sys_crm_sync"), "sys_inventory"
CATEGORY = "stale_data"
TIMES = {cast.DASHBOARD: 6, MAILER: 5, "sys_search_index": 2}
"""How often each reported that error in the last weeks; with two it is not active."""
FIX: JsonObject = {
    "kind": "promotion",
    "proposal_id": "PROP-023",
    "title": "Check how old the market data is before processing it",
    "approach": "compare the file's timestamp with the present, and skip the run when it is older than a day",
    "error_category": CATEGORY,
    "before": 12,
    "after": 3,
    "observation_days": 28,
}
HAMMERING = "retry requests immediately without backoff"


async def fix_reaches_others(play: Play) -> JsonObject:
    """A fix that the generator found is an entry for the two that still have the error; the dashboard has adopted it."""
    person, generator, dashboard = play.person, play.systems[cast.GENERATOR], play.systems[cast.DASHBOARD]
    await generator.call("report", events=[{**FIX, "at": _ago(1)}])
    for system_id, times in TIMES.items():
        await person.call("report", system_id=system_id, events=[_error(day) for day in range(1, times + 1)])
    for number, system_id in enumerate(REJECTED_BY):
        await person.call("report", system_id=system_id, events=[_rejection(number)])
    run = await person.call("run_job", job="learning")
    hold(run["state"] == "SUCCEEDED", "the job has run to its end", run)
    kinds = sorted(one["type"] for one in run["summary_data"]["new"])
    hold(kinds == ["anti_pattern", "transferable_fix"], "two things are worth sharing", run["summary_data"]["new"])
    found = await dashboard.call("find_knowledge", system_id=cast.DASHBOARD, type="transferable_fix")
    hold(found["total"] == 1, "the dashboard finds what it has not answered", found)
    entry = found["knowledge_entries"][0]
    hold(sorted(entry["applicable_to"]) == [cast.DASHBOARD, MAILER], "it is for two systems of twelve", entry)
    adopted = await dashboard.call(
        "submit_proposal",
        title="Check how old signals.json is before rendering it",
        changes=[{"description": "Say on the page when the signals are older than one run."}],
        error_category=CATEGORY,
        knowledge_id=entry["id"],
        state="READY_FOR_SHADOW_TEST",
    )
    hold(not adopted["check"]["blocks"], "the adapted change goes on", adopted["summary"])
    answer = {"entry_id": entry["id"], "decision": "ADOPT", "proposal_id": adopted["proposal_id"]}
    await dashboard.call("respond_to_knowledge", **answer)
    reason = "Its mails show the date of their data on purpose."
    await person.call("respond_to_knowledge", entry_id=entry["id"], system_id=MAILER, decision="DECLINE", reason=reason)
    left = await dashboard.call("find_knowledge", system_id=cast.DASHBOARD, type="transferable_fix")
    hold(left["total"] == 0, "what is answered is not shown again", left)
    play.entry_id = entry["id"]
    members = ("id", "title", "evidence", "e_value", "applicability", "suggested_adaptation", "applicable_to")
    return {
        "systems": len(fleet.BYSTANDERS) + len(cast.SYSTEM_IDS),
        "entry": {member: entry[member] for member in members},
        "proposal_id": adopted["proposal_id"],
        "state": adopted["state"],
        "declined_because": reason,
    }


async def rejection_is_told(play: Play) -> JsonObject:
    """A third system asks for what two have rejected, and is told; the digest of the week says what was learned."""
    check = await play.person.call(
        "check_change",
        source_system=NEXT,
        title="Retry stock requests at once",
        changes=[{"description": "Retry requests immediately, without a backoff."}],
    )
    hold([one["rejected_by"] for one in check["knowledge"]] == [sorted(REJECTED_BY)], "who rejected it is told", check)
    hold(check["verdict"] == "CLEAR", "it decides nothing", check["summary"])
    other = await play.person.call(
        "check_change",
        source_system=NEXT,
        title="Back off between retries",
        changes=[{"description": "Wait twice as long before each further request."}],
    )
    hold(other["knowledge"] == [], "another approach is not warned of", other["knowledge"])
    digest = json.loads(await play.person.read("concord://digests/latest"))
    hold(digest["digest"]["new_shared_knowledge_entries"] == 2, "the digest counts both", digest)
    hold(play.entry_id in digest["digest"]["top_insight"], "the fix is the week's insight", digest)
    text = await play.person.read(KNOWLEDGE_URI)
    play.stage.file(KNOWLEDGE_FILE).write_text(text, encoding="utf-8")
    listed = sorted(one["id"] for one in json.loads(text)["knowledge_entries"])
    hold(len(listed) == 2 and play.entry_id in listed, "the file lists both", listed)
    return {
        "asked": check["summary"],
        "knowledge": check["knowledge"][0],
        "week_ending": digest["week_ending"],
        "top_insight": digest["digest"]["top_insight"],
        "file": KNOWLEDGE_FILE,
    }


ACTS: tuple[tuple[str, Act], ...] = (("knowledge", fix_reaches_others), ("warning", rejection_is_told))
"""Both under the names by which their facts go."""


def _error(day: int) -> JsonObject:
    return {"kind": "error", "at": _ago(day), "category": CATEGORY, "severity": "MEDIUM"}


def _rejection(number: int) -> JsonObject:
    return {
        "kind": "rejection",
        "at": _ago(number + 3),
        "proposal_id": f"PROP-{number + 41:03d}",
        "title": "Retry at once",
        "approach": HAMMERING,
        "error_category": "api_timeout",
        "before": 4,
        "after": 9,
    }


def _ago(days: float) -> str:
    return (fleet.NOW - timedelta(days=days)).isoformat()
