"""Queries over findings: what a rule sees is opened once, touched while it lasts, closed when it is gone."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from server.model.finding import Finding, FindingKind, FindingStatus, Observation
from server.model.tier import Severity
from server.storage import counters
from server.storage.lazily import sql, tables
from server.storage.statements import portions

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, RowMapping, Select

    from server.storage.session import Session


def sync(
    session: "Session",
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
    open_now = _open_rows(session, sorted(set(systems)), sorted(set(fingerprints)), sorted(set(except_kinds)))
    known = {row["fingerprint"]: row for row in _rows(session, [one for one in seen if one not in open_now])} | open_now
    _open(session, [one for fingerprint, one in seen.items() if fingerprint not in known], now)
    _touch(session, [(known[fingerprint], one) for fingerprint, one in seen.items() if fingerprint in known], now)
    _close(session, [row["id"] for fingerprint, row in open_now.items() if fingerprint not in seen], now)


def find(
    session: "Session",
    *,
    kind: str = "",
    severity: str = "",
    system_id: str = "",
    status: str = "OPEN",
    reader: str = "",
    start: int = 0,
    limit: int = 10,
) -> tuple[list[Finding], int]:
    """One page of findings, the most severe first, then the newest; and how many match.

    For a system that reads, what was kept back of others' texts is not there (LRN-10).
    """
    findings = tables.findings.c
    filters = {findings.kind: kind, findings.severity: severity, findings.system_id: system_id}
    chosen: list[ColumnElement[bool]] = [column == wanted for column, wanted in filters.items() if wanted]
    if status not in ("", "ALL"):
        chosen.append(findings.status == status)
    if reader:
        chosen.append(sql.or_(findings.kind != FindingKind.TEXT_WITHHELD.value, findings.system_id == reader))
    rank = sql.case({one.value: one.rank for one in Severity}, value=findings.severity)
    connection = session.connection()
    total = connection.execute(sql.select(sql.func.count()).select_from(tables.findings).where(*chosen)).scalar_one()
    page = connection.execute(
        sql.select(tables.findings)
        .where(*chosen)
        .order_by(rank.desc(), findings.last_seen.desc(), findings.id)
        .offset(start)
        .limit(limit)
    )
    return [_finding(row) for row in page.mappings()], total


def open_about(session: "Session", system_id: str, *, limit: int) -> list[Finding]:
    """The open findings of a system, and the circles that it is part of, the most severe first."""
    findings = tables.findings.c
    rows = session.connection().execute(
        sql.select(tables.findings).where(
            findings.status == FindingStatus.OPEN.value,
            sql.or_(findings.system_id == system_id, findings.kind == FindingKind.DEPENDENCY_CYCLE.value),
        )
    )
    found = [_finding(row) for row in rows.mappings()]
    mine = [one for one in found if one.system_id == system_id or system_id in one.details.get("members", [])]
    return sorted(mine, key=lambda one: (-one.severity.rank, one.id))[:limit]


def open_of(session: "Session", systems: Iterable[str]) -> list[Finding]:
    """All open findings of these systems, and the circles that any of them is part of."""
    wanted = set(systems)
    circles = (FindingKind.DEPENDENCY_CYCLE,)
    found = [_finding(row) for row in _open_rows(session, sorted(wanted), (), circles).values()]
    findings = tables.findings.c
    rows = session.connection().execute(
        sql.select(tables.findings).where(
            findings.status == FindingStatus.OPEN.value, findings.kind == FindingKind.DEPENDENCY_CYCLE.value
        )
    )
    rings = (_finding(row) for row in rows.mappings())
    return found + [one for one in rings if wanted.intersection((one.system_id, *one.details.get("members", [])))]


def open_of_kind(session: "Session", kind: FindingKind) -> list[Observation]:
    """The open findings of one kind, as they were last seen, oldest first."""
    rows = session.connection().execute(_open_of_kind(), {"kind": kind.value})
    return [Observation.model_validate(dict(row)) for row in rows.mappings()]


def count_by_kind(session: "Session") -> dict[str, int]:
    """How many findings of each kind are open."""
    findings = tables.findings.c
    rows = session.connection().execute(
        sql.select(findings.kind, sql.func.count())
        .where(findings.status == FindingStatus.OPEN.value)
        .group_by(findings.kind)
        .order_by(findings.kind)
    )
    return {row[0]: row[1] for row in rows}


def _open_rows(
    session: "Session", systems: Sequence[str], fingerprints: Sequence[str], except_kinds: Sequence[FindingKind]
) -> dict[str, "RowMapping"]:
    """The open findings that a sync is about, by fingerprint."""
    findings = tables.findings.c
    rows = [row for row in _rows(session, fingerprints) if row["status"] == FindingStatus.OPEN]
    for portion in portions(systems):
        found = session.connection().execute(
            sql.select(tables.findings).where(
                findings.status == FindingStatus.OPEN.value,
                findings.system_id.in_(portion),
                findings.kind.not_in([kind.value for kind in except_kinds]),
            )
        )
        rows += found.mappings()
    return {row["fingerprint"]: row for row in rows}


def _rows(session: "Session", fingerprints: Sequence[str]) -> list["RowMapping"]:
    found: list[RowMapping] = []
    for portion in portions(fingerprints):
        chosen = sql.select(tables.findings).where(tables.findings.c.fingerprint.in_(portion))
        found += session.connection().execute(chosen).mappings()
    return found


def _open(session: "Session", observations: Sequence[Observation], now: str) -> None:
    if not observations:
        return
    first = counters.following(session, "finding", len(observations)) - len(observations) + 1
    history = {"status": FindingStatus.OPEN.value, "first_seen": now, "last_seen": now, "closed_at": ""}
    rows = [
        {"id": f"FND-{number:06d}", **history, **observation.model_dump(mode="json")}
        for number, observation in enumerate(observations, start=first)
    ]
    session.connection().execute(sql.insert(tables.findings), rows)


def _touch(session: "Session", pairs: Sequence[tuple["RowMapping", Observation]], now: str) -> None:
    changed: list[Mapping[str, Any]] = []
    for row, observation in pairs:
        fresh = observation.model_dump(mode="json")
        if row["status"] != FindingStatus.OPEN or any(row[name] != value for name, value in fresh.items()):
            history = {"status": FindingStatus.OPEN.value, "last_seen": now, "closed_at": ""}
            changed.append({"the_id": row["id"], **history, **fresh})
    if changed:
        update = sql.update(tables.findings).where(tables.findings.c.id == sql.bindparam("the_id"))
        session.connection().execute(update, changed)


def _close(session: "Session", ids: Sequence[str], now: str) -> None:
    for portion in portions(ids):
        closed = sql.update(tables.findings).where(tables.findings.c.id.in_(portion))
        session.connection().execute(closed.values(status=FindingStatus.CLOSED.value, closed_at=now, last_seen=now))


def _finding(row: "RowMapping") -> Finding:
    return Finding.model_validate({name: row[name] for name in Finding.model_fields})


@cache
def _open_of_kind() -> "Select[Any]":
    findings = tables.findings.c
    return (
        sql.select(*(findings[name] for name in Observation.model_fields))
        .where(findings.status == FindingStatus.OPEN.value, findings.kind == sql.bindparam("kind"))
        .order_by(findings.id)
    )
