"""Reading what systems reported: the columns of detectors, events by their numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from server.journal.reading import read_events
from server.model.moments import microseconds
from server.patterns.history import History
from server.patterns.reading import read_history
from server.storage import events
from server.storage.database import Database
from tests.rules.patterns.telling import BEGIN, END, at, told

SINCE, UNTIL = microseconds(BEGIN.isoformat()), microseconds(END.isoformat())

FIRST: list[dict[str, Any]] = [
    {"kind": "run", "at": at(1), "started_at": at(1), "finished_at": at(1, 1), "result": "CRITICAL", "message": "\0"},
    {"kind": "run", "at": at(2), "started_at": at(2)},
    {"kind": "error", "at": at(1, 1), "id": "e-1", "category": "lätt", "description": "x" * 3_000, "resource": "/Data"},
    {"kind": "heartbeat", "at": at(1, 2)},
    {"kind": "incident", "at": at(3), "title": "Ausfall \N{FIRE}", "severity": "CRITICAL", "source": "disk"},
]
SECOND: list[dict[str, Any]] = [
    {"kind": "metric", "at": at(5), "name": "rows", "value": 12},
    {"kind": "access", "at": at(4), "resource": "/data", "mode": "read", "finished_at": at(4, 1)},
    {"kind": "promotion", "at": at(6), "error_category": "lätt", "before": 3.5, "after": 1, "title": "Retry"},
    {"kind": "rejection", "at": at(6), "approach": "wait"},
    {"kind": "trial", "at": at(6), "proposal_id": "p"},
    {"kind": "error", "at": at(-1), "category": "before"},
    {"kind": "error", "at": at(90), "category": "after"},
]


def keep(database: Database, system_id: str, given: Sequence[dict[str, Any]], origin: str = "") -> None:
    batch = read_events(given)
    assert not batch.rejected
    rows = [events.Reported(one.key, one.kind, one.at, one.document) for one in batch.arrived]
    database.write(lambda session: events.add(session, system_id, rows, origin=origin))


def columns(history: History, numbered: bool = True) -> dict[str, Any]:
    """All of it as plain lists, with or without the numbers of the events."""
    plain: dict[str, Any] = {}
    for name, table in vars(history).items():
        if hasattr(table, "seq"):
            plain[name] = {key: column.tolist() for key, column in vars(table).items() if numbered or key != "seq"}
        else:
            plain[name] = [vars(one) for one in table] if name == "changes" and numbered else table
    return plain


@pytest.mark.parametrize("portion", [1, 2, 20_000])
def test_the_columns_hold_what_was_reported_in_the_time_however_much_is_read_at_once(
    database: Database, portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PORTION_READ", portion)
    keep(database, "sys_b", FIRST)
    keep(database, "sys_a", SECOND)
    found = database.read(lambda session: read_history(session, SINCE, UNTIL))
    wanted = told(
        ("sys_b", [one for one in FIRST if one["kind"] != "heartbeat"]),
        ("sys_a", [one for one in SECOND if one.get("category") is None and one["kind"] != "trial"]),
    )
    first = database.read(events.newest_number) - len(FIRST) - len(SECOND)
    assert columns(found, numbered=False) | {"changes": ()} == columns(wanted, numbered=False) | {"changes": ()}
    assert (found.runs.seq - first).tolist() == [1, 2]
    assert [(one.promoted, one.before, one.seq - first) for one in found.changes] == [(True, 3.5, 8), (False, None, 9)]
    assert found.categories == ("Ausfall \N{FIRE}", "lätt")
    assert len(found.texts[0]) == 500
    for table in (found.runs, found.troubles, found.accesses, found.metrics):
        assert {column.dtype for name, column in vars(table).items() if name in ("seq", "system")} == {
            np.dtype("int64")
        }


def test_nothing_in_the_columns_depends_on_the_order_in_which_events_came(database: Database) -> None:
    for one in reversed(FIRST):
        keep(database, "sys_b", [one])
    for one in SECOND:
        keep(database, "sys_a", [one])
    found = database.read(lambda session: read_history(session, SINCE, UNTIL))
    other = told(("sys_a", reversed(SECOND[:5])), ("sys_b", FIRST))
    named = columns(found, numbered=False) | {"changes": ()}
    assert named == columns(other, numbered=False) | {"changes": ()}


def test_a_resource_goes_by_its_one_name(database: Database) -> None:
    keep(database, "sys_b", FIRST)
    keep(database, "sys_a", SECOND)
    asked: list[tuple[str, str]] = []

    def canonical(system_id: str, resource: str) -> str:
        asked.append((system_id, resource))
        return resource.lower()

    found = database.read(lambda session: read_history(session, SINCE, UNTIL, canonical))
    assert found.resources == ("/data",)
    assert found.accesses.resource.tolist() == [0]
    assert set(found.troubles.resource.tolist()) == {-1, 0}
    assert sorted(asked) == [("sys_a", "/data"), ("sys_b", "/Data")]


def test_events_are_found_by_their_numbers(database: Database) -> None:
    keep(database, "sys_b", FIRST)
    keep(database, "sys_a", SECOND, origin="run_state.json")
    newest = database.read(events.newest_number)
    numbers = range(newest - len(FIRST) - len(SECOND) + 1, newest + 1)
    found = database.read(lambda session: events.by_numbers(session, [*reversed(numbers), newest + 1, numbers[0]]))
    assert [one.seq for one in found] == list(numbers)
    assert [one.kind for one in found] == [one["kind"] for one in [*FIRST, *SECOND]]
    assert found[2].event_id == "e-1"
    assert len(found[0].event_id) == 32
    assert found[2][:5] == (numbers[2], "sys_b", "e-1", microseconds(at(1, 1)), "error")
    assert found[2].document["category"] == "lätt"
    assert {(one.system_id, one.origin) for one in found} == {("sys_b", ""), ("sys_a", "run_state.json")}


def test_many_events_are_found_by_their_numbers_in_portions(database: Database) -> None:
    given = [{"kind": "metric", "at": at(1, 0, 0, n), "name": "n", "value": n} for n in range(1_234)]
    keep(database, "sys_a", given)
    newest = database.read(events.newest_number)
    found = database.read(lambda session: events.by_numbers(session, range(newest - 1_233, newest + 1)))
    assert [one.document["value"] for one in found] == list(range(1_234))


def test_before_the_first_event_there_is_nothing(database: Database) -> None:
    history = database.read(lambda session: read_history(session, SINCE, UNTIL))
    assert (history.systems, history.changes, len(history.runs.seq), len(history.metrics.value)) == ((), (), 0, 0)


def test_whoever_remembers_a_number_knows_whether_anything_has_come_since(database: Database) -> None:
    seen = [database.read(events.times_written)]
    keep(database, "sys_a", SECOND)
    seen.append(database.read(events.times_written))
    keep(database, "sys_a", [])
    assert database.read(events.times_written) == seen[-1]
    keep(database, "sys_b", FIRST)
    seen.append(database.read(events.times_written))
    assert sorted(set(seen)) == seen
