"""Errors, promotions, figures and reviews in the shapes in which people write them, and what is said of what can't be read."""

import json
from typing import Any

import pytest

from server.exchange.own_files import error_catalog, performance_review, promotion_log, weekly_accuracy
from server.exchange.own_files.members import AT, Members, figure_of, moment_of, normal, severity_of
from server.exchange.own_files.told import MOST_TOLD, Told

AT_1 = "2026-04-01T03:05:00Z"
WRITTEN = "2026-04-05T14:00:00Z"


def text(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content)


def errors(content: Any) -> list[tuple[str, str]]:
    """(category, moment) of the errors that a catalogue tells."""
    told = error_catalog.read(text(content))
    return [(one["category"], one["at"]) for one in told.events]


def reasons(told: Told) -> list[str]:
    return [why for _, why in told.unread]


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-04-01T03:05:00Z", AT_1),
        ("2026-04-01T05:05:00+02:00", AT_1),
        ("2026-04-01 03:05:00", AT_1),
        ("2026-04-01 03:05 UTC", AT_1),
        ("2026-04-01 03:05:00,250", "2026-04-01T03:05:00.250000Z"),
        ("Wed, 01 Apr 2026 03:05:00 GMT", AT_1),
        (1_775_012_700, AT_1),
        (1_775_012_700_000, AT_1),
        (" 1775012700", AT_1),
        ("2026-04-01", "2026-04-01T00:00:00Z"),
        ("20260401", "2026-04-01T00:00:00Z"),
        ("2026-W14", "2026-04-05T00:00:00Z"),
        ("2026W14", "2026-04-05T00:00:00Z"),
        ("2026-W60", ""),
        ("04/01/2026", ""),
        ("yesterday", ""),
        ("", ""),
        (True, ""),
        (12, ""),
        (float("nan"), ""),
        (10**400, ""),
        (["2026-04-01"], ""),
        ("0001-01-01T00:00:00+14:00", ""),
    ],
)
def test_a_moment_is_read_as_people_write_it_and_never_guessed(value: Any, moment: str) -> None:
    assert moment_of(value) == moment


@pytest.mark.parametrize(
    ("value", "figure"),
    [
        (0.93, 0.93),
        ("0.94", 0.94),
        ("93%", 0.93),
        ("93.5 %", 0.935),
        (7, 7.0),
        ("n/a", None),
        (True, None),
        (None, None),
    ],
)
def test_a_figure_is_a_number_or_one_written_as_text(value: Any, figure: float | None) -> None:
    assert figure_of(value) == figure


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("SEV-1", "CRITICAL"),
        ("fatal", "CRITICAL"),
        ("error", "HIGH"),
        ("warn", "MEDIUM"),
        ("info", "LOW"),
        (None, ""),
        ("odd", None),
    ],
)
def test_a_severity_is_one_of_four_words_however_it_is_called(word: Any, severity: str | None) -> None:
    assert severity_of(word) == severity


def test_members_are_found_however_their_names_are_spelt_and_empty_ones_are_none() -> None:
    members = Members({"occurredAt": "", "Time-Stamp": AT_1, "other": 1})
    assert (members.moment(AT), [name for name, _ in members.rest()]) == (AT_1, ["other"])
    assert {normal(name) for name in ("errorType", "error_type", "Error Type")} == {"errortype"}


@pytest.mark.parametrize("at", ["timestamp", "ts", "at", "date", "occurred_at", "occurredAt", "time", "detected_at"])
@pytest.mark.parametrize("category", ["type", "category", "error_type", "code", "errorCode"])
def test_an_error_is_read_by_every_common_name_of_its_members(at: str, category: str) -> None:
    assert errors([{at: AT_1, category: "parse_error"}]) == [("parse_error", AT_1)]


ENTRY = {"category": "parse", "at": AT_1}


@pytest.mark.parametrize(
    "content",
    [
        [ENTRY],
        ENTRY,
        {"errors": [ENTRY]},
        {"version": 2, "entries": [ENTRY], "generated_at": AT_1},
        {"catalog": {"ERR-1": ENTRY}},
        {"error_catalog": [ENTRY]},
        {"ERR-1": ENTRY},
        {"parse": [{"at": AT_1}]},
        {"parse": [AT_1]},
        {"parse": {"occurrences": [AT_1]}},
        {"parse": {"count": 1, "first_seen": "2026-03-01", "last_seen": AT_1}},
        {"errors": {"parse": {"lastSeen": AT_1, "occurrences": 1}}},
        json.dumps(ENTRY) + "\n" + "\n",
        "\ufeff".encode().decode("utf-8-sig") + json.dumps([ENTRY]),
        json.dumps({"errors": [ENTRY]}, indent=2),
    ],
)
def test_a_catalogue_is_read_whatever_its_entries_stand_in(content: Any) -> None:
    assert errors(content) == [("parse", AT_1)]
    assert error_catalog.read(text(content)).unread == ()


