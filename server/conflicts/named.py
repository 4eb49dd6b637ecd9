"""Whether a schema names a place of the documents, so that it can be told that the place is gone afterwards (CON-14)."""

from collections.abc import Iterable, Sequence

from server.conflicts.schemas import Schema

_UNCLEAR = ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "prefixItems", "patternProperties")


def names(schema: Schema, place: Sequence[str]) -> bool | None:
    """Whether the schema has the place among its `properties` and `items`; None where that does not show plainly.

    A list on the way needs no `*`, as paths into a list and into one item of it are the same place.
    """
    at = _item(schema)
    for segment in place:
        if isinstance(at, bool) or any(word in at for word in _UNCLEAR):
            return None
        properties = at.get("properties", {})
        if not isinstance(properties, dict) or segment == "*":
            return None
        if segment not in properties:
            return False
        at = _item(properties[segment])
    return True


def gone(before: Iterable[Schema], after: Iterable[Schema], place: Sequence[str]) -> bool:
    """Whether schemas that named the place are replaced by such as don't."""
    left = [names(schema, place) for schema in after]
    return bool(left) and set(left) == {False} and any(names(schema, place) for schema in before)


def _item(schema: Schema) -> Schema:
    """What stands at the place, or in the list that stands there."""
    while isinstance(schema, dict) and isinstance(schema.get("items"), dict) and "properties" not in schema:
        schema = schema["items"]
    return schema
