"""Answers: a summary first, then what to do next, then the data; compact, and never larger than a model can take."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pydantic_core

from server.errors import InvalidArgument

TOKEN_CAP = 8_000
"""No tool answer is larger than about this many tokens."""

BYTES_PER_TOKEN = 4

LONGEST_SUMMARY = 1_000
"""Characters of the summary of an answer that had to be cut."""

_ROOM_FOR_NOTES = 100
_ROOM_FOR_THE_REST = 700
"""Tokens of the summary, the notes and the calls that follow."""
_SHORT = 200


def compact(value: Any) -> str:
    """The value as JSON without spaces, text as it is. Raises ValueError for a number that JSON does not have."""
    try:
        # It takes a quarter of the time, but writes what is not a number, and knows no half surrogate pairs.
        written = pydantic_core.to_json(value, inf_nan_mode="constants")
    except ValueError:
        return _written_by_python(value)
    return _written_by_python(value) if b"NaN" in written or b"Infinity" in written else written.decode()


def _written_by_python(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def tokens_of(value: Any) -> int:
    """About how many tokens the value costs a model: JSON bytes / 4, rounded up."""
    return _tokens_in(compact(value))


def _tokens_in(text: str) -> int:
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)


@dataclass(frozen=True)
class Next:
    """A call that makes sense after this answer."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a tool says. Build a list answer with `Answer.page`, so that it can be cut to fit."""

    summary: str
    """One sentence that a model can quote."""
    data: Mapping[str, Any] = field(default_factory=dict)
    next: Sequence[Next] = ()
    notes: Sequence[str] = ()
    """What was assumed or left out."""
    uri: str = ""
    """Where the whole is read, should it be too large for an answer."""
    cursor_after: Callable[[int], str] | None = None
    """Of a page: the cursor that continues after its first n items."""
    items: str = ""
    """Of a page: the member that holds the items."""
    shorter: Callable[[int], tuple[Mapping[str, Any], Sequence[str]]] | None = None
    """The data told within so many tokens, and notes of what is missing; asked for only where the whole is too large."""
    content: Sequence[Any] = ()
    """Content blocks in place of the JSON text (images, audio, links), as the protocol writes them."""
    structured: bool = True
    """False: the summary alone, as plain text."""
    raw: Any = None
    """A whole protocol result that replaces everything else."""

    @classmethod
    def page(
        cls,
        summary: str,
        items: Sequence[Any],
        *,
        name: str,
        total: int,
        next_cursor: str = "",
        cursor_after: Callable[[int], str],
        more: Mapping[str, Any] | None = None,
        next: Sequence[Next] = (),  # noqa: A002 -- the member's name on the wire
        notes: Sequence[str] = (),
    ) -> "Answer":
        """One page of a list: {`name`: items, total, next_cursor, and `more`}; `next_cursor` is "" at the end.

        `cursor_after(n)` is the cursor that continues after the first n items of this page; it is asked for when the page is
        too large and has to be cut.
        """
        data = {name: list(items), "total": total, "next_cursor": next_cursor, **(more or {})}
        return cls(summary=summary, data=data, next=next, notes=notes, items=name, cursor_after=cursor_after)

    def structure(self, extra_notes: Sequence[str] = ()) -> dict[str, Any]:
        """The answer as one JSON object in the order of the wire, whatever its size."""
        return _ordered(self.summary, self.next, self.data, [*extra_notes, *self.notes])

    def fitted(self, extra_notes: Sequence[str] = (), cap: int = TOKEN_CAP) -> dict[str, Any]:
        """The answer as one JSON object of at most about `cap` tokens.

        What can be told shorter is told so. A page keeps as many items as fit and its cursor continues after them; anything
        else that is too large is replaced by the summary, its short plain members and the URI to read it at, or where there is
        none, loses its largest members. What was cut is said in `notes`.
        """
        return self.written(extra_notes, cap)[0]

    def written(self, extra_notes: Sequence[str] = (), cap: int = TOKEN_CAP) -> tuple[dict[str, Any], str]:
        """The answer as `fitted`, and its compact JSON: most answers fit, and are written down only once."""
        whole = self.structure(extra_notes)
        text = compact(whole)
        if _tokens_in(text) <= cap:
            return whole, text
        cut = self._cut(extra_notes, cap)
        return cut, compact(cut)

    def _cut(self, extra_notes: Sequence[str], cap: int) -> dict[str, Any]:
        if self.shorter is not None:
            data, missing = self.shorter(cap - _ROOM_FOR_THE_REST)
            return replace(self, data=data, notes=[*self.notes, *missing], shorter=None).fitted(extra_notes, cap)
        notes = [*extra_notes, *self.notes]
        if self.items and self.cursor_after is not None:
            cut = self._fewer_items(notes, cap)
            if cut is not None:
                return cut
        if self.uri:
            note = f"The whole is too large for an answer: read {self.uri} page by page."
            reading = Next("read_record", {"uri": self.uri})
            short = {name: value for name, value in self.data.items() if _is_short(value)}
            return _ordered(self.summary[:LONGEST_SUMMARY], [reading], {**short, "uri": self.uri}, [*notes, note][-10:])
        return self._smaller_members(notes, cap)

    def _fewer_items(self, notes: Sequence[str], cap: int) -> dict[str, Any] | None:
        items = list(self.data[self.items])
        spent = tokens_of({**self.data, self.items: []}) + tokens_of(self.summary) + tokens_of(list(notes))
        room = cap - spent - tokens_of([_as_json(step) for step in self.next]) - _ROOM_FOR_NOTES
        kept = 0
        for item in items:
            room -= tokens_of(item) + 1
            if room < 0:
                break
            kept += 1
        if self.cursor_after is None or not items:
            return None
        if kept == 0:
            kept, items[0] = 1, _shortened(items[0], room + tokens_of(items[0]))
        data = {**self.data, self.items: items[:kept]}
        if kept < len(items):
            data["next_cursor"] = self.cursor_after(kept)
        notes = [*notes, f"Cut to {kept} of {len(items)} {self.items} to stay readable: next_cursor continues."]
        return _ordered(self.summary, self.next, data, notes)

    def _smaller_members(self, notes: Sequence[str], cap: int) -> dict[str, Any]:
        room = cap - tokens_of(self.summary[:LONGEST_SUMMARY]) - 2 * _ROOM_FOR_NOTES
        sizes = {name: tokens_of({name: value}) for name, value in self.data.items()}
        kept: set[str] = set()
        for name in sorted(sizes, key=lambda member: sizes[member]):
            if sizes[name] > room:
                break
            room -= sizes[name]
            kept.add(name)
        left_out = [name for name in self.data if name not in kept]
        note = f"Left out, because the answer would be too large: {', '.join(left_out)[:300]}."
        data = {name: value for name, value in self.data.items() if name in kept}
        return _ordered(self.summary[:LONGEST_SUMMARY], (), data, [note])


