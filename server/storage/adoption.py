"""Queries over who answered what to shared entries, and what their own errors were before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from server.model.base import JsonObject
from server.model.finding import FindingKind, FindingStatus
from server.model.knowledge import KnowledgeStatus
from server.model.proposal import IN_FLIGHT, ProposalState
from server.storage.lazily import sql, tables
from server.storage.prepared import Prepared
from server.storage.statements import on_postgresql, portions, put

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from server.storage.session import Session

_SIGNS = ("run", "error", "metric", "access", "incident", "heartbeat")
"""Kinds of events that show that a system runs."""


@dataclass(frozen=True)
class Standing:
    """Where a system stands to an entry that is of use to it, or that it has answered."""

    system_id: str
    entry_id: str
    since: int
    """When it was found to be of use to it, microseconds since 1970."""
    decision: str = ""
    """`ADOPT` or `DECLINE`; empty = not answered."""
    answered_at: int = 0
    proposal_id: str = ""
    outcome: JsonObject | None = None
    """What it then reported; None = nothing yet."""


class Waiting(NamedTuple):
    """An entry that waits for a system's answer."""

    system_id: str
    entry_id: str
    since: int


class Reminder(NamedTuple):
    """What a system is told with its reports."""

    kind: str
    """`answer` or `retest`."""
    entry_id: str
    type: str


class Counts(NamedTuple):
    """How often a system reported errors of a category, before a moment and from it on."""

    category: str
    before: int
    after: int


def of(session: "Session", entry_id: str, system_id: str) -> Standing | None:
    """Where the system stands to the entry; None where it neither is of use to it nor was answered by it."""
    rows = tables.knowledge_systems.c
    return next(iter(_standings(session, [rows.entry_id == entry_id, rows.system_id == system_id])), None)


def adopting(session: "Session", system_id: str = "") -> list[Standing]:
    """All who adopted an entry, or have a proposal that comes from one, by entry and system; or this system alone."""
    rows = tables.knowledge_systems.c
    chosen = [sql.or_(rows.decision == "ADOPT", rows.proposal_id != "")]
    found = _standings(session, [*chosen, rows.system_id == system_id] if system_id else chosen)
    return sorted(found, key=lambda one: (len(one.entry_id), one.entry_id, one.system_id))


def put_standing(session: "Session", standings: Sequence[Standing]) -> None:
    """Each stands as given."""
    rows = [{**vars(one), "outcome": one.outcome or {}} for one in standings]
    put(session, tables.knowledge_systems, rows)


def keep_answer(session: "Session", standing: Standing, *, at: int, actor: str, reason: str) -> None:
    """The answer, given at that moment, is kept beside those that the system gave before, and counts."""
    put_standing(session, [standing])
    row = {
        "entry_id": standing.entry_id,
        "system_id": standing.system_id,
        "at": at,
        "decision": standing.decision,
        "actor": actor,
        "proposal_id": standing.proposal_id,
        "reason": reason,
    }
    session.connection().execute(sql.insert(tables.knowledge_answers), row)


def answers(session: "Session", entry_id: str) -> list[tuple[str, str, int, str]]:
    """(system, decision, when, actor) of every answer to the entry, in the order in which they came."""
    rows = tables.knowledge_answers.c
    chosen = sql.select(rows.system_id, rows.decision, rows.at, rows.actor).where(rows.entry_id == entry_id)
    return [(row[0], row[1], row[2], row[3]) for row in session.connection().execute(chosen.order_by(rows.seq))]


def has_proposed(session: "Session", system_id: str) -> bool:
    """Whether a proposal of the system comes from a shared entry, or it has adopted one."""
    if adopting(session, system_id):
        return True
    rows = tables.proposals.c
    comes = sql.func.coalesce(rows.document["knowledge_id"].as_string(), "") != ""
    chosen = sql.select(rows.proposal_id).where(rows.source_system == system_id, comes).limit(1)
    return session.connection().execute(chosen).first() is not None


def waiting(session: "Session", *, now: int, since: int) -> list[Waiting]:
    """The current entries that systems have not answered, though of use to them since that moment or longer; by both."""
    rows = tables.knowledge_systems.c
    chosen = [*_open(now), rows.since <= since]
    found = session.connection().execute(
        sql.select(rows.system_id, rows.entry_id, rows.since).select_from(_with_entries()).where(*chosen)
    )
    return sorted(Waiting(*row) for row in found)


def reminders(session: "Session", system_id: str, *, now: int, most: int) -> list[Reminder]:
    """The entries that wait for the system's answer, the longest first, so many; and those that it should test again."""
    return [Reminder(*row) for row in _reminders().rows(session, {"system_id": system_id, "now": now, "most": most})]


def lessons(session: "Session", system_id: str, *, now: int) -> list[JsonObject]:
    """The current entries that are of use to the system and that it has not answered, as documents, the strongest first."""
    rows, entries = tables.knowledge_systems.c, tables.knowledge.c
    active = [entries.status == KnowledgeStatus.ACTIVE.value, entries.expires > now]
    found = session.connection().execute(
        sql.select(entries.document)
        .select_from(_with_entries())
        .where(rows.system_id == system_id, rows.decision == "", *active)
        .order_by(entries.strength.desc(), sql.func.length(rows.entry_id), rows.entry_id)
    )
    return list(found.scalars())


