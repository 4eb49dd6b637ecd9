"""The built-in schedule: when each job is due (registry rules 3, 4 and 9; agent 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.model.run import Job


@dataclass(frozen=True)
class Timetable:
    """A job that is due again and again, counted from midnight UTC."""

    job: Job
    every: timedelta
    after_midnight: timedelta
    words: str

    def last_due(self, now: datetime) -> datetime:
        """The newest time at which it was due, now included."""
        first = now.replace(hour=0, minute=0, second=0, microsecond=0) + self.after_midnight
        return first + (now - first) // self.every * self.every

    def next_due(self, now: datetime) -> datetime:
        """The next time at which it is due."""
        return self.last_due(now) + self.every


SCHEDULE = (
    Timetable(Job.REGISTRY, timedelta(hours=6), timedelta(0), "at 00:00, 06:00, 12:00 and 18:00 UTC"),
    Timetable(Job.VALIDATION, timedelta(days=1), timedelta(hours=2), "at 02:00 UTC"),
    Timetable(Job.DISCOVERY, timedelta(days=1), timedelta(hours=3), "at 03:00 UTC"),
    Timetable(Job.PATTERNS, timedelta(days=1), timedelta(hours=5), "at 05:00 UTC"),
)
"""In the order in which jobs that are due together run. Patterns come after the systems' own daily reviews."""
