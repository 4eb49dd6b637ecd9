"""Entries that a file lists take their place among ours: under their ids, each once, and none of ours is lost (LRN-9)."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from server.knowledge.boundary.crossing_in import taken_over
from server.knowledge.entries.days import ninety_days_after
from server.model.knowledge import KnowledgeEntry
from server.model.moments import moment_of, to_wire
from server.model.wording import counted
from server.storage import knowledge
from server.storage.knowledge import Stored

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

_AT_ONCE = 2_000
"""Entries that are stored in one transaction."""
_DIGEST, _VERSION, _TOLD = "imported", "imported_as", "imported_version"
"""Members of a life: what was imported last, the version that it became here, and the one that the file told."""
_NUMBERED = re.compile(r"SK-(\d{1,9})")


@dataclass(frozen=True)
class Arrived:
    """What became of the entries of a file, by their ids."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    """Known already, or newer here."""
    withheld: tuple[tuple[str, str, str], ...] = ()
    """(id, field, kind) of what was kept back at the boundary."""
    notes: tuple[str, ...] = ()
    """What of the file did not come to stand here, in a sentence each."""


@dataclass
class _Tally:
    """What becomes of the entries of one transaction."""

    new: list[Stored] = field(default_factory=list)
    changed: list[Stored] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    withheld: list[tuple[str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def take_in(
    database: "Database",
    entries: Sequence[KnowledgeEntry],
    now: datetime,
    *,
    changed: Callable[[Iterable[str]], None] = lambda ids: None,
) -> Arrived:
    """The entries stand among ours; what came before changes nothing when it comes again.

    An entry without days is of today, and holds for 90 days. One that stands here otherwise is replaced, as its next version,
    where it came from a file and nothing has become of it here since, or where the file tells a higher version; answers given
    here stay. An id that another entry has here, of another type or source, is told in the notes, and ours stays. Portions are
    durable one after the other: after an interruption the rest comes in when the file does again. `changed` is told ids.
    """
    at = moment_of(now)
    told: list[_Tally] = []
    each: dict[str, KnowledgeEntry] = {}
    for one in entries:
        each.setdefault(one.id, one)
    for portion in _portions(list(each.values())):
        digests = {one.id: _digest_of(one) for one in portion}

        def look(
            session: "Session", portion: Sequence[KnowledgeEntry] = portion, digests: Mapping[str, str] = digests
        ) -> _Tally:
            return _sorted_out(session, portion, digests, to_wire(now)[:10])

        def store(session: "Session", look: Callable[["Session"], _Tally] = look) -> _Tally:
            knowledge.take_turn(session)
            tally = look(session)
            rows = [*tally.new, *tally.changed]
            if rows:
                knowledge.reserve(session, max(map(_number_of, rows)))
                revision = knowledge.next_revision(session)
                knowledge.insert(session, tally.new, at=at, now=at, revision=revision)
                knowledge.save(session, tally.changed, at=at, now=at, revision=revision)
            return tally

        # What crosses takes longest to find out: it is remembered, so that nobody waits for it while this one writes.
        tally = database.read(look)
        if tally.new or tally.changed:
            tally = database.write(store)
        changed([one.entry.id for one in (*tally.new, *tally.changed)])
        told.append(tally)
    return Arrived(
        added=tuple(one.entry.id for tally in told for one in tally.new),
        changed=tuple(one.entry.id for tally in told for one in tally.changed),
        unchanged=tuple(one for tally in told for one in tally.unchanged),
        withheld=tuple(one for tally in told for one in tally.withheld),
        notes=(*(one for tally in told for one in tally.notes), *_kept_back(told)),
    )


def _kept_back(told: Iterable[_Tally]) -> Iterator[str]:
    """In a sentence; each entry tells of its own."""
    withheld = [one for tally in told for one in tally.withheld]
    if withheld:
        kinds = ", ".join(sorted({kind for _, _, kind in withheld}))
        entries = counted(len({entry_id for entry_id, _, _ in withheld}), "entry", "entries")
        yield f"Something was kept back of {entries} ({kinds}): each says what."


def _sorted_out(
    session: "Session", portion: Sequence[KnowledgeEntry], digests: Mapping[str, str], today: str
) -> _Tally:
    tally = _Tally()
    known = knowledge.load_all(session, [one.id for one in portion])
    for given in portion:
        there = known.get(given.id)
        if there is not None and there.life.get(_DIGEST) == digests[given.id]:
            tally.unchanged.append(given.id)
            continue
        entry, withheld = taken_over(_with_days(given, there, today))
        if there is None:
            tally.new.append(Stored(entry.id, entry, _life({}, digests[entry.id], entry.version, given.version)))
        elif _same_content(entry, there.entry):
            tally.unchanged.append(entry.id)
            continue
        elif (entry.type, entry.source_system) != (there.entry.type, there.entry.source_system):
            tally.unchanged.append(entry.id)
            tally.notes.append(
                f"{entry.id} is another entry here ({there.entry.type.value} of {there.entry.source_system or 'nobody'}): "
                "ours stays; give the file's one another id."
            )
            continue
        elif not _is_newer(given, there):
            tally.unchanged.append(entry.id)
            tally.notes.append(f"{entry.id} is otherwise here, since what became of it here is newer: ours stays.")
            continue
        else:
            fresh = _answers_kept(entry, there.entry)
            life = _life(there.life, digests[entry.id], fresh.version, given.version)
            tally.changed.append(Stored(there.fingerprint, fresh, life))
        tally.withheld += [(entry.id, *one) for one in withheld]
    return tally


def _with_days(given: KnowledgeEntry, there: Stored | None, today: str) -> KnowledgeEntry:
    """With the days that the file doesn't tell: those that it has here, else today and 90 days later."""
    created = given.created[:10] or (there.entry.created if there is not None else today)
    expires = given.expires[:10] or (there.entry.expires if there is not None else ninety_days_after(today))
    if (created, expires) == (given.created, given.expires):
        return given
    return given.model_copy(update={"created": created, "expires": expires})


