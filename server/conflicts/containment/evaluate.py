"""Whether a document satisfies a formula, by exact arithmetic."""

from collections.abc import Iterator
from typing import Any

from server.conflicts.containment.budget import Meter, Undecidable
from server.conflicts.containment.exact import STRING, exact, key_of, type_of
from server.conflicts.containment.formula import Formula, Kind
from server.conflicts.containment.texts import Texts
from server.model.base import Json

ASKED_PER_STEP = 4
MOST_REMEMBERED = 100_000


class Evaluator:
    """Judges documents; raises Undecidable where an opaque formula, or a pattern that can't be read, has the last word."""

    def __init__(self, texts: Texts, meter: Meter) -> None:
        self._texts = texts
        self._meter = meter
        self._asked = 0
        self._judged: dict[tuple[int, int], bool | None] | None = None
        """What the document being judged was found to satisfy so far, part by part; None while it is being found out."""
        self._remembered: dict[tuple[int, int], bool] = {}
        """What objects and arrays were found to satisfy, by the formula's number and the value's identity."""
        self._kept: dict[int, Json] = {}
        """The values among them, kept so that no other value takes over the identity; documents share most of their parts."""

    def holds(self, formula: Formula, value: Json) -> bool:
        """Whether the value satisfies the formula."""
        self._asked += 1
        if not self._asked % ASKED_PER_STEP:
            self._meter.step()
        if formula.about >= 0:
            return formula.about != type_of(value) or self._atom(formula.kind, formula.args, value)
        place = (formula.id, id(value))
        remembered = self._remembered.get(place)
        if remembered is not None:
            return remembered
        if self._judged is None:
            self._judged = {}
            try:
                found = self._composite(formula, value)
            finally:
                self._judged = None
            self._remember(place, value, found)
            return found
        if place not in self._judged:  # the value lives as long as the judgement of the document it is part of
            self._judged[place] = None
            self._judged[place] = found = self._composite(formula, value)
            self._remember(place, value, found)
            return found
        known = self._judged[place]
        if known is None:
            raise Undecidable("a reference leads to itself without end")
        return known

    def _remember(self, place: tuple[int, int], value: Json, found: bool) -> None:
        if isinstance(value, dict | list) and value and len(self._remembered) < MOST_REMEMBERED:
            self._remembered[place] = found
            self._kept[place[1]] = value

    def _composite(self, formula: Formula, value: Json) -> bool:
        kind, args = formula.kind, formula.args
        if kind is Kind.AND:
            return self._all(args, value)
        if kind is Kind.OR:
            return self._any(args, value)
        return self._general(kind, args, value)

    def _all(self, parts: tuple[Formula, ...], value: Json) -> bool:
        open_question: Undecidable | None = None
        for part in parts:
            try:
                if not self.holds(part, value):
                    return False
            except Undecidable as error:
                open_question = error
        if open_question is not None:
            raise open_question
        return True

    def _any(self, parts: tuple[Formula, ...], value: Json) -> bool:
        open_question: Undecidable | None = None
        for part in parts:
            try:
                if self.holds(part, value):
                    return True
            except Undecidable as error:
                open_question = error
        if open_question is not None:
            raise open_question
        return False

    def _general(self, kind: Kind, args: tuple[Any, ...], value: Json) -> bool:
        match kind:
            case Kind.TRUE | Kind.FALSE:
                return kind is Kind.TRUE
            case Kind.EXACTLY_ONE | Kind.NOT_EXACTLY_ONE:
                return (sum(self.holds(part, value) for part in args) == 1) is (kind is Kind.EXACTLY_ONE)
            case Kind.LINK | Kind.NOT_LINK:
                target = args[0].formula
                if target is None:
                    raise Undecidable("a reference leads to itself without end")
                return self.holds(target, value) is (kind is Kind.LINK)
            case Kind.TYPES:
                return bool(args[0] >> type_of(value) & 1)
            case Kind.ONE_OF_VALUES:
                return key_of(value) in args[0]
            case Kind.NONE_OF_VALUES:
                return key_of(value) not in args[0]
            case _:
                raise Undecidable(str(args[0]))

    def _atom(self, kind: Kind, args: tuple[Any, ...], value: Any) -> bool:
        match kind:
            case Kind.AT_LEAST:
                number = exact(value)
                return bool(number > args[0] if args[1] else number >= args[0])
            case Kind.AT_MOST:
                number = exact(value)
                return bool(number < args[0] if args[1] else number <= args[0])
            case Kind.MULTIPLE | Kind.NOT_MULTIPLE:
                return (exact(value) % args[0] == 0) is (kind is Kind.MULTIPLE)
            case Kind.SIZE_MIN:
                return bool(len(value) >= args[1])
            case Kind.SIZE_MAX:
                return bool(len(value) <= args[1])
            case Kind.PATTERN | Kind.NOT_PATTERN:
                return self._texts.matches(args[0], value) is (kind is Kind.PATTERN)
            case Kind.EVERY_MEMBER:
                return all(self.holds(args[1], item) for item in self._members(args[0], value))
            case Kind.SOME_MEMBER:
                return any(self.holds(args[1], item) for item in self._members(args[0], value))
            case _:
                return self._array_atom(kind, args, value)

    def _members(self, named: Formula, value: dict[str, Json]) -> Iterator[Json]:
        """The members whose names satisfy the formula. Most formulas of a name are lists of names, which need no judging."""
        if named.kind is not Kind.ONE_OF_VALUES:
            return (item for name, item in value.items() if self.holds(named, name))
        if len(named.args[0]) <= len(value):
            return (value[name] for kind, name in named.args[0] if kind == STRING and name in value)
        return (item for name, item in value.items() if (STRING, name) in named.args[0])

    def _array_atom(self, kind: Kind, args: tuple[Any, ...], value: list[Json]) -> bool:
        match kind:
            case Kind.EVERY_ITEM | Kind.SOME_ITEM:
                last = len(value) if args[1] is None else args[1] + 1
                chosen = (self.holds(args[2], item) for item in value[args[0] : last])
                return all(chosen) if kind is Kind.EVERY_ITEM else any(chosen)
            case Kind.COUNT_MIN:
                return bool(sum(self.holds(args[0], item) for item in value) >= args[1])
            case Kind.COUNT_MAX:
                return bool(sum(self.holds(args[0], item) for item in value) <= args[1])
            case _:
                unique = len({key_of(item) for item in value}) == len(value)
                return unique is (kind is Kind.UNIQUE)
