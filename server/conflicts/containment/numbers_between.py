"""Numbers: an interval, what they are multiples of and what not, and values left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor, gcd, lcm

from server.conflicts.containment.budget import Meter, Undecidable
from server.conflicts.containment.exact import NUMBER, Exact, as_json, integral
from server.conflicts.containment.formula import Formula, Kind

_STEPS = (
    1,
    Fraction(1, 2),
    Fraction(1, 4),
    Fraction(1, 10),
    Fraction(1, 3),
    Fraction(1, 100),
    Fraction(1, 1000),
    Fraction(1, 10**6),
)
MOST_TRIED = 400


@dataclass
class Range:
    """What a conjunction of number atoms asks for."""

    low: Exact | None = None
    low_open: bool = False
    high: Exact | None = None
    high_open: bool = False
    step: Exact | None = None
    """The least number that it must be a multiple of."""
    parts: list[Exact] = field(default_factory=list)
    """Each number that it must be a multiple of."""
    avoid: list[Exact] = field(default_factory=list)
    """What it must not be a multiple of."""
    excluded: set[Exact] = field(default_factory=set)

    def add(self, atom: Formula) -> None:
        """Takes an atom in."""
        kind, args = atom.kind, atom.args
        if kind is Kind.AT_LEAST:
            if self.low is None or args[0] > self.low or (args[0] == self.low and args[1]):
                self.low, self.low_open = args
        elif kind is Kind.AT_MOST:
            if self.high is None or args[0] < self.high or (args[0] == self.high and args[1]):
                self.high, self.high_open = args
        elif kind is Kind.MULTIPLE:
            self.parts.append(args[0])
            self.step = args[0] if self.step is None else _common_multiple(self.step, args[0])
        elif kind is Kind.NOT_MULTIPLE:
            self.avoid.append(args[0])
        else:
            self.excluded.update(key[1] for key in args[0] if key[0] == NUMBER)

    def admits(self, number: Exact) -> bool:
        """Whether the number is one of those asked for."""
        if self.low is not None and (number < self.low or (self.low_open and number == self.low)):
            return False
        if self.high is not None and (number > self.high or (self.high_open and number == self.high)):
            return False
        if self.step is not None and number % self.step != 0:
            return False
        return number not in self.excluded and all(number % other != 0 for other in self.avoid)

    def is_empty(self) -> bool:
        """Whether the bounds alone leave nothing."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))


def find(atoms: list[Formula], meter: Meter) -> int | float | None:
    """A plain number that satisfies the atoms; None where there is none. Raises Undecidable where no float carries one."""
    wanted = Range()
    for atom in atoms:
        wanted.add(atom)
    if wanted.is_empty():
        return None
    if wanted.step is not None:
        return _stepped(wanted, wanted.step, meter)
    if wanted.low is not None and wanted.low == wanted.high:
        return _written(wanted, iter([wanted.low]))
    found = _written(wanted, _between(wanted))
    if found is None:  # infinitely many numbers are left: only their notation is at fault
        raise Undecidable("the numbers that are left can't be written as floats")
    return found


def _written(wanted: Range, numbers: Iterator[Exact]) -> int | float | None:
    """The first that is asked for, by preference one on which floating-point division agrees with exact arithmetic."""
    second: int | float | None = None
    unwritten = False
    for number in numbers:
        if not wanted.admits(number):
            continue
        value = as_json(number)
        if value is None:
            unwritten = True
        elif all(_divides_alike(value, number, other) for other in (*wanted.parts, *wanted.avoid)):
            return value
        elif second is None:
            second = value
    if second is None and unwritten:
        raise Undecidable("the numbers that are left can't be written as floats")
    return second


def _divides_alike(value: int | float, number: Exact, by: Exact) -> bool:
    divisor = as_json(by)
    if divisor is None:
        return False
    if isinstance(divisor, int):
        return True  # the remainder of a float by an integer is exact
    try:
        quotient = value / divisor
        return (int(quotient) == quotient) is (number % by == 0)
    except OverflowError:
        return False


def _stepped(wanted: Range, step: Exact, meter: Meter) -> int | float | None:
    """Multiples k·step: which k are left repeats with a period, so that finitely many decide."""
    lowest = None if wanted.low is None else ceil(wanted.low / Fraction(step))
    highest = None if wanted.high is None else floor(wanted.high / Fraction(step))
    if lowest is not None and highest is not None and lowest > highest:
        return None
    period = 1
    for other in wanted.avoid:
        cycle = (Fraction(step) / other).denominator
        if cycle == 1:
            return None  # every multiple of the step is one of these
        period = lcm(period, cycle)
    enough = (period + 1) * (len(wanted.excluded) + 3)
    meter.step(1 + min(enough, MOST_TRIED) // 50)
    found = _written(
        wanted, (integral(Fraction(step) * k) for k in _nearest_zero(lowest, highest, min(enough, MOST_TRIED)))
    )
    if found is not None:
        return found
    if enough > MOST_TRIED and (lowest is None or highest is None or highest - lowest >= MOST_TRIED):
        raise Undecidable("too many multiples would have to be tried")
    return None


def _nearest_zero(lowest: int | None, highest: int | None, count: int) -> Iterator[int]:
    """So many whole numbers between the bounds, those nearest to zero first."""
    start = 0
    if lowest is not None and lowest > 0:
        start = lowest
    elif highest is not None and highest < 0:
        start = highest
    up, down = start + 1, start - 1
    yield start
    for turn in range(2 * count):
        if turn % 2 == 0 and (highest is None or up <= highest):
            yield up
            up += 1
        elif turn % 2 == 1 and (lowest is None or down >= lowest):
            yield down
            down -= 1


def _between(wanted: Range) -> Iterator[Exact]:
    """Numbers between the bounds, the plainest first: whole ones, halves, tenths …, then ever closer to the middle."""
    for step in _STEPS:
        lowest = None if wanted.low is None else ceil(wanted.low / Fraction(step))
        highest = None if wanted.high is None else floor(wanted.high / Fraction(step))
        count = 40 + len(wanted.excluded) + 2 * len(wanted.avoid)
        for k in _nearest_zero(lowest, highest, count):
            yield integral(step * Fraction(k))
    if wanted.low is not None and wanted.high is not None:
        width = Fraction(wanted.high) - Fraction(wanted.low)
        for parts in (2, 3, 7, 11, 64, 997):
            for k in range(1, min(parts, 12)):
                try:
                    middle = float(Fraction(wanted.low) + width * k / parts)
                except OverflowError:  # between integers so large no float can be written
                    return
                yield integral(Fraction(repr(middle)))


def _common_multiple(one: Exact, other: Exact) -> Exact:
    first, second = Fraction(one), Fraction(other)
    return integral(Fraction(lcm(first.numerator, second.numerator), gcd(first.denominator, second.denominator)))
