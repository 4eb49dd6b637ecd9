"""What shows in schemas when they are looked through, found once for everything that is decided about them."""

from collections.abc import Callable
from typing import TypeVar

from server.conflicts.containment.budget import Undecidable
from server.conflicts.containment.dialect import Dialect, Schema, dialect_of
from server.conflicts.containment.evident import leads_elsewhere, left_to_show
from server.conflicts.containment.exact import parts_of

MOST_PARTS = 50_000
"""So many objects and lists a schema has at most."""
HELD = 64
"""Schemas, and pairs of them, of which it is kept."""

Seen = TypeVar("Seen")
_Held = dict[tuple[int, ...], tuple[tuple[Schema, ...], Seen]]
"""By identity, the last ones asked for: the schemas are held as well, so that no other one comes to have their identity."""


class Looks:
    """By the schemas' identity, for as long as none of them is changed: such as in one check."""

    def __init__(self) -> None:
        self._dialects: _Held[Dialect | Undecidable] = {}
        self._large: _Held[bool] = {}
        self._leading: _Held[bool] = {}
        self._left: _Held[Schema] = {}

    def dialect(self, schema: Schema) -> Dialect:
        """As `dialect_of` has it. Raises Undecidable."""
        found = _kept(self._dialects, _dialect_of, schema)
        if isinstance(found, Undecidable):
            raise Undecidable(str(found))
        return found

    def is_too_large(self, schema: Schema) -> bool:
        """Whether it has more than MOST_PARTS parts."""
        return _kept(self._large, _is_too_large, schema)

    def left_to_show(self, writer: Schema, reader: Schema) -> Schema:
        """As `left_to_show` has it; all of the reader where either leads elsewhere, or the drafts are not the same."""
        return _kept(self._left, self._find_left, writer, reader)

    def _find_left(self, writer: Schema, reader: Schema) -> Schema:
        if self.dialect(writer).draft is not self.dialect(reader).draft:
            return reader
        if any(_kept(self._leading, leads_elsewhere, schema) for schema in (writer, reader)):
            return reader
        return left_to_show(writer, reader)


def plainly_inside(writer: Schema, reader: Schema, *, looks: Looks | None = None) -> bool:
    """Whether it is plain to see that every document of the writer is valid for the reader; no is no answer."""
    looks = looks or Looks()
    try:
        same_draft = looks.dialect(writer).draft is looks.dialect(reader).draft
    except Undecidable:
        return False
    return same_draft and looks.left_to_show(writer, reader) is True


def _kept(held: _Held[Seen], find: Callable[..., Seen], *schemas: Schema) -> Seen:
    key = tuple(map(id, schemas))
    known = held.get(key)
    if known is None:
        known = held[key] = schemas, find(*schemas)
        if len(held) > HELD:
            del held[next(iter(held))]
    return known[1]


def _dialect_of(schema: Schema) -> Dialect | Undecidable:
    try:
        return dialect_of(schema)
    except Undecidable as error:
        return error


def _is_too_large(schema: Schema) -> bool:
    return parts_of(schema, MOST_PARTS) > MOST_PARTS
