"""The places that a schema names, and what each of them holds: where moves may come from and go to."""

from typing import Any

from server.conflicts.plans.adapters.image import Image
from server.conflicts.schemas import Schema

Place = tuple[str, ...]
DEEPEST = 6
MOST = 300


def places_of(schema: Schema) -> dict[Place, Schema]:
    """Every place that is named, with what it holds, nearest first; at most `MOST`, at most `DEEPEST` deep."""
    image = Image(schema)
    found: dict[Place, Schema] = {}
    todo: list[Place] = [()]
    while todo and len(found) < MOST:
        place = todo.pop(0)
        if place:
            found[place] = image.at(place)
        if len(place) < DEEPEST:
            todo += [(*place, name) for name in sorted(image.names(place))]
    return found


def closed_places(schema: Schema, places: dict[Place, Schema]) -> list[Place]:
    """Those of the places, or the whole, that take no members but those that are named."""
    image = Image(schema)
    return [place for place in ((), *places) if image.is_closed(place)]


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
