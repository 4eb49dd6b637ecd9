"""Annotations that differ between writer and reader without deciding anything."""

from collections.abc import Iterator
from typing import Any

from server.conflicts.containment.dialect import Schema

WORDS = ("format", "contentEncoding", "contentMediaType")
MOST_LOOKED_AT = 5_000
MOST_NAMED = 5


def differing_annotations(writer: Schema, reader: Schema) -> list[str]:
    """One sentence for each annotation that the reader states and the writer does not state at the same place."""
    stated = set(_annotations(writer))
    missing = [one for one in _annotations(reader) if one not in stated]
    return [
        f"The reader expects {word} {value!r} at {place or 'the whole document'}; that is an annotation, and was not decided."
        for place, word, value in missing[:MOST_NAMED]
    ]


def _annotations(schema: Schema) -> Iterator[tuple[str, str, str]]:
    pending: list[tuple[str, Any]] = [("", schema)]
    looked = 0
    while pending and looked < MOST_LOOKED_AT:
        place, one = pending.pop()
        looked += 1
        if isinstance(one, dict):
            yield from ((place, word, one[word]) for word in WORDS if isinstance(one.get(word), str))
            pending += [(f"{place}/{name}", inner) for name, inner in one.items() if isinstance(inner, dict | list)]
        elif isinstance(one, list):
            pending += [(f"{place}/{index}", inner) for index, inner in enumerate(one)]
