"""Annotations that differ between writer and reader without deciding anything: what a value is said to be, and not held to."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from server.conflicts.containment.dialect import Schema

ENCODINGS = frozenset(("contentEncoding", "contentMediaType"))
WORDS = ENCODINGS | {"format"}
MOST_LOOKED_AT = 20_000
MOST_NAMED = 5

Annotation = tuple[str, str, str]
"""(place in the document, the word, its value). `*` stands for every item, or every member without a name of its own."""

_Chain = tuple[int, ...]
"""The references that led somewhere: none is followed into itself."""

_SAME_PLACE = ("allOf", "anyOf", "oneOf", "then", "else")
_EVERY_ITEM = ("items", "prefixItems", "additionalItems", "contains", "unevaluatedItems")
_EVERY_MEMBER = ("additionalProperties", "unevaluatedProperties")


def differing_annotations(writer: Schema, reader: Schema) -> list[str]:
    """One sentence for each annotation that the reader states and the writer does not state at the same place."""
    return [
        f"The reader expects {word} {value!r} at {place or 'the whole document'}; that is an annotation, and was not decided."
        for place, word, value in sorted(missing_annotations(writer, reader))[:MOST_NAMED]
    ]


def missing_annotations(writer: Schema, reader: Schema) -> set[Annotation]:
    """What the reader states and the writer does not state of the same place in the document.

    Places are those of documents, so that a schema which is only written in another way differs in nothing. References
    inside the schema are followed, a recursive one once.
    """
    expected = _look_through(reader)[0] if _may_say(reader, WORDS) else set()
    return expected - _look_through(writer)[0] if expected else set()


def new_encodings(before: Schema, after: Schema, reader: Schema) -> set[Annotation]:
    """What `after` says of how values are encoded, `before` does not, and lies where the reader reads.

    A new `format` says that fewer texts are written than might have been; a new encoding, that the same text means another.
    """
    said = {one for one in _look_through(after)[0] if one[1] != "format"} if _may_say(after, ENCODINGS) else set()
    new = said - _look_through(before)[0] if said else said
    read = _look_through(reader)[1] if new else set()
    return {one for one in new if one[0] in read}


def _may_say(schema: Schema, words: frozenset[str]) -> bool:
    """Whether one of the words stands anywhere in the schema: most have none, and that is seen at once."""
    pending: list[Any] = [schema]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if not words.isdisjoint(one):
                return True
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return False


def _look_through(schema: Schema) -> tuple[set[Annotation], set[str]]:
    """Every annotation with its place, and every place, as far as a schema is looked through."""
    found: set[Annotation] = set()
    places: set[str] = set()
    pending: list[tuple[str, Any, _Chain]] = [("", schema, ())]
    seen: set[tuple[str, int]] = set()
    while pending and len(seen) < MOST_LOOKED_AT:
        place, one, chain = pending.pop()
        places.add(place)
        if not isinstance(one, dict) or (place, id(one)) in seen:
            continue
        seen.add((place, id(one)))
        found.update((place, word, one[word]) for word in WORDS if isinstance(one.get(word), str))
        pending += ((there, inner, chain) for there, inner in _inside(place, one))
        target = _target(schema, one.get("$ref"))
        if target is not None and id(target) not in chain:
            pending.append((place, target, (*chain, id(target))))
    return found, places


def _inside(place: str, one: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The parts of a schema, each with the place in the document that it speaks of."""
    for word in _SAME_PLACE:
        yield from ((place, inner) for inner in _listed(one.get(word)))
    for word in (*_EVERY_ITEM, *_EVERY_MEMBER):
        if word in one:
            yield from ((f"{place}/*", inner) for inner in _listed(one[word]))
    for word, named in (("properties", True), ("patternProperties", False), ("dependentSchemas", None)):
        members = one.get(word)
        for name, inner in members.items() if isinstance(members, dict) else ():
            yield place if named is None else f"{place}/{name if named else '*'}", inner


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _target(root: Schema, reference: Any) -> Any:
    """What a reference inside the schema leads to; None where it leads nowhere, or elsewhere."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    here: Any = root
    for part in unquote(reference[1:]).split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(here, dict):
            here = here.get(name)
        elif isinstance(here, list) and name.isdecimal() and int(name) < len(here):
            here = here[int(name)]
        else:
            return None
    return here
