"""Queries over shared knowledge: each entry as it stands, as it stood before, and which systems it may be of use to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from server.model.base import JsonObject
from server.model.knowledge import KnowledgeEntry, KnowledgeStatus
from server.model.moments import microseconds
from server.storage import counters
from server.storage.lazily import sql, tables
from server.storage.statements import portions, put

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

    from server.storage.session import Session

REVISION = "knowledge:revision"
"""Counts the writes that changed an entry; each changed row bears the number of its write."""
_ID = "knowledge"
_TURN = "knowledge:turn"
_READ_AT_ONCE = 5_000


@dataclass(frozen=True)
class Stored:
    """An entry as it is kept."""

    fingerprint: str
    """What makes two syntheses find the same entry; of an imported one its id."""
    entry: KnowledgeEntry
    life: JsonObject
    """What its life is judged by besides; nobody is shown it."""


class Searched(NamedTuple):
    """What of an entry is searched, and what it is chosen by."""

    entry_id: str
    revision: int
    type: str
    status: str
    expires: int
    """Microseconds since 1970: from then on it is hidden."""
    strength: float
    created: int
    title: str
    description: str
    error_category: str
    approach: str
    suggested_adaptation: str


class Version(NamedTuple):
    """An entry as it stood for a time."""

    version: int
    valid_from: int
    valid_to: int
    """Microseconds since 1970; 0 = it stands."""
    recorded_at: int
    document: JsonObject

    @property
    def entry(self) -> KnowledgeEntry:
        """As it stood."""
        return KnowledgeEntry.model_validate(self.document)


def take_turn(session: "Session") -> None:
    """Until this transaction ends, nobody else changes shared knowledge; whoever is going to calls it before reading."""
    counters.following(session, _TURN)


def next_revision(session: "Session") -> int:
    """The number of the write that is under way: some entry is otherwise than before it."""
    return counters.following(session, REVISION)


def revision(session: "Session") -> int:
    """The number of the last write that changed an entry; 0 where there was none."""
    return counters.present(session, REVISION)


def newest_number(session: "Session") -> int:
    """The highest number that an id has had; 0 where there is none."""
    return counters.present(session, _ID)


def id_of(number: int) -> str:
    """The id of that number: SK-001."""
    return f"SK-{number:03d}"


def free_numbers(session: "Session", after: int, count: int) -> list[int]:
    """The next numbers whose ids no entry has, in their order: a file may have brought higher ones than are reserved for it."""
    found: list[int] = []
    while len(found) < count:
        numbers = range(after + 1, after + 1 + count - len(found))
        taken = load_all(session, [id_of(number) for number in numbers])
        found += [number for number in numbers if id_of(number) not in taken]
        after = numbers[-1]
    return found


def reserve(session: "Session", number: int) -> None:
    """No new entry gets an id with this number or one below."""
    missing = number - counters.present(session, _ID)
    if missing > 0:
        counters.following(session, _ID, missing)


def load(session: "Session", entry_id: str) -> Stored | None:
    """The entry of that id as it stands, whatever its status, expired or not."""
    return next(iter(_load(session, [tables.knowledge.c.entry_id == entry_id])), None)


def load_all(session: "Session", ids: Sequence[str]) -> dict[str, Stored]:
    """Those of these ids that there are."""
    found: dict[str, Stored] = {}
    for some in portions(ids):
        found.update((one.entry.id, one) for one in _load(session, [tables.knowledge.c.entry_id.in_(some)]))
    return found


def by_fingerprint(session: "Session", fingerprints: Sequence[str]) -> dict[str, Stored]:
    """Those with these fingerprints, by them."""
    found: dict[str, Stored] = {}
    for some in portions(fingerprints):
        found.update((one.fingerprint, one) for one in _load(session, [tables.knowledge.c.fingerprint.in_(some)]))
    return found


def synthesised(session: "Session") -> dict[str, Stored]:
    """Every entry that a synthesis made, by fingerprint, in the order of their ids; imported ones are not among them."""
    rows = tables.knowledge.c
    found = _load(session, [rows.fingerprint != rows.entry_id])
    return {one.fingerprint: one for one in sorted(found, key=lambda one: id_order(one.entry.id))}


def synthesised_between(session: "Session", since: int, until: int) -> int:
    """How many entries syntheses made in [since, until), microseconds since 1970; imported ones don't count."""
    rows = tables.knowledge.c
    chosen = (rows.fingerprint != rows.entry_id, rows.created >= since, rows.created < until)
    return int(
        session.connection().execute(sql.select(sql.func.count()).select_from(tables.knowledge).where(*chosen)).scalar()
        or 0
    )


