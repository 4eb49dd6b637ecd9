"""How old data may be, and by what its age is told."""

from datetime import datetime, timedelta

import pytest

from server.model.contract import Contract, ContractType
from server.model.moments import from_wire
from server.model.system import Timing
from server.registry.validation.freshness import fire_before_last, judge_age, window
from server.registry.validation.moments import moment_of

NOW = from_wire("2026-04-05T14:00:00Z")


def entry(**members: float) -> Contract:
    """A contract's entry that asks for so much."""
    return Contract(contract_id="CTR-1", type=ContractType.PRODUCER, resource="/x", **members)  # type: ignore[arg-type]  # validated


@pytest.mark.parametrize(
    ("own", "others", "timing", "seconds"),
    [
        ({"freshness_seconds": 60, "max_age_seconds": 30}, [{"max_age_seconds": 10}], None, 30),
        ({}, [{"max_age_seconds": 900}, {"max_age_seconds": 300}], Timing(interval_seconds=10), 300),
        ({}, [{}], Timing(interval_seconds=600), 1_200),
        ({}, [], Timing(interval_seconds=600, enabled=False), None),
        ({}, [], Timing(schedule="not a schedule"), None),
        ({}, [], None, None),
    ],
)
def test_reg_03_the_entry_decides_then_the_strictest_reader_then_the_writers_timing(
    own: dict[str, float], others: list[dict[str, float]], timing: Timing | None, seconds: float | None
) -> None:
    allowed = window(entry(**own), [entry(**one) for one in others], timing, NOW)
    assert allowed.since == (None if seconds is None else NOW - timedelta(seconds=seconds))
    assert allowed.why


@pytest.mark.parametrize(
    ("schedule", "timezone", "since"),
    [
        ("0 6 * * *", "", "2026-04-04T06:00:00Z"),
        ("@daily", "", "2026-04-04T00:00:00Z"),
        ("0 6 * * 1-5", "", "2026-04-02T06:00:00Z"),  # now is a Sunday
        ("0 6 * * *", "Europe/Berlin", "2026-04-04T04:00:00Z"),
        ("*/15 * * * *", "", "2026-04-05T13:30:00Z"),
    ],
)
def test_reg_03_with_a_calendar_the_last_run_but_one_is_old_enough(schedule: str, timezone: str, since: str) -> None:
    assert fire_before_last(schedule, timezone, NOW) == from_wire(since)


def test_reg_03_what_states_no_moment_and_has_no_file_is_unknown_and_not_fresh() -> None:
    allowed = window(entry(freshness_seconds=60), [], None, NOW)
    assert judge_age(None, None, allowed, NOW).verdict == "UNKNOWN"
    assert judge_age(NOW, None, allowed, NOW).verdict == "OK"
    assert judge_age(None, NOW + timedelta(days=1), allowed, NOW).verdict == "UNKNOWN"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-04-05T14:00:00Z", NOW),
        ("2026-04-05T16:00:00+02:00", NOW),
        ("2026-04-05 14:00:00", NOW),
        (NOW.timestamp(), NOW),
        (int(NOW.timestamp() * 1_000), NOW),
        ("2026-04-05", from_wire("2026-04-05T00:00:00Z")),
        ("yesterday", None),
        (True, None),
        (17, None),
        (1e300, None),
        (["2026-04-05T14:00:00Z"], None),
    ],
)
def test_reg_03_a_moment_is_read_as_people_write_it_and_nothing_else_is_one(
    value: object, moment: datetime | None
) -> None:
    assert moment_of(value) == moment
