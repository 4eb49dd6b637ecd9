"""Arrays: how many items, and what each of them has to be.

For each length that matters, `SOME_ITEM` and `COUNT_MIN` atoms are dealt out to positions, `COUNT_MAX` atoms say at how many
positions an item may be such, and distinctness is a matching of positions to values.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from server.conflicts.containment.budget import Undecidable
from server.conflicts.containment.exact import ARRAY, key_of
from server.conflicts.containment.formula import Formula, Kind
from server.conflicts.containment.matching import distinct_choice
from server.conflicts.containment.outcome import NOTHING, Found, Nothing, Open
from server.model.base import Json

if TYPE_CHECKING:
    from server.conflicts.containment.outcome import Outcome
    from server.conflicts.containment.solver import Solver

Asked = dict[Formula, None]
MOST_DEALT = 300
"""Up to this length, items are dealt out one by one."""
MOST_UNIQUE = 60
"""Of so many distinct items at most is an array made."""


@dataclass
class Wanted:
    """The atoms of an array, sorted."""

    least: int = 0
    most: int | None = None
    every: list[tuple[int, int | None, Formula]] = field(default_factory=list)
    """What the items between the indexes (None: the end) have to be."""
    every_at: dict[int, list[Formula]] = field(default_factory=dict)
    """What the item at an index has to be, where nothing else is asked for the same."""
    some: list[tuple[int, int | None, Formula]] = field(default_factory=list)
    """Each asks for one item between the indexes (None: the end) that is so."""
    groups: list[tuple[Formula, int]] = field(default_factory=list)
    """At least so many items are so."""
    limits: list[tuple[Formula, int]] = field(default_factory=list)
    """At most so many items are so."""
    unique: bool = False
    not_unique: bool = False

    @property
    def tail(self) -> int:
        """From this index on every position is asked for the same."""
        edges = [first for first, _, _ in (*self.every, *self.some)]
        edges += [last + 1 for _, last, _ in (*self.every, *self.some) if last is not None]
        edges += [index + 1 for index in self.every_at]
        return max(edges, default=0)

    @property
    def tasks(self) -> int:
        """How many positions the atoms can need at most."""
        return len(self.some) + sum(count for _, count in self.groups) + (2 if self.not_unique else 0)

    @property
    def front(self) -> int:
        """How many items differ from those behind them, in what is asked of them or by one of the tasks."""
        return self.tail + self.tasks

    @property
    def alike_behind(self) -> bool:
        """Whether all items behind the front may as well be the same: nothing says how many may be so."""
        return not self.limits and not self.unique

    def asked_at(self, index: int) -> Asked:
        """What an item at this index has to satisfy."""
        ranges = [value for first, last, value in self.every if first <= index and (last is None or index <= last)]
        return dict.fromkeys([*self.every_at.get(index, ()), *ranges])


class ArrayTheory:
    """Finds an array for array atoms."""

    def __init__(self, solver: "Solver") -> None:
        self._solver = solver

    def solve(self, atoms: list[Formula]) -> "Outcome":
        """An array that satisfies the atoms, if there is one."""
        wanted = _sorted(atoms)
        if wanted.unique and wanted.not_unique:
            return NOTHING
        return _Lengths(self._solver, wanted).run()

    def possible(self, atoms: dict[Formula, None]) -> Callable[[Formula], bool]:
        """A quick test whether an alternative can hold beside the atoms: whether the one item it asks for can be so."""
        wanted = _sorted([atom for atom in atoms if atom.about == ARRAY])

        def refused(part: Formula) -> bool:
            if part.kind is not Kind.SOME_ITEM or part.args[0] != part.args[1]:
                return False
            asked = {**wanted.asked_at(part.args[0]), part.args[2]: None}
            return isinstance(self._solver.solve(asked), Nothing)

        def test(alternative: Formula) -> bool:
            return not any(map(refused, alternative.args if alternative.kind is Kind.AND else (alternative,)))

        return test


def _sorted(atoms: list[Formula]) -> Wanted:
    wanted = Wanted()
    for atom in atoms:
        args = atom.args
        match atom.kind:
            case Kind.SIZE_MIN:
                wanted.least = max(wanted.least, args[1])
            case Kind.SIZE_MAX:
                wanted.most = args[1] if wanted.most is None else min(wanted.most, args[1])
            case Kind.EVERY_ITEM if args[0] == args[1]:
                wanted.every_at.setdefault(args[0], []).append(args[2])
            case Kind.EVERY_ITEM:
                wanted.every.append((args[0], args[1], args[2]))
            case Kind.SOME_ITEM:
                wanted.some.append((args[0], args[1], args[2]))
            case Kind.COUNT_MIN:
                wanted.groups.append((args[0], args[1]))
            case Kind.COUNT_MAX:
                wanted.limits.append((args[0], args[1]))
            case Kind.UNIQUE:
                wanted.unique = True
            case _:
                wanted.not_unique = True
    return wanted


class _Lengths:
    """Tries the lengths that matter."""

    def __init__(self, solver: "Solver", wanted: Wanted) -> None:
        self.solver = solver
        self.wanted = wanted

    def run(self) -> "Outcome":
        wanted = self.wanted
        longest = max(wanted.least, wanted.tail + wanted.tasks)
        if wanted.most is not None:
            longest = min(longest, wanted.most)
        longest = self.reach(longest)
        if longest < wanted.least:
            return NOTHING
        if longest > self.solver.meter.budget.witness:
            return Open(f"an array of {longest:,} items is too large to be written down")
        asks = wanted.tasks or not wanted.alike_behind
        if asks and longest > MOST_DEALT:
            if wanted.front > MOST_DEALT:
                return self.too_large(longest)
            if not wanted.alike_behind:
                return self.far(longest)
        shortest = max(wanted.least, 2 if wanted.not_unique else 0, 1 if wanted.some else 0)
        shortest = max([shortest, *(first + 1 for first, _, _ in wanted.some), *(count for _, count in wanted.groups)])
        if not wanted.limits and not wanted.unique and shortest < longest:
            outcome = _Filling(self.solver, wanted, longest).run()
            if isinstance(outcome, Nothing):
                return outcome
        unsure: Open | None = None
        for length in range(shortest, longest + 1):
            self.solver.meter.step()
            outcome = _Filling(self.solver, wanted, length).run()
            if isinstance(outcome, Found):
                return outcome
            if isinstance(outcome, Open):
                unsure = outcome
        return unsure or NOTHING

    def far(self, length: int) -> "Outcome":
        """A long array whose items behind the front are all the same, if there is one; that there is none says nothing."""
        if not self.wanted.unique:
            outcome = _Filling(self.solver, self.wanted, length, self.wanted.front).run()
            if isinstance(outcome, Found):
                return outcome
        return self.too_large(length)

    def too_large(self, length: int) -> Open:
        return Open(f"an array of up to {length:,} items with conditions on how many are so is too large to search")

    def reach(self, longest: int) -> int:
        """Up to which length no position is known to be impossible to fill."""
        seen: dict[tuple[Formula, ...], None] = {}
        tail = self.wanted.tail
        for index in range(min(longest, tail + 1)):
            asked = self.wanted.asked_at(index)
            place = tuple(asked)
            if place in seen:
                continue
            seen[place] = None
            self.solver.meter.step()
            if isinstance(self.solver.solve(asked), Nothing):
                return index
        return longest


@dataclass
class Slot:
    """One position, or two positions of the same value."""

    positions: tuple[int, ...]
    asked: Asked
    value: Json = None

    def reaches(self, first: int, last: int | None) -> bool:
        """Whether one of its positions lies between the indexes."""
        return any(first <= position and (last is None or position <= last) for position in self.positions)


class _Filling:
    """Fills an array of one length."""

    def __init__(self, solver: "Solver", wanted: Wanted, length: int, dealt: int | None = None) -> None:
        self.solver = solver
        self.wanted = wanted
        self.length = length
        self.dealt = min(length, wanted.front) if wanted.alike_behind else length if dealt is None else dealt
        """So many items are looked at one by one; those behind are all the same."""
        self.unsure = ""

    def run(self) -> "Outcome":
        for slots in self.layouts():
            self.solver.meter.step()
            if self.deal(slots, 0):
                items: list[Json] = [None] * self.length
                for slot in slots:
                    for position in slot.positions:
                        items[position] = slot.value
                return Found(items)
        return Open(self.unsure) if self.unsure else NOTHING

    def layouts(self) -> Iterator[list[Slot]]:
        """The positions one by one; where two items have to be equal, with each pair in turn as one slot."""
        singles = [Slot((index,), self.wanted.asked_at(index)) for index in range(self.dealt)]
        if self.dealt < self.length:
            singles.append(Slot(tuple(range(self.dealt, self.length)), self.wanted.asked_at(self.dealt)))
        if not self.wanted.not_unique:
            yield singles
            return
        for one, other in combinations(range(self.dealt), 2):
            pair = Slot((one, other), {**singles[one].asked, **singles[other].asked})
            rest = [Slot(slot.positions, dict(slot.asked)) for slot in singles if slot.positions[0] not in (one, other)]
            yield [pair, *rest]

    def deal(self, slots: list[Slot], task: int) -> bool:
        """Whether the remaining tasks can be dealt out to slots, and everything filled then."""
        some, groups = self.wanted.some, self.wanted.groups
        if task < len(some):
            first, last, value = some[task]
            for slot in self.different(slots, value):
                if slot.reaches(first, last) and self.give(slot, value, lambda: self.deal(slots, task + 1)):
                    return True
            return False
        if task < len(some) + len(groups):
            value, count = groups[task - len(some)]
            return self.deal_group(slots, value, count, 0, task)
        return self.limit(slots, 0)

    def different(self, slots: list[Slot], value: Formula) -> Iterator[Slot]:
        """The slots, of those that ask for the same (in the same part of the array) only the first."""
        seen: set[tuple[object, ...]] = set()
        edges = {first for first, _, _ in self.wanted.some}
        edges |= {last + 1 for _, last, _ in self.wanted.some if last is not None}
        for slot in slots:
            place = (frozenset(slot.asked), len(slot.positions), *(slot.positions[0] >= edge for edge in edges))
            if place not in seen:
                seen.add(place)
                yield slot

    def give(self, slot: Slot, value: Formula, then: "Callable[[], bool]") -> bool:
        self.solver.meter.step()
        before = slot.asked
        slot.asked = {**before, value: None}
        if self.fill(slot) and then():
            return True
        slot.asked = before
        return False

    def deal_group(self, slots: list[Slot], value: Formula, missing: int, start: int, task: int) -> bool:
        if missing <= 0:
            return self.deal(slots, task + 1)
        tried: set[frozenset[Formula]] = set()
        for index in range(start, len(slots)):
            slot = slots[index]
            place = frozenset(slot.asked)
            if place in tried:  # a slot of two positions comes first, and is the only one
                continue
            tried.add(place)
            further = partial(self.deal_group, slots, value, missing - len(slot.positions), index + 1, task)
            if self.give(slot, value, further):
                return True
        return False

    def limit(self, slots: list[Slot], index: int) -> bool:
        """Whether the items that are such can be kept to the numbers allowed, slot by slot and limit by limit."""
        if index == len(self.wanted.limits):
            return self.finish(slots)
        value, most = self.wanted.limits[index]
        return self.limit_from(slots, index, 0, most, value)

    def limit_from(self, slots: list[Slot], index: int, start: int, left: int, value: Formula) -> bool:
        unlike = self.solver.formulas.negate(value)
        if start == len(slots):
            return self.limit(slots, index + 1)
        slot = slots[start]
        further = partial(self.limit_from, slots, index, start + 1)
        if value not in slot.asked and self.give(slot, unlike, lambda: further(left, value)):
            return True
        weight = len(slot.positions)
        if weight > left:
            return False
        return self.give(slot, value, lambda: further(left - weight, value))

    def fill(self, slot: Slot) -> bool:
        outcome = self.solver.solve(slot.asked)
        if isinstance(outcome, Found):
            slot.value = outcome.value
            return True
        if isinstance(outcome, Open):
            self.unsure = outcome.reason
        return False

    def finish(self, slots: list[Slot]) -> bool:
        """Whether every slot has a value, each its own where items are unique."""
        outcomes = [self.solver.solve(slot.asked) for slot in slots]
        if any(isinstance(outcome, Nothing) for outcome in outcomes):
            return False
        if not all(self.fill(slot) for slot in slots):
            return False
        if not self.wanted.unique or len({key_of(slot.value) for slot in slots}) == len(slots):
            return True
        if len(slots) > MOST_UNIQUE:
            raise Undecidable(f"more than {MOST_UNIQUE} distinct items would be needed")
        chosen = distinct_choice([self.values(slot, len(slots)) for slot in slots])
        if chosen is None:
            return False
        for slot, value in zip(slots, chosen, strict=True):
            slot.value = value
        return True

    def values(self, slot: Slot, count: int) -> list[Json]:
        """So many different values for the slot; fewer where there are no more."""
        found: list[Json] = []
        asked = dict(slot.asked)
        while len(found) < count:
            outcome = self.solver.solve(asked)
            if not isinstance(outcome, Found):
                if isinstance(outcome, Open):
                    self.unsure = outcome.reason
                break
            found.append(outcome.value)
            asked = {**slot.asked, self.solver.formulas.none_of_values([key_of(value) for value in found]): None}
        return found
