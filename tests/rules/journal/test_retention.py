"""Which events are kept one by one, and what the others come to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.journal.retention import SUMMED_UP, Sum, heap_of, horizons, sums
from server.model.event import KINDS
from server.model.moments import microseconds
from server.model.weeks import week_of

NOW = datetime(2026, 4, 8, 14, 30, tzinfo=UTC)
"""A Wednesday."""


def moment(at: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).isoformat()


def test_what_is_kept_begins_with_a_week_and_heartbeats_go_first() -> None:
    kept = horizons(NOW, 400)
    assert {kind: moment(at) for kind, at in kept.items() if kind in ("run", "heartbeat")} == {
        "run": "2025-03-03T00:00:00+00:00",
        "heartbeat": "2026-03-09T00:00:00+00:00",
    }
    assert set(kept) == set(SUMMED_UP)
    assert set(KINDS) - set(kept) == {"incident", "promotion", "rejection", "trial"}


def test_whoever_keeps_less_than_a_month_keeps_no_heartbeats_longer() -> None:
    assert set(horizons(NOW, 7).values()) == {microseconds("2026-03-30T00:00:00Z")}


def test_whoever_keeps_everything_keeps_all_but_heartbeats() -> None:
    assert set(horizons(NOW, 0)) == {"heartbeat"}


@pytest.mark.parametrize(
    ("at", "sunday"),
    [
        ("2026-04-05T23:59:59.999999Z", "2026-04-05"),
        ("2026-04-06T00:00:00Z", "2026-04-12"),
        ("1969-12-31T23:59:59Z", "1970-01-04"),
        ("0001-01-01T00:00:00Z", "0001-01-07"),
        ("9999-12-31T23:59:59Z", "9999-12-31"),
    ],
)
def test_a_week_goes_by_the_sunday_on_which_it_ends(at: str, sunday: str) -> None:
    assert week_of(microseconds(at)) == sunday


@given(st.integers(0, 10**10), st.integers(1, 36_500))
def test_a_week_is_never_torn_apart(second: int, days: int) -> None:
    for at in horizons(datetime.fromtimestamp(second, UTC), days).values():
        assert week_of(at - 1) < week_of(at)
        assert at % 86_400_000_000 == 0


@pytest.mark.parametrize(
    ("kind", "document", "label", "figure"),
    [
        (
            "run",
            {"result": "ERROR", "started_at": "2026-04-05T13:00:00Z", "finished_at": "2026-04-05T13:01:30Z"},
            "ERROR",
            90,
        ),
        ("run", {"started_at": "2026-04-05T13:00:00Z"}, "", 0),
        ("run", {}, "OK", 0),
        ("run", {"finished_at": "2026-04-05T13:00:00Z"}, "OK", 0),
        ("error", {"category": "timeout"}, "timeout", 0),
        ("metric", {"name": "rows", "value": -2.5}, "rows", -2.5),
        ("access", {"resource": "~/a b.json", "mode": "write"}, "write ~/a b.json", 0),
        ("spend", {"tokens": 900, "role": "engine"}, "", 900),
        ("heartbeat", {"load": 0.5}, "", 0),
    ],
)
def test_an_event_stands_under_what_it_is_asked_for_by(
    kind: str, document: dict[str, Any], label: str, figure: float
) -> None:
    at = microseconds("2026-04-05T13:00:00Z")
    assert heap_of(kind, at, document).label == label
    assert sums([(kind, at, document)] * 2) == {heap_of(kind, at, document): Sum(2, 2 * figure, figure, figure)}


def test_a_long_label_is_cut_and_stays_apart_from_others_that_begin_alike() -> None:
    labels = {heap_of("error", 0, {"category": "x" * 400 + end}).label for end in "ab"}
    assert len(labels) == 2
    assert all(len(label) <= 200 for label in labels)


figures = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(st.integers(0, 10**13), figures), min_size=1), st.integers(0, 30))
def test_sums_of_portions_come_to_the_sum_of_all(told: list[tuple[int, float]], cut: int) -> None:
    events = [("metric", at, {"name": "n", "value": value}) for at, value in told]
    whole = sums(events)
    parts = [sums(events[:cut]), sums(events[cut:])]
    assert set(whole) == set(parts[0]) | set(parts[1])
    for heap, found in whole.items():
        pieces = [part[heap] for part in parts if heap in part]
        assert found.count == sum(one.count for one in pieces)
        assert found.low == min(one.low for one in pieces)
        assert found.high == max(one.high for one in pieces)
        assert abs(found.total) <= 1e300


def test_what_lies_before_the_first_week_there_is_counts_as_that() -> None:
    assert week_of(microseconds("0001-01-01T00:00:00Z") - 40 * 86_400_000_000) == "0001-01-07"
