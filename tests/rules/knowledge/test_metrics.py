"""What a week of the whole organisation comes to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.knowledge.weekly.trend import Trend
from server.knowledge.weekly.weeks import (
    FIGURES,
    Adoption,
    Counted,
    Told,
    Week,
    told_week,
    trends,
    weeks_of,
)
from server.model.moments import microseconds
from server.model.weeks import begin_of

DAY = 86_400_000_000


def at(text: str) -> int:
    return microseconds(text)


END = at("2026-04-05T23:59:59Z")


def errors(system: str, week: str, count: int) -> Told:
    return Told(system, week, "error", count, 0)


def figures(counted: Counted, until: int = END) -> dict[str, float]:
    return dict(weeks_of(counted, until)[-1].figures)


def test_lrn_07_errors_count_per_reporting_system_and_day() -> None:
    told = [
        errors("sys_a", "2026-04-05", 20),
        errors("sys_b", "2026-04-05", 8),
        Told("sys_c", "2026-04-05", "heartbeat", 3, 0),
    ]
    week = figures(Counted(told=told))
    assert week["errors"] == 28
    assert week["error_rate"] == pytest.approx(28 / 3 / 7, abs=1e-4)


def test_lrn_07_a_failed_run_and_the_error_that_it_reports_are_one_mishap() -> None:
    told = [
        errors("sys_a", "2026-04-05", 3),
        Told("sys_a", "2026-04-05", "run", 20, 3),
        Told("sys_b", "2026-04-05", "run", 20, 2),
    ]
    assert figures(Counted(told=told))["errors"] == 5


def test_lrn_07_what_happened_is_counted_in_its_week() -> None:
    counted = Counted(
        told=[errors("sys_a", "2026-03-22", 1)],
        outcomes=[
            (at("2026-03-29T23:59:59Z"), True),
            (at("2026-03-30T00:00:00Z"), True),
            (at("2026-04-05T12:00:00Z"), False),
            (at("2026-04-06T00:00:00Z"), True),
        ],
        conflicts=[at("2026-04-01T00:00:00Z"), at("2026-03-23T00:00:00Z")],
    )
    weeks = weeks_of(counted, END)
    assert [week.week_ending for week in weeks] == ["2026-03-22", "2026-03-29", "2026-04-05"]
    rows = [(week.figures["promotions"], week.figures["rejections"], week.figures["conflicts"]) for week in weeks]
    assert rows == [(0, 0, 0), (1, 0, 1), (1, 1, 1)], "what came after the moment of counting is not there yet"


def test_lrn_07_adoptions_tell_how_many_how_well_and_how_soon() -> None:
    said = at("2026-04-02T00:00:00Z")
    adoptions = [
        Adoption(said - 2 * DAY, said, "IMPROVED"),
        Adoption(said - 4 * DAY, said, "HARMED"),
        Adoption(said - 10 * DAY, said),
    ]
    week = figures(Counted(adoptions=adoptions))
    assert (week["knowledge_transfers_completed"], week["adoption_lag_days"]) == (3, 4.0)
    assert week["knowledge_transfer_success_rate"] == 0.5, "of those of which anything is known"


def test_lrn_07_a_week_of_nothing_is_noughts_that_no_trend_goes_by() -> None:
    counted = Counted(told=[errors("sys_a", "2026-03-22", 1), errors("sys_a", "2026-04-05", 1)])
    empty = weeks_of(counted, END)[1]
    assert empty.document() == {"week_ending": "2026-03-29", **dict.fromkeys(FIGURES, 0)}
    assert not {"error_rate", "adoption_lag_days", "knowledge_transfer_success_rate"} & empty.known
    assert weeks_of(Counted(), END) == []


def test_lrn_07_a_year_of_weeks_is_kept_in_view() -> None:
    weeks = weeks_of(Counted(told=[errors("sys_a", "2024-01-07", 1)]), END)
    assert (len(weeks), weeks[-1].week_ending) == (52, "2026-04-05")


def week(ending: str, days: float = 7.0, known: frozenset[str] = frozenset(FIGURES), **told: float) -> Week:
    return Week(ending, {**dict.fromkeys(FIGURES, 0.0), **told}, known, days)


def sundays(count: int, last: str = "2026-04-05") -> list[str]:
    end = date.fromisoformat(last)
    return [(end - timedelta(weeks=ago)).isoformat() for ago in reversed(range(count))]


FALLING = (20, 21, 19, 20, 9, 10, 8, 11)


def test_lrn_07_less_is_better_of_errors_and_more_of_promotions() -> None:
    weeks = [week(day, errors=told, promotions=told) for day, told in zip(sundays(8), FALLING, strict=True)]
    found = trends(weeks, "2026-04-05")
    assert list(found) == list(FIGURES)
    assert (found["errors"], found["promotions"]) == (Trend.IMPROVING, Trend.DEGRADING)
    assert {found[name] for name in FIGURES if name not in ("errors", "promotions")} == {Trend.STABLE}


def test_lrn_07_the_present_week_counts_from_its_sunday_on() -> None:
    weeks = [week(day, errors=told) for day, told in zip(sundays(8), FALLING, strict=True)]
    assert trends(weeks, "2026-04-04")["errors"] is Trend.STABLE, "there are seven whole weeks"
    assert trends(weeks, "2026-04-05")["errors"] is Trend.IMPROVING
    weeks[-1] = week("2026-04-05", days=2.5, errors=4)
    assert trends(weeks, "2026-04-09")["errors"] is Trend.STABLE, "it was counted on a Wednesday, and not since"


def test_lrn_07_a_sunday_that_is_not_over_counts_as_if_it_went_on_so() -> None:
    level = [week(day, errors=70) for day in sundays(8)]
    level[4:7] = [week(one.week_ending, errors=69) for one in level[4:7]]
    level[7] = week("2026-04-05", days=6.0, errors=61)
    assert trends(level, "2026-04-05")["errors"] is Trend.STABLE
    level[7] = week("2026-04-05", days=6.0, errors=59)
    assert trends(level, "2026-04-05")["errors"] is Trend.IMPROVING


def test_lrn_07_eight_weeks_in_a_row_have_to_be_known() -> None:
    days = [*sundays(4, "2026-02-01"), *sundays(4)]
    weeks = [week(day, errors=told) for day, told in zip(days, FALLING, strict=True)]
    assert trends(weeks, "2026-04-05")["errors"] is Trend.STABLE, "between them weeks are missing"
    blind = frozenset(FIGURES) - {"error_rate"}
    rated = [week(day, error_rate=told) for day, told in zip(sundays(8), FALLING, strict=True)]
    assert trends(rated, "2026-04-05")["error_rate"] is Trend.IMPROVING
    rated[2] = week(rated[2].week_ending, known=blind)
    assert trends(rated, "2026-04-05")["error_rate"] is Trend.STABLE, "in one of them nobody reported"


def test_lrn_07_a_week_of_a_file_is_as_it_says() -> None:
    row: dict[str, float | str] = {
        "week_ending": "2026-04-05",
        **dict.fromkeys(FIGURES, 0),
        "errors": 7,
        "error_rate": 0.5,
    }
    read = told_week(row)
    assert read.document() == row
    assert "adoption_lag_days" not in read.known
    assert "adoption_lag_days" in told_week({**row, "knowledge_transfers_completed": 2}).known


def test_a_week_begins_on_its_monday() -> None:
    monday = datetime.fromtimestamp(begin_of("2026-04-05") // 1_000_000, UTC)
    assert monday == datetime(2026, 3, 30, tzinfo=UTC)
