"""Schemas made to exhaust whoever decides about them, for tests and benchmarks."""

from typing import Any


def alternatives(depth: int) -> Any:
    """Alternatives of alternatives: more than twice as many parts for each level."""
    schema: Any = {"type": "integer"}
    for level in range(depth):
        schema = {
            "anyOf": [{"allOf": [schema, {"minimum": level}]}, {"not": schema}, {"type": "string", "minLength": level}]
        }
    return schema


def members(letter: str, count: int, **each: Any) -> dict[str, Any]:
    """So many properties that are texts."""
    return {f"{letter}{number}": {"type": "string", **each} for number in range(count)}
