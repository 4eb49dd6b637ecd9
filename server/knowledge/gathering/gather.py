"""Gathers from the database what a synthesis knows: what systems reported, what was decided here, and who is akin to whom.

Every text crosses the boundary on its way (LRN-10). A proposal that is told several times is one outcome, as it was told last.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from server.knowledge.boundary.allowed import Shared, shared
from server.knowledge.gathering.facts import Activity, Facts, KnownEntry, Member, Outcome, Standing, Success
from server.knowledge.gathering.kin import families, forms_of
from server.model.finding import FindingKind
from server.model.moments import DAY, microseconds
from server.model.proposal import DecisionKind, Proposal, ProposalState
from server.model.redaction import without_credentials
from server.model.weeks import WEEK, begin_of, week_of
from server.model.withholding import crossing
from server.registry.map import RegistryMap
from server.storage import conflict_log, event_weeks, findings, outcomes, own_files
from server.storage.outcomes import Tie, Told

if TYPE_CHECKING:
    from server.storage.session import Session

LOOKED_AT = 4 * WEEK
"""Of a system's own errors, before and after a promotion whose figures were not told."""
LEAST = WEEK
"""Of either side; less shows nothing."""
_PROMOTED = (ProposalState.PROMOTED,)


@dataclass(frozen=True)
class Gathered:
    """What a synthesis knows, and what was kept back of it."""

    facts: Facts
    withheld: tuple[tuple[str, str, str], ...] = ()
    """(system, field, kind of what was kept back), sorted, each once; never the text itself."""


@dataclass
class _Crossing:
    """Takes texts over the boundary, and remembers whose did not come through whole."""

    withheld: set[tuple[str, str, str]] = field(default_factory=set)

    def document(self, system_id: str, kind: str, told: Mapping[str, Any]) -> Shared:
        """What enters of a document of this kind."""
        entered = shared(kind, told)
        self.withheld.update((system_id, name, one) for name, one in entered.withheld)
        return entered

    def text(self, system_id: str, name: str, value: object) -> str:
        crossed = crossing(value if isinstance(value, str) else "")
        if crossed.withheld:
            self.withheld.update((system_id, name, kind) for kind in crossed.withheld)
        return crossed.text


def gather(
    session: "Session",
    since: int,
    until: int,
    registry: RegistryMap,
    canonical: Callable[[str, str], str] | None = None,
    *,
    activity_since: int,
) -> Gathered:
    """The facts of [since, until), moments in microseconds since 1970; errors are counted from `activity_since` to `until`.

    `canonical` gives the one name of a resource as a system writes it; without it the registry's own names count.
    """
    crossed = _Crossing()
    members = _members(registry, canonical)
    facts = Facts(
        since=since,
        until=until,
        outcomes=_outcomes(session, since, until, crossed),
        successes=_successes(session, until, crossed),
        activity=_activity(session, activity_since, until, members, crossed),
        members=members,
        standing=_standing(session, since, until, crossed),
        known=_known(session),
    )
    return Gathered(facts, tuple(sorted(crossed.withheld)))


def category_key(category: str) -> str:
    """What a category is compared by: `stale_data`, `Stale-Data` and `stale data` are one."""
    return "".join(_WORDS.findall(category.casefold()))


_WORDS = re.compile(r"[^\W_]+")


def outcomes_between(session: "Session", since: int, until: int) -> list[Outcome]:
    """The promotions and rejections of this time, microseconds since 1970, each once, as far as they were told themselves."""
    return list(_told_or_decided(session, since, until, _Crossing()).values())


def _outcomes(session: "Session", since: int, until: int, crossed: _Crossing) -> tuple[Outcome, ...]:
    """By time, then by ref; each once."""
    found = _told_or_decided(session, since, until, crossed)
    tied = _tied(outcomes.ties(session, {one.system_id for one in found.values()}))
    whole = [_adopting(one, tied.get(one.system_id, ())) for one in found.values()]
    whole = _with_own_counts(session, whole, until)
    return tuple(sorted(whole, key=lambda one: (one.at, one.ref)))


