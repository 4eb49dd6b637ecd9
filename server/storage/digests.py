"""Queries over weeks: what is counted in each, the figures that were made of it, and the digests."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from server.model.base import JsonObject
from server.model.knowledge import KnowledgeEntry
from server.model.moments import DAY
from server.model.proposal import Proposal
from server.model.weeks import WEEK
from server.storage.knowledge import chosen_by
from server.storage.lazily import sql, tables
from server.storage.prepared import Prepared
from server.storage.statements import on_postgresql, put

if TYPE_CHECKING:
    from server.storage.session import Session

FIRST_MONDAY = 4 * DAY
"""The first Monday of 1970."""


class Reported(NamedTuple):
    """How many events of a kind one system has in one week."""

    system_id: str
    kind: str
    week: int
    """Its number; 0 began on the first Monday of 1970."""
    number: int
    failed: int
    """Runs that did not end well."""


class Adopted(NamedTuple):
    """That a system answered an entry with ADOPT."""

    since: int
    """When the entry was found to be of use to it, microseconds since 1970."""
    at: int
    outcome: dict[str, Any]


class Kept(NamedTuple):
    """A digest as it is kept."""

    week: str
    at: str
    """The moment as of which it was made."""
    document: JsonObject


def reported(session: "Session", since: int, until: int) -> list[Reported]:
    """What each system has of each kind in each week, of the events that are kept one by one with `since` <= at <= `until`."""
    values = {"since": since, "until": until}
    return [Reported(*row) for row in _reported(on_postgresql(session)).rows(session, values)]


def adoptions(session: "Session", since: int, until: int) -> list[Adopted]:
    """The answers ADOPT that stand and were given in this time."""
    answers = tables.knowledge_systems.c
    rows = session.connection().execute(
        sql.select(answers.since, answers.answered_at, answers.outcome).where(
            answers.decision == "ADOPT", answers.answered_at >= since, answers.answered_at <= until
        )
    )
    return [Adopted(*row) for row in rows]


def conflicts(session: "Session", since: str, until: str) -> list[str]:
    """When each entry of the conflict log of this time was made."""
    log = tables.conflict_log.c
    rows = session.connection().execute(sql.select(log.at).where(log.at >= since, log.at <= until))
    return list(rows.scalars())


def once_in_conflict(session: "Session", since: str) -> list[Proposal]:
    """The proposals that the conflict log knows and that something became of since then, by id; drafts not."""
    proposals, log = tables.proposals.c, tables.conflict_log.c
    rows = session.connection().execute(
        sql.select(proposals.document)
        .where(
            proposals.updated_at >= since,
            sql.not_(proposals.private),
            proposals.proposal_id.in_(sql.select(log.proposal_id)),
        )
        .order_by(sql.func.length(proposals.proposal_id), proposals.proposal_id)
    )
    return [Proposal.model_validate(document) for document in rows.scalars()]


def first_run(session: "Session") -> str:
    """When the first job ran here; empty before that."""
    return session.connection().execute(sql.select(sql.func.min(tables.runs.c.started_at))).scalar() or ""


def load(session: "Session", week: str, until: str = "") -> Kept | None:
    """The digest of the week that ended on that day; of `latest`, the newest, of a week that ends by `until` where that is given."""
    digests = tables.digests.c
    chosen = sql.select(digests.week, digests.at, digests.document)
    by_then = chosen.where(digests.week <= until) if until else chosen
    wanted = by_then.order_by(digests.week.desc()).limit(1) if week == "latest" else chosen.where(digests.week == week)
    row = session.connection().execute(wanted).first()
    return None if row is None else Kept(*row)


def keep(session: "Session", digest: Kept) -> None:
    """The week has this digest."""
    put(session, tables.digests, [digest._asdict()])


def weeks_kept(session: "Session") -> dict[str, str]:
    """The moment as of which the digest of each week was made, by week."""
    digests = tables.digests.c
    rows = session.connection().execute(sql.select(digests.week, digests.at).order_by(digests.week))
    return {row.week: row.at for row in rows}


def weeks_like(session: "Session", typed: str, limit: int) -> list[str]:
    """Weeks with a digest that begin so, the newest first."""
    weeks = tables.digests.c.week
    chosen = sql.select(weeks).where(weeks.startswith(typed, autoescape=True)).order_by(weeks.desc()).limit(limit)
    return list(session.connection().execute(chosen).scalars())


def ending(session: "Session", now: int, until: int) -> list[KnowledgeEntry]:
    """The current entries that end after now and up to then (microseconds since 1970), the first to end first."""
    entries = tables.knowledge.c
    rows = session.connection().execute(
        sql.select(entries.document)
        .where(*chosen_by(now=now), entries.expires <= until)
        .order_by(entries.expires, sql.func.length(entries.entry_id), entries.entry_id)
    )
    return [KnowledgeEntry.model_validate(document) for document in rows.scalars()]


def metric_weeks(session: "Session") -> list[tuple[str, bool, JsonObject]]:
    """(week, whether it was counted here, its figures), the oldest first."""
    weeks = tables.metric_weeks.c
    rows = session.connection().execute(sql.select(weeks.week, weeks.counted, weeks.document).order_by(weeks.week))
    return [(row.week, row.counted, row.document) for row in rows]


def put_metric_weeks(session: "Session", weeks: Iterable[tuple[str, JsonObject]], *, counted: bool) -> None:
    """These weeks have these figures."""
    put(
        session,
        tables.metric_weeks,
        [{"week": week, "counted": counted, "document": document} for week, document in weeks],
    )


@cache
def _reported(postgresql: bool) -> Prepared:
    """Counted by the database: of a million events hardly anything reaches us."""
    result = "document ->> 'result'" if postgresql else "json_extract(document, '$.result')"
    week = f"(at - {FIRST_MONDAY}) / {WEEK}"
    failed = f"SUM(CASE WHEN kind = 'run' AND {result} IN ('ERROR', 'CRITICAL') THEN 1 ELSE 0 END)"
    return Prepared(
        sql.text(
            f"SELECT system_id, kind, {week} AS week, COUNT(*), {failed} FROM events "
            f"WHERE at >= :since AND at <= :until GROUP BY 1, 2, 3"
        )
    )
