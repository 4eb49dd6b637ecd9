"""Many pairs, one after the other."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from server.conflicts.containment.decision import Decision
from server.conflicts.containment.dialect import Schema
from server.conflicts.containment.engine import decide
from server.model.base import JsonObject


def decide_lines(lines: Iterable[str], *, judge: Callable[[Schema, Schema], Decision] = decide) -> Iterator[JsonObject]:
    """One record for each line that is not blank, as soon as it is decided: {id, verdict, witness, has_witness, …}.

    A line that can't be used becomes {id, verdict: "UNKNOWN", witness: null, error: {line, message}}; it stops nothing.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            yield _unusable(None, number, f"the line is no JSON: {str(error)[:200]}")
            continue
        yield decide_record(record, number, judge=judge)


def decide_record(record: Any, number: int, *, judge: Callable[[Schema, Schema], Decision] = decide) -> JsonObject:
    """The record of one pair {"id", "writer", "reader"}; an explicit error record where it is none."""
    if not isinstance(record, dict):
        return _unusable(None, number, "the line is no JSON object")
    name = record.get("id")
    for side in ("writer", "reader"):
        if side not in record:
            return _unusable(name, number, f"it has no {side!r}")
        if not isinstance(record[side], dict | bool):
            return _unusable(name, number, f"its {side!r} is neither an object nor a boolean")
    decision = judge(record["writer"], record["reader"])
    return {
        "id": name,
        "verdict": decision.verdict,
        "witness": decision.witness,
        "has_witness": decision.has_witness,
        "path": decision.path,
        "rule": decision.rule,
        "reason": decision.reason,
    }


def _unusable(name: Any, number: int, message: str) -> JsonObject:
    return {
        "id": name,
        "verdict": "UNKNOWN",
        "witness": None,
        "error": {"line": number, "message": f"Line {number}: {message}."},
    }


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")
