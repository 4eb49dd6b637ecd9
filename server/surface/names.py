"""Which of the known names or choices somebody meant."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from typing import Any

COMMON_NAMES: Mapping[str, tuple[str, ...]] = {
    "system_id": ("sys", "system", "sys_id", "id", "agent", "agent_id", "name", "system_name"),
    "source_system": ("source", "system_id", "system", "sys", "from_system", "proposer"),
    "contract_id": ("contract", "id"),
    "proposal_id": ("proposal", "id"),
    "entry_id": ("entry", "id", "knowledge_id"),
    "query": ("q", "search", "text", "keywords", "search_query", "term"),
    "limit": ("max_results", "max", "count", "page_size", "per_page", "top_k", "n", "size"),
    "cursor": ("next_cursor", "page_token", "page_cursor", "after"),
    "target": ("system_id", "resource", "contract_id", "id", "name", "of"),
    "uri": ("url", "resource", "resource_uri"),
    "resource": ("path", "uri", "url", "file", "location", "resource_path", "resource_uri"),
    "type": ("role", "kind", "side"),
    "new_schema": ("schema", "json_schema"),
    "patch": ("json_patch",),
    "samples_after": ("samples", "sample", "examples", "sample_after"),
    "events": ("event",),
    "changes": ("change",),
    "system": ("registration", "definition"),
    "direction": ("dir",),
    "reason": ("comment", "why", "rationale", "justification"),
    "idempotency_key": ("idempotency", "idem_key", "request_id"),
    "expected_version": ("version", "if_version"),
}
"""Other names that models commonly use, per argument. One stands for an argument only where no other argument could be meant."""

_NEAR = 0.8


def canonical(name: str) -> str:
    """The name in snake case: systemId, system-id, "System ID" and system_id are one."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def meant_name(name: str, allowed: Sequence[str], also_called: Mapping[str, Sequence[str]]) -> str | None:
    """The allowed name that this one spells or stands for; None where there is none, or more than one."""
    plain = canonical(name)
    spelt = [one for one in allowed if canonical(one).replace("_", "") == plain.replace("_", "")]
    if spelt:
        return spelt[0] if len(spelt) == 1 else None
    for table in (also_called, COMMON_NAMES):
        stands_for = [one for one in allowed if plain in (canonical(other) for other in table.get(one, ()))]
        if stands_for:
            return stands_for[0] if len(stands_for) == 1 else None
    return None


def sole_near_name(name: str, allowed: Sequence[str]) -> str | None:
    """The one allowed name that this is a misspelling of; None where there is none, or more than one."""
    near = near_names(name, allowed)
    return near[0] if len(near) == 1 else None


def near_names(name: str, allowed: Sequence[str], ratio: float = _NEAR) -> list[str]:
    """Allowed names that are spelt much like this one, the nearest first."""
    return get_close_matches(canonical(name), list(allowed), n=3, cutoff=ratio)


def choices_of(context: Mapping[str, Any]) -> tuple[str, ...]:
    """The choices that a validation fault lists as what it expected."""
    return tuple(re.findall(r"'([^']*)'", str(context.get("expected", ""))))


def closest_choice(value: str, choices: Sequence[str], synonyms: Mapping[str, str]) -> str | None:
    """The choice that the value spells, stands for, shortens or inflects; None where there is none, or more than one."""
    plain = _letters(value)
    for other, choice in synonyms.items():
        if _letters(other) == plain and choice in choices:
            return choice
    spelt = [choice for choice in choices if _letters(choice) == plain]
    if spelt:
        return spelt[0]
    if "" in choices and plain in {"any", "all", "none", "null"}:
        return ""
    if len(plain) < 4 or sum(_letters(choice) in plain for choice in choices if choice) > 1:
        return None
    akin = [
        choice
        for choice in choices
        if choice and (_letters(choice).startswith(plain) or plain.startswith(_letters(choice)))
    ]
    return akin[0] if len(akin) == 1 else None


def nearest_choice(value: str, choices: Sequence[str]) -> str | None:
    """The choice that is spelt most like the value, for a suggestion; None where none is at all alike."""

    def likeness(choice: str) -> float:
        return SequenceMatcher(None, _letters(value), _letters(choice)).ratio()

    best = max((choice for choice in choices if choice), key=likeness, default=None)
    return best if best is not None and likeness(best) >= 0.5 else None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
