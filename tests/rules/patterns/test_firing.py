"""How often what sets a pattern off has fired."""

from itertools import starmap
from typing import Any

import pytest

from server.model.moments import microseconds
from server.patterns.firing import firings
from tests.rules.patterns.telling import at, told


def run(day: float, result: str = "OK") -> dict[str, Any]:
    return {"kind": "run", "at": at(day, 1), "started_at": at(day), "finished_at": at(day, 1), "result": result}


def access(day: float, mode: str, resource: str = "a.json") -> dict[str, Any]:
    return {"kind": "access", "at": at(day), "resource": resource, "mode": mode}


HISTORY = told(
    (
        "sys_a",
        [
            *starmap(run, [(1, "OK"), (2, "ERROR"), (3, "CRITICAL"), (4, "OK")]),
            {"kind": "error", "at": at(2, 12), "category": "late"},
            {"kind": "error", "at": at(3, 12), "category": "odd"},
            {"kind": "incident", "at": at(5), "title": "late"},
            *starmap(access, [(1, "write"), (4, "write"), (4.5, "read"), (5, "write", "b.json")]),
            {"kind": "metric", "at": at(4), "name": "accuracy", "value": 1},
        ],
    ),
    ("sys_b", [run(3), access(6, "write")]),
)


@pytest.mark.parametrize(
    ("system_id", "trigger", "day", "expected"),
    [
        ("sys_a", "run", 0, 4),
        ("sys_a", "run", 2, 2),  # not the one at that very moment
        ("sys_a", "failure", 0, 5),
        ("sys_a", "failure", 2, 5),  # a run fails when it ends
        ("sys_a", "failure", 4, 1),
        ("sys_a", "error:late", 0, 2),
        ("sys_a", "error:unheard of", 0, 0),
        ("sys_a", "write:a.json", 1, 1),
        ("sys_a", "read:a.json", 1, 1),
        ("sys_a", "write:b.json", 1, 1),
        ("sys_a", "read:unheard of", 1, 0),
        ("sys_a", "metric:accuracy", 1, 1),
        ("sys_b", "run", 0, 1),
        ("sys_b", "failure", 0, 0),
        ("sys_c", "run", 0, 0),
        ("", "write:a.json", 1, 2),
    ],
)
def test_what_sets_a_pattern_off_is_counted_after_a_moment(
    system_id: str, trigger: str, day: float, expected: int
) -> None:
    assert firings(HISTORY, system_id, trigger, microseconds(at(day))) == expected


@pytest.mark.parametrize("trigger", ["", "runs", "run:x", "error", "write:", "metric"])
def test_a_trigger_that_is_none_is_refused(trigger: str) -> None:
    with pytest.raises(ValueError, match="is no trigger"):
        firings(HISTORY, "sys_a", trigger, 0)