def test_an_error_with_a_date_and_no_category_is_an_error_all_the_same() -> None:
    assert errors([{"at": AT_1, "message": "half a file"}]) == [("", AT_1)]


def test_a_line_that_is_no_json_costs_itself_alone() -> None:
    lines = [json.dumps(ENTRY), "{broken", json.dumps({**ENTRY, "category": "other"})]
    told = error_catalog.read("\n".join(lines))
    assert [one["category"] for one in told.events] == ["parse", "other"]
    assert told.unread == (("line 2", "it is no JSON"),)


@pytest.mark.parametrize(
    ("entry", "dates", "why"),
    [
        ({"count": 8, "last_seen": "2026-04-01"}, ["2026-04-01"], "it stands for 8 errors with only 1 date told"),
        ({"count": 8, "first_seen": "2026-03-01", "last_seen": "2026-04-01"}, ["2026-03-01", "2026-04-01"], "only 2 dates told"),
        ({"count": 2, "first_seen": "2026-03-01", "last_seen": "2026-04-01"}, ["2026-03-01", "2026-04-01"], ""),
        ({"count": 1, "first_seen": "2026-03-01", "last_seen": "2026-04-01"}, ["2026-04-01"], ""),
        ({"first_seen": "2026-04-01", "last_seen": "2026-04-01"}, ["2026-04-01"], ""),
        ({"count": 3, "occurrences": ["2026-03-01", "2026-04-01"]}, ["2026-03-01", "2026-04-01"], "only 2 dates told"),
        ({"count": 2, "first_seen": "2026-03-01", "occurrences": ["2026-04-01"]}, ["2026-03-01", "2026-04-01"], ""),
        ({"count": 2, "occurrences": ["2026-04-01", "2026-04-01"]}, ["2026-04-01", "2026-04-01"], ""),
        ({"occurrences": 2, "timestamps": ["2026-03-01", "2026-04-01"], "last_seen": "2026-04-01"}, ["2026-03-01", "2026-04-01"], ""),
        ({"count": 5, "timestamp": "2026-04-01"}, ["2026-04-01"], "only 1 date told"),
        ({"count": 5}, [], "it stands for 5 errors with no date told"),
        ({"message": "x"}, [], "it has no date"),
        ({"timestamp": "last Wednesday"}, [], "its date can't be read"),
        ({"occurrences": [{"at": "2026-04-01"}, {"at": "??"}]}, ["2026-04-01"], "it has no date that can be read"),
    ],
)  # fmt: skip
def test_only_dates_that_are_told_become_events_and_what_is_left_is_said(
    entry: dict[str, Any], dates: list[str], why: str
) -> None:
    told = error_catalog.read(json.dumps([{"id": "ERR-1", "category": "parse", **entry}]))
    assert sorted(one["at"][:10] for one in told.events) == dates
    assert len({one["id"] for one in told.events}) == len(dates)
    assert bool(told.unread) is bool(why)
    assert all(why in reason for reason in reasons(told))


def test_an_entry_keeps_its_ids_when_it_is_read_again_with_more_occurrences() -> None:
    def ids(dates: list[str]) -> list[str]:
        told = error_catalog.read(json.dumps({"parse": {"occurrences": dates}}))
        return [one["id"] for one in told.events]

    assert ids(["2026-04-01", "2026-04-02"])[:1] == ids(["2026-04-01"])


def test_what_an_error_says_comes_along_without_secrets_and_members_of_others_are_named() -> None:
    entry = {
        **ENTRY,
        "message": "login failed: password=hunter2hunter2",
        "affected_resource": "https://user:pw@example.com/feed",
        "component": "loader",
        "severity": "sev2",
        "stack": ["a", "b"],
        "user_prompt": "tell me",
    }
    told = error_catalog.read(json.dumps([entry]))
    assert told.events == (
        {
            "kind": "error",
            "category": "parse",
            "at": AT_1,
            "description": "login failed: password=[redacted]",
            "resource": "https://example.com/feed",
            "source": "loader",
            "severity": "HIGH",
        },
    )
    assert told.ignored == ("stack", "user_prompt")