def expired(session: "Session", at: int) -> int:
    """How many entries are hidden at that moment because their days are over."""
    chosen = chosen_by(now=at, status="EXPIRED")
    return int(
        session.connection().execute(sql.select(sql.func.count()).select_from(tables.knowledge).where(*chosen)).scalar()
        or 0
    )


def find(
    session: "Session",
    *,
    now: int,
    system_id: str = "",
    kind: str = "",
    status: str = "",
    start: int = 0,
    limit: int = 10,
) -> tuple[list[KnowledgeEntry], int]:
    """One page of entries, the strongest first, then the newest, then by id; and how many match. Empty means any.

    `status`: empty = those that are current at `now` (microseconds since 1970), `ALL` = also expired and superseded ones,
    `EXPIRED`, or current ones in it. With `system_id`: the ones that are of use to it and that it has not answered.
    """
    rows = tables.knowledge.c
    chosen = chosen_by(now=now, system_id=system_id, kind=kind, status=status)
    connection = session.connection()
    total = connection.execute(sql.select(sql.func.count()).select_from(tables.knowledge).where(*chosen)).scalar_one()
    page = connection.execute(
        sql.select(rows.document)
        .where(*chosen)
        .order_by(rows.strength.desc(), rows.created.desc(), sql.func.length(rows.entry_id), rows.entry_id)
        .offset(start)
        .limit(limit)
    )
    return [KnowledgeEntry.model_validate(document) for document in page.scalars()], total


def ids_of(session: "Session", *, now: int, system_id: str = "", kind: str = "", status: str = "") -> list[str]:
    """Ids of all entries that match, as `find` chooses them, in no order."""
    chosen = chosen_by(now=now, system_id=system_id, kind=kind, status=status)
    return list(session.connection().execute(sql.select(tables.knowledge.c.entry_id).where(*chosen)).scalars())


def chosen_by(*, now: int, system_id: str = "", kind: str = "", status: str = "") -> "list[ColumnElement[bool]]":
    """The conditions on `tables.knowledge` that `find` chooses by."""
    rows = tables.knowledge.c
    superseded = KnowledgeStatus.SUPERSEDED.value
    chosen: list[ColumnElement[bool]] = []
    if kind:
        chosen.append(rows.type == kind)
    if status == "EXPIRED":
        chosen += [rows.expires <= now, rows.status != superseded]
    elif status != "ALL":
        chosen += [rows.expires > now, rows.status == status if status else rows.status != superseded]
    if system_id:
        systems = tables.knowledge_systems.c
        waiting = sql.select(systems.entry_id).where(systems.system_id == system_id, systems.decision == "")
        chosen.append(rows.entry_id.in_(waiting))
        if not status:
            chosen.append(rows.status == KnowledgeStatus.ACTIVE.value)
    return chosen


def changed_since(session: "Session", revision: int) -> Iterator[list[Searched]]:
    """What is searched of every entry that a later write than this one changed, in the order of writes, in portions.

    Expired and superseded ones are among them: whoever keeps them chooses by status and `expires`.
    """
    rows = tables.knowledge.c
    after: tuple[int, str] = (revision, "\U0010ffff")
    while True:
        later = sql.or_(rows.revision > after[0], sql.and_(rows.revision == after[0], rows.entry_id > after[1]))
        chosen = _searched_columns().where(rows.revision >= after[0], later)
        page = chosen.order_by(rows.revision, rows.entry_id).limit(_READ_AT_ONCE)
        found = [Searched(*row) for row in session.connection().execute(page)]
        if found:
            yield found
            after = (found[-1].revision, found[-1].entry_id)
        if len(found) < _READ_AT_ONCE:
            return


