"""Queries over findings: what a rule sees is opened once, touched while it lasts, closed when it is gone."""

from collections.abc import Iterable, Sequence

from sqlalchemy import case, func
from sqlmodel import Session, col, or_, select

from server.model.finding import Finding, FindingKind, FindingStatus, Observation
from server.model.tier import Severity
from server.storage import counters
from server.storage.tables import FindingRow

_CHUNK = 500
"""Values in one IN (…), well below what SQLite allows."""


def sync(
    session: Session,
    wanted: Iterable[Observation],
    *,
    now: str,
    systems: Iterable[str] = (),
    fingerprints: Iterable[str] = (),
    except_kinds: Iterable[FindingKind] = (),
) -> None:
    """Exactly these are open among the findings of these systems (but for some kinds) and with these fingerprints.

    New ones are opened, present ones touched where something about them changed, a closed one that is seen again is
    reopened with its first date kept, and what is no longer seen is closed.
    """
    seen = {observation.fingerprint: observation for observation in wanted}
    scope = {row.fingerprint: row for row in _open_rows(session, list(systems), list(fingerprints), list(except_kinds))}
    for row in _rows(session, list(set(seen) - set(scope))):
        scope[row.fingerprint] = row
    for fingerprint, observation in seen.items():
        if fingerprint in scope:
            _touch(scope.pop(fingerprint), observation, now)
        else:
            session.add(_opened(session, observation, now))
    for row in scope.values():
        row.status, row.closed_at, row.last_seen = FindingStatus.CLOSED, now, now
    session.flush()


def find(
    session: Session,
    *,
    kind: str = "",
    severity: str = "",
    system_id: str = "",
    status: str = "OPEN",
    start: int = 0,
    limit: int = 10,
) -> tuple[list[Finding], int]:
    """One page of findings, the most severe first, then the newest; and how many match."""
    chosen = select(FindingRow)
    for column, wanted in ((FindingRow.kind, kind), (FindingRow.severity, severity), (FindingRow.system_id, system_id)):
        if wanted:
            chosen = chosen.where(col(column) == wanted)
    if status not in ("", "ALL"):
        chosen = chosen.where(col(FindingRow.status) == status)
    total = session.exec(select(func.count()).select_from(chosen.subquery())).one()
    rank = case({str(severity): severity.rank for severity in Severity}, value=col(FindingRow.severity))
    page = chosen.order_by(rank.desc(), col(FindingRow.last_seen).desc(), col(FindingRow.id)).offset(start).limit(limit)
    return [_finding(row) for row in session.exec(page)], total


def open_about(session: Session, system_id: str, *, limit: int) -> list[Finding]:
    """The open findings of a system, and the circles that it is part of, the most severe first."""
    rows = session.exec(
        select(FindingRow).where(
            col(FindingRow.status) == FindingStatus.OPEN,
            or_(col(FindingRow.system_id) == system_id, col(FindingRow.kind) == FindingKind.DEPENDENCY_CYCLE),
        )
    )
    found = [_finding(row) for row in rows]
    mine = [one for one in found if one.system_id == system_id or system_id in one.details.get("members", [])]
    return sorted(mine, key=lambda one: (-one.severity.rank, one.id))[:limit]


def open_of_kind(session: Session, kind: FindingKind) -> list[Observation]:
    """The open findings of one kind, as they were last seen."""
    rows = session.exec(
        select(FindingRow).where(col(FindingRow.status) == FindingStatus.OPEN, col(FindingRow.kind) == kind)
    )
    return [
        Observation(
            fingerprint=row.fingerprint,
            kind=FindingKind(row.kind),
            severity=Severity(row.severity),
            system_id=row.system_id,
            subject=row.subject,
            message=row.message,
            details=row.details,
        )
        for row in rows
    ]


def count_by_kind(session: Session) -> dict[str, int]:
    """How many findings of each kind are open."""
    rows = session.exec(
        select(FindingRow.kind, func.count())
        .where(col(FindingRow.status) == FindingStatus.OPEN)
        .group_by(col(FindingRow.kind))
        .order_by(col(FindingRow.kind))
    )
    return dict(rows.all())


def _open_rows(
    session: Session, systems: Sequence[str], fingerprints: Sequence[str], except_kinds: Sequence[FindingKind]
) -> list[FindingRow]:
    rows = [row for row in _rows(session, fingerprints) if row.status == FindingStatus.OPEN]
    for chunk in _chunks(systems):
        query = select(FindingRow).where(
            col(FindingRow.status) == FindingStatus.OPEN, col(FindingRow.system_id).in_(chunk)
        )
        if except_kinds:
            query = query.where(col(FindingRow.kind).not_in(except_kinds))
        rows += session.exec(query)
    return rows


def _rows(session: Session, fingerprints: Sequence[str]) -> list[FindingRow]:
    found: list[FindingRow] = []
    for chunk in _chunks(fingerprints):
        found += session.exec(select(FindingRow).where(col(FindingRow.fingerprint).in_(chunk)))
    return found


def _chunks(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK)]


def _opened(session: Session, observation: Observation, now: str) -> FindingRow:
    return FindingRow(
        id=f"FND-{counters.following(session, 'finding'):06d}",
        status=FindingStatus.OPEN,
        first_seen=now,
        last_seen=now,
        closed_at="",
        **observation.model_dump(mode="json"),
    )


def _touch(row: FindingRow, observation: Observation, now: str) -> None:
    fresh = observation.model_dump(mode="json")
    changed = any(getattr(row, name) != value for name, value in fresh.items())
    if changed or row.status != FindingStatus.OPEN:
        for name, value in fresh.items():
            setattr(row, name, value)
        row.status, row.closed_at, row.last_seen = FindingStatus.OPEN, "", now


def _finding(row: FindingRow) -> Finding:
    return Finding(
        id=row.id,
        kind=FindingKind(row.kind),
        severity=Severity(row.severity),
        system_id=row.system_id,
        subject=row.subject,
        message=row.message,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        status=FindingStatus(row.status),
        details=row.details,
    )
