"""Containment that shows in the writing: the reader asks for nothing that the writer does not state in the same words.

Most readers take a part of what the writer's schema says, and most changes leave that part alone. Seeing so takes a
hundredth of the time that the search for a counterexample takes, which would prove the same.
"""

from typing import Any

from server.conflicts.containment.dialect import Schema
from server.conflicts.containment.exact import are_equal

ALONE = frozenset(
    """enum const minLength maxLength pattern multipleOf minItems maxItems uniqueItems minProperties maxProperties minimum
    maximum""".split()
)
"""Keywords that mean the same whatever stands beside them: equal ones cancel out. (In draft 4 a bound may be exclusive by the
word beside it; the reader's `minimum` alone is then the weaker of the two, and its `exclusiveMinimum` is not among these.)"""
SILENT = frozenset(
    """title description default examples $comment format contentEncoding contentMediaType $schema $id id $defs
    definitions""".split()
)
"""Annotations, and what only says where other schemas are found: nothing refers to them here."""
ELSEWHERE = frozenset(("$ref", "$dynamicRef", "$recursiveRef"))
"""Keywords that make equal words mean different things in different documents, and in old drafts silence those beside them."""
TYPES = frozenset("null boolean integer number string array object".split())
MOST_LOOKED_AT = 20_000

Pair = tuple[Any, Any]
"""A subschema of the writer, and one of the reader that is to follow from it."""


def is_evident(writer: Schema, reader: Schema) -> bool:
    """Whether each keyword of the reader follows from the same keyword of the writer; both are of the same draft.

    False says nothing. Sound because every keyword of a schema but those named above only narrows it.
    """
    if _leads_elsewhere(writer) or _leads_elsewhere(reader):
        return False
    pending: list[Pair] = [(writer, reader)]
    while pending:
        writes, reads = ({} if schema is True else schema for schema in pending.pop())
        if reads == {} or writes is False or are_equal(writes, reads):
            continue
        if not isinstance(writes, dict) or not isinstance(reads, dict):
            return False
        for word, wanted in reads.items():
            parts = _parts(word, wanted, writes, reads)
            if parts is None:
                return False
            pending += parts
    return True


def _parts(word: str, wanted: Any, writes: dict[str, Any], reads: dict[str, Any]) -> list[Pair] | None:
    """What is left to show of the subschemas, so that the reader's keyword follows; None where it can't be seen to."""
    if word in SILENT:
        return []
    if word not in writes:
        return None
    stated = writes[word]
    if word in ALONE:
        return [] if are_equal(stated, wanted) else None
    match word:
        case "type":
            return [] if _types(stated) and _types(stated) <= _types(wanted) else None
        case "required":
            both_lists = isinstance(wanted, list) and isinstance(stated, list)
            return [] if both_lists and all(name in stated for name in wanted) else None
        case "properties" if isinstance(stated, dict) and isinstance(wanted, dict):
            other = True if "patternProperties" in writes else writes.get("additionalProperties", True)
            return [(stated.get(name, other), schema) for name, schema in wanted.items()]
        case "items" if isinstance(stated, dict) and isinstance(wanted, dict):
            beside = {"prefixItems", "additionalItems"}
            return None if beside & (writes.keys() | reads.keys()) else [(stated, wanted)]
        case "additionalProperties":
            return [(stated, wanted)] if _same_members(writes, reads) else None
    return None


def _types(value: Any) -> frozenset[str]:
    """The types that `type` names, `number` with the integers among them; none where it is malformed."""
    named = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if not all(isinstance(name, str) and name in TYPES for name in named):
        return frozenset()
    return frozenset([*named, "integer"]) if "number" in named else frozenset(named)


def _same_members(writes: dict[str, Any], reads: dict[str, Any]) -> bool:
    """Whether a member that is additional to the reader is additional to the writer, too."""
    if "patternProperties" in writes or "patternProperties" in reads:
        return False
    stated, wanted = writes.get("properties", {}), reads.get("properties", {})
    return isinstance(stated, dict) and isinstance(wanted, dict) and stated.keys() <= wanted.keys()


def _leads_elsewhere(schema: Any) -> bool:
    """Whether something in it refers to another place, or a part of it is of a dialect of its own; also yes for what is too large."""
    pending: list[Any] = [schema]
    for _ in range(MOST_LOOKED_AT):
        if not pending:
            return False
        one = pending.pop()
        if isinstance(one, dict):
            if not ELSEWHERE.isdisjoint(one) or ("$schema" in one and one is not schema):
                return True
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return True
