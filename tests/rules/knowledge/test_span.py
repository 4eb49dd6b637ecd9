"""What a synthesis looks at, whatever time it is told."""

from datetime import UTC, datetime

import pytest

from server.knowledge.synthesis.service import span_of
from server.model.moments import at_microseconds

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "looked_at"),
    [
        ("", "", ("2026-03-06T14:00:00Z", "2026-04-05T14:00:00Z")),
        ("", "2026-03-31", ("2026-03-01T00:00:00Z", "2026-03-31T00:00:00Z")),
        ("2024-02-29", "", ("2024-02-29T00:00:00Z", "2026-04-05T14:00:00Z")),
        ("", "9999-12-31T23:59:59Z", ("2026-03-06T14:00:00Z", "2026-04-05T14:00:00Z")),
        ("", "0001-01-05", ("0001-01-01T00:00:00Z", "0001-01-05T00:00:00Z")),
        ("0001-01-01", "0001-01-02", ("0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z")),
    ],
)
def test_a_span_ends_now_at_the_latest_and_begins_no_sooner_than_time_does(
    since: str, until: str, looked_at: tuple[str, str]
) -> None:
    span = span_of(NOW, since, until)
    assert (at_microseconds(span.since), at_microseconds(span.until)) == looked_at
    assert span.at >= span.until - 1, "nothing is looked at that is still to come"
