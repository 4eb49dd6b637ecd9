"""Which draft of JSON Schema a schema is written in."""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from server.conflicts.containment.budget import Undecidable

Schema = dict[str, Any] | bool


class Draft(IntEnum):
    """The drafts that are understood, in the order of their appearance."""

    D4 = 4
    D6 = 6
    D7 = 7
    D2019 = 2019
    D2020 = 2020


@dataclass(frozen=True, slots=True)
class Dialect:
    """A draft, and whether the schema named it."""

    draft: Draft
    named: bool
    note: str = ""


_URI = re.compile(r"https?://json-schema\.org/(?:draft-0([467])|draft/(2019-09|2020-12))/schema#?")
_NEWEST = ("http://json-schema.org/schema", "http://json-schema.org/schema#", "https://json-schema.org/schema")
_MODERN = frozenset(
    "$defs prefixItems dependentRequired dependentSchemas unevaluatedItems unevaluatedProperties $anchor $dynamicRef "
    "$dynamicAnchor $recursiveRef $recursiveAnchor minContains maxContains $vocabulary".split()
)
_LEGACY = frozenset("additionalItems dependencies definitions".split())
_IN_PLACE = ("allOf", "anyOf", "oneOf", "items", "prefixItems")
_NAMED = ("properties", "patternProperties", "definitions", "$defs", "dependencies", "dependentSchemas")
_SINGLE = ("additionalProperties", "additionalItems", "items", "not", "if", "then", "else", "contains", "propertyNames")
MOST_LOOKED_AT = 20_000


def named_draft(uri: Any) -> Draft | None:
    """The draft that a `$schema` names; None where it names none that is known."""
    if not isinstance(uri, str):
        return None
    if uri in _NEWEST:
        return Draft.D2020
    match = _URI.fullmatch(uri)
    return Draft(int(match[1] or match[2][:4])) if match else None


def dialect_of(schema: Schema) -> Dialect:
    """The dialect of a schema: as `$schema` names it, else 2020-12, else (when only an older draft has its keywords) draft 7 or 4.

    Raises Undecidable for a `$schema` that is not known: a meta-schema of one's own may change what every keyword means.
    """
    if isinstance(schema, bool):
        return Dialect(Draft.D2020, named=False)
    if "$schema" in schema:
        draft = named_draft(schema["$schema"])
        if draft is None:
            raise Undecidable(f"the dialect {schema['$schema']!r} is not one of drafts 4, 6, 7, 2019-09 and 2020-12")
        return Dialect(draft, named=True)
    legacy, modern, oldest = _keywords(schema)
    if oldest and not modern:
        return Dialect(
            Draft.D4, named=False, note="Read as draft 4, for want of `$schema`: exclusiveMinimum is a boolean."
        )
    if legacy and not modern:
        words = ", ".join(sorted(legacy))
        return Dialect(Draft.D7, named=False, note=f"Read as draft 7, for want of `$schema`: it uses {words}.")
    return Dialect(Draft.D2020, named=False)


def _keywords(schema: Schema) -> tuple[set[str], bool, bool]:
    """(keywords that later drafts dropped, whether a keyword is only of later drafts, whether one is of draft 4 alone)."""
    legacy: set[str] = set()
    modern = oldest = False
    pending: list[Any] = [schema]
    for _ in range(MOST_LOOKED_AT):
        if not pending:
            break
        one = pending.pop()
        if not isinstance(one, dict):
            continue
        legacy |= _LEGACY & one.keys()
        modern = modern or bool(_MODERN & one.keys())
        oldest = (
            oldest or isinstance(one.get("exclusiveMinimum"), bool) or isinstance(one.get("exclusiveMaximum"), bool)
        )
        if isinstance(one.get("items"), list):
            legacy.add("a list of items")
        if isinstance(one.get("$id"), str) and one["$id"].startswith("#"):
            legacy.add("a `$id` with a fragment")
        for word in _IN_PLACE:
            if isinstance(one.get(word), list):
                pending += one[word]
        for word in _NAMED:
            if isinstance(one.get(word), dict):
                pending += one[word].values()
        pending += [one[word] for word in _SINGLE if isinstance(one.get(word), dict)]
    return legacy, modern, oldest
