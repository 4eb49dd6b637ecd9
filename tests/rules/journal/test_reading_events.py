"""Reading reports: a bad event never costs a good one its place, whatever it holds."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import TooLarge
from server.journal.reading import read_events
from server.model.event import KINDS
from server.model.moments import microseconds

AT = "2026-04-05T13:00:00Z"
GOOD: dict[str, dict[str, Any]] = {
    "heartbeat": {"load": 0.5},
    "run": {"result": "OK"},
    "error": {"category": "timeout", "severity": "HIGH"},
    "metric": {"name": "rows", "value": 12},
    "incident": {"title": "Outage"},
    "access": {"resource": "~/x.json", "mode": "read"},
    "promotion": {"proposal_id": "EXT-1", "before": 4, "after": 1},
    "rejection": {"proposal_id": "EXT-2"},
    "trial": {"proposal_id": "EXT-1", "wins": 3},
    "spend": {"run_id": "r", "tokens": 900},
}
EVENTS = [{"kind": kind, "at": AT, **members} for kind, members in GOOD.items()]


def metric(value: Any) -> dict[str, Any]:
    return {"kind": "metric", "at": AT, "name": "rows", "value": value}


BAD: list[tuple[Any, str]] = [
    (metric(float("nan")), "value can't be read ('nan'): input should be a finite number."),
    (metric("NaN"), "value can't be read ('NaN'): input should be a finite number."),
    (metric(float("-inf")), "value can't be read ('-inf'): input should be a finite number."),
    (metric(10**400), "input should be a valid number."),
    (metric([1]), "value can't be read ('[1]'): input should be a valid number."),
    (metric(None), "value is missing; metric takes name, value."),
    ({**metric(1), "name": "a\ud800"}, "name can't be read"),
    ({**metric(1), "name": "n" * 501}, "at most 500 characters."),
    ({"kind": "run", "at": AT, "message": "m" * 4_001}, "at most 4000 characters."),
    ({"kind": "run", "at": "0001-01-01T00:00:00+14:00"}, "between the years 1 and 9999 in UTC, too."),
    ({"kind": "run", "at": "9999-12-31T23:59:59-14:00"}, "between the years 1 and 9999 in UTC, too."),
    ({"kind": "run", "at": 1_775_397_600}, "a moment is written as ISO 8601 text."),
    ({"kind": "run", "at": {}}, "a moment is written as ISO 8601 text."),
    ({"kind": "run", "at": ""}, "at is missing"),
    ({"kind": "run"}, "at is missing"),
    ({"kind": "run", "at": AT, "started_at": "soon"}, "started_at can't be read ('soon')"),
    ({"kind": "run", "at": AT, "started_at": AT, "finished_at": "2026-04-04T14:00:00Z"}, "lies before started_at."),
    (metric(True), "a figure is a number."),
    ({"kind": "run", "at": AT, "result": "fine"}, "'OK', 'ERROR' or 'CRITICAL'."),
    ({"kind": "error", "at": AT, "category": "c", "severity": "urgent"}, "'LOW', 'MEDIUM', 'HIGH' or 'CRITICAL'."),
    ({"kind": "trial", "at": AT, "proposal_id": "p", "losses": -1}, "greater than or equal to 0."),
    ({"kind": "access", "at": AT, "resource": " ", "mode": "read"}, "at least 1 character."),
    ({"kind": ["run"], "at": AT}, "is unknown; it is one of heartbeat, run, error"),
    ({"kind": "success", "at": AT}, "kind 'success' is unknown"),
    ({"at": AT}, "kind is missing"),
    (None, "An event is an object"),
    ("run", "An event is an object"),
    ([EVENTS[0]], "An event is an object"),
    (float("nan"), "An event is an object"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_bad_event_comes_back_with_its_place_and_the_reason_and_all_others_are_kept(bad: Any, reason: str) -> None:
    chosen = random.Random(str(bad))
    given_events: list[Any] = [*EVENTS]
    place = chosen.randrange(len(EVENTS) + 1)
    given_events.insert(place, bad)
    batch = read_events(given_events)
    assert [one.kind for one in batch.arrived] == list(GOOD)
    ((index, said),) = batch.rejected
    assert index == place
    assert reason in said
    assert len(said) < 400


def test_there_is_a_good_event_of_every_kind() -> None:
    assert list(GOOD) == list(KINDS)


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-04-05", "20260405T130000Z"]
)
def test_a_moment_may_lie_anywhere_in_the_years_that_there_are(at: str) -> None:
    (one,) = read_events([{"kind": "run", "at": at}]).arrived
    assert one.at == microseconds(one.document["at"])


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"kind": " Run ", "result": "error"}, {"result": "ERROR"}),
        ({"kind": "access", "resource": "~/x", "mode": "READ"}, {"resource": "~/x", "mode": "read"}),
        ({"kind": "metric", "name": "rows", "value": "12"}, {"name": "rows", "value": 12}),
        ({"kind": "run", "message": "a\0b", "id": "x\0"}, {"message": "a\ufffdb", "id": "x\ufffd"}),
        ({"kind": "run", "message": None}, {}),
    ],
)
def test_what_can_mean_one_thing_only_is_understood(written: dict[str, Any], kept: dict[str, Any]) -> None:
    batch = read_events([{**written, "at": AT}])
    assert [one.document for one in batch.arrived] == [{"at": AT, **kept}]
    assert batch.ignored_keys == ()


def test_members_that_no_event_has_are_named_once_and_not_kept() -> None:
    extra = {"mood": float("nan"), "x" * 300: {"deep": [1]}, "load": 3, "kind ": "?"}
    batch = read_events([{"kind": "run", "at": AT, **extra}, {"kind": "heartbeat", "at": AT, "mood": 1, "load": 1}])
    assert [one.document for one in batch.arrived] == [{"at": AT}, {"at": AT, "load": 1}]
    assert batch.ignored_keys == ("kind ", "load", "mood", "x" * 100)


def test_a_call_with_more_than_five_megabytes_is_refused_and_one_with_less_is_not() -> None:
    events = [{"kind": "run", "at": AT, "message": "m" * 4_000} for _ in range(1_200)]
    assert len(read_events(events).arrived) == 1_200
    for more in ("m" * 300_000, "\ud800" * 300_000):
        with pytest.raises(TooLarge, match="at most 5,000,000"):
            read_events([*events, {"kind": "run", "at": AT, "message": more}])


def test_an_id_tells_events_apart_and_without_one_their_content_does() -> None:
    run = {"kind": "run", "at": AT, "message": "done"}
    keys = {
        one.key
        for one in read_events(
            [
                run,
                {"message": "done", "at": "2026-04-05T15:00:00+02:00", "kind": "RUN"},
                {**run, "mood": 1},
                {**run, "message": "not done"},
                {**run, "id": "7"},
                {**run, "id": "7", "message": "told otherwise"},
                {"kind": "heartbeat", "at": AT, "id": "7"},
            ]
        ).arrived
    }
    assert len(keys) == 3


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(sorted({name for shape in KINDS.values() for name in shape.model_fields}))


@given(st.sampled_from(list(KINDS)), st.dictionaries(members, anything, max_size=5))
def test_whatever_comes_is_kept_or_comes_back_with_one_sentence(kind: str, told: dict[str, Any]) -> None:
    batch = read_events([{"at": AT, **told, "kind": kind}, EVENTS[0]])
    assert batch.arrived[-1].kind == "heartbeat"
    assert len(batch.arrived) + len(batch.rejected) == 2
    for _, reason in batch.rejected:
        assert "Traceback" not in reason
        assert len(reason) < 500
