"""What an agreement says of time: how old it may be, and by when it is needed; and when each side runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from server.conflicts.agreements import Agreement
from server.errors import InvalidArgument
from server.model.change import TimingChange
from server.model.contract import Contract
from server.model.system import StoredSystem, Timing
from server.registry.rhythm import Rhythm, Unreadable, read_rhythm


@dataclass(frozen=True)
class MostAge:
    """The oldest that the consumer takes."""

    seconds: float
    contract_id: str
    member: str
    """`max_age_seconds` or `freshness_seconds`."""


@dataclass(frozen=True)
class NeededBy:
    """A time of day, as it was written."""

    text: str
    contract_id: str


@dataclass(frozen=True)
class Needs:
    """What the consumer says it needs; the writer's entry stands in where it says nothing of the kind."""

    age: MostAge | None
    promised: MostAge | None
    """What the writer's entry promises beyond the consumer's own need."""
    by: tuple[NeededBy, ...]


def needs_in(agreement: Agreement) -> Needs:
    """What both sides' entries say of time."""
    own, promised = _tightest(agreement.consumer_entries), _tightest(agreement.producer_entries)
    beyond = promised if own is not None and promised is not None and promised.seconds < own.seconds else None
    return Needs(
        own or promised, beyond, _needed_by(agreement.consumer_entries) or _needed_by(agreement.producer_entries)
    )


def present_rhythm(stored: StoredSystem | None) -> Rhythm | None:
    """When the system runs, as it is registered; None where that is not said. Raises Unreadable."""
    timing = None if stored is None else stored.system.timing
    return None if timing is None or not timing.enabled else _rhythm(_members(timing))


def rhythm_after(present: Timing | None, change: TimingChange) -> Rhythm | None:
    """When the system will run: what the change does not speak of stays as it is registered. Raises Unreadable."""
    said = change.model_dump(exclude_defaults=True)
    kept = {} if present is None else _members(present)
    if "schedule" in said:
        kept.pop("interval_seconds", None)
    elif "interval_seconds" in said:
        kept.pop("schedule", None)
    return _rhythm({**kept, **said})


def check_timing(change: TimingChange, at: str) -> None:
    """Nothing happens where the change's own words can be read. Raises InvalidArgument with the place of what can't."""
    said = change.model_dump(exclude_defaults=True)
    if not said:
        raise InvalidArgument(
            "The timing does not say what changes.",
            path=at,
            hint='Such as {"schedule": "0 6 * * *", "timezone": "Europe/Berlin"} or {"interval_seconds": 3600}.',
        )
    try:
        _rhythm(said)
    except Unreadable as error:
        hints = {
            "schedule": "Five fields: minute, hour, day of month, month, day of week, such as 0 6 * * 1-5; six begin with the second.",
            "timezone": "An IANA name such as Europe/Berlin, or an offset such as +02:00.",
            "interval_seconds": "Seconds from one start to the next, such as 3600.",
        }
        raise InvalidArgument(error.reason, path=f"{at}/{error.member}", hint=hints[error.member]) from error


def _rhythm(members: dict[str, Any]) -> Rhythm | None:
    return read_rhythm(
        schedule=members.get("schedule") or "",
        timezone_name=members.get("timezone") or "",
        interval_seconds=members.get("interval_seconds"),
        duration_seconds=_number(members.get("duration_seconds")),
        jitter_seconds=_number(members.get("jitter_seconds")),
    )


def _members(timing: Timing) -> dict[str, Any]:
    return {**(timing.model_extra or {}), **timing.model_dump(include=set(Timing.model_fields))}


def _number(value: Any) -> float | None:
    """What an open value holds under this name, where it is a number of seconds."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1e10 else None


def _tightest(entries: Iterable[Contract]) -> MostAge | None:
    said = [
        MostAge(seconds, entry.contract_id, member)
        for entry in entries
        for member in ("max_age_seconds", "freshness_seconds")
        if (seconds := getattr(entry, member)) is not None
    ]
    return min(said, key=lambda age: age.seconds, default=None)


def _needed_by(entries: Iterable[Contract]) -> tuple[NeededBy, ...]:
    return tuple(NeededBy(entry.needs_by, entry.contract_id) for entry in entries if entry.needs_by)
