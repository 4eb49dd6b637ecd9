"""What the systems of a soak tell: batches of which everybody can say what is in them, however often they are sent."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
HOURS = 2
"""Of one batch."""
BATCHES = 3_600
"""Different ones of each system; beyond them the first are told again."""
SIZE = 60
END = (BEGIN + timedelta(hours=HOURS * BATCHES)).isoformat()
CAUSE, EFFECT, OTHER = SYSTEMS = ("sys_cause", "sys_effect", "sys_other")
ENOUGH = 300
"""Batches of both after which failures of the one that follow the other's can't be overlooked: 45 in 25 days."""


def registered() -> list[dict[str, Any]]:
    """The systems: the effect reads what the cause writes."""
    file = "/data/cause.json"
    return [
        {
            "id": CAUSE,
            "tier": "PRODUCTION",
            "writes_to": [{"resource": file, "schema_version": "1.0", "consumers": [EFFECT]}],
        },
        {"id": EFFECT, "tier": "PRODUCTION", "reads_from": [{"resource": file, "required": True}]},
        {"id": OTHER, "tier": "PRODUCTION"},
    ]


def batch(system: str, number: int) -> list[dict[str, Any]]:
    """The events of two hours. Every second batch names its events, the others are told apart by what they say."""
    events: list[dict[str, Any]] = [_error(system, minute, number) for minute in _failures(system, number)]
    for place in range(SIZE - len(events)):
        at = _at(number, place * HOURS * 60 / SIZE)
        events.append({"kind": "metric", "at": at, "name": f"batch {number}", "value": place})
    return [{**event, "id": f"{number}/{place}"} for place, event in enumerate(events)] if number % 2 else events


def _failures(system: str, number: int) -> list[float]:
    """Minutes: of the cause now and then, of the effect six minutes after, of others whenever they like."""
    shared, own = Random(f"link:{number}"), Random(f"{system}:{number}")
    minute = shared.uniform(0, 100) if shared.random() < 0.15 else None
    if system == OTHER or minute is None:
        return [own.uniform(0, 119)] if own.random() < 0.05 else []
    return [minute + (6 + own.random() if system == EFFECT else 0)]


def _error(system: str, minute: float, number: int) -> dict[str, Any]:
    return {"kind": "error", "at": _at(number, minute), "category": "timeout", "description": f"{system}, {number}"}


def _at(number: int, minute: float) -> str:
    return (BEGIN + timedelta(hours=HOURS * number, seconds=round(minute * 60))).isoformat()
