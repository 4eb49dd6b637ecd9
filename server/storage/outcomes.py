"""Queries over what a synthesis of shared knowledge rests on: outcomes, how often errors came, and what was decided here."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from server.model.moments import at_microseconds
from server.model.proposal import Proposal, ProposalState
from server.storage.lazily import sql, tables
from server.storage.prepared import Prepared
from server.storage.statements import on_postgresql, portions

if TYPE_CHECKING:
    from server.storage.session import Session

DECIDED = (ProposalState.REJECTED, ProposalState.PROMOTED, ProposalState.ROLLED_BACK)
"""States that tell what became of an idea; one that was withdrawn was not found wanting."""
_SIGNS = ("run", "error", "metric", "access", "incident", "heartbeat")
_IN_FILE = "evolution/proposed_changes.json#"


class Told(NamedTuple):
    """A promotion or a rejection as it is kept."""

    seq: int
    system_id: str
    kind: str
    at: int
    key: str
    document: dict[str, Any]


class Counted(NamedTuple):
    """How often a system reported errors of a category."""

    system_id: str
    category: str
    occurrences: int
    newest: int


class Tie(NamedTuple):
    """That a system has adopted an entry, or proposes what it says."""

    system_id: str
    entry_id: str
    proposal_id: str
    adopted_at: int
    """0 = it has not answered that it adopts it."""
    error_category: str


def told(session: "Session", since: int, until: int) -> list[Told]:
    """The promotions and rejections with `since` <= at < `until`, by time, then in the order of arrival."""
    events = tables.events.c
    rows = session.connection().execute(
        sql.select(events.seq, events.system_id, events.kind, events.at, events.key, events.document)
        .where(events.kind.in_(("promotion", "rejection")), events.at >= since, events.at < until)
        .order_by(events.at, events.seq)
    )
    return [Told(*row) for row in rows]


def decided(session: "Session", since: int, until: int) -> list[Proposal]:
    """The proposals that were rejected, promoted or rolled back here and last written in this time, by when, then by id."""
    proposals = tables.proposals.c
    chosen = sql.select(proposals.document).where(
        proposals.state.in_([state.value for state in DECIDED]),
        sql.not_(proposals.private),
        proposals.updated_at >= at_microseconds(since),
        proposals.updated_at <= at_microseconds(until),
    )
    found = [Proposal.model_validate(document) for document in session.connection().execute(chosen).scalars()]
    return sorted(found, key=lambda one: (one.updated_at, len(one.proposal_id), one.proposal_id))


def submitted(session: "Session", proposal_ids: Collection[str]) -> dict[str, Proposal]:
    """The proposals of these ids that were submitted, by id; drafts are none."""
    proposals = tables.proposals.c
    found: dict[str, Proposal] = {}
    for some in portions(sorted(proposal_ids)):
        chosen = sql.select(proposals.document).where(proposals.proposal_id.in_(some), sql.not_(proposals.private))
        for document in session.connection().execute(chosen).scalars():
            one = Proposal.model_validate(document)
            found[one.proposal_id] = one
    return found


def ids_in_files(session: "Session") -> dict[tuple[str, str], str]:
    """By system and the id that its own file gives a proposal, the id under which it was submitted here."""
    files = tables.files_read.c
    rows = session.connection().execute(
        sql.select(files.system_id, files.path, files.made).where(
            files.made != "", files.path.startswith(_IN_FILE, autoescape=True)
        )
    )
    return {(row.system_id, row.path.removeprefix(_IN_FILE)): row.made for row in rows}


def errors_counted(session: "Session", since: int, until: int) -> list[Counted]:
    """How often each system reported errors of each category with `since` <= at <= `until`, and when last; by both."""
    values = {"since": since, "until": until}
    rows = _counting(on_postgresql(session)).rows(session, values)
    return [Counted(*row) for row in sorted(row for row in rows if row[1])]


def errors_between(session: "Session", system_id: str, since: int, until: int) -> list[tuple[int, str]]:
    """When the system reported an error, and of which category, with `since` <= at < `until`, by time."""
    values = {"system_id": system_id, "since": since, "until": until}
    return [(row[0], row[1] or "") for row in _erring(on_postgresql(session)).rows(session, values)]


def told_between(session: "Session", system_id: str) -> tuple[int, int] | None:
    """When the first and the last happened of what a system still tells of its running; None where it tells nothing."""
    (row,) = _told_between().rows(session, {"system_id": system_id})
    ends = [int(at) for at in row if at is not None]
    return (min(ends), max(ends)) if ends else None


def ties(session: "Session", systems: Collection[str]) -> list[Tie]:
    """Which entries these systems have adopted, or propose to."""
    tied, knowledge = tables.knowledge_systems.c, tables.knowledge.c
    found: list[Tie] = []
    for some in portions(sorted(systems)):
        rows = session.connection().execute(
            sql.select(
                tied.system_id, tied.entry_id, tied.proposal_id, tied.decision, tied.answered_at, knowledge.document
            )
            .select_from(sql.join(tables.knowledge_systems, tables.knowledge, tied.entry_id == knowledge.entry_id))
            .where(tied.system_id.in_(some), sql.or_(tied.decision == "ADOPT", tied.proposal_id != ""))
        )
        found += [
            Tie(
                row.system_id,
                row.entry_id,
                row.proposal_id,
                row.answered_at if row.decision == "ADOPT" else 0,
                row.document.get("error_category", ""),
            )
            for row in rows
        ]
    return sorted(found)


def resolved_patterns(session: "Session", since: int, until: int) -> list[dict[str, Any]]:
    """The documents of the patterns that were found to be resolved in this time, by id."""
    patterns = tables.patterns.c
    rows = session.connection().execute(
        sql.select(patterns.document, patterns.last_seen)
        .where(patterns.status == "RESOLVED", patterns.last_seen < until)
        .order_by(sql.func.length(patterns.pattern_id), patterns.pattern_id)
    )
    first, last = at_microseconds(since), at_microseconds(until)
    return [row.document for row in rows if first <= (row.document.get("resolved_at") or last) <= last]


def entries_known(session: "Session") -> Iterable[tuple[str, str, str, dict[str, Any]]]:
    """(id, fingerprint, type, document) of every shared entry that no other one has superseded, by id."""
    knowledge = tables.knowledge.c
    rows: Sequence[Any] = (
        session.connection()
        .execute(
            sql.select(knowledge.entry_id, knowledge.fingerprint, knowledge.type, knowledge.document)
            .where(knowledge.status != "SUPERSEDED")
            .order_by(sql.func.length(knowledge.entry_id), knowledge.entry_id)
        )
        .all()
    )
    return [(row.entry_id, row.fingerprint, row.type, row.document) for row in rows]


def anti_patterns(session: "Session", since: int) -> list[tuple[str, dict[str, Any] | None, int]]:
    """(id, document, the moment from which on it is hidden) of each anti-pattern that a later write than `since` changed, by id.

    The document is None where another entry has superseded it.
    """
    knowledge = tables.knowledge.c
    rows = session.connection().execute(
        sql.select(knowledge.entry_id, knowledge.document, knowledge.expires, knowledge.status)
        .where(knowledge.type == "anti_pattern", knowledge.revision > since)
        .order_by(sql.func.length(knowledge.entry_id), knowledge.entry_id)
    )
    return [(row.entry_id, None if row.status == "SUPERSEDED" else row.document, row.expires) for row in rows]


@cache
def _counting(postgresql: bool) -> Prepared:
    """Counted by the database: of a million errors hardly anything reaches us."""
    kind, category = _words(postgresql)
    return Prepared(
        sql.text(
            f"SELECT system_id, {category} AS category, COUNT(*), MAX(at) FROM events "
            f"WHERE at >= :since AND at <= :until AND {kind} = 'error' GROUP BY system_id, {category}"
        )
    )


@cache
def _told_between() -> Prepared:
    """One look at the index for each end of each kind; over all kinds at once every row would be looked at."""
    ends = [
        f"(SELECT {end}(at) FROM events WHERE system_id = :system_id AND kind = '{kind}')"
        for kind in _SIGNS
        for end in ("MIN", "MAX")
    ]
    return Prepared(sql.text(f"SELECT {', '.join(ends)}"))


@cache
def _erring(postgresql: bool) -> Prepared:
    _, category = _words(postgresql)
    return Prepared(
        sql.text(
            f"SELECT at, {category} FROM events "
            "WHERE system_id = :system_id AND kind = 'error' AND at >= :since AND at < :until ORDER BY at, seq"
        )
    )


def _words(postgresql: bool) -> tuple[str, str]:
    """How the kind is named where no index shall be taken for it, and the category."""
    return ("kind", "document->>'category'") if postgresql else ("kind", "json_extract(document, '$.category')")
