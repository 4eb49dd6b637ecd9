"""Finding an adapter: moves that the change names or that the schemas suggest, and a proof that the reader accepts the result.

A move that only looks right would be worse than none: it would carry one value to the place of another. So a move is taken
from the change's own patch, or where exactly one place holds what another held; and the adapter says which it was.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from server.conflicts.plans.adapters.adapt import EACH_ITEM, LANGUAGE, WHOLE
from server.conflicts.plans.adapters.image import (
    INTEGER_TEXT,
    LONGEST_NUMBER,
    NUMBER_TEXT,
    Image,
)
from server.conflicts.plans.adapters.places import MOST_PARTS, Place, Places
from server.conflicts.plans.adapters.pointers import (
    EVERY,
    document_with,
    list_of,
    pointer_of,
    segments_of,
)
from server.conflicts.question import Decide, SchemaDecision
from server.conflicts.schemas import Schema
from server.model.base import JsonObject
from server.model.contract import Basis, schema_hash

Operation = dict[str, Any]
MOST_QUESTIONS = 150
"""So many pairs of schemas are decided at most in one search."""
TOO_LARGE = "the schemas are too large to look for an adapter"


@dataclass(frozen=True)
class Move:
    """A value of the new form, and where the old form had it."""

    source: Place
    target: Place
    basis: Basis
    """Declared where the change's patch moves it, inferred where the schemas suggest it."""


@dataclass(frozen=True)
class Wanted:
    """What an adapter has to do. All schemas speak of the document, or all of its items."""

    before: Schema | None
    after: Schema
    accepts: Schema
    of_items: bool
    patch: Sequence[Mapping[str, Any]]
    """The change's own JSON Patch of the schema."""
    patched_items: bool
    """Whether the patch speaks of items where `after` speaks of the list."""
    broken_at: str = ""
    """Where the reader was seen to reject the new form; empty for the document as a whole."""


@dataclass(frozen=True)
class Search:
    """What came of the search: an adapter, or why there is none."""

    adapter: JsonObject | None
    reason: str = ""


def find_adapter(
    wanted: Wanted, decide: Decide, places: Places | None = None, hash_of: Callable[[Schema], str] = schema_hash
) -> Search:
    """An adapter that is proved: what it makes of any document of the new form, the reader accepts.

    `places` are shared by searches about the same schemas.
    """
    places = places or Places()
    looks = [places.look(one) for one in (wanted.before, wanted.after, wanted.accepts) if one is not None]
    if any(look.is_bound for look in looks):
        return Search(None, "a schema names places of its own ($id, $anchor, $dynamicRef), which are not followed.")
    if any(look.too_large for look in looks):
        return Search(None, f"{TOO_LARGE} (more than {MOST_PARTS:,} parts).")
    try:
        return _found(wanted, _Bounded(decide).decide, places, hash_of)
    except _AskedTooMuch:
        return Search(None, f"{TOO_LARGE} (more than {MOST_QUESTIONS} moves and conversions would have to be tried).")


class _AskedTooMuch(Exception):
    """The search would have to decide more pairs than it may."""


class _Bounded:
    """Decides so many pairs, and no more."""

    def __init__(self, decide: Decide) -> None:
        self._decide = decide
        self._left = MOST_QUESTIONS

    def decide(self, writer: Schema, reader: Schema) -> SchemaDecision:
        """The decision. Raises _AskedTooMuch."""
        if not self._left:
            raise _AskedTooMuch
        self._left -= 1
        return self._decide(writer, reader)


def _found(wanted: Wanted, decide: Decide, places: Places, hash_of: Callable[[Schema], str]) -> Search:
    declared = list(_moves_of_patch(wanted))
    broken_at = wanted.broken_at
    for operations, basis, image in _candidates(wanted, declared, decide, places, hash_of):
        decision = decide(image.schema, wanted.accepts)
        if decision.verdict == "SAFE":
            return Search(_adapter(wanted, operations, basis, hash_of))
        broken_at = decision.path
    place = broken_at or "the document"
    return Search(None, f"no move or conversion was found after which {place} is proved to be always accepted.")


