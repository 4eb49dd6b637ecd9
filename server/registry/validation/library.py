"""What the `jsonschema` library finds wrong; nothing is fetched, and patterns are matched in bounded time."""

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import validators
from jsonschema.exceptions import SchemaError, UnknownType, ValidationError
from jsonschema_specifications import REGISTRY
from referencing.exceptions import Unresolvable

from server.model.base import Json
from server.registry.validation.breaks import Break, Found, Unclear

_STOCK: dict[int, Any] = {
    4: validators.Draft4Validator,
    6: validators.Draft6Validator,
    7: validators.Draft7Validator,
    2019: validators.Draft201909Validator,
    2020: validators.Draft202012Validator,
}
_STUMBLES = (TypeError, ValueError, AttributeError, KeyError, ArithmeticError)
"""What the library raises over a schema that is none."""


def explained_by_library(schema: Any, draft: int, found: Found) -> Callable[[Json], Iterator[Break]]:
    """What names every place at which a value is refused. Raises Unclear where the schema can't be used."""
    if _runs_patterns_itself(schema):
        raise Unclear("`unevaluatedProperties` beside `patternProperties` is not looked at")
    extend: Any = validators.extend
    try:
        if isinstance(schema, dict):
            _STOCK[draft].check_schema(schema)
        validator = extend(_STOCK[draft], _words(found))(schema, registry=REGISTRY)
    except (SchemaError, RecursionError, *_STUMBLES) as error:
        raise Unclear(f"the schema can't be used: {str(error).splitlines()[0][:300]}") from None

    def explain(value: Json) -> Iterator[Break]:
        try:
            for error in validator.iter_errors(value):
                yield _break_of(error)
        except Unresolvable as error:
            raise Unclear(f"a reference can't be followed: {str(error)[:200]}") from None
        except (UnknownType, *_STUMBLES) as error:
            raise Unclear(f"the schema can't be used: {str(error)[:200]}") from None

    return explain


def _words(found: Found) -> dict[str, Any]:
    """The keywords that match patterns, by our own means; and the one of which the library forgets a place."""

    def pattern(validator: Any, wanted: str, instance: Json, schema: Any) -> Iterator[Any]:
        if isinstance(instance, str) and not found(wanted, instance):
            yield ValidationError("")

    def pattern_properties(validator: Any, wanted: dict[str, Any], instance: Json, schema: Any) -> Iterator[Any]:
        for name, value in instance.items() if isinstance(instance, dict) else ():
            for one, subschema in wanted.items():
                if found(one, name):
                    yield from validator.descend(value, subschema, path=name, schema_path=one)

    def additional(validator: Any, wanted: Any, instance: Json, schema: Any) -> Iterator[Any]:
        if not isinstance(instance, dict):
            return
        patterns, named = schema.get("patternProperties", {}), schema.get("properties", {})
        extra = [name for name in instance if name not in named and not any(found(one, name) for one in patterns)]
        if isinstance(wanted, dict):
            for name in extra:
                yield from validator.descend(instance[name], wanted, path=name)
        elif wanted is False and extra:
            yield ValidationError("", instance={name: instance[name] for name in extra})

    def properties(validator: Any, wanted: dict[str, Any], instance: Json, schema: Any) -> Iterator[Any]:
        for name, subschema in wanted.items() if isinstance(instance, dict) else ():
            if name in instance and subschema is False:
                yield ValidationError(
                    "", path=[name], validator="false", validator_value=False, instance=instance[name]
                )
            elif name in instance:
                yield from validator.descend(instance[name], subschema, path=name, schema_path=name)

    return {
        "pattern": pattern,
        "patternProperties": pattern_properties,
        "additionalProperties": additional,
        "properties": properties,
    }


def _runs_patterns_itself(schema: Any) -> bool:
    """Whether the library would match patterns by its own means, for as long as it takes."""
    words: set[str] = set()
    pending = [schema]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            words.update(one)
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return {"unevaluatedProperties", "patternProperties"} <= words


def _break_of(error: Any) -> Break:
    """The library's error as one of ours; what is missing is named by its place."""
    path = tuple(error.absolute_path)
    keyword = error.validator if isinstance(error.validator, str) else "false"
    if keyword == "required" and isinstance(error.instance, dict) and isinstance(error.validator_value, list):
        # the library says one member a time, by its message alone
        path = (*path, next(name for name in error.validator_value if error.message.startswith(repr(name))))
    return Break(path, keyword, error.instance, error.validator_value)
