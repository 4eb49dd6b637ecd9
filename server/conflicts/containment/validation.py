"""Validation by the `jsonschema` library, with patterns matched in bounded steps and nothing fetched."""

import json
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from math import prod
from typing import Any

from jsonschema import validators
from jsonschema.exceptions import UnknownType, ValidationError
from jsonschema_specifications import REGISTRY
from referencing import Registry
from referencing.exceptions import Unresolvable

from server.conflicts.containment.budget import Budget, Exceeded, Meter, Undecidable
from server.conflicts.containment.dialect import Dialect, Draft, Schema, dialect_of, named_draft
from server.conflicts.containment.references import MALFORMED
from server.conflicts.containment.regex import search
from server.conflicts.containment.regex.language import Languages, Term
from server.conflicts.containment.regex.parse import parse
from server.conflicts.containment.regex.pattern import found_in, reads_alike
from server.conflicts.containment.regex.syntax import (
    Ahead,
    Chars,
    Choice,
    Malformed,
    Node,
    Repeat,
    Sequence,
    Unsupported,
)  # fmt: skip
from server.model.base import Json

MATCHING = Budget(steps=60_000, size=50_000)
"""What matching one text against one pattern may cost."""
MOST_WAYS = 2_000_000
"""A pattern that can match in more ways is not given to the library's own matcher."""
LONGEST_MATCHED = 200_000
"""Characters of one text that a pattern is matched against."""
MOST_KEYWORDS = 30_000
"""So many keywords are looked at in one validation that stands alone."""
DEEPEST = 90
"""So deep may keywords be nested in one validation."""
_NOTHING_FETCHED: Registry[Any] = REGISTRY
"""The published meta-schemas alone, which the library would add anyhow."""
_STOCK = {
    Draft.D4: validators.Draft4Validator,
    Draft.D6: validators.Draft6Validator,
    Draft.D7: validators.Draft7Validator,
    Draft.D2019: validators.Draft201909Validator,
    Draft.D2020: validators.Draft202012Validator,
}


@dataclass(frozen=True, slots=True)
class Rejection:
    """Where and by which keyword a document is rejected."""

    path: str
    schema_path: str
    keyword: str
    message: str


@dataclass(slots=True)
class Allowance:
    """How many keywords may still be looked at, and how many levels below the one looked at now."""

    keywords: int = MOST_KEYWORDS
    levels: int = DEEPEST


_LEFT: ContextVar[Allowance] = ContextVar("what is left of the validation's allowance")


def confirm(schema: Schema, document: Json, dialect: Dialect | None = None) -> bool:
    """Whether the library finds the document valid, in the schema's own dialect.

    Raises Undecidable where the schema can't be used for it: a remote reference, a pattern that is not read, no schema at all.
    """
    return rejection(schema, document, dialect) is None


def rejection(schema: Schema, document: Json, dialect: Dialect | None = None) -> Rejection | None:
    """The first place at which the library rejects the document; None where it is valid. Raises as `confirm` does."""
    return Validation(schema, dialect or dialect_of(schema)).rejection(document)


class Validation:
    """The library, made ready for one schema."""

    def __init__(self, schema: Schema, dialect: Dialect, allowance: Allowance | None = None) -> None:
        self._schema = schema
        self._allowance = allowance or Allowance()
        if isinstance(schema, dict):
            try:
                self._validator = _validator(dialect.draft)(schema, registry=_NOTHING_FETCHED)
            except MALFORMED as error:
                raise Undecidable(f"the schema can't be used to validate: {error}") from None

    def rejection(self, document: Json) -> Rejection | None:
        """The first place at which the library rejects the document; None where it is valid. Raises Undecidable."""
        if isinstance(self._schema, bool):
            return None if self._schema else Rejection("", "", "false", "False schema does not allow anything")
        self._allowance.levels = DEEPEST
        _LEFT.set(self._allowance)
        try:
            for error in self._validator.iter_errors(document):
                return _described(error)
        except Unresolvable as error:
            raise Undecidable(f"a reference can't be followed: {error}") from None
        except (TypeError, ValueError, AttributeError, KeyError, ArithmeticError, UnknownType) as error:
            raise Undecidable(f"the schema can't be used to validate: {error}") from None
        except RecursionError:
            raise Undecidable("a reference leads to itself without end") from None
        return None


