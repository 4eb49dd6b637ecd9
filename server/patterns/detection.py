"""One detection from beginning to end: read what was reported, look for each type, and let every pattern live on."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from server.model.base import JsonObject
from server.model.moments import at_microseconds, microseconds, moment_of, read_moment
from server.model.pattern import Pattern, PatternStatus, PatternType
from server.model.progress import Progress
from server.patterns.fingerprint import fingerprint_of, identity_of
from server.patterns.fleet import Fleet
from server.patterns.found import LEAST_OCCURRENCES, READ_KINDS, Fact, Found
from server.patterns.life import Known, Life, Look, first_seen, life_in, seen_again
from server.patterns.members import fleet_of, naming
from server.patterns.portrait import portrait, source_in
from server.storage import events, patterns
from server.storage.revisions import revisions

if TYPE_CHECKING:
    from server.patterns.history import History
    from server.patterns.likeness import Likeness
    from server.registry.service import RegistryService
    from server.storage.database import Database
    from server.storage.session import Session

LOOK_BACK = timedelta(days=90)
EVENTS_KEPT = 2_000
"""Stored events that are kept with a pattern, the newest."""
EVENTS_OF_FACT = 500
"""Of those that a fact rests on, the newest, beside those of the occurrences."""
_SOURCES_ASKED = 50
"""Events of a fact whose origin is looked up, to tell where it was told."""
_NOTHING = "Nothing has been reported yet."
_UNCHANGED = "Nothing has been reported or registered since the last detection of this day."


@dataclass(frozen=True)
class Span:
    """What is looked at: from `since` up to and with `until`, microseconds since 1970."""

    since: int
    until: int
    now: int
    usual: bool
    """Whether nobody asked for another one."""


class Outcome(NamedTuple):
    """What became of a detection."""

    summary: JsonObject
    changed: tuple[str, ...]
    """Ids of the patterns that are otherwise than before."""


class _Standing(NamedTuple):
    """Where the database stands before a detection."""

    newest_event: int
    events_written: int
    registry: int
    marks: patterns.Marks
    known: Mapping[str, patterns.StoredPattern]


@dataclass(frozen=True)
class _Evidence:
    """The stored events behind what was found."""

    rows: Mapping[int, tuple[patterns.EventRow, str]]
    known_before: int
    """Number of the newest event that the last detection knew."""

    def source_of(self, fact: Fact) -> str:
        asked = fact.seqs[-_SOURCES_ASKED:]
        return source_in(fact, (self.rows[seq][1] for seq in asked if seq in self.rows))


class Detection:
    """Detects in one database. Two at once, in whatever processes, come to what one after the other would."""

    def __init__(self, database: "Database", registry: "RegistryService", likeness: Callable[[], "Likeness"]) -> None:
        """`likeness` says which texts mean the same; it is asked for when it is needed."""
        self._database = database
        self._registry = registry
        self._likeness = likeness

    def run(self, now: datetime, progress: Progress, *, since: str, until: str) -> Outcome:
        """Every pattern is as the events of that time show it. Raises ValueError for a time that can't be read."""
        began = time.perf_counter()
        span = _span(now, since, until)
        standing = self._database.read(_standing)
        if needless := _needless(standing, span):
            progress(1, 1, needless)
            return Outcome(self._as_it_stands(standing, span, needless), ())
        from server.patterns.detectors import detectors
        from server.patterns.reading import read_history

        row = detectors(self._likeness())
        steps = len(row) + 2
        progress(0, steps, "Reading what systems reported")
        with self._registry.reading() as registry:
            fleet, name = fleet_of(registry), naming(registry, self._registry.canonical)
        history = self._database.read(lambda session: read_history(session, span.since, span.until + 1, name))
        known = frozenset(
            identity_of(one.pattern, one.life.get("subject", ""))
            for one in standing.known.values()
            if not _is_candidate(one)
        )
        found: list[Found] = []
        for place, detector in enumerate(row, 1):
            progress(place, steps, f"Looking for {detector.words}")
            found += detector.detect(history, fleet, known)
        progress(steps - 1, steps, "Storing what was found")
        outcome = self._store(found, history, fleet, standing, span)
        looked_at = {
            "since": at_microseconds(span.since),
            "until": at_microseconds(span.until),
            "events": _events_in(history),
            "systems": len(history.systems),
            "found": len({fingerprint_of(one.identity) for one in found}),
        }
        progress(steps, steps, "Done")
        seconds = {"seconds": round(time.perf_counter() - began, 3)}
        return Outcome({**looked_at, **outcome.summary, **seconds}, outcome.changed)

    def _as_it_stands(self, standing: _Standing, span: Span, needless: str) -> JsonObject:
        """The summary of a detection that had nothing to look for."""
        number, systems = self._database.read(
            lambda session: events.counted_in(session, READ_KINDS, span.since, span.until + 1)
        )
        counts = _counts(standing.known.values())
        return {
            "skipped": needless,
            "since": at_microseconds(span.since),
            "until": at_microseconds(span.until),
            "events": number,
            "systems": systems,
            "found": counts["active"] + counts["candidates"],
            **dict.fromkeys(("new", "reopened", "resolved"), 0),
            **counts,
            "seconds": 0.0,
        }

    def _store(
        self, found: Sequence[Found], history: "History", fleet: Fleet, standing: _Standing, span: Span
    ) -> Outcome:
        from server.patterns.firing import firings

        by_print = _distinct(found, standing.known)
        evidence = self._evidence(by_print, standing)
        look = Look(
            since=span.since,
            at=span.until,
            now=span.now,
            portrait=lambda one, occurrences: portrait(one, occurrences, fleet, evidence.source_of),
            fired=lambda system, trigger, moment: firings(history, system, trigger, moment),
        )
        before = standing.marks
        marks = patterns.Marks(span.until, standing.newest_event, standing.registry, standing.events_written)

        def store(session: "Session") -> Outcome:
            patterns.next_detection(session)  # from here on no other detection stores anything
            known = patterns.everything(session)
            outcome = _live_on(session, known, by_print, look, evidence)
            if span.until >= before.analysed:
                patterns.leave_marks(session, marks if span.usual else before._replace(analysed=span.until))
            return outcome

        return self._database.write(store)

    def _evidence(self, found: Mapping[str, Found], standing: _Standing) -> _Evidence:
        """What is stored of the events that the findings rest on, as far as it isn't kept with the patterns already."""

        def read(session: "Session") -> dict[int, tuple[patterns.EventRow, str]]:
            ids = [standing.known[one].pattern.id for one in found if one in standing.known]
            kept = patterns.numbers_kept(session, ids)
            wanted: set[int] = set()
            for fingerprint, one in found.items():
                stored = standing.known.get(fingerprint)
                wanted |= _numbers_to_keep(one) - (kept[stored.pattern.id] if stored else set())
                wanted.update(seq for fact in one.facts for seq in fact.seqs[-_SOURCES_ASKED:])
            return patterns.events_by_number(session, wanted)

        return _Evidence(self._database.read(read), standing.marks.events)


