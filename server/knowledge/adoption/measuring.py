"""Looks in the database for what adopters reported since: answers that their proposals give, and what each adoption led to."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from server.knowledge.adoption.outcomes import FIRST_LOOK, LOOKED_AT, Shown, Window, shown
from server.knowledge.adoption.recording import gone_of, keep, recorded
from server.knowledge.adoption.retesting import harmed, keep_findings
from server.knowledge.adoption.status import of_system, with_adopters_of
from server.knowledge.gathering.facts import Outcome
from server.knowledge.gathering.outcomes import ends_of_adoptions
from server.knowledge.similarity.categories import spelt_alike
from server.knowledge.similarity.words import terms
from server.model.base import JsonObject
from server.model.knowledge import KnowledgeEntry, KnowledgeType, Response, Transfer, TransferOutcome
from server.model.moments import DAY, at_microseconds
from server.model.weeks import WEEK, begin_of, end_of, week_of
from server.storage import adoption, event_weeks, knowledge, outcomes
from server.storage.adoption import Standing

if TYPE_CHECKING:
    from server.registry.map import RegistryMap
    from server.storage.session import Session

LOOKED_BACK, ENDED_LATELY = 365 * DAY, 90 * DAY
"""So far back ends of proposals are looked for, of all systems, and of the one that has just told of one."""


@dataclass
class _Work:
    """What is measured in one transaction."""

    session: "Session"
    registry: "RegistryMap"
    at: int
    stored: dict[str, knowledge.Stored]
    entries: dict[str, KnowledgeEntry]
    """As they will stand."""
    standings: dict[tuple[str, str], Standing]
    """By entry and system."""
    changed: dict[tuple[str, str], Standing] = field(default_factory=dict)
    spans: dict[str, tuple[int, int] | None] = field(default_factory=dict)
    """When each system's first and last sign of life were."""
    summed_before: dict[str, int] = field(default_factory=dict)
    """Before when the errors of each adopter may be summed up; under "" that this was looked up."""


def measured(
    session: "Session",
    registry: "RegistryMap",
    at: int,
    progress: Callable[[float, float, str], None],
    *,
    system_id: str = "",
) -> JsonObject:
    """{adoptions, measured, improved, unchanged, harmed, changed[]}, after everything that follows from reports is stored.

    With `system_id` only what that system told lately about proposals that come from entries.
    """
    loose = adoption.loosened(session, system_id)
    adoption.put_standing(session, [replace(one, proposal_id="") for one in loose])
    ends: defaultdict[tuple[str, str], list[Outcome]] = defaultdict(list)
    back = ENDED_LATELY if system_id else LOOKED_BACK
    for one in ends_of_adoptions(session, at - back, at + 1, system_id=system_id):
        ends[one.entry_id, one.system_id].append(one)
    standings = {(one.entry_id, one.system_id): one for one in adoption.adopting(session, system_id)}
    stored = _with_successors(session, {entry_id for entry_id, _ in (*ends, *standings)})
    work = _Work(session, registry, at, stored, {one: kept.entry for one, kept in stored.items()}, standings)
    told = {key: _tied(work, key, some) for key, some in sorted(ends.items()) if key[0] in stored}
    for key, some in told.items():
        _answer_by_ends(work, key, some)
    adopters = [key for key, one in work.standings.items() if one.decision and key[0] in stored]
    waiting = adoption.in_flight(session, [work.standings[key].proposal_id for key in adopters]) - {""}
    for number, key in enumerate(adopters):
        if number % 100 == 0:
            progress(number, len(adopters), "looking at what adopters reported")
        if not system_id or key in told:
            _measure(work, key, told.get(key, []), waits=work.standings[key].proposal_id in waiting)
    adoption.put_standing(session, list(work.changed.values()))
    changed = keep(session, [(stored[one], work.entries[one]) for one in sorted(stored)], at)
    asked = [one for one in work.entries.values() if one.retest or one.id in changed]
    keep_findings(session, asked, at_microseconds(at))
    return _summary(work, changed)


def _with_successors(session: "Session", ids: Collection[str]) -> dict[str, knowledge.Stored]:
    """Those of these ids that there are, and what has taken them in since."""
    stored, wanted, asked = dict[str, knowledge.Stored](), set(ids), {""}
    while wanted:
        stored.update(knowledge.load_all(session, sorted(wanted)))
        asked |= wanted
        wanted = {one.entry.superseded_by for one in stored.values()} - asked
    return stored


