"""Definitions that writer and reader have in common, so that they are read once and cancel out at once."""

from typing import Any

from server.conflicts.containment.budget import Undecidable
from server.conflicts.containment.dialect import Schema
from server.conflicts.containment.exact import are_equal
from server.conflicts.containment.references import References

MOST_COMPARED = 400
MOST_WALKED = 100_000


def shared_references(writer: References, reader: References) -> frozenset[str]:
    """The local references that mean the same in both documents: equal schemas, referring only to such ones.

    Only for documents whose parts have no names of their own; others share nothing.
    """
    if writer.named or reader.named or isinstance(writer.document, bool) or isinstance(reader.document, bool):
        return frozenset()
    known = _references_in(writer.document)
    if not known or len(known) > MOST_COMPARED:
        return frozenset()
    inner: dict[str, set[str]] = {}
    for reference in known:
        try:
            ours, theirs = writer.local(reference), reader.local(reference)
        except Undecidable:
            continue
        if are_equal(ours, theirs):
            inner[reference] = _references_in(ours)
    removed = True
    while removed:
        removed = False
        for reference in list(inner):
            if not inner[reference] <= inner.keys():
                del inner[reference]
                removed = True
    return frozenset(inner)


def _references_in(schema: Schema) -> set[str]:
    found: set[str] = set()
    pending: list[Any] = [schema]
    for _ in range(MOST_WALKED):
        if not pending:
            return found
        one = pending.pop()
        if isinstance(one, dict):
            if isinstance(one.get("$ref"), str):
                found.add(one["$ref"])
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return {"too large to be looked through"}