def _is_short(value: Any) -> bool:
    """Whether the value is a number, a boolean or a short text: what a program decides by, such as a verdict."""
    return isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= _SHORT)


def _ordered(summary: str, following: Sequence[Next], data: Mapping[str, Any], notes: Sequence[str]) -> dict[str, Any]:
    ordered: dict[str, Any] = {"summary": summary}
    if following:
        ordered["next"] = [_as_json(step) for step in following]
    ordered.update(data)
    if notes:
        ordered["notes"] = list(notes)
    return ordered


def _shortened(item: Any, room: int) -> Any:
    """The item with the smallest of its members, as many as there is room for; anything but an object is named only."""
    if not isinstance(item, Mapping):
        return f"(too large: {tokens_of(item):,} tokens)"
    kept: dict[str, Any] = {"shortened": True}
    for name, value in sorted(item.items(), key=lambda member: tokens_of(member)):
        if tokens_of({**kept, name: value}) > room:
            break
        kept[name] = value
    return {name: kept[name] for name in (*item, "shortened") if name in kept}


def _as_json(step: Next) -> dict[str, Any]:
    return {"tool": step.tool, "arguments": dict(step.arguments)}


def encode_cursor(position: Any, filters: Mapping[str, Any]) -> str:
    """An opaque cursor for a position (any JSON value) in the list that these filters select."""
    return base64.urlsafe_b64encode(compact([_fingerprint(filters), position]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, filters: Mapping[str, Any]) -> Any:
    """The position that a cursor of ours holds; None for "" (the start).

    Raises InvalidArgument where the cursor is not ours, or was made under other filters.
    """
    if not cursor:
        return None
    start_over = "Leave `cursor` empty to start at the first page."
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        fingerprint, position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise InvalidArgument(
            "The cursor is not one that this server made.", path="/cursor", hint=start_over
        ) from error
    if fingerprint != _fingerprint(filters):
        raise InvalidArgument(
            "The cursor belongs to a list with other filters.",
            path="/cursor",
            hint=f"Repeat the call with the filters of the first page. {start_over}",
        )
    return position


def _fingerprint(filters: Mapping[str, Any]) -> str:
    canonical = json.dumps(filters, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
