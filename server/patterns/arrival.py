"""Patterns that a file lists take their place among ours: under their ids, each once, and none of ours is lost (PAT-10)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from server.model.moments import microseconds, read_moment
from server.model.pattern import Pattern, PatternStatus
from server.patterns.confidence import confidence_of
from server.patterns.document import FILE_NAME
from server.patterns.fingerprint import fingerprint_of, identity_of
from server.patterns.life import Life, life_in
from server.storage import patterns
from server.storage.patterns import StoredPattern

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session


@dataclass(frozen=True)
class Arrived:
    """What became of the patterns of a file, by the ids that they have here."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    """(id in the file, id here) of those whose id another pattern has here, or none had."""


def take_in(
    database: "Database", found: Sequence[Pattern], *, changed: Callable[[Iterable[str]], None] = lambda uris: None
) -> Arrived:
    """The patterns stand among ours; what came before changes nothing when it comes again.

    One that we know by type, systems and subject keeps its id here; the earlier day of first detection and the larger number of
    occurrences count. One whose id another pattern has here gets a new one. `changed` is told what changed, once it is durable.
    """

    def look(session: "Session") -> Arrived | None:
        arrival = Arrival(patterns.everything(session), found)
        return None if arrival.saved or arrival.nameless else arrival.told()

    def store(session: "Session") -> Arrived:
        patterns.next_detection(session)
        patterns.next_revision(session)
        arrival = Arrival(patterns.everything(session), found)
        patterns.reserve(session, max((int(one.pattern.id[5:]) for one in arrival.saved), default=0))
        ids = patterns.new_ids(session, len(arrival.nameless))
        arrival.name(ids)
        patterns.save(session, arrival.saved)
        return arrival.told()

    arrived = database.read(look) or database.write(store)
    touched = [*arrived.added, *arrived.changed]
    if touched:
        changed([*(f"concord://patterns/{one}" for one in touched), f"concord://files/{FILE_NAME}"])
    return arrived


class Arrival:
    """Decides what becomes of each."""

    def __init__(self, known: Mapping[str, StoredPattern], found: Sequence[Pattern]) -> None:
        self.saved: list[StoredPattern] = []
        self.nameless: list[tuple[str, StoredPattern]] = []
        """(id in the file, pattern) of those that need an id."""
        self._changed: list[str] = []
        self._unchanged: list[str] = []
        self._added: list[str] = []
        self._renamed: list[tuple[str, str]] = []
        taken = {one.pattern.id for one in known.values()}
        for stored in _gathered(found):
            before = known.get(stored.fingerprint)
            if before is not None:
                self._meet(before, stored.pattern)
            elif stored.pattern.id and stored.pattern.id not in taken:
                taken.add(stored.pattern.id)
                self.saved.append(stored)
                self._added.append(stored.pattern.id)
            else:
                self.nameless.append((stored.pattern.id, stored))

    def name(self, ids: Sequence[str]) -> None:
        """Those without an id have these."""
        for (before, stored), pattern_id in zip(self.nameless, ids, strict=True):
            self.saved.append(replace(stored, pattern=stored.pattern.model_copy(update={"id": pattern_id})))
            self._added.append(pattern_id)
            self._renamed.append((before, pattern_id))

    def told(self) -> Arrived:
        """What became of them."""
        return Arrived(tuple(self._added), tuple(self._changed), tuple(self._unchanged), tuple(self._renamed))

    def _meet(self, before: StoredPattern, pattern: Pattern) -> None:
        after = _met(before, pattern)
        if after == before:
            self._unchanged.append(before.pattern.id)
        else:
            self.saved.append(after)
            self._changed.append(before.pattern.id)


def _gathered(found: Sequence[Pattern]) -> Iterable[StoredPattern]:
    """Each pattern of the file once, with what all its entries know of it."""
    gathered: dict[str, StoredPattern] = {}
    for pattern in found:
        fingerprint = fingerprint_of(identity_of(pattern))
        before = gathered.get(fingerprint)
        gathered[fingerprint] = _met(before, pattern) if before else _stored(fingerprint, pattern)
    return gathered.values()


def _stored(fingerprint: str, pattern: Pattern) -> StoredPattern:
    last_seen = microseconds(read_moment(pattern.last_seen or pattern.first_detected))
    life = Life(
        subject=pattern.subject,
        detected_at=microseconds(read_moment(pattern.first_detected)),
        found_at=last_seen,
        # the last occurrence has a moment, so that those before it are not counted again
        moments=(last_seen,),
        earlier=pattern.occurrences - 1,
    )
    return StoredPattern(fingerprint, pattern, life.document(), last_seen)


def _met(before: StoredPattern, pattern: Pattern) -> StoredPattern:
    """Ours with what the file knows better; a candidate of ours that has been shown elsewhere is shown."""
    ours = before.pattern
    candidate = PatternStatus.CANDIDATE
    if ours.status is candidate and pattern.status is not candidate:
        theirs = pattern.model_copy(update={"id": ours.id})
        return _stored(before.fingerprint, theirs)
    if pattern.status is candidate:
        return before
    more = max(0, pattern.occurrences - ours.occurrences)
    first = min(ours.first_detected, pattern.first_detected, key=lambda day: day[:10])
    if not more and first == ours.first_detected:
        return before
    update = {"first_detected": first, "occurrences": ours.occurrences + more}
    life = life_in(before.life)
    if more:
        update["confidence"] = max(ours.confidence, confidence_of(ours.occurrences + more, ours.window_seconds))
        life = replace(life, earlier=life.earlier + more)
    return replace(before, pattern=ours.model_copy(update=update), life=life.document())