def _span(now: datetime, since: str, until: str) -> Span:
    present = moment_of(now)
    end = min(present, microseconds(read_moment(until))) if until else present
    days = LOOK_BACK // timedelta(microseconds=1)
    return Span(microseconds(read_moment(since)) if since else end - days, end, present, usual=not (since or until))


def _standing(session: "Session") -> _Standing:
    return _Standing(
        events.newest_number(session),
        events.times_written(session),
        revisions(session).registry,
        patterns.marks(session),
        patterns.everything(session),
    )


def _needless(standing: _Standing, span: Span) -> str:
    """Why there is nothing to look for; empty where there is."""
    if not standing.newest_event and not standing.known:
        return _NOTHING
    return _UNCHANGED if span.usual and _is_as_it_was(standing, span) else ""


def _is_as_it_was(standing: _Standing, span: Span) -> bool:
    marks = standing.marks
    same_day = at_microseconds(marks.analysed)[:10] == at_microseconds(span.until)[:10]
    return same_day and (marks.written, marks.registry) == (standing.events_written, standing.registry)


def _is_candidate(stored: patterns.StoredPattern) -> bool:
    return stored.pattern.status is PatternStatus.CANDIDATE


def _distinct(found: Iterable[Found], known: Mapping[str, patterns.StoredPattern]) -> dict[str, Found]:
    """Each finding once by its fingerprint: the shown before the candidates, and nothing new that rests on too little."""
    kinds = list(PatternType)
    order = sorted(found, key=lambda one: (bool(one.held_back), kinds.index(one.identity.type)))
    distinct: dict[str, Found] = {}
    for one in order:
        fingerprint = fingerprint_of(one.identity)
        enough = len({each.at for each in one.occurrences}) >= LEAST_OCCURRENCES  # PAT-7, whatever a detector says
        stored = known.get(fingerprint)
        if enough or (stored is not None and not _is_candidate(stored) and one.occurrences):
            distinct.setdefault(fingerprint, one if enough or one.held_back else replace(one, held_back="too_few"))
    return distinct


def _numbers_to_keep(found: Found) -> set[int]:
    """Numbers of the newest events that the finding rests on."""
    kept: set[int] = set()
    for one in reversed(found.occurrences):
        if len(kept) >= EVENTS_KEPT:
            break
        kept.update(one.seqs)
    return kept.union(*(fact.seqs[-EVENTS_OF_FACT:] for fact in found.facts))


def _numbers(found: Found) -> set[int]:
    return set().union(*(one.seqs for one in found.occurrences), *(fact.seqs for fact in found.facts))


