"""What models get wrong, understood where only one thing can be meant: a table of small rules.

Each rule looks at one fault of a draft, and either mends it and says in a sentence how it was read, or leaves it alone.
Rules never touch what is valid, and never guess between two readings.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.surface.arguments import JsonText
from server.surface.draft import ABSENT, Draft, Fault, members_of, shape_of, takes_list
from server.surface.json_text import parsed_text
from server.surface.names import canonical, choices_of, closest_choice, meant_name, sole_near_name

WRAPPERS = frozenset(
    {
        "arguments",
        "args",
        "input",
        "params",
        "parameters",
        "kwargs",
        "body",
        "payload",
        "request",
        "tool_input",
        "data",
        "filters",
        "filter",
        "options",
    }
)

CONTAINER_FAULTS = frozenset(
    {
        "dict_type",
        "model_type",
        "model_attributes_type",
        "mapping_type",
        "list_type",
        "tuple_type",
        "set_type",
        "frozen_set_type",
    }
)
LIST_FAULTS = frozenset({"list_type", "tuple_type", "set_type", "frozen_set_type"})
CHOICE_FAULTS = frozenset({"literal_error", "enum"})
SCALAR_FAULTS = frozenset({"string_type", "int_type", "float_type", "bool_type"}) | CHOICE_FAULTS

Mend = Callable[[Draft, Fault], str | None]


@dataclass(frozen=True)
class Rule:
    """One way of being understood: which faults it looks at, and what it does about one."""

    name: str
    faults: frozenset[str]
    mend: Mend


def unwrap(draft: Draft, fault: Fault) -> str | None:
    """The whole call stands inside `arguments`, `input`, `params`, …"""
    if len(fault.path) != 1 or canonical(fault.name) not in WRAPPERS:
        return None
    inner = _parsed(draft.at(fault.path))
    outer = {name: value for name, value in draft.tree.items() if name != fault.name}
    for label in ("name", "tool", "tool_name"):
        if outer.get(label) == draft.tool and label not in draft.arguments.model_fields:
            del outer[label]
    if not isinstance(inner, dict) or set(inner) & set(outer):
        return None
    draft.tree = {**inner, **outer}
    return f'The arguments were taken out of "{fault.name}".'


def rename(draft: Draft, fault: Fault) -> str | None:
    """Another spelling (systemId, system-id) or a declared other name (sys, id) of an argument."""
    if not isinstance(draft.at(fault.path[:-1]), dict):
        return None
    allowed = draft.names_at(fault.path[:-1])
    also_called = draft.arguments.also_called if len(fault.path) == 1 else {}
    return _renamed(draft, fault, meant_name(fault.name, allowed, also_called))


def lift(draft: Draft, fault: Fault) -> str | None:
    """A member of a nested object stands beside it, at the top level of the call."""
    plan = draft.arguments.lift
    if plan is None or len(fault.path) != 1:
        return None
    known = members_of(draft.arguments, plan.into)
    shape = shape_of(draft.arguments, plan.into)
    name = fault.name if fault.name in known else meant_name(fault.name, known, shape.also_called if shape else {})
    follows = plan.rest and draft.lifted and sole_near_name(fault.name, tuple(draft.arguments.model_fields)) is None
    if name is None and not follows:
        return None
    target = _lift_target(draft, plan.into, takes_list(draft.arguments, plan.into))
    if target is None or (name or fault.name) in target:
        return None
    target[name or fault.name] = draft.drop(fault.path)
    draft.lifted = True
    for carried in plan.carry:
        if carried in draft.tree and carried not in target:
            target[carried] = draft.tree.pop(carried)
    return f'"{fault.name}" at the top level was taken into {plan.into}.'


def near_name(draft: Draft, fault: Fault) -> str | None:
    """A misspelt argument that is close to exactly one name."""
    if not isinstance(draft.at(fault.path[:-1]), dict):
        return None
    return _renamed(draft, fault, sole_near_name(fault.name, draft.names_at(fault.path[:-1])))


def null_is_absent(draft: Draft, fault: Fault) -> str | None:
    """null for something optional."""
    if draft.at(fault.path) is not None or not fault.path or isinstance(fault.path[-1], int):
        return None
    draft.drop(fault.path)
    return f'null for "{fault.name}" was read as not given.'


def json_text(draft: Draft, fault: Fault) -> str | None:
    """An object or a list as a JSON string, perhaps encoded twice, fenced in ```json, or written as Python."""
    text = draft.at(fault.path)
    parsed = _parsed(text)
    if not isinstance(text, str) or not isinstance(parsed, (dict, list)):
        return None
    draft.put(fault.path, parsed)
    return f'"{fault.name}" came as text and was read as the JSON it contains.'


def keyed_by_name(draft: Draft, fault: Fault) -> str | None:
    """{"signals.json": {…}} where a list of objects is wanted that each begin with their name."""
    value = draft.at(fault.path)
    names = draft.names_at((*fault.path, 0))
    if not isinstance(value, dict) or not value or not names:
        return None
    key, others = names[0], set(names)
    for name, one in value.items():
        if not isinstance(one, dict) or key in one or name in others or meant_name(name, names, {}) is not None:
            return None
    draft.put(fault.path, [{key: name, **one} for name, one in value.items()])
    return f'"{fault.name}" was read as a list of {len(value)}, each with its key as "{key}".'


def one_for_a_list(draft: Draft, fault: Fault) -> str | None:
    """A single element where a list is wanted; `a, b` where a list of words is."""
    value = draft.at(fault.path)
    if value is None or isinstance(value, (list, bool)) or value == "":
        return None
    if isinstance(value, str):
        if value.lstrip()[:1] in ("[", "{"):
            return None
        words = [word.strip() for word in value.split(",")]
        value = words if all(word and not re.search(r"\s", word) for word in words) else [value]
    else:
        value = [value]
    draft.put(fault.path, value)
    return f'"{fault.name}" was read as a list of {len(value)}.'


def nothing_for_a_container(draft: Draft, fault: Fault) -> str | None:
    """An empty text where an optional object or list is wanted."""
    if draft.at(fault.path) != "" or not fault.path or isinstance(fault.path[-1], int):
        return None
    draft.drop(fault.path)
    return f'The empty text for "{fault.name}" was read as not given.'


def list_of_one(draft: Draft, fault: Fault) -> str | None:
    """A list with a single element where the element itself is wanted."""
    value = draft.at(fault.path)
    if not isinstance(value, list) or len(value) != 1:
        return None
    draft.put(fault.path, value[0])
    return f'The only element of "{fault.name}" was taken.'


def text_for_json(draft: Draft, fault: Fault) -> str | None:
    """An object where an argument wants the text of a JSON document."""
    value = draft.at(fault.path)
    field = draft.arguments.model_fields.get(fault.name) if len(fault.path) == 1 else None
    if field is None or not isinstance(value, (dict, list)) or not any(isinstance(m, JsonText) for m in field.metadata):
        return None
    draft.put(fault.path, json.dumps(value, ensure_ascii=False))
    return f'"{fault.name}" came as JSON and was taken as its text.'


def object_of_one(draft: Draft, fault: Fault) -> str | None:
    """{"id": "sys_a"} where "sys_a" is wanted."""
    value = draft.at(fault.path)
    if not isinstance(value, dict) or len(value) != 1:
        return None
    (name, inner), *_ = value.items()
    stands_for = canonical(name) in {"id", "value", "name", "uri", canonical(fault.name)} or meant_name(
        name, [fault.name], draft.arguments.also_called
    )
    if isinstance(inner, (dict, list)) or not stands_for:
        return None
    draft.put(fault.path, inner)
    return f'"{fault.name}" was read from its member "{name}".'


def number_from_text(draft: Draft, fault: Fault) -> str | None:
    """A number as a string, or a whole number written with a point."""
    value = draft.at(fault.path)
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?\s*", value):
        value = float(value) if re.search(r"[.eE]", value) else int(value)
    elif not isinstance(value, float):
        return None
    if fault.kind == "int_type" and isinstance(value, float):
        if not value.is_integer():
            return None
        value = int(value)
    draft.put(fault.path, value)
    return f'"{fault.name}" was read as the number {value}.'


def boolean_from_text(draft: Draft, fault: Fault) -> str | None:
    """true and false as a string, or as 1 and 0."""
    words = {
        "true": True,
        "yes": True,
        "1": True,
        "on": True,
        "false": False,
        "no": False,
        "0": False,
        "off": False,
        "": False,
    }
    value = draft.at(fault.path)
    meant = words.get(str(value).strip().lower()) if isinstance(value, (str, int)) else None
    if meant is None:
        return None
    draft.put(fault.path, meant)
    return f'"{fault.name}" was read as {str(meant).lower()}.'


def text_from_number(draft: Draft, fault: Fault) -> str | None:
    """A number where text is wanted."""
    value = draft.at(fault.path)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    draft.put(fault.path, json.dumps(value))
    return f'"{fault.name}" was read as the text "{value}".'


def choice(draft: Draft, fault: Fault) -> str | None:
    """A choice in another case or spelling (production, mission-critical), shortened or inflected, or a declared synonym."""
    value = draft.at(fault.path)
    if not isinstance(value, str):
        return None
    synonyms = draft.arguments.also_means.get(fault.name, {})
    meant = closest_choice(value, choices_of(fault.context), synonyms)
    if meant is None:
        return None
    draft.put(fault.path, meant)
    return f'"{fault.name}" was read as {meant}.' if meant else f'"{fault.name}" was read as any.'


def limit_within_range(draft: Draft, fault: Fault) -> str | None:
    """A limit beyond what a page holds, or none at all: the page is as long as it can be, or as long as usual."""
    if fault.path != ("limit",):
        return None
    if fault.kind == "less_than_equal":
        draft.put(fault.path, int(fault.context["le"]))
        return f"limit was cut to {int(fault.context['le'])}: next_cursor continues."
    if draft.at(fault.path) != 0 or draft.arguments.model_fields["limit"].is_required():
        return None
    draft.drop(fault.path)
    return "limit 0 was read as the usual length."


RULES: tuple[Rule, ...] = (
    Rule("the whole call in a wrapper", frozenset({"extra_forbidden"}), unwrap),
    Rule("another spelling or name of an argument", frozenset({"extra_forbidden"}), rename),
    Rule("members of a nested object at the top level", frozenset({"extra_forbidden"}), lift),
    Rule("a misspelt argument", frozenset({"extra_forbidden"}), near_name),
    Rule("null for an optional argument", CONTAINER_FAULTS | SCALAR_FAULTS, null_is_absent),
    Rule("an object or list as a JSON string", CONTAINER_FAULTS, json_text),
    Rule("an empty text for an optional object or list", CONTAINER_FAULTS, nothing_for_a_container),
    Rule("objects by name for a list of them", LIST_FAULTS, keyed_by_name),
    Rule("a single element for a list", LIST_FAULTS, one_for_a_list),
    Rule("a list of one for its element", SCALAR_FAULTS | (CONTAINER_FAULTS - LIST_FAULTS), list_of_one),
    Rule("an object for the text of a document", frozenset({"string_type"}), text_for_json),
    Rule("an object of one member for its value", SCALAR_FAULTS, object_of_one),
    Rule("a number as text", frozenset({"int_type", "float_type", "int_from_float"}), number_from_text),
    Rule("true and false as text or number", frozenset({"bool_type"}), boolean_from_text),
    Rule("text as a number", frozenset({"string_type"}), text_from_number),
    Rule("a choice in another spelling", CHOICE_FAULTS, choice),
    Rule("a limit out of range", frozenset({"less_than_equal", "greater_than_equal"}), limit_within_range),
)
"""In the order in which they are asked."""


ROUNDS = 30
"""A mended fault may uncover another (a wrapper, then a JSON string, then a list of one), but not without end."""


def understand(draft: Draft) -> None:
    """The draft has every fault mended that a rule can mend, and says in its notes how it was read.

    A rule is asked about all faults before the next one is, and what it mended is validated anew: a wrapper has to be taken off
    before its neighbours can be judged.
    """
    for _ in range(ROUNDS):
        if not _mended_by_first_fitting_rule(draft):
            return


def _mended_by_first_fitting_rule(draft: Draft) -> bool:
    faults = draft.faults()
    for rule in RULES:
        notes = []
        for fault in faults:
            if fault.kind in rule.faults and draft.at(fault.path) is not ABSENT:
                notes.append(rule.mend(draft, fault))
        if any(notes):
            draft.notes += filter(None, notes)
            return True
    return False


def _renamed(draft: Draft, fault: Fault, meant: str | None) -> str | None:
    if meant is None:
        return None
    holder = draft.at(fault.path[:-1])
    if meant in holder:
        if holder[meant] != holder[fault.path[-1]]:
            return None
        draft.drop(fault.path)
    else:
        draft.rename(fault.path, meant)
    return f'"{fault.name}" was read as "{meant}".'


def _lift_target(draft: Draft, into: str, is_list: bool) -> dict[str, Any] | None:
    """The one object that lifted members can belong to; made where there is none. None where several could be meant."""
    present = _parsed(draft.tree.get(into))
    if present in (None, "", [], {}):
        present = [{}] if is_list else {}
    elif is_list and isinstance(present, dict):
        present = [present]
    target = present[0] if isinstance(present, list) and len(present) == 1 and is_list else present
    if not isinstance(target, dict):
        return None
    draft.tree[into] = present
    return target


def _parsed(value: Any) -> Any:
    """What a string of JSON contains, through fences and a second encoding; anything else as it is."""
    for _ in range(3):
        if not isinstance(value, str):
            return value
        inside = parsed_text(value)
        if inside is None:
            return value
        value = inside
    return value
