"""Moments as systems write them."""

import pytest

from server.model.moments import microseconds, read_moment


def test_a_moment_is_kept_in_utc_with_its_fraction() -> None:
    assert read_moment("2026-03-29T02:30:00.25+02:00") == "2026-03-29T00:30:00.250000Z"
    assert read_moment("2026-03-29") == "2026-03-29T00:00:00Z"


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00", "soon", "", 7, None])
def test_what_is_no_moment_is_a_wrong_value_and_no_other_failure(written: object) -> None:
    with pytest.raises(ValueError, match=r"moment|isoformat"):
        read_moment(written)


def test_microseconds_sort_as_the_moments_do() -> None:
    written = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z", "2026-01-01T00:00:01Z"]
    assert sorted(written, key=microseconds) == written
    assert microseconds("1970-01-01T00:00:01Z") == 1_000_000
