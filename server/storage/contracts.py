"""Queries over contracts: every version of every entry is kept, and stays resolvable by its id (REG-7)."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from server.model.contract import Contract
from server.model.system import StoredSystem
from server.storage.lazily import sql, tables
from server.storage.prepared import Prepared
from server.storage.statements import by_code_point, on_postgresql

if TYPE_CHECKING:
    from sqlalchemy import Select

    from server.storage.session import Session


@dataclass(frozen=True)
class ContractVersion:
    """One version of one side's entry for a contract."""

    contract_id: str
    system_id: str
    version: int
    live: bool
    """Whether it is the present one. None is, once the entry or its system is gone."""
    resource: str
    recorded_at: str
    revision: int
    """Registry revision with which it came."""
    document: dict[str, Any]


def record(session: "Session", stored: StoredSystem, *, now: str) -> None:
    """The entries of the system are the live ones; each that changed has a new version.

    An entry that comes back as it was is its old version again. Where several entries of a system have the same id, the
    first one counts.
    """
    newest = _newest(session, stored.id) if _had_any().rows(session, {"system_id": stored.id}) else {}
    wanted: dict[str, Contract] = {}
    for contract in stored.system.contracts if not stored.archived else ():
        wanted.setdefault(contract.contract_id, contract)
    documents = {name: contract.model_dump(mode="json", by_alias=True) for name, contract in wanted.items()}
    kept = {name for name, row in newest.items() if documents.get(name) == row.document}
    _mark(session, stored.id, [name for name, row in newest.items() if row.live and name not in kept], live=False)
    _mark(session, stored.id, [name for name in sorted(kept) if not newest[name].live], live=True, versions=newest)
    added = [
        {
            "contract_id": name,
            "system_id": stored.id,
            "version": newest[name].version + 1 if name in newest else 1,
            "live": True,
            "resource": wanted[name].resource,
            "recorded_at": now,
            "revision": stored.revision,
            "document": document,
        }
        for name, document in documents.items()
        if name not in kept
    ]
    for row in added:
        _adding().rows(session, row)


def exists(session: "Session", contract_id: str) -> bool:
    """Whether any entry, live or not, ever had this id."""
    return bool(_having().rows(session, {"contract_id": contract_id}))


def versions(session: "Session", contract_id: str) -> list[ContractVersion]:
    """Every version of every entry with this id: live ones first, then by system, the newest first."""
    entries = tables.contract_versions.c
    rows = session.connection().execute(
        sql.select(tables.contract_versions)
        .where(entries.contract_id == contract_id)
        .order_by(
            entries.live.desc(),
            by_code_point(entries.system_id, postgresql=on_postgresql(session)),
            entries.version.desc(),
        )
    )
    return [ContractVersion(**row) for row in rows.mappings()]


def ids_like(session: "Session", start: str, limit: int) -> list[str]:
    """Contract ids that begin so, in order."""
    contract_id = tables.contract_versions.c.contract_id
    rows = session.connection().execute(
        sql.select(contract_id)
        .where(contract_id.istartswith(start, autoescape=True))
        .group_by(contract_id)
        .order_by(by_code_point(contract_id, postgresql=on_postgresql(session)))
        .limit(limit)
    )
    return list(rows.scalars())


def _newest(session: "Session", system_id: str) -> dict[str, ContractVersion]:
    """The newest version of every entry that the system ever had, by contract id."""
    rows = session.connection().execute(_newest_of(), {"system_id": system_id})
    return {row["contract_id"]: ContractVersion(**row) for row in rows.mappings()}


@cache
def _adding() -> Prepared:
    return Prepared(sql.insert(tables.contract_versions))


@cache
def _had_any() -> Prepared:
    """Asked first, as it costs a tenth of what `_newest_of` does, and an import is mostly of new systems."""
    return Prepared(sql.text("SELECT 1 FROM contract_versions WHERE system_id = :system_id LIMIT 1"))


@cache
def _having() -> Prepared:
    return Prepared(sql.text("SELECT 1 FROM contract_versions WHERE contract_id = :contract_id LIMIT 1"))


@cache
def _newest_of() -> "Select[Any]":
    entries = tables.contract_versions.c
    mine = entries.system_id == sql.bindparam("system_id")
    newest = (
        sql.select(entries.contract_id, sql.func.max(entries.version).label("version"))
        .where(mine)
        .group_by(entries.contract_id)
        .subquery()
    )
    same = (entries.contract_id == newest.c.contract_id) & (entries.version == newest.c.version)
    return sql.select(tables.contract_versions).join(newest, same).where(mine)


def _mark(
    session: "Session",
    system_id: str,
    contract_ids: list[str],
    *,
    live: bool,
    versions: dict[str, ContractVersion] | None = None,
) -> None:
    """The entries are live, in the version given, or none of them is."""
    entries = tables.contract_versions.c
    for contract_id in contract_ids:
        chosen = sql.update(tables.contract_versions).where(
            entries.system_id == system_id, entries.contract_id == contract_id
        )
        if versions is not None:
            chosen = chosen.where(entries.version == versions[contract_id].version)
        session.connection().execute(chosen.values(live=live))
