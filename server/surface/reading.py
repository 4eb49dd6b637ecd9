"""Reads the arguments of a call: leniently where one thing alone can be meant, and refuses the rest with the way out."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from pydantic import ValidationError

from server.errors import InvalidArgument, TooLarge
from server.surface.arguments import Arguments
from server.surface.bounds import Bounds, brought_within, check_bounds
from server.surface.draft import Draft
from server.surface.inside import has_open_object, mend_inside
from server.surface.refusal import refusal
from server.surface.repairs import understand

A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True)
class Reading(Generic[A]):
    """The arguments as they were understood, and in `notes` where that is not how they came."""

    arguments: A
    notes: tuple[str, ...]


def read_arguments(tool: str, arguments: type[A], came: Any, bounds: Bounds | None = None) -> Reading[A]:
    """The arguments that the call means.

    Raises UnknownArgument, InvalidArgument or TooLarge, with the place, what was expected, what came, and where it can be made
    `try`, a corrected call.
    """
    within = bounds or Bounds()
    if not isinstance(came, dict):
        raise InvalidArgument("The arguments of a call are an object.", hint='For example {"limit": 10}.')
    try:
        encoded = check_bounds(came, within)
    except (InvalidArgument, TooLarge):
        if arguments.judged_singly not in came:
            raise
        came = {**came, arguments.judged_singly: brought_within(came[arguments.judged_singly], within)}
        encoded = check_bounds(came, within)
    try:
        at_once = arguments.model_validate_json(encoded, strict=True)
    except ValidationError:
        pass
    else:
        if not has_open_object(arguments):
            return Reading(at_once, ())
    original = Draft(tool, arguments, came)
    draft = original.copy()
    understand(draft)
    if draft.faults():
        raise refusal(draft)
    mend_inside(draft)
    check_bounds(draft.tree, within)
    return Reading(cast(A, draft.validated()), tuple(dict.fromkeys(draft.notes)))