def test_of_very_many_items_that_can_not_be_read_the_first_are_told_and_all_are_counted() -> None:
    told = error_catalog.read(json.dumps([{"message": "x"}] * 1_000))
    assert (len(told.unread), told.unread_total, told.unread[7][0]) == (MOST_TOLD, 1_000, "/7")


def test_a_part_of_a_file_that_is_not_known_is_told() -> None:
    told = error_catalog.read(json.dumps({"errors": [ENTRY], "by_weather": [{"a": 1}, {"b": 2}], "owner": "me"}))
    assert told.unread == (("/by_weather", "2 entries of a kind that is not known here"),)
    assert told.ignored == ("owner",)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"before": 8, "after": 2, "observation_days": 14}, (8, 2, 14)),
        ({"errors_per_week_before": "8", "errors_per_week_after": "2", "observation_period": "14 days"}, (8, 2, 14)),
        ({"before": {"errors_per_week": 8}, "after": {"errors_per_week": 2}, "observation_weeks": 2}, (8, 2, 14)),
        ({"metrics": {"before": 8, "after": 2}, "shadow_days": 14}, (8, 2, 14)),
        ({"error_rate": {"before": 8, "after": 2}, "days": 14}, (8, 2, 14)),
        ({"before": {"errors_per_day": 2}, "after": {"errors_per_day": 1}}, (14, 7, None)),
        (
            {"before_metric": "12 stale_data errors per week", "after_metric": "0.5 a day", "days": 14},
            (12, 3.5, 14),
        ),
        ({"before": "about twelve", "after": "3 per fortnight"}, (None, None, None)),
        ({"before": {"a": 1, "b": 2}, "observation_days": "two"}, (None, None, None)),
        ({}, (None, None, None)),
    ],
)
def test_a_promotion_is_read_with_what_it_did_to_its_error(entry: dict[str, Any], expected: tuple[Any, ...]) -> None:
    told = promotion_log.read(json.dumps([{"proposal_id": "PROP-1", "promoted_at": AT_1, "fixes": "parse", **entry}]))
    (event,) = told.events
    assert tuple(event.get(name) for name in ("before", "after", "observation_days")) == expected
    assert (event["kind"], event["proposal_id"], event["error_category"]) == ("promotion", "PROP-1", "parse")


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        ({"promotions": [{"date": AT_1}], "rejections": [{"date": AT_1, "title": "b"}]}, ["promotion", "rejection"]),
        ([{"date": AT_1, "action": "promoted"}, {"date": AT_1, "action": "rolled back"}], ["promotion", "rejection"]),
        ([{"date": AT_1, "outcome": "REJECTED"}], ["rejection"]),
        ([{"date": AT_1, "type": "threshold_change"}], ["promotion"]),
        ({"PROP-4": {"promoted_at": AT_1}}, ["promotion"]),
        ([{"date": AT_1, "status": "SHADOW_TESTING"}], []),
        ([{"title": "no date"}], []),
        (["PROP-4"], []),
    ],
)
def test_a_log_tells_promotions_and_rejections_apart_and_says_what_is_neither(content: Any, kinds: list[str]) -> None:
    told = promotion_log.read(json.dumps(content))
    assert [one["kind"] for one in told.events] == kinds
    assert told.unread_total == (0 if kinds else 1)


def test_a_proposal_that_was_promoted_and_later_rolled_back_is_two_events() -> None:
    entries = [
        {"proposal_id": "PROP-1", "date": AT_1},
        {"proposal_id": "PROP-1", "date": WRITTEN, "status": "reverted"},
    ]
    told = promotion_log.read(json.dumps(entries))
    assert [one["id"] for one in told.events] == ["PROP-1:promotion", "PROP-1:rejection"]


W14, W15 = "2026-04-05T00:00:00Z", "2026-04-12T00:00:00Z"


