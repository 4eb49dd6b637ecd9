"""What systems told week by week, whether it is still kept event by event or summed up."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from server.journal.retention import Sum, sums
from server.model.weeks import week_of
from server.storage import event_weeks, events
from server.storage.event_weeks import WeekRow

if TYPE_CHECKING:
    from server.storage.session import Session

COUNTED = ("error", "incident", "promotion", "rejection", "run")
"""What a week is judged by."""


def weekly_counts(session: "Session", since: int, until: int, kinds: Sequence[str] = COUNTED) -> list[WeekRow]:
    """The sums of these kinds for every system and week, by system, week, kind and label; sums and kept events together.

    Moments are microseconds since 1970. Of events that are summed up, the whole week counts that the time begins or ends in:
    whole weeks are asked for best.
    """
    found: dict[tuple[str, str, str, str], Sum] = {}
    for portion in events.in_portions(session, kinds, since, until):
        told: dict[str, list[tuple[str, int, Mapping[str, Any]]]] = {}
        for row, document in zip(portion, read_documents([row[4] for row in portion]), strict=True):
            told.setdefault(row[1], []).append((row[2], row[3], document))
        for system_id, some in told.items():
            _add(found, summed_rows(system_id, some))
    if until > since:
        stored = event_weeks.weeks(session, since=week_of(since), until=week_of(until - 1))
        _add(found, (row for row in stored if row.kind in kinds))
    return [WeekRow(*key, one.count, one.total, one.low, one.high) for key, one in sorted(found.items())]


def summed_rows(system_id: str, told: Iterable[tuple[str, int, Mapping[str, Any]]]) -> list[WeekRow]:
    """What events of one system come to, as it is stored: of each its kind, when, and what it told."""
    return [
        WeekRow(system_id, heap.week, heap.kind, heap.label, one.count, one.total, one.low, one.high)
        for heap, one in sums(told).items()
    ]


def read_documents(texts: Sequence[str]) -> list[dict[str, Any]]:
    """The documents that these texts are. All in one go takes half the time."""
    whole = f"[{','.join(texts)}]"
    try:
        documents: list[dict[str, Any]] = from_json(whole)
    except ValueError:  # half a surrogate pair, which it does not know
        documents = json.loads(whole)
    return documents


def _add(found: dict[tuple[str, str, str, str], Sum], rows: Iterable[WeekRow]) -> None:
    for row in rows:
        key, one = (row.system_id, row.week, row.kind, row.label), Sum(row.count, row.total, row.low, row.high)
        found[key] = found[key] + one if key in found else one
