"""Schemas as formulas: and, or, exactly one, and atoms that each speak of one JSON type.

An atom of a type holds for every value of another type, as JSON Schema's keywords do. Formulas are interned: equal ones are
the same object, so that what writer and reader have in common cancels out at once.
"""

from collections.abc import Hashable, Iterable, Sequence
from enum import IntEnum
from typing import Any, Final

from server.conflicts.containment.budget import Meter
from server.conflicts.containment.exact import ARRAY, NUMBER, OBJECT, STRING, Exact, Key

ALL_TYPES = 0b111111


class Kind(IntEnum):
    """What a formula says; the arguments of each stand beside it."""

    TRUE = 0
    FALSE = 1
    AND = 2  # formulas
    OR = 3  # formulas
    EXACTLY_ONE = 4  # formulas
    NOT_EXACTLY_ONE = 5  # formulas
    LINK = 6  # Target: the formula of a recursive reference
    NOT_LINK = 7  # Target
    TYPES = 8  # bit mask over JSON_TYPES
    ONE_OF_VALUES = 9  # frozenset of keys
    NONE_OF_VALUES = 10  # frozenset of keys
    AT_LEAST = 11  # number, exclusive
    AT_MOST = 12  # number, exclusive
    MULTIPLE = 13  # number
    NOT_MULTIPLE = 14  # number
    SIZE_MIN = 15  # type, n: length, items or members
    SIZE_MAX = 16  # type, n
    PATTERN = 17  # text
    NOT_PATTERN = 18  # text
    EVERY_MEMBER = 19  # formula of the name, formula of the value
    SOME_MEMBER = 20  # formula of the name, formula of the value
    EVERY_ITEM = 21  # first index, last index or None, formula
    SOME_ITEM = 22  # first index, last index or None, formula
    COUNT_MIN = 23  # formula, n: at least n items are so
    COUNT_MAX = 24  # formula, n: at most n items are so
    UNIQUE = 25
    NOT_UNIQUE = 26
    OPAQUE = 27  # what for, a key: equal ones mean the same, and nothing else is known
    NOT_OPAQUE = 28


DUAL: Final = {
    Kind.ONE_OF_VALUES: Kind.NONE_OF_VALUES,
    Kind.MULTIPLE: Kind.NOT_MULTIPLE,
    Kind.PATTERN: Kind.NOT_PATTERN,
    Kind.UNIQUE: Kind.NOT_UNIQUE,
    Kind.EXACTLY_ONE: Kind.NOT_EXACTLY_ONE,
    Kind.LINK: Kind.NOT_LINK,
    Kind.OPAQUE: Kind.NOT_OPAQUE,
}
DUAL.update({dual: kind for kind, dual in list(DUAL.items())})

_ABOUT = {
    **dict.fromkeys((Kind.AT_LEAST, Kind.AT_MOST, Kind.MULTIPLE, Kind.NOT_MULTIPLE), NUMBER),
    **dict.fromkeys((Kind.PATTERN, Kind.NOT_PATTERN), STRING),
    **dict.fromkeys((Kind.EVERY_MEMBER, Kind.SOME_MEMBER), OBJECT),
}


class Formula:
    """One interned formula; compare by identity, order by `id`."""

    __slots__ = ("about", "args", "id", "kind", "opposite", "typed")

    def __init__(self, kind: Kind, args: tuple[Any, ...], number: int) -> None:
        self.kind = kind
        self.args = args
        self.id = number
        self.about = _type_of_atom(kind, args)
        """The type that an atom speaks of; -1 for what is no atom of one type."""
        self.opposite: Formula | None = None
        """The dual (for atoms: within the atom's type), once asked for."""
        self.typed: list[Formula | None] | None = None
        """What is left of it for each type, once asked for."""

    def __repr__(self) -> str:
        return f"{self.kind.name}{self.args!r}"


class Target:
    """Where a recursive reference leads: filled in once the schema there has been read."""

    __slots__ = ("formula", "place")

    def __init__(self, place: str) -> None:
        self.place = place
        self.formula: Formula | None = None


def _type_of_atom(kind: Kind, args: tuple[Any, ...]) -> int:
    if not Kind.AT_LEAST <= kind <= Kind.NOT_UNIQUE:
        return -1
    if kind in (Kind.SIZE_MIN, Kind.SIZE_MAX):
        return int(args[0])
    return _ABOUT.get(kind, ARRAY)


