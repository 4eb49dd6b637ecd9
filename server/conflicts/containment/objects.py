"""Objects: which members a conjunction of object atoms asks for.

Member names fall into cells: each name that an atom mentions by itself, and the rest of all names cut up by the patterns and
other conditions on names. Within a cell every name is asked for the same. `SOME_MEMBER` atoms are dealt out to members.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from server.conflicts.containment.budget import Undecidable
from server.conflicts.containment.exact import OBJECT, STRING
from server.conflicts.containment.formula import Formula, Kind
from server.conflicts.containment.outcome import NOTHING, Found, Nothing, Open
from server.model.base import Json

if TYPE_CHECKING:
    from server.conflicts.containment.outcome import Outcome
    from server.conflicts.containment.solver import Solver

MOST_CONDITIONS = 10
"""Conditions on names, besides single names, that are told apart."""


@dataclass
class Member:
    """A member of the object to be made."""

    name: str
    asked: dict[Formula, None]
    """What its value has to satisfy."""
    value: Json = None


@dataclass
class Cell:
    """Names that are asked for the same."""

    conditions: list[Formula]
    """What the names satisfy; strings all."""
    asked: tuple[Formula, ...]
    """What the values of members with these names have to satisfy."""


@dataclass
class Wanted:
    """The atoms of an object, sorted."""

    least: int = 0
    most: int | None = None
    named: dict[str, dict[Formula, None]] = field(default_factory=dict)
    """What the value of a member of this name has to satisfy, where an atom speaks of this name alone."""
    general: list[tuple[Formula, Formula]] = field(default_factory=list)
    """(condition on the name, what the value has to satisfy)."""
    required: dict[str, dict[Formula, None]] = field(default_factory=dict)
    """Members that must be there, with what is asked of them besides."""
    some: list[tuple[Formula, Formula]] = field(default_factory=list)
    """(condition on the name, condition on the value) that some member must satisfy."""


class ObjectTheory:
    """Finds an object for object atoms."""

    def __init__(self, solver: "Solver") -> None:
        self._solver = solver
        self._apart: dict[Formula, tuple[frozenset[str], Formula]] = {}

    def apart(self, condition: Formula) -> tuple[frozenset[str], Formula]:
        """The single names that a condition on names mentions, and what it comes to for all the others."""
        known = self._apart.get(condition)
        if known is None:
            made = self._solver.formulas
            if condition.kind in (Kind.AND, Kind.OR):
                parts = [self.apart(part) for part in condition.args]
                names = frozenset[str]().union(*(one for one, _ in parts))
                join = made.all_of if condition.kind is Kind.AND else made.any_of
                known = names, join([other for _, other in parts])
            elif condition.kind in (Kind.ONE_OF_VALUES, Kind.NONE_OF_VALUES):
                names = frozenset(name for kind, name in condition.args[0] if kind == STRING)
                known = names, made.true if condition.kind is Kind.NONE_OF_VALUES else made.false
            else:
                known = frozenset(), condition
            self._apart[condition] = known
        return known

    def solve(self, atoms: list[Formula]) -> "Outcome":
        """An object that satisfies the atoms, if there is one."""
        return _Search(self._solver, self._sorted(atoms), self.apart).run()

    def possible(self, atoms: dict[Formula, None]) -> Callable[[Formula], bool]:
        """A quick test whether an alternative can hold beside the atoms: whether each member it asks for can have a value.

        What passes the test may still prove impossible.
        """
        search = _Search(self._solver, self._sorted([atom for atom in atoms if atom.about == OBJECT]), self.apart)

        def refused(part: Formula) -> bool:
            name = self._single_name(part) if part.kind is Kind.SOME_MEMBER else None
            return name is not None and not search.admits(name, part.args[1])

        def test(alternative: Formula) -> bool:
            return not any(map(refused, alternative.args if alternative.kind is Kind.AND else (alternative,)))

        return test

    def _single_name(self, atom: Formula) -> str | None:
        name = self._solver.typed.restrict(atom.args[0], STRING)
        if name.kind is not Kind.ONE_OF_VALUES or len(name.args[0]) != 1:
            return None
        return str(next(iter(name.args[0]))[1])

    def _sorted(self, atoms: list[Formula]) -> Wanted:
        wanted = Wanted()
        for atom in atoms:
            if atom.kind is Kind.SIZE_MIN:
                wanted.least = max(wanted.least, atom.args[1])
            elif atom.kind is Kind.SIZE_MAX:
                wanted.most = atom.args[1] if wanted.most is None else min(wanted.most, atom.args[1])
            else:
                self._sort_member_atom(wanted, atom)
        return wanted

    def _sort_member_atom(self, wanted: Wanted, atom: Formula) -> None:
        name = self._solver.typed.restrict(atom.args[0], STRING)
        value: Formula = atom.args[1]
        every = atom.kind is Kind.EVERY_MEMBER
        names = sorted(key[1] for key in name.args[0]) if name.kind is Kind.ONE_OF_VALUES else None
        if names is not None and every:
            for one in names:
                wanted.named.setdefault(one, {})[value] = None
        elif names is not None and len(names) == 1:
            wanted.required.setdefault(names[0], {})[value] = None
        else:
            for one in sorted(self.apart(name)[0]):
                wanted.named.setdefault(one, {})
            (wanted.general if every else wanted.some).append((name, value))


class _Search:
    def __init__(
        self, solver: "Solver", wanted: Wanted, apart: "Callable[[Formula], tuple[frozenset[str], Formula]]"
    ) -> None:
        self.solver = solver
        self.wanted = wanted
        self.apart = apart
        self.members: list[Member] = []
        self.unsure = ""
        self._cells: list[Cell] | None = None

    def run(self) -> "Outcome":
        wanted = self.wanted
        if wanted.most is not None and (wanted.most < wanted.least or wanted.most < len(wanted.required)):
            return NOTHING
        if wanted.least > self.solver.meter.budget.witness:
            return Open(f"an object of {wanted.least:,} members is too large to be written down")
        unsure = ""
        for name, asked in wanted.required.items():
            member = Member(name, {**self.asked_of(name), **asked})
            if not self.fill(member):
                if not self.unsure:
                    return NOTHING
                unsure, self.unsure = self.unsure, ""  # whatever it comes to, the others may be impossible
            self.members.append(member)
        if not self.place(0):
            return Open(self.unsure) if self.unsure else NOTHING
        return Open(unsure) if unsure else Found({member.name: member.value for member in self.members})

    def asked_of(self, name: str) -> dict[Formula, None]:
        """What the value of a member of this name has to satisfy."""
        asked = dict(self.wanted.named.get(name, {}))
        for condition, value in self.wanted.general:
            if value not in asked and self.solver.evaluator.holds(condition, name):
                asked[value] = None
        return asked

    def admits(self, name: str, value: Formula) -> bool:
        """Whether a member of this name may have such a value, as far as is known."""
        asked = {**self.asked_of(name), **self.wanted.required.get(name, {}), value: None}
        return not isinstance(self.solver.solve(asked), Nothing)

    def fill(self, member: Member) -> bool:
        """Whether a value was found for the member."""
        outcome = self.solver.solve(member.asked)
        if isinstance(outcome, Found):
            member.value = outcome.value
            return True
        if isinstance(outcome, Open):
            self.unsure = outcome.reason
        return False

    def place(self, index: int) -> bool:
        """Whether the remaining `SOME_MEMBER` atoms, and the least number of members, can be provided for."""
        if index == len(self.wanted.some):
            return self.top_up()
        self.solver.meter.step()
        condition, value = self.wanted.some[index]
        for member in self.members:
            if value in member.asked and self.solver.evaluator.holds(condition, member.name):
                return self.place(index + 1)
        if self._join(condition, value, index):
            return True
        if self.is_full():
            return False
        for member in self.candidates(condition, value):
            self.members.append(member)
            if self.place(index + 1):
                return True
            self.members.pop()
        return False

    def _join(self, condition: Formula, value: Formula, index: int) -> bool:
        for member in self.members:
            if self.solver.evaluator.holds(condition, member.name):
                asked, earlier = member.asked, member.value
                member.asked = {**asked, value: None}
                if self.fill(member) and self.place(index + 1):
                    return True
                member.asked, member.value = asked, earlier
        return False

    def is_full(self) -> bool:
        return self.wanted.most is not None and len(self.members) >= self.wanted.most

    def top_up(self) -> bool:
        """Whether as many further members were found as are still wanting."""
        before = len(self.members)
        while len(self.members) < self.wanted.least:
            self.solver.meter.step()
            member = next(self.candidates(self.solver.formulas.true, self.solver.formulas.true), None)
            if member is None:
                del self.members[before:]
                return False
            self.members.append(member)
        return True

    def candidates(self, condition: Formula, value: Formula) -> Iterator[Member]:
        """New members that satisfy the condition and whose value does: one for each name mentioned, one for each cell.

        Of names that are asked for the same and serve for the same, the first stands for all.
        """
        taken = {member.name for member in self.members}
        holds = self.solver.evaluator.holds
        tried: set[tuple[object, ...]] = set()
        for name in self.wanted.named:
            if name not in taken and holds(condition, name):
                asked = {**self.asked_of(name), value: None}
                place = (frozenset(asked), *(holds(other, name) for other, _ in self.wanted.some))
                if place in tried:
                    continue
                tried.add(place)
                member = Member(name, asked)
                if self.fill(member):
                    yield member
        condition = self.apart(condition)[1]
        for cell in self.cells():
            if condition is not self.solver.formulas.true and condition not in cell.conditions:
                continue
            member = Member("", {**dict.fromkeys(cell.asked), value: None})
            if not self.fill(member):
                continue
            found = self.name_in(cell, taken)
            if found is not None:
                member.name = found
                yield member

    def name_in(self, cell: Cell, taken: set[str]) -> str | None:
        known = sorted(taken | self.wanted.named.keys())
        fresh = self.solver.formulas.none_of_values([(STRING, name) for name in known])
        outcome = self.solver.solve_type([*cell.conditions, fresh], STRING)
        if isinstance(outcome, Open):
            self.unsure = outcome.reason
        return str(outcome.value) if isinstance(outcome, Found) else None

    def cells(self) -> list[Cell]:
        """The cells of the names that no atom mentions by itself, those with the fewest conditions met first."""
        if self._cells is None:
            made = self.solver.formulas
            by_condition: dict[Formula, dict[Formula, None]] = {made.true: {}, made.false: {}}
            for condition, value in self.wanted.general:
                by_condition.setdefault(self.apart(condition)[1], {})[value] = None
            for condition, _ in self.wanted.some:
                by_condition.setdefault(self.apart(condition)[1], {})
            cells = [Cell([], tuple(by_condition.pop(made.true)))]
            del by_condition[made.false]
            if len(by_condition) > MOST_CONDITIONS:
                raise Undecidable(f"more than {MOST_CONDITIONS} conditions on member names meet")
            for condition, values in by_condition.items():
                cells = [part for cell in cells for part in self._cut(cell, condition, tuple(values))]
            self._cells = sorted(cells, key=lambda cell: len(cell.asked))
        return self._cells

    def _cut(self, cell: Cell, condition: Formula, values: tuple[Formula, ...]) -> list[Cell]:
        outside = self.solver.typed.dual(condition, STRING)
        parts = [
            Cell([*cell.conditions, outside], cell.asked),
            Cell([*cell.conditions, condition], (*cell.asked, *values)),
        ]
        return [part for part in parts if self._inhabited(part)]

    def _inhabited(self, cell: Cell) -> bool:
        return not isinstance(self.solver.solve_type(cell.conditions, STRING), Nothing)
