"""The prompt that reviews a week of learning: what is new, what to retest or renew, who needs attention, and the trends."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompts.gathered import LINE_LENGTH, systems_named
from server.model.moments import to_wire
from server.surface import Call, Prompt, PromptArgument, block, fill, inline
from server.surface.prompt import prompt_text

if TYPE_CHECKING:
    from server.model.knowledge import KnowledgeEntry
    from server.services import Services

SHOWN = 20
"""Entries quoted of each kind."""
WEEKS = 12
NEW_LENGTH = 20_000
_FIGURES = ("error_category", "e_value", "improvement_percent", "independent_systems", "reported_by")


def build(call: "Call[Services]", arguments: Mapping[str, str]) -> str:
    """The review of the week that a day lies in, of the newest digest where none is named. Raises NotFound."""
    knowledge = call.services.knowledge
    digest = knowledge.digests.get(arguments.get("week", "").strip() or "latest", now=call.now)
    week = digest.get("week_ending", "")
    new = knowledge.digests.entries(week) if week else []
    ending = knowledge.digests.ending(call.now)
    retest = knowledge.digests.to_retest()
    anti = knowledge.find(kind="anti_pattern", limit=SHOWN, now=call.now)
    anti_patterns = [entry for entry, _ in anti.entries]
    metrics = knowledge.metrics.document(call.now)
    concerned = [*new[:SHOWN], *retest[:SHOWN], *ending[:SHOWN]]
    return fill(
        prompt_text(Path(__file__).parent, "weekly_learning_review"),
        {
            "as_of": inline(to_wire(call.now)),
            "week": inline(week or "-"),
            "digest": block(digest or "There is none yet: the job `learning` has not run."),
            "jobs": block([one for one in call.services.leader.overview() if one["job"] == "learning"]),
            "new": block([_row(one) for one in new[:SHOWN]], length=NEW_LENGTH),
            "new_shown": len(new[:SHOWN]),
            "new_total": len(new),
            "retest": block([{**_short(one), "retest": _retests(one)} for one in retest[:SHOWN]]),
            "retest_shown": len(retest[:SHOWN]),
            "retest_total": len(retest),
            "ending": block([{**_short(one), "expires": one.expires} for one in ending[:SHOWN]]),
            "ending_shown": len(ending[:SHOWN]),
            "ending_total": len(ending),
            "anti_patterns": block([{**_short(one), "approach": _line(one.approach)} for one in anti_patterns]),
            "anti_shown": len(anti_patterns),
            "anti_total": anti.total,
            "weeks": block({"weeks": metrics["weeks"][-WEEKS:], "trends": metrics["trends"]}),
            "systems": block(systems_named(call.services, _systems(digest, concerned), call.now)),
        },
    )


def _row(entry: "KnowledgeEntry") -> dict[str, Any]:
    """An entry with what it rests on and for whom it is."""
    known = entry.model_dump(mode="json", include=set(_FIGURES))
    evidence = entry.evidence.model_dump(mode="json")
    return {
        **_short(entry),
        "description": _line(entry.description),
        "evidence": {name: _line(value) for name, value in evidence.items() if value},
        **{name: value for name, value in known.items() if value not in (None, "")},
        "applicable": [
            {"system": one.system, "because": _line(" ".join(one.because)), "adaptation": _line(one.adaptation)}
            for one in entry.applicability[:10]
        ],
        "adopted_by": list(entry.adopted_by[:10]),
    }


def _short(entry: "KnowledgeEntry") -> dict[str, Any]:
    return {"id": entry.id, "type": entry.type.value, "title": _line(entry.title), "source_system": entry.source_system}


def _retests(entry: "KnowledgeEntry") -> list[dict[str, str]]:
    return [{"system": one.system, "at": one.at, "reason": _line(one.reason)} for one in entry.retest[:5]]


def _systems(digest: Mapping[str, Any], entries: "Sequence[KnowledgeEntry]") -> set[str]:
    named = {one["system"] for one in digest.get("digest", {}).get("systems_needing_attention", [])}
    for entry in entries:
        named |= {entry.source_system, *entry.applicable_to[:10]}
    return named - {""}


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LINE_LENGTH else f"{line[: LINE_LENGTH - 1]}…"


def complete_week(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Weeks with a digest that begin so, the newest first."""
    return call.services.knowledge.digests.ids_like(typed, 50)


PROMPT = Prompt(
    name="weekly_learning_review",
    title="Review a week of learning",
    description=(
        "What the systems learned in a week: new entries and for whom they are, what to retest or renew, who needs attention, "
        "anti-patterns, and where the figures are heading."
    ),
    build=build,
    arguments=(
        PromptArgument(
            "week", "A day of the week, such as its Sunday 2026-04-05; the newest if empty.", complete=complete_week
        ),
    ),
)
