"""Patterns as the surfaces and the daily job use them: detect, find, open one, and those that warn of something."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from server.errors import NotFound
from server.model.base import JsonObject
from server.model.moments import at_microseconds, to_wire
from server.model.pattern import Pattern, PatternEvent, PatternStatus
from server.model.progress import Progress, unwatched
from server.model.redaction import shown_name
from server.patterns.detection import Detection
from server.patterns.document import cross_patterns
from server.storage import patterns

if TYPE_CHECKING:
    from server.patterns.likeness import Likeness
    from server.registry.service import RegistryService
    from server.storage.database import Database
    from server.storage.session import Session

_FILE = "concord://files/cross_patterns.json"
EVENTS_SHOWN = 50
"""Stored events that a pattern shows, the newest (PAT-12)."""
TIMELINE_SHOWN = 2_000
"""Stored events that a picture of a pattern is drawn from."""
_ANY = ("", "ALL")
"""What a caller writes for any status."""

Risk = tuple[str, str, tuple[str, ...]]
"""(pattern id, type, systems)."""


class PatternPage(NamedTuple):
    """One page of patterns, the gravest first."""

    patterns: tuple[Pattern, ...]
    total: int


class Opened(NamedTuple):
    """A pattern with the newest of the stored events that it rests on, latest first."""

    pattern: Pattern
    events: tuple[PatternEvent, ...]
    events_total: int


class PatternService:
    """The patterns of one database. Safe to use from several threads."""

    def __init__(
        self,
        database: "Database",
        registry: "RegistryService",
        *,
        likeness: Callable[[], "Likeness"],
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
    ) -> None:
        """`likeness` says which texts mean the same, and is asked for by a detection.

        `changed` is told the URIs of what a detection or an import changed, once it is durable.
        """
        self._database = database
        self._detection = Detection(database, registry, likeness)
        self._changed = changed
        self._risks: tuple[tuple[int, int], tuple[Risk, ...]] = ((-1, -1), ())

    def detect(self, now: datetime, progress: Progress = unwatched, *, since: str = "", until: str = "") -> JsonObject:
        """Every pattern is as the events in this time show it; of the last 90 days where nothing is said.

        The summary: {since, until, events, systems, found, new, reopened, resolved, active, candidates, by_type, seconds}; `skipped`
        tells why where there was nothing to look for. Raises ValueError for a time that is not ISO 8601.
        """
        outcome = self._detection.run(now, progress, since=since, until=until)
        if outcome.changed:
            self._changed([*(f"concord://patterns/{one}" for one in outcome.changed), _FILE])
        return outcome.summary

    def find(
        self,
        *,
        system_id: str = "",
        kind: str = "",
        severity: str = "",
        status: str = PatternStatus.ACTIVE.value,
        min_confidence: float = 0.0,
        start: int = 0,
        limit: int = 10,
    ) -> PatternPage:
        """One page of the patterns that match every filter given, the gravest first, then the surest.

        `status` takes "ALL" for any, candidates included. What patterns tell is everybody's: figures of outcomes, no texts.
        """

        def look(session: "Session") -> tuple[list[Pattern], int]:
            return patterns.find(
                session,
                system_id=system_id,
                kind=kind,
                severity=severity,
                status="" if status in _ANY else status,
                min_confidence=min_confidence,
                start=start,
                limit=limit,
            )

        found, total = self._database.read(look)
        return PatternPage(tuple(found), total)

    def get(self, pattern_id: str) -> Opened:
        """The pattern with the newest 50 of its events, and how many there are (PAT-12). Raises NotFound."""

        def look(session: "Session") -> tuple[patterns.StoredPattern, list[patterns.EventRow]] | None:
            stored = patterns.load(session, pattern_id)
            return None if stored is None else (stored, patterns.newest_events(session, pattern_id, EVENTS_SHOWN))

        found = self._database.read(look)
        if found is None:
            raise NotFound(f"There is no pattern {pattern_id[:100]!r}.", hint="find_patterns lists them.")
        stored, rows = found
        events = tuple(
            PatternEvent(
                event_id=shown_name(row.event_id), system=row.system_id, at=at_microseconds(row.at), kind=row.kind
            )
            for row in rows
        )
        return Opened(stored.pattern, events, max(stored.life.get("events_total", 0), len(events)))

    def timeline(self, pattern_id: str) -> list[tuple[str, str, str]]:
        """(system, moment, kind) of the newest 2,000 stored events that the pattern rests on, oldest first."""
        rows = self._database.read(lambda session: patterns.newest_events(session, pattern_id, TIMELINE_SHOWN))
        return [(row.system_id, at_microseconds(row.at), row.kind) for row in reversed(rows)]

    def of_systems(self, ids: Iterable[str]) -> list[Pattern]:
        """The active patterns that involve one of these systems, by id."""
        wanted = sorted(set(ids))
        return self._database.read(lambda session: patterns.active_of(session, wanted)) if wanted else []

    def ids_like(self, typed: str, limit: int) -> list[str]:
        """Ids of patterns that begin so, the newest first; candidates are not among them."""
        return self._database.read(lambda session: patterns.ids_like(session, typed.upper(), limit))

    def risks_in(self, session: "Session", at: tuple[int, int]) -> Sequence[Risk]:
        """The active patterns of a risk type none of whose systems is archived, by id (CON-8).

        `at` is where patterns and registry stand in this session, by their revisions: as long as they stand there, nothing is
        read again.
        """
        known = self._risks
        if known[0] != at:
            known = self._risks = (at, tuple(patterns.active_risks(session)))
        return known[1]

    def document(self, now: datetime) -> JsonObject:
        """`cross_patterns.json` as it stands: candidates are not in it. Its day is that of the last detection (PAT-10)."""

        def look(session: "Session") -> tuple[list[Pattern], int]:
            known = [one.pattern for one in patterns.everything(session).values()]
            return known, patterns.marks(session).analysed

        known, analysed = self._database.read(look)
        return cross_patterns(known, analysis_date=at_microseconds(analysed)[:10] if analysed else to_wire(now)[:10])
