"""Runs, incidents, practices and proposals in systems' own files; and that no text at all breaks a reader of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from server.exchange.own_files import (
    error_catalog,
    incidents,
    performance_review,
    promotion_log,
    proposed_changes,
    run_state,
    success_patterns,
    weekly_accuracy,
)
from server.exchange.own_files.told import Told
from server.journal.reading import read_events
from server.model.event import KINDS_OF_FILES

AT_1 = "2026-04-01T03:05:00Z"
WRITTEN = "2026-04-05T14:00:00Z"


def text(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content)


def reasons(told: Told) -> list[str]:
    return [why for _, why in told.unread]


RUN = ("2026-04-01T02:55:00Z", "2026-04-01T03:15:00Z", "OK")


@pytest.mark.parametrize(
    ("content", "runs"),
    [
        ({"last_run": {"started_at": RUN[0], "finished_at": RUN[1], "status": "completed"}}, [RUN]),
        ({"last_run": {"start": RUN[0], "duration": "20m", "success": True}}, [RUN]),
        ({"last_run": RUN[1], "duration_minutes": 20, "last_run_status": "SUCCESS"}, [RUN]),
        ({"lastRun": {"end": RUN[1], "duration_seconds": 1200, "exit_code": 0}}, [RUN]),
        ({"runs": [{"started": RUN[0], "ended": RUN[1], "result": "failed"}]}, [(*RUN[:2], "ERROR")]),
        ([{"startTime": RUN[0], "endTime": RUN[1], "state": "crashed"}], [(*RUN[:2], "CRITICAL")]),
        ({"last_run": RUN[1], "last_status": "error", "status": "idle"}, [("", RUN[1], "ERROR")]),
        ({"last_success": RUN[1], "last_failure": RUN[0]}, [("", RUN[1], "OK"), ("", RUN[0], "ERROR")]),
        ({"status": "running", "started_at": RUN[0]}, [(RUN[0], RUN[0], "")]),
        ({"jobs": {"refresh": {"last_run_at": RUN[1], "result": "ok"}}}, [("", RUN[1], "OK")]),
        (json.dumps({"ts": RUN[1], "status": "ok"}) + "\n", [("", RUN[1], "OK")]),
        ({"last_run": {"start": RUN[0], "end": RUN[1]}, "runs": [{"start": RUN[0], "end": RUN[1]}]}, [(*RUN[:2], "")]),
        ({"runs": [{"start": RUN[0], "end": RUN[1]}, {"start": RUN[1], "end": WRITTEN}]}, [(*RUN[:2], ""), (RUN[1], WRITTEN, "")]),
        ({"last_run": {"start": RUN[0]}, "runs": [{"start": RUN[0], "end": RUN[1], "status": "error"}]}, [(*RUN[:2], "ERROR")]),
        ({"last_run": RUN[1], "error": "disk full"}, [("", RUN[1], "ERROR")]),
    ],
)  # fmt: skip
def test_runs_are_read_each_once_with_how_they_ended(content: Any, runs: list[tuple[str, ...]]) -> None:
    told = run_state.read(text(content))
    assert [(one.get("started_at", ""), one["at"], one.get("result", "")) for one in told.events] == runs
    assert told.unread == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"runs": [{"status": "skipped", "date": AT_1}]}, "its status 'skipped' says of no run how it ended"),
        ({"last_run": {"status": "purple", "finished_at": AT_1}}, "its status 'purple' is no word"),
        ({"last_run": {"started_at": RUN[1], "finished_at": RUN[0]}}, "it ended before it began"),
        ({"pid": 7}, "it tells no moment of a run"),
        ({"runs": ["never"]}, "it is no run"),
    ],
)
def test_what_is_no_run_is_told(content: Any, why: str) -> None:
    told = run_state.read(text(content))
    assert told.events == ()
    assert reasons(told)[0].startswith(why)


MARKDOWN = "---\nid: INC-9\ntitle: Parser down\nseverity: high\ndate: 2026-04-01\n---\n# Heading\n\nFor an hour.\n"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("incidents/a.json", {"id": "I-9", "title": "Down", "severity": "p0", "detected": AT_1}, ("I-9", "Down", AT_1, "CRITICAL")),
        ("incidents/a.json", {"incidents": [{"summary": "Down", "started_at": AT_1}]}, ("", "Down", AT_1, "")),
        ("incidents/a.json", {"title": "Down"}, ("incidents/a.json", "Down", WRITTEN, "")),
        ("incidents/2026-04-01.json", {"title": "Down"}, ("incidents/2026-04-01.json", "Down", "2026-04-01T00:00:00Z", "")),
        ("incidents/a.jsonl", '{"title":"Down","ts":1775012700}', ("incidents/a.jsonl", "Down", AT_1, "")),
        ("incidents/a.md", MARKDOWN, ("INC-9", "Parser down", "2026-04-01T00:00:00Z", "HIGH")),
        ("incidents/a.md", "# Down\n\n**Severity:** low\n- Date: 2026-04-01\n", ("incidents/a.md", "Down", "2026-04-01T00:00:00Z", "LOW")),
        ("incidents/20260401-x.txt", "disk full\nall of it", ("incidents/20260401-x.txt", "disk full", "2026-04-01T00:00:00Z", "")),
        ("incidents/README", "disk full", ("incidents/README", "disk full", WRITTEN, "")),
        ("incidents/a.yaml", "title: Down\ndate: 2026-04-01T03:05:00Z\n", ("incidents/a.yaml", "Down", AT_1, "")),
    ],
)  # fmt: skip
def test_an_incident_is_read_from_data_and_from_text(name: str, content: Any, expected: tuple[str, ...]) -> None:
    told = incidents.read(text(content), name, written_at=WRITTEN)
    (event,) = told.events
    assert tuple(event.get(member, "") for member in ("id", "title", "at", "severity")) == expected
    assert told.unread == ()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("incidents/a.png", "x", "files ending in .png are not read"),
        ("incidents/a.md", "---\n: [\n---\n# Down\n", ""),
        ("incidents/a.txt", " \n", "it has no title"),
        ("incidents/a.json", "[7]", "it is no object"),
        ("incidents/a.yaml", "a: [", ""),
    ],
)
def test_what_is_no_incident_is_told(name: str, content: str, why: str) -> None:
    told = incidents.read(content, name, written_at=WRITTEN)
    assert why in reasons(told)[0]


def test_of_practices_only_the_declared_members_are_kept() -> None:
    practice = {
        "id": "SP-1",
        "name": "Write, then rename",
        "details": "into a temporary file",
        "error_category": "parse",
        "before": 8,
        "after": 1,
        "times_applied": 4,
        "discovered_at": "2026-03-01",
        "prompt": "You are …",
        "examples": [{"input": "x"}],
    }
    told = success_patterns.read(json.dumps({"patterns": [practice, "Retry once", 7]}), written_at=WRITTEN)
    assert told.events[0] == {
        "kind": "success",
        "id": "SP-1",
        "at": "2026-03-01T00:00:00Z",
        "title": "Write, then rename",
        "description": "into a temporary file",
        "category": "parse",
        "before": 8,
        "after": 1,
        "times_applied": 4,
    }
    assert [one["title"] for one in told.events] == ["Write, then rename", "Retry once"]
    assert told.undated == {"Retry once"}
    assert told.ignored == ("examples", "prompt")
    assert [place for place, _ in told.unread] == ["/patterns/2"]


def test_a_practice_comes_from_a_file_alone_and_is_nothing_that_is_reported() -> None:
    told = success_patterns.read('["Retry once"]', written_at=WRITTEN)
    assert len(read_events(told.events, kinds=KINDS_OF_FILES).arrived) == 1
    assert len(read_events(told.events).rejected) == 1


READY = {"id": "CHG-7", "status": "READY_FOR_SHADOW_TEST", "title": "Nest"}


@pytest.mark.parametrize(
    ("members", "changes"),
    [
        ({"changes": [{"resource": "a.json", "patch": []}]}, [{"resource": "a.json", "patch": []}]),
        ({"change": {"file": "a.json", "schema": {"type": "object"}}}, [{"resource": "a.json", "new_schema": {"type": "object"}}]),
        ({"resource": "a.json", "newSchema": {}}, [{"resource": "a.json", "new_schema": {}}]),
        ({"description": "retry twice"}, [{"description": "retry twice"}]),
        ({"proposed_change": "retry twice"}, [{"description": "retry twice"}]),
        ({"changes": ["retry twice"]}, [{"description": "retry twice"}]),
        ({"changes": [{"resource": "a.json", "colour": 1}]}, [{"resource": "a.json", "colour": 1}]),
        ({}, [{"description": "Nest"}]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("spelt", ["READY_FOR_SHADOW_TEST", "ready for shadow test", "Ready-For-Shadow-Test"])
def test_an_entry_that_is_ready_is_read_with_its_changes(
    members: dict[str, Any], changes: list[Any], spelt: str
) -> None:
    proposed = proposed_changes.read(json.dumps([{**READY, "status": spelt, **members}]))
    (ready,) = proposed.ready
    assert (ready.entry_id, ready.members["title"], ready.members["changes"]) == ("CHG-7", "Nest", changes)


@pytest.mark.parametrize("holder", ["proposals", "proposed_changes", "pending", ""])
def test_entries_that_are_not_ready_are_told_and_drafts_are_not(holder: str) -> None:
    entries = [
        {"id": "a", "status": "DRAFT", "title": "a secret plan"},
        {"id": "b", "state": "PROMOTED"},
        {"id": "c"},
        {**READY, "id": ""},
        READY,
        READY,
        "words",
    ]
    proposed = proposed_changes.read(json.dumps({"updated_at": AT_1, holder: entries} if holder else entries))
    assert [one.entry_id for one in proposed.ready] == ["CHG-7"]
    assert [place.rpartition("/")[2] for place, _ in proposed.told.unread] == ["1", "2", "3", "5", "6"]
    assert "secret" not in repr(proposed)


@pytest.mark.parametrize("status", ["REJECTED", "Rolled-back", "declined", "FAILED"])
def test_an_entry_that_was_rejected_is_a_rejection_with_its_date_and_figures(status: str) -> None:
    entry = {
        **READY,
        "status": status,
        "rejected_at": AT_1,
        "approach": "poll every second",
        "error_category": "timeout",
        "metrics": {"before": 4, "after": 9},
        "observation_days": 7,
    }
    proposed = proposed_changes.read(json.dumps([entry]), written_at=WRITTEN)
    (told,) = proposed.told.events
    assert (told["kind"], told["proposal_id"], told["at"]) == ("rejection", "CHG-7", AT_1)
    assert (told["approach"], told["error_category"]) == ("poll every second", "timeout")
    assert (told["before"], told["after"], told["observation_days"]) == (4, 9, 7)
    assert not proposed.ready
    assert not proposed.told.unread


def test_a_rejection_without_a_date_is_of_when_the_file_was_written_and_keeps_its_first_moment() -> None:
    told = proposed_changes.read(json.dumps([{**READY, "status": "REJECTED"}]), written_at=WRITTEN).told
    assert [one["at"] for one in told.events] == [WRITTEN]
    assert told.undated == {"CHG-7:rejection"}


@pytest.mark.parametrize("status", ["WITHDRAWN", "DRAFT", "PROMOTED", "ELIGIBLE", ""])
def test_nothing_else_is_a_rejection(status: str) -> None:
    assert not proposed_changes.read(json.dumps([{**READY, "status": status}]), written_at=WRITTEN).told.events


def test_a_rejection_of_somebody_else_s_proposal_is_told_and_not_taken() -> None:
    entry = {**READY, "status": "REJECTED", "source_system": "sys_b"}
    told = proposed_changes.read(json.dumps([entry]), written_at=WRITTEN, is_own=lambda source: source == "sys_a").told
    assert not told.events
    assert "sys_b" in told.unread[0][1]


def test_an_entry_is_another_as_soon_as_anything_in_it_is() -> None:
    def digest(**members: Any) -> str:
        return proposed_changes.read(json.dumps([{**READY, **members}])).ready[0].digest

    assert digest() == digest()
    assert len({digest(), digest(note="x"), digest(title="Y")}) == 3


ANYTHING: tuple[tuple[str, Callable[[str], Any]], ...] = (
    ("errors", error_catalog.read),
    ("promotions", promotion_log.read),
    ("figures", weekly_accuracy.read),
    ("review", performance_review.read),
    ("runs", run_state.read),
    ("incidents", lambda given: incidents.read(given, "incidents/a.json", written_at=WRITTEN)),
    ("practices", lambda given: success_patterns.read(given, written_at=WRITTEN)),
    ("proposals", lambda given: proposed_changes.read(given, written_at=WRITTEN).told),
)
STRANGE = [
    "", " ", "7", "null", "true", '"text"', "[]", "{}", "[[]]", "[[[[7]]]]", "[null, 7, true, \"a\", [], {}]", "NaN", "[NaN]", '{"a": NaN}',
    '{"errors": 7, "runs": {}, "promotions": null, "weeks": "x"}', '{"": {"": []}}', '{"id": {}, "at": [], "status": {}, "count": -1}',
    '[{"id": [], "category": {"a": 1}, "at": "2026-04-01", "count": 1e400, "occurrences": {"a": 1}}]',
    '{"last_run": {"last_run": {"last_run": {"last_run": {"last_run": {"last_run": {"last_run": 7}}}}}}}',
    '[{"at": "2026-04-01", "severity": ["x"], "title": 7, "value": 1e999, "name": 5, "before": Infinity}]',
    "[" * 2_000 + "]" * 2_000, '{"a":' * 500 + "1" + "}" * 500, "1" * 5_000, '{"at": ' + "9" * 400 + "}", "\ud83d", '["\\ud800"]',
    '{"started_at": "9999-12-31T23:59:59Z", "duration_seconds": 1e7, "week_start": "9999-12-30", "accuracy": 1}',
]  # fmt: skip


@pytest.mark.parametrize(("name", "read"), ANYTHING, ids=[name for name, _ in ANYTHING])
@pytest.mark.parametrize("given", STRANGE, ids=range(len(STRANGE)))
def test_no_text_breaks_a_reader_and_what_it_tells_the_journal_takes_or_refuses_one_by_one(
    name: str, read: Callable[[str], Told], given: str
) -> None:
    told = read(given)
    assert len(told.places) == len(told.events)
    batch = read_events(told.events, kinds=KINDS_OF_FILES)
    assert len(batch.arrived) + len(batch.rejected) == len(told.events)


@pytest.mark.parametrize(("name", "read"), ANYTHING, ids=[name for name, _ in ANYTHING])
@pytest.mark.parametrize("given", ["", "7", "null", '"words"', "[true]", "{broken", '{"a": 1}\nwords\n{"b": '])
def test_a_text_that_holds_nothing_of_the_kind_is_told(name: str, read: Callable[[str], Told], given: str) -> None:
    told = read(given)
    assert told.events == ()
    assert told.unread_total > 0
