"""The places that a schema names, and what each of them holds: where moves may come from and go to."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.conflicts.plans.adapters.image import BOUND_TO_PLACE, Image, is_bound_to_place
from server.conflicts.schemas import Schema

Place = tuple[str, ...]
DEEPEST = 6
MOST = 300
MOST_PARTS = 1_500
"""So many objects and lists a schema has at most for which an adapter is looked for."""
_CLOSING = frozenset(("additionalProperties", "unevaluatedProperties"))


@dataclass(frozen=True)
class Look:
    """What a schema is made of, as far as it matters before an adapter is looked for."""

    too_large: bool
    """Whether it has more objects and lists than `MOST_PARTS`; then no more than those were looked at."""
    is_bound: bool
    """Whether a part of it means something else once it stands inside another."""
    may_close: bool
    """Whether a word stands in it that can forbid further members."""
    refers: bool
    """Whether a part of it is a reference; of what is too large, perhaps."""


class Places:
    """What schemas name, found once of each: one search, and all the searches for one change, ask for the same few."""

    def __init__(self) -> None:
        self._looks: dict[int, tuple[Schema, Look]] = {}
        self._images: dict[int, tuple[Schema, Image]] = {}
        self._known: dict[int, tuple[Schema, dict[Place, Schema]]] = {}
        self._closed: dict[int, tuple[Schema, list[Place]]] = {}
        """By the schemas' identity, for which they are kept."""

    def look(self, schema: Schema) -> Look:
        """What the schema is made of."""
        if id(schema) not in self._looks:
            self._looks[id(schema)] = schema, _looked_through(schema)
        return self._looks[id(schema)][1]

    def image(self, schema: Schema) -> Image:
        """An image of the documents as the schema has them, to be changed."""
        return self.shown(schema).anew()

    def shown(self, schema: Schema) -> Image:
        """The same, to be looked at."""
        if id(schema) not in self._images:
            self._images[id(schema)] = schema, Image(schema, refers=self.look(schema).refers)
        return self._images[id(schema)][1]

    def of(self, schema: Schema) -> Mapping[Place, Schema]:
        """Every place that is named, with what it holds, nearest first; at most `MOST`, at most `DEEPEST` deep."""
        if id(schema) not in self._known:
            self._known[id(schema)] = schema, _places_of(self.shown(schema))
        return self._known[id(schema)][1]

    def closed(self, schema: Schema) -> Sequence[Place]:
        """Those of the places, or the whole, that take no members but those that are named."""
        if id(schema) not in self._closed:
            image = self.shown(schema)
            places = ((), *self.of(schema)) if self.look(schema).may_close else ()
            self._closed[id(schema)] = schema, [place for place in places if image.is_closed(place)]
        return self._closed[id(schema)][1]


def _places_of(image: Image) -> dict[Place, Schema]:
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


def _looked_through(schema: Schema) -> Look:
    pending: list[Any] = [schema]
    found = 0
    may_be_bound = may_close = refers = False
    while pending and found <= MOST_PARTS:
        one = pending.pop()
        if isinstance(one, dict):
            may_be_bound = may_be_bound or not BOUND_TO_PLACE.isdisjoint(one)
            may_close = may_close or not _CLOSING.isdisjoint(one)
            refers = refers or "$ref" in one
            one = one.values()
        elif not isinstance(one, list):
            continue
        found += 1
        pending += [inner for inner in one if isinstance(inner, dict | list)]
    too_large = found > MOST_PARTS
    return Look(too_large, (may_be_bound or too_large) and is_bound_to_place(schema), may_close, refers or too_large)