@pytest.mark.parametrize(
    ("content", "figures"),
    [
        ([{"week": "2026-W14", "accuracy": 0.93}], [("accuracy", W14, 0.93)]),
        ([{"week_ending": "2026-04-05", "metrics": {"accuracy": "93%", "f1": 0.8}}], [("accuracy", W14, 0.93), ("f1", W14, 0.8)]),
        ({"2026-W14": 0.93, "2026-W15": 0.9}, [("accuracy", W14, 0.93), ("accuracy", W15, 0.9)]),
        ({"weeks": [{"week": "2026-W14", "accuracy": 0.93, "sample_size": 120, "n": 4}]}, [("accuracy", W14, 0.93)]),
        ({"2026-04-05": {"accuracy": 0.93}}, [("accuracy", W14, 0.93)]),
        ({"accuracy": {"2026-W14": 0.93}, "recall": {"2026-W14": 0.8}}, [("accuracy", W14, 0.93), ("recall", W14, 0.8)]),
        ({"accuracy": [{"week": "2026-W14", "value": 0.93}]}, [("accuracy", W14, 0.93)]),
        ({"weeks": [{"week_start": "2026-03-30", "accuracy": 0.93}]}, [("accuracy", W14, 0.93)]),
        ({"system": "x", "weekly_accuracy": [{"year": 2026, "week": 14, "score": 0.93}]}, [("accuracy", W14, 0.93)]),
        ([{"metric": "recall", "week": "2026-W14", "value": 0.8}], [("recall", W14, 0.8)]),
        ([["2026-W14", 0.93], ["2026-W15", 0.9]], [("accuracy", W14, 0.93), ("accuracy", W15, 0.9)]),
        ('{"week":"2026-W14","accuracy":0.93}\n{"week":"2026-W15","accuracy":0.9}', [("accuracy", W14, 0.93), ("accuracy", W15, 0.9)]),
        ({"by_class": {"buy": {"2026-W14": 0.5}}}, [("by_class.buy", W14, 0.5)]),
    ],
)  # fmt: skip
def test_figures_are_read_in_whatever_order_names_and_weeks_stand(content: Any, figures: list[tuple[Any, ...]]) -> None:
    told = weekly_accuracy.read(text(content))
    assert [(one["name"], one["at"], one["value"]) for one in told.events] == figures
    assert told.unread == ()


@pytest.mark.parametrize(
    ("content", "where", "why"),
    [
        ({"target": 0.95, "weeks": []}, "/target", "it has no week or date"),
        ([{"week": 14, "accuracy": 0.9}], "/0/accuracy", "it has no week or date"),
        ({"2026-W14": "good"}, "/2026-W14", "it is no figure"),
        ([{"week": "2026-W14", "accuracy": 0.9}, {"week": "2026-W14", "accuracy": 0.8}], "/1/accuracy", "an earlier entry has its id"),
        (["high"], "/0", "it is no figure"),
        ("", "the file", "it is empty"),
    ],
)  # fmt: skip
def test_a_figure_without_a_week_is_told(content: Any, where: str, why: str) -> None:
    told = weekly_accuracy.read(text(content))
    assert [place for place, _ in told.unread] == [where]
    assert reasons(told)[0].startswith(why)


def test_a_review_tells_its_figures_and_errors_that_have_dates_and_counts_as_figures() -> None:
    review = {
        "period": {"start": "2026-03-30", "end": "2026-04-05"},
        "metrics": {"accuracy": {"current": 0.9, "previous": 0.88}, "latency_ms": 120},
        "errors": {"timeout": 5, "parse": {"last_seen": AT_1}},
        "top_errors": [{"category": "io", "count": 3}],
        "incidents": [{"id": "INC-1", "title": "down", "date": AT_1}],
        "score": 7,
        "recommendations": ["check twice"],
        "summary": "went well",
    }
    told = performance_review.read(json.dumps(review))
    assert [
        (one["kind"], one.get("name") or one.get("category") or one.get("title"), one["at"]) for one in told.events
    ] == [
        ("metric", "accuracy", W14),
        ("metric", "latency_ms", W14),
        ("metric", "errors:timeout", W14),
        ("error", "parse", AT_1),
        ("metric", "errors:io", W14),
        ("incident", "down", AT_1),
        ("metric", "score", W14),
    ]
    assert told.unread == (("/recommendations", "a section of a review that is not known here"),)
    assert told.ignored == ("summary",)


@pytest.mark.parametrize(
    "content",
    [
        {"review_date": "2026-04-05", "accuracy": 0.9},
        [{"date": "2026-04-05", "metrics": {"accuracy": 0.9}}],
        {"reviews": [{"week_ending": "2026-04-05", "metrics": [{"name": "accuracy", "value": 0.9}]}]},
        {"period": "2026-03-30 to 2026-04-05", "performance": {"accuracy": 0.9}},
        {"2026-04-05": {"metrics": {"accuracy": 0.9}}},
        '{"reviewed_at":"2026-04-05","accuracy":0.9}\n',
    ],
)
def test_a_review_is_read_whatever_it_stands_in(content: Any) -> None:
    told = performance_review.read(text(content))
    assert [(one["name"], one["at"], one["value"]) for one in told.events] == [("accuracy", W14, 0.9)]
