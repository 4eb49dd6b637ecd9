"""What is left of a formula once the type of the value is known: and, or, and atoms of that type."""

from itertools import combinations

from server.conflicts.containment.budget import Meter, Undecidable
from server.conflicts.containment.disjoint import Look, are_disjoint
from server.conflicts.containment.exact import ARRAY, OBJECT, STRING, Key
from server.conflicts.containment.formula import Formula, Formulas, Kind

MOST_ALTERNATIVES = 150


class Typed:
    """Restricts formulas to a type, each only once."""

    def __init__(self, formulas: Formulas, meter: Meter) -> None:
        self.formulas = formulas
        self._meter = meter
        self._duals: dict[tuple[Formula, int], Formula] = {}
        self._under_way: set[tuple[Formula, int]] = set()

    def restrict(self, formula: Formula, kind: int) -> Formula:
        """The formula for values of the type. Raises Undecidable for a reference that leads only to itself."""
        if formula.about >= 0:
            return formula if formula.about == kind else self.formulas.true
        if formula.typed is None:
            formula.typed = [None] * 6
        found = formula.typed[kind]
        if found is None:
            self._meter.step(1 + len(formula.args) // 8)
            place = (formula, kind)
            if place in self._under_way:
                raise Undecidable("a reference leads to itself without end")
            self._under_way.add(place)
            try:
                found = formula.typed[kind] = self._restrict(formula, kind)
            finally:
                self._under_way.discard(place)
        return found

    def _restrict(self, formula: Formula, kind: int) -> Formula:
        made, args = self.formulas, formula.args
        match formula.kind:
            case Kind.TRUE | Kind.FALSE | Kind.OPAQUE | Kind.NOT_OPAQUE:
                return formula
            case Kind.AND:
                return made.all_of([self.restrict(part, kind) for part in args])
            case Kind.OR:
                return made.any_of([self.restrict(part, kind) for part in args])
            case Kind.TYPES:
                return made.true if args[0] >> kind & 1 else made.false
            case Kind.LINK:
                return self.restrict(self._linked(formula), kind)
            case Kind.NOT_LINK:
                return self.restrict(made.negate(self._linked(formula)), kind)
            case Kind.EXACTLY_ONE | Kind.NOT_EXACTLY_ONE:
                parts = [self.restrict(part, kind) for part in args]
                return self._exactly_one(parts, kind, formula.kind is Kind.EXACTLY_ONE)
            case Kind.ONE_OF_VALUES:
                return self._one_of(args[0], kind)
            case Kind.NONE_OF_VALUES:
                return self._none_of(args[0], kind)
            case _:
                return formula

    def _linked(self, formula: Formula) -> Formula:
        target: Formula | None = formula.args[0].formula
        if target is None:
            raise Undecidable("a reference leads to itself without end")
        return target

    def _one_of(self, keys: frozenset[Key], kind: int) -> Formula:
        values = [key for key in keys if key[0] == kind]
        if kind < 2 and len(values) == kind + 1:
            return self.formulas.true
        return self.formulas.one_of_values(values)

    def _none_of(self, keys: frozenset[Key], kind: int) -> Formula:
        made = self.formulas
        values = [key for key in keys if key[0] == kind]
        if kind < 2:
            if len(values) == kind + 1:
                return made.false
            return made.one_of_values([(1, not values[0][1])]) if values else made.true
        if kind in (ARRAY, OBJECT):
            unlike = [made.negate(self.shape(key)) for key in sorted(values, key=repr)]
            return self.restrict(made.all_of(unlike), kind)
        return made.none_of_values(values)

    def shape(self, key: Key) -> Formula:
        """An array or object written out as what makes it that one: its size, and each of its parts."""
        made = self.formulas
        kind, content = key
        parts = [made.types(1 << kind), made.size_max(kind, len(content)), made.size_min(kind, len(content))]
        if kind == ARRAY:
            parts += [made.every_item(i, i, made.one_of_values([item])) for i, item in enumerate(content)]
        else:
            for name, value in content:
                parts.append(made.some_member(made.one_of_values([(STRING, name)]), made.one_of_values([value])))
        return made.all_of(parts)

    def dual(self, formula: Formula, kind: int) -> Formula:
        """For a value of the type: what holds exactly where the (restricted) formula does not."""
        place = (formula, kind)
        found = self._duals.get(place)
        if found is None:
            found = self._duals[place] = self._dual(formula, kind)
        return found

    def _dual(self, formula: Formula, kind: int) -> Formula:
        made = self.formulas
        if formula.kind is Kind.AND:
            return made.any_of([self.dual(part, kind) for part in formula.args])
        if formula.kind is Kind.OR:
            return made.all_of([self.dual(part, kind) for part in formula.args])
        if formula.kind <= Kind.FALSE or formula.kind in (Kind.ONE_OF_VALUES, Kind.NONE_OF_VALUES):
            return self.restrict(made.negate(formula), kind)
        return self.restrict(made.dual(formula), kind)

    def _exactly_one(self, parts: list[Formula], kind: int, positive: bool) -> Formula:
        made = self.formulas
        kept = [part for part in parts if part is not made.false]
        certain = len(kept) - len(possible := [part for part in kept if part is not made.true])
        if certain > 1:
            return made.false if positive else made.true
        if certain == 1:
            others = made.any_of(possible)
            return self.dual(others, kind) if positive else others
        if len(kept) > MOST_ALTERNATIVES:
            raise Undecidable(f"`oneOf` of more than {MOST_ALTERNATIVES} schemas")
        self._meter.step(len(kept) * len(kept) // 2)
        looks = [Look(part) for part in kept]
        pairs = [
            (kept[i], kept[j]) for i, j in combinations(range(len(kept)), 2) if not are_disjoint(looks[i], looks[j])
        ]
        if positive:
            unlike = [made.any_of([self.dual(one, kind), self.dual(other, kind)]) for one, other in pairs]
            return made.all_of([made.any_of(kept), *unlike])
        none = self.dual(made.any_of(kept), kind)
        return made.any_of([none, *(made.all_of(pair) for pair in pairs)])
