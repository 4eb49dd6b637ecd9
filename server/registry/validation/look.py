"""One look at a resource: what readers hand over is judged, counted and asked for its age as it comes."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.model.base import Json
from server.model.validation import Answer, Verdict
from server.registry.validation.breaks import Break, Breaks, Unclear, shown
from server.registry.validation.engine import Judge
from server.registry.validation.moments import TIME_FIELDS, moment_of, values_at
from server.registry.validation.terms import Ready, counts_as

NOT_VERIFIABLE = "not verifiable"
"""How the reason begins where a resource is of a kind that is not looked at."""
PORTION = 500
"""Records that are judged at a time, so that the end of the time is noticed."""
_SAMPLES = 3
_TYPED = 2_000
"""Records whose members' types are noted."""


@dataclass(frozen=True)
class Limits:
    """How much of one resource is looked at, at most."""

    bytes: int = 100_000_000
    records: int = 1_000_000
    files: int = 200
    entries: int = 20_000
    """Names of a folder that are looked through."""
    seconds: float = 60.0
    fetched: int = 20_000_000
    """Bytes that are fetched over HTTP."""


class OutOfTime(Exception):
    """The resource took longer than one may take."""


@dataclass
class Look:
    """What was seen of one resource. `exists` is set by the reader, the rest as data comes."""

    ready: Ready | None
    """None where the entry asks nothing of the content."""
    now: datetime
    seconds: Callable[[], float]
    """Seconds since the look began."""
    limits: Limits = field(default_factory=Limits)
    time_field: str = ""
    """The member or JSON Pointer that says when the data is from, where the entry names it."""

    exists: Answer = field(default_factory=lambda: Answer(verdict=Verdict.UNKNOWN, reason="not looked at"))
    breaks: Breaks = field(init=False)
    unclear: list[str] = field(default_factory=list)
    """Why the content, or a part of it, could not be judged."""
    notes: list[str] = field(default_factory=list)
    complete: bool = True
    bytes: int = 0
    files: int = 0
    records: int = 0
    read: bool = False
    """Whether any content was read."""
    asked_whole: bool = False
    """Whether a document as a whole was held against the terms, so that one without a record may be as asked."""
    stated_at: datetime | None = None
    """The newest moment that a record states."""
    written_at: datetime | None = None
    """When the newest file was written."""
    members: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """How often records with exactly these members were seen."""
    kinds: dict[str, set[str]] = field(default_factory=dict)
    """Types seen of each member."""
    samples: list[Json] = field(default_factory=list)
    """The first records with different members."""
    _time_path: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        pointed = self.time_field.startswith("/")
        parts = self.time_field[1:].split("/") if pointed else [self.time_field]
        self._time_path = tuple(part.replace("~1", "/").replace("~0", "~") for part in parts if self.time_field)
        self.breaks = self.ready.breaks() if self.ready else Breaks()

    def missing(self, why: str) -> None:
        """The resource is not there."""
        self.exists = Answer(verdict=Verdict.FAILED, reason=why)
        self.complete = False

    def unknown(self, why: str) -> None:
        """It can't be said whether the resource is there."""
        self.exists = Answer(verdict=Verdict.UNKNOWN, reason=why)
        self.complete = False

    def there(self, what: str) -> None:
        """The resource is there."""
        self.exists = Answer(verdict=Verdict.OK, reason=what)

    def unread(self, why: str) -> None:
        """A part of the content could not be judged."""
        if why not in self.unclear:
            self.unclear.append(why)
        self.complete = False

    def cut(self, why: str) -> None:
        """Not everything was looked at."""
        if why not in self.notes:
            self.notes.append(why)
        self.complete = False

    def written(self, moment: datetime) -> None:
        """A part of the resource was last written at this moment."""
        if self.written_at is None or moment > self.written_at:
            self.written_at = moment

    def document(self, value: Json, at: str = "") -> None:
        """A document is judged, item by item where the terms are about the items."""
        self.read = True
        if isinstance(value, dict):
            self._dated(value)
            for name in ("metadata", "meta", "header"):
                if isinstance(value.get(name), dict):
                    self._dated(value[name])
        if self.ready is not None and self.ready.splits(value):
            self._counted(value, at)
            self.asked_whole |= self.ready.of_a_list and not self.ready.terms.of_items
            self.take(value, at)
            return
        if self.ready is not None and self.ready.terms.of_items:
            self.records += 1
            self.breaks.add(Break((), "type", value, "array"), at)
            return
        if isinstance(value, list) and self.ready is None:
            self.take(value, at)
            return
        self.records += 1
        if isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    self._dated(item, listed=True)
        else:
            self._noted(value)
        if self.ready is not None:
            try:
                judge = self.ready.whole
            except Unclear as why:
                self.unread(str(why))
            else:
                self.asked_whole = True
                self._judged(judge, value, at, ())

    def take(self, values: list[Json], at: str = "") -> None:
        """Items of a document are judged; beyond the limit a sample of them, always the same."""
        left = max(self.limits.records - self.records, 0)
        positions: list[int] | None = None
        if len(values) > left:
            self.cut(f"{left:,} of {len(values):,} records were looked at, chosen by chance")
            positions = sorted(random.Random(len(values)).sample(range(len(values)), left))
            values = [values[position] for position in positions]
        for start in range(0, len(values), PORTION):
            numbers = positions[start : start + PORTION] if positions else range(start, start + PORTION)
            self._portion(values[start : start + PORTION], [(at, (number,)) for number in numbers])

    def rows(self, portion: Sequence[tuple[Json, str]]) -> bool:
        """Records of a source that is a list of them are judged, each with where it stands; whether more may follow."""
        left = self.limits.records - self.records
        if len(portion) > left:
            self.cut(f"only the first {self.limits.records:,} records were looked at")
            portion = portion[: max(left, 0)]
        self._portion([value for value, _ in portion], [(at, ()) for _, at in portion])
        return len(portion) < left

    def columns(self, kinds: Mapping[str, frozenset[str]], at: str = "") -> None:
        """A source without records has these columns, each with the types of its values where they are known."""
        self.read = True
        if self.ready is None:
            return
        for name in self.ready.required:
            if name not in kinds:
                self.breaks.add(Break((name,), "column", None, f"there is no column {shown(name)}"), at)
        for name, asked in self.ready.kinds.items():
            held = kinds.get(name)
            if held and asked and not any(_may_count_as(kind, asked) for kind in held):
                told = f"the column {shown(name)} holds {' or '.join(sorted(held))} where {' or '.join(sorted(asked))} is asked for"
                self.breaks.add(Break((name,), "column", None, told), at)

    def ended(self) -> None:
        """All records are in: their number is held against what the terms ask."""
        if not self.complete or self.ready is None:
            return
        counted = self.ready.counted()
        if self.records < counted.get("minItems", 0):
            self.breaks.add(Break((), "minItems", None, counted["minItems"]))
        if self.records > counted.get("maxItems", float("inf")):
            self.breaks.add(Break((), "maxItems", None, counted["maxItems"]))

    def samples_as_documents(self) -> list[Json]:
        """A few of the records as documents of the kind that the terms are about."""
        of_lists = self.ready is not None and (self.ready.terms.of_items or self.ready.of_a_list)
        return [self.samples] if of_lists and self.samples else self.samples

    def in_time(self) -> None:
        """Raises OutOfTime where the look has taken too long."""
        if self.seconds() > self.limits.seconds:
            raise OutOfTime

    def _counted(self, value: list[Json], at: str) -> None:
        counted = self.ready.counted() if self.ready else {}
        for word, wrong in (
            ("minItems", len(value) < counted.get("minItems", 0)),
            ("maxItems", len(value) > counted.get("maxItems", float("inf"))),
        ):
            if wrong:
                self.breaks.add(Break((), word, None, counted[word]), at)

    def _portion(self, values: list[Json], places: Sequence[tuple[str, tuple[int, ...]]]) -> None:
        self.in_time()
        self.read = True
        for value in values:
            self._noted(value)
            if isinstance(value, dict):
                self._dated(value, listed=True)
        self.records += len(values)
        if self.ready is None:
            return
        try:
            judge = self.ready.record
        except Unclear as why:
            self.unread(str(why))
            return
        if judge.accepts_each(values):
            return
        for value, (at, path) in zip(values, places, strict=False):
            self._judged(judge, value, at, path)

    def _judged(self, judge: Judge, value: Json, at: str, path: tuple[int, ...]) -> None:
        try:
            for found in judge.breaks(value):
                self.breaks.add(found._replace(path=(*path, *found.path)), at)
        except Unclear as why:
            self.unread(str(why))

    def _noted(self, value: Json) -> None:
        if not isinstance(value, dict) or len(value) > 500:
            return
        members = tuple(value)
        if members not in self.members and len(self.samples) < _SAMPLES:
            self.samples.append(value)
        if members in self.members or len(self.members) < 1_000:
            self.members[members] += 1
        if self.records < _TYPED:
            for name, one in value.items():
                self.kinds.setdefault(name, set()).add(kind_of(one))

    def _dated(self, record: Mapping[str, Any], *, listed: bool = False) -> None:
        """What the record says of when it is from counts; of one in a list, the pointer may begin with the list's `*`."""
        if self._time_path:
            path = self._time_path[1:] if listed and self._time_path[0] == "*" else self._time_path
            for value in values_at(record, path):
                self._stated(moment_of(value))
            return
        for name in TIME_FIELDS:
            if name in record:
                moment = moment_of(record[name])
                if moment is not None:
                    self._stated(moment)
                    return

    def _stated(self, moment: datetime | None) -> None:
        if moment is not None and (self.stated_at is None or moment > self.stated_at):
            self.stated_at = moment


def _may_count_as(kind: str, asked: frozenset[str]) -> bool:
    """Whether a column of this kind may be asked for so: 0 and 1 are read as truths where nothing else is asked for."""
    return counts_as(kind, asked) or (kind == "integer" and asked == {"boolean"})


def kind_of(value: Json) -> str:
    """The JSON Schema type of a value."""
    return _KINDS.get(value.__class__, "object")


_KINDS: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    list: "array",
    dict: "object",
}
