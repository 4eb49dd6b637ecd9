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
_EXCLUSIVE = ("exclusiveMinimum", "exclusiveMaximum")
_SIXTH = frozenset("const contains propertyNames if $id examples".split())
"""Words that draft 6 or 7 brought."""
_SHOWS = _MODERN | _LEGACY | _SIXTH | {*_EXCLUSIVE, "id"}
_IN_PLACE = frozenset(("allOf", "anyOf", "oneOf", "items", "prefixItems"))
_NAMED = frozenset(("properties", "patternProperties", "definitions", "$defs", "dependencies", "dependentSchemas"))
_SINGLE = frozenset(
    ("additionalProperties", "additionalItems", "items", "not", "if", "then", "else", "contains", "propertyNames")
)
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
        return Dialect(Draft.D4, named=False, note=f"Read as draft 4, for want of `$schema`: {oldest}.")
    if legacy and not modern:
        words = ", ".join(sorted(legacy))
        return Dialect(Draft.D7, named=False, note=f"Read as draft 7, for want of `$schema`: it uses {words}.")
    return Dialect(Draft.D2020, named=False)


def _keywords(schema: Schema) -> tuple[set[str], bool, str]:
    """(keywords that later drafts dropped, whether a keyword is only of later drafts, what is of draft 4 alone)."""
    legacy: set[str] = set()
    modern = sixth = identified = False
    oldest = ""
    pending: list[Any] = [schema]
    for _ in range(MOST_LOOKED_AT):
        if not pending:
            break
        one = pending.pop()
        if not isinstance(one, dict) or "$schema" in one:
            continue  # a part that names its own dialect says nothing of the others
        for word, value in one.items():
            if word in _SHOWS:
                legacy |= _LEGACY & {word}
                modern = modern or word in _MODERN
                sixth = sixth or word in _SIXTH or (word in _EXCLUSIVE and not isinstance(value, bool))
                identified = identified or (word == "id" and isinstance(value, str))
                if word in _EXCLUSIVE and isinstance(value, bool):
                    oldest = f"{word} is a boolean"
                if word == "$id" and isinstance(value, str) and value.startswith("#"):
                    legacy.add("a `$id` with a fragment")
            if isinstance(value, dict):
                if word in _SINGLE:
                    pending.append(value)
                elif word in _NAMED:
                    pending += value.values()
            elif isinstance(value, list) and word in _IN_PLACE:
                pending += value
                if word == "items":
                    legacy.add("a list of items")
    if identified and not sixth:
        oldest = oldest or "it has an `id`"
    return legacy, modern, oldest
