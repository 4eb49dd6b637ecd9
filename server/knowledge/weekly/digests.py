"""The weekly digests as they are made, kept and read."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from server.errors import NotFound
from server.knowledge.entries.days import SOON
from server.knowledge.weekly.digest import WeekFacts, digest_of, evening_of, missed_weeks, resolved_at, week_ending
from server.knowledge.weekly.metrics import weeks_in
from server.knowledge.weekly.weeks import trends
from server.model.base import JsonObject
from server.model.finding import FindingKind
from server.model.knowledge import KnowledgeEntry
from server.model.moments import at_microseconds, from_wire, moment_of, to_wire
from server.model.weeks import begin_of, end_of
from server.storage import digests, findings, knowledge

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

FILE = "concord://files/learning_digest.json"
LATEST = "latest"
_DAY = re.compile(r"\d{4}-\d\d-\d\d").fullmatch


class Digests:
    """The digests of one database. Safe to use from several threads."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    def get(self, week: str, *, now: datetime | None = None) -> JsonObject:
        """The digest of the week that a day lies in: {week_ending, digest{}, left_out[]}; `latest`: the newest.

        Before the first one, `latest` is {}. With `now` it is none of a week to come, such as another's file may tell of, or a
        clock that was wrong has left. Raises NotFound.
        """
        name = week.strip().lower()
        if name != LATEST:
            name = _sunday(name)
        until = "" if now is None else week_ending(now)
        kept = self._database.read(lambda session: digests.load(session, name, until))
        if kept is not None:
            return kept.document
        if name == LATEST:
            return {}
        raise NotFound(
            f"There is no digest of the week {week[:40]!r}.",
            hint="Weeks go by the date of their Sunday, such as 2026-04-05; `latest` is the newest.",
        )

    def file(self, now: datetime) -> JsonObject:
        """`learning_digest.json`: the newest digest with the source's keys alone; {} before the first."""
        return {name: value for name, value in self.get(LATEST, now=now).items() if name != "left_out"}

    def entries(self, week: str) -> list[KnowledgeEntry]:
        """What a synthesis made in the week that ends on that day, by id."""
        return self._database.read(lambda session: new_in(session, _monday(week)[:10], week))

    def ending(self, now: datetime) -> list[KnowledgeEntry]:
        """The current entries that are hidden within 14 days unless they are renewed, the first to end first."""
        at = moment_of(now)
        return self._database.read(lambda session: digests.ending(session, at, at + SOON))

    def to_retest(self) -> list[KnowledgeEntry]:
        """The entries that did harm to an adopter and were not tested again since, by id."""

        def read(session: "Session") -> list[KnowledgeEntry]:
            asked = sorted({one.subject for one in findings.open_of_kind(session, FindingKind.RETEST_NEEDED)})
            return [one.entry for _, one in sorted(knowledge.load_all(session, asked).items()) if one.entry.retest]

        return self._database.read(read)

    def ids_like(self, typed: str, limit: int) -> list[str]:
        """Weeks with a digest that begin so, the newest first; `latest` where that does."""

        def read(session: "Session") -> list[str]:
            newest = [LATEST] if LATEST.startswith(typed) and digests.load(session, LATEST) else []
            return [*newest, *digests.weeks_like(session, typed, limit)][:limit]

        return self._database.read(read)

    def missed(self, now: datetime) -> list[str]:
        """The weeks before the present one whose evening passed without a digest, the oldest first."""
        return self._database.read(
            lambda session: missed_weeks(digests.weeks_kept(session), digests.first_run(session), now)
        )

    def unfinished(self, now: datetime) -> list[str]:
        """The weeks before the present one whose digest was made before they were over, the oldest first."""
        kept = self._database.read(digests.weeks_kept)
        return [
            week
            for week, at in kept.items()
            if at and week < week_ending(now) and to_wire(evening_of(week)) <= at < _end_of(week)
        ]

    def make(
        self, week: str, now: datetime, *, attention: Sequence[JsonObject], left_out: Sequence[JsonObject] | None = None
    ) -> JsonObject:
        """The week has its digest, of all that is known of it as of `now`; made again of the same, it is the same.

        `left_out`: what found no place in it; None = as its digest had it before.
        """

        def write(session: "Session") -> JsonObject:
            before = digests.load(session, week)
            listed = left_out if left_out is not None else (before.document.get("left_out", []) if before else [])
            document = digest_of(_facts(session, week, now, attention, listed))
            at = max(to_wire(now), before.at if before else "")
            digests.keep(session, digests.Kept(week, at, document))
            return document

        return self._database.write(write)

    def take_in(self, told: Sequence[JsonObject]) -> list[str]:
        """The digests of a file are kept for weeks that have none; which weeks these are."""

        def write(session: "Session") -> list[str]:
            known = digests.weeks_kept(session)
            new = {one["week_ending"]: one for one in told if one["week_ending"] not in known}
            for week, document in new.items():
                digests.keep(session, digests.Kept(week, "", document))  # nobody here has made it
            return sorted(new)

        return self._database.write(write)


def _facts(
    session: "Session", week: str, now: datetime, attention: Sequence[JsonObject], left_out: Sequence[JsonObject]
) -> WeekFacts:
    weeks = weeks_in(session, week)
    monday, end = _monday(week), _end_of(week)
    resolved = (resolved_at(one) for one in digests.once_in_conflict(session, monday))
    return WeekFacts(
        week_ending=week,
        figures=next((one.figures for one in weeks if one.week_ending == week), {}),
        new=new_in(session, monday[:10], week),
        resolved=sum(monday <= at < end for at in resolved),
        trends=trends(weeks, to_wire(now)[:10]),
        attention=attention,
        left_out=left_out,
    )


def new_in(session: "Session", first: str, last: str) -> list[KnowledgeEntry]:
    """The entries that a synthesis made on these days or between them, by id; as they stand now."""
    return [one.entry for one in knowledge.synthesised(session).values() if first <= one.entry.created[:10] <= last]


def _sunday(day: str) -> str:
    """The Sunday on which the week of a day ends; what is no day, as it is."""
    try:
        return week_ending(from_wire(day)) if _DAY(day) else day
    except (ValueError, OverflowError):
        return day


def _monday(week: str) -> str:
    return at_microseconds(begin_of(week))


def _end_of(week: str) -> str:
    return at_microseconds(end_of(week))
