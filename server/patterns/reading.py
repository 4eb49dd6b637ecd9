"""Reads what systems reported in a time out of the database into the columns that detectors read."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from server.patterns.history import READ_KINDS, History, HistoryBuilder
from server.storage import events

if TYPE_CHECKING:
    from server.storage.session import Session


def read_history(
    session: "Session",
    since: int,
    until: int,
    canonical: Callable[[str, str], str] = lambda system_id, resource: resource,
) -> History:
    """All that detectors read of the events with `since` <= at < `until`, in microseconds since 1970.

    `canonical` gives the one name of a resource as a system writes it; it is asked once for each.
    """
    builder = HistoryBuilder(since, until, canonical=canonical)
    for rows in events.in_portions(session, READ_KINDS, since, until):
        by_kind: dict[str, list[events.Row]] = {}
        for row in rows:
            by_kind.setdefault(row[2], []).append(row)
        for kind, some in by_kind.items():
            seqs, ids, _, at, texts = zip(*some, strict=True)
            builder.add_many(kind, seqs, ids, at, _documents(texts))
    return builder.build()


def _documents(texts: Sequence[str]) -> list[dict[str, Any]]:
    """The documents that these texts are. All in one go takes half the time."""
    whole = f"[{','.join(texts)}]"
    try:
        documents: list[dict[str, Any]] = from_json(whole)
    except ValueError:  # half a surrogate pair, which it does not know
        documents = json.loads(whole)
    return documents
