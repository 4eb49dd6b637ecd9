"""When something runs, as people write it: a schedule, or an interval in words."""

from typing import Any

import pytest

from server.model.system import System


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ({"interval": "10m"}, 600),
        ({"interval": "6h"}, 21_600),
        ({"every": "90 s"}, 90),
        ({"schedule": "every 5 minutes"}, 300),
        ({"schedule": "every hour", "timezone": "UTC"}, 3_600),
        ("every 2 days", 172_800),
        ({"interval": "1.5 hours"}, 5_400),
    ],
)
def test_an_interval_in_words_is_read_as_seconds(written: Any, seconds: float) -> None:
    timing = System.model_validate({"id": "sys_a", "tier": "PRODUCTION", "timing": written}).timing
    assert timing is not None
    assert (timing.interval_seconds, timing.schedule, timing.model_extra) == (seconds, "", {})


@pytest.mark.parametrize(
    "written",
    [
        {"interval": "10M"},
        {"interval": "10"},
        {"interval": 10},
        {"interval": "0m"},
        {"interval": "often"},
        {"interval": "10m", "every": "5m"},
        {"interval": "10m", "schedule": "0 6 * * *"},
        {"interval": "10m", "interval_seconds": 60.0},
        {"schedule": "@every 5m"},
        {"schedule": "*/5 * * * *"},
    ],
)
def test_words_that_can_mean_several_things_stay_as_they_came(written: dict[str, Any]) -> None:
    timing = System.model_validate({"id": "sys_a", "tier": "PRODUCTION", "timing": written}).timing
    assert timing is not None
    assert {name: value for name, value in timing.model_dump().items() if name in written} == written
    assert timing.interval_seconds == written.get("interval_seconds")
