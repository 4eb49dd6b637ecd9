"""The places that a schema names, and what each of them holds: where moves may come from and go to."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from server.conflicts.plans.adapters.image import Image
from server.conflicts.schemas import Schema

Place = tuple[str, ...]
DEEPEST = 6
MOST = 300
_CLOSING = frozenset(("additionalProperties", "unevaluatedProperties"))


class Places:
    """What schemas name, found once of each: one search, and all the searches for one change, ask for the same few."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Schema, dict[Place, Schema]]] = {}
        self._closed: dict[int, tuple[Schema, list[Place]]] = {}
        """By the schemas' identity, for which they are kept."""

    def of(self, schema: Schema) -> Mapping[Place, Schema]:
        """Every place that is named, with what it holds, nearest first; at most `MOST`, at most `DEEPEST` deep."""
        if id(schema) not in self._known:
            self._known[id(schema)] = schema, _places_of(schema)
        return self._known[id(schema)][1]

    def closed(self, schema: Schema) -> Sequence[Place]:
        """Those of the places, or the whole, that take no members but those that are named."""
        if id(schema) not in self._closed:
            image = Image(schema)
            found = [place for place in ((), *self.of(schema)) if image.is_closed(place)] if _may_close(schema) else []
            self._closed[id(schema)] = schema, found
        return self._closed[id(schema)][1]


def _places_of(schema: Schema) -> dict[Place, Schema]:
    image = Image(schema)
    found: dict[Place, Schema] = {}
    todo: deque[Place] = deque([()])
    while todo and len(found) < MOST:
        place = todo.popleft()
        here, names = image.at_with_names(place)
        if place:
            found[place] = here
        if len(place) < DEEPEST:
            todo += [(*place, name) for name in sorted(names)]
    return found


def _may_close(schema: Schema) -> bool:
    """Whether a word stands in the schema that can forbid further members."""
    pending: list[Any] = [schema]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if not _CLOSING.isdisjoint(one):
                return True
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return False


def has_more_parts(schema: Schema | None, most: int) -> bool:
    """Whether the schema is made of more objects and lists than so many; no more than those are looked at."""
    pending: list[Any] = [schema]
    found = 0
    while pending and found <= most:
        one = pending.pop()
        if isinstance(one, dict):
            found += 1
            pending += one.values()
        elif isinstance(one, list):
            found += 1
            pending += one
    return found > most
