"""One synthesis from beginning to end: gather what systems reported, see what others can use of it, and let entries live on."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from server.knowledge.adoption.retesting import keep_findings
from server.knowledge.boundary.kept_back import ANSWERING, findings_of
from server.knowledge.entries.days import is_expired
from server.knowledge.entries.life import Known, fingerprint_of, known_in, known_to_synthesis, merged
from server.knowledge.synthesis.analysed import analysed
from server.knowledge.synthesis.draft import Draft, Ranked
from server.knowledge.synthesis.ranking import A_WEEK
from server.knowledge.synthesis.taken_back import perhaps_resting_on, speaking_against, taken_back
from server.model.base import JsonObject
from server.model.finding import FindingKind, Observation
from server.model.knowledge import KnowledgeStatus
from server.model.moments import FIRST, at_microseconds, microseconds, moment_of, read_moment
from server.model.progress import Progress
from server.model.weeks import begin_of, end_of, week_of
from server.storage import findings, knowledge

if TYPE_CHECKING:
    from server.knowledge.gathering.facts import Facts
    from server.knowledge.gathering.gather import Gathered
    from server.patterns.likeness import Likeness
    from server.registry.map import RegistryMap
    from server.registry.service import RegistryService
    from server.storage.database import Database
    from server.storage.session import Session


T = TypeVar("T")


class Reading(Protocol):
    """Whatever asks the database."""

    def __call__(self, query: "Callable[[Session], T]", /) -> T:
        """What the query finds."""
        ...


LOOK_BACK = timedelta(days=30)
"""Outcomes that a synthesis rests on, where nothing else is asked for."""
ACTIVE_WITHIN = timedelta(days=30)
"""Errors that make a category active elsewhere, counted back from the end of what is looked at (LRN-1)."""
_LOOKS = 3
"""How often facts are looked at in one synthesis: an entry that is new may say the opposite of another."""
_TRIES = 3
"""How often that is done beside the others' work, before they have to wait for it."""
_STEPS = 4


@dataclass(frozen=True)
class Span:
    """What is looked at: outcomes in [since, until), microseconds since 1970."""

    since: int
    until: int
    at: int
    """As of when entries are judged, and from when on what becomes of them holds."""
    recorded_at: int
    usual: bool = True
    """Whether nobody asked for another time."""

    @property
    def day(self) -> str:
        """The day of the run."""
        return at_microseconds(self.at)[:10]


class Outcome(NamedTuple):
    """What became of a synthesis."""

    summary: JsonObject
    changed: tuple[str, ...]
    """Ids of the entries that are new or otherwise than before."""


class Synthesis:
    """Synthesises in one database. Two at once, in whatever processes, come to what one after the other would."""

    def __init__(self, database: "Database", registry: "RegistryService", likeness: Callable[[], "Likeness"]) -> None:
        """`likeness` says which texts mean the same; it is asked for when it is needed."""
        self._database = database
        self._registry = registry
        self._likeness = likeness

    def run(self, now: datetime, progress: Progress, *, since: str, until: str, at: datetime | None = None) -> Outcome:
        """Every entry is as the outcomes of that time show it, all of it or nothing. Raises ValueError for a wrong time."""
        began = time.perf_counter()
        span = span_of(now, since, until, at)
        progress(0, _STEPS, "Reading what systems promoted and rejected")
        outcome: Outcome | None = None
        for _ in range(_TRIES):
            found = self._look(span, progress)
            outcome = self._database.write(partial(self._store, found=found, span=span))
            if outcome is not None:  # else somebody was faster: the facts name other entries now
                break
        outcome = outcome or self._database.write(partial(self._look_and_store, span=span))
        progress(_STEPS, _STEPS, "Done")
        return Outcome({**outcome.summary, "seconds": round(time.perf_counter() - began, 3)}, outcome.changed)

    def _look(self, span: Span, progress: Progress) -> "_Found":
        """What follows from the facts as they stand, while nobody has to wait for it."""
        with self._registry.reading() as registry:
            revision, gathered = self._database.read(
                lambda session: (knowledge.revision(session), self._gather(session, registry, span))
            )
        progress(1, _STEPS, "Looking for what others can use")
        work = self._work(self._database.read, gathered, span)
        progress(2, _STEPS, "Storing what was learned")
        return _Found(revision, gathered, work)

    def _gather(self, session: "Session", registry: "RegistryMap", span: Span) -> "Gathered":
        from server.knowledge.gathering.gather import gather
        from server.patterns.members import naming

        name = naming(registry, self._registry.canonical)
        active = min(span.until, span.at) - ACTIVE_WITHIN // timedelta(microseconds=1)
        return gather(session, span.since, span.until, registry, name, activity_since=active)

    def _synthesise(self, facts: "Facts") -> Sequence[Draft]:
        from server.knowledge.synthesis.together import synthesise

        return synthesise(facts, self._likeness())

    def _work(self, read: "Reading", gathered: "Gathered", span: Span) -> "_Work":
        """What the facts make of the entries, seen again until nothing more follows from what is new."""
        work = _Work(read, gathered.facts, span)
        work.take(self._synthesise(gathered.facts))
        for _ in range(_LOOKS - 1):
            if not work.is_other_than_known:
                break
            work.take(self._synthesise(work.facts_with_what_is_new()))
        work.look_back()
        return work

    def _store(self, session: "Session", found: "_Found", span: Span) -> Outcome | None:
        """In one transaction, in which nobody else changes shared knowledge; None where somebody has since it was read."""
        knowledge.take_turn(session)
        if knowledge.revision(session) != found.revision:
            return None
        _say_what_was_kept_back(session, found.gathered, span)
        return found.work.stored(session, found.gathered)

    def _look_and_store(self, session: "Session", span: Span) -> Outcome:
        """All of it in one transaction: others were faster too often."""
        knowledge.take_turn(session)
        gathered = self._gather(session, self._registry.standing(session), span)
        work = self._work(lambda query: query(session), gathered, span)
        _say_what_was_kept_back(session, gathered, span)
        return work.stored(session, gathered)