def ends_of_adoptions(session: "Session", since: int, until: int, *, system_id: str = "") -> list[Outcome]:
    """Each promotion and rejection of this time that adopts a shared entry, as it was told or decided, by time, then by ref.

    A proposal that was promoted and then turned down is among them twice. `system_id`: of that system alone.
    """
    ends = [one for one in _ends(session, since, until, _Crossing()) if system_id in ("", one.system_id)]
    tied = _tied(outcomes.ties(session, {one.system_id for one in ends}))
    adopting = (_adopting(one, tied.get(one.system_id, ())) for one in ends)
    return sorted((one for one in adopting if one.entry_id), key=lambda one: (one.at, one.ref))


def _told_or_decided(session: "Session", since: int, until: int, crossed: _Crossing) -> dict[str, Outcome]:
    """By ref."""
    found: dict[str, Outcome] = {}
    for one in _ends(session, since, until, crossed):
        found[one.ref] = _later(found.get(one.ref), one)
    return found


def _ends(session: "Session", since: int, until: int, crossed: _Crossing) -> list[Outcome]:
    """What was told, by time, then what was decided here; of one proposal there may be several."""
    told, decided = outcomes.told(session, since, until), outcomes.decided(session, since, until)
    named = outcomes.ids_in_files(session)
    here = outcomes.submitted(
        session, {_id_here(one, named) for one in told} - {"", *(one.proposal_id for one in decided)}
    )
    here.update((one.proposal_id, one) for one in decided)
    ends = [_of_event(one, named, here, crossed) for one in told]
    ends += [one for one in (_of_proposal(proposal, crossed) for proposal in decided) if since <= one.at < until]
    return ends


def _id_here(one: Told, named: Mapping[tuple[str, str], str]) -> str:
    proposal_id = str(one.document.get("proposal_id") or "")
    return named.get((one.system_id, proposal_id), proposal_id.upper())


def _of_event(
    one: Told, named: Mapping[tuple[str, str], str], here: Mapping[str, Proposal], crossed: _Crossing
) -> Outcome:
    """As it was reported; what it leaves open about a proposal of its system that was submitted here is taken from there."""
    document = one.document
    proposal = here.get(_id_here(one, named))
    if proposal is not None and proposal.source_system != one.system_id:
        proposal = None
    known = _members_of(proposal) if proposal is not None else {}

    told = {**known, **{name: value for name, value in document.items() if value not in (None, "")}}
    entered = crossed.document(one.system_id, one.kind, told)
    words, figures = entered.texts, entered.figures
    proposal_id = words["proposal_id"]
    ref = (proposal.proposal_id if proposal is not None else proposal_id) or _short(one.key)
    return Outcome(
        ref=f"{one.system_id}:{ref}",
        system_id=one.system_id,
        at=one.at,
        promoted=one.kind == "promotion",
        proposal_id=proposal_id,
        title=words["title"],
        description=words["description"],
        approach=words["approach"],
        error_category=words["error_category"],
        metric=words["metric"],
        before=figures["before"],
        after=figures["after"],
        observation_days=figures["observation_days"],
        entry_id=proposal.knowledge_id if proposal is not None else "",
    )


def _of_proposal(proposal: Proposal, crossed: _Crossing) -> Outcome:
    """What was decided about a proposal here."""
    words = crossed.document(proposal.source_system, "proposal", _members_of(proposal)).texts
    return Outcome(
        ref=f"{proposal.source_system}:{proposal.proposal_id}",
        system_id=proposal.source_system,
        at=microseconds(_decided_at(proposal)),
        promoted=proposal.state in _PROMOTED,
        proposal_id=proposal.proposal_id,
        title=words["title"],
        description=words["description"],
        approach=words["approach"],
        error_category=words["error_category"],
        metric=words["metric"],
        entry_id=proposal.knowledge_id,
    )


def _members_of(proposal: Proposal) -> dict[str, str]:
    """What of a submitted proposal may be shared."""
    return {
        "title": proposal.title,
        "description": proposal.description,
        "approach": proposal.approach,
        "error_category": proposal.error_category,
        "metric": proposal.metric,
    }


