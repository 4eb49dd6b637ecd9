"""A way out of what a service refused: the same call with one of the allowed values in place of the wrong one."""

from difflib import SequenceMatcher
from typing import Any

from server.errors import ConcordError, NotFound, UnknownArgument
from server.surface.arguments import Arguments
from server.surface.bounds import pointer
from server.surface.names import near_names, nearest_choice
from server.surface.tool import Tool

ALIKE = 0.6


def suggest(error: ConcordError, tool: Tool[Any], arguments: Arguments) -> None:
    """The error points into the call as it came, and carries a corrected call where one is at hand.

    Where several values would do, one is picked for a tool that changes nothing, and none for any other.
    """
    tree = arguments.model_dump(mode="json", by_alias=True, exclude_unset=True)
    steps = _as_sent(_steps(error.path), tool, tree)
    error.path = pointer(tuple(steps)) if steps else error.path
    if error.corrected is not None or not error.allowed or not steps:
        return
    holder = _at(tree, steps[:-1])
    if not isinstance(holder, dict):
        return
    name = str(steps[-1])
    if isinstance(error, UnknownArgument):
        near = near_names(name, error.allowed, ALIKE)
        value = holder.pop(name, None)
        if near and near[0] not in holder:
            holder[near[0]] = value
    else:
        value = _replacement(error, holder.get(name), tool.read_only)
        if value is None:
            return
        holder[name] = value
    error.corrected = {"tool": tool.name, "arguments": tree}


def _replacement(error: ConcordError, present: Any, read_only: bool) -> str | None:
    """The allowed value that was most likely meant."""
    values = [value for value in error.allowed if "{" not in value]  # a template of names is no name
    if not isinstance(present, str) or not present:
        return values[0] if values and read_only else None
    if isinstance(error, NotFound):
        return max(
            (value for value in values if _alike(value, present) >= ALIKE),
            key=lambda one: _alike(one, present),
            default=None,
        )
    meant = nearest_choice(present, values)
    return meant if meant or not read_only else next(iter(values), None)


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _steps(path: str) -> list[str | int]:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    return [int(part) if part.isdecimal() else part for part in parts]


def _as_sent(steps: list[str | int], tool: Tool[Any], tree: dict[str, Any]) -> list[str | int]:
    """A service sees a single change as the first of a list; whoever sent its members at the top level finds them there."""
    plan = tool.arguments.lift
    if plan is not None and len(steps) > 2 and steps[0] == plan.into and steps[1] == 0 and plan.into not in tree:
        return steps[2:]
    return steps


def _at(tree: Any, steps: list[str | int]) -> Any:
    for step in steps:
        within = isinstance(tree, list) and isinstance(step, int) and step < len(tree)
        if not within and not (isinstance(tree, dict) and step in tree):
            return None
        tree = tree[step]
    return tree
