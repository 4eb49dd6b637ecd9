"""The events of OpenLineage files, whichever way they are written: one, a list, one per line, or one after the other."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.errors import InvalidArgument
from server.exchange.documents import name_of
from server.exchange.halves import without_halves
from server.exchange.imported import Remarks
from server.exchange.source import SourceFile
from server.model.moments import read_moment

_MARK = re.compile(
    r'"eventTime"|"runId"\s*:|/OpenLineage\.json#/(\$defs|definitions)/(Run|Job|Dataset)Event', re.IGNORECASE
)
_PARTS = re.compile(r'"(job|dataset|inputs|outputs)"\s*:')
_WRAPPERS = ("events", "data", "results", "items")
"""Members under which dumps of a lineage store keep their events."""
_ENVELOPES = ("event", "payload", "value", "body", "openlineage")
"""Members under which transports wrap a single one."""
_BETWEEN = re.compile(r"[\s,\x1e]*")
_DEEPEST = 3


@dataclass(frozen=True)
class Event:
    """One event and where it stands."""

    body: Mapping[str, Any]
    place: str
    moment: str
    """When it happened, UTC; empty where the event does not say so in a way that can be read."""

    def at(self, *parts: str | int) -> str:
        """The place of something in the event: the file, its line where there are several, and a JSON Pointer."""
        return f"{self.place}{'' if '#' in self.place else '#'}" + "".join(f"/{part}" for part in parts)


def recognises(path: str, text: str) -> bool:
    """Whether this looks like OpenLineage events: JSON with a time, and a job or a dataset."""
    head = text[:200_000].lstrip("\ufeff \t\r\n")
    return head[:1] in ("{", "[") and _MARK.search(head) is not None and _PARTS.search(head) is not None


def events_of(files: Sequence[SourceFile], remarks: Remarks) -> list[Event]:
    """Every event of the files in the order in which they happened; anything else is reported with its place.

    Raises InvalidArgument where no file holds a JSON value at all.
    """
    found: list[Event] = []
    readable = 0
    for file in files:
        values = _values(file, remarks)
        readable += bool(values)
        name = name_of(file.path)
        for value, line in values:
            found += _events_in(value, f"{name}:{line}" if len(values) > 1 else name, remarks, depth=0)
    if not readable:
        raise InvalidArgument(f"{name_of(files[0].path)} holds no JSON that can be read.")
    if timeless := [event for event in found if not event.moment]:
        remarks.unmapped(
            timeless[0].at("eventTime"),
            f"no time that can be read, in {len(timeless)} of {len(found)} events; there the order of reading counts",
        )
    # events of one moment, and those without, stay in the order in which they were read
    return sorted(found, key=lambda event: event.moment)


def _values(file: SourceFile, remarks: Remarks) -> list[tuple[Any, int]]:
    """(value, line) of every JSON value of the text; a line that is none is reported, and the next one read."""
    text = file.text.removeprefix("\ufeff")
    name = name_of(file.path)
    decoder = json.JSONDecoder()
    found: list[tuple[Any, int]] = []
    position, line, counted_to = 0, 1, 0
    while True:
        blank = _BETWEEN.match(text, position)
        position = blank.end() if blank else position
        if position >= len(text):
            return list(zip(without_halves([value for value, _ in found], text), (at for _, at in found), strict=True))
        line += text.count("\n", counted_to, position)
        counted_to = position
        try:
            value, position = decoder.raw_decode(text, position)
        except RecursionError:
            raise InvalidArgument(f"{name} is nested too deeply.") from None
        except ValueError as error:
            remarks.unmapped(f"{name}:{line}", f"no JSON: {getattr(error, 'msg', 'it can not be read')}")
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
            continue
        found.append((value, line))


def _events_in(value: Any, place: str, remarks: Remarks, *, depth: int) -> Iterator[Event]:
    if isinstance(value, list) and depth < _DEEPEST:
        for position, item in enumerate(value):
            yield from _events_in(item, _inside(place, position), remarks, depth=depth + 1)
        return
    if isinstance(value, Mapping):
        if isinstance(value.get("job"), Mapping) or isinstance(value.get("dataset"), Mapping):
            yield Event(value, place, _moment(value))
            return
        for member in (*_WRAPPERS, *_ENVELOPES):
            wanted = list if member in _WRAPPERS else Mapping
            if isinstance(value.get(member), wanted) and depth < _DEEPEST:
                yield from _events_in(value[member], _inside(place, member), remarks, depth=depth + 1)
                return
    remarks.unmapped(place, "no OpenLineage event: it has neither a job nor a dataset")


def _inside(place: str, part: str | int) -> str:
    return f"{place}/{part}" if "#" in place else f"{place}#/{part}"


def _moment(event: Mapping[str, Any]) -> str:
    try:
        return read_moment(event.get("eventTime"))
    except (ValueError, OverflowError):
        return ""