class Formulas:
    """Makes formulas, each only once, already simplified."""

    def __init__(self, meter: Meter) -> None:
        self._made: dict[tuple[Any, ...], Formula] = {}
        self._meter = meter
        self.true = self._make(Kind.TRUE)
        self.false = self._make(Kind.FALSE)
        self.true.opposite, self.false.opposite = self.false, self.true

    def _make(self, kind: Kind, *args: Any) -> Formula:
        key = (kind, *args)
        found = self._made.get(key)
        if found is None:
            self._meter.hold()
            found = self._made[key] = Formula(kind, args, len(self._made))
        return found

    def all_of(self, parts: Iterable[Formula]) -> Formula:
        """Holds where every part does."""
        return self._combine(parts, Kind.AND, self.true, self.false)

    def any_of(self, parts: Iterable[Formula]) -> Formula:
        """Holds where some part does."""
        return self._combine(parts, Kind.OR, self.false, self.true)

    def _combine(self, parts: Iterable[Formula], kind: Kind, neutral: Formula, absorbing: Formula) -> Formula:
        flat: dict[Formula, None] = {}
        for part in parts:
            if part is absorbing:
                return absorbing
            if part.kind is kind:
                flat.update(dict.fromkeys(part.args))
            elif part is not neutral:
                flat[part] = None
        if len(flat) < 2:
            return next(iter(flat), neutral)
        return self._make(kind, *sorted(flat, key=_by_id))

    def exactly_one(self, parts: Sequence[Formula]) -> Formula:
        """Holds where exactly one part does; the same part twice counts twice."""
        kept = [part for part in parts if part is not self.false]
        if not kept:
            return self.false
        if len(kept) == 1:
            return kept[0]
        certain = sum(part is self.true for part in kept)
        if certain:
            rest = [self.negate(part) for part in kept if part is not self.true]
            return self.false if certain > 1 else self.all_of(rest)
        return self._make(Kind.EXACTLY_ONE, *sorted(kept, key=_by_id))

    def link(self, target: Target) -> Formula:
        """Holds where the formula that a reference leads to does."""
        return self._make(Kind.LINK, target)

    def opaque(self, reason: str, key: Hashable = None) -> Formula:
        """Stands for what is not decided; equal ones mean the same."""
        return self._make(Kind.OPAQUE, reason, key)

    def types(self, mask: int) -> Formula:
        """Holds for values of the types in the mask."""
        if mask == ALL_TYPES:
            return self.true
        return self._make(Kind.TYPES, mask) if mask else self.false

    def one_of_values(self, keys: Iterable[Key]) -> Formula:
        """Holds for exactly these values."""
        values = frozenset(keys)
        return self._make(Kind.ONE_OF_VALUES, values) if values else self.false

    def none_of_values(self, keys: Iterable[Key]) -> Formula:
        """Holds for all but these values."""
        values = frozenset(keys)
        return self._make(Kind.NONE_OF_VALUES, values) if values else self.true

    def at_least(self, number: Exact, exclusive: bool) -> Formula:
        """Holds for numbers from here up."""
        return self._make(Kind.AT_LEAST, number, exclusive)

    def at_most(self, number: Exact, exclusive: bool) -> Formula:
        """Holds for numbers up to here."""
        return self._make(Kind.AT_MOST, number, exclusive)

    def multiple(self, number: Exact) -> Formula:
        """Holds for multiples of a positive number."""
        return self._make(Kind.MULTIPLE, number)

    def size_min(self, kind: int, count: int) -> Formula:
        """Holds for strings, arrays or objects (as `kind` says) of at least this size."""
        return self._make(Kind.SIZE_MIN, kind, count) if count > 0 else self.true

    def size_max(self, kind: int, count: int) -> Formula:
        """Holds for strings, arrays or objects (as `kind` says) of at most this size."""
        return self._make(Kind.SIZE_MAX, kind, count) if count >= 0 else self.types(ALL_TYPES & ~(1 << kind))

    def pattern(self, text: str) -> Formula:
        """Holds for strings in which the ECMA-262 pattern is found."""
        return self._make(Kind.PATTERN, text)

    def every_member(self, name: Formula, value: Formula) -> Formula:
        """Holds for objects whose members with such a name have such a value."""
        if value is self.true or name is self.false:
            return self.true
        return self._make(Kind.EVERY_MEMBER, name, value)

    def some_member(self, name: Formula, value: Formula) -> Formula:
        """An atom of objects: some member has such a name and such a value."""
        if value is self.false or name is self.false:
            return self.types(ALL_TYPES & ~(1 << OBJECT))
        return self._make(Kind.SOME_MEMBER, name, value)

    def every_item(self, first: int, last: int | None, value: Formula) -> Formula:
        """Holds for arrays whose items between the two indexes (inclusive; None = the end) are so."""
        if value is self.true or (last is not None and last < first):
            return self.true
        return self._make(Kind.EVERY_ITEM, first, last, value)

    def some_item(self, first: int, last: int | None, value: Formula) -> Formula:
        """An atom of arrays: some item between the two indexes is so."""
        if value is self.false or (last is not None and last < first):
            return self.types(ALL_TYPES & ~(1 << ARRAY))
        return self._make(Kind.SOME_ITEM, first, last, value)

    def count_min(self, value: Formula, count: int) -> Formula:
        """Holds for arrays with at least so many such items."""
        if count <= 0:
            return self.true
        if value is self.true:
            return self.size_min(ARRAY, count)
        return self._make(Kind.COUNT_MIN, value, count) if count > 1 else self.some_item(0, None, value)

    def count_max(self, value: Formula, count: int) -> Formula:
        """Holds for arrays with at most so many such items."""
        if count < 0:
            return self.types(ALL_TYPES & ~(1 << ARRAY))
        if value is self.true or value is self.false:
            return self.size_max(ARRAY, count) if value is self.true else self.true
        return self._make(Kind.COUNT_MAX, value, count) if count else self.every_item(0, None, self.negate(value))

    def unique(self) -> Formula:
        """Holds for arrays without equal items."""
        return self._make(Kind.UNIQUE)

    def negate(self, formula: Formula) -> Formula:
        """Holds exactly where the formula does not."""
        kind = formula.kind
        if kind is Kind.AND:
            return self._opposite(formula)
        if kind is Kind.OR or kind <= Kind.FALSE or kind in _UNTYPED:
            return self._opposite(formula)
        return self.all_of([self.types(1 << formula.about), self.dual(formula)])

    def _opposite(self, formula: Formula) -> Formula:
        if formula.opposite is None:
            kind, args = formula.kind, formula.args
            if kind is Kind.AND:
                made = self.any_of([self.negate(part) for part in args])
            elif kind is Kind.OR:
                made = self.all_of([self.negate(part) for part in args])
            elif kind is Kind.TYPES:
                made = self.types(ALL_TYPES & ~args[0])
            else:
                made = self._make(DUAL[kind], *args)
            formula.opposite = made
        return formula.opposite

    def dual(self, formula: Formula) -> Formula:
        """For a value of the atom's own type: what holds exactly where the atom does not."""
        if formula.opposite is None:
            formula.opposite = self._dual(formula.kind, formula.args)
        return formula.opposite

    def _dual(self, kind: Kind, args: tuple[Any, ...]) -> Formula:
        match kind:
            case Kind.AT_LEAST:
                return self.at_most(args[0], not args[1])
            case Kind.AT_MOST:
                return self.at_least(args[0], not args[1])
            case Kind.SIZE_MIN:
                return self.size_max(args[0], args[1] - 1)
            case Kind.SIZE_MAX:
                return self.size_min(args[0], args[1] + 1)
            case Kind.EVERY_MEMBER:
                return self.some_member(args[0], self.negate(args[1]))
            case Kind.SOME_MEMBER:
                return self.every_member(args[0], self.negate(args[1]))
            case Kind.EVERY_ITEM:
                return self.some_item(args[0], args[1], self.negate(args[2]))
            case Kind.SOME_ITEM:
                return self.every_item(args[0], args[1], self.negate(args[2]))
            case Kind.COUNT_MIN:
                return self.count_max(args[0], args[1] - 1)
            case Kind.COUNT_MAX:
                return self.count_min(args[0], args[1] + 1)
            case _:
                return self._make(DUAL[kind], *args)


_UNTYPED = frozenset(
    {
        Kind.EXACTLY_ONE, Kind.NOT_EXACTLY_ONE, Kind.LINK, Kind.NOT_LINK, Kind.TYPES,
        Kind.ONE_OF_VALUES, Kind.NONE_OF_VALUES, Kind.OPAQUE, Kind.NOT_OPAQUE,
    }
)  # fmt: skip


def _by_id(formula: Formula) -> int:
    return formula.id
