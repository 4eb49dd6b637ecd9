"""How shared knowledge stands in figures, counted by the database."""

from typing import TYPE_CHECKING, NamedTuple

from server.model.knowledge import KnowledgeStatus
from server.storage.knowledge import chosen_by
from server.storage.lazily import sql, tables

if TYPE_CHECKING:
    from server.storage.session import Session


class Standing(NamedTuple):
    """The current entries in figures."""

    by_type: dict[str, int]
    expiring: int
    """Those that are hidden before the moment asked for, unless they are renewed."""
    unanswered: dict[str, int]
    """How many entries wait for the answer of each system, those with most first."""


def standing(session: "Session", *, now: int, soon: int) -> Standing:
    """How the entries that are current at `now` stand; both moments in microseconds since 1970."""
    entries, systems = tables.knowledge.c, tables.knowledge_systems.c
    number = sql.func.count()
    current = chosen_by(now=now)
    connection = session.connection()
    by_type = sql.select(entries.type, number).where(*current).group_by(entries.type).order_by(entries.type)
    expiring = sql.select(number).select_from(tables.knowledge).where(*current, entries.expires <= soon)
    open_ = (
        sql.select(systems.system_id, number)
        .select_from(sql.join(tables.knowledge_systems, tables.knowledge, systems.entry_id == entries.entry_id))
        .where(systems.decision == "", *chosen_by(now=now, status=KnowledgeStatus.ACTIVE.value))
        .group_by(systems.system_id)
        .order_by(number.desc(), systems.system_id)
    )
    return Standing(
        by_type={kind: int(count) for kind, count in connection.execute(by_type)},
        expiring=int(connection.execute(expiring).scalar() or 0),
        unanswered={system_id: int(count) for system_id, count in connection.execute(open_)},
    )
