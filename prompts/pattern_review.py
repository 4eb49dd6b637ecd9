"""The prompt that reviews what was found across systems: what to do about it, what is new, what is gone, what is doubtful."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompts.gathered import LINE_LENGTH, systems_named
from server.model.moments import to_wire
from server.surface import Call, Prompt, block, fill, inline
from server.surface.prompt import prompt_text

if TYPE_CHECKING:
    from server.model.pattern import Pattern
    from server.services import Services

SHOWN = 20
"""Active patterns quoted; the rest is counted, and found with find_patterns."""
BESIDE = 10
"""Resolved ones and candidates quoted."""
LISTED = 50
EVIDENCE = 3
"""Rows of evidence quoted of a pattern."""
NEW = timedelta(days=7)
ACTIVE_LENGTH = 30_000
_WHY = {
    "confounded_by_schedule": "both run by a schedule that explains it as well; a run that is skipped or late would tell",
    "no_shared_dependency": "they move together, but share no dependency that is registered",
    "not_significant": "chance gives as much",
    "too_few": "it has been seen too seldom",
    "explained_away": "another pattern explains it",
}


def build(call: "Call[Services]", arguments: Mapping[str, str]) -> str:
    """The review with the patterns as they stand, and what became of the earlier ones."""
    services = call.services
    document = services.patterns.document(call.now)
    active, active_total = _of_status(services, "ACTIVE", LISTED)
    resolved, resolved_total = _of_status(services, "RESOLVED", BESIDE)
    candidates, candidates_total = _of_status(services, "CANDIDATE", BESIDE)
    since = (call.now - NEW).date().isoformat()
    quoted = active[:SHOWN]
    return fill(
        prompt_text(Path(__file__).parent, "pattern_review"),
        {
            "as_of": inline(to_wire(call.now)),
            "analysed": inline(document["analysis_date"]),
            "health": block(document["cross_system_health"]),
            "jobs": block([one for one in services.leader.overview() if one["job"] == "patterns"]),
            "active": block([_row(one) for one in quoted], length=ACTIVE_LENGTH),
            "active_shown": len(quoted),
            "active_total": active_total,
            "new": block([one.id for one in active if one.first_detected[:10] >= since]),
            "resolved": block([{**_short(one), "since_then": _tested(one)} for one in resolved]),
            "resolved_shown": len(resolved),
            "resolved_total": resolved_total,
            "candidates": block([{**_short(one), "held_back": _reason(one)} for one in candidates]),
            "candidates_shown": len(candidates),
            "candidates_total": candidates_total,
            "contracts": block(_contracts(call, active)),
            "systems": block(
                systems_named(services, {name for one in quoted for name in one.systems_involved}, call.now)
            ),
        },
    )


def _of_status(services: "Services", status: str, most: int) -> "tuple[Sequence[Pattern], int]":
    found = services.patterns.find(status=status, limit=most)
    return found.patterns, found.total


def _row(pattern: "Pattern") -> dict[str, Any]:
    """An active pattern with its figures, as far as it has them."""
    from server.patterns.document import pattern_document  # not before somebody asks

    known = pattern_document(pattern)
    figures = ("p_value", "q_value", "lift", "lag_seconds", "proposal_id")
    return {
        **_short(pattern),
        "confidence": pattern.confidence,
        "certainty": pattern.certainty.value,
        "evidence": [
            f"{_line(one.system)}: {_line(one.data_point)} ({_line(one.source)})" for one in pattern.evidence[:EVIDENCE]
        ],
        **{name: known[name] for name in figures if known[name] not in (None, "")},
        "resources": [_line(one) for one in pattern.resources[:5]],
        "affected_contracts": list(pattern.affected_contracts[:10]),
        "recommendation": _line(pattern.recommendation),
    }


def _short(pattern: "Pattern") -> dict[str, Any]:
    return {
        "id": pattern.id,
        "type": pattern.type.value,
        "severity": pattern.severity.value,
        "systems": list(pattern.systems_involved[:12]),
        "description": _line(pattern.description),
        "occurrences": pattern.occurrences,
        "first_detected": pattern.first_detected[:10],
        "last_seen": pattern.last_seen,
    }


def _tested(pattern: "Pattern") -> str:
    """What a resolved one was put to since it last showed (PAT-8)."""
    fired = pattern.cause_fired_since
    if fired is None:
        return "not known"
    return f"its cause has fired {fired} times" if fired > 1 else "its cause has fired once" if fired else "untested"


def _reason(pattern: "Pattern") -> str:
    return _WHY.get(pattern.held_back, _line(pattern.held_back) or "not told")


def _contracts(call: "Call[Services]", active: "Iterable[Pattern]") -> list[dict[str, Any]]:
    """Every contract that an active pattern touches, those first that most of them touch."""
    touched: dict[str, list[str]] = {}
    for one in active:
        for contract_id in one.affected_contracts:
            touched.setdefault(contract_id, []).append(one.id)
    fragile = {one.contract_id for one in call.services.conflicts.log.fragile(call.now)}
    order = sorted(touched, key=lambda contract_id: (-len(touched[contract_id]), contract_id))
    return [
        {"contract_id": contract_id, "patterns": touched[contract_id], "fragile": contract_id in fragile}
        for contract_id in order[:LISTED]
    ]


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LINE_LENGTH else f"{line[: LINE_LENGTH - 1]}…"


PROMPT = Prompt(
    name="pattern_review",
    title="Review the patterns",
    description=(
        "A review of what was found across systems: what to do about each active pattern, fixes that fit elsewhere, what is "
        "new, what is resolved or untested, and which candidates are worth a look."
    ),
    build=build,
)
