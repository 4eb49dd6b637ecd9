"""What happens after the change: twelve weeks are reported, and what no single system sees in them is found."""

import json
from datetime import datetime

import anyio

from server.demo import cast, fleet
from server.demo.acts import Act, Play
from server.demo.claims import hold
from server.demo.stage import Connection
from server.model.base import JsonObject
from server.model.sparkline import weekly

PATTERNS_FILE, PATTERNS_URI = "~/export/cross_patterns.json", "concord://files/cross_patterns.json"
FEWEST_BY_THE_BARE_RULE = 30


async def pattern_is_found(play: Play) -> JsonObject:
    """Of all that twelve systems reported, the one thing that leads to another is a pattern, and nothing else is."""
    story = fleet.twelve_weeks()
    bare = fleet.pairs_by_the_bare_rule(story)
    hold((cast.PIPELINE, cast.DASHBOARD) in bare, "the bare rule flags the pair that it should", bare)
    hold(len(bare) >= FEWEST_BY_THE_BARE_RULE, "the bare rule flags many pairs", bare)
    play.severity_before = (await _one_more_signal(play))["severity"]
    await _reported(play, story)
    run = await play.person.call("run_job", job="patterns")
    hold(run["state"] == "SUCCEEDED", "the job has run to its end", run)
    found = (await play.person.call("find_patterns"))["patterns"]
    hold([one["systems_involved"] for one in found] == [[cast.PIPELINE, cast.DASHBOARD]], "one pair is found", found)
    pattern = found[0]
    hold(pattern["type"] == "cascade_failure", "the dashboard's failures follow the pipeline's runs", pattern)
    hold(pattern["q_value"] < 1e-6, "chance is ruled out", pattern)
    hold(14 * 60 <= pattern["lag_seconds"] <= 16 * 60, "some 15 minutes lie between", pattern)
    play.pattern_id = pattern["id"]
    record = json.loads(await play.person.read(f"concord://patterns/{pattern['id']}"))
    suffered = [datetime.fromisoformat(one["at"]) for one in record["events"] if one["system"] == cast.DASHBOARD]
    hold(len(suffered) == pattern["occurrences"], "each occurrence can be opened as a stored event", record)
    weeks = weekly(suffered, fleet.NOW, fleet.WEEKS)
    hold(weeks[fleet.LEFT_OUT] == 0 < max(weeks), "the week without a refresh has no such error", weeks)
    members = ("id", "type", "severity", "certainty", "description", "systems_involved", "evidence", "occurrences")
    measures = ("lag_seconds", "p_value", "q_value", "lift", "confidence", "recommendation")
    return {
        "systems": len(story),
        "events": sum(map(len, story.values())),
        "errors": sum(event["kind"] == "error" for events in story.values() for event in events),
        "pairs": len(story) * (len(story) - 1),
        "pairs_by_the_bare_rule": len(bare),
        "patterns": len(found),
        "pattern": {member: pattern[member] for member in (*members, *measures)},
        "weeks": weeks,
    }


async def next_check_is_graver(play: Play) -> JsonObject:
    """A change that was judged before is judged again: one level graver, with the pattern named; the file tells of it."""
    conflict = await _one_more_signal(play)
    hold(conflict["severity_base"] == play.severity_before, "the rules judge it as before", conflict)
    hold(conflict.get("pattern") == play.pattern_id, "the conflict names the pattern", conflict)
    now = (play.severity_before, conflict["severity"])
    hold(now == ("HIGH", "CRITICAL"), "it is one level graver than before", now)
    text = await play.person.read(PATTERNS_URI)
    play.stage.file(PATTERNS_FILE).write_text(text, encoding="utf-8")
    listed = [one["id"] for one in json.loads(text)["patterns"]]
    hold(listed == [play.pattern_id], "the file lists the pattern", listed)
    members = ("affected_system", "affected_contract", "rule", "severity_base", "severity", "pattern")
    return {
        "severity_before": play.severity_before,
        "conflict": {member: conflict[member] for member in members},
        "file": PATTERNS_FILE,
    }


ACTS: tuple[tuple[str, Act], ...] = (("pattern", pattern_is_found), ("graver", next_check_is_graver))
"""Both under the names by which their facts go."""


async def _one_more_signal(play: Play) -> JsonObject:
    """The conflict that it would be to send the dashboard a signal that it does not know."""
    check = await play.systems[cast.GENERATOR].call(
        "check_change", resource=cast.SIGNALS_NEXT, patch=cast.signal_patch(), title=f"Add the signal {cast.NEW_SIGNAL}"
    )
    conflicts: list[JsonObject] = check["conflicts"]
    hold([one["affected_system"] for one in conflicts] == [cast.DASHBOARD], "the dashboard alone is hit", conflicts)
    return conflicts[0]


async def _reported(play: Play, story: fleet.Story) -> None:
    """The three have reported for themselves, each on its own connection; a person has registered and reported the others."""

    async def report(connection: Connection, system_id: str) -> None:
        answer = await connection.call("report", system_id=system_id, events=story[system_id])
        hold(answer["accepted"] == len(story[system_id]), f"all that {system_id} reports is kept", answer)

    async def report_the_others() -> None:
        for system in fleet.bystanders():
            await play.person.call("register_system", system=system)
            await report(play.person, system["id"])

    async with anyio.create_task_group() as tasks:
        for system_id, connection in play.systems.items():
            if system_id in story:
                tasks.start_soon(report, connection, system_id)
        tasks.start_soon(report_the_others)
