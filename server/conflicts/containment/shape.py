"""Whether something is a usable JSON Schema: checked in bounded steps, with the place and what to do."""

from dataclasses import dataclass
from typing import Any

from server.conflicts.containment.budget import Budget, Meter, Remote, Undecidable
from server.conflicts.containment.compile import Compiler
from server.conflicts.containment.dialect import Dialect, Draft, dialect_of
from server.conflicts.containment.exact import JSON_TYPES, NotJson
from server.conflicts.containment.formula import Formulas
from server.conflicts.containment.keywords import READERS, Malformed
from server.conflicts.containment.references import References, Scope
from server.conflicts.containment.regex import syntax
from server.conflicts.containment.regex.parse import parse
from server.conflicts.containment.validation import pointer

DEEPEST = 200
MOST_PARTS = 100_000
_NAMED = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies")
_LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = (
    "items", "additionalItems", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_REFERENCES = ("$ref", "$dynamicRef")
_HOLDING = frozenset((*_NAMED, *_LISTED, *_SINGLE))
"""Keywords that hold schemas."""
_TYPES = frozenset((*JSON_TYPES, "integer"))
_BOUNDS = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
_COUNTS = frozenset(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"))


@dataclass(frozen=True, slots=True)
class ShapeError:
    """What keeps a value from being used as a schema."""

    path: str
    """Where, as a JSON Pointer."""
    message: str
    hint: str
    """What to do about it."""


def find_shape_error(schema: Any) -> ShapeError | None:
    """The first thing that keeps a value from being used as a schema; None where there is nothing.

    Looked for: something other than an object or a boolean, a keyword's value of the wrong kind, a local reference that
    leads nowhere, a pattern that is none, an unknown `$schema`, a schema too deep or too large. At most 100,000 parts are looked at.
    """
    if not isinstance(schema, dict | bool):
        return ShapeError(
            "", f"A schema is an object or a boolean, not {_kind(schema)}.", 'Write {"type": "object", …}.'
        )
    try:
        dialect = dialect_of(schema)
    except Undecidable as error:
        return ShapeError(
            "/$schema", f"{error}.", 'Write "https://json-schema.org/draft/2020-12/schema", or leave $schema out.'
        )
    if isinstance(schema, bool):
        return None
    return _Check(schema, dialect).run()


def _kind(value: Any) -> str:
    return {list: "a list", str: "a text", int: "a number", float: "a number", type(None): "null"}.get(
        type(value), "this"
    )


class _Check:
    def __init__(self, schema: dict[str, Any], dialect: Dialect) -> None:
        self.draft = dialect.draft
        self.references = References(schema, dialect.draft)
        self.schema = schema
        self.compiler = Compiler(True, dialect, Formulas(Meter(Budget(size=4 * MOST_PARTS))), lambda _: None)

    def run(self) -> ShapeError | None:
        try:
            scope = self.references.root()
        except Undecidable as unread:
            return ShapeError("", f"{unread}.", "Split it, or state only what readers rely on.")
        pending: list[tuple[tuple[str | int, ...], Any, Scope]] = [((), self.schema, scope)]
        for _ in range(MOST_PARTS):
            if not pending:
                return None
            place, one, scope = pending.pop()
            error = self.look(place, one)
            if error is not None:
                return error
            if isinstance(one, dict):
                try:
                    inner = self.references.inside(scope, one)
                except Undecidable as unread:
                    return ShapeError(pointer(place), f"{unread}.", "Write a URI.")
                error = self.follow(place, one, inner)
                if error is not None:
                    return error
                pending += [(path, sub, inner) for path, sub in reversed(list(self.below(place, one)))]
        return ShapeError("", f"The schema has more than {MOST_PARTS:,} parts.", "State only what readers rely on.")

    def look(self, place: tuple[str | int, ...], schema: Any) -> ShapeError | None:
        if isinstance(schema, bool):
            return None
        if not isinstance(schema, dict):
            return ShapeError(
                pointer(place), f"A schema is an object or a boolean, not {_kind(schema)}.", "Write {} for any value."
            )
        if len(place) > 2 * DEEPEST:
            return ShapeError(pointer(place), "The schema is nested too deep.", "Give the inner parts names in $defs.")
        patterns = schema.get("patternProperties")
        for word in ("pattern", *(patterns if isinstance(patterns, dict) else ())):
            text = schema.get("pattern") if word == "pattern" else word
            if isinstance(text, str) and (problem := _pattern_error(text)):
                where = (*place, "pattern") if word == "pattern" else (*place, "patternProperties", word)
                return ShapeError(pointer(where), problem, "Write an ECMA-262 regular expression.")
        return self.values(place, schema)

    def values(self, place: tuple[str | int, ...], schema: dict[str, Any]) -> ShapeError | None:
        for word in schema:
            reader = READERS.get(word)
            if (
                reader is None
                or not reader.since <= self.draft <= reader.until
                or (self.draft <= Draft.D7 and "$ref" in schema)
            ):
                continue
            problem = self.value_error(word, schema)
            if problem:
                return ShapeError(
                    pointer((*place, word)), f"`{word}` is malformed: {problem}.", "See the keyword's definition."
                )
        return None

    def value_error(self, word: str, schema: dict[str, Any]) -> str:
        """What is wrong with a keyword's own value, its subschemas left out; empty where nothing is."""
        if word in (*_REFERENCES, "$recursiveRef"):
            return "" if isinstance(schema[word], str) else "a text is expected"
        if word in _SINGLE and not isinstance(schema[word], list):
            return ""  # the subschema is looked at by itself
        if word in ("properties", "patternProperties") and isinstance(schema[word], dict):
            return ""
        if _is_plain(word, schema[word], self.draft):
            return ""
        shallow = {name: _hollow(name, schema[name]) for name in schema if name in READERS}
        try:
            READERS[word].read(self.compiler, shallow, Scope(None))
        except (Malformed, NotJson) as error:
            return str(error)
        return ""

    def follow(self, place: tuple[str | int, ...], schema: dict[str, Any], scope: Scope) -> ShapeError | None:
        for word in _REFERENCES:
            if word in schema and isinstance(schema[word], str):
                try:
                    found, _ = self.references.follow(scope, schema[word])
                except Remote:
                    continue  # nothing is wrong with it; what it stands for is left undecided
                except Undecidable as error:
                    hint = "Put the schema it leads to under $defs, and refer to it as #/$defs/NAME."
                    return ShapeError(pointer((*place, word)), f"{str(error)[0].upper()}{str(error)[1:]}.", hint)
                if not isinstance(found, dict | bool):
                    return ShapeError(
                        pointer((*place, word)), f"{schema[word]!r} leads to no schema.", "Refer to a schema."
                    )
        return None

    def below(self, place: tuple[str | int, ...], schema: dict[str, Any]) -> Any:
        if _HOLDING.isdisjoint(schema) or (self.draft <= Draft.D7 and "$ref" in schema):
            return
        for word in _SINGLE:
            if word in schema and not isinstance(schema[word], list):
                yield (*place, word), schema[word]
        for word in (*_LISTED, "items"):
            if isinstance(schema.get(word), list):
                yield from (((*place, word, index), one) for index, one in enumerate(schema[word]))
        for word in _NAMED:
            if isinstance(schema.get(word), dict):
                for name, one in schema[word].items():
                    if not (word == "dependencies" and isinstance(one, list)):
                        yield (*place, word, name), one


def _is_plain(word: str, value: Any, draft: Draft) -> bool:
    """Whether it is plain to see that nothing is wrong with the value; no is no answer: the keyword's reader knows."""
    kind = type(value)
    if kind is str:
        return value in _TYPES if word == "type" else word == "pattern"
    if kind is list:
        return word in ("required", "enum") and all(type(name) is str for name in value)
    if kind is not int:
        return False
    if word in _COUNTS:
        return bool(value >= 0)
    # in draft 4 a word beside a bound counts as well
    return word in _BOUNDS and draft > Draft.D4 and (value > 0 or word != "multipleOf")


def _pattern_error(text: str) -> str:
    try:
        parse(text)
    except syntax.Malformed as error:
        return f"{error}."
    except syntax.Unsupported:
        return ""
    return ""


def _hollow(word: str, value: Any) -> Any:
    """The keyword's value with `true` in place of every subschema."""
    if word in _NAMED and isinstance(value, dict):
        return {name: one if isinstance(one, list) else True for name, one in value.items()}
    if (word in _LISTED or word == "items") and isinstance(value, list):
        return [True for _ in value]
    return True if word in _SINGLE else value