def searched(session: "Session", ids: Sequence[str]) -> list[Searched]:
    """What is searched of these entries, in no order."""
    chosen, connection = tables.knowledge.c.entry_id, session.connection()
    return [
        Searched(*row)
        for some in portions(ids)
        for row in connection.execute(_searched_columns().where(chosen.in_(some)))
    ]


def insert(session: "Session", stored: Sequence[Stored], *, at: int, now: int, revision: int) -> None:
    """These entries are new, valid from `at` on (microseconds since 1970), recorded at `now`."""
    if not stored:
        return
    connection = session.connection()
    documents = [_document(one.entry) for one in stored]
    pairs = list(zip(stored, documents, strict=True))
    connection.execute(sql.insert(tables.knowledge), [_row(one, document, revision) for one, document in pairs])
    connection.execute(sql.insert(tables.knowledge_versions), [_version(*pair, at, now) for pair in pairs])
    _put_systems(session, [one.entry for one in stored], at)


def save(session: "Session", changed: Sequence[Stored], *, at: int, now: int, revision: int) -> None:
    """These entries, known before, stand as given; each has a version higher than the last, which ends where it begins."""
    if not changed:
        return
    connection, kept = session.connection(), tables.knowledge_versions.c
    pairs = [(one, _document(one.entry)) for one in changed]
    put(session, tables.knowledge, [_row(one, document, revision) for one, document in pairs])
    begins: dict[str, int] = {}
    for some in portions([one.entry.id for one in changed]):
        chosen = sql.select(kept.entry_id, kept.valid_from).where(kept.entry_id.in_(some), kept.valid_to == 0)
        for entry_id, valid_from in connection.execute(chosen):
            begins[entry_id] = max(
                at, valid_from
            )  # a run that catches up on a missed week looks from before the last one
    ends = (
        sql.update(tables.knowledge_versions)
        .where(kept.entry_id == sql.bindparam("the_entry"), kept.valid_to == 0)
        .values(valid_to=sql.bindparam("the_end"))
    )
    rows = [{"the_entry": one.entry.id, "the_end": begins.get(one.entry.id, at)} for one in changed]
    connection.execute(ends, rows)
    connection.execute(
        sql.insert(tables.knowledge_versions),
        [_version(one, document, begins.get(one.entry.id, at), now) for one, document in pairs],
    )
    _put_systems(session, [one.entry for one in changed], at)


def versions(session: "Session", entry_id: str) -> list[Version]:
    """Every version of the entry, oldest first."""
    kept = tables.knowledge_versions.c
    chosen = sql.select(kept.version, kept.valid_from, kept.valid_to, kept.recorded_at, kept.document)
    rows = session.connection().execute(chosen.where(kept.entry_id == entry_id).order_by(kept.version))
    return [Version(*row) for row in rows]


def as_they_stood(session: "Session", at: int) -> Iterator[KnowledgeEntry]:
    """Every entry that there was at that moment (microseconds since 1970), as it stood, expired or not, in no order."""
    kept = tables.knowledge_versions.c
    rows = session.connection().execute(sql.select(kept.document).where(*_standing(at)))
    return (KnowledgeEntry.model_validate(document) for document in rows.scalars())


def everything(session: "Session") -> Iterator[KnowledgeEntry]:
    """Every entry as it stands, expired and superseded ones too, in the order of ids."""
    rows = tables.knowledge.c
    chosen = sql.select(rows.document).order_by(sql.func.length(rows.entry_id), rows.entry_id)
    return (KnowledgeEntry.model_validate(document) for document in session.connection().execute(chosen).scalars())


def ids_like(session: "Session", typed: str, limit: int) -> list[str]:
    """Ids of entries that begin so, the newest first."""
    rows = tables.knowledge.c
    chosen = sql.select(rows.entry_id).where(rows.entry_id.istartswith(typed, autoescape=True))
    newest = chosen.order_by(sql.func.length(rows.entry_id).desc(), rows.entry_id.desc()).limit(limit)
    return list(session.connection().execute(newest).scalars())


