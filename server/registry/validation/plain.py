"""What most contracts ask, as plain functions: types, members, lists of values, bounds. Pure.

A schema that uses any other word is left to the library (engine.py); what is decided here is decided as the library does,
which a test holds against it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from server.model.base import Json
from server.registry.validation.breaks import Break, Found

Path = tuple[str | int, ...]
Fits = Callable[[Json], bool]
Explain = Callable[[Json, Path], Iterator[Break]]

_NOTES = frozenset(
    """$schema $comment title description default examples deprecated readOnly writeOnly format $defs definitions
    contentEncoding contentMediaType contentSchema""".split()
)
"""Words that ask nothing of the data."""
_DEEPEST = 60
"""So deep may a schema be nested here."""
_NOT_PLAIN = ("$id", "id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor")


class NotPlain(Exception):
    """The schema says something that is not decided here."""


@dataclass(slots=True)
class Plain:
    """A schema as two functions that agree: whether a value fits, and every place where it does not."""

    fits: Fits
    explain: Explain


def plain(schema: Any, *, reference_alone: bool, found: Found) -> Plain:
    """The schema made ready. `reference_alone`: a `$ref` makes the words beside it void, as up to draft 7.

    `found` matches patterns; what it raises, the functions raise. Raises NotPlain.
    """
    return _Reading(schema, reference_alone, found).plain(schema, 0)


@dataclass(slots=True)
class _Test:
    """What one keyword asks, of values of the classes that it is about."""

    keyword: str
    wanted: Json
    classes: tuple[type, ...] | None
    """None = of every value."""
    fits: Fits


class _Reading:
    """One schema, whose references lead into itself."""

    def __init__(self, root: Any, reference_alone: bool, found: Found) -> None:
        self._found = found
        self._root = root
        self._reference_alone = reference_alone
        self._named: dict[str, Plain] = {}

    def plain(self, schema: Any, depth: int) -> Plain:
        """The functions for a part of the schema."""
        if schema is True:
            return Plain(lambda value: True, lambda value, path: iter(()))
        if schema is False:
            return Plain(lambda value: False, lambda value, path: iter((Break(path, "false", value, False),)))
        if not isinstance(schema, dict) or depth > _DEEPEST or any(word in schema for word in _NOT_PLAIN):
            raise NotPlain
        if "$ref" in schema and self._reference_alone:
            return self._referred(schema["$ref"], depth)
        return self._together(schema, depth)

    def _together(self, schema: dict[str, Any], depth: int) -> Plain:
        tests: list[_Test] = []
        inner: list[Plain] = []
        for word, wanted in schema.items():
            if word in _NOTES:
                continue
            if word == "$ref":
                inner.append(self._referred(wanted, depth))
            elif word == "allOf" and isinstance(wanted, list):
                inner += [self.plain(one, depth + 1) for one in wanted]
            elif word == "properties" and isinstance(wanted, dict):
                inner.append(_members({name: self.plain(one, depth + 1) for name, one in wanted.items()}))
            elif word == "required" and isinstance(wanted, list) and all(isinstance(one, str) for one in wanted):
                inner.append(_required(tuple(wanted)))
            elif word == "additionalProperties" and "patternProperties" not in schema:
                inner.append(self._additional(wanted, schema.get("properties", {}), depth))
            elif word == "items" and (isinstance(wanted, dict) or wanted is True) and "prefixItems" not in schema:
                inner.append(_items(self.plain(wanted, depth + 1)))
            elif word in ("anyOf", "oneOf") and isinstance(wanted, list) and wanted:
                tests.append(_alternatives(word, wanted, [self.plain(one, depth + 1).fits for one in wanted]))
            elif word == "not":
                tests.append(_unless(wanted, self.plain(wanted, depth + 1).fits))
            elif word == "if":
                inner.append(_case(*(self.plain(schema.get(each, True), depth + 1) for each in ("if", "then", "else"))))
            elif word == "pattern" and isinstance(wanted, str):
                tests.append(_pattern(wanted, self._found))
            elif word not in ("then", "else"):
                tests.append(_test(word, wanted))
        return _joined(tests, inner)

    def _additional(self, wanted: Any, named: Any, depth: int) -> Plain:
        names = frozenset(named) if isinstance(named, dict) else frozenset()
        if wanted is False:
            return _closed(names)
        return _others(names, self.plain(wanted, depth + 1))

    def _referred(self, reference: Any, depth: int) -> Plain:
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            raise NotPlain
        known = self._named.get(reference)
        if known is None:
            known = self._named[reference] = Plain(lambda value: False, lambda value, path: iter(()))
            target = self._root
            for part in reference[2:].split("/") if len(reference) > 1 else ():
                name = part.replace("~1", "/").replace("~0", "~")
                if "%" in name or not isinstance(target, dict) or name not in target:
                    raise NotPlain
                target = target[name]
            found = self.plain(target, depth + 1)
            known.fits, known.explain = found.fits, found.explain
        found = known  # looked up when it is used: it may lead back to itself
        return Plain(lambda value: found.fits(value), lambda value, path: found.explain(value, path))


def _joined(tests: list[_Test], inner: list[Plain]) -> Plain:
    all_fit = [*(_where_it_applies(test) for test in tests), *(one.fits for one in inner)]

    def explain(value: Json, path: Path) -> Iterator[Break]:
        for test, fits in zip(tests, all_fit, strict=False):
            if not fits(value):
                yield Break(path, test.keyword, value, test.wanted)
        for one in inner:
            yield from one.explain(value, path)

    match all_fit:
        case []:
            return Plain(lambda value: True, explain)
        case [only]:
            return Plain(only, explain)
        case [first, second]:
            return Plain(lambda value: first(value) and second(value), explain)
        case [first, second, third]:
            return Plain(lambda value: first(value) and second(value) and third(value), explain)

    def fits(value: Json) -> bool:
        for one in all_fit:  # noqa: SIM110  # a generator costs as much as the tests do
            if not one(value):
                return False
        return True

    return Plain(fits, explain)


def _where_it_applies(test: _Test) -> Fits:
    if test.classes is None:
        return test.fits
    classes, fits = test.classes, test.fits
    return lambda value: value.__class__ not in classes or fits(value)


def _members(members: dict[str, Plain]) -> Plain:
    asked = [(name, one.fits) for name, one in members.items()]

    def fits(value: Json) -> bool:
        if value.__class__ is dict:
            for name, one in asked:
                if name in value and not one(value[name]):
                    return False
        return True

    def explain(value: Json, path: Path) -> Iterator[Break]:
        if isinstance(value, dict):
            for name, one in members.items():
                if name in value and not one.fits(value[name]):
                    yield from one.explain(value[name], (*path, name))

    return Plain(fits, explain)


def _required(names: tuple[str, ...]) -> Plain:
    wanted = frozenset(names)

    def fits(value: Json) -> bool:
        return value.__class__ is not dict or value.keys() >= wanted

    def explain(value: Json, path: Path) -> Iterator[Break]:
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    yield Break((*path, name), "required", value, list(names))

    return Plain(fits, explain)


def _closed(names: frozenset[str]) -> Plain:
    def fits(value: Json) -> bool:
        return value.__class__ is not dict or value.keys() <= names

    def explain(value: Json, path: Path) -> Iterator[Break]:
        if not fits(value):
            yield Break(path, "additionalProperties", {name: value[name] for name in value if name not in names}, False)

    return Plain(fits, explain)


def _others(names: frozenset[str], rest: Plain) -> Plain:
    def explain(value: Json, path: Path) -> Iterator[Break]:
        if isinstance(value, dict):
            for name, one in value.items():
                if name not in names:
                    yield from rest.explain(one, (*path, name))

    def fits(value: Json) -> bool:
        if value.__class__ is not dict or value.keys() <= names:
            return True
        return all(rest.fits(one) for name, one in value.items() if name not in names)

    return Plain(fits, explain)


def _items(one: Plain) -> Plain:
    def explain(value: Json, path: Path) -> Iterator[Break]:
        if isinstance(value, list):
            for position, item in enumerate(value):
                if not one.fits(item):
                    yield from one.explain(item, (*path, position))

    return Plain(lambda value: value.__class__ is not list or all(map(one.fits, value)), explain)


def _alternatives(word: str, wanted: Json, fits: list[Fits]) -> _Test:
    if word == "anyOf":
        return _Test(word, wanted, None, lambda value: any(one(value) for one in fits))
    return _Test(word, wanted, None, lambda value: sum(one(value) for one in fits) == 1)


def _unless(wanted: Json, fits: Fits) -> _Test:
    return _Test("not", wanted, None, lambda value: not fits(value))


def _pattern(wanted: str, found: Found) -> _Test:
    return _Test("pattern", wanted, (str,), lambda value: found(wanted, value))


def _case(when: Plain, then: Plain, otherwise: Plain) -> Plain:
    return Plain(
        lambda value: then.fits(value) if when.fits(value) else otherwise.fits(value),
        lambda value, path: then.explain(value, path) if when.fits(value) else otherwise.explain(value, path),
    )


_NUMBERS = (int, float)


def _test(word: str, wanted: Any) -> _Test:
    if word == "type":
        names = [wanted] if isinstance(wanted, str) else wanted
        if not isinstance(names, list) or not names or not all(name in _OF_TYPE for name in names):
            raise NotPlain
        fits = [_OF_TYPE[name] for name in names]
        return _Test(word, wanted, None, fits[0] if len(fits) == 1 else lambda value: any(one(value) for one in fits))
    if word in ("enum", "const"):
        return _Test(word, wanted, None, _one_of(wanted if word == "enum" else [wanted]))
    if word in _BOUNDS and isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return _Test(word, wanted, *_BOUNDS[word](wanted))
    raise NotPlain


def _one_of(values: Any) -> Fits:
    """Equal as JSON values are: `1` is `1.0`, and `true` is not `1`."""
    if not isinstance(values, list) or any(isinstance(value, dict | list) for value in values):
        raise NotPlain
    if all(isinstance(value, str) for value in values):
        texts = frozenset(values)
        return lambda value: value.__class__ is str and value in texts
    known = frozenset((value.__class__ is bool, value) for value in values)
    return lambda value: (
        value.__class__ is not dict and value.__class__ is not list and (value.__class__ is bool, value) in known
    )


_OF_TYPE: dict[str, Fits] = {
    "string": lambda value: value.__class__ is str,
    "number": lambda value: value.__class__ in _NUMBERS,
    "integer": lambda value: value.__class__ is int or (value.__class__ is float and value.is_integer()),
    "boolean": lambda value: value.__class__ is bool,
    "null": lambda value: value is None,
    "array": lambda value: value.__class__ is list,
    "object": lambda value: value.__class__ is dict,
}

_BOUNDS: dict[str, Callable[[Any], tuple[tuple[type, ...], Fits]]] = {
    "minimum": lambda bound: (_NUMBERS, lambda value: not value < bound),
    "maximum": lambda bound: (_NUMBERS, lambda value: not value > bound),
    "exclusiveMinimum": lambda bound: (_NUMBERS, lambda value: not value <= bound),
    "exclusiveMaximum": lambda bound: (_NUMBERS, lambda value: not value >= bound),
    "minLength": lambda bound: ((str,), lambda value: len(value) >= bound),
    "maxLength": lambda bound: ((str,), lambda value: len(value) <= bound),
    "minItems": lambda bound: ((list,), lambda value: len(value) >= bound),
    "maxItems": lambda bound: ((list,), lambda value: len(value) <= bound),
    "minProperties": lambda bound: ((dict,), lambda value: len(value) >= bound),
    "maxProperties": lambda bound: ((dict,), lambda value: len(value) <= bound),
}
