"""Queries over what happened around some systems, whichever table it is kept in: for a review of an incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.model.moments import microseconds
from server.storage.lazily import sql, tables

if TYPE_CHECKING:
    from sqlalchemy import Select

    from server.storage.session import Session


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a system, or that it did."""

    at: str
    system_id: str
    what: str
    """Such as `run ERROR`, `validation FAILED`, `finding opened`, `contract changed`."""
    told: Mapping[str, Any]


def reported(
    session: "Session", systems: Sequence[str], *, since: str, until: str, trouble_only: bool, limit: int
) -> list[Happening]:
    """What the systems reported in this time but for heartbeats and metrics, newest first; without runs that went well if told so."""
    events = tables.events.c
    chosen = sql.select(events.system_id, events.kind, events.document).where(
        events.system_id.in_(systems),
        events.kind.in_(["run", "error", "incident"]),
        events.at.between(microseconds(since), microseconds(until)),
    )
    if trouble_only:
        result = events.document["result"].as_string()
        chosen = chosen.where(sql.or_(events.kind != "run", result != "OK"))
    rows = session.connection().execute(chosen.order_by(events.at.desc(), events.seq.desc()).limit(limit))
    return [
        Happening(str(row.document.get("at", "")), row.system_id, _reported_what(row.kind, row.document), row.document)
        for row in rows
    ]


def looked_at(session: "Session", systems: Sequence[str], *, since: str, until: str, limit: int) -> list[Happening]:
    """The validations of the systems' contracts in this time that did not come out well, newest first."""
    looks = tables.validations.c
    chosen = sql.select(looks.at, looks.system_id, looks.outcome, looks.document).where(
        looks.system_id.in_(systems), looks.at.between(since, until), looks.outcome != "OK"
    )
    rows = session.connection().execute(chosen.order_by(looks.at.desc(), looks.seq.desc()).limit(limit))
    return [
        Happening(
            row.at,
            row.system_id,
            f"validation {row.outcome}",
            {
                "contract_id": row.document["contract_id"],
                "resource": row.document["resource"],
                "reasons": [
                    row.document[name]["reason"]
                    for name in ("exists", "matches", "fresh")
                    if row.document[name]["verdict"] != "OK"
                ],
            },
        )
        for row in rows
    ]


def found(session: "Session", systems: Sequence[str], *, since: str, until: str, limit: int) -> list[Happening]:
    """The findings about the systems, of all systems if none is named, that were opened or closed in this time, newest first."""
    findings = tables.findings.c
    about = [findings.system_id.in_(systems)] if systems else []
    happened: list[Happening] = []
    for what, moment in (("finding opened", findings.first_seen), ("finding closed", findings.closed_at)):
        chosen = sql.select(tables.findings).where(*about, moment.between(since, until))
        rows = session.connection().execute(chosen.order_by(moment.desc(), findings.id).limit(limit))
        for row in rows.mappings():
            at = row["first_seen"] if what == "finding opened" else row["closed_at"]
            told = {name: row[name] for name in ("id", "kind", "severity", "message")}
            happened.append(Happening(at, row["system_id"], what, told))
    return _newest(happened, limit)


def agreed(session: "Session", systems: Sequence[str], *, since: str, until: str, limit: int) -> list[Happening]:
    """The versions of contracts that the systems, or all if none is named, stated in this time, newest first."""
    entries = tables.contract_versions.c
    chosen = sql.select(
        entries.recorded_at, entries.system_id, entries.contract_id, entries.version, entries.resource
    ).where(entries.recorded_at.between(since, until), *([entries.system_id.in_(systems)] if systems else []))
    rows = session.connection().execute(
        chosen.order_by(entries.recorded_at.desc(), entries.contract_id, entries.version.desc()).limit(limit)
    )
    return [
        Happening(
            row.recorded_at,
            row.system_id,
            "contract stated" if row.version == 1 else "contract changed",
            {"contract_id": row.contract_id, "version": row.version, "resource": row.resource},
        )
        for row in rows
    ]


def decided(
    session: "Session", systems: Sequence[str], *, since: str, until: str, viewer: str, limit: int
) -> list[Happening]:
    """The proposals of the systems, or of all if none is named, that moved in this time, as far as the viewer may see them,
    and their checks. Dry runs stay with those who asked for them.
    """
    checks, proposals = tables.checks.c, tables.proposals.c
    mine = [checks.source_system.in_(systems)] if systems else []
    chosen = sql.select(checks.created_at, checks.source_system, checks.check_id, checks.verdict, checks.proposal_id)
    rows = session.connection().execute(
        chosen.where(*mine, checks.proposal_id != "", checks.created_at.between(since, until))
        .order_by(checks.created_at.desc(), checks.check_id.desc())
        .limit(limit)
    )
    happened = [
        Happening(
            row.created_at,
            row.source_system,
            f"check {row.verdict}",
            {"check_id": row.check_id, "proposal_id": row.proposal_id},
        )
        for row in rows
    ]
    visible = [sql.or_(proposals.private.is_(False), proposals.source_system == viewer)] if viewer else []
    mine = [proposals.source_system.in_(systems)] if systems else []
    moved: Select[Any] = (
        sql.select(proposals.updated_at, proposals.source_system, proposals.state, proposals.document)
        .where(*mine, *visible, proposals.updated_at.between(since, until))
        .order_by(proposals.updated_at.desc(), proposals.proposal_id)
        .limit(limit)
    )
    for row in session.connection().execute(moved):
        told = {name: row.document[name] for name in ("proposal_id", "version", "title")}
        happened.append(Happening(row.updated_at, row.source_system, f"proposal {row.state}", told))
    return _newest(happened, limit)


def _reported_what(kind: str, document: Mapping[str, Any]) -> str:
    said = document.get("result" if kind == "run" else "severity") or ""
    return f"{kind} {said}".strip()


def _newest(happened: list[Happening], limit: int) -> list[Happening]:
    return sorted(happened, key=lambda one: one.at, reverse=True)[:limit]
