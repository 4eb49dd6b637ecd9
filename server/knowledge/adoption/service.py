"""Adoption of shared entries: systems answer, proposals tie themselves, and who is to be reminded is known (LRN-5)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from server.knowledge.adoption.answering import (
    answering_system,
    expect_answerable,
    expect_renewable,
    renewing_system,
)
from server.knowledge.adoption.attention import PERIOD, needing_attention
from server.knowledge.adoption.recording import keep, recorded
from server.knowledge.adoption.reminding import MOST, directives_for
from server.knowledge.adoption.retesting import keep_findings
from server.knowledge.boundary.allowed import shared
from server.knowledge.boundary.kept_back import findings_of, fingerprint_of
from server.knowledge.entries.addresses import no_such_entry, plain_id, uris_of
from server.knowledge.entries.life import renewed
from server.model.base import JsonObject
from server.model.finding import FindingKind
from server.model.knowledge import KnowledgeEntry, Response, Transfer
from server.model.moments import at_microseconds, moment_of, to_wire
from server.model.progress import Progress, unwatched
from server.storage import adoption, findings, idempotency, knowledge, proposals
from server.storage.knowledge import Stored

if TYPE_CHECKING:
    from server.registry.service import RegistryService
    from server.storage.database import Database
    from server.storage.session import Session

_SHORT = 240
"""Characters of an adaptation in a briefing."""


class Answered(NamedTuple):
    """What a system has said of an entry, and what has become of that."""

    entry_id: str
    system_id: str
    decision: str
    entry_status: str


class Adoption:
    """Answers to the shared entries of one database, and what they led to. Safe to use from several threads."""

    def __init__(
        self,
        database: "Database",
        registry: "RegistryService",
        *,
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
    ) -> None:
        """`changed` is told the URIs of what an answer or a measurement changed, once it is durable."""
        self._database = database
        self._registry = registry
        self._changed = changed

    def respond(
        self,
        entry_id: str,
        system_id: str,
        decision: Response,
        *,
        reason: str = "",
        proposal_id: str = "",
        caller: str,
        now: datetime,
        idempotency_key: str = "",
    ) -> Answered:
        """The system has adopted or declined the entry, or renewed it; a later answer counts instead, and all are kept.

        Of the reason stands what crosses the boundary. Raises NotFound, InvalidArgument, NotAllowed (a system answers only for
        itself, and renews what it taught itself), Refused for what can't be answered any more, IdempotencyMismatch.
        """
        touched: list[str] = []
        arguments = {
            "entry_id": entry_id,
            "system_id": system_id,
            "decision": decision.value,
            "reason": reason,
            "proposal_id": proposal_id,
        }

        def answer(session: "Session") -> JsonObject:
            found, changed = self._answer(session, arguments, decision, caller, now)
            touched[:] = changed
            return found

        def transaction(session: "Session") -> JsonObject:
            touched.clear()
            return idempotency.once(
                session,
                caller,
                "respond_to_knowledge",
                idempotency_key,
                arguments,
                now=to_wire(now),
                do=lambda: answer(session),
            )

        told = self._database.write(transaction)
        if touched:
            self._changed(uris_of(touched))
        return Answered(**told)

    def _answer(
        self, session: "Session", said: Mapping[str, str], decision: Response, caller: str, now: datetime
    ) -> tuple[JsonObject, list[str]]:
        """What is answered, and the ids of the entries that are otherwise since."""
        knowledge.take_turn(session)
        registry, at = self._registry.standing(session), _at(now)
        stored = _stored(session, said["entry_id"])
        if decision is Response.RENEW:
            return _renew(session, stored, renewing_system(registry, stored.entry, said["system_id"], caller), at)
        system_id = answering_system(registry, said["system_id"], caller, stored.entry.applicable_to)
        expect_answerable(stored.entry, system_id, at)
        before = adoption.of(session, stored.entry.id, system_id)
        crossed = shared("answer", said)
        proposal_id = _tied(session, crossed.texts["proposal_id"], system_id)
        proposal_id = proposal_id or (before.proposal_id if before else "")
        transfer = Transfer(
            system=system_id,
            decision=decision,
            at=to_wire(now)[:10],
            reason=crossed.texts["reason"],
            proposal_id=_shown_id(session, proposal_id),
        )
        fresh = recorded(session, stored.entry, transfer, before, proposal_id, registry, actor=caller, at=at)
        keep(session, [(stored, fresh)], at)
        if crossed.withheld or said["reason"].strip() or before is None or before.decision != decision.value:
            kept_back = [(system_id, member, kind) for member, kind in crossed.withheld]
            known = [fingerprint_of(system_id, member, fresh.id) for member in crossed.texts]
            wanted = findings_of(kept_back, answering=fresh.id)
            findings.sync(session, wanted, now=to_wire(now), fingerprints=known)
        return _told(fresh, system_id, decision), [fresh.id] if fresh is not stored.entry else []

    def tie(self, session: "Session", knowledge_id: str, system_id: str, proposal_id: str) -> str:
        """The entry's id as it is written, after the proposal was tied to it for that system; it is no adoption yet.

        Without a proposal id only the entry is looked up. Raises NotFound where there is no such entry.
        """
        stored = _stored(session, knowledge_id, path="/knowledge_id")
        known = adoption.of(session, stored.entry.id, system_id) if proposal_id else None
        if known is not None and not known.decision and known.proposal_id != proposal_id:
            adoption.put_standing(session, [replace(known, proposal_id=proposal_id)])
        return stored.entry.id

    def ended(self, system_id: str, now: datetime) -> None:
        """Where a proposal of the system that comes from an entry was promoted or turned down, that is its answer to it.

        It says nothing twice, nor against a later answer; what its figures show is told at once.
        """
        if self._database.read(lambda session: adoption.has_proposed(session, system_id)):
            self._measure(now, unwatched, system_id)

    def measure(self, now: datetime, progress: Progress = unwatched) -> JsonObject:
        """Each adoption says what its adopter's reports show since: {adoptions, measured, improved, unchanged, harmed, changed[]}.

        What did harm asks for a retest of its entry. Said again on the same reports, it changes nothing.
        """
        return self._measure(now, progress, "")

    def _measure(self, now: datetime, progress: Progress, system_id: str) -> JsonObject:
        from server.knowledge.adoption.measuring import measured

        def transaction(session: "Session") -> JsonObject:
            knowledge.take_turn(session)
            return measured(session, self._registry.standing(session), _at(now), progress, system_id=system_id)

        summary = self._database.write(transaction)
        if summary["changed"]:
            self._changed(uris_of(summary["changed"]))
        return summary

    def attention(self, now: datetime) -> list[JsonObject]:
        """{system, reason} for each live system that has left three or more entries unanswered for 30 days (LRN-5).

        And for each whose entries did harm to others and are yet to be tested again.
        """
        at = _at(now)

        def look(session: "Session") -> tuple[list[adoption.Waiting], list[tuple[str, str]]]:
            open_ = adoption.waiting(session, now=at, since=at - PERIOD)
            asked = findings.open_of_kind(session, FindingKind.RETEST_NEEDED)
            return open_, [(one.system_id, one.subject) for one in asked]

        rows, retests = self._database.read(look)
        with self._registry.reading() as registry:

            def has_engine(system_id: str) -> bool | None:
                stored = registry.live(system_id)
                return None if stored is None else stored.system.evolution_engine

            waiting = [(one.system_id, one.since) for one in rows]
            return needing_attention(waiting, now=at, has_engine=has_engine, retests=retests)

    def proposed(self, system_id: str) -> dict[str, str]:
        """By entry the proposal that the system has made of it, where it has not answered yet."""
        rows = self._database.read(lambda session: adoption.adopting(session, system_id))
        return {one.entry_id: one.proposal_id for one in rows if one.proposal_id and not one.decision}

    def directives(self, system_id: str, now: datetime) -> list[JsonObject]:
        """What the system is told with its reports: {id, kind, proposal_id, text}; retests first, then a few unanswered entries."""
        at = _at(now)
        rows = self._database.read(
            lambda session: adoption.reminders(session, system_id, now=at, most=MOST),
        )
        if not rows:
            return []
        with self._registry.reading() as registry:
            stored = registry.live(system_id)
            return directives_for(rows, has_engine=stored is not None and stored.system.evolution_engine)

    def lessons(self, system_id: str, now: datetime) -> list[JsonObject]:
        """What the system may use and has not answered yet, the strongest first.

        {id, type, title, because, suggested_adaptation}, and `reported_by` and `retest` where there are such.
        """
        documents = self._database.read(lambda session: adoption.lessons(session, system_id, now=_at(now)))
        return [_lesson(KnowledgeEntry.model_validate(one), system_id) for one in documents]


def _renew(session: "Session", stored: Stored, system_id: str, at: int) -> tuple[JsonObject, list[str]]:
    """The entry holds for 90 more days, and no retest of it is asked for any more. Raises Refused where it is superseded."""
    expect_renewable(stored.entry)
    after = renewed(stored.entry, at_microseconds(at)[:10])
    changed = keep(session, [(stored, after)], at)
    keep_findings(session, [after], at_microseconds(at))
    return _told(after, system_id, Response.RENEW), changed


def _told(entry: KnowledgeEntry, system_id: str, decision: Response) -> JsonObject:
    return {
        "entry_id": entry.id,
        "system_id": system_id,
        "decision": decision.value,
        "entry_status": entry.status.value,
    }


def _stored(session: "Session", named: str, path: str = "/entry_id") -> Stored:
    """The entry of that id, in whatever case it was typed. Raises NotFound."""
    entry_id = plain_id(named)
    stored = knowledge.load(session, entry_id) or knowledge.load(session, entry_id.upper())
    if stored is None:
        raise no_such_entry(named, path=path)
    return stored


def _tied(session: "Session", named: str, system_id: str) -> str:
    """The proposal's id as it is kept. Raises NotAllowed for another system's proposal."""
    from server.errors import NotAllowed

    proposal_id = named.strip().removeprefix("concord://proposals/")
    found = proposals.get(session, proposal_id.upper()) if proposal_id else None
    if found is None:
        return proposal_id
    if found.source_system != system_id:
        raise NotAllowed(
            f"{found.proposal_id} is not a proposal of {system_id}.",
            path="/proposal_id",
            hint="Name the system's own proposal, or leave it out.",
        )
    return found.proposal_id


def _shown_id(session: "Session", proposal_id: str) -> str:
    """The id for others to see: that a system works on a draft is nobody's business (LRN-10)."""
    found = proposals.get(session, proposal_id) if proposal_id else None
    return "" if found is not None and found.private else proposal_id


def _lesson(entry: KnowledgeEntry, system_id: str) -> JsonObject:
    row = next((one for one in entry.applicability if one.system == system_id), None)
    because: Sequence[str] = row.because if row is not None else ()
    adaptation = (row.adaptation if row is not None else "") or entry.suggested_adaptation
    told: JsonObject = {
        "id": entry.id,
        "type": entry.type.value,
        "title": entry.title,
        "because": " ".join(because) or entry.applicability_reasoning[:_SHORT],
        "suggested_adaptation": adaptation if len(adaptation) <= _SHORT else f"{adaptation[: _SHORT - 1]}…",
    }
    if entry.reported_by:
        told["reported_by"] = entry.reported_by
    if entry.retest:
        told["retest"] = f"It did harm to {', '.join(one.system for one in entry.retest[:5])}."
    return told


def _at(now: datetime) -> int:
    return moment_of(now)
