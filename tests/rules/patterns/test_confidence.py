"""How sure a pattern is of how often it was seen, and how grave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.model.tier import Severity, Tier
from server.patterns.confidence import confidence_of
from server.patterns.severity import severity_of

COUNTS = st.integers(3, 100_000)
WINDOWS = st.none() | st.floats(1, 1e7)


@pytest.mark.parametrize(
    ("occurrences", "sure"),
    [(0, 0), (2, 0), (3, 0.6), (4, 0.7), (5, 0.8), (6, 0.82), (8, 0.86), (10, 0.9), (11, 0.909), (20, 0.957)],
)
def test_pat_09_confidence_follows_the_three_bands(occurrences: int, sure: float) -> None:
    assert confidence_of(occurrences) == pytest.approx(sure, abs=5e-4)


@given(COUNTS, COUNTS, WINDOWS)
def test_pat_09_confidence_never_shrinks_with_occurrences_and_stays_below_one(
    one: int, other: int, window: float | None
) -> None:
    fewer, more = sorted((one, other))
    assert 0 < confidence_of(fewer, window) <= confidence_of(more, window) < 1


@given(st.integers(3, 30))
def test_pat_09_confidence_grows_with_every_occurrence(occurrences: int) -> None:
    assert confidence_of(occurrences) < confidence_of(occurrences + 1)


@given(COUNTS, st.floats(1, 7_200), st.floats(7_201, 1e7), st.floats(1.01, 10))
def test_pat_09_confidence_shrinks_with_a_window_beyond_two_hours(
    occurrences: int, narrow: float, wide: float, factor: float
) -> None:
    assert confidence_of(occurrences, narrow) == confidence_of(occurrences)
    assert confidence_of(occurrences, wide) <= confidence_of(occurrences)
    assert confidence_of(occurrences, wide * factor) <= confidence_of(occurrences, wide)
    assert confidence_of(occurrences, 4 * 7_200) == pytest.approx(confidence_of(occurrences) / 2, abs=1e-3)


@pytest.mark.parametrize(
    ("tiers", "worst", "occurrences", "severity"),
    [
        ([Tier.MISSION_CRITICAL], 1, 8, Severity.HIGH),
        ([Tier.MISSION_CRITICAL], 1, 3, Severity.MEDIUM),
        ([Tier.MISSION_CRITICAL], 2, 3, Severity.HIGH),
        ([Tier.PRODUCTION], 1, 8, Severity.MEDIUM),
        ([Tier.PRODUCTION], 2, 8, Severity.HIGH),
        ([Tier.PRODUCTION], 3, 3, Severity.HIGH),
        ([Tier.PRODUCTION], 0, 3, Severity.LOW),
        ([Tier.EXPERIMENTAL], 1, 3, Severity.LOW),
        ([Tier.EXPERIMENTAL], 3, 6, Severity.HIGH),
        ([Tier.EXPERIMENTAL, Tier.MISSION_CRITICAL], 1, 6, Severity.HIGH),
        ([], 1, 3, Severity.MEDIUM),
    ],
)
def test_severity_follows_tier_trouble_and_frequency(
    tiers: list[Tier], worst: int, occurrences: int, severity: Severity
) -> None:
    assert severity_of(tiers, worst, occurrences) is severity


@given(st.lists(st.sampled_from(list(Tier))), st.integers(0, 3), st.integers(3, 50))
def test_severity_never_falls_with_a_graver_trouble_or_more_occurrences(
    tiers: list[Tier], worst: int, occurrences: int
) -> None:
    grave = severity_of(tiers, worst, occurrences)
    assert grave in (Severity.LOW, Severity.MEDIUM, Severity.HIGH), "the source knows no other"
    assert severity_of(tiers, worst + 1, occurrences).rank >= grave.rank
    assert severity_of(tiers, worst, occurrences + 1).rank >= grave.rank