def _candidates(
    wanted: Wanted, declared: list[Move], decide: Decide, places: Places, hash_of: Callable[[Schema], str]
) -> Iterator[tuple[list[Operation], Basis, Image]]:
    """What to try, and what the documents look like after it."""
    if not declared:
        whole = list(islice(_as_a_whole(wanted, decide, places), 2))
        if len(whole) == 1:  # of several, any could be the one that is meant
            image = places.image(wanted.after)
            image.apply(whole[0])
            yield whole, Basis.INFERRED, image
    targets = [wanted.accepts]
    if wanted.before is not None and hash_of(wanted.before) != hash_of(wanted.accepts):
        targets.insert(0, wanted.before)
    moves = [*declared, *_suggested_moves(wanted, targets[0], declared, decide, places)]
    basis = Basis.DECLARED if all(move.basis is Basis.DECLARED for move in moves) else Basis.INFERRED
    tried: list[list[Operation]] = []
    # all of the old form before only what is read; what else is taken out only where that is not enough
    untidy: list[Schema] = []
    for target, tidy in [(one, False) for one in targets] + [(one, True) for one in reversed(targets)]:
        if tidy and not any(target is one for one in untidy):
            continue
        builder = _Builder(wanted, target, decide, places)
        operations = builder.operations(moves, tidy=tidy)
        if builder.left_untidy:
            untidy.append(target)
        if operations and operations not in tried:
            tried.append(operations)
            yield operations, basis, builder.image


def _as_a_whole(wanted: Wanted, decide: Decide, places: Places) -> Iterator[Operation]:
    """The old document is one member of the new one, which the old form did not have, or the other way round."""
    image = places.shown(wanted.after)
    before = places.shown(wanted.accepts if wanted.before is None else wanted.before)
    old_names = before.names(())
    for name in sorted(image.names(()) - old_names - {EVERY}):
        has_all = old_names <= image.names((name,))
        if (
            has_all
            and decide(image.at((name,)), wanted.accepts).verdict == "SAFE"
            and _is_certain(image, (name,), decide)
        ):
            yield {"op": "move", "from": pointer_of((name,)), "path": ""}
    required = set(wanted.accepts.get("required", ())) if isinstance(wanted.accepts, dict) else set()
    for name in sorted(old_names - image.names(()) - {EVERY}):
        if required - {name}:
            continue
        wrapped = image.anew()
        wrapped.apply({"op": "wrap", "member": name})
        if decide(wrapped.schema, wanted.accepts).verdict == "SAFE":
            yield {"op": "wrap", "member": name}


def _moves_of_patch(wanted: Wanted) -> Iterator[Move]:
    """The patch's moves the other way round, the last one first."""
    prefix: Place = (EVERY,) if wanted.patched_items else ()
    for operation in reversed(wanted.patch):
        if operation.get("op") != "move":
            continue
        ends = [_place_in_data(str(operation.get(end, ""))) for end in ("path", "from")]
        source, target = ends
        if source and target:
            yield Move((*prefix, *source), (*prefix, *target), Basis.DECLARED)


def _place_in_data(pointer: str) -> Place | None:
    """The place that `/properties/NAME/…` of a schema speaks of; None where it is no single one."""
    parts, place = list(segments_of(pointer)), []
    while parts:
        word = parts.pop(0)
        if word == "properties" and parts:
            place.append(parts.pop(0))
        elif word == "items":
            place.append(EVERY)
        else:
            return None
    return tuple(place)


