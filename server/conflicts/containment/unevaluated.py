"""`unevaluatedProperties` and `unevaluatedItems`: what the other keywords beside and below them have looked at.

Which subschemas count depends on which of them hold. A subschema that must hold counts always; for the others a choice is
offered: some of those that hold are taken, and the rest of the members must satisfy the keyword.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from server.conflicts.containment.budget import Undecidable
from server.conflicts.containment.dialect import Draft, named_draft
from server.conflicts.containment.exact import OBJECT, Key
from server.conflicts.containment.formula import Formula, Kind
from server.conflicts.containment.keywords import expect, named, names_besides
from server.conflicts.containment.references import Scope

if TYPE_CHECKING:
    from server.conflicts.containment.compile import Compiler

MOST_CONDITIONS = 7
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at where a condition holds: names, or items before `before` (None: all) and items that are `such`."""

    condition: Formula
    names: Formula
    before: int | None
    such: Formula


def unevaluated_members(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    """Holds where every member that nothing else looked at satisfies `unevaluatedProperties`."""
    made = compiler.formulas
    value = compiler.read(schema["unevaluatedProperties"], scope)
    if value is made.true:
        return made.true
    always, choices = _gathered(compiler, schema, scope, "unevaluatedProperties")
    if any(one.names is made.true for one in always):
        return made.true
    options = [one.condition for one in choices if one.names is made.true]
    choices = [one for one in choices if one.names is not made.true]
    named_ones = [one for one in choices if one.names.kind is Kind.ONE_OF_VALUES]
    by_name: dict[Key, list[Formula]] = {}
    for one in named_ones:
        for key in sorted(one.names.args[0]):
            by_name.setdefault(key, []).append(one.condition)
    for chosen in _subsets([one for one in choices if one not in named_ones]):
        seen = made.any_of([one.names for one in (*always, *chosen)])
        rest = made.negate(made.any_of([seen, made.one_of_values(by_name)]))
        parts = [one.condition for one in chosen] + [made.every_member(rest, value)]
        for key, conditions in by_name.items():
            unseen = made.all_of([made.one_of_values([key]), made.negate(seen)])
            parts.append(made.any_of([*conditions, made.every_member(unseen, value)]))
        options.append(made.all_of(parts))
    return made.any_of(options)


def unevaluated_items(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    """Holds where every item that nothing else looked at satisfies `unevaluatedItems`."""
    made = compiler.formulas
    value = compiler.read(schema["unevaluatedItems"], scope)
    if value is made.true:
        return made.true
    always, choices = _gathered(compiler, schema, scope, "unevaluatedItems")
    if any(one.before is None for one in always):
        return made.true
    options = [one.condition for one in choices if one.before is None]
    for chosen in _subsets([one for one in choices if one.before is not None]):
        taken = (*always, *chosen)
        conditions = [one.condition for one in chosen]
        first = max((one.before or 0 for one in taken), default=0)
        rest = made.every_item(first, None, made.any_of([value, *(one.such for one in taken)]))
        options.append(made.all_of([*conditions, rest]))
    return made.any_of(options)


def _subsets(choices: list[Seen]) -> list[tuple[Seen, ...]]:
    if len(choices) > MOST_CONDITIONS:
        raise Undecidable(f"`unevaluated…` depends on more than {MOST_CONDITIONS} conditions")
    return [chosen for size in range(len(choices) + 1) for chosen in combinations(choices, size)]


def _gathered(
    compiler: "Compiler", schema: dict[str, Any], scope: Scope, word: str
) -> tuple[tuple[Seen, ...], list[Seen]]:
    found: list[Seen] = []
    try:
        _Gatherer(compiler, word, found).look(schema, scope, compiler.formulas.true, DEEPEST, outermost=True)
    except (AttributeError, TypeError):
        raise Undecidable(f"a malformed keyword stands beside `{word}`") from None
    always = tuple(one for one in found if one.condition is compiler.formulas.true)
    by_condition: dict[Formula, Seen] = {}
    for one in found:
        if one.condition is not compiler.formulas.true and one.condition is not compiler.formulas.false:
            earlier = by_condition.get(one.condition)
            by_condition[one.condition] = one if earlier is None else _joined(compiler, earlier, one)
    return always, list(by_condition.values())


def _joined(compiler: "Compiler", one: Seen, other: Seen) -> Seen:
    made = compiler.formulas
    before = None if one.before is None or other.before is None else max(one.before, other.before)
    if one.names.kind is other.names.kind is Kind.ONE_OF_VALUES:
        names = made.one_of_values(one.names.args[0] | other.names.args[0])
    else:
        names = made.any_of([one.names, other.names])
    return Seen(one.condition, names, before, made.any_of([one.such, other.such]))


class _Gatherer:
    def __init__(self, compiler: "Compiler", word: str, found: list[Seen]) -> None:
        self.compiler = compiler
        self.word = word
        self.found = found

    def look(self, schema: Any, scope: Scope, condition: Formula, depth: int, outermost: bool = False) -> None:
        """Adds what the schema looks at, where the condition and the schema itself hold."""
        if not isinstance(schema, dict):
            return
        if depth == 0:
            raise Undecidable(f"`{self.word}` looks through schemas nested too deep")
        if "$schema" in schema and not outermost and named_draft(schema["$schema"]) is not self.compiler.draft:
            raise Undecidable(f"`{self.word}` looks into a schema of another dialect")
        scope = self.compiler.references.inside(scope, schema, self.compiler.draft)
        if self.word == "unevaluatedProperties":
            self._members(schema, condition, outermost)
        else:
            self._items(schema, scope, condition, outermost)
        self._below(schema, scope, condition, depth - 1)

    def _add(
        self, condition: Formula, names: Formula | None = None, before: int | None = 0, such: Formula | None = None
    ) -> None:
        nothing = self.compiler.formulas.false
        if before == 0 and not names and not such:
            return
        self.found.append(Seen(condition, names or nothing, before, such or nothing))

    def _members(self, schema: dict[str, Any], condition: Formula, outermost: bool) -> None:
        made = self.compiler.formulas
        if "additionalProperties" in schema or ("unevaluatedProperties" in schema and not outermost):
            self._add(condition, made.true)
        elif "properties" in schema or "patternProperties" in schema:
            self._add(condition, made.negate(names_besides(self.compiler, schema)))

    def _items(self, schema: dict[str, Any], scope: Scope, condition: Formula, outermost: bool) -> None:
        draft = self.compiler.draft
        if "unevaluatedItems" in schema and not outermost:
            self._add(condition, before=None)
        items = schema.get("items")
        if draft >= Draft.D2020:
            before = len(expect(schema.get("prefixItems", []), list, "a list of schemas"))
            self._add(condition, before=None if "items" in schema else before)
            if "contains" in schema:
                self._add(condition, such=self.compiler.read(schema["contains"], scope))
        elif "contains" in schema:
            raise Undecidable("whether `contains` counts for `unevaluatedItems` is read differently in draft 2019-09")
        elif isinstance(items, list):
            self._add(condition, before=None if "additionalItems" in schema else len(items))
        elif "items" in schema:
            self._add(condition, before=None)

    def _below(self, schema: dict[str, Any], scope: Scope, condition: Formula, depth: int) -> None:
        compiler, made = self.compiler, self.compiler.formulas
        for one in schema.get("allOf", ()):
            self.look(one, scope, condition, depth)
        for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            self.look(one, scope, made.all_of([condition, compiler.read(one, scope)]), depth)
        if "if" in schema:
            test = compiler.read(schema["if"], scope)
            self.look(schema["if"], scope, made.all_of([condition, test]), depth)
            self.look(schema.get("then"), scope, made.all_of([condition, test]), depth)
            self.look(schema.get("else"), scope, made.all_of([condition, made.negate(test)]), depth)
        for name, one in schema.get("dependentSchemas", {}).items():
            present = made.all_of([made.types(1 << OBJECT), made.some_member(named(compiler, name), made.true)])
            self.look(one, scope, made.all_of([condition, present]), depth)
        for word in ("$ref", "$dynamicRef"):
            if word in schema:
                self.look(*compiler.references.follow(scope, schema[word]), condition, depth)
        if "$recursiveRef" in schema and compiler.draft is Draft.D2019:
            self.look(*compiler.references.follow_recursive(scope), condition, depth)
