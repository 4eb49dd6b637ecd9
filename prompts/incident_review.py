"""The prompt that reviews what went wrong at a system, and what changed before it did."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompts.gathered import moment_in, systems_named, told
from server.model.moments import to_wire
from server.surface import Call, Prompt, PromptArgument, block, fill, inline
from server.surface.prompt import Quoted, prompt_text

if TYPE_CHECKING:
    from server.journal.happenings import Course
    from server.services import Services

BY_DEFAULT = timedelta(hours=24)
BEFORE = timedelta(days=7)
"""How far before the incident changes are looked for."""
NEAR = 20
"""Systems told on each side, the nearest first."""
DISTANCE = 3
COURSE_LENGTH = 24_000


def build(call: "Call[Services]", arguments: Mapping[str, str]) -> str:
    """The review with what happened at the system and around it, how its neighbours are, and what changed before."""
    services = call.services
    view = services.registry.get(arguments["system_id"])
    system_id = str(view.document["id"])
    since = moment_in(arguments.get("since", ""), "since", call.now, otherwise=call.now - BY_DEFAULT)
    upstream, downstream = _near(services, system_id, upstream=True), _near(services, system_id, upstream=False)
    near = [one["id"] for one in (*upstream, *downstream)]
    health = services.registry.health_of([system_id, *near], call.now)
    course = services.happenings.around(system_id, near, since=since, until=call.now, caller=call.caller)
    before = services.happenings.changes([system_id, *near], since=since - BEFORE, until=since, caller=call.caller)
    for one in (*upstream, *downstream):
        one.update(health[one["id"]].document() if one["id"] in health else {})
    (system,) = systems_named(services, [system_id], call.now)
    return fill(
        prompt_text(Path(__file__).parent, "incident_review"),
        {
            "system_id": inline(system_id),
            "since": inline(to_wire(since)),
            "as_of": inline(to_wire(call.now)),
            "before": inline(to_wire(since - BEFORE)),
            "system": block({**system, **health[system_id].document()}),
            "course": block(told(course), length=COURSE_LENGTH),
            "course_cut": _cut(course),
            "changes": block(told(before)),
            "changes_cut": _cut(before),
            "upstream": block(upstream),
            "downstream": block(downstream),
            "findings": block([_finding(one) for one in view.findings[:NEAR]]),
        },
    )


def _near(services: "Services", system_id: str, *, upstream: bool) -> list[dict[str, Any]]:
    """The systems that feed it, or that it reaches, nearest first."""
    reached = services.registry.trace(system_id, upstream=upstream, depth=DISTANCE).reached
    return [
        {"id": stored.id, "tier": stored.system.tier.value, "distance": one.distance, "path": list(one.path)}
        for stored, one in reached[:NEAR]
        if stored.id != system_id
    ]


def _cut(course: "Course") -> Quoted:
    return Quoted("the newest of each kind; there was more" if course.cut else "all of it")


def _finding(finding: Any) -> dict[str, Any]:
    told: dict[str, Any] = finding.model_dump(mode="json", include={"id", "kind", "severity", "message", "first_seen"})
    return told


def complete_system(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Ids of live systems that begin so, or have it in them."""
    return call.services.registry.ids_like(typed, 50)


def complete_since(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Since when the system is as it is, then an hour, six hours, a day and a week ago."""
    health = call.services.registry.health_of([others["system_id"]], call.now) if others.get("system_id") else {}
    ago = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))
    moments = [*(one.since for one in health.values() if one.since), *(to_wire(call.now - one) for one in ago)]
    return [moment for moment in dict.fromkeys(moments) if moment.startswith(typed)]


PROMPT = Prompt(
    name="incident_review",
    title="Review an incident",
    description="What went wrong at a system, in order; how those around it are; what changed shortly before; and what to do.",
    build=build,
    arguments=(
        PromptArgument("system_id", "The system that failed.", required=True, complete=complete_system),
        PromptArgument("since", "When it began, ISO 8601; the last 24 hours if empty.", complete=complete_since),
    ),
)
