"""A quick look whether two formulas exclude each other, as the cases of a union with a discriminating member do."""

from server.conflicts.containment.exact import Key
from server.conflicts.containment.formula import ALL_TYPES, Formula, Kind


def are_disjoint(first: "Look", second: "Look") -> bool:
    """Whether it can be seen at once that nothing satisfies both formulas; False says nothing."""
    if _apart(first.own, second.own):
        return True
    shared = first.members.keys() & second.members.keys()
    return any(
        (name in first.required or name in second.required) and _apart(first.members[name], second.members[name])
        for name in shared
    )


class _Extent:
    """Types, and values where they are enumerated, to which a formula confines what satisfies it."""

    __slots__ = ("types", "values")

    def __init__(self, formula: Formula) -> None:
        self.types = ALL_TYPES
        self.values: frozenset[Key] | None = None
        for part in _parts(formula):
            if part.kind is Kind.TYPES:
                self.types &= part.args[0]
            elif part.kind is Kind.ONE_OF_VALUES:
                self.values = part.args[0] if self.values is None else self.values & part.args[0]


class Look:
    """What can be seen of a formula at once."""

    __slots__ = ("members", "own", "required")

    def __init__(self, formula: Formula) -> None:
        self.own = _Extent(formula)
        self.members: dict[Formula, _Extent] = {}
        """By the formula of the name."""
        self.required: set[Formula] = set()
        for part in _parts(formula):
            if part.kind is Kind.EVERY_MEMBER:
                self.members[part.args[0]] = _Extent(part.args[1])
            elif part.kind is Kind.SOME_MEMBER and part.args[0].kind is Kind.ONE_OF_VALUES:
                self.required.add(part.args[0])


def _parts(formula: Formula) -> tuple[Formula, ...]:
    return formula.args if formula.kind is Kind.AND else (formula,)


def _apart(one: _Extent, other: _Extent) -> bool:
    if one.values is not None and other.values is not None:
        return one.values.isdisjoint(other.values)
    return not one.types & other.types
