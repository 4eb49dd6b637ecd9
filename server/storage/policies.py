"""Queries over policies: every version is kept, and the newest counts."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from server.storage import counters
from server.storage.lazily import sql, tables

if TYPE_CHECKING:
    from sqlalchemy import Select

    from server.storage.session import Session


def newest(session: "Session", name: str) -> dict[str, Any] | None:
    """The document of the policy that counts; None where nobody has set it yet."""
    document: dict[str, Any] | None = session.connection().execute(_newest_of(), {"name": name}).scalar()
    return document


def revise(
    session: "Session", name: str, change: Callable[[dict[str, Any] | None], dict[str, Any] | None], *, now: str
) -> int:
    """What `change` makes of the policy is its next version; its number. Where that is None, the present one stays.

    Of several who revise a policy at once, each sees what the one before has made of it.
    """
    counter = f"policy:{name}"
    version = counters.following(session, counter, 0)  # locks its row
    document = change(newest(session, name))
    if document is not None:
        version = counters.following(session, counter)
        row = {"name": name, "version": version, "recorded_at": now, "document": document}
        session.connection().execute(sql.insert(tables.policies), row)
    return version


def versions(session: "Session", name: str) -> list[dict[str, Any]]:
    """{version, recorded_at, document} of every version, the newest first."""
    policies = tables.policies.c
    rows = session.connection().execute(
        sql.select(policies.version, policies.recorded_at, policies.document)
        .where(policies.name == name)
        .order_by(policies.version.desc())
    )
    return [dict(row) for row in rows.mappings()]


@cache
def _newest_of() -> "Select[Any]":
    policies = tables.policies.c
    return (
        sql.select(policies.document)
        .where(policies.name == sql.bindparam("name"))
        .order_by(policies.version.desc())
        .limit(1)
    )
