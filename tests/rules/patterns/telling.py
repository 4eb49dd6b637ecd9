"""Histories told event by event, as systems would report them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from server.journal.reading import read_events
from server.model.moments import microseconds
from server.patterns.history import History, HistoryBuilder

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday, 90 days before the end."""
END = BEGIN + timedelta(days=90)


def at(day: float = 0, hour: float = 0, minute: float = 0, second: float = 0) -> str:
    """ISO 8601, counted from the beginning."""
    return (BEGIN + timedelta(days=day, hours=hour, minutes=minute, seconds=second)).isoformat()


def told(*by_system: tuple[str, Iterable[dict[str, Any]]], until: datetime = END) -> History:
    """The history of what each system reported; the events are numbered from 1 in this order."""
    builder = HistoryBuilder(microseconds(BEGIN.isoformat()), microseconds(until.isoformat()))
    number = 0
    for system_id, given in by_system:
        batch = read_events(list(given)[:5_000])
        assert not batch.rejected, batch.rejected
        for one in batch.arrived:
            number += 1
            builder.add(number, system_id, one.kind, one.at, one.document)
    return builder.build()