def _live_on(
    session: "Session",
    known: Mapping[str, patterns.StoredPattern],
    found: Mapping[str, Found],
    look: Look,
    evidence: _Evidence,
) -> Outcome:
    """Every known pattern stands as it is after this look, and every new one beside them."""
    new = [fingerprint for fingerprint in found if fingerprint not in known]
    born = {
        fingerprint: first_seen(found[fingerprint], pattern_id, look)
        for fingerprint, pattern_id in zip(new, patterns.new_ids(session, len(new)), strict=True)
    }
    given_up: list[str] = []
    after: dict[str, Known] = {}
    for fingerprint, stored in known.items():
        present = seen_again(
            Known(stored.pattern, life_in(stored.life), stored.last_seen), found.get(fingerprint), look
        )
        if present is None:
            given_up.append(stored.pattern.id)
        else:
            after[fingerprint] = present
    after |= born
    kept = patterns.numbers_kept(session, [after[one].pattern.id for one in found if one in after])
    changed: list[patterns.StoredPattern] = []
    fresh: dict[str, list[patterns.EventRow]] = {}
    for fingerprint, one in after.items():
        stored_now = known.get(fingerprint)
        if fingerprint in found and not _rests(stored_now, one, found[fingerprint]):
            life, rows = _with_events(one, found[fingerprint], kept[one.pattern.id], evidence)
            fresh[one.pattern.id] = rows
        else:
            life = one.life
        if stored_now is None or (one.pattern, life) != (stored_now.pattern, life_in(stored_now.life)):
            changed.append(patterns.StoredPattern(fingerprint, one.pattern, life.document(), one.last_seen))
    if changed or given_up:
        patterns.next_revision(session)
        patterns.save(session, changed)
        patterns.drop(session, given_up)
        for pattern_id, rows in fresh.items():
            patterns.add_events(session, pattern_id, rows, most=EVENTS_KEPT)
    told = [one.pattern.id for one in changed if _pattern_in(known, one.fingerprint) != one.pattern]
    return Outcome(_summary(known, after, changed), tuple(sorted([*given_up, *told])))


def _pattern_in(known: Mapping[str, patterns.StoredPattern], fingerprint: str) -> Pattern | None:
    stored = known.get(fingerprint)
    return None if stored is None else stored.pattern


def _rests(stored: patterns.StoredPattern | None, present: Known, found: Found) -> bool:
    """Whether what was found again counts for nothing, so that its events are none of the pattern's.

    One that was imported has no events before it is first found in ours.
    """
    if stored is None or (not present.life.events_total and not found.held_back):
        return False
    return present.last_seen == stored.last_seen and present.pattern == stored.pattern


def _with_events(
    known: Known, found: Found, kept: set[int], evidence: _Evidence
) -> tuple[Life, list[patterns.EventRow]]:
    """The life with the number of its events, and those that are to be kept beside the ones that are."""
    life, numbers = known.life, _numbers(found)
    if life.events_total > len(kept):  # not all are kept: those that came since are counted
        total = life.events_total + sum(seq > evidence.known_before and seq not in kept for seq in numbers)
    else:
        total = len(numbers | kept)
    rows = [evidence.rows[seq][0] for seq in sorted(_numbers_to_keep(found) - kept) if seq in evidence.rows]
    return replace(life, events_total=total), rows


def _summary(
    known: Mapping[str, patterns.StoredPattern], after: Mapping[str, Known], changed: Sequence[patterns.StoredPattern]
) -> JsonObject:
    before = {one.pattern.id: one.pattern.status for one in known.values()}

    def become(status: PatternStatus, *earlier: PatternStatus | None) -> int:
        return sum(one.pattern.status is status and before.get(one.pattern.id) in earlier for one in changed)

    active, candidate, resolved = PatternStatus.ACTIVE, PatternStatus.CANDIDATE, PatternStatus.RESOLVED
    return {
        "new": become(active, None, candidate),
        "reopened": become(active, resolved),
        "resolved": become(resolved, active),
        **_counts(after.values()),
    }


def _counts(present: Iterable[Known | patterns.StoredPattern]) -> JsonObject:
    """How many patterns there are, by status, and of the active ones by type."""
    statuses = [(one.pattern.status, one.pattern.type) for one in present]
    by_type = {kind.value: statuses.count((PatternStatus.ACTIVE, kind)) for kind in PatternType}
    return {
        "active": sum(by_type.values()),
        "candidates": sum(status is PatternStatus.CANDIDATE for status, _ in statuses),
        "by_type": {kind: number for kind, number in by_type.items() if number},
    }


def _events_in(history: "History") -> int:
    tables = (history.runs, history.troubles, history.accesses, history.metrics)
    return sum(len(table.seq) for table in tables) + len(history.changes)
