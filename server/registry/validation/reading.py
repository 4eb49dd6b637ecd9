"""One reading of a resource for everybody who agreed something about it: what a reader hands over goes to each look."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from server.model.base import Json
from server.registry.validation.look import PORTION, Look

Raw = TypeVar("Raw")
Kinds = Mapping[str, frozenset[str]]
"""The types that each member may have, by name; a name that is absent or without types may have any."""


class Reading:
    """What a reader says of a resource, told to each of the looks, which share one clock and one set of limits."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self.looks = tuple(looks)
        self.limits = looks[0].limits
        self.now: datetime = looks[0].now
        self.seconds: Callable[[], float] = looks[0].seconds
        self.bytes = 0
        self.files = 0

    def missing(self, why: str) -> None:
        """The resource is not there."""
        for look in self.looks:
            look.missing(why)

    def unknown(self, why: str) -> None:
        """It can't be said whether the resource is there."""
        for look in self.looks:
            look.unknown(why)

    def there(self, what: str) -> None:
        """The resource is there."""
        for look in self.looks:
            look.there(what)

    def unread(self, why: str) -> None:
        """A part of the content could not be judged."""
        for look in self.looks:
            look.unread(why)

    def unreadable(self, why: str) -> None:
        """A part of the content is of a kind that is not read, which is no matter to those who ask nothing of it."""
        for look in self.looks:
            if look.ready is not None:
                look.unread(why)

    def cut(self, why: str) -> None:
        """Not everything was looked at."""
        for look in self.looks:
            look.cut(why)

    def note(self, what: str) -> None:
        """Something else was noticed."""
        for look in self.looks:
            look.notes.append(what)

    def say(self, keyword: str, message: str, *, at: str = "", example: Json = None) -> None:
        """Something is wrong that no schema speaks of, such as a line that can't be read."""
        for look in self.looks:
            look.breaks.say(keyword, message, at=at, example=example)

    def written(self, moment: datetime) -> None:
        """A part of the resource was last written at this moment."""
        for look in self.looks:
            look.written(moment)

    def took(self, size: int, *, files: int = 0) -> None:
        """So many bytes were read, of so many files."""
        self.bytes += size
        self.files += files
        for look in self.looks:
            look.bytes += size
            look.files += files

    def content(self) -> None:
        """Content was read, whether or not there was any record in it."""
        for look in self.looks:
            look.read = True

    def columns(self, kinds: Kinds, at: str = "") -> None:
        """A source has these columns; without any record in it they are all that there is to look at."""
        for look in self.looks:
            look.columns(kinds, at)

    def document(self, value: Json, at: str = "") -> None:
        """A document is judged by each."""
        for look in self.looks:
            look.document(value, at)

    def rows(self, rows: Iterable[tuple[Raw, str]], record_for: Callable[[Kinds], Callable[[Raw], Json]]) -> int:
        """Records of a source that is a list of them by nature are judged, each with where it stands; how many came.

        `record_for` tells how a row is read as a record where a schema asks for such values.
        """
        reads = [(look, record_for(look.ready.kinds if look.ready else {})) for look in self.looks]
        each: Iterator[tuple[Raw, str]] = iter(rows)
        came = 0
        while portion := list(islice(each, PORTION)):
            came += len(portion)
            left = [look.rows([(read(raw), at) for raw, at in portion]) for look, read in reads]
            if not any(left):
                if next(each, None) is not None:
                    self.cut(f"only the first {self.limits.records:,} records were looked at")
                break
        return came

    def in_time(self) -> None:
        """Raises OutOfTime where the looks have taken too long."""
        self.looks[0].in_time()


def as_it_is(kinds: Kinds) -> Callable[[Json], Json]:
    """How a row is read that is a record already."""
    return lambda record: record
