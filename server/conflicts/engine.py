"""The containment engine as the facets use it: loaded when it is first needed, and asked once about each pair."""

import json
from functools import cache
from typing import Any

from server.conflicts.question import Engine, SchemaDecision
from server.conflicts.schemas import Schema, read_terms
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

    return Engine(decide=decide, rejects=containment.rejects)


def check_shape(schema: Any) -> None:
    """Raises InvalidArgument where something can't serve as a contract's schema, in either form."""
    from server.conflicts import containment

    stated = read_terms(schema)
    if stated is not None and stated.fields is None:
        containment.check_shape(stated.schema)


def _text(schema: Json) -> str:
    return json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