def _decided_at(proposal: Proposal) -> str:
    rejected = [one.at for one in proposal.decisions if one.decision is DecisionKind.REJECT]
    return rejected[-1] if rejected and proposal.state is ProposalState.REJECTED else proposal.updated_at


def _short(key: str) -> str:
    """An event's own key, as short as an id and of nothing that its system wrote."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:12]


def _later(known: Outcome | None, told: Outcome) -> Outcome:
    """The outcome as it was told last; what the last one left open of the same end stays as it was told before."""
    if known is None:
        return told
    first, last = (known, told) if known.at <= told.at else (told, known)
    kept = {
        name: value
        for name, value in vars(first).items()
        if vars(last)[name] in (None, "") and (first.promoted == last.promoted or name not in _OF_ITS_END)
    }
    return replace(last, **kept)


_OF_ITS_END = ("before", "after", "observation_days")


def _tied(ties: Iterable[Tie]) -> Mapping[str, Sequence[Tie]]:
    by_system: defaultdict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        by_system[tie.system_id].append(tie)
    return by_system


def _adopting(outcome: Outcome, ties: Sequence[Tie]) -> Outcome:
    """The outcome with the entry that it adopts: by its proposal, else the one adopted before it for its category."""
    if outcome.entry_id or not ties:
        return outcome
    here = outcome.ref.partition(":")[2]
    entry_id = next(
        (tie.entry_id for tie in ties if tie.proposal_id and tie.proposal_id in (here, outcome.proposal_id)), ""
    )
    if not entry_id and outcome.error_category:
        key = category_key(outcome.error_category)
        entry_id = next(
            (
                tie.entry_id
                for tie in ties
                if not tie.proposal_id and 0 < tie.adopted_at <= outcome.at and category_key(tie.error_category) == key
            ),
            "",
        )
    return replace(outcome, entry_id=entry_id)


def _with_own_counts(session: "Session", told: Sequence[Outcome], until: int) -> list[Outcome]:
    """Promotions without figures with those that their systems' own errors show, where they show enough."""
    open_by_system: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in told:
        if one.promoted and one.error_category and (one.before is None or one.after is None):
            open_by_system[one.system_id].append(one)
    counted: dict[str, Outcome] = {}
    for system_id, some in sorted(open_by_system.items()):
        span = outcomes.told_between(session, system_id)
        if span is None:
            continue
        first, last = min(one.at for one in some) - LOOKED_AT, max(one.at for one in some) + LOOKED_AT
        errors = [
            (at, category_key(category))
            for at, category in outcomes.errors_between(session, system_id, first, min(last, until))
        ]
        counted.update((one.ref, _counted(one, errors, span, until)) for one in some)
    return [counted.get(one.ref, one) for one in told]


def _counted(one: Outcome, errors: Sequence[tuple[int, str]], span: tuple[int, int], until: int) -> Outcome:
    """Over as long a time before as after; silence after a promotion is no proof of a fix."""
    long = min(LOOKED_AT, one.at - span[0], until - one.at)
    if long < LEAST or span[1] < one.at + LEAST:
        return one
    key = category_key(one.error_category)
    mine = [at for at, category in errors if category == key]
    before = sum(one.at - long <= at < one.at for at in mine)
    after = sum(one.at <= at < one.at + long for at in mine)
    weeks = long / WEEK
    if not before:
        return one
    return replace(one, before=before / weeks, after=after / weeks, observation_days=long / DAY)


def _successes(session: "Session", until: int, crossed: _Crossing) -> tuple[Success, ...]:
    found: list[Success] = []
    for system_id, key, document in own_files.of_kind(session, "success"):
        at = microseconds(document["at"])
        entered = crossed.document(system_id, "success", document)
        words, figures = entered.texts, entered.figures
        title = words["title"]
        if not title or at >= until:
            continue
        found.append(
            Success(
                ref=f"{system_id}:{_short(key)}",
                system_id=system_id,
                at=at,
                title=title,
                description=words["description"],
                category=words["category"],
                metric=words["metric"],
                before=figures["before"],
                after=figures["after"],
                times_applied=int(figures["times_applied"] or 0),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.at, one.ref)))


