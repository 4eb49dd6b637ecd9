"""The containment engine as the facets use it: loaded when it is first needed, and asked once about each pair."""

import json
from functools import cache
from typing import Any

from server.conflicts.question import Break, Engine, SchemaDecision
from server.conflicts.schemas import Schema, read_terms
from server.errors import InvalidArgument
from server.model.base import Json

REMEMBERED = 4_096
"""Pairs of schemas whose decision is kept: the same pair is asked again and again."""


@cache
def containment_engine() -> Engine:
    """The engine with its memory of decisions."""
    from server.conflicts import containment

    remembered: dict[tuple[str, str], SchemaDecision] = {}

    def decide(writer: Schema, reader: Schema) -> SchemaDecision:
        pair = (_text(writer), _text(reader))
        known = remembered.pop(pair, None)
        decision = known if known is not None else containment.decide(writer, reader)
        remembered[pair] = decision
        if len(remembered) > REMEMBERED:
            del remembered[next(iter(remembered))]
        return decision

    return Engine(decide=decide, rejects=_rejects)


def check_shape(schema: Any) -> None:
    """Raises InvalidArgument where something can't serve as a contract's schema, in either form."""
    stated = read_terms(schema)
    if stated is None or stated.fields is not None:
        return
    from server.conflicts import containment

    error = containment.find_shape_error(stated.schema)
    if error is not None and error.path != "/$schema":  # what no dialect is known for is kept, and left undecided
        raise InvalidArgument(error.message, path=error.path, hint=error.hint)


def _rejects(schema: Schema, document: Json) -> Break | None:
    """Where a document is rejected; None also where that can't be said, as a sample proves nothing then."""
    from server.conflicts import containment
    from server.conflicts.containment.budget import Undecidable

    try:
        rejected = containment.rejection(schema, document)
    except Undecidable:
        return None
    return None if rejected is None else Break(document, rejected.path, rejected.keyword, rejected.message)


def _text(schema: Json) -> str:
    return json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
