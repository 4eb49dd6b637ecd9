"""Languages as terms with derivatives (Brzozowski 1964; Owens, Reppy and Turon 2009): and, or, not come for free.

The derivative of a language by a character is what may follow that character. A term's derivatives are the states of its
deterministic automaton, made only as far as they are needed and counted by the meter.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from server.conflicts.containment.budget import Meter
from server.conflicts.containment.regex import charset
from server.conflicts.containment.regex.charset import Charset

PARTS_PER_STEP = 8
"""Of a term with many alternatives, so many are put together in one step."""


class Op(IntEnum):
    """How a term is built."""

    EMPTY = 0
    EPSILON = 1
    CHARS = 2
    CAT = 3
    ALT = 4
    AND = 5
    NOT = 6
    REPEAT = 7  # part, least, most or None


class Term:
    """One interned language term."""

    __slots__ = ("args", "firsts", "id", "next", "nullable", "op")

    def __init__(self, op: Op, args: tuple[Any, ...], nullable: bool, number: int) -> None:
        self.op = op
        self.args = args
        self.nullable = nullable
        """Whether the empty string belongs to it."""
        self.id = number
        self.next: dict[int, Term] = {}
        self.firsts: frozenset[Charset] | None = None


class Languages:
    """Makes terms, each only once."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self._made: dict[tuple[Any, ...], Term] = {}
        self.empty = self._make(Op.EMPTY, (), False)
        self.epsilon = self._make(Op.EPSILON, (), True)
        self.any_char = self.chars(charset.EVERYTHING)
        self.all = self.repeat(self.any_char, 0, None)
        self.some = self.repeat(self.any_char, 1, None)

    def _make(self, op: Op, args: tuple[Any, ...], nullable: bool) -> Term:
        key = (op, args)
        found = self._made.get(key)
        if found is None:
            self.meter.hold(1 + len(args) // PARTS_PER_STEP)
            found = self._made[key] = Term(op, args, nullable, len(self._made))
        return found

    def chars(self, chars: Charset) -> Term:
        """The strings of one character of the set."""
        return self._make(Op.CHARS, (chars,), False) if chars else self.empty

    def literal(self, text: str) -> Term:
        """Exactly this string."""
        term = self.epsilon
        for sign in reversed(text):
            point = ord(sign)
            term = self.cat(self.chars(((point, point),)), term)
        return term

    def cat(self, first: Term, rest: Term) -> Term:
        """One, then the other."""
        if first is self.empty or rest is self.empty:
            return self.empty
        if first is self.epsilon:
            return rest
        if rest is self.epsilon:
            return first
        if first.op is Op.CAT:
            return self.cat(first.args[0], self.cat(first.args[1], rest))
        if first is self.all and (rest is self.all or (rest.op is Op.CAT and rest.args[0] is self.all)):
            return rest
        return self._make(Op.CAT, (first, rest), first.nullable and rest.nullable)

    def alt(self, parts: Iterable[Term]) -> Term:
        """Any of them."""
        flat: dict[Term, None] = {}
        single: list[Charset] = []
        for part in parts:
            for inner in _parts(part, Op.ALT):
                if inner is self.all:
                    return self.all
                if inner.op is Op.CHARS:
                    single.append(inner.args[0])
                elif inner is not self.empty:
                    flat[inner] = None
        if single:
            flat[self.chars(charset.union(*single))] = None
        if self.epsilon in flat and any(part.nullable for part in flat if part is not self.epsilon):
            del flat[self.epsilon]
        if len(flat) < 2:
            return next(iter(flat), self.empty)
        if sum(_counted(part) for part in flat) > 1:
            flat = self._joined(flat)
        self.meter.step(len(flat) // PARTS_PER_STEP)
        if len(flat) < 2:
            return next(iter(flat))
        terms = tuple(sorted(flat, key=_by_id))
        return self._make(Op.ALT, terms, any(part.nullable for part in terms))

    def _joined(self, parts: dict[Term, None]) -> dict[Term, None]:
        """The same alternatives, those made one that repeat the same, so or so many times, before the same."""
        self.meter.step(len(parts))
        result: dict[Term, None] = {}
        counts: dict[tuple[Term, Term], list[tuple[int, int]]] = {}
        for one in parts:
            if _counted(one):
                repeated, rest = (one, self.epsilon) if one.op is Op.REPEAT else one.args
                part, least, most = repeated.args
                counts.setdefault((part, rest), []).append((least, most))
            else:
                result[one] = None
        for (part, rest), spans in counts.items():
            spans.sort(key=lambda span: span[0])
            joined = [spans[0]]
            for least, most in spans[1:]:
                low, high = joined[-1]
                if least <= high + 1:
                    joined[-1] = (low, max(high, most))
                else:
                    joined.append((least, most))
            for least, most in joined:
                result[self.cat(self.repeat(part, least, most), rest)] = None
        return result

    def both(self, parts: Iterable[Term]) -> Term:
        """All of them at once."""
        flat: dict[Term, None] = {}
        for part in parts:
            for inner in _parts(part, Op.AND):
                if inner is self.empty:
                    return self.empty
                if inner is not self.all:
                    flat[inner] = None
        if self.epsilon in flat:
            return self.epsilon if all(part.nullable for part in flat) else self.empty
        if any(part.op is Op.NOT and part.args[0] in flat for part in flat):
            return self.empty
        if len(flat) < 2:
            return next(iter(flat), self.all)
        self.meter.step(len(flat) // PARTS_PER_STEP)
        terms = tuple(sorted(flat, key=_by_id))
        return self._make(Op.AND, terms, all(part.nullable for part in terms))

    def complement(self, part: Term) -> Term:
        """Every other string."""
        if part.op is Op.NOT:
            inner: Term = part.args[0]
            return inner
        if part is self.empty:
            return self.all
        if part is self.all:
            return self.empty
        return self._make(Op.NOT, (part,), not part.nullable)

    def repeat(self, part: Term, least: int, most: int | None) -> Term:
        """So many times one after the other."""
        if most == 0 or part is self.epsilon:
            return self.epsilon
        if part is self.empty:
            return self.epsilon if least == 0 else self.empty
        if least == 1 and most == 1:
            return part
        if part.op is Op.REPEAT and part.args[1:] == (0, None):
            return part
        return self._make(Op.REPEAT, (part, least, most), least == 0 or part.nullable)

    def firsts(self, term: Term) -> frozenset[Charset]:
        """Character sets that no derivative of the term tells apart within."""
        if term.firsts is None:
            match term.op:
                case Op.CHARS:
                    found = frozenset(term.args)
                case Op.CAT:
                    found = self.firsts(term.args[0])
                    if term.args[0].nullable:
                        found |= self.firsts(term.args[1])
                case Op.ALT | Op.AND:
                    found = frozenset().union(*(self.firsts(part) for part in term.args))
                case Op.NOT | Op.REPEAT:
                    found = self.firsts(term.args[0])
                case _:
                    found = frozenset()
            term.firsts = found
        return term.firsts

    def after(self, term: Term, point: int) -> Term:
        """The derivative: what may follow this character."""
        found = term.next.get(point)
        if found is None:
            self.meter.step()
            found = term.next[point] = self._derive(term, point)
        return found

    def _derive(self, term: Term, point: int) -> Term:
        args = term.args
        match term.op:
            case Op.CHARS:
                return self.epsilon if charset.contains(args[0], point) else self.empty
            case Op.CAT:
                left = self.cat(self.after(args[0], point), args[1])
                return self.alt((left, self.after(args[1], point))) if args[0].nullable else left
            case Op.ALT:
                return self.alt([self.after(part, point) for part in args])
            case Op.AND:
                return self.both([self.after(part, point) for part in args])
            case Op.NOT:
                return self.complement(self.after(args[0], point))
            case Op.REPEAT:
                part, least, most = args
                rest = self.repeat(part, max(least - 1, 0), None if most is None else most - 1)
                return self.cat(self.after(part, point), rest)
            case _:
                return self.empty


def _counted(term: Term) -> bool:
    """Whether it begins with a part repeated up to so many times."""
    first = term.args[0] if term.op is Op.CAT else term
    return first.op is Op.REPEAT and first.args[2] is not None


def _parts(term: Term, op: Op) -> tuple[Term, ...]:
    return term.args if term.op is op else (term,)


def _by_id(term: Term) -> int:
    return term.id
