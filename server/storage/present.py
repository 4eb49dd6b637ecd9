"""Where the database stands: what tells those who keep copies whether theirs is still good, in one query."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from server.model.finding import FindingKind, FindingStatus
from server.storage import knowledge, patterns, proposals, systems
from server.storage.lazily import sql, tables

if TYPE_CHECKING:
    from sqlalchemy import ScalarSelect, Select

    from server.storage.database import Database
    from server.storage.session import Session


class Present(NamedTuple):
    """One state of the database."""

    registry_revision: int
    proposals_revision: int
    policy: dict[str, Any] | None
    """The document of the policy that was asked for, as it counts; None where nobody has set it yet."""
    any_fragile: bool
    """Whether a finding on a fragile contract is open."""
    patterns_revision: int
    knowledge_revision: int


def present(session: "Session", policy: str) -> Present:
    """Where the database stands, with the policy of that name."""
    row = session.connection().execute(_present(), {"policy": policy}).one()
    return Present(row[0] or 0, row[1] or 0, row[2], bool(row[3]), row[4] or 0, row[5] or 0)


def glimpse(database: "Database", policy: str) -> Present | None:
    """The same without a session, which costs several times as much as the query; None where that can't be had."""
    statement, parameters = _in_words_of_sqlite()
    row = database.glance(statement, {**parameters, "policy": policy})
    if row is None:
        return None
    document = None if row[2] is None else json.loads(row[2])
    return Present(row[0] or 0, row[1] or 0, document, bool(row[3]), row[4] or 0, row[5] or 0)


@cache
def _in_words_of_sqlite() -> tuple[str, dict[str, Any]]:
    from sqlalchemy.dialects.sqlite import dialect

    compiled = _present().compile(dialect=dialect(paramstyle="named"))
    return compiled.string, dict(compiled.params)


@cache
def _present() -> "Select[Any]":
    policies, findings = tables.policies.c, tables.findings.c
    newest = (
        sql.select(policies.document)
        .where(policies.name == sql.bindparam("policy"))
        .order_by(policies.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    fragile = sql.exists().where(
        findings.status == FindingStatus.OPEN.value, findings.kind == FindingKind.FRAGILE_CONTRACT.value
    )
    counted = (_counter(systems.REVISION), _counter(proposals.REVISION))
    return sql.select(*counted, newest, fragile, _counter(patterns.REVISION), _counter(knowledge.REVISION))


def _counter(name: str) -> "ScalarSelect[Any]":
    counters = tables.counters.c
    return sql.select(counters.value).where(counters.name == name).scalar_subquery()