def _tied(work: _Work, key: tuple[str, str], ends: Sequence[Outcome]) -> list[Outcome]:
    """The ends that tell of the adoption: of another proposal of the system for the same error only that it was promoted."""
    known = work.standings.get(key)
    ids = {one.ref.partition(":")[2] for one in ends}
    here = outcomes.submitted(work.session, ids)
    mine = {one for one in ids if one in here and here[one].knowledge_id == key[0]} | {
        known.proposal_id if known else ""
    }
    return [one for one in ends if one.promoted or ({one.proposal_id, one.ref.partition(":")[2]} & mine) - {""}]


def _answer_by_ends(work: _Work, key: tuple[str, str], ends: Sequence[Outcome]) -> None:
    """A proposal that comes from an entry answers it: promoted it is adopted, turned down without that it is declined."""
    if not ends or work.registry.live(key[1]) is None:
        return
    entry, known, last = work.entries[key[0]], work.standings.get(key), ends[-1]
    decision = Response.ADOPT if any(one.promoted for one in ends) else Response.DECLINE
    if known is not None and (known.decision == decision.value or known.answered_at >= last.at):
        return
    transfer = Transfer(
        system=key[1], decision=decision, at=at_microseconds(last.at)[:10], proposal_id=_public_id(work, last)
    )
    proposal_id = known.proposal_id if known is not None and known.proposal_id else transfer.proposal_id
    work.entries[key[0]] = recorded(
        work.session, entry, transfer, known, proposal_id, work.registry, actor=key[1], at=last.at
    )
    _adopts_what_took_it_in(work, work.entries[key[0]], key[1])
    since = known.since if known is not None else last.at
    work.standings[key] = Standing(key[1], key[0], since, decision.value, last.at, proposal_id)


def _adopts_what_took_it_in(work: _Work, entry: KnowledgeEntry, system_id: str) -> None:
    """Who carries out a superseded entry is no more asked for an answer to what stands in its place."""
    adopters = tuple(one for one in entry.adopted_by if one == system_id)
    said = entry.model_copy(update={"adopted_by": adopters, "retest": ()})
    for successor in _successors(work, entry):
        work.entries[successor.id] = with_adopters_of(successor, said, gone=gone_of(successor, work.registry))


def _successors(work: _Work, entry: KnowledgeEntry) -> list[KnowledgeEntry]:
    """What stands in the entry's place, and in the place of that."""
    found, seen = list[KnowledgeEntry](), {entry.id}
    while entry.superseded_by in work.entries and entry.superseded_by not in seen:
        entry = work.entries[entry.superseded_by]
        seen.add(entry.id)
        found.append(entry)
    return found


def _public_id(work: _Work, end: Outcome) -> str:
    proposal_id = end.ref.partition(":")[2]
    return proposal_id if proposal_id in outcomes.submitted(work.session, [proposal_id]) else end.proposal_id


def _measure(work: _Work, key: tuple[str, str], ends: Sequence[Outcome], *, waits: bool) -> None:
    """The adoption says what it led to, where that can be told now."""
    entry, known = work.entries[key[0]], work.standings[key]
    transfer = of_system(entry.transfers, key[1])
    if transfer is None:
        return
    before = known.outcome or {}
    last = ends[-1].at if ends else 0
    if before.get("final") and before.get("end", 0) == last:
        return
    promoted = [one.at for one in ends if one.promoted]
    adopted = transfer.decision is Response.ADOPT
    window = None
    live_at = promoted[-1] if promoted else 0 if waits else known.answered_at
    if adopted and entry.type is not KnowledgeType.ANTI_PATTERN and live_at:  # else it was answered elsewhere
        window = _window(work, key[1], entry.error_category, live_at)
    found = shown(ends, window)
    if found is None or (not adopted and found.outcome is not TransferOutcome.HARMED):
        return
    _keep_shown(work, key, transfer, found, last)


