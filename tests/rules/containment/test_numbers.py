"""Which number is found between bounds, steps and exceptions: the plainest, exactly where there is one."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.conflicts.containment import decide, numbers_between
from server.conflicts.containment.budget import Budget, Meter, Undecidable
from server.conflicts.containment.exact import Exact, as_json, exact, integral, key_of
from server.conflicts.containment.formula import Formula, Formulas

MADE = Formulas(Meter(Budget()))
PRIMES = [2, 3, 5, 7, 11, 13, 17, 19]


def at_least(number: float) -> Formula:
    return MADE.at_least(exact(number), False)


def above(number: float) -> Formula:
    return MADE.at_least(exact(number), True)


def at_most(number: float) -> Formula:
    return MADE.at_most(exact(number), False)


def below(number: float) -> Formula:
    return MADE.at_most(exact(number), True)


def multiple(number: float | Fraction) -> Formula:
    return MADE.multiple(number if isinstance(number, Fraction) else exact(number))


def no_multiple(number: float | Fraction) -> Formula:
    return MADE.dual(multiple(number))


def none_of(*numbers: float) -> Formula:
    return MADE.none_of_values([key_of(number) for number in numbers])


def found(*atoms: Formula) -> int | float | None:
    return numbers_between.find(list(atoms), Meter(Budget()))


@pytest.mark.parametrize(
    ("atoms", "number"),
    [
        ([], 0),
        ([at_least(5)], 5),
        ([above(5)], 6),
        ([at_most(-5)], -5),
        ([below(-5)], -6),
        ([at_least(-5)], 0),
        ([at_most(5)], 0),
        ([above(0), below(1)], 0.5),
        ([above(0), below(0.5)], 0.25),
        ([above(0.5), below(0.75)], 0.6),
        ([above(1), below(2)], 1.5),
        ([above(0.5), below(1)], 0.75),
        ([above(0.6), below(0.74)], 0.7),
        ([above(0.02), below(0.1)], 0.03),
        ([above(0.002), below(0.01)], 0.003),
        ([above(0.001002), below(0.001999)], 0.001003),
        ([above(0.01), below(0.1)], 0.02),
        ([above(-0.1), below(-0.01)], -0.02),
        ([above(0.001), below(0.01)], 0.002),
        ([above(0.0001), below(0.001)], 0.000101),
        ([above(1e-7), below(2e-7)], 1.5e-07),
        ([above(1e-7), below(2e-7), none_of(1.5e-07)], 1.3333333333333334e-07),
        ([above(1e-7), below(2e-7), none_of(1.5e-07, 1.3333333333333334e-07)], 1.6666666666666668e-07),
        ([at_least(2.5), at_most(2.5)], 2.5),
        ([at_least(5), at_most(4)], None),
        ([above(5), at_most(5)], None),
        ([at_least(5), below(5)], None),
        ([at_least(3), at_least(4)], 4),
        ([at_least(4), at_least(3)], 4),
        ([at_least(3), above(3)], 4),
        ([above(3), at_least(3)], 4),
        ([at_most(-3), at_most(-4)], -4),
        ([at_most(-4), at_most(-3)], -4),
        ([at_most(-3), below(-3)], -4),
        ([below(-3), at_most(-3)], -4),
        ([none_of(0)], 1),
        ([none_of(0, 1)], -1),
        ([none_of(0, 1, -1)], 2),
        ([none_of(0, 1, -1, 2)], -2),
        ([at_least(1), at_most(1), none_of(1)], None),
        ([at_least(0), at_most(1), none_of(0, 1)], 0.5),
        ([none_of(*range(-60, 61))], 61),
        ([at_least(1), none_of(*range(1, 101))], 101),
        ([no_multiple(1)], 0.5),
        ([no_multiple(0.5)], 0.25),
        ([no_multiple(0.25)], 0.1),
        ([no_multiple(2)], 1),
        ([no_multiple(2), no_multiple(3), at_least(2)], 5),
        ([no_multiple(2), none_of(1, -1)], 3),
        ([at_least(3), at_most(3), no_multiple(3)], None),
    ],
)
def test_the_plainest_number_that_is_left_is_found(atoms: list[Formula], number: float | None) -> None:
    assert found(*atoms) == number
    assert type(found(*atoms)) is type(number)


@pytest.mark.parametrize(
    ("atoms", "number"),
    [
        ([multiple(3)], 0),
        ([multiple(3), at_least(1)], 3),
        ([multiple(3), above(3)], 6),
        ([multiple(3), at_most(-1)], -3),
        ([multiple(3), below(-3)], -6),
        ([multiple(3), at_least(4), at_most(5)], None),
        ([multiple(3), at_least(4), at_most(6)], 6),
        ([multiple(3), none_of(0, 3, -3)], 6),
        ([multiple(3), none_of(0, 3, -3, 6)], -6),
        ([multiple(3), at_least(3), at_most(9), none_of(3, 6)], 9),
        ([multiple(3), at_least(3), at_most(9), none_of(3, 6, 9)], None),
        ([multiple(4), multiple(6), at_least(1)], 12),
        ([multiple(0.5), multiple(Fraction(1, 3)), at_least(0.1)], 1),
        ([multiple(0.5), multiple(0.75), at_least(0.1)], 1.5),
        ([multiple(0.3), at_least(1)], 1.2),
        ([multiple(2), no_multiple(4)], 2),
        ([multiple(6), no_multiple(4), at_least(7)], 18),
        ([multiple(2), no_multiple(1)], None),
        ([multiple(2), no_multiple(2)], None),
        ([multiple(2), no_multiple(Fraction(2, 3))], None),
        ([multiple(1), *map(no_multiple, PRIMES[:4]), at_least(2), at_most(10)], None),
        ([multiple(1), *map(no_multiple, PRIMES[:4]), at_least(2), at_most(11)], 11),
        ([multiple(1), *map(no_multiple, PRIMES[:3]), at_least(2)], 7),
        ([multiple(1), *map(no_multiple, PRIMES), at_least(2), at_most(22)], None),
        ([multiple(1), *map(no_multiple, PRIMES), at_least(2)], 23),
        ([multiple(1), *map(no_multiple, [*PRIMES, 23, 1]), at_least(2)], None),
        ([multiple(2), *map(no_multiple, PRIMES), no_multiple(Fraction(2, 3))], None),
        ([multiple(Fraction(1, 3)), at_least(0.5)], 1),
    ],
)
def test_the_nearest_multiple_to_zero_that_is_left_is_found(atoms: list[Formula], number: float | None) -> None:
    assert found(*atoms) == number


def test_a_number_is_preferred_on_which_floats_agree_about_the_step() -> None:
    assert 0.3 % 0.1 != 0
    assert found(multiple(0.1), at_least(0.25)) == 0.4
    assert found(multiple(0.1), at_least(0.25), at_most(0.35)) == 0.3
    assert found(multiple(0.1), at_least(0.25), at_most(0.35), none_of(0.3)) is None
    assert found(multiple(Fraction(1, 10**300)), at_least(10**300), at_most(10**300)) == 10**300


def test_of_a_number_that_must_be_no_multiple_floats_agree_too() -> None:
    assert found(multiple(0.1), no_multiple(0.2), at_least(0.25)) == 0.5
    assert found(no_multiple(0.1), above(0), below(0.1)) == 0.01


@pytest.mark.parametrize(
    "atoms",
    [
        [MADE.at_least(Fraction(1, 3), False), MADE.at_most(Fraction(1, 3), False)],
        [multiple(Fraction(1, 3)), at_least(0.1), at_most(0.9)],
        [multiple(1), *map(no_multiple, range(2, 500)), at_least(2)],
        [multiple(1), *map(no_multiple, range(2, 500)), at_least(2), at_most(10**6)],
        [MADE.at_least(10**400, True), MADE.at_most(10**400 + Fraction(1, 2), True)],
    ],
)
def test_numbers_that_can_not_be_written_or_tried_are_left_open(atoms: list[Formula]) -> None:
    with pytest.raises(Undecidable):
        found(*atoms)


def test_between_integers_too_large_for_floats_nothing_is_decided_and_nothing_crashes() -> None:
    low = 10**400
    decision = decide({"type": "number", "exclusiveMinimum": low, "exclusiveMaximum": low + 1}, {"type": "null"})
    assert decision.verdict == "UNKNOWN"
    assert "floats" in decision.reason


@pytest.mark.parametrize(
    ("lowest", "highest", "count", "numbers"),
    [
        (None, None, 2, [0, 1, -1, 2, -2]),
        (None, None, 1, [0, 1, -1]),
        (3, None, 2, [3, 4, 5]),
        (4, None, 2, [4, 5, 6]),
        (None, -3, 2, [-3, -4, -5]),
        (None, -4, 2, [-4, -5, -6]),
        (-1, 1, 5, [0, 1, -1]),
        (-3, 1, 5, [0, 1, -1, -2, -3]),
        (0, 3, 9, [0, 1, 2, 3]),
        (-3, 0, 9, [0, -1, -2, -3]),
        (2, 2, 5, [2]),
        (-2, -2, 5, [-2]),
    ],
)
def test_whole_numbers_are_tried_from_zero_outwards(
    lowest: int | None, highest: int | None, count: int, numbers: list[int]
) -> None:
    assert list(numbers_between._nearest_zero(lowest, highest, count)) == numbers


def test_four_hundred_multiples_are_tried_and_one_more_is_not() -> None:
    thin = [multiple(1), *(no_multiple(n) for n in range(2, 500))]
    assert found(*thin, at_least(2), at_most(401)) is None
    with pytest.raises(Undecidable):
        found(*thin, at_least(2), at_most(402))


QUARTERS = st.integers(-12, 12).map(lambda n: integral(Fraction(n, 4)))
STEPS = st.lists(st.sampled_from([Fraction(1, 4), Fraction(1, 2), 1, Fraction(3, 2), 2, 3]), max_size=2)


@settings(max_examples=200, deadline=None)
@given(
    low=st.none() | QUARTERS,
    high=st.none() | QUARTERS,
    opens=st.tuples(st.booleans(), st.booleans()),
    steps=STEPS,
    avoided=STEPS,
    left_out=st.sets(QUARTERS, max_size=3),
)
def test_a_number_is_found_exactly_where_a_search_by_hand_finds_one(
    low: Exact | None,
    high: Exact | None,
    opens: tuple[bool, bool],
    steps: list[Any],
    avoided: list[Any],
    left_out: set[Exact],
) -> None:
    atoms = [] if low is None else [MADE.at_least(low, opens[0])]
    atoms += [] if high is None else [MADE.at_most(high, opens[1])]
    atoms += [*map(multiple, map(Fraction, steps)), *map(no_multiple, map(Fraction, avoided))]
    atoms += [MADE.none_of_values([(2, number) for number in left_out])] if left_out else []

    def fits(number: Exact) -> bool:
        above_low = low is None or (number > low if opens[0] else number >= low)
        below_high = high is None or (number < high if opens[1] else number <= high)
        whole = all(number % one == 0 for one in steps) and all(number % one != 0 for one in avoided)
        return above_low and below_high and whole and number not in left_out

    number = found(*atoms)
    if number is None:
        assert not any(fits(Fraction(n, 8)) for n in range(-12 * 8, 12 * 8 + 1))
    else:
        assert fits(exact(number))


@pytest.mark.parametrize(
    ("number", "written"),
    [(3, 3), (Fraction(1, 2), 0.5), (Fraction(1, 10), 0.1), (Fraction(1, 3), None), (Fraction(10**400 + 1, 2), None)],
)
def test_a_number_is_written_only_where_it_reads_back_as_itself(number: Exact, written: float | None) -> None:
    assert as_json(number) == written
