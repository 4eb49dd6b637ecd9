"""Proposals as the surfaces use them: submit and revise (the check runs in the same call), decide, and see where one stands."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from server.clock import to_wire
from server.conflicts.asked import resolve
from server.conflicts.service import ConflictService, Judged
from server.conflicts.verdict import summary_of
from server.errors import ConcordError, InvalidArgument, NotFound, StorageError
from server.knowledge.warnings.rejected_before import Words
from server.model.base import JsonObject
from server.model.change import Change
from server.model.check import check_document, of_proposal
from server.model.finding import FindingKind
from server.model.proposal import IN_FLIGHT, CheckMade, Proposal, ProposalState
from server.proposals.asking import WAITING, asked_by_finding, fingerprints
from server.proposals.beside import beside_now
from server.proposals.deciding import Saying, decided
from server.proposals.directives import MOST, directives_for
from server.proposals.drafting import Wish, expect_version, first_version, next_version, nothing_changes
from server.proposals.in_flight import ProposalsInFlight
from server.proposals.lessons import Lessons, NoLessons, answers_an_entry, tied
from server.proposals.lifecycle import AFTER_CHECK, REVISE, follow, moves_from, told_where_it_stands
from server.proposals.parties import still_asked
from server.proposals.plan import Step, plan_of
from server.proposals.standing import allowed_for, full_document, others_first, unmet
from server.registry.map import RegistryMap
from server.registry.naming import find_system
from server.registry.service import RegistryService
from server.storage import checks, findings, idempotency, proposals

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

_NO_LESSONS = NoLessons()


@dataclass(frozen=True)
class _Ahead:
    """A submission judged before its transaction began, and what it was judged on."""

    proposals_revision: int
    registry_revision: int
    judged: Judged


class ProposalService:
    """The proposals of one database. Safe to use from several threads and processes."""

    def __init__(
        self,
        database: "Database",
        registry: RegistryService,
        conflicts: ConflictService,
        in_flight: ProposalsInFlight,
        *,
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
        lessons: Lessons = _NO_LESSONS,
    ) -> None:
        """`changed` is told the URIs of what a write changed, once it is durable.

        `lessons` knows the shared entries that proposals come from.
        """
        self._lessons = lessons
        self._database = database
        self._registry = registry
        self._conflicts = conflicts
        self._in_flight = in_flight
        self._changed = changed
        self._holding: dict[str, bool] = {}
        """Whether a check, by its id, holds in the registry of that revision; asked for while it is being read."""
        self._holding_at = -1

    def submit(
        self, wish: Wish, *, caller: str, now: datetime, expected_version: int = 0, idempotency_key: str = ""
    ) -> JsonObject:
        """{proposal_id, version, state, check}: the proposal, or its next version, stands as sent; submitted, it is checked.

        State, check, conflict log and findings are stored together or not at all. Raises InvalidArgument, NotFound (also for
        another system's draft), NotAllowed, StaleVersion, Refused in a state that can't be revised, IdempotencyMismatch.
        """
        changes = self._conflicts.read(wish.changes) if wish.changes else ()
        ahead = self._judged_ahead(wish, changes, caller, now)
        touched: list[str] = []

        def submission(session: "Session") -> JsonObject:
            revision = proposals.next_revision(session)
            registry = self._registry.standing(session)
            previous = _visible(session, wish.proposal_id, caller) if wish.proposal_id else None
            expect_version(previous, expected_version)
            fresh = self._fresh(registry, previous, wish, changes, caller, now)
            fresh = fresh.model_copy(update={"proposal_id": fresh.proposal_id or proposals.new_id(session)})
            fresh = tied(session, self._lessons, fresh)
            check: JsonObject = {}
            if fresh.state is not ProposalState.DRAFT:
                if ahead is not None and self._still_holds(session, ahead, revision, registry, now):
                    judged = ahead.judged
                else:
                    judged = self._judge(registry, fresh, caller, now, session)
                fresh, check = self._checked(session, fresh, judged, caller)
            self._store(session, registry, previous, fresh, now)
            touched[:] = _uris(previous, fresh)
            return _answer(fresh) | {"check": check}

        arguments = {**wish.arguments(), "expected_version": expected_version}
        return self._write(submission, "submit_proposal", arguments, caller, now, idempotency_key, touched)

    def decide(
        self,
        proposal_id: str,
        saying: Saying,
        *,
        caller: str,
        now: datetime,
        expected_version: int = 0,
        idempotency_key: str = "",
    ) -> JsonObject:
        """{proposal_id, version, state, unmet, allowed}: the decision stands, with what follows from it.

        Raises NotFound (also for another system's draft), NotAllowed for who may not say it, Refused in a state in which it
        can't be said, InvalidArgument, StaleVersion, IdempotencyMismatch.
        """
        changes = self._conflicts.read(saying.changes) if saying.changes else ()
        touched: list[str] = []
        ended: list[str] = []

        def decision(session: "Session") -> JsonObject:
            proposals.next_revision(session)
            registry = self._registry.standing(session)
            previous = _visible(session, proposal_id, caller)
            expect_version(previous, expected_version)
            steps = _kept(session, previous).steps
            left, after = decided(registry, previous, steps, saying, changes, caller, to_wire(now))
            if after is not previous:
                self._store(session, registry, left, after, now)
                touched[:] = _uris(previous, after)
            ended[:] = [after.source_system] if after is not previous and answers_an_entry(after) else []
            kept = _kept(session, after)
            return _answer(after) | {
                "unmet": unmet(registry, after, kept.steps, others=kept.others),
                "allowed": allowed_for(registry, after, kept.steps, caller) if _sees(after, caller) else [],
            }

        arguments = {"proposal_id": proposal_id, **saying.arguments(), "expected_version": expected_version}
        answer = self._write(decision, "decide_proposal", arguments, caller, now, idempotency_key, touched)
        for system_id in ended:
            self._lessons.ended(system_id, now)
        return answer

    def get(self, proposal_id: str, *, caller: str, now: datetime) -> JsonObject:
        """The proposal with its checks, plan, and what is open for whom. Raises NotFound, also for another system's draft."""
        with self._registry.reading() as registry:

            def load(session: "Session") -> tuple[Proposal, _Kept]:
                found = _visible(session, proposal_id, caller)
                return found, _kept(session, found)

            proposal, kept = self._database.read(load)
            stale = not self._holds_in(registry, proposal, kept)
            return full_document(registry, proposal, kept.steps, caller, now, stale=stale, others=kept.others)

    def history(self, proposal_id: str, *, caller: str, now: datetime) -> JsonObject:
        """The same, with `versions[]` {version, state, title, source_system, changes, decisions} as each was left, oldest first."""
        whole = self.get(proposal_id, caller=caller, now=now)

        def load(session: "Session") -> list[Proposal]:
            return proposals.versions(session, whole["proposal_id"])

        earlier = [one for one in self._database.read(load) if _sees(one, caller)]
        shown = {"version", "state", "title", "updated_at", "changes", "decisions"}
        versions = [one.model_dump(mode="json", by_alias=True, exclude_defaults=True, include=shown) for one in earlier]
        return {**whole, "versions": versions}

    def beside(self, check: JsonObject, *, now: datetime) -> list[JsonObject]:
        """The open proposals on the resources of a kept check with its inputs, as they stand now, and how it stands to each.

        Those that the check saw and that are not open any more come last: see `beside_now`.
        """
        seen, inputs, own = check.get("in_flight", []), check["inputs"], check["proposal_id"]
        with self._registry.reading() as registry:
            others = tuple(one for one in self._in_flight.open(registry) if one.proposal_id != own)
            found: list[JsonObject] | None = None
            with suppress(ConcordError):  # the change can't be made in this registry: what the check saw has to do
                judged = self._conflicts.judge(
                    registry,
                    self._conflicts.read(inputs["changes"]),
                    source_system=check["source_system"],
                    caller="",
                    now=now,
                    in_flight=others,
                    proposal_id=own,
                )
                found = check_document(judged.check)["in_flight"]

            def load(session: "Session") -> dict[str, Proposal]:
                ids = {one["proposal_id"] for one in (*seen, *(found or ()))}
                return {one: kept for one in ids if (kept := proposals.get(session, one)) is not None}

            return beside_now(seen, found, self._database.read(load))

    def ids_like(self, typed: str, limit: int, *, caller: str) -> list[str]:
        """Proposal ids that begin so, newest first; those that the caller may see."""
        return self._database.read(lambda session: proposals.ids_like(session, typed, limit, viewer=caller))

    def counts(self) -> dict[str, int]:
        """How many proposals are in each state."""
        return self._database.read(proposals.count_by_state)

    def held(self, limit: int) -> list[JsonObject]:
        """{proposal_id, title, source_system, state, waits_for[]} of the proposals that wait for somebody, oldest first."""
        with self._registry.reading():
            waiting = self._in_flight.waiting()
        return [
            {
                "proposal_id": one.proposal_id,
                "title": one.title,
                "source_system": one.source_system,
                "state": one.state.value,
                "waits_for": list(still_asked(one)),
            }
            for one in waiting[:limit]
        ]

    def directives(self, system_id: str) -> list[JsonObject]:
        """What waits for the system to act: {id, kind, proposal_id, text}, the oldest proposals first; at most 20."""
        with self._registry.reading():
            near = self._in_flight.concerning(system_id)
        if not near:
            return []

        def load(session: "Session") -> list[JsonObject]:
            return [
                found
                for proposal in near[:MOST]
                for found in directives_for(system_id, proposal, _kept(session, proposal).steps)
            ]

        return self._database.read(load)[:MOST]

    def ask_due(self, now: datetime, *, read_only: bool = False) -> None:
        """Findings ask for whoever has become silent for too long since a proposal was last written.

        Whoever shows findings calls it first: nothing else happens on the day when they are due. With `read_only`, and where
        the database can't be written, they are left for the next one who looks.
        """
        if read_only:
            return
        with self._registry.reading() as registry:
            wanted = [
                one for proposal in self._in_flight.waiting() for one in asked_by_finding(registry, proposal, now)
            ]
        if not wanted:
            return
        kind = FindingKind.ACCEPTANCE_NEEDED
        known = {one.fingerprint for one in self._database.read(lambda session: findings.open_of_kind(session, kind))}
        if {one.fingerprint for one in wanted} <= known:
            return

        def ask(session: "Session") -> None:
            proposals.next_revision(session)  # nobody else decides at the same time
            self.ask_silent(session, self._registry.standing(session), now)

        with suppress(StorageError):  # who only wants to look sees what there is
            self._database.write(ask)

    def ask_silent(
        self, session: "Session", registry: RegistryMap, now: datetime, *, besides: Iterable[Proposal] = ()
    ) -> None:
        """Findings ask for every party that has to accept and can't, or did not for too long; what no longer holds is closed.

        That is looked at for every waiting proposal, and for those `besides`, which may wait no more.
        """
        waiting = proposals.in_states(session, WAITING)
        wanted = [one for proposal in waiting for one in asked_by_finding(registry, proposal, now)]
        findings.sync(session, wanted, now=to_wire(now), fingerprints=fingerprints([*waiting, *besides]))

    def _holds_in(self, registry: RegistryMap, proposal: Proposal, kept: "_Kept") -> bool:
        """Whether the check of a proposal that can be revised still speaks of this registry; remembered until that changes."""
        made = proposal.judged
        if made is None or REVISE not in moves_from(proposal.state):
            return True
        if self._holding_at != registry.revision:
            self._holding, self._holding_at = {}, registry.revision
        if made.id not in self._holding:
            self._holding[made.id] = self._conflicts.holds_in(registry, kept.check, kept.inputs)
        return self._holding[made.id]

    def _judged_ahead(self, wish: Wish, changes: tuple[Change, ...], caller: str, now: datetime) -> _Ahead | None:
        """The judgement, made while nobody waits for the transaction; None where there is none, or it can't be had yet."""
        with self._registry.reading() as registry:

            def look(session: "Session") -> tuple[int, Proposal | None]:
                previous = proposals.get(session, _plain_id(wish.proposal_id)) if wish.proposal_id else None
                return proposals.revision(session), previous

            revision, previous = self._database.read(look)
            try:
                fresh = self._fresh(registry, previous, wish, changes, caller, now)
                if fresh.state is ProposalState.DRAFT:
                    return None
                others = [one for one in self._in_flight.open(registry) if one.proposal_id != fresh.proposal_id]
                judged = self._conflicts.judge(
                    registry,
                    fresh.changes,
                    source_system=fresh.source_system,
                    caller=caller,
                    now=now,
                    in_flight=tuple(others),
                    proposal_id=fresh.proposal_id,
                    words=_words_of(fresh),
                )
            except ConcordError:  # whether it holds is told in the transaction, or the key's first answer is given
                return None
            return _Ahead(revision, registry.revision, judged)

    def _fresh(
        self,
        registry: RegistryMap,
        previous: Proposal | None,
        wish: Wish,
        changes: tuple[Change, ...],
        caller: str,
        now: datetime,
    ) -> Proposal:
        """The version that is asked for; its state is the one asked for, too."""
        if previous is not None:
            with told_where_it_stands(previous):
                fresh = next_version(wish, changes, previous, caller, to_wire(now))
                follow(previous, REVISE, allowed=allowed_for(registry, previous, (), caller))
            return fresh
        if not changes:
            raise nothing_changes()
        named = wish.source_system or caller
        if named:
            source = find_system(registry, named, path="/source_system")
        else:
            source = resolve(registry, changes, "", "", self._registry.canonical).source.id
        if registry.live(source) is None:
            raise InvalidArgument(f"{source} is archived.", path="/source_system", hint="Restore it first.")
        return first_version(wish, changes, source, caller, to_wire(now))

    def _judge(self, registry: RegistryMap, fresh: Proposal, caller: str, now: datetime, session: "Session") -> Judged:
        others = self._in_flight.open_in(session, registry, besides=fresh.proposal_id)
        return self._conflicts.judge(
            registry,
            fresh.changes,
            source_system=fresh.source_system,
            caller=caller,
            now=now,
            in_flight=others,
            proposal_id=fresh.proposal_id,
            standing=self._conflicts.standing_in(session, now, _words_of(fresh), fresh.changes),
            words=_words_of(fresh),
        )

    def _still_holds(
        self, session: "Session", ahead: _Ahead, revision: int, registry: RegistryMap, now: datetime
    ) -> bool:
        """Whether nothing that was judged on has changed since."""
        same = ahead.proposals_revision == revision - 1 and ahead.registry_revision == registry.revision
        return same and self._conflicts.still_holds(session, ahead.judged, now)

    def _checked(self, session: "Session", fresh: Proposal, judged: Judged, caller: str) -> tuple[Proposal, JsonObject]:
        """The version in the state that its check leads to, and the check, kept."""
        check = of_proposal(judged.check, fresh.proposal_id)
        kept = self._conflicts.keep_in(session, check_document(check), judged.inputs, caller=caller)
        named = {one.affected_system for one in check.conflicts} | {one.affected_system for one in check.undecided}
        made = CheckMade(
            id=kept["check_id"],
            version=fresh.version,
            verdict=check.verdict,
            at=check.check_timestamp,
            blocks=check.blocks,
            must_accept=check.must_accept,
            affected=tuple(sorted(named - {"", fresh.source_system})),
            new_resources=tuple(sorted({one.proposed_resolution.new_resource for one in check.conflicts} - {""})),
        )
        state = AFTER_CHECK[judged.hold]
        return fresh.model_copy(update={"state": state, "checks": (*fresh.checks, made)}), kept

    def _store(
        self,
        session: "Session",
        registry: RegistryMap,
        previous: Proposal | None,
        fresh: Proposal,
        now: datetime,
    ) -> None:
        """The proposal stands as given; what it replaces is kept where it was another version; findings follow."""
        if previous is not None and previous.version != fresh.version:
            proposals.keep_version(session, previous, now=to_wire(now))
        proposals.save(session, fresh)
        over = [one for one in (previous, fresh) if one is not None]
        self.ask_silent(session, registry, now, besides=over)

    def _write(
        self,
        operation: Callable[["Session"], JsonObject],
        tool: str,
        arguments: Mapping[str, Any],
        caller: str,
        now: datetime,
        key: str,
        touched: list[str],
    ) -> JsonObject:
        """What the operation answers, done once under the key; whoever listens is told of what it touched."""

        def transaction(session: "Session") -> JsonObject:
            touched.clear()
            return idempotency.once(
                session, caller, tool, key, arguments, now=to_wire(now), do=lambda: operation(session)
            )

        answer = self._database.write(transaction)
        if touched:
            self._changed(touched)
        return answer


def summary_of_submission(answer: JsonObject) -> str:
    """What became of a submission, in a sentence or two."""
    what = f"{answer['proposal_id']} version {answer['version']} is {answer['state']}"
    return (
        f"{what}. {summary_of(answer['check'])}"
        if answer["check"]
        else f"{what}: for its own system alone, not checked yet."
    )


def _visible(session: "Session", proposal_id: str, caller: str) -> Proposal:
    """The proposal, where the caller may see it: what was never submitted does not exist for other systems."""
    found = proposals.get(session, _plain_id(proposal_id))
    if found is None or not _sees(found, caller):
        raise NotFound(
            f"There is no proposal {proposal_id[:100]!r}.", path="/proposal_id", hint="submit_proposal makes one."
        )
    return found


def _sees(proposal: Proposal, caller: str) -> bool:
    return not proposal.private or caller in ("", proposal.source_system)


def _words_of(proposal: Proposal) -> Words:
    """What it says of itself."""
    return Words(proposal.title, proposal.description, proposal.approach, proposal.error_category)


def _plain_id(text: str) -> str:
    return text.strip().removeprefix("concord://proposals/").upper()


@dataclass(frozen=True)
class _Kept:
    """The check of a proposal's present version, and what follows from it; empty for a draft."""

    check: JsonObject
    inputs: JsonObject
    steps: tuple[Step, ...]
    """The plan, with what was completed."""
    others: list[str]
    """What is said of other open proposals that stand in its way."""


def _kept(session: "Session", proposal: Proposal) -> _Kept:
    found = checks.load(session, proposal.judged.id) if proposal.judged is not None else None
    if found is None:
        return _Kept({}, {}, (), [])
    check = found["check"]
    near = [proposals.get(session, one["proposal_id"]) for one in check.get("in_flight", ())]
    still_open = {one.proposal_id for one in near if one is not None and one.state in IN_FLIGHT}
    return _Kept(check, found["inputs"], plan_of(check, proposal.decisions), others_first(check, still_open))


def _answer(proposal: Proposal) -> JsonObject:
    return {"proposal_id": proposal.proposal_id, "version": proposal.version, "state": proposal.state.value}


def _uris(previous: Proposal | None, fresh: Proposal) -> list[str]:
    """What a write changed, for those who listen; that somebody works on a draft is nobody's business."""
    if fresh.private and (previous is None or previous.private):
        return []
    uris = [f"concord://proposals/{fresh.proposal_id}"]
    if fresh.judged is not None and (previous is None or previous.version != fresh.version):
        uris += [f"concord://checks/{fresh.judged.id}", "concord://checks/latest"]
        uris += ["concord://files/conflict_check.json", "concord://files/conflict_log.json"]
    return uris