def _keep_shown(work: _Work, key: tuple[str, str], transfer: Transfer, found: Shown, last: int) -> None:
    entry, known, day = work.entries[key[0]], work.standings[key], at_microseconds(work.at)[:10]
    figures = {"outcome": found.outcome, "before": found.before, "after": found.after, "p_value": found.p_value}
    told = transfer.model_copy(update={**figures, "measured_at": day})
    if told.model_copy(update={"measured_at": transfer.measured_at}) != transfer:
        did_harm = found.outcome is TransferOutcome.HARMED and transfer.outcome is not TransferOutcome.HARMED
        for one in (entry, *_successors(work, entry)):
            fresh = _with_transfer(one, transfer, told)
            work.entries[one.id] = harmed(fresh, key[1], found, day) if did_harm else fresh
    document = {**figures, "outcome": found.outcome.value, "final": found.final, "end": last}
    if document != (known.outcome or {}):
        work.changed[key] = replace(known, outcome=document)


def _with_transfer(entry: KnowledgeEntry, before: Transfer, told: Transfer) -> KnowledgeEntry:
    """The entry, or what took it in, with that told in the place of what was told before; where it isn't, nothing is new."""
    if before not in entry.transfers:
        return entry
    others = [one for one in entry.transfers if one != before]
    return entry.model_copy(update={"transfers": tuple(sorted([*others, told], key=lambda one: (one.at, one.system)))})


def _window(work: _Work, system_id: str, error_category: str, live_at: int) -> Window | None:
    """What the system reported of the category in whole weeks before and after that moment, four at most."""
    weeks_after = min(LOOKED_AT, (work.at - live_at) // WEEK)
    if not error_category or weeks_after < FIRST_LOOK:
        return None
    since, until = live_at - LOOKED_AT * WEEK, live_at + weeks_after * WEEK
    if system_id not in work.spans:
        work.spans[system_id] = adoption.signs_between(work.session, system_id)
    span = work.spans[system_id]
    if span is None:
        return None
    summed = _summed(work, system_id, since, until)
    first = min([span[0], *(begin for begin, _, _ in summed)])
    since = max(since, live_at - (live_at - first) // WEEK * WEEK)
    if summed:  # of a week that began before, it is not known on which of its days they were
        since = since if since == begin_of(week_of(since)) else end_of(week_of(since))
    names = _Names(error_category)
    rows = adoption.errors_around(work.session, system_id, since=since, moment=live_at, until=until)
    before = sum(one.before for one in rows if names.mean(one.category))
    after = sum(one.after for one in rows if names.mean(one.category))
    before += sum(count for begin, label, count in summed if since <= begin < live_at and names.mean(label))
    return Window(
        before=before,
        before_days=(live_at - since) / DAY,
        after=after,
        after_days=(until - live_at) / DAY,
        speaks=span[1] >= live_at + WEEK,
    )


def _summed(work: _Work, system_id: str, since: int, until: int) -> list[tuple[int, str, int]]:
    """(when the week began, category, count) of errors in this time that are not kept one by one any more."""
    if not work.summed_before:
        work.summed_before = event_weeks.kept_since(work.session, sorted({one for _, one in work.standings}), "error")
        work.summed_before[""] = 0
    if work.summed_before.get(system_id, 0) <= since:
        return []
    first, last = at_microseconds(since)[:10], at_microseconds(until + WEEK)[:10]
    return [
        (begin_of(one.week), one.label, one.count)
        for one in event_weeks.weeks(work.session, system_id, since=first, until=last)
        if one.kind == "error"
    ]


class _Names:
    """Which categories are the one that an entry is about."""

    def __init__(self, category: str) -> None:
        self._spelt = spelt_alike(category)
        self._terms = sorted(terms(category, numbers=True))
        self._known: dict[str, bool] = {}

    def mean(self, category: str) -> bool:
        """Whether it is the same but for spelling, or says the same by its terms."""
        if category not in self._known:
            same = sorted(terms(category, numbers=True)) if self._terms else []
            self._known[category] = spelt_alike(category) == self._spelt or bool(same and same == self._terms)
        return self._known[category]


def _summary(work: _Work, changed: Sequence[str]) -> JsonObject:
    transfers = [  # what a superseded entry has told is also told by the one in its place
        one
        for entry in work.entries.values()
        for one in entry.transfers
        if one.decision is Response.ADOPT and not any(one in its.transfers for its in _successors(work, entry))
    ]
    found: Mapping[TransferOutcome, int] = {
        outcome: sum(one.outcome is outcome for one in transfers) for outcome in TransferOutcome
    }
    return {
        "adoptions": len(transfers),
        "measured": sum(found.values()),
        **{outcome.value.lower(): number for outcome, number in found.items()},
        "changed": list(changed),
    }
