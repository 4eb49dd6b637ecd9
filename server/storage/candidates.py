"""Queries over what discovery found: candidates by fingerprint, and what the scans went through."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from server.model.candidate import Candidate, CandidateStatus, LastScan
from server.storage import counters
from server.storage.lazily import sql, tables
from server.storage.prepared import Prepared
from server.storage.statements import put

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from server.storage.session import Session


def everything(session: "Session") -> dict[str, Candidate]:
    """Every candidate that was ever found, by its fingerprint, in the order of their ids."""
    return _found(session, [])


def waiting(session: "Session") -> dict[str, Candidate]:
    """The candidates that were unregistered when they were last looked at, by fingerprint, in the order of their ids."""
    return _found(session, [tables.candidates.c.status == CandidateStatus.UNREGISTERED.value])


def any_waiting(session: "Session") -> bool:
    """Whether a candidate was unregistered when it was last looked at; asked after every write to the registry."""
    return bool(_count_waiting().rows(session, {"status": CandidateStatus.UNREGISTERED.value})[0][0])


def keep(session: "Session", found: Mapping[str, Candidate]) -> None:
    """Each candidate stands as given, by its fingerprint."""
    rows = [
        {
            "fingerprint": fingerprint,
            "candidate_id": candidate.candidate_id,
            "status": candidate.status.value,
            "first_seen": candidate.first_seen,
            "last_seen": candidate.last_seen,
            "document": candidate.model_dump(mode="json"),
        }
        for fingerprint, candidate in found.items()
    ]
    put(session, tables.candidates, rows)


def new_ids(session: "Session", count: int) -> list[str]:
    """So many ids that no candidate has had."""
    last = counters.following(session, "candidate", count) if count else 0
    return [f"CAND-{number:03d}" for number in range(last - count + 1, last + 1)]


def record_scan(session: "Session", scan: LastScan) -> None:
    """This is the newest scan."""
    session.connection().execute(sql.insert(tables.scans), {"at": scan.at, "document": scan.model_dump(mode="json")})


def last_scan(session: "Session") -> LastScan | None:
    """The newest scan; None before the first."""
    scans = tables.scans.c
    document = session.connection().execute(sql.select(scans.document).order_by(scans.seq.desc()).limit(1)).scalar()
    return None if document is None else LastScan.model_validate(document)


@cache
def _count_waiting() -> Prepared:
    candidates = tables.candidates.c
    chosen = candidates.status == sql.bindparam("status")
    return Prepared(sql.select(sql.func.count()).select_from(tables.candidates).where(chosen))


def _found(session: "Session", chosen: "Sequence[ColumnElement[bool]]") -> dict[str, Candidate]:
    candidates = tables.candidates.c
    rows = session.connection().execute(
        sql.select(candidates.fingerprint, candidates.document)
        .where(*chosen)
        .order_by(sql.func.length(candidates.candidate_id), candidates.candidate_id)
    )
    return {row[0]: Candidate.model_validate(row[1]) for row in rows}