class _Work:
    """The entries of a synthesis on their way from how they were stored to how they are."""

    def __init__(self, read: "Reading", facts: "Facts", span: Span) -> None:
        """`read` asks the database; until it is stored, nothing of it may be otherwise than it was read."""
        self._ask, self._facts, self._span = read, facts, span
        taken, self._newest_id = read(lambda session: (_taken(session, span.at), knowledge.newest_number(session)))
        self._places = max(0, A_WEEK - taken)
        self._stored: dict[str, Known] = {}
        """By fingerprint, as they were read."""
        self._now: dict[str, Known] = {}
        self._ranked: dict[str, Ranked] = {}
        self.is_other_than_known = False
        """Whether entries came about, or were superseded, that the drafts knew nothing of."""

    def take(self, drafts: Iterable[Draft]) -> None:
        """What the drafts make of the entries that there are, and of those that there is room for this week."""
        from server.knowledge.synthesis.ranking import ranked

        drafts = list(drafts)
        self._read(drafts)
        places = {self._print_of(one): one for one in drafts}
        there = {(one.type.value, one.key) for name, one in places.items() if name in self._now}
        ranks = {self._print_of(one.draft): one for one in ranked(drafts, self._places, known=there)}
        for name, one in ranks.items():
            self._ranked.setdefault(name, one)
        entering = [one for one in ranks.values() if one.enters]
        new = [name for one in entering if (name := self._print_of(one.draft)) not in self._now]
        numbers = self._ask(lambda session: knowledge.free_numbers(session, self._newest_id, len(new))) if new else []
        ids = {name: knowledge.id_of(number) for number, name in zip(numbers, new, strict=True)}
        self._newest_id = numbers[-1] if numbers else self._newest_id
        self._places -= len(new)
        before = self._now
        self._now = merged(
            before,
            [(self._print_of(one.draft), one.draft) for one in entering],
            ids,
            day=self._span.day,
            at=self._span.at,
            gone=self._gone(before),
        )
        self.is_other_than_known = bool(new) or any(
            one.entry.status is KnowledgeStatus.SUPERSEDED and before[name].entry.status is not one.entry.status
            for name, one in self._now.items()
            if name in before
        )

    def look_back(self) -> None:
        """Entries of which the source tells otherwise by now what they rest on ask for a retest."""
        against = speaking_against(self._facts.outcomes)
        known = perhaps_resting_on(self._facts.known, against)
        self._remember(self._ask(lambda session: list(knowledge.load_all(session, known).values())))
        self._now = {name: taken_back(one, against) for name, one in self._now.items()}

    def facts_with_what_is_new(self) -> "Facts":
        """The facts, with the entries as they are now."""
        known = {one.entry_id: one for one in self._facts.known}
        for name, one in self._now.items():
            known[one.entry.id] = known_to_synthesis(name, one)
            if one.entry.status is KnowledgeStatus.SUPERSEDED:
                del known[one.entry.id]
        ordered = sorted(known.values(), key=lambda one: knowledge.id_order(one.entry_id))
        self._facts = replace(self._facts, known=tuple(ordered))
        return self._facts

    def stored(self, session: "Session", gathered: "Gathered") -> Outcome:
        """What came of it stands in the database, each changed entry with a new version, and is summed up."""
        new = {name: one for name, one in self._now.items() if name not in self._stored}
        changed = {
            name: replace(one, entry=one.entry.model_copy(update={"version": before.entry.version + 1}))
            for name, before in self._stored.items()
            if (one := self._now[name]) != before
        }
        span = self._span
        if new or changed:
            knowledge.reserve(session, self._newest_id)
            written = {
                "at": span.at,
                "now": span.recorded_at,
                "revision": knowledge.next_revision(session),
            }
            knowledge.insert(session, _rows(new), **written)
            knowledge.save(session, _rows(changed), **written)
            harmful = [one.entry for one in (*new.values(), *changed.values()) if one.entry.retest]
            keep_findings(session, harmful, at_microseconds(span.recorded_at))
        ids = sorted((one.entry.id for one in (*new.values(), *changed.values())), key=knowledge.id_order)
        return Outcome(self._summary(session, gathered, list(new.values()), list(changed.values())), tuple(ids))

    def _summary(
        self, session: "Session", gathered: "Gathered", new: Sequence[Known], changed: Sequence[Known]
    ) -> JsonObject:
        outcomes = gathered.facts.outcomes
        left = [one for name, one in self._ranked.items() if not one.enters and name not in self._now]
        return {
            "since": at_microseconds(self._span.since),
            "until": at_microseconds(self._span.until),
            "analysed": analysed(outcomes, [one.draft for one in self._ranked.values()]),
            "new": [_brief(one) for one in sorted(new, key=_by_id)],
            "changed": [one.entry.id for one in sorted(changed, key=_by_id)],
            "left_out": [
                {"rank": one.rank, "title": one.draft.title, "reason": one.reason}
                for one in sorted(left, key=lambda one: one.rank)
            ],
            "expired": knowledge.expired(session, self._span.at),
            "withheld": len(gathered.withheld),
        }

    def _read(self, drafts: Sequence[Draft]) -> None:
        """The entries that the drafts are of, and those that they name, as they are stored."""
        prints = {fingerprint_of(one) for one in drafts} | {one.key for one in drafts}
        named = {other for one in drafts for other in (*one.supersedes, *one.contradicts)}

        def read(session: "Session") -> list[knowledge.Stored]:
            by_print = knowledge.by_fingerprint(session, sorted(prints - self._stored.keys()))
            return [*by_print.values(), *knowledge.load_all(session, sorted(named)).values()]

        self._remember(self._ask(read))

    def _remember(self, stored: Iterable[knowledge.Stored]) -> None:
        """These are known as they are stored, unless they are known already."""
        for one in stored:
            if one.fingerprint not in self._stored and one.fingerprint not in self._now:
                known = known_in(one.entry, one.life)
                self._stored[one.fingerprint] = self._now[one.fingerprint] = known

    def _print_of(self, draft: Draft) -> str:
        """The fingerprint of the draft's entry: an imported one is known by its id."""
        imported = self._now.get(draft.key)
        if imported is not None and imported.entry.id == draft.key and imported.entry.type is draft.type:
            return draft.key
        return fingerprint_of(draft)

    def _gone(self, known: Mapping[str, Known]) -> set[str]:
        concerned = {system for one in known.values() for system in one.entry.applicable_to}
        return concerned - self._facts.members.keys()


