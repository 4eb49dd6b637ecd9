"""Queries over contracts: every version of every entry is kept, and stays resolvable by its id (REG-7)."""

from sqlmodel import Session, col, select, update

from server.model.contract import Contract
from server.model.system import StoredSystem
from server.storage.tables import ContractRow


def record(session: Session, stored: StoredSystem, *, now: str) -> None:
    """The entries of the system are the live ones; each that changed has a new version."""
    present = {
        row.contract_id: row
        for row in session.exec(
            select(ContractRow).where(col(ContractRow.system_id) == stored.id, col(ContractRow.live).is_(True))
        )
    }
    wanted: dict[str, Contract] = {}
    for contract in stored.system.contracts if not stored.archived else ():
        wanted.setdefault(contract.contract_id, contract)
    for contract_id, contract in wanted.items():
        document = contract.model_dump(mode="json", by_alias=True)
        row = present.pop(contract_id, None)
        if row is not None and row.document == document:
            continue
        if row is not None:
            row.live = False
        session.add(
            ContractRow(
                contract_id=contract_id,
                system_id=stored.id,
                version=_newest(session, contract_id, stored.id) + 1,
                live=True,
                resource=contract.resource,
                recorded_at=now,
                document=document,
            )
        )
    if present:
        session.exec(
            update(ContractRow)
            .where(
                col(ContractRow.system_id) == stored.id,
                col(ContractRow.live).is_(True),
                col(ContractRow.contract_id).in_(list(present)),
            )
            .values(live=False)
        )
    session.flush()


def exists(session: Session, contract_id: str) -> bool:
    """Whether any entry, live or not, ever had this id."""
    return (
        session.exec(select(ContractRow.version).where(col(ContractRow.contract_id) == contract_id).limit(1)).first()
        is not None
    )


def versions(session: Session, contract_id: str) -> list[ContractRow]:
    """Every version of every entry with this id: live ones first, then the newest."""
    return list(
        session.exec(
            select(ContractRow)
            .where(col(ContractRow.contract_id) == contract_id)
            .order_by(col(ContractRow.live).desc(), col(ContractRow.system_id), col(ContractRow.version).desc())
        )
    )


def ids_like(session: Session, start: str, limit: int) -> list[str]:
    """Contract ids that begin so, in order."""
    rows = session.exec(
        select(ContractRow.contract_id)
        .where(col(ContractRow.contract_id).startswith(start, autoescape=True))
        .distinct()
        .order_by(col(ContractRow.contract_id))
        .limit(limit)
    )
    return list(rows)


def _newest(session: Session, contract_id: str, system_id: str) -> int:
    found = session.exec(
        select(ContractRow.version)
        .where(col(ContractRow.contract_id) == contract_id, col(ContractRow.system_id) == system_id)
        .order_by(col(ContractRow.version).desc())
        .limit(1)
    ).first()
    return found or 0