def errors_around(session: "Session", system_id: str, *, since: int, moment: int, until: int) -> list[Counts]:
    """How often the system reported errors of each category in [since, moment) and in [moment, until), as far as they are kept."""
    values = {"system_id": system_id, "since": since, "moment": moment, "until": until}
    return [
        Counts(row[0] or "", int(row[1]), int(row[2])) for row in _erring(on_postgresql(session)).rows(session, values)
    ]


def signs_between(session: "Session", system_id: str) -> tuple[int, int] | None:
    """When the first and the last happened of what a system still tells of its running; None where it tells nothing."""
    ((first, last),) = _living().rows(session, {"system_id": system_id})
    return None if first is None else (int(first), int(last))


def loosened(session: "Session", system_id: str = "") -> list[Standing]:
    """The unanswered ones whose proposal was withdrawn, or comes from another entry now; of one system or of all."""
    rows, proposals = tables.knowledge_systems.c, tables.proposals.c
    elsewhere = sql.func.coalesce(proposals.document["knowledge_id"].as_string(), "") != rows.entry_id
    over = sql.exists().where(
        proposals.proposal_id == rows.proposal_id,
        sql.or_(proposals.state == ProposalState.WITHDRAWN.value, elsewhere),
    )
    chosen = [rows.decision == "", rows.proposal_id != "", over]
    return _standings(session, [*chosen, rows.system_id == system_id] if system_id else chosen)


def in_flight(session: "Session", proposal_ids: Sequence[str]) -> set[str]:
    """Those of these proposals that were sent here and are not decided yet."""
    rows = tables.proposals.c
    states = [one.value for one in (*IN_FLIGHT, ProposalState.DRAFT)]
    found: set[str] = set()
    for some in portions(sorted(set(proposal_ids))):
        chosen = sql.select(rows.proposal_id).where(rows.proposal_id.in_(some), rows.state.in_(states))
        found.update(session.connection().execute(chosen).scalars())
    return found


def _standings(session: "Session", chosen: "Sequence[ColumnElement[bool]]") -> list[Standing]:
    rows = tables.knowledge_systems.c
    columns = (
        rows.system_id, rows.entry_id, rows.since, rows.decision, rows.answered_at, rows.proposal_id, rows.outcome,
    )  # fmt: skip
    found = session.connection().execute(sql.select(*columns).where(*chosen))
    return [Standing(*row[:6], outcome=row[6] or None) for row in found]


def _with_entries() -> Any:
    rows, entries = tables.knowledge_systems, tables.knowledge
    return sql.join(rows, entries, rows.c.entry_id == entries.c.entry_id)


def _open(now: int) -> "list[ColumnElement[bool]]":
    rows, entries = tables.knowledge_systems.c, tables.knowledge.c
    active = [entries.status == KnowledgeStatus.ACTIVE.value, entries.expires > now]
    return [rows.decision == "", rows.proposal_id == "", *active]


@cache
def _reminders() -> Prepared:
    return Prepared(
        sql.text(
            "SELECT * FROM (SELECT 'answer' AS kind, open.entry_id AS entry_id, entry.type AS type"
            " FROM knowledge_systems AS open JOIN knowledge AS entry ON entry.entry_id = open.entry_id"
            " WHERE open.system_id = :system_id AND open.decision = '' AND open.proposal_id = ''"
            f" AND entry.status = '{KnowledgeStatus.ACTIVE.value}' AND entry.expires > :now"
            " ORDER BY open.since, LENGTH(open.entry_id), open.entry_id LIMIT :most) AS unanswered"
            " UNION ALL SELECT 'retest', subject, '' FROM findings"
            f" WHERE system_id = :system_id AND status = '{FindingStatus.OPEN.value}'"
            f" AND kind = '{FindingKind.RETEST_NEEDED.value}'"
        )
    )


@cache
def _living() -> Prepared:
    """One look at the index for each end of each kind; over all kinds at once every event would be looked at."""
    ends = (
        f"SELECT (SELECT {end}(at) FROM events WHERE system_id = :system_id AND kind = '{kind}') AS at"
        for kind in _SIGNS
        for end in ("MIN", "MAX")
    )
    return Prepared(sql.text(f"SELECT MIN(at), MAX(at) FROM ({' UNION ALL '.join(ends)}) AS told"))


@cache
def _erring(postgresql: bool) -> Prepared:
    category = "document->>'category'" if postgresql else "json_extract(document, '$.category')"
    return Prepared(
        sql.text(
            f"SELECT {category} AS category, SUM(CASE WHEN at < :moment THEN 1 ELSE 0 END), "
            "SUM(CASE WHEN at < :moment THEN 0 ELSE 1 END) FROM events "
            f"WHERE system_id = :system_id AND kind = 'error' AND at >= :since AND at < :until GROUP BY {category}"
        )
    )
