"""Queries over patterns: each stands once by its fingerprint, with the stored events that it rests on."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from server.model.base import JsonObject
from server.model.pattern import Certainty, Pattern, PatternStatus, PatternType
from server.model.tier import Severity
from server.storage import counters, events
from server.storage.lazily import sql, tables
from server.storage.statements import on_postgresql, portions, put

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from server.storage.session import Session

REVISION = "patterns:revision"
"""Counts the writes that changed a pattern, so that those who remember some know whether theirs are still good."""
_ID = "pattern"
_MINUTE = 60_000_000
_RISKS = tuple(one.value for one in PatternType if one.is_risk)


@dataclass(frozen=True)
class StoredPattern:
    """A pattern as it is kept."""

    fingerprint: str
    pattern: Pattern
    life: JsonObject
    """What its life is judged by besides; nobody is shown it."""
    last_seen: int
    """Its last occurrence, microseconds since 1970."""


@dataclass(frozen=True, order=True)
class EventRow:
    """A stored event that a pattern rests on; the older, the smaller."""

    at: int
    """Microseconds since 1970."""
    seq: int
    system_id: str
    event_id: str
    kind: str


class Marks(NamedTuple):
    """Where a detection stood."""

    analysed: int
    """The end of what it looked at, microseconds since 1970, by the minute."""
    events: int
    """The number of the newest event."""
    registry: int
    """The registry's revision."""
    written: int
    """How often events were written: one may have been changed, or come late under a lower number."""


def next_revision(session: "Session") -> int:
    """The number of the write that is under way: some pattern is otherwise than before it."""
    return counters.following(session, REVISION)


def next_detection(session: "Session") -> int:
    """The number of the detection that is about to store what it found; until it ends, no other one does."""
    return counters.following(session, "patterns:detections")


def new_ids(session: "Session", count: int) -> list[str]:
    """So many ids that no pattern has had."""
    last = counters.following(session, _ID, count) if count else 0
    return [f"XPAT-{number:03d}" for number in range(last - count + 1, last + 1)]


def reserve(session: "Session", number: int) -> None:
    """No new pattern gets an id with this number or one below."""
    missing = number - counters.present(session, _ID)
    if missing > 0:
        counters.following(session, _ID, missing)


def everything(session: "Session") -> dict[str, StoredPattern]:
    """Every pattern by its fingerprint, candidates as well, in the order of their ids."""
    found = _load(session, [])
    return {one.fingerprint: one for one in sorted(found, key=lambda one: _number(one.pattern.id))}


def find(
    session: "Session",
    *,
    system_id: str = "",
    kind: str = "",
    severity: str = "",
    status: str = "",
    min_confidence: float = 0.0,
    start: int = 0,
    limit: int = 10,
) -> tuple[list[Pattern], int]:
    """One page of patterns, the gravest first, then the surest, then by id; and how many match. Empty means any."""
    patterns = tables.patterns.c
    filters = {patterns.type: kind, patterns.severity: severity, patterns.status: status}
    chosen: list[ColumnElement[bool]] = [column == wanted for column, wanted in filters.items() if wanted]
    if min_confidence:
        chosen.append(patterns.confidence >= min_confidence)
    if system_id:
        chosen.append(_involves([system_id]))
    rank = sql.case({one.value: one.rank for one in Severity}, value=patterns.severity)
    connection = session.connection()
    total = connection.execute(sql.select(sql.func.count()).select_from(tables.patterns).where(*chosen)).scalar_one()
    page = connection.execute(
        sql.select(patterns.document)
        .where(*chosen)
        .order_by(rank.desc(), patterns.confidence.desc(), sql.func.length(patterns.pattern_id), patterns.pattern_id)
        .offset(start)
        .limit(limit)
    )
    return [Pattern.model_validate(document) for document in page.scalars()], total


def load(session: "Session", pattern_id: str) -> StoredPattern | None:
    """The pattern of that id."""
    return next(iter(_load(session, [tables.patterns.c.pattern_id == pattern_id])), None)