def id_order(entry_id: str) -> tuple[int, str]:
    """By which ids are put in order."""
    return len(entry_id), entry_id


def _standing(at: int) -> "list[ColumnElement[bool]]":
    kept = tables.knowledge_versions.c
    return [kept.valid_from <= at, sql.or_(kept.valid_to == 0, kept.valid_to > at)]


def _put_systems(session: "Session", entries: Sequence[KnowledgeEntry], at: int) -> None:
    """Every system that these are of use to is known as one; those that they no longer are of use to, and that never
    answered, are not."""
    systems, connection = tables.knowledge_systems, session.connection()
    known: dict[str, dict[str, str]] = {}
    for some in portions([one.id for one in entries]):
        chosen = sql.select(systems.c.entry_id, systems.c.system_id, systems.c.decision)
        for entry_id, system_id, decision in connection.execute(chosen.where(systems.c.entry_id.in_(some))):
            known.setdefault(entry_id, {})[system_id] = decision
    fresh: list[dict[str, Any]] = []
    gone: list[dict[str, str]] = []
    told: list[dict[str, str]] = []
    for entry in entries:
        there = known.get(entry.id, {})
        said = dict.fromkeys(entry.declined_by, "DECLINE") | dict.fromkeys(entry.adopted_by, "ADOPT")
        concerned = (one for one in dict.fromkeys((*entry.applicable_to, *said)) if one not in there)
        new = {"entry_id": entry.id, "since": at, "answered_at": 0, "proposal_id": "", "outcome": {}}
        # that it was answered elsewhere, when nobody knows here
        fresh += [{**new, "system_id": one, "decision": said.get(one, "")} for one in concerned]
        told += [
            {"the_entry": entry.id, "the_system": one, "said": decision}
            for one, decision in said.items()
            if there.get(one) == ""
        ]
        out = [one for one, decision in there.items() if not decision and one not in (*entry.applicable_to, *said)]
        gone += [{"the_entry": entry.id, "the_system": one} for one in out]
    if fresh:
        connection.execute(sql.insert(systems), fresh)
    one = [systems.c.entry_id == sql.bindparam("the_entry"), systems.c.system_id == sql.bindparam("the_system")]
    if told:
        connection.execute(sql.update(systems).where(*one).values(decision=sql.bindparam("said")), told)
    if gone:
        connection.execute(sql.delete(systems).where(*one, systems.c.proposal_id == ""), gone)


def _searched_columns() -> "Select[Any]":
    rows = tables.knowledge.c
    return sql.select(
        rows.entry_id,
        rows.revision,
        rows.type,
        rows.status,
        rows.expires,
        rows.strength,
        rows.created,
        *(
            sql.func.coalesce(rows.document[name].as_string(), "")
            for name in ("title", "description", "error_category", "approach", "suggested_adaptation")
        ),
    )


def _load(session: "Session", chosen: "Sequence[ColumnElement[bool]]") -> list[Stored]:
    rows = tables.knowledge.c
    found = session.connection().execute(sql.select(rows.fingerprint, rows.document, rows.life).where(*chosen))
    return [Stored(row[0], KnowledgeEntry.model_validate(row[1]), row[2]) for row in found]


def _row(one: Stored, document: JsonObject, revision: int) -> dict[str, Any]:
    entry = one.entry
    return {
        "entry_id": entry.id,
        "fingerprint": one.fingerprint,
        "type": entry.type.value,
        "status": entry.status.value,
        "source_system": entry.source_system,
        "created": microseconds(entry.created + "T00:00:00Z"),
        "expires": microseconds(entry.expires + "T00:00:00Z"),
        "version": entry.version,
        "strength": entry.e_value or 0.0,
        "revision": revision,
        "document": document,
        "life": one.life,
    }


def _version(one: Stored, document: JsonObject, at: int, now: int) -> dict[str, Any]:
    number = {"entry_id": one.entry.id, "version": one.entry.version}
    return {**number, "valid_from": at, "valid_to": 0, "recorded_at": now, "document": document}


def _document(entry: KnowledgeEntry) -> JsonObject:
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
