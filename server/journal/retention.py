"""Which events are kept one by one, and what the others come to: weekly sums. Values in, values out."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from server.model.moments import microseconds, moment_of, to_wire
from server.model.weeks import begin_of, week_of

HEARTBEAT_DAYS = 30
"""A heartbeat has said all that it has to say long before."""
SUMMED_UP = ("access", "error", "heartbeat", "metric", "run", "spend")
"""What was decided, tried out and looked at by people stays for good."""
_LABEL = 200
"""Characters; a longer label is cut, and told apart by a hash."""
_LARGEST = 1e300
"""Far enough below what a number can be for a hundred million such sums to be added up."""


@dataclass(frozen=True, order=True)
class Heap:
    """Events that are summed up together."""

    week: str
    """The date of the Sunday on which it ended (UTC)."""
    kind: str
    label: str
    """Of a run its result, of an error its category, of a metric its name, of an access mode and resource; else empty."""


@dataclass(frozen=True)
class Sum:
    """What they come to."""

    count: int
    total: float
    """Of their figures: a metric's values, a run's seconds, the tokens spent; 0 for others."""
    low: float
    high: float

    def __add__(self, other: "Sum") -> "Sum":
        total = max(-_LARGEST, min(_LARGEST, self.total + other.total))
        return Sum(self.count + other.count, total, min(self.low, other.low), max(self.high, other.high))


def horizons(now: datetime, days: int) -> dict[str, int]:
    """The moment from which each kind is kept event by event, microseconds since 1970: the beginning of a week.

    `days` = 0 keeps everything but heartbeats for ever.
    """
    kept = {kind: days for kind in SUMMED_UP if days}
    kept["heartbeat"] = min(HEARTBEAT_DAYS, days or HEARTBEAT_DAYS)
    return {kind: begin_of(week_of(moment_of(now - timedelta(days=so_long)))) for kind, so_long in kept.items()}


def heap_of(kind: str, at: int, document: Mapping[str, Any]) -> Heap:
    """What an event is summed up with."""
    return Heap(week_of(at), kind, _short(_label(kind, document)))


def sums(events: Iterable[tuple[str, int, Mapping[str, Any]]]) -> dict[Heap, Sum]:
    """What events come to: their kind, when, and what they told."""
    heaps: dict[Heap, Sum] = {}
    for kind, at, document in events:
        heap, figure = heap_of(kind, at, document), _figure(kind, document)
        one = Sum(1, max(-_LARGEST, min(_LARGEST, figure)), figure, figure)
        heaps[heap] = heaps[heap] + one if heap in heaps else one
    return heaps


def too_old(since: int) -> str:
    """Why an event is not taken any more."""
    moment = to_wire(datetime.fromtimestamp(since // 1_000_000, UTC))
    return f"at is too long ago: what this system told of the time before {moment} is summed up by weeks, and may count already."


def _label(kind: str, document: Mapping[str, Any]) -> str:
    match kind:
        case "run":
            begun = document.get("started_at") and not document.get("finished_at")
            return str(document.get("result") or ("" if begun else "OK"))
        case "error":
            return str(document.get("category", ""))
        case "metric":
            return str(document.get("name", ""))
        case "access":
            return f"{document.get('mode', '')} {document.get('resource', '')}"
        case _:
            return ""


def _short(label: str) -> str:
    if len(label) <= _LABEL:
        return label
    return f"{label[: _LABEL - 17]}…{hashlib.sha256(label.encode(errors='surrogatepass')).hexdigest()[:16]}"


def _figure(kind: str, document: Mapping[str, Any]) -> float:
    match kind:
        case "metric":
            return float(document.get("value") or 0)
        case "spend":
            return float(document.get("tokens") or 0)
        case "run" if document.get("started_at") and document.get("finished_at"):
            return max(0.0, (microseconds(document["finished_at"]) - microseconds(document["started_at"])) / 1e6)
        case _:
            return 0.0
