"""Queries over validations: each look at a contract's real resource, never changed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from server.model.validation import Validation, Verdict
from server.storage.lazily import sql, tables

if TYPE_CHECKING:
    from server.storage.session import Session


def add(session: "Session", validations: Sequence[Validation]) -> None:
    """The looks are recorded, in their order."""
    rows = [
        {
            "system_id": one.system_id,
            "contract_id": one.contract_id,
            "at": one.at,
            "run_id": one.run_id,
            "outcome": one.outcome.value,
            "complete": _advances(one),
            "document": one.model_dump(mode="json"),
        }
        for one in validations
    ]
    if rows:
        session.connection().execute(sql.insert(tables.validations), rows)


def history(session: "Session", contract_id: str, *, limit: int = 20) -> list[Validation]:
    """The last looks at the contract, whoever's entry it was, newest first."""
    looks = tables.validations.c
    rows = session.connection().execute(
        sql.select(looks.document)
        .where(looks.contract_id == contract_id)
        .order_by(looks.at.desc(), looks.seq.desc())
        .limit(limit)
    )
    return [Validation.model_validate(one) for one in rows.scalars()]


def last_validated(session: "Session", system_id: str = "") -> dict[tuple[str, str], str]:
    """When everything about an entry was last looked at and the data kept it: (system, contract) → moment."""
    looks = tables.validations.c
    chosen = [looks.complete] + ([looks.system_id == system_id] if system_id else [])
    rows = session.connection().execute(
        sql.select(looks.system_id, looks.contract_id, sql.func.max(looks.at))
        .where(*chosen)
        .group_by(looks.system_id, looks.contract_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def violated_since(session: "Session", since: str) -> int:
    """How many contracts were found violated since then; one that both sides hold under one id counts once."""
    looks = tables.validations.c
    violated = (
        sql.select(looks.contract_id)
        .where(looks.at >= since, looks.outcome == Verdict.FAILED.value)
        .distinct()
        .subquery()
    )
    return int(session.connection().execute(sql.select(sql.func.count()).select_from(violated)).scalar_one())


def _advances(validation: Validation) -> bool:
    """Whether the contract counts as validated by this look: all was looked at, it is there, and it matches."""
    return validation.complete and validation.exists.verdict is validation.matches.verdict is Verdict.OK
