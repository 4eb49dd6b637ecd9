"""Gathers from the database what a synthesis knows: what systems reported, what was decided here, and who is akin to whom.

Every text crosses the boundary on its way (LRN-10). A proposal that is told several times is one outcome, as it was told last.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.knowledge.gathering.crossing import Crossing, short
from server.knowledge.gathering.facts import Activity, Facts, KnownEntry, Member, Standing, Success
from server.knowledge.gathering.kin import families, forms_of
from server.knowledge.gathering.outcomes import all_outcomes
from server.model.finding import FindingKind
from server.model.moments import microseconds
from server.model.redaction import without_credentials
from server.model.weeks import WEEK, begin_of, week_of
from server.registry.map import RegistryMap
from server.storage import conflict_log, event_weeks, findings, outcomes, own_files

if TYPE_CHECKING:
    from server.storage.session import Session


@dataclass(frozen=True)
class Gathered:
    """What a synthesis knows, and what was kept back of it."""

    facts: Facts
    withheld: tuple[tuple[str, str, str], ...] = ()
    """(system, field, kind of what was kept back), sorted, each once; never the text itself."""


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
    crossed = Crossing()
    members = _members(registry, canonical)
    facts = Facts(
        since=since,
        until=until,
        outcomes=all_outcomes(session, since, until, crossed),
        successes=_successes(session, until, crossed),
        activity=_activity(session, activity_since, until, members, crossed),
        members=members,
        standing=_standing(session, since, until, crossed),
        known=_known(session),
    )
    return Gathered(facts, tuple(sorted(crossed.withheld)))


def _successes(session: "Session", until: int, crossed: Crossing) -> tuple[Success, ...]:
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
                ref=f"{system_id}:{short(key)}",
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
    session: "Session", since: int, until: int, members: Mapping[str, Member], crossed: Crossing
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


def _standing(session: "Session", since: int, until: int, crossed: Crossing) -> tuple[Standing, ...]:
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


def _of_pattern(document: Mapping[str, Any], until: int, crossed: Crossing) -> Standing:
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