def active_of(session: "Session", systems: Sequence[str]) -> list[Pattern]:
    """The active patterns that involve one of these systems, in the order of their ids."""
    patterns = tables.patterns.c
    found: dict[str, Pattern] = {}
    for some in portions(systems):
        chosen = [patterns.status == PatternStatus.ACTIVE.value, _involves(some)]
        found.update((one.pattern.id, one.pattern) for one in _load(session, chosen))
    return sorted(found.values(), key=lambda one: _number(one.id))


def active_risks(session: "Session") -> list[tuple[str, str, tuple[str, ...]]]:
    """(id, type, systems) of the active patterns of a risk type none of whose systems is archived, by id (CON-8).

    One that has come to be explained otherwise is none of them, though it is active until it has stayed away long enough.
    """
    patterns, involved, systems = tables.patterns.c, tables.pattern_systems.c, tables.systems.c
    archived = sql.exists().where(
        involved.pattern_id == patterns.pattern_id, systems.id == involved.system_id, systems.archived
    )
    rows = session.connection().execute(
        sql.select(patterns.pattern_id, patterns.type, patterns.document).where(
            patterns.status == PatternStatus.ACTIVE.value, patterns.type.in_(_RISKS), sql.not_(archived)
        )
    )
    found = ((row[0], row[1], Pattern.model_validate(row[2])) for row in rows)
    risks = [
        (pattern_id, kind, pattern.systems_involved)
        for pattern_id, kind, pattern in found
        if pattern.certainty is not Certainty.CANDIDATE and not pattern.held_back
    ]
    return sorted(risks, key=lambda risk: _number(risk[0]))


def save(session: "Session", changed: Sequence[StoredPattern]) -> None:
    """Each pattern stands as given, by its id."""
    rows = [
        {
            "pattern_id": one.pattern.id,
            "fingerprint": one.fingerprint,
            "type": one.pattern.type.value,
            "status": one.pattern.status.value,
            "severity": one.pattern.severity.value,
            "confidence": one.pattern.confidence,
            "last_seen": one.last_seen,
            "document": one.pattern.model_dump(mode="json", exclude_defaults=True),
            "life": one.life,
        }
        for one in changed
    ]
    put(session, tables.patterns, rows)
    systems = {(system, one.pattern.id) for one in changed for system in one.pattern.systems_involved}
    _put_systems(session, sorted(systems))


def drop(session: "Session", ids: Sequence[str]) -> None:
    """Nothing is left of these patterns; their ids are not given again."""
    for table in (tables.pattern_events, tables.pattern_systems, tables.patterns):
        for some in portions(ids):
            session.connection().execute(sql.delete(table).where(table.c.pattern_id.in_(some)))


def add_events(session: "Session", pattern_id: str, rows: Iterable[EventRow], *, most: int) -> None:
    """The pattern rests on these events, too; of all that are kept with it, so many stay, the newest."""
    values = [
        {
            "pattern_id": pattern_id,
            "seq": row.seq,
            "system_id": row.system_id,
            "event_id": row.event_id,
            "at": row.at,
            "kind": row.kind,
        }
        for row in rows
    ]
    put(session, tables.pattern_events, values)
    events = tables.pattern_events.c
    ordered = (events.at.desc(), events.seq.desc())
    beyond = sql.select(events.seq).where(events.pattern_id == pattern_id).order_by(*ordered).offset(most)
    if not on_postgresql(session):
        beyond = beyond.limit(-1)  # without which SQLite knows no OFFSET
    session.connection().execute(
        sql.delete(tables.pattern_events).where(events.pattern_id == pattern_id, events.seq.in_(beyond))
    )


def newest_events(session: "Session", pattern_id: str, limit: int) -> list[EventRow]:
    """The newest stored events that the pattern rests on, latest first."""
    events = tables.pattern_events.c
    rows = session.connection().execute(
        sql.select(events.at, events.seq, events.system_id, events.event_id, events.kind)
        .where(events.pattern_id == pattern_id)
        .order_by(events.at.desc(), events.seq.desc())
        .limit(limit)
    )
    return [EventRow(*row) for row in rows]


