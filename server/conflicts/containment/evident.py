"""What shows in the writing: where the reader asks for nothing that the writer does not state in the same words.

Most readers take a part of what the writer's schema says, and most changes leave most of that part alone. Seeing so takes a
hundredth of the time that the search for a counterexample takes, and what is left for the search is small.
"""

from typing import Any

from server.conflicts.containment.dialect import Schema
from server.conflicts.containment.exact import are_equal

ALONE = frozenset(
    """enum const minLength maxLength pattern multipleOf minItems maxItems uniqueItems minProperties maxProperties minimum
    maximum""".split()
)
"""Keywords that mean the same whatever stands beside them: equal ones cancel out."""
BESIDE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
"""But for these, which in draft 4 a word beside them makes exclusive."""
SILENT = frozenset(
    """title description default examples $comment format contentEncoding contentMediaType $schema $id id $defs
    definitions""".split()
)
"""Annotations, and what only says where other schemas are found: nothing refers to them here."""
ELSEWHERE = frozenset(("$ref", "$dynamicRef", "$recursiveRef"))
"""Keywords that make equal words mean different things in different documents, and in old drafts silence those beside them."""
WATCHING = frozenset(("unevaluatedProperties", "unevaluatedItems"))
"""Keywords that mean something else when one beside them goes."""
TYPES = frozenset("null boolean integer number string array object".split())
MOST_LOOKED_AT = 250_000
DEEPEST = 24
NOTHING = object()
"""What is left of a keyword that follows."""


def left_to_show(writer: Schema, reader: Schema) -> Schema:
    """The reader without what follows from the writer's own words; True where nothing is left.

    Both are of the same draft, and neither leads elsewhere.
    The writer is inside the reader just where it is inside what is left: every keyword of a schema but those named above
    only narrows it, so what is taken out is asked for by the writer, too, at every place where the reader asks for it.
    """
    left: Schema = _left(writer, reader, DEEPEST)
    return left


def _left(writes: Any, reads: Any, levels: int) -> Any:
    if reads is True or reads == {} or writes is False or are_equal(writes, reads):
        return True
    stated = {} if writes is True else writes
    if not isinstance(stated, dict) or not isinstance(reads, dict) or not levels or not WATCHING.isdisjoint(reads):
        return reads
    left = {}
    for word, wanted in reads.items():
        remains = _left_of(word, wanted, stated, reads, levels - 1)
        if remains is not NOTHING:
            left[word] = remains
    if "properties" in left and "additionalProperties" not in left and isinstance(left["properties"], dict):
        left["properties"] = {name: schema for name, schema in left["properties"].items() if schema is not True}
        if not left["properties"]:
            del left["properties"]
    return left or True


def _left_of(word: str, wanted: Any, writes: dict[str, Any], reads: dict[str, Any], levels: int) -> Any:
    """What the keyword asks for besides; NOTHING where it follows, the keyword as it is where that can't be seen."""
    if word in SILENT:
        return NOTHING
    if word not in writes:
        return wanted
    stated = writes[word]
    if word in ALONE:
        return NOTHING if are_equal(stated, wanted) and BESIDE.get(word) not in reads else wanted
    match word:
        case "type" if _types(stated) and _types(stated) <= _types(wanted):
            return NOTHING
        case "required" if isinstance(wanted, list) and isinstance(stated, list):
            return [name for name in wanted if not isinstance(name, str) or name not in stated] or NOTHING
        case "properties" if isinstance(stated, dict) and isinstance(wanted, dict):
            other = True if "patternProperties" in writes else writes.get("additionalProperties", True)
            return {name: _left(stated.get(name, other), schema, levels) for name, schema in wanted.items()}
        case "items" if {"prefixItems", "additionalItems"}.isdisjoint((*writes, *reads)):
            return _unless_true(_left(stated, wanted, levels))
        case "additionalProperties" if _same_members(writes, reads):
            return _unless_true(_left(stated, wanted, levels))
    return wanted


def _unless_true(schema: Any) -> Any:
    return NOTHING if schema is True else schema


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


def leads_elsewhere(schema: Any) -> bool:
    """Whether something in it refers to another place, or a part of it is of a dialect of its own; also yes for what is too large."""
    pending: list[Any] = [schema]
    seen = 1
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if not ELSEWHERE.isdisjoint(one) or ("$schema" in one and one is not schema):
                return True
            one = one.values()
        elif not isinstance(one, list):
            continue
        seen += len(one)
        if seen >= MOST_LOOKED_AT:
            return True
        pending += [inner for inner in one if isinstance(inner, dict | list)]
    return False
