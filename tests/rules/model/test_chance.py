"""How often chance alone gives what was counted."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.model.chance import one_sided_by_chance


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.05, 0.95))
def test_the_chance_of_so_many_on_one_side_is_the_tail_of_a_binomial(more: int, fewer: int, share: float) -> None:
    total = more + fewer
    plain = sum(comb(total, some) * share**some * (1 - share) ** (total - some) for some in range(more, total + 1))
    assert one_sided_by_chance(more, fewer, share) == pytest.approx(min(1.0, plain), abs=1e-9)
    assert one_sided_by_chance(more, fewer, 0.5) <= one_sided_by_chance(more, fewer + 1, 0.5)


def test_of_many_counts_the_tail_is_still_found() -> None:
    assert one_sided_by_chance(150_000, 150_000, 0.5) > 0.4
    assert one_sided_by_chance(200_000, 100_000, 0.5) < 1e-9
    near = one_sided_by_chance(100_300, 99_600, 0.5), one_sided_by_chance(100_400, 99_700, 0.5)
    assert near[0] == pytest.approx(near[1], abs=1e-3), "exact below 200,000 counts, approximated above"


def test_where_all_of_the_time_is_on_one_side_everything_falls_into_it() -> None:
    assert one_sided_by_chance(5, 0, 1.0) == 1.0
