"""What an importer made of its files: systems, and everything that it could not map or that dangles (REG-11)."""

import hashlib
from collections.abc import Iterable

from server.model.base import JsonObject, Moment, Text, Value
from server.model.candidate import Candidate
from server.model.contract import Basis
from server.model.knowledge import KnowledgeEntry
from server.model.pattern import Pattern
from server.model.system import System

LONGEST_KEY = 200


def source_key(kind: str, place: str) -> str:
    """The key of a source: its kind and where it is. A long place keeps its end, and a hash of the whole."""
    key = f"{kind}:{place}" if place else kind
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{kind}:{digest}…{place[-(LONGEST_KEY - len(kind) - 18) :]}"


class ListedSystem(Value):
    """One system as a source lists it."""

    item: str
    """Its name in the source; what tells it apart from the source's other entries."""
    system: System
    tier_basis: Basis = Basis.DECLARED
    """INFERRED where the source states neither a tier nor anything that decides it."""


class ArchivedSystem(Value):
    """One entry of `archived[]`."""

    item: str
    system: System
    archived_at: Moment = ""
    archive_reason: Text = ""


class Unmapped(Value):
    """Something in the source that did not become part of a system."""

    item: str
    """Where it stands: a JSON Pointer, or the file and line."""
    reason: str


class Dangling(Value):
    """A reference to something that the source does not hold."""

    origin: str
    """The item that refers."""
    target: str
    reason: str


class Imported(Value):
    """All that was read from one source."""

    source: str
    """Kind and canonical name: the key under which what it lists is kept apart from other sources."""
    kind: str
    systems: tuple[ListedSystem, ...] = ()
    archived: tuple[ArchivedSystem, ...] = ()
    unmapped: tuple[Unmapped, ...] = ()
    dangling: tuple[Dangling, ...] = ()
    notes: tuple[str, ...] = ()
    """What a person should know about how the source was read."""
    passed_over: tuple[str, ...] = ()
    """Items that the source lists and that were not asked for, such as services of other profiles: not gone."""
    inferred: bool = False
    """The source describes systems from outside, so that what their owners registered wins over it."""
    project: str = ""
    """The source's own short name, used where two sources have systems of one name."""
    candidates: tuple[Candidate, ...] = ()
    """What a scan's file lists as unregistered."""
    patterns: tuple[Pattern, ...] = ()
    """What the patterns' file lists."""
    knowledge: tuple[KnowledgeEntry, ...] = ()
    """What a file of shared knowledge lists."""
    digests: tuple[JsonObject, ...] = ()
    """Weekly digests, as the source writes them."""
    weeks: tuple[JsonObject, ...] = ()
    """Weeks of the metrics' file, oldest first."""


class Remarks:
    """Collects, while a source is read, what could not be mapped, what dangles and what should be known."""

    def __init__(self) -> None:
        self._unmapped: dict[Unmapped, None] = {}
        self._dangling: dict[Dangling, None] = {}
        self._notes: dict[str, None] = {}

    def unmapped(self, item: str, reason: str) -> None:
        """This place was left out, for this reason."""
        self._unmapped[Unmapped(item=item, reason=reason)] = None

    def dangling(self, origin: str, target: str, reason: str) -> None:
        """This item refers to something that is not there."""
        self._dangling[Dangling(origin=origin, target=target, reason=reason)] = None

    def note(self, text: str) -> None:
        """A person should know this."""
        self._notes[text] = None

    def all_unmapped(self) -> tuple[Unmapped, ...]:
        """Every place that was left out, in the order of reading."""
        return tuple(self._unmapped)

    def all_dangling(self) -> tuple[Dangling, ...]:
        """Every reference to something that is not there, in the order of reading."""
        return tuple(self._dangling)

    def all_notes(self) -> tuple[str, ...]:
        """Everything else, in the order of reading."""
        return tuple(self._notes)


def found_in(
    place: str, kind: str, systems: Iterable[ListedSystem], remarks: Remarks, *, project: str = ""
) -> Imported:
    """What a source of this kind at this place holds, with everything that was remarked while it was read."""
    return Imported(
        source=source_key(kind, place),
        kind=kind,
        systems=tuple(systems),
        unmapped=remarks.all_unmapped(),
        dangling=remarks.all_dangling(),
        notes=remarks.all_notes(),
        inferred=True,
        project=project,
    )
