"""A break that is found member by member, where writer and reader say no more of a record than which members it has.

The smallest record of the writer has the required members alone, each with the smallest value of its own schema. Either it
lacks a member that the reader requires, or one member has to be such that the reader refuses it: a search for one value, in
place of a search among all that either schema says.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from server.conflicts.containment.budget import Budget, Exceeded, Meter, Undecidable
from server.conflicts.containment.compile import Compiler
from server.conflicts.containment.dialect import Dialect, Draft, Schema
from server.conflicts.containment.evident import ALONE, SILENT
from server.conflicts.containment.exact import NotJson
from server.conflicts.containment.formula import Formula, Formulas
from server.conflicts.containment.outcome import Found
from server.conflicts.containment.references import Scope
from server.conflicts.containment.shrink import shrunk
from server.conflicts.containment.solver import Solver
from server.model.base import Json

DEEPEST = 24
OF_MEMBERS = frozenset(("properties", "required"))
OF_ITEMS = frozenset(("items",))
IDENTITY = frozenset(("$schema", "$id", "id"))
"""What names a whole document or its dialect; where a part does so, the search among all that is said takes it into account."""
RECORD = (SILENT - IDENTITY) | {"type", "properties", "required", "additionalProperties"}
LIST = (SILENT - IDENTITY) | {"type", "items"}
OF_ONE_VALUE = (SILENT - IDENTITY - {"$defs", "definitions"}) | ALONE | {"type", "exclusiveMinimum", "exclusiveMaximum"}
"""Keywords that hold no schemas."""
REMEMBERED = 512
LONGEST_REMEMBERED = 400
"""Characters of the schemas of a smallest value that is kept: the same few schemas describe most members of most records."""
OF_ONE_MEMBER = Budget(steps=4_000, size=4_000, validations=0)
"""What looking for a value that is kept may take."""


class ByParts:
    """Puts documents together from the smallest values of their parts."""

    def __init__(self, writer: Compiler, reader: Compiler, solver: Solver) -> None:
        self._writer = writer
        self._reader = reader
        self._solver = solver
        self._scopes = writer.references.root(), reader.references.root()

    def broken(self, writer: Schema, left: Schema) -> Found | None:
        """A document of the writer that what is left of the reader refuses; None where the schemas say more, or none is found."""
        if isinstance(writer, bool) or any(scope.resolver is not None for scope in self._scopes):
            return None
        return self._broken({word: writer[word] for word in writer.keys() - IDENTITY}, left, DEEPEST)

    def _broken(self, writes: Any, left: Any, levels: int) -> Found | None:
        if isinstance(left, dict) and levels:
            if left.keys() <= OF_MEMBERS and _is_record(writes):
                return self._broken_record(writes, left, levels - 1)
            if left.keys() == OF_ITEMS and _is_list(writes):
                item = self._broken(writes.get("items", True), left["items"], levels - 1)
                return None if item is None else Found([item.value])
        return None

    def _broken_record(self, writes: Any, left: dict[str, Any], levels: int) -> Found | None:
        asked = left.get("properties", {})
        if not isinstance(asked, dict) or not isinstance(left.get("required", []), list):
            return None
        required = [*reversed(dict.fromkeys(writes.get("required", ())))]
        if "required" in left:
            return self._record(writes, required, levels)
        if len(asked) != 1:
            return None
        ((name, schema),) = asked.items()
        value = self._broken_part(_member(writes, name), schema, levels)
        others = self._record(writes, [other for other in required if other != name], levels)
        return None if value is None or others is None else Found({name: value.value, **others.value})

    def _broken_part(self, writes: Any, left: Any, levels: int) -> Found | None:
        """The same for a part, which is searched for where the schemas say more."""
        found = self._broken(writes, left, levels)
        if found is None and isinstance(left, dict) and len(left) == 1:
            found = self._remembered(writes, left)
        if found is not None:
            return found
        refuses = self._solver.formulas.negate(self._read(self._reader, left))
        return self._smallest([self._read(self._writer, writes), refuses])

    def _record(self, writes: Any, required: Sequence[str], levels: int) -> Found | None:
        """The record with these members, each as small as can be."""
        made = {}
        for name in required:
            found = self._least(_member(writes, name), levels)
            if found is None:
                return None
            made[name] = found.value
        return Found(made)

    def _least(self, writes: Any, levels: int) -> Found | None:
        if levels and _is_record(writes):
            return self._record(writes, [*reversed(dict.fromkeys(writes.get("required", ())))], levels - 1)
        return self._remembered(writes) or self._smallest([self._read(self._writer, writes)])

    def _remembered(self, writes: Any, left: Any = False) -> Found | None:
        """The smallest value of a schema that the other refuses, where both mean the same in every document of the draft."""
        pair = (writes, left) if left else (writes,)
        if not all(isinstance(one, dict) and one.keys() <= OF_ONE_VALUE for one in pair):
            return None
        draft, text = self._writer.draft, json.dumps([writes, left])
        if draft is not self._reader.draft or len(text) > LONGEST_REMEMBERED:
            return None
        known = _smallest_alone(text, draft)
        if known is None:
            return None
        self._solver.meter.step(known[1])
        return Found(json.loads(known[0]))

    def _read(self, compiler: Compiler, schema: Any) -> Formula:
        scope: Scope = self._scopes[compiler is self._reader]
        formula = compiler.read(schema, scope)
        compiler.finish()
        return formula

    def _smallest(self, formulas: Sequence[Formula]) -> Found | None:
        """The value that satisfies them, shrunk."""

        return _smallest(self._solver, formulas)


def _smallest(solver: Solver, formulas: Sequence[Formula]) -> Found | None:
    def fits(value: Json) -> bool:
        return all(solver.evaluator.holds(formula, value) for formula in formulas)

    outcome = solver.solve(formulas)
    if not isinstance(outcome, Found) or not fits(outcome.value):
        return None
    return Found(shrunk(outcome.value, fits))


@lru_cache(maxsize=REMEMBERED)
def _smallest_alone(text: str, draft: Draft) -> tuple[str, int] | None:
    """(the smallest value that the first schema has and the second refuses, as JSON, the steps it took).

    None where none is found, or not at once.
    """
    meter, dialect = Meter(OF_ONE_MEMBER), Dialect(draft, named=True)
    formulas = Formulas(meter)
    try:
        writes, left = (Compiler(one, dialect, formulas, meter.step).compile() for one in json.loads(text))
        found = _smallest(Solver(formulas, meter), [writes, formulas.negate(left)])
    except (Exceeded, Undecidable, NotJson):
        return None
    return None if found is None else (json.dumps(found.value), meter.steps)


def _is_record(schema: Any) -> bool:
    """Whether it describes objects by their members alone."""
    if not isinstance(schema, dict) or schema.get("type") != "object" or not schema.keys() <= RECORD:
        return False
    required = schema.get("required", [])
    return (
        isinstance(schema.get("properties", {}), dict)
        and isinstance(required, list)
        and all(isinstance(name, str) for name in required)
    )


def _is_list(schema: Any) -> bool:
    """Whether it describes lists by their items alone."""
    if not isinstance(schema, dict) or schema.get("type") != "array" or not schema.keys() <= LIST:
        return False
    return not isinstance(schema.get("items", True), list)


def _member(record: dict[str, Any], name: str) -> Any:
    return record.get("properties", {}).get(name, record.get("additionalProperties", True))
