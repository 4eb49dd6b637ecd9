"""How much of a source may be gone before a person has to confirm it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import to_wire
from server.exchange.missing import Loss, loss_of

NOW = datetime(2026, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Remembered:
    """One item as an earlier import left it."""

    system_id: str
    present: bool = True
    last_seen: str = to_wire(NOW - timedelta(days=1))


def loss(total: int, gone: int, *, earlier: int = 0, days_ago: int = 1, settled: int = 0) -> Loss:
    """`total` items listed last, `gone` of them no longer; `earlier` more went in an import that many days ago."""
    before = {f"i{number}": Remembered(f"s{number}") for number in range(total)}
    at = to_wire(NOW - timedelta(days=days_ago))
    before |= {f"e{number}": Remembered(f"t{number}", present=False, last_seen=at) for number in range(earlier)}
    items = {f"i{number}" for number in range(gone, total)}
    return loss_of(before, items, settled={f"t{number}" for number in range(settled)}, now=NOW)


@pytest.mark.parametrize(
    ("total", "gone", "held"),
    [
        (3, 3, False),
        (4, 4, True),
        (10, 3, False),
        (10, 4, True),
        (20, 4, False),
        (20, 5, True),
        (100, 20, False),
        (100, 21, True),
        (0, 0, False),
    ],
)
def test_reg_11_an_import_is_held_when_more_than_three_and_a_fifth_are_gone(total: int, gone: int, held: bool) -> None:
    assert loss(total, gone).needs_confirmation is held


def test_losses_of_the_last_thirty_days_add_up() -> None:
    assert loss(17, 2, earlier=3).needs_confirmation
    assert not loss(17, 2, earlier=3, days_ago=31).needs_confirmation


def test_what_was_archived_since_no_longer_counts() -> None:
    assert not loss(17, 2, earlier=3, settled=3).needs_confirmation


@given(st.integers(0, 50), st.integers(0, 50))
def test_an_import_that_loses_nothing_new_is_never_held(total: int, earlier: int) -> None:
    assert not loss(total, 0, earlier=earlier).needs_confirmation


@given(st.integers(0, 60), st.integers(0, 60))
def test_losing_more_is_never_held_less(total: int, gone: int) -> None:
    gone = min(gone, total)
    assert loss(total, gone).needs_confirmation <= loss(total, min(gone + 1, total)).needs_confirmation