def _suggested_moves(
    wanted: Wanted, target: Schema, declared: Sequence[Move], decide: Decide, places: Places
) -> list[Move]:
    """Moves for what has gone: to the one new place of the same name, else of the same content, that there is."""
    olds, news = places.of(target), places.of(wanted.after)
    gone = [place for place in olds if place not in news and not _within(place, [move.target for move in declared])]
    come = [place for place in news if place not in olds and not _within(place, [move.source for move in declared])]
    moves: list[Move] = []

    def fits(old: Place, new: Place) -> bool:
        return list_of(old) == list_of(new) and decide(news[new], olds[old]).verdict == "SAFE"

    for old in gone:
        if _within(old, [move.target for move in moves]):
            continue
        free = [new for new in come if not _touches(new, [move.source for move in moves])]
        named = [new for new in free if new[-1] == old[-1] and fits(old, new)]
        if len(named) == 1:
            moves.append(Move(named[0], old, Basis.INFERRED))
            continue
        alike = [new for new in free if new[:-1] == old[:-1] and _is_telling(news[new]) and _same(news[new], olds[old])]
        rivals = [other for other in gone if other[:-1] == old[:-1] and _same(olds[other], olds[old])]
        if len(alike) == 1 and rivals == [old]:
            moves.append(Move(alike[0], old, Basis.INFERRED))
    return moves


def _same(one: Schema, other: Schema) -> bool:
    return _content(one) == _content(other)


def _is_telling(schema: Schema) -> bool:
    """Whether the schema says anything: two places of which nothing is known are not alike."""
    return _content(schema) not in ({}, True)


def _content(schema: Schema) -> Schema:
    if isinstance(schema, bool):
        return schema
    return {
        word: value for word, value in schema.items() if word not in ("$schema", "title", "description", "$comment")
    }


class _Builder:
    """Puts operations together, each with the schema of the documents as the ones before it leave them."""

    def __init__(self, wanted: Wanted, target: Schema, decide: Decide, places: Places) -> None:
        self._decide = decide
        self.image = places.image(wanted.after)
        """What the documents look like as the operations so far leave them."""
        self._named = places.of(wanted.after)
        self._wanted_places = places.of(target)
        self._closed = places.closed(target)
        self._operations: list[Operation] = []
        self.left_untidy = False
        """Whether there was something that only `tidy` takes out."""

    def operations(self, moves: Sequence[Move], *, tidy: bool) -> list[Operation]:
        """The moves, then what is pinned to one value, conversions, and what a strict reader refuses.

        `tidy`: what the new form does not name goes where the reader reads something, as it may be anything.
        """
        for move in moves:
            self._move(move)
        for place in self._wanted_places:
            if list_of(place) == place:
                continue
            if place in self._named:
                self._convert(place)
            elif not any(move.target == place for move in moves):
                self._fill(place, tidy=tidy)
        self._refuse_the_rest()
        return self._operations

    def _add(self, operation: Operation) -> None:
        self._operations.append(operation)
        self.image.apply(operation)

    def _move(self, move: Move) -> None:
        if list_of(move.source) != list_of(move.target) or not self.image.may_be(move.source):
            return
        missing = [move.target[:length] for length in range(len(list_of(move.target)) + 1, len(move.target))]
        missing = [place for place in missing if not self._is_object(place)]
        if any(place in self._named for place in missing):
            return  # sometimes there and sometimes not: adding it would overwrite what is there
        for place in missing:
            self._add({"op": "add", "path": pointer_of(place), "value": {}})
        certain = _is_certain(self.image, move.source, self._decide)
        if not certain and move.target not in self._named and self.image.may_be(move.target):
            self._add({"op": "remove", "path": pointer_of(move.target), "if_present": True})
        self._add({"op": "move", "from": pointer_of(move.source), "path": pointer_of(move.target), **_mark(certain)})

    def _fill(self, place: Place, *, tidy: bool) -> None:
        """What the old form pinned to one value is that value; else what stands there in the new form is not meant."""
        wanted = self._wanted_places[place]
        values = _values_of(wanted)
        if values is not None and len(values) == 1:
            if self._is_object(place[:-1]):
                self._add({"op": "add", "path": pointer_of(place), "value": values[0]})
        elif _is_telling(wanted) and self.image.may_be(place):
            self.left_untidy = not tidy
            if tidy:
                self._add({"op": "remove", "path": pointer_of(place), "if_present": True})

    def _convert(self, place: Place) -> None:
        wanted = self._wanted_places[place]
        if not _kind(wanted):
            return
        here = self.image.at(place) if self._operations else self._named[place]
        kinds = {_kind(here), _kind(wanted)}
        if kinds != {"string", "number"}:
            return
        if _kind(wanted) == "string":
            to = "string"
        else:
            pattern = {"type": "string", "maxLength": LONGEST_NUMBER}
            to = next(
                (
                    kind
                    for kind, text in (("integer", INTEGER_TEXT), ("number", NUMBER_TEXT))
                    if self._decide(here, {**pattern, "pattern": text}).verdict == "SAFE"
                ),
                "",
            )
        if to:
            certain = _is_certain(self.image, place, self._decide)
            self._add({"op": "convert", "path": pointer_of(place), "to": to, **_mark(certain)})

    def _refuse_the_rest(self) -> None:
        for closed in self._closed:
            known = {
                place[len(closed)]
                for place in self._wanted_places
                if place[: len(closed)] == closed and len(place) > len(closed)
            }
            for name in sorted(self.image.names(closed) - known - {EVERY}):
                place = (*closed, name)
                certain = _is_certain(self.image, place, self._decide)
                self._add({"op": "remove", "path": pointer_of(place), **_mark(certain)})

    def _is_object(self, place: Place) -> bool:
        if self.image.plainly_has(place, "object"):
            return True
        return self._decide(self.image.schema, document_with(place, {"type": "object"})).verdict == "SAFE"


