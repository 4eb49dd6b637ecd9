"""Reads what a system reports, one event at a time: a bad one never costs a good one its place."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from server.errors import InvalidArgument, TooLarge
from server.model.event import KINDS
from server.model.moments import microseconds

MOST_EVENTS = 5_000
MOST_BYTES = 5_000_000
"""In one call."""
REJECTED_SHOWN = 20
_KEYS_NAMED = 50
"""Ignored keys that are named at most."""
_COMMON = ("at", "id", "source")


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event that was understood."""

    key: str
    """Its id, else a hash of kind, moment and content."""
    kind: str
    at: int
    """Microseconds since 1970."""
    event: Any
    """The value, one of server/model/event.py."""
    document: dict[str, Any]
    """The members that were sent, without `kind`."""
    position: int = 0
    """In the call."""


@dataclass(frozen=True)
class Batch:
    """What a call brought."""

    arrived: tuple[Arrived, ...]
    rejected: tuple[tuple[int, str], ...]
    """Position in the call, and why."""
    ignored_keys: tuple[str, ...]


def read_events(
    events: Sequence[Any],
    *,
    most: int = MOST_EVENTS,
    most_bytes: int = MOST_BYTES,
    kinds: Mapping[str, type[BaseModel]] = KINDS,
) -> Batch:
    """The events that can be kept, and why the others can't. Raises TooLarge for more than `most`."""
    if len(events) > most:
        raise TooLarge(
            f"{len(events):,} events came; at most {most:,} are taken in one call.",
            path="/events",
            hint="Send them in several calls; their order does not matter.",
        )
    if (size := _size(events)) > most_bytes:
        raise TooLarge(
            f"The events take {size:,} bytes; at most {most_bytes:,} are taken in one call.",
            path="/events",
            hint="Send them in several calls; their order does not matter.",
        )
    arrived: list[Arrived] = []
    rejected: list[tuple[int, str]] = []
    ignored: dict[str, None] = {}
    for position, given in enumerate(events):
        try:
            one, unknown = _read(given, kinds, position)
        except InvalidArgument as error:
            rejected.append((position, error.message))
            continue
        arrived.append(one)
        ignored.update(dict.fromkeys(unknown))
    return Batch(tuple(arrived), tuple(rejected), tuple(sorted(ignored)[:_KEYS_NAMED]))


def _read(given: Any, kinds: Mapping[str, type[BaseModel]], position: int) -> tuple[Arrived, list[str]]:
    if not isinstance(given, dict):
        raise InvalidArgument('An event is an object such as {"kind": "heartbeat", "at": "2026-04-05T14:00:00Z"}.')
    kind = given.get("kind")
    shape = kinds.get(kind.strip().lower()) if isinstance(kind, str) else None
    if shape is None:
        what = f"kind {str(kind)[:40]!r} is unknown" if "kind" in given else "kind is missing"
        raise InvalidArgument(f"{what}; it is one of {', '.join(KINDS)}.")
    if given.get("at") in (None, ""):
        raise InvalidArgument("at is missing: when it happened, ISO 8601, such as 2026-04-05T14:00:00Z.")
    told = {
        name: value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value
        for name, value in given.items()
        if value is not None and name != "kind"
    }  # PostgreSQL finds nothing in a document with a NUL
    try:
        event = shape.model_validate(told)
    except ValidationError as error:
        raise InvalidArgument(_reason(shape, error)) from error
    name, members = _described(shape)
    document = event.model_dump(mode="json", exclude_unset=True)
    return (
        Arrived(_key(name, document), name, microseconds(document["at"]), event, document, position),
        [key[:100] for key in told if key not in members],
    )


@cache
def _described(shape: type[BaseModel]) -> tuple[str, frozenset[str]]:
    """The word for a kind of event, and its members."""
    return str(shape.model_fields["kind"].default), frozenset(shape.model_fields)


_in_order = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
"""Made once: making it takes as long as using it."""


def _key(kind: str, document: dict[str, Any]) -> str:
    if document.get("id"):
        return f"id:{document['id']}"
    return hashlib.sha256(_in_order([kind, document]).encode(errors="surrogatepass")).hexdigest()[:32]


def _size(events: Sequence[Any]) -> int:
    """Bytes as JSON."""
    try:
        return len(to_json(events, inf_nan_mode="constants"))
    except ValueError:  # half a surrogate pair, or too deep
        return len(repr(events))


def _reason(shape: type[BaseModel], error: ValidationError) -> str:
    """What is wrong, in one sentence, with what the kind takes where a member is missing."""
    first = error.errors(include_url=False, include_context=False, include_input=True)[0]
    name = ".".join(map(str, first["loc"])) or "the event"
    if first["type"] == "missing":
        members = [one for one in shape.model_fields if one not in ("kind", *_COMMON)]
        return f"{name} is missing; {shape.model_fields['kind'].default} takes {', '.join(members)}."
    said = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{name} can't be read ({str(first['input'])[:60]!r}): {said[:1].lower()}{said[1:200]}."
