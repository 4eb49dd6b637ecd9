"""What a schema asks of a value, by whichever engine is quickest and certain: all three agree, which a test holds.

`plain` decides what most contracts say. The `jsonschema` library decides everything else, made ready once for each schema.
Where the extra `fast` is installed, `jsonschema-rs` looks first: what it accepts is accepted, and only what it refuses is
looked at again for what is wrong. It is not asked about words on which it could differ.
"""

import importlib.util
from collections.abc import Callable, Iterator
from typing import Any

from server.model.base import Json
from server.registry.validation.breaks import Break, Found, Unclear
from server.registry.validation.plain import NotPlain, plain


class Judge:
    """One schema made ready."""

    def __init__(self, schema: Any, *, found: Found, fast: bool = True, slow: bool = False) -> None:
        """`fast` = use jsonschema-rs where it is installed; `slow` = use nothing but the `jsonschema` library.

        Raises Unclear where the schema can't be used.
        """
        draft = _draft_of(schema)
        self._sieve = None if slow or not fast else _sieve(schema, draft)
        self._explain: Callable[[Json], Iterator[Break]]
        self._fits: Callable[[Json], bool] | None = None
        self.engine = "jsonschema"
        try:
            if slow or draft < 7:  # draft 6 has no `if`, draft 4 other bounds
                raise NotPlain
            ready = plain(schema, reference_alone=draft < 2019, found=found)
        except NotPlain:
            from server.registry.validation.library import explained_by_library

            self._explain = explained_by_library(schema, draft, found)
        else:
            self.engine = "plain"
            self._fits, explain = ready.fits, ready.explain
            self._explain = lambda value: explain(value, ())
        if self._sieve is not None:
            self.engine = "jsonschema-rs"

    def accepts_each(self, values: list[Json]) -> bool:
        """Whether all of them are certainly accepted; no where one is refused, or it takes a closer look."""
        try:
            if self._sieve is not None:
                return all(map(self._sieve, values))
            return self._fits is not None and all(map(self._fits, values))
        except (Unclear, ValueError, TypeError, OverflowError, RecursionError):
            return False

    def breaks(self, value: Json) -> list[Break]:
        """Every place at which the value is refused; none where it is accepted. Raises Unclear."""
        try:
            if self._sieve is not None and self._sieved(value):
                return []
            if self._fits is not None and self._fits(value):
                return []
            return list(self._explain(value))
        except RecursionError:
            raise Unclear("it is nested too deeply, or a reference leads to itself without end") from None

    def _sieved(self, value: Json) -> bool:
        try:
            return self._sieve is not None and self._sieve(value)
        except (ValueError, TypeError, OverflowError):
            return False


def fast_engine() -> bool:
    """Whether the extra `fast` is installed."""
    return importlib.util.find_spec("jsonschema_rs") is not None


_DRAFTS = {
    "http://json-schema.org/draft-04/schema": 4,
    "http://json-schema.org/draft-06/schema": 6,
    "http://json-schema.org/draft-07/schema": 7,
    "https://json-schema.org/draft/2019-09/schema": 2019,
    "https://json-schema.org/draft/2020-12/schema": 2020,
}


def _draft_of(schema: Any) -> int:
    if isinstance(schema, bool) or not isinstance(schema, dict) or "$schema" not in schema:
        return 2020
    named = str(schema["$schema"]).rstrip("#")
    known = _DRAFTS.get(named) or _DRAFTS.get(
        named.replace("http://json-schema.org/draft/", "https://json-schema.org/draft/")
    )
    if known is None:
        raise Unclear(f"the dialect {named[:200]} is not known")
    return known


_ALIKE = frozenset(
    """$schema $comment title description default examples deprecated readOnly writeOnly format $defs definitions type
    properties required additionalProperties items prefixItems enum const minimum maximum exclusiveMinimum
    exclusiveMaximum minLength maxLength minItems maxItems minProperties maxProperties allOf anyOf oneOf not if then else
    dependentRequired propertyNames""".split()
)
"""Words that mean the same to both libraries, whatever the data."""
_HOLDING_NAMES = ("properties", "$defs", "definitions")


def _sieve(schema: Any, draft: int) -> Callable[[Json], bool] | None:
    """What accepts values quickly; None where it is not installed, or might not mean the same."""
    if not fast_engine() or draft < 6 or not isinstance(schema, dict) or not _means_alike(schema):
        return None
    import jsonschema_rs

    classes: dict[int, Any] = {
        6: jsonschema_rs.Draft6Validator,
        7: jsonschema_rs.Draft7Validator,
        2019: jsonschema_rs.Draft201909Validator,
        2020: jsonschema_rs.Draft202012Validator,
    }
    try:
        accepts: Callable[[Json], bool] = classes[draft](schema, validate_formats=False).is_valid
    except (ValueError, TypeError, jsonschema_rs.ValidationError):
        return None
    return accepts


def _means_alike(schema: dict[str, Any]) -> bool:
    pending: list[Any] = [schema]
    while pending:
        one = pending.pop()
        if isinstance(one, list):
            pending += one
        if not isinstance(one, dict):
            continue
        if not one.keys() <= _ALIKE:
            return False
        for word, value in one.items():
            if word in ("enum", "const"):
                if any(not isinstance(each, str | bool | None) for each in (value if word == "enum" else [value])):
                    return False  # whether 1 is 1.0 is a matter of opinion
            elif word in _HOLDING_NAMES and isinstance(value, dict):
                pending += value.values()
            elif word not in ("default", "examples", "required", "type", "dependentRequired"):
                if isinstance(value, int | float) and abs(value) > 2**53:
                    return False
                pending.append(value)
    return True
