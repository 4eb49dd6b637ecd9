"""The built-in schedule: when each job is due (registry rules 3, 4 and 9; agents 2 and 4)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.model.run import Job

_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Timetable:
    """A job that is due again and again, counted from the midnight (UTC) with which a week begins, a Monday's."""

    job: Job
    every: timedelta
    after: timedelta
    """How long after that midnight."""
    words: str

    def last_due(self, now: datetime) -> datetime:
        """The newest time at which it was due, now included."""
        first = _MONDAY + self.after
        return first + (now - first) // self.every * self.every

    def next_due(self, now: datetime) -> datetime:
        """The next time at which it is due."""
        return self.last_due(now) + self.every


SCHEDULE = (
    Timetable(Job.REGISTRY, timedelta(hours=6), timedelta(0), "at 00:00, 06:00, 12:00 and 18:00 UTC"),
    Timetable(Job.VALIDATION, timedelta(days=1), timedelta(hours=2), "at 02:00 UTC"),
    Timetable(Job.DISCOVERY, timedelta(days=1), timedelta(hours=3), "at 03:00 UTC"),
    Timetable(Job.PATTERNS, timedelta(days=1), timedelta(hours=5), "at 05:00 UTC"),
    Timetable(Job.LEARNING, timedelta(weeks=1), timedelta(days=6, hours=18), "on Sundays at 18:00 UTC"),
)
"""In the order in which jobs that are due together run. Patterns come after the systems' own daily reviews, and
learning after their weekly ones."""
