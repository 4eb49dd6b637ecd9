"""From what somebody sent to a value: wrong shapes come back as one clear error that says where and what next."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from server.errors import InvalidArgument, UnknownArgument

V = TypeVar("V", bound=BaseModel)


def read_value(kind: type[V], data: Any, *, at: str = "", what: str = "") -> V:
    """The value that `data` describes. `at` is the JSON Pointer of `data` in the call, `what` its name for a person.

    Raises UnknownArgument for a member that the value does not have, InvalidArgument for anything else that is wrong.
    """
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise _first_problem(kind, error, data, at, what or kind.__name__.lower()) from None


def _first_problem(kind: type[BaseModel], error: ValidationError, data: Any, at: str, what: str) -> InvalidArgument:
    problems = error.errors(include_url=False, include_context=True)
    first = problems[0]
    inside = [part for part in first["loc"] if not _is_branch(part, data)]
    path = at + "".join(f"/{_escaped(str(part))}" for part in inside)
    more = [
        _pointer(problem["loc"], at)
        for problem in problems[1:6]
        if not any(_is_branch(part, data) for part in problem["loc"])
    ]
    details = {"also": more} if more else {}
    name = str(inside[-1]) if inside else what
    match first["type"]:
        case "extra_forbidden":
            allowed = tuple(field.alias or name for name, field in kind.model_fields.items())
            close = difflib.get_close_matches(name, allowed, n=1)
            hint = f"Did you mean {close[0]!r}?" if close and len(inside) == 1 else "Leave it out."
            return UnknownArgument(
                f"A {what} has no member {name!r}.",
                path=path,
                hint=hint,
                allowed=allowed if len(inside) == 1 else (),
                details=details,
            )
        case "missing":
            return InvalidArgument(f"{name!r} is missing.", path=path, hint=_hint_for(name), details=details)
        case "enum":
            allowed = tuple(_enum_values(first))
            return InvalidArgument(
                f"{name!r} is {_shown(first['input'])}, which is not one of {', '.join(allowed)}.",
                path=path,
                allowed=allowed,
                details=details,
            )
        case "string_pattern_mismatch":
            return InvalidArgument(
                f"{name!r} is {_shown(first['input'])}: letters, digits and _ . : @ / - only, and no more than 120 of them.",
                path=path,
                hint="For example sys_data_pipeline.",
                details=details,
            )
        case _:
            return InvalidArgument(
                f"{name!r} is not right: {_plain(first['msg'])}. It is {_shown(first['input'])}.",
                path=path,
                hint=f"concord://schemas/{what} shows the whole shape.",
                details=details,
            )


def _is_branch(part: Any, data: Any) -> bool:
    """Names that pydantic puts into a location for the branch of a union that it tried."""
    return isinstance(part, str) and (
        part.startswith(("dict[", "function-", "tuple[")) or part in ("bool", "JsonObject")
    )


def _pointer(location: Sequence[Any], at: str) -> str:
    return at + "".join(f"/{_escaped(str(part))}" for part in location)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _enum_values(problem: Mapping[str, Any]) -> list[str]:
    expected = str(problem.get("ctx", {}).get("expected", ""))
    return [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",") if word.strip()]


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".").replace("Input should be", "it should be")


def _hint_for(name: str) -> str:
    return "tier is MISSION_CRITICAL, PRODUCTION or EXPERIMENTAL." if name == "tier" else f"Add {name}."


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
