"""What an adopter's own reports show: whether it helped, did nothing, or did harm."""

import random

import pytest

from server.knowledge.adoption.outcomes import Shown, Window, by_counts, by_report, shown
from server.knowledge.gathering.facts import Outcome
from server.model.knowledge import TransferOutcome

IMPROVED, UNCHANGED, HARMED = TransferOutcome.IMPROVED, TransferOutcome.UNCHANGED, TransferOutcome.HARMED


def end(before: float | None = None, after: float | None = None, *, promoted: bool = True, at: int = 1) -> Outcome:
    return Outcome("b:P", "b", at, promoted, before=before, after=after, observation_days=28)


def outcome(found: Shown | None) -> TransferOutcome | None:
    return found.outcome if found is not None else None


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (12, 3, IMPROVED), (12, 9, IMPROVED), (12, 9.1, UNCHANGED), (4, 4, UNCHANGED), (4, 4.9, UNCHANGED),
        (4, 5, HARMED), (0, 3, HARMED), (0, 0, UNCHANGED), (None, 3, None), (12, None, None),
    ],
)  # fmt: skip
def test_a_quarter_less_is_an_improvement_and_a_quarter_more_is_harm(
    before: float | None, after: float | None, wanted: TransferOutcome | None
) -> None:
    assert outcome(by_report([end(before, after)])) is wanted


def test_told_figures_come_with_what_chance_gives() -> None:
    found = by_report([Outcome("b:P", "b", 1, True, before=5, after=0)])
    assert found is not None
    assert found.p_value == pytest.approx(1 / 32), "observed for a week where nothing else is told"


@pytest.mark.parametrize(
    ("before", "after", "wanted"), [(4, 9, HARMED), (9, 4, UNCHANGED), (4, 4, UNCHANGED), (None, None, UNCHANGED)]
)
def test_a_rejection_is_harm_where_it_made_things_worse(
    before: float | None, after: float | None, wanted: TransferOutcome
) -> None:
    assert outcome(by_report([end(before, after, promoted=False)])) is wanted


def test_what_was_promoted_and_turned_down_later_was_rolled_back() -> None:
    found = by_report([end(12, 3, at=1), end(promoted=False, at=2)])
    assert found is not None
    assert (found.outcome, found.rolled_back, found.final) == (HARMED, True, True)


def window(before: int, after: int, weeks: int = 4, *, history: int = 4, speaks: bool = True) -> Window:
    return Window(before, history * 7.0, after, weeks * 7.0, speaks)


@pytest.mark.parametrize(
    ("counted", "wanted"),
    [
        (window(5, 0), IMPROVED), (window(4, 0), UNCHANGED), (window(0, 5), HARMED), (window(0, 4), UNCHANGED),
        (window(28, 25), UNCHANGED), (window(28, 80), HARMED), (window(0, 0), UNCHANGED),
    ],
)  # fmt: skip
def test_after_four_weeks_counts_decide_where_chance_gives_as_much_in_one_of_twenty(
    counted: Window, wanted: TransferOutcome
) -> None:
    found = by_counts(counted)
    assert found is not None
    assert (found.outcome, found.final) == (wanted, True)


@pytest.mark.parametrize(
    ("counted", "wanted"),
    [
        (window(40, 1, weeks=1), None), (window(10, 0, weeks=2), None), (window(12, 0, weeks=2), IMPROVED),
        (window(4, 9, weeks=3), None), (window(4, 30, weeks=2), HARMED),
    ],
)  # fmt: skip
def test_looking_early_takes_stronger_figures(counted: Window, wanted: TransferOutcome | None) -> None:
    found = by_counts(counted)
    assert outcome(found) is wanted
    assert found is None or not found.final


def test_silence_is_no_improvement_and_a_system_without_a_past_shows_nothing() -> None:
    assert by_counts(window(40, 0, speaks=False)) is None
    assert by_counts(window(4, 4, speaks=False)) is None
    assert outcome(by_counts(window(4, 40, speaks=False))) is HARMED, "errors are no silence"
    assert by_counts(Window(40, 6.9, 0, 28.0, True)) is None


def test_counted_harm_outweighs_told_improvement_and_nothing_else_does() -> None:
    good, bad = end(12, 3), end(4, 9)
    assert outcome(shown([good], window(20, 60))) is HARMED
    assert outcome(shown([good], window(20, 20))) is IMPROVED
    assert outcome(shown([bad], window(60, 20))) is HARMED, "what the adopter says of itself"
    assert outcome(shown([], window(60, 20))) is IMPROVED
    assert outcome(shown([end()], window(60, 20))) is IMPROVED, "a promotion without figures"
    assert shown([], None) is None
    final = [shown([good], window(20, 20, weeks=weeks)) for weeks in (2, 4)]
    assert [one.final for one in final if one is not None] == [False, True]


def test_hardly_anything_is_found_where_nothing_has_changed() -> None:
    chance = random.Random(5)
    looks, found = 1_500, 0
    for _ in range(looks):
        weeks = [sum(chance.random() < 0.03 for _ in range(200)) for _ in range(8)]
        seen = [by_counts(window(sum(weeks[:4]), sum(weeks[4 : 4 + some]), weeks=some)) for some in (2, 3, 4)]
        found += any(outcome(one) in (IMPROVED, HARMED) for one in seen)
    assert found / looks <= 0.12, "one in twenty each way, and a little for looking early"