class _Found(NamedTuple):
    """What follows from the facts, and where shared knowledge stood when they were gathered."""

    revision: int
    gathered: "Gathered"
    work: _Work


def _taken(session: "Session", at: int) -> int:
    """How many places of the week are taken."""
    return knowledge.synthesised_between(session, *_week(at))


def _say_what_was_kept_back(session: "Session", gathered: "Gathered", span: Span) -> None:
    """Findings tell whose texts did not cross; a look at the usual time closes those of which that is no longer so."""
    wanted = findings_of(gathered.withheld)
    known = findings.open_of_kind(session, FindingKind.TEXT_WITHHELD) if span.usual else []
    if wanted or known:
        standing = _answers_that_stand(session, known, span.at)
        fingerprints = [one.fingerprint for one in known if one.fingerprint not in standing]
        findings.sync(session, wanted, now=at_microseconds(span.recorded_at), fingerprints=fingerprints)


def _answers_that_stand(session: "Session", known: Iterable["Observation"], at: int) -> set[str]:
    """Fingerprints of those about an answer to an entry that can still be answered: only another answer closes them."""
    entries = {one.fingerprint: str(one.details[ANSWERING]) for one in known if ANSWERING in one.details}
    stored = knowledge.load_all(session, sorted(set(entries.values())))
    open_ = {
        entry_id
        for entry_id, one in stored.items()
        if one.entry.status is not KnowledgeStatus.SUPERSEDED and not is_expired(one.entry.expires, at)
    }
    return {fingerprint for fingerprint, entry_id in entries.items() if entry_id in open_}


def span_of(now: datetime, since: str, until: str, at: datetime | None = None) -> Span:
    """What is looked at: the last 30 days where nothing is said, and with them what was told at this very moment.

    Raises ValueError for a time that is not ISO 8601.
    """
    recorded = moment_of(now)
    present = recorded if at is None else moment_of(at)
    end = min(present, microseconds(read_moment(until))) if until else present + 1
    usual = max(FIRST, min(end, present) - LOOK_BACK // timedelta(microseconds=1))
    begin = microseconds(read_moment(since)) if since else usual
    return Span(begin, end, present, recorded, usual=not (since or until or at))


def _week(at: int) -> tuple[int, int]:
    """The first and the last moment of the week of a moment."""
    week = week_of(at)
    return begin_of(week), end_of(week)


def _rows(entries: Mapping[str, Known]) -> list[knowledge.Stored]:
    ordered = sorted(entries.items(), key=lambda one: _by_id(one[1]))
    return [knowledge.Stored(name, one.entry, one.document()) for name, one in ordered]


def _brief(known: Known) -> JsonObject:
    return {"id": known.entry.id, "type": known.entry.type.value, "title": known.entry.title}


def _by_id(known: Known) -> tuple[int, str]:
    return knowledge.id_order(known.entry.id)
