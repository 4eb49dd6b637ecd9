"""Whether some document satisfies a conjunction of formulas, and one that does.

A goal is a set of formulas. Per JSON type it is brought to atoms, choosing among alternatives only where the document found so
far fails one of them; atoms go to the theory of the type, which asks for the parts of arrays and objects as goals of their own.
A goal that comes up again inside itself, or one that asks for more, needs no document: a smallest document for a goal holds
no document for the same goal within.
What was refuted under such an assumption counts only once the outer goal is refuted too.
"""

from collections.abc import Callable, Iterable
from typing import Any

from server.conflicts.containment import numbers_between
from server.conflicts.containment.arrays import ArrayTheory
from server.conflicts.containment.budget import Meter, Undecidable
from server.conflicts.containment.evaluate import Evaluator
from server.conflicts.containment.exact import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, key_of, value_of
from server.conflicts.containment.formula import ALL_TYPES, Formula, Formulas, Kind
from server.conflicts.containment.objects import ObjectTheory
from server.conflicts.containment.outcome import NOTHING, Found, Nothing, Open, Outcome
from server.conflicts.containment.texts import Texts
from server.conflicts.containment.typed import Typed
from server.model.base import Json

Goal = tuple[Formula, ...]
"""Formulas, sorted by id, each once."""
NEVER = 1 << 30
WORTH_TESTING = 4
"""From so many alternatives on, each is tested by itself before the whole is searched."""
FEW = 4
"""Where a choice has no more alternatives, each is tried without the cases of those before it."""
MOST_REMEMBERED = 12
"""Refuted goals that are kept for each formula, to compare larger ones with."""
TYPE_ORDER = (NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT)


