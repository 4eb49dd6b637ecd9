"""Reads what systems reported in a time out of the database into the columns that detectors read."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from server.journal.weeks import read_documents
from server.patterns.found import READ_KINDS
from server.patterns.history import History, HistoryBuilder
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
            builder.add_many(kind, seqs, ids, at, read_documents(texts))
    return builder.build()
