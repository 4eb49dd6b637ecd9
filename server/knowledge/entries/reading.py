"""Shared entries as they are read: found by what is asked for, opened with their versions, now or as of a moment."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from server.knowledge.entries.addresses import no_such_entry, plain_id
from server.knowledge.entries.days import is_expired, moment_asked_for
from server.model.knowledge import KnowledgeEntry, KnowledgeStatus
from server.model.moments import at_microseconds
from server.storage import knowledge

if TYPE_CHECKING:
    from server.storage.session import Session

ANY = "ALL"
"""A status to find by: everything, expired and superseded entries too."""
EXPIRED = "EXPIRED"
"""A status to find by: what is hidden because its 90 days are over."""


class Wanted(NamedTuple):
    """What entries are asked for; empty means any."""

    system_id: str = ""
    """Those of use to it that it has not answered."""
    kind: str = ""
    status: str = ""
    """Empty: those that are current; else current ones in it, `ALL` or `EXPIRED`."""

    def takes(self, entry: KnowledgeEntry, at: int) -> bool:
        """Whether the entry as it stood at that moment is asked for."""
        if self.kind and entry.type.value != self.kind:
            return False
        if self.system_id and not self._waits_for_the_system(entry):
            return False
        expired, superseded = is_expired(entry.expires, at), entry.status is KnowledgeStatus.SUPERSEDED
        if self.status == ANY:
            return True
        if self.status == EXPIRED:
            return expired and not superseded
        return not expired and (entry.status.value == self.status if self.status else not superseded)

    def _waits_for_the_system(self, entry: KnowledgeEntry) -> bool:
        answered = {*entry.adopted_by, *entry.declined_by}
        in_question = bool(self.status) or entry.status is KnowledgeStatus.ACTIVE
        return self.system_id in entry.applicable_to and self.system_id not in answered and in_question


class EntryVersion(NamedTuple):
    """An entry as it stood for a time."""

    version: int
    valid_from: str
    valid_to: str
    """Empty: it stands."""
    recorded_at: str
    changed: tuple[str, ...]
    """Members that are otherwise than in the version before, by name; of the first all that it has."""
    entry: KnowledgeEntry


class Opened(NamedTuple):
    """An entry with its versions up to the moment it was asked for, oldest first."""

    entry: KnowledgeEntry
    versions: tuple[EntryVersion, ...]


def stood_then(session: "Session", as_of: str, wanted: Wanted) -> list[KnowledgeEntry]:
    """The entries asked for as they stood then, the strongest first, then the newest, then by id. Raises InvalidArgument."""
    at = moment_asked_for(as_of)
    return sorted((one for one in knowledge.as_they_stood(session, at) if wanted.takes(one, at)), key=_strongest_first)


def opened(session: "Session", entry_id: str, as_of: str) -> Opened:
    """The entry with its versions, whatever its status, expired or not. Raises NotFound, InvalidArgument."""
    at = moment_asked_for(as_of) if as_of else None
    typed = plain_id(entry_id)
    known = knowledge.versions(session, typed) or knowledge.versions(session, typed.upper())
    told = _told([one for one in known if at is None or one.valid_from <= at])
    if not told:
        raise no_such_entry(entry_id, when=as_of.strip()[:40] if known else "")
    return Opened(told[-1].entry, told)


def by_likeness(query: str, entries: Sequence[KnowledgeEntry]) -> list[tuple[KnowledgeEntry, float]]:
    """Those that share a term with the query, the likest first, each with its score from 0 to 1.

    For entries as they once stood, which no index is kept of.
    """
    from server.knowledge.similarity.index import LexicalIndex

    index = LexicalIndex(_searched(one) for one in entries)
    return [(entries[hit.text], hit.score) for hit in index.search(query, len(entries))]


def _told(known: Iterable[knowledge.Version]) -> tuple[EntryVersion, ...]:
    told: list[EntryVersion] = []
    before: dict[str, object] = {}
    for one in known:
        names = {*one.document, *before} - {"version"}
        changed = tuple(sorted(name for name in names if one.document.get(name) != before.get(name)))
        until = at_microseconds(one.valid_to) if one.valid_to else ""
        since, recorded = at_microseconds(one.valid_from), at_microseconds(one.recorded_at)
        told.append(EntryVersion(one.version, since, until, recorded, changed, one.entry))
        before = one.document
    return tuple(told)


def _searched(entry: KnowledgeEntry) -> str:
    words = (entry.description, entry.error_category, entry.approach, entry.suggested_adaptation)
    return "\n".join((entry.title, entry.title, *words))


def _strongest_first(entry: KnowledgeEntry) -> tuple[float, int, tuple[int, str]]:
    newest = -int(entry.created.replace("-", ""))
    return -(entry.e_value or 0.0), newest, knowledge.id_order(entry.id)