class Solver:
    """Searches for documents; what it finds out about goals it keeps."""

    def __init__(self, formulas: Formulas, meter: Meter) -> None:
        self.formulas = formulas
        self.meter = meter
        self.texts = Texts(meter)
        self.typed = Typed(formulas, meter)
        self.evaluator = Evaluator(self.texts, meter)
        self._weighed: dict[tuple[Formula, int], tuple[tuple[Formula, frozenset[Formula]], ...]] = {}
        """For each choice: its alternatives, each with the atoms that would rule it out."""
        self._known: dict[Goal, Outcome] = {}
        self._assumed: dict[Goal, int] = {}
        """Goals refuted so far only under the assumption about the goal at that depth of the stack."""
        self._resting: list[list[Goal]] = []
        """Per goal under way: what rests on the assumption about it."""
        self._asked: list[frozenset[Formula]] = []
        """The goals under way, outermost first."""
        self._refuted: dict[Formula, list[frozenset[Formula]]] = {}
        """Goals refuted for good, by their last formula."""
        self._leaned_on = NEVER
        """The outermost goal under way that anything since was assumed about."""
        self._objects = ObjectTheory(self)
        self._arrays = ArrayTheory(self)

    def goal(self, formulas: Iterable[Formula]) -> Goal | None:
        """The formulas as a goal, flattened; None where one of them can't hold."""
        flat: dict[Formula, None] = {}
        followed: set[Formula] = set()
        pending = list(formulas)
        while pending:
            one = pending.pop()
            if one.kind is Kind.AND:
                pending += one.args
            elif one.kind in (Kind.LINK, Kind.NOT_LINK) and one.args[0].formula is not None:
                if one not in followed:  # what is asked for already need not be asked for again
                    followed.add(one)
                    target = one.args[0].formula
                    pending.append(target if one.kind is Kind.LINK else self.formulas.negate(target))
            elif one is self.formulas.false:
                return None
            elif one is not self.formulas.true:
                flat[one] = None
        return tuple(sorted(flat, key=lambda formula: formula.id))

    def solve(self, formulas: Iterable[Formula]) -> Outcome:
        """A document that satisfies all the formulas, if there is one."""
        goal = self.goal(formulas)
        if goal is None:
            return NOTHING
        known = self._known.get(goal)
        if known is not None:
            return known
        if goal in self._assumed:
            self._leaned_on = min(self._leaned_on, self._assumed[goal])
            return NOTHING
        asked = frozenset(goal)
        for depth, outer in enumerate(self._asked):
            if outer <= asked:
                self._leaned_on = min(self._leaned_on, depth)
                return NOTHING
        if self._is_refuted(asked):
            return NOTHING
        return self._solve_anew(goal, asked)

    def _is_refuted(self, asked: frozenset[Formula]) -> bool:
        """Whether a goal that asks for less was refuted for good."""
        return any(
            earlier <= asked for formula in asked if formula in self._refuted for earlier in self._refuted[formula]
        )

    def _solve_anew(self, goal: Goal, asked: frozenset[Formula]) -> Outcome:
        self.meter.step(2)
        depth = len(self._asked)
        if depth >= self.meter.budget.depth:
            return Open(f"a document would have to be nested more than {depth} deep")
        self._resting.append([])
        self._asked.append(asked)
        outer, self._leaned_on = self._leaned_on, NEVER
        try:
            outcome = self._by_types(goal)
        finally:
            resting = self._resting.pop()
            self._asked.pop()
            leaned, self._leaned_on = self._leaned_on, outer
        if isinstance(outcome, Nothing) and leaned < depth:
            self._assumed[goal] = leaned
            self._resting[leaned].append(goal)
            for one in resting:
                self._assumed[one] = min(leaned, self._assumed[one])
            self._resting[leaned] += resting
            self._leaned_on = min(outer, leaned)
            return outcome
        for one in resting:
            del self._assumed[one]
            if isinstance(outcome, Nothing):
                self._known[one] = outcome
        self.meter.hold()
        self._known[goal] = outcome
        if isinstance(outcome, Nothing) and goal:
            refuted = self._refuted.setdefault(goal[-1], [])
            if len(refuted) < MOST_REMEMBERED:
                refuted.append(asked)
        if not isinstance(outcome, Nothing) and leaned < depth:
            self._leaned_on = min(outer, leaned)
        return outcome

    def _by_types(self, goal: Goal) -> Outcome:
        unsure: Open | None = None
        mask = ALL_TYPES
        for formula in goal:
            if formula.kind is Kind.TYPES:
                mask &= formula.args[0]
        for kind in TYPE_ORDER:
            if not mask >> kind & 1:
                continue
            outcome = self.solve_type(goal, kind)
            if isinstance(outcome, Found):
                return outcome
            if isinstance(outcome, Open):
                unsure = outcome
        return unsure or NOTHING

    def solve_type(self, formulas: Iterable[Formula], kind: int) -> Outcome:
        """A document of the type that satisfies all the formulas, if there is one."""
        try:
            restricted = [self.typed.restrict(formula, kind) for formula in formulas]
        except Undecidable as error:
            return Open(str(error))
        return self._expand(kind, restricted, {}, [])

    def _expand(self, kind: int, pending: list[Formula], atoms: dict[Formula, None], choices: list[Formula]) -> Outcome:
        """Brings the formulas to atoms and open choices, asks the theory, and decides choices that its document fails."""
        if not self._settle(kind, pending, atoms, choices):
            return NOTHING
        self.meter.step(2 + len(atoms))
        outcome = self._theory(kind, list(atoms))
        if isinstance(outcome, Nothing) or not choices:
            return outcome
        if isinstance(outcome, Found):
            failed = self._failed(choices, outcome.value)
            return outcome if failed is None else self._choose(kind, atoms, choices, failed)
        return self._choose(kind, atoms, choices, min(choices, key=lambda choice: len(choice.args)))

    def _failed(self, choices: list[Formula], value: Json) -> Formula | None:
        """The choice with the fewest alternatives that the document does not satisfy, or is not known to."""
        failed: Formula | None = None
        for choice in choices:
            if failed is not None and len(choice.args) >= len(failed.args):
                continue
            try:
                if not self.evaluator.holds(choice, value):
                    failed = choice
            except Undecidable:  # whether an alternative can hold at all is seen when it is tried
                failed = choice
        return failed

    def _choose(self, kind: int, atoms: dict[Formula, None], choices: list[Formula], chosen: Formula) -> Outcome:
        unsure: Open | None = None
        others = [choice for choice in choices if choice is not chosen]
        possible: Callable[[Formula], bool] | None = None
        if len(chosen.args) >= WORTH_TESTING and kind in (ARRAY, OBJECT):
            possible = (self._objects if kind == OBJECT else self._arrays).possible(atoms)
        ruled_out: list[Formula] = []
        for alternative in sorted(chosen.args, key=lambda one: one.kind is Kind.AND):
            if possible is not None and not possible(alternative):
                continue
            outcome = self._expand(kind, [alternative, *ruled_out], dict(atoms), list(others))
            if isinstance(outcome, Found):
                return outcome
            if isinstance(outcome, Open):
                unsure = outcome
            if len(chosen.args) <= FEW and alternative.kind is not Kind.AND:
                ruled_out.append(self.typed.dual(alternative, kind))  # the case where it holds is done with
        return unsure or NOTHING

    def _settle(self, kind: int, pending: list[Formula], atoms: dict[Formula, None], choices: list[Formula]) -> bool:
        """Moves everything pending to atoms and choices, and narrows the choices; False where they contradict each other."""
        while pending:
            while pending:
                one = pending.pop()
                if one.kind is Kind.AND:
                    pending += one.args
                elif one.kind is Kind.OR:
                    choices.append(one)
                elif one is self.formulas.false or (one.kind is not Kind.TRUE and self.typed.dual(one, kind) in atoms):
                    return False
                elif one.kind is not Kind.TRUE:
                    atoms[one] = None
            remaining = []
            for choice in choices:
                narrowed = self._narrowed(kind, choice, atoms)
                if narrowed is self.formulas.false:
                    return False
                if narrowed.kind is Kind.OR:
                    remaining.append(narrowed)
                elif narrowed is not self.formulas.true:
                    pending.append(narrowed)
            choices[:] = remaining
        return True

    def _narrowed(self, kind: int, choice: Formula, atoms: dict[Formula, None]) -> Formula:
        """The choice without the alternatives that an atom rules out; true where one of them holds already."""
        weighed = self._weighed.get((choice, kind))
        if weighed is None:
            weighed = self._weighed[choice, kind] = tuple([(one, self._duals(one, kind)) for one in choice.args])
            self.meter.hold(len(weighed))
        self.meter.step(1 + len(weighed) // 8)
        kept: list[Formula] = []
        present = atoms.keys()
        for alternative, duals in weighed:
            if alternative in atoms:
                return self.formulas.true
            if present.isdisjoint(duals):
                kept.append(alternative)
        return choice if len(kept) == len(weighed) else self.formulas.any_of(kept)

    def _duals(self, alternative: Formula, kind: int) -> frozenset[Formula]:
        parts = alternative.args if alternative.kind is Kind.AND else (alternative,)
        return frozenset([self.typed.dual(part, kind) for part in parts])

    def _theory(self, kind: int, atoms: list[Formula]) -> Outcome:
        """A value of the type that satisfies the atoms."""
        opaque = [atom for atom in atoms if atom.kind in (Kind.OPAQUE, Kind.NOT_OPAQUE)]
        if opaque:
            outcome = self._theory(kind, [atom for atom in atoms if atom not in opaque])
            return outcome if isinstance(outcome, Nothing) else Open(str(opaque[0].args[0]))
        values = [atom for atom in atoms if atom.kind is Kind.ONE_OF_VALUES]
        try:
            if values:
                return self._among(values, atoms)
            if kind == NULL:
                return Found(None)
            if kind == BOOLEAN:
                return Found(False)
            if kind == NUMBER:
                return _found(numbers_between.find(atoms, self.meter))
            if kind == STRING:
                return _found(self.texts.find(atoms))
            return self._objects.solve(atoms) if kind == OBJECT else self._arrays.solve(atoms)
        except Undecidable as error:
            return Open(str(error))

    def _among(self, values: list[Formula], atoms: list[Formula]) -> Outcome:
        """The first of finitely many values that satisfies all atoms."""
        keys: frozenset[Any] = frozenset.intersection(*(atom.args[0] for atom in values))
        keys = keys.difference(*(atom.args[0] for atom in atoms if atom.kind is Kind.NONE_OF_VALUES))
        atoms = [atom for atom in atoms if atom.kind not in (Kind.ONE_OF_VALUES, Kind.NONE_OF_VALUES)]
        unsure: Open | None = None
        for key in sorted(keys, key=repr):
            self.meter.step()
            value = value_of(key)
            if key_of(value) != key:
                unsure = Open("a number can't be written as a float")
                continue
            try:
                if all(self.evaluator.holds(atom, value) for atom in atoms):
                    return Found(value)
            except Undecidable as error:
                unsure = Open(str(error))
        return unsure or NOTHING


def _found(value: Json) -> Outcome:
    return NOTHING if value is None else Found(value)
