"""cross_patterns.json: what stands in it, and what is understood of another's."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.model.pattern import Certainty, Evidence, Pattern, PatternStatus, PatternType
from server.model.tier import Severity
from server.patterns.document import cross_patterns, cross_patterns_text, pattern_document, read_pattern

DAY = "2026-04-05"
SOURCE: dict[str, Any] = {
    "id": "XPAT-001",
    "type": "cascade_failure",
    "description": "The weekly refresh leaves files half written.",
    "systems_involved": ["sys_data_fetcher", "sys_trading_algo"],
    "evidence": [
        {"system": "sys_trading_algo", "data_point": "Parse errors: 8 of 12", "source": "error_catalog.json"},
        {"system": "sys_data_fetcher", "data_point": "Refresh at 02:55", "source": "run_state.json"},
    ],
    "severity": "HIGH",
    "confidence": 0.92,
    "first_detected": "2026-03-28",
    "occurrences": 8,
    "recommendation": "Replace the file as a whole.",
    "affected_contracts": ["CTR-001", "CTR-003"],
}


def pattern(number: int = 1, **members: Any) -> Pattern:
    """A pattern with these members."""
    given: dict[str, Any] = {
        "id": f"XPAT-{number:03d}",
        "type": PatternType.CASCADE_FAILURE,
        "description": "d",
        "systems_involved": ("sys_a", "sys_b"),
        "evidence": (Evidence(system="sys_a", data_point="p", source="run_state.json"),),
        "severity": Severity.HIGH,
        "confidence": 0.7,
        "first_detected": "2026-04-01T05:00:00Z",
        "occurrences": 4,
        "recommendation": "r",
        "affected_contracts": (),
        "status": PatternStatus.ACTIVE,
        "certainty": Certainty.SIGNIFICANT,
    }
    return Pattern(**{**given, **members})


def test_an_entry_has_the_sources_members_in_its_order_and_of_the_others_what_is_set() -> None:
    (entry,) = cross_patterns([pattern(lag_seconds=900.0)], analysis_date=DAY)["patterns"]
    assert list(entry) == [*SOURCE, "status", "certainty", "lag_seconds"]
    assert entry["first_detected"] == "2026-04-01"
    assert list(entry["evidence"][0]) == ["system", "data_point", "source"]
    kinds = {name: type(value) for name, value in SOURCE.items()}
    assert {name: type(entry[name]) for name in SOURCE} == kinds


def test_a_pattern_is_shown_with_every_member() -> None:
    shown = pattern_document(pattern())
    assert list(shown)[: len(SOURCE)] == list(SOURCE)
    assert set(shown) == set(Pattern.model_fields)
    assert shown["q_value"] is None


def test_the_totals_count_what_is_listed_and_the_health_what_is_active() -> None:
    document = cross_patterns(
        [
            pattern(10, systems_involved=("sys_b", "sys_c")),
            pattern(2, status=PatternStatus.RESOLVED, resolved_at="2026-03-06T05:00:00Z"),
            pattern(3, status=PatternStatus.RESOLVED, resolved_at="2026-03-05T23:00:00Z"),
            pattern(4, status=PatternStatus.CANDIDATE, confidence=0.0),
            pattern(5, severity=Severity.LOW, first_detected="2026-03-29T00:00:00Z"),
            pattern(
                6, severity=Severity.LOW, first_detected="2026-03-28T23:00:00Z", type=PatternType.TIMING_DEPENDENCY
            ),
            pattern(
                7,
                type=PatternType.TRANSFERABLE_SOLUTION,
                systems_involved=("sys_x", "sys_y"),
                first_detected="2026-01-01T00:00:00Z",
            ),
        ],
        analysis_date=f"{DAY}T05:00:00Z",
    )
    assert [one["id"] for one in document["patterns"]] == [
        "XPAT-002",
        "XPAT-003",
        "XPAT-005",
        "XPAT-006",
        "XPAT-007",
        "XPAT-010",
    ]
    assert document["analysis_date"] == DAY
    assert document["cross_system_health"] == {
        "total_cross_patterns": 6,
        "high_severity": 2,
        "resolved_last_30d": 1,
        "new_last_7d": 4,
        "systems_with_most_cross_issues": "sys_b",
    }


def test_before_the_first_detection_every_member_is_there_and_of_its_type() -> None:
    assert json.loads(cross_patterns_text(cross_patterns([], analysis_date=""))) == {
        "analysis_date": "",
        "patterns": [],
        "cross_system_health": {
            "total_cross_patterns": 0,
            "high_severity": 0,
            "resolved_last_30d": 0,
            "new_last_7d": 0,
            "systems_with_most_cross_issues": "",
        },
    }


def test_the_sources_own_entry_is_taken_in_and_given_out_again() -> None:
    found = read_pattern(SOURCE, analysis_date=DAY)
    assert (found.cause, found.effect) == ("sys_data_fetcher", "sys_trading_algo")
    assert (found.status, found.certainty) == (PatternStatus.ACTIVE, Certainty.SIGNIFICANT)
    assert found.last_seen[:10] == DAY, "on that day it was not resolved"
    (entry,) = cross_patterns([found], analysis_date=DAY)["patterns"]
    assert {name: entry[name] for name in SOURCE} == SOURCE


@pytest.mark.parametrize(
    "changed",
    [
        {"status": PatternStatus.RESOLVED, "resolved_at": "2026-04-02T05:00:00Z", "cause_fired_since": 0},
        {"p_value": 0.0001, "q_value": 0.003, "lift": 4.5, "lag_seconds": 900.0, "window_seconds": 1800.0},
        {"type": PatternType.RESOURCE_CONTENTION, "resources": ("~/a.json",), "subject": "~/a.json"},
        {"evidence": (Evidence(system="sys_a", data_point="p", source="report: run", events_total=7),)},
    ],
)
def test_what_was_given_out_is_taken_in_as_it_was(changed: dict[str, Any]) -> None:
    sent = pattern(last_seen="2026-04-04T09:00:00Z", **changed)
    (entry,) = cross_patterns([sent], analysis_date=DAY)["patterns"]
    (again,) = cross_patterns([read_pattern(entry, analysis_date=DAY)], analysis_date=DAY)["patterns"]
    assert {name: again[name] for name in entry} == entry


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (None, "JSON object"),
        ({"type": "coincidence"}, "cascade_failure"),
        ({"systems_involved": ["sys_a"]}, "two systems"),
        ({"systems_involved": "sys_a, sys_b"}, "two systems"),
        ({"occurrences": 2}, "3 occurrences"),
        ({"occurrences": True}, "3 occurrences"),
        ({"occurrences": "8"}, "3 occurrences"),
    ],
)
def test_an_entry_that_is_no_pattern_is_refused_with_what_is_wrong(wrong: dict[str, Any] | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_pattern(None if wrong is None else {**SOURCE, **wrong}, analysis_date=DAY)


def test_what_a_file_says_is_one_line_of_data_without_secrets() -> None:
    found = read_pattern(
        {
            **SOURCE,
            "description": "first\nsecond \u202e" + "x " * 400,
            "recommendation": "use ghp_0123456789abcdefghijABCDEFGHIJ012345",
            "severity": "CRITICAL",
            "confidence": 7,
            "id": "../../etc",
        },
        analysis_date=DAY,
    )
    assert "\n" not in found.description
    assert len(found.description) <= 500
    assert "ghp_" not in found.recommendation
    assert (found.severity, found.confidence, found.id) == (Severity.HIGH, 0.99, "")


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_whatever_stands_in_a_member_nothing_but_a_refusal_comes_of_it(value: Any) -> None:
    for name in (*SOURCE, "status", "certainty", "last_seen", "lag_seconds", "cause_fired_since", "resources"):
        try:
            found = read_pattern({**SOURCE, name: value}, analysis_date=DAY)
        except ValueError as error:
            assert type(error) is ValueError  # noqa: PT017 -- pydantic's own would be the code's mistake
        else:
            cross_patterns_text(cross_patterns([found], analysis_date=DAY))