def _described(error: ValidationError) -> Rejection:
    keyword = error.validator if isinstance(error.validator, str) else "false"
    steps = list(error.absolute_schema_path)
    if keyword == "false" and steps and isinstance(steps[-1], str) and steps[-1] in ("additionalProperties", "items"):
        keyword = steps[-1]
    return Rejection(pointer(_place(error)), pointer(steps), keyword, _in_json(error)[:300])


def _place(error: ValidationError) -> list[Any]:
    """Where the document fails; for a member that is missing, where it should be."""
    place = list(error.absolute_path)
    if error.validator == "required" and isinstance(error.validator_value, list) and isinstance(error.instance, dict):
        place += [name for name in error.validator_value if name not in error.instance][:1]
    return place


def _in_json(error: ValidationError) -> str:
    """The library's sentence with the rejected value written as JSON: `null is not …` for `None is not …`."""
    said, value = str(error.message), repr(error.instance)
    return json.dumps(error.instance, ensure_ascii=False) + said[len(value) :] if said.startswith(value) else said


def pointer(steps: Any) -> str:
    """The steps as a JSON Pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


@cache
def _validator(draft: Draft) -> Any:
    changed = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "anyOf": _any_of,
        "oneOf": _one_of,
    }
    if draft >= Draft.D2019:
        changed["unevaluatedProperties"] = _guarded(_STOCK[draft].VALIDATORS["unevaluatedProperties"])
    counted = {word: _counted(changed.get(word, stock)) for word, stock in _STOCK[draft].VALIDATORS.items()}
    extend: Any = validators.extend  # without types in its stubs
    made = extend(_STOCK[draft], counted)
    made.evolve = _evolved
    return made


def _evolved(validator: Any, **changes: Any) -> Any:
    """As the library has it: the validator for a subschema, of the draft that it names; but never the library's own class."""
    schema = changes.get("schema", validator.schema)
    draft = named_draft(schema["$schema"]) if isinstance(schema, dict) and "$schema" in schema else None
    made = _validator(draft) if draft else type(validator)
    return made(schema, registry=validator._registry, _resolver=changes.get("_resolver", validator._resolver))


def _counted(keyword: Any) -> Any:
    """The keyword, counting how often it is asked: nested alternatives may ask exponentially often."""

    def count(validator: Any, value: Any, instance: Json, schema: Any) -> Iterator[ValidationError]:
        left = _LEFT.get()
        left.keywords -= 1
        if left.keywords < 0:
            raise Undecidable("validation takes too many steps")
        if left.levels <= 0:  # before the stack overflows: inside the library's compiled parts that would be fatal
            raise Undecidable("validation is nested too deep, or a reference leads to itself without end")
        left.levels -= 1
        try:
            yield from keyword(validator, value, instance, schema) or ()
        finally:
            left.levels += 1

    return count


@lru_cache(maxsize=256)
def _read(pattern: str, python: bool) -> tuple[Languages, Term] | str:
    languages = Languages(Meter(MATCHING))
    try:
        return languages, found_in(languages, pattern, python)
    except (Malformed, Unsupported, Exceeded) as error:
        return str(error)


