"""The organisation's weeks as they are counted and kept, and `organizational_metrics.json`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from server.knowledge.gathering.outcomes import outcomes_between
from server.knowledge.weekly.trend import Trend
from server.knowledge.weekly.weeks import MOST_WEEKS, Adoption, Counted, Told, Week, told_week, trends, weeks_of
from server.model.base import JsonObject
from server.model.moments import DAY, at_microseconds, microseconds, moment_of, to_wire
from server.model.weeks import WEEK, week_of
from server.storage import digests, event_weeks

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

FILE = "concord://files/organizational_metrics.json"


class Metrics:
    """The weeks of one database. Safe to use from several threads."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    def count(self, now: datetime) -> list[Week]:
        """The weeks up to now are counted anew and kept, in place of what a file told of them; the oldest first."""

        def write(session: "Session") -> list[Week]:
            weeks = counted_weeks(session, now)
            digests.put_metric_weeks(session, [(week.week_ending, _kept(week)) for week in weeks], counted=True)
            return weeks

        return self._database.write(write)

    def document(self, now: datetime) -> JsonObject:
        """`organizational_metrics.json` as it was last counted: {last_updated, weeks[], trends{}}."""
        weeks = self.weeks(now)
        found = trends(weeks, _day(now))
        return {
            "last_updated": _day(now),
            "weeks": [week.document() for week in weeks],
            "trends": {name: trend.value for name, trend in found.items()},
        }

    def weeks(self, now: datetime) -> list[Week]:
        """The 52 newest weeks up to the present one that are known, the oldest first."""
        last = week_of(moment_of(now))
        return self._database.read(lambda session: weeks_in(session, last))

    def trends(self, now: datetime) -> dict[str, Trend]:
        """Where each figure is heading."""
        return trends(self.weeks(now), _day(now))

    def take_in(self, weeks: Sequence[JsonObject]) -> list[str]:
        """Weeks that are not known here yet are as a file tells them; which they are."""

        def write(session: "Session") -> list[str]:
            known = {week for week, _, _ in digests.metric_weeks(session)}
            new = {week["week_ending"]: week for week in weeks if week["week_ending"] not in known}
            kept = [(week, _kept(told_week(document))) for week, document in sorted(new.items())]
            digests.put_metric_weeks(session, kept, counted=False)
            return sorted(new)

        return self._database.write(write)


def counted_weeks(session: "Session", now: datetime) -> list[Week]:
    """The 52 weeks up to now, or those since something was told, from all that is kept."""
    until = moment_of(now)
    since = (until // DAY - 7 * MOST_WEEKS - 6) * DAY
    told = [
        Told(one.system_id, _week(one.week), one.kind, one.number, one.failed)
        for one in digests.reported(session, since, until)
    ]
    told += [
        Told(one.system_id, one.week, one.kind, one.count, one.count if _failed(one.kind, one.label) else 0)
        for one in event_weeks.weeks(session, since=at_microseconds(since)[:10])
    ]
    logged = digests.conflicts(session, at_microseconds(since), to_wire(now))
    adopted = digests.adoptions(session, since, until)
    return weeks_of(
        Counted(
            told=told,
            outcomes=[(one.at, one.promoted) for one in outcomes_between(session, since, until + 1)],
            adoptions=[Adoption(one.since, one.at, str(one.outcome.get("outcome") or "")) for one in adopted],
            conflicts=[microseconds(at) for at in logged],
        ),
        until,
    )


def weeks_in(session: "Session", last: str) -> list[Week]:
    """The 52 newest weeks up to that one that are known, the oldest first; a file may tell of later ones."""
    return [one for one in _read(digests.metric_weeks(session)) if one.week_ending <= last][-MOST_WEEKS:]


def _read(rows: Iterable[tuple[str, bool, JsonObject]]) -> list[Week]:
    return [Week(week, one["figures"], frozenset(one["known"]), one["days"]) for week, _, one in rows]


def _kept(week: Week) -> JsonObject:
    return {"figures": dict(week.figures), "known": sorted(week.known), "days": week.days}


def _failed(kind: str, label: str) -> bool:
    return kind == "run" and label in ("ERROR", "CRITICAL")


def _week(number: int) -> str:
    return week_of(number * WEEK + digests.FIRST_MONDAY)


def _day(now: datetime) -> str:
    return to_wire(now)[:10]
