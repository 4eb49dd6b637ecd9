"""The prompt that turns a folder or file into a registration which a person confirms."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.errors import Ambiguous, NotFound
from server.surface import Call, Prompt, PromptArgument, block, fill, inline
from server.surface.prompt import prompt_text

if TYPE_CHECKING:
    from server.model.candidate import Candidate
    from server.services import Services

SHOWN = 5
"""Candidates that are quoted, the surest first; the rest is at concord://files/discovery_scan.json."""
EVIDENCE = 15
"""Lines of evidence that are quoted of each."""
NOTHING_DRAFTED = (
    "everything: no scan has found a candidate there, so nothing is drafted",
    "the tier",
    "the accesses",
    "the schedule",
)


def build(call: "Call[Services]", arguments: Mapping[str, str]) -> str:
    """The task with what is known about the path, and the systems that it may have to do with."""
    path = arguments["path"]
    registry = call.services.registry
    try:
        briefing = registry.brief(path=path, caller=call.caller, now=call.now)
        known, state = block(briefing.data), briefing.summary
    except (NotFound, Ambiguous) as error:
        known, state = block({"known": False, "close": list(error.allowed)}), error.message
    neighbours = registry.touching(path)
    candidates = call.services.discovery.at_path(path)
    draft = candidates[0].suggested_registration if candidates else {}
    return fill(
        prompt_text(Path(__file__).parent, "onboard_system"),
        {
            "path": inline(path),
            "state": inline(state),
            "known": known,
            "candidates": len(candidates),
            "found": block([_told(candidate) for candidate in candidates[:SHOWN]]),
            "draft": block(draft),
            "confirm": block(_to_confirm(candidates[0]) if candidates else list(NOTHING_DRAFTED)),
            "neighbours": block(neighbours),
            "registered": registry.overview()["systems"],
        },
    )


def _told(candidate: "Candidate") -> dict[str, Any]:
    """The candidate without its draft, with the evidence that says most."""
    told = candidate.model_dump(mode="json", exclude={"suggested_registration", "evidence"})
    lines = [f"{one.file}:{one.line} {one.what}: {one.text}" for one in candidate.evidence[:EVIDENCE]]
    more = len(candidate.evidence) - len(lines)
    return {**told, "evidence": [*lines, *([f"and {more} lines more"] if more > 0 else [])]}


def _to_confirm(candidate: "Candidate") -> list[str]:
    """What a person has to say, since a scan can't know it."""
    asked = ["that it is one system of its own, and its id and name", "the tier", "who owns it"]
    if candidate.schedule:
        zone = candidate.timezone or "no time zone is stated, UTC is taken"
        asked.append(f"the schedule {candidate.schedule} ({zone})")
    else:
        asked.append("when it runs: no schedule was found")
    accesses = len(candidate.reads) + len(candidate.writes)
    if accesses:
        asked.append(f"each of the {accesses} accesses, which were only inferred")
    else:
        asked.append("what it reads and writes: nothing was found")
    if candidate.writes:
        asked.append("the consumers of what it writes")
    return [*asked, "the contracts: a scan drafts none"]


def complete_path(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Places of unregistered candidates, then resources that somebody reads or writes, that begin so."""
    places = [one.location for one in call.services.discovery.unregistered() if one.location.startswith(typed)]
    return [*dict.fromkeys([*places, *call.services.registry.resources_like(typed, 50)])][:50]


PROMPT = Prompt(
    name="onboard_system",
    title="Register a new system",
    description="Works out a system's registration from its folder or file, for a person to confirm.",
    build=build,
    arguments=(
        PromptArgument(
            "path", "The system's folder, or a file that it reads or writes.", required=True, complete=complete_path
        ),
    ),
)
