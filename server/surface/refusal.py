"""Says what is wrong with arguments: where, what was expected, what came, and where it can be made, a corrected call."""

import json
from collections.abc import Mapping
from typing import Any

from server.errors import InvalidArgument, UnknownArgument
from server.surface.arguments import flat_schema
from server.surface.bounds import pointer, visible
from server.surface.draft import ABSENT, Draft, Fault
from server.surface.names import choices_of, near_names, nearest_choice
from server.surface.repairs import CHOICE_FAULTS, CONTAINER_FAULTS, SCALAR_FAULTS, understand

EXPECTED: Mapping[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "mapping_type": "an object",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
}
LIMITS: Mapping[str, str] = {
    "greater_than_equal": "be at least {ge}",
    "greater_than": "be more than {gt}",
    "less_than_equal": "be at most {le}",
    "less_than": "be less than {lt}",
    "string_too_short": "have at least {min_length} characters",
    "string_too_long": "have at most {max_length} characters",
    "too_short": "have at least {min_length} items",
    "too_long": "have at most {max_length} items",
    "string_pattern_mismatch": "match {pattern}",
}
LONGEST_CORRECTION = 4_000
OTHERS_SHOWN = 5


def refusal(draft: Draft) -> InvalidArgument:
    """The error for a draft that still has faults: about unknown names first, since they often explain the rest."""
    faults = draft.faults()
    unknown = [fault for fault in faults if fault.kind == "extra_forbidden"]
    first = unknown[0] if unknown else faults[0]
    others = [
        {"path": pointer(fault.path), "message": sentence(draft, fault)} for fault in faults if fault is not first
    ]
    details = {"others": others[:OTHERS_SHOWN]} if others else {}
    corrected = correction(draft)
    if unknown:
        holder = first.path[:-1]
        allowed = draft.names_at(holder)
        return UnknownArgument(
            sentence(draft, first),
            path=pointer(first.path),
            hint=_unknown_hint(first.name, allowed),
            allowed=allowed,
            corrected=corrected,
            details=details,
        )
    return InvalidArgument(
        sentence(draft, first),
        path=pointer(first.path),
        hint=_description(draft, first),
        allowed=[choice or '""' for choice in choices_of(first.context)] if first.kind in CHOICE_FAULTS else (),
        corrected=corrected,
        details=details,
    )


def sentence(draft: Draft, fault: Fault) -> str:
    """The fault in one plain sentence."""
    where = _spelt(fault.path)
    if fault.kind == "extra_forbidden":
        if len(fault.path) == 1:
            return f"{draft.tool} takes no {where}."
        return f"{_spelt(fault.path[:-1])} takes no member {json.dumps(fault.name, ensure_ascii=False)}."
    if fault.kind == "missing":
        return f"{where} is missing."
    came = shortened(draft.at(fault.path))
    if fault.kind in CHOICE_FAULTS:
        choices = ", ".join(choice or '""' for choice in choices_of(fault.context))
        return f"{where} must be one of {choices}, not {came}."
    if fault.kind in EXPECTED:
        return f"{where} must be {EXPECTED[fault.kind]}, not {came}.{_why_no_json(draft, fault)}"
    if fault.kind in LIMITS:
        return f"{where} must {LIMITS[fault.kind].format(**fault.context)}, not {came}."
    reason = fault.message.removeprefix("Value error, ").rstrip(".")
    return (
        f"{where} is not valid: {reason}."
        if fault.kind == "value_error"
        else f"{where} is not valid: {reason}; {came} came."
    )


def correction(draft: Draft) -> dict[str, Any] | None:
    """A call that would be accepted, made by leaving out or bending what is wrong; None where that can't be made."""
    trial = draft.copy()
    for _ in range(4):
        understand(trial)
        faults = trial.faults()
        if not faults:
            break
        _take_sole_unknown_for_sole_missing(trial, faults)
        for fault in faults:
            if trial.at(fault.path) is not ABSENT:
                _bend(trial, fault)
    if trial.faults() or len(json.dumps(trial.tree)) > LONGEST_CORRECTION:
        return None
    return {"tool": trial.tool, "arguments": trial.tree}


def shortened(value: Any, length: int = 80) -> str:
    """The value as JSON, cut to what a sentence can hold."""
    if value is ABSENT:
        return "nothing"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = type(value).__name__
    return text if len(text) <= length else f"{text[:length]}… ({len(text):,} characters)"


def _bend(trial: Draft, fault: Fault) -> None:
    """The fault is gone, at the cost of what it said: acceptable in a suggestion, never in a reading."""
    value = trial.at(fault.path)
    if not fault.path:
        return
    match fault.kind:
        case "extra_forbidden":
            near = near_names(fault.name, trial.names_at(fault.path[:-1]), 0.6)
            if near and near[0] not in trial.at(fault.path[:-1]):
                trial.rename(fault.path, near[0])
            else:
                trial.drop(fault.path)
        case "literal_error" | "enum" if isinstance(value, str) and nearest_choice(value, choices_of(fault.context)):
            trial.put(fault.path, nearest_choice(value, choices_of(fault.context)))
        case "less_than_equal":
            trial.put(fault.path, fault.context["le"])
        case "greater_than_equal":
            trial.put(fault.path, fault.context["ge"])
        case kind if kind in SCALAR_FAULTS | CONTAINER_FAULTS and isinstance(fault.path[-1], str):
            trial.drop(fault.path)
        case _:
            pass


def _take_sole_unknown_for_sole_missing(trial: Draft, faults: tuple[Fault, ...]) -> None:
    unknown = [fault for fault in faults if fault.kind == "extra_forbidden" and len(fault.path) == 1]
    missing = [fault for fault in faults if fault.kind == "missing" and len(fault.path) == 1]
    if len(unknown) == len(missing) == 1:
        trial.rename(unknown[0].path, missing[0].name)


def _unknown_hint(name: str, allowed: tuple[str, ...]) -> str:
    near = near_names(name, allowed, 0.6)
    if near:
        return f'Did you mean "{near[0]}"?'
    return "Leave it out, or use one of the allowed names." if allowed else "Leave it out."


def _description(draft: Draft, fault: Fault) -> str:
    """What the tool's schema says about the argument."""
    top = flat_schema(draft.arguments)["properties"].get(fault.path[0], {}) if fault.path else {}
    inner = top.get("properties") or top.get("items", {}).get("properties", {})
    for step in fault.path[1:]:
        if isinstance(step, str) and step in inner:
            return f"{step}: {inner[step]['description']}"
    return f"{fault.path[0]}: {top['description']}" if top.get("description") else ""


def _why_no_json(draft: Draft, fault: Fault) -> str:
    """Where a text looks like JSON and is none: what is wrong with it."""
    value = draft.at(fault.path)
    if fault.kind not in CONTAINER_FAULTS or not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return ""
    try:
        json.loads(value)
    except RecursionError:
        return " It is nested too deep."
    except ValueError as error:
        return f" It is no valid JSON: {str(error)[:120]}."
    return ""


def _spelt(path: tuple[str | int, ...]) -> str:
    """The place as people write it: "changes[0].timing"."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"[0 if text else 1 :]
    return f'"{visible(text[:120])}"' if text else "The call"
