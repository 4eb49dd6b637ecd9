"""The containment engine as the facets use it: loaded when it is first needed, with a memory of what it decided."""

from dataclasses import replace
from functools import cache, partial
from typing import Any

from server.conflicts.memory import Memory, digest
from server.conflicts.question import Break, Engine, SchemaDecision
from server.conflicts.schemas import Schema, read_terms
from server.errors import InvalidArgument
from server.model.base import Json
from server.model.contract import schema_text

MOST_WORK = 120_000
"""What one decision may take, in steps of the search and what counts as much: somewhat less than a second."""
MOST_WORK_ON_NOTHING = 16_000
"""The same for whether a schema accepts anything at all."""


@cache
def containment_engine() -> Engine:
    """The engine with its memory: one for all checks of the process."""
    from server.conflicts import containment

    empty: Memory[str, tuple[bool, int]] = Memory()

    def decide_within(
        writer: Schema, reader: Schema, most: int, looks: containment.Looks | None = None
    ) -> SchemaDecision:
        return containment.decide(writer, reader, budget=containment.budget_of(most), looks=looks)

    def emptiness(schema: Schema) -> tuple[bool, int]:
        budget = containment.budget_of(MOST_WORK_ON_NOTHING)
        return empty.recall(digest(schema_text(schema)), lambda: containment.emptiness(schema, budget=budget))

    def for_one_check(engine: Engine) -> Engine:
        looks = containment.Looks()
        return replace(
            engine,
            decide_within=partial(decide_within, looks=looks),
            plainly_inside=partial(containment.plainly_inside, looks=looks),
        )

    return Engine(
        decide=lambda writer, reader: decide_within(writer, reader, MOST_WORK),
        decide_within=decide_within,
        rejects=_rejects,
        emptiness=emptiness,
        plainly_inside=containment.plainly_inside,
        for_one_check=for_one_check,
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
