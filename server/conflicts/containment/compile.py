"""From a JSON Schema of any draft to a formula."""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any

from server.conflicts.containment import keywords
from server.conflicts.containment.budget import Undecidable
from server.conflicts.containment.dialect import Dialect, Draft, Schema, named_draft
from server.conflicts.containment.formula import Formula, Formulas, Target
from server.conflicts.containment.references import References, Scope
from server.conflicts.containment.sharing import shared_references

DEEPEST_AT_ONCE = 24
"""Subschemas nested deeper than this are read later, so that no nesting exhausts the stack."""


class Compiler:
    """Reads one document; every subschema only once."""

    def __init__(
        self, document: Schema, dialect: Dialect, formulas: Formulas, meter_step: Callable[[int], None]
    ) -> None:
        self.draft = dialect.draft
        self.formulas = formulas
        self.references = References(document, dialect.draft)
        self._document = document
        self._step = meter_step
        self._known: dict[Hashable, Formula] = {}
        self._targets: dict[Hashable, Target] = {}
        self._under_way: set[Hashable] = set()
        self._waiting: deque[tuple[Hashable, Schema, Scope, Draft]] = deque()
        self._depth = 0
        self._lender: Compiler | None = None
        self._shared: frozenset[str] = frozenset()

    def compile(self) -> Formula:
        """The formula of the whole document."""
        formula = self.read(self._document, self.references.root())
        self.finish()
        return formula

    def borrow(self, lender: "Compiler") -> None:
        """Takes over from another document of the same draft what the definitions mean that both have in common."""
        for one in (self, lender):
            one.references.root()  # finds the names in it, where there are any
        if lender.draft is self.draft:
            self._shared = shared_references(lender.references, self.references)
            self._lender = lender

    def finish(self) -> None:
        """Reads what was left for later."""
        while self._waiting:
            key, schema, scope, draft = self._waiting.popleft()
            self._targets[key].formula = self._read_now(key, schema, scope, draft)
        if self._lender is not None:
            self._lender.finish()

    def read(self, schema: Any, scope: Scope) -> Formula:
        """The formula of a subschema; a link where it is being read already, or is nested too deep to be read now."""
        if isinstance(schema, bool):
            return self.formulas.true if schema else self.formulas.false
        if not isinstance(schema, dict):
            return self.formulas.opaque("a schema is neither an object nor a boolean", repr(schema)[:200])
        if not schema:
            return self.formulas.true
        draft = self.draft
        if "$schema" in schema and schema is not self._document:
            named = named_draft(schema["$schema"])
            if named is None:
                return self.formulas.opaque("a subschema is of a dialect that is not known", repr(schema["$schema"]))
            draft = named
        scope = self.references.inside(scope, schema, draft)
        key = (id(schema), scope.key(self.references.dynamic), draft)
        known = self._known.get(key)
        if known is not None:
            return known
        if key in self._under_way or self._depth >= DEEPEST_AT_ONCE:
            return self._link(key, schema, scope, draft)
        return self._read_now(key, schema, scope, draft)

    def _link(self, key: Hashable, schema: Schema, scope: Scope, draft: Draft) -> Formula:
        target = self._targets.get(key)
        if target is None:
            target = self._targets[key] = Target(str(len(self._targets)))
            if key not in self._under_way:
                self._waiting.append((key, schema, scope, draft))
        return self.formulas.link(target)

    def _read_now(self, key: Hashable, schema: Schema, scope: Scope, draft: Draft) -> Formula:
        if key in self._known:
            return self._known[key]
        self._step(1)
        self._under_way.add(key)
        self._depth += 1
        assert isinstance(schema, dict)
        around, self.draft = self.draft, draft  # what it refers to is read as it is, unless it names a dialect itself
        formula = self._read_keywords(schema, scope)
        self.draft = around
        self._depth -= 1
        self._under_way.discard(key)
        self._known[key] = formula
        if key in self._targets:
            self._targets[key].formula = formula
        return formula

    def _read_keywords(self, schema: dict[str, Any], scope: Scope) -> Formula:
        if self.draft <= Draft.D7 and "$ref" in schema:
            return self.follow(schema["$ref"], scope)
        parts: list[Formula] = []
        for word in schema:
            reader = keywords.READERS.get(word)
            if reader is not None and reader.since <= self.draft <= reader.until:
                try:
                    parts.append(reader.read(self, schema, scope))
                except keywords.Malformed as error:
                    parts.append(self.formulas.opaque(f"`{word}` is malformed: {error}", repr(schema[word])[:500]))
                except Undecidable as error:
                    parts.append(self.formulas.opaque(str(error), id(schema)))
        return self.formulas.all_of(parts)

    def follow(self, reference: Any, scope: Scope) -> Formula:
        """The formula of what a reference leads to."""
        if (
            self._lender is not None
            and self._lender.draft is self.draft
            and scope.resolver is None
            and isinstance(reference, str)
            and reference in self._shared
        ):
            return self._lender.follow(reference, scope)
        try:
            schema, there = self.references.follow(scope, reference)
        except Undecidable as error:
            return self.formulas.opaque(str(error), str(reference))
        return self.read(schema, there)

    def follow_recursive(self, scope: Scope) -> Formula:
        """The formula of what `$recursiveRef` leads to."""
        schema, there = self.references.follow_recursive(scope)
        return self.read(schema, there)
