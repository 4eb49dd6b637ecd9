"""The containment engine as the facets use it: loaded when it is first needed, and asked once about each pair."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar

from server.conflicts.question import Break, Engine, SchemaDecision
from server.conflicts.schemas import Schema, read_terms
from server.errors import InvalidArgument
from server.model.base import Json

REMEMBERED = 4_096
"""Questions whose answer is kept: the same pair of schemas is asked about again and again."""

Q = TypeVar("Q")
A = TypeVar("A")


class Memory(Generic[Q, A]):
    """The answers to the questions that were asked last; None is no answer."""

    def __init__(self) -> None:
        self._answers: dict[Q, A] = {}

    def recall(self, question: Q, find: Callable[[], A]) -> A:
        """The answer to the question, found only where it is not remembered."""
        known = self._answers.pop(question, None)
        answer = find() if known is None else known
        self._answers[question] = answer
        if len(self._answers) > REMEMBERED:
            del self._answers[next(iter(self._answers))]
        return answer


@cache
def containment_engine() -> Engine:
    """The engine with its memory of decisions."""
    from server.conflicts import containment

    decisions: Memory[tuple[str, str], SchemaDecision] = Memory()
    empty: Memory[str, bool] = Memory()

    def decide(writer: Schema, reader: Schema) -> SchemaDecision:
        pair = (_text(writer), _text(reader))
        return decisions.recall(pair, lambda: containment.decide(writer, reader))

    def accepts_nothing(schema: Schema) -> bool:
        return empty.recall(_text(schema), lambda: containment.accepts_nothing(schema))

    return Engine(
        decide=decide,
        rejects=_rejects,
        accepts_nothing=accepts_nothing,
        plainly_inside=containment.plainly_inside,
    )


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