def numbers_kept(session: "Session", pattern_ids: Sequence[str]) -> dict[str, set[int]]:
    """The numbers of the events that are kept of each of these patterns."""
    events = tables.pattern_events.c
    found: dict[str, set[int]] = {one: set() for one in pattern_ids}
    for some in portions(pattern_ids):
        chosen = sql.select(events.pattern_id, events.seq).where(events.pattern_id.in_(some))
        for pattern_id, seq in session.connection().execute(chosen):
            found[pattern_id].add(seq)
    return found


def events_by_number(session: "Session", seqs: Collection[int]) -> dict[int, tuple[EventRow, str]]:
    """The stored events of these numbers, each with the file that it was read from ("" = reported)."""
    return {
        one.seq: (EventRow(one.at, one.seq, one.system_id, one.event_id, one.kind), one.origin)
        for one in events.by_numbers(session, seqs)
    }


def ids_like(session: "Session", typed: str, limit: int) -> list[str]:
    """Ids of patterns that begin so, candidates left out, the newest first."""
    patterns = tables.patterns.c
    chosen = sql.select(patterns.pattern_id).where(
        patterns.pattern_id.startswith(typed, autoescape=True), patterns.status != PatternStatus.CANDIDATE.value
    )
    newest = chosen.order_by(sql.func.length(patterns.pattern_id).desc(), patterns.pattern_id.desc()).limit(limit)
    return list(session.connection().execute(newest).scalars())


def marks(session: "Session") -> Marks:
    """Where the last detection stood; all 0 before the first."""
    counted = tables.counters.c
    rows = session.connection().execute(
        sql.select(counted.name, counted.value).where(counted.name.in_([f"patterns:{name}" for name in Marks._fields]))
    )
    known = {name.partition(":")[2]: value for name, value in rows}
    found = Marks(*(known.get(name, 0) for name in Marks._fields))
    return found._replace(analysed=found.analysed * _MINUTE)


def leave_marks(session: "Session", where: Marks) -> None:
    """The last detection stood there."""
    # A counter holds 31 bits.
    values = where._replace(analysed=where.analysed // _MINUTE)._asdict()
    put(session, tables.counters, [{"name": f"patterns:{name}", "value": value} for name, value in values.items()])


def _put_systems(session: "Session", pairs: Sequence[tuple[str, str]]) -> None:
    involved = tables.pattern_systems
    known: set[tuple[str, str]] = set()
    for some in portions(sorted({pattern_id for _, pattern_id in pairs})):
        known.update(
            (row[0], row[1])
            for row in session.connection().execute(
                sql.select(involved.c.system_id, involved.c.pattern_id).where(involved.c.pattern_id.in_(some))
            )
        )
    rows = [{"system_id": system, "pattern_id": pattern} for system, pattern in pairs if (system, pattern) not in known]
    if rows:
        session.connection().execute(sql.insert(involved), rows)


def _involves(systems: Sequence[str]) -> "ColumnElement[bool]":
    involved = tables.pattern_systems.c
    chosen = sql.select(involved.pattern_id).where(involved.system_id.in_(systems))
    return tables.patterns.c.pattern_id.in_(chosen)


def _load(session: "Session", chosen: "Sequence[ColumnElement[bool]]") -> list[StoredPattern]:
    patterns = tables.patterns.c
    rows = session.connection().execute(
        sql.select(patterns.fingerprint, patterns.document, patterns.life, patterns.last_seen).where(*chosen)
    )
    return [StoredPattern(row[0], Pattern.model_validate(row[1]), row[2], row[3]) for row in rows]


def _number(pattern_id: str) -> tuple[int, str]:
    """By which ids are put in order."""
    return len(pattern_id), pattern_id
