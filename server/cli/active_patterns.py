"""Active patterns in the terminal: a line each, with a block for each of the last weeks."""

from collections.abc import Iterable
from datetime import datetime

from server.cli.output import show
from server.model.base import JsonObject
from server.model.moments import from_wire
from server.model.sparkline import sparkline, weekly
from server.patterns.service import PatternService


def active_patterns(patterns: PatternService, now: datetime, most: int) -> list[JsonObject]:
    """The active patterns, the gravest first, with how often each showed in each of the last weeks."""
    found = []
    for one in patterns.find(limit=most).patterns:
        events = patterns.timeline(one.id)
        shows = [from_wire(at) for system, at, _ in events if system == (one.effect or one.systems_involved[0])]
        found.append(
            {
                "id": one.id,
                "type": str(one.type),
                "severity": str(one.severity),
                "confidence": one.confidence,
                "systems_involved": list(one.systems_involved),
                "description": one.description,
                "weeks": weekly(shows, now),
            }
        )
    return found


def show_patterns(found: Iterable[JsonObject]) -> None:
    """A line for each."""
    for one in found:
        show(f"  {one['id']} {one['severity']} {sparkline(one['weeks'])} {one['type']}: {one['description']}")
