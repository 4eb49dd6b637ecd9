"""Queries over the conflict log: what checks of proposals found, and what of it comes again and again."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from server.model.conflict_log import LoggedConflict
from server.model.tier import Severity
from server.storage.lazily import sql, tables
from server.storage.statements import portions

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, UnaryExpression

    from server.storage.session import Session


def add(session: "Session", entries: Sequence[LoggedConflict]) -> None:
    """The entries of one check stand in the log, in their order."""
    rows = [
        {
            "check_id": entry.check_id,
            "position": position,
            "at": entry.at,
            "proposal_id": entry.proposal_id,
            "contract_id": entry.contract_id,
            "source_system": entry.source_system,
            "affected_system": entry.affected_system,
            "severity": entry.severity.value,
            "document": entry.model_dump(mode="json"),
        }
        for position, entry in enumerate(entries)
    ]
    if rows:
        session.connection().execute(sql.insert(tables.conflict_log), rows)


def find(
    session: "Session",
    *,
    contract_id: str = "",
    system_id: str = "",
    severity: str = "",
    since: str = "",
    start: int = 0,
    limit: int | None = None,
) -> tuple[list[LoggedConflict], int]:
    """One page of the entries that match every filter given, newest first, and how many match; all of them without a limit.

    `system_id` is the system that proposed or the one that is affected.
    """
    log = tables.conflict_log.c
    chosen: list[ColumnElement[bool]] = []
    if contract_id:
        chosen.append(log.contract_id == contract_id)
    if system_id:
        chosen.append(sql.or_(log.source_system == system_id, log.affected_system == system_id))
    if severity:
        chosen.append(log.severity == severity)
    if since:
        chosen.append(log.at >= since)
    connection = session.connection()
    total = connection.execute(sql.select(sql.func.count()).select_from(tables.conflict_log).where(*chosen))
    page = sql.select(log.document).where(*chosen).order_by(*_newest_first()).offset(start).limit(limit)
    return [LoggedConflict.model_validate(one) for one in connection.execute(page).scalars()], total.scalar_one()


def often(
    session: "Session", *, since: str, until: str, severities: Iterable[Severity], times: int
) -> list[LoggedConflict]:
    """The entries of this time, with one of these severities, of every contract that has them in so many checks."""
    log = tables.conflict_log.c
    counted = (
        log.at >= since,
        log.at <= until,
        log.severity.in_([severity.value for severity in severities]),
        log.contract_id != "",
    )
    connection = session.connection()
    contracts = connection.execute(
        sql.select(log.contract_id)
        .where(*counted)
        .group_by(log.contract_id)
        .having(sql.func.count(log.check_id.distinct()) >= times)
    )
    found: list[LoggedConflict] = []
    for portion in portions(list(contracts.scalars())):
        rows = connection.execute(sql.select(log.document).where(*counted, log.contract_id.in_(portion)))
        found += [LoggedConflict.model_validate(one) for one in rows.scalars()]
    return found


def _newest_first() -> "list[UnaryExpression[Any] | ColumnElement[Any]]":
    log = tables.conflict_log.c
    return [log.at.desc(), sql.func.length(log.check_id).desc(), log.check_id.desc(), log.position]