def found(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text, to ECMA-262 and to Python alike.

    Raises Undecidable where they disagree, and for a pattern that is not read, or takes too long.
    """
    result = _found(pattern, text, python=False)
    if not reads_alike(text) and _found(pattern, text, python=True) is not result:
        raise Undecidable(f"ECMA-262 and Python's `re` disagree about {text!r} and the pattern {pattern!r}")
    return result


def _found(pattern: str, text: str, python: bool) -> bool:
    read = _read(pattern, python)
    if isinstance(read, str):
        raise Undecidable(f"the pattern {pattern!r} is not matched: {read}")
    if len(text) > LONGEST_MATCHED:
        raise Undecidable(f"a text of {len(text):,} characters is too long to match a pattern")
    languages, term = read
    languages.meter.steps = 0
    try:
        return search.accepts(languages, term, text)
    except Exceeded:
        _read.cache_clear()
        raise Undecidable(f"the pattern {pattern!r} takes too long to match") from None


def _pattern(validator: Any, pattern: str, instance: Json, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not found(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: dict[str, Any], instance: Json, schema: Any
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for pattern, subschema in patterns.items():
        for name, value in instance.items():
            if found(pattern, name):
                yield from validator.descend(value, subschema, path=name, schema_path=pattern)


def _additional_properties(validator: Any, additional: Any, instance: Json, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    names, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    extras = [name for name in instance if name not in names and not any(found(pattern, name) for pattern in patterns)]
    if isinstance(additional, dict):
        for name in extras:
            yield from validator.descend(instance[name], additional, path=name)
    elif not additional and extras:
        yield ValidationError(f"Additional properties are not allowed ({', '.join(map(repr, extras))})")


def _any_of(validator: Any, schemas: list[Any], instance: Json, schema: Any) -> Iterator[ValidationError]:
    """As the library has it, but without looking for every error of every alternative."""
    if not any(_fits(validator, instance, one) for one in schemas):
        yield ValidationError(f"{instance!r} is not valid under any of the given schemas")


def _one_of(validator: Any, schemas: list[Any], instance: Json, schema: Any) -> Iterator[ValidationError]:
    """As the library has it, but without looking for every error of every alternative."""
    alternatives = iter(schemas)
    first = next((one for one in alternatives if _fits(validator, instance, one)), None)
    if first is None:
        yield ValidationError(f"{instance!r} is not valid under any of the given schemas")
    more = [one for one in alternatives if validator.evolve(schema=one).is_valid(instance)]
    if more:
        yield ValidationError(f"{instance!r} is valid under each of {', '.join(map(repr, [*more, first]))}")


def _fits(validator: Any, instance: Json, schema: Any) -> bool:
    return next(validator.descend(instance, schema), None) is None


def _guarded(stock: Any) -> Any:
    """The library's `unevaluatedProperties`, which runs the patterns beside it itself: only where it has none to run."""

    def unevaluated_properties(validator: Any, value: Any, instance: Json, schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, dict) and _has_patterns(validator._resolver.lookup("#").contents):
            raise Undecidable("`unevaluatedProperties` with `patternProperties` is not confirmed")
        yield from stock(validator, value, instance, schema) or ()

    return unevaluated_properties


def _has_patterns(schema: Any) -> bool:
    pending = [schema]
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if isinstance(one, dict | list) and one:
            if id(one) in seen:
                continue
            seen.add(id(one))
        if isinstance(one, dict):
            if any(not is_harmless(pattern) for pattern in one.get("patternProperties") or {}):
                return True
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return False


def is_harmless(pattern: Any) -> bool:
    """Whether backtracking can't take long on a text of a thousand characters."""
    try:
        return isinstance(pattern, str) and _ways(parse(pattern)) <= MOST_WAYS
    except (Malformed, Unsupported):
        return False


def _ways(node: Node) -> int:
    """In how many ways, at most, the node can match at one place."""
    match node:
        case Sequence(parts):
            return min(prod(map(_ways, parts)), MOST_WAYS + 1)
        case Choice(parts):
            return sum(map(_ways, parts))
        case Repeat(Chars(), least, most):
            return (1_000 if most is None else most) - least + 1
        case Repeat(part, least, most):
            return MOST_WAYS + 1 if most is None or most > 4 else (_ways(part) + 1) ** most
        case Ahead(part):
            return _ways(part)
        case _:
            return 1
