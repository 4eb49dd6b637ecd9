"""A way out of what a service refused: the same call with one of the allowed values in place of the wrong one."""

import re
from difflib import SequenceMatcher
from typing import Any

from server.errors import ConcordError, NotFound, UnknownArgument
from server.surface.arguments import Arguments
from server.surface.bounds import pointer
from server.surface.draft import models_within, shape_of
from server.surface.names import near_names, nearest_choice
from server.surface.tool import Tool

ALIKE = 0.6

Steps = list[str | int]


def suggest(error: ConcordError, tool: Tool[Any], arguments: Arguments) -> None:
    """The error points into the call as it came, and carries a corrected call where one is at hand.

    Where several values would do, one is picked for a tool that changes nothing, and none for any other.
    """
    tree = arguments.model_dump(mode="json", by_alias=True, exclude_unset=True)
    steps = _as_sent(_steps(error.path), tool, tree, error)
    error.path = pointer(tuple(steps)) if steps else error.path
    if error.corrected is not None or not steps:
        return
    if _corrected(error, tool, tree, steps):
        error.corrected = {"tool": tool.name, "arguments": tree}


def _corrected(error: ConcordError, tool: Tool[Any], tree: dict[str, Any], steps: Steps) -> bool:
    """Whether the tree could be changed into a call without this error."""
    holder, name = _at(tree, steps[:-1]), steps[-1]
    if not isinstance(holder, dict) or not isinstance(name, str):
        return False
    if steps == ["cursor"]:
        holder.pop(name, None)  # the list begins anew
        return True
    if not error.allowed:
        return False
    if isinstance(error, UnknownArgument):
        near = near_names(name, error.allowed, ALIKE)
        value = holder.pop(name, None)
        if near and near[0] not in holder:
            holder[near[0]] = value
        return True
    replacement = _replacement(error, holder.get(name), tool.read_only)
    if replacement is not None:
        holder[name] = replacement
    elif name in holder and not isinstance(error, NotFound) and _may_be_left_out(tool, steps):
        del holder[name]
    else:
        return False
    return True


def _replacement(error: ConcordError, present: Any, read_only: bool) -> str | None:
    """The allowed value that was most likely meant."""
    values = [value for value in error.allowed if "{" not in value]  # a family of names is no name
    if not isinstance(present, str) or not present:
        return values[0] if values and read_only else None
    if not isinstance(error, NotFound):
        meant = nearest_choice(present, values)
        return meant if meant or not read_only else next(iter(values), None)
    best = max(values, key=lambda value: _alike(value, present), default=None)
    if best is None or (_alike(best, present) < ALIKE and not read_only):
        return None
    return _with_last_part(present, best)


def _alike(one: str, other: str) -> float:
    """How much alike two names are; of a path or URI its last part counts, too."""
    return max(
        SequenceMatcher(None, _core(one), _core(text)).ratio() for text in (other, other.rstrip("/").rpartition("/")[2])
    )


def _core(name: str) -> str:
    return name.lower().removeprefix("sys_")


def _with_last_part(present: str, value: str) -> str:
    """The value; of a URI that names it in its last part, the URI with that part replaced."""
    stem = re.match(r"[a-z]+://[a-z]+/(?=[^/]+$)", present)
    return stem.group() + value if stem and "/" not in value else value


def _steps(path: str) -> Steps:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    return [int(part) if part.isdecimal() else part for part in parts]


def _as_sent(steps: Steps, tool: Tool[Any], tree: dict[str, Any], error: ConcordError) -> Steps:
    """Where the fault is in the call as it came: a service may know it by another name.

    It sees a single change as the first of a list, whose members may have come at the top level; and what it calls a
    system or target may have come as something else, which its value gives away.
    """
    plan = tool.arguments.lift
    if plan is not None and len(steps) > 2 and steps[0] == plan.into and steps[1] == 0 and plan.into not in tree:
        return steps[2:]
    if len(steps) > 1 or (steps and steps[0] in tree) or not isinstance(error, NotFound):
        return steps
    texts = {name: value for name, value in tree.items() if isinstance(value, str) and value}
    if len(texts) == 1:
        return list(texts)
    shown = [name for name, value in texts.items() if value[:80] in error.message]
    return list(shown) if len(shown) == 1 else steps


def _may_be_left_out(tool: Tool[Any], steps: Steps) -> bool:
    """Whether the member of an open object is optional."""
    shape = shape_of(tool.arguments, str(steps[0])) if steps[0] in tool.arguments.model_fields else None
    models = models_within(shape.model, tuple(steps[1:-1])) if shape is not None else []
    name = str(steps[-1])
    return bool(models) and all(name in one.model_fields and not one.model_fields[name].is_required() for one in models)


def _at(tree: Any, steps: Steps) -> Any:
    for step in steps:
        within = isinstance(tree, list) and isinstance(step, int) and step < len(tree)
        if not within and not (isinstance(tree, dict) and step in tree):
            return None
        tree = tree[step]
    return tree