def _is_newer(given: KnowledgeEntry, there: Stored) -> bool:
    """Whether the file's entry stands in place of ours."""
    untouched = there.life.get(_VERSION) == there.entry.version
    return given.version > there.entry.version or (untouched and given.version >= there.life.get(_TOLD, 1))


def _answers_kept(entry: KnowledgeEntry, ours: KnowledgeEntry) -> KnowledgeEntry:
    """The file's entry as our next version; whoever answered here has answered."""
    told = {one.system for one in entry.transfers}
    adopted = {*ours.adopted_by, *entry.adopted_by} - set(ours.declined_by)
    declined = {*ours.declined_by, *entry.declined_by} - adopted
    transfers = [*entry.transfers, *(one for one in ours.transfers if one.system not in told)]
    return entry.model_copy(
        update={
            "version": max(entry.version, ours.version + 1),
            "adopted_by": tuple(sorted(adopted)),
            "declined_by": tuple(sorted(declined)),
            "transfers": tuple(sorted(transfers, key=lambda one: (one.at, one.system))),
            "retest": entry.retest or ours.retest,
        }
    )


def _same_content(entry: KnowledgeEntry, ours: KnowledgeEntry) -> bool:
    besides = {"version": ours.version, "reported_by": ours.reported_by}
    return entry.model_copy(update=besides) == ours


def _life(before: Mapping[str, object], digest: str, version: int, told: int) -> dict[str, object]:
    return {**before, _DIGEST: digest, _VERSION: version, _TOLD: told}


def _digest_of(entry: KnowledgeEntry) -> str:
    """What the file tells of the entry, in short."""
    told = entry.model_dump(mode="json", exclude_defaults=True)
    text = json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _number_of(stored: Stored) -> int:
    found = _NUMBERED.fullmatch(stored.entry.id)
    return int(found[1]) if found else 0


def _portions(entries: Sequence[KnowledgeEntry]) -> Iterator[Sequence[KnowledgeEntry]]:
    return (entries[start : start + _AT_ONCE] for start in range(0, len(entries), _AT_ONCE))