def _mark(certain: bool) -> Operation:
    return {} if certain else {"if_present": True}


def _is_certain(image: Image, place: Place, decide: Decide) -> bool:
    """Whether every document has the place: proved."""
    return image.plainly_has(place) or decide(image.schema, document_with(place, True)).verdict == "SAFE"


def _values_of(schema: Schema) -> list[Any] | None:
    if isinstance(schema, bool):
        return None
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return values if isinstance(values, list) else None


def _kind(schema: Schema) -> str:
    stated = schema.get("type") if isinstance(schema, dict) else None
    return (
        {"integer": "number", "number": "number", "string": "string"}.get(stated, "") if isinstance(stated, str) else ""
    )


def _within(place: Place, others: Sequence[Place]) -> bool:
    return any(place[: len(other)] == other for other in others)


def _touches(place: Place, others: Sequence[Place]) -> bool:
    return any(place[: len(other)] == other or other[: len(place)] == place for other in others)


def _adapter(wanted: Wanted, operations: list[Operation], basis: Basis, hash_of: Callable[[Schema], str]) -> JsonObject:
    """The adapter's document; its paths start at the item where all of it is done to each item of the list."""
    of_items = wanted.of_items
    ends = [segments_of(operation[end]) for operation in operations for end in ("from", "path") if end in operation]
    if not of_items and ends and len(ends) >= len(operations) and all(place[:1] == (EVERY,) for place in ends):
        of_items = True
        operations = [
            {
                name: value.removeprefix(f"/{EVERY}") if name in ("from", "path") else value
                for name, value in one.items()
            }
            for one in operations
        ]
    plain = all(
        one["op"] in ("move", "add", "remove")
        and "if_present" not in one
        and EVERY not in segments_of(one["path"]) + segments_of(one.get("from", ""))
        for one in operations
    )
    return {
        "language": LANGUAGE,
        "applies_to": EACH_ITEM if of_items else WHOLE,
        "operations": operations,
        "rfc6902": plain,
        "input_schema_hash": hash_of(wanted.after),
        "output_schema_hash": hash_of(wanted.accepts),
        "proved": True,
        "basis": basis.value,
    }
