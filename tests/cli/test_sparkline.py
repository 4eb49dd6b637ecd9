"""Counts over weeks as blocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.model.sparkline import BLOCKS, sparkline, weekly

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("counts", "drawn"),
    [([], ""), ([0, 0], "··"), ([1], "█"), ([0, 1, 2, 4, 8], "·▁▂▄█"), ([1, 100], "▁█"), ([3, 3, 0], "██·")],
)
def test_each_week_is_as_high_as_its_share_of_the_busiest(counts: list[int], drawn: str) -> None:
    assert sparkline(counts) == drawn


@given(st.lists(st.integers(0, 10**9), min_size=1))
def test_more_is_never_drawn_lower(counts: list[int]) -> None:
    heights = [f"·{BLOCKS}".index(one) for one in sparkline(counts)]
    assert sorted(zip(counts, heights, strict=True)) == sorted(
        zip(counts, heights, strict=True), key=lambda pair: (pair[1], pair[0])
    )


def test_weeks_are_counted_back_from_the_end_and_what_is_older_or_ahead_is_left_out() -> None:
    week = timedelta(days=7)
    moments = [NOW, NOW - week + timedelta(seconds=1), NOW - week, NOW - 3 * week, NOW + timedelta(seconds=1)]
    assert weekly(moments, NOW, weeks=3) == [0, 1, 2]