def _activity(
    session: "Session", since: int, until: int, members: Mapping[str, Member], crossed: _Crossing
) -> tuple[Activity, ...]:
    """By system and category as it writes it; of errors that are summed up, the weeks that lie in the time as a whole."""
    found: dict[tuple[str, str], tuple[int, int]] = {}

    def add(system_id: str, category: str, occurrences: int, newest: int) -> None:
        name = crossed.text(system_id, "error_category", category) if system_id in members else ""
        if name:
            counted, last = found.get((system_id, name), (0, 0))
            found[system_id, name] = (counted + occurrences, max(last, newest))

    for one in outcomes.errors_counted(session, since, until):
        add(*one)
    for week in event_weeks.weeks(session, since=week_of(since), until=week_of(until)):
        began = begin_of(week.week)
        if week.kind == "error" and began >= since and began + WEEK <= until:
            add(week.system_id, week.label, week.count, began)
    return tuple(Activity(*key, *figures) for key, figures in sorted(found.items()))


def _members(registry: RegistryMap, canonical: Callable[[str, str], str] | None) -> dict[str, Member]:
    kin = families(registry)
    members: dict[str, Member] = {}
    for stored in registry.live_systems():
        system = stored.system

        def name(resource: str, system_id: str = stored.id, own: Callable[[str], str] = stored.canonical_of) -> str:
            return canonical(system_id, resource) if canonical is not None else own(resource)

        members[stored.id] = Member(
            system_id=stored.id,
            tier=system.tier.value,
            has_engine=system.evolution_engine,
            kin=kin[stored.id],
            reads=frozenset(name(one.resource) for one in system.reads_from),
            writes=frozenset(name(one.resource) for one in system.writes_to),
            written={
                name(one.resource): without_credentials(one.resource, hidden="")
                for one in (*system.writes_to, *system.reads_from)
            },
            reads_forms=frozenset(form for one in system.reads_from for form in forms_of(one)),
            depends_on=frozenset(one for one in registry.dependencies(stored.id) if registry.live(one) is not None),
        )
    return members


def _standing(session: "Session", since: int, until: int, crossed: _Crossing) -> tuple[Standing, ...]:
    """Patterns that were resolved, and contracts that are fragile."""
    found = [_of_pattern(one, until, crossed) for one in outcomes.resolved_patterns(session, since, until)]
    for one in findings.open_of_kind(session, FindingKind.FRAGILE_CONTRACT):
        entries, _ = conflict_log.find(session, contract_id=one.subject, since=str(one.details.get("first", "")))
        kinds = sorted({entry.type.value for entry in entries})
        found.append(
            Standing(
                ref=one.subject,
                kind="fragile_contract",
                systems=tuple(one.details.get("systems", ())),
                at=microseconds(one.details["last"]),
                subject=", ".join(kinds),
                recommendation=crossed.text(one.system_id, "recommendation", one.message),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.at, one.ref)))


def _of_pattern(document: Mapping[str, Any], until: int, crossed: _Crossing) -> Standing:
    systems = tuple(document.get("systems_involved", ()))
    reporter = systems[0] if systems else ""
    at = document.get("resolved_at") or document.get("last_seen")
    return Standing(
        ref=document["id"],
        kind=document["type"],
        systems=systems,
        at=microseconds(at) if at else until,
        subject=crossed.text(reporter, "subject", document.get("subject")),
        resources=tuple(document.get("resources", ())),
        recommendation=crossed.text(reporter, "recommendation", document.get("recommendation")),
        resolved=True,
    )


def _known(session: "Session") -> tuple[KnownEntry, ...]:
    return tuple(
        KnownEntry(
            entry_id=entry_id,
            key=fingerprint.removeprefix(f"{kind}:"),
            type=kind,
            systems=tuple(
                sorted(
                    {document.get("source_system", ""), *(one["system"] for one in document.get("support", ()))} - {""}
                )
            ),
            adopted_by=tuple(document.get("adopted_by", ())),
            approach=document.get("approach", ""),
            error_category=document.get("error_category", ""),
            title=document.get("title", ""),
            expires=document.get("expires", ""),
        )
        for entry_id, fingerprint, kind, document in outcomes.entries_known(session)
    )
