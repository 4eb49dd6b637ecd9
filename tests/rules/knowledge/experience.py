"""Small fleets for the rules of synthesis: systems, what they promoted and rejected, and which errors they still have."""

from collections.abc import Iterable
from typing import Any

from server.knowledge.gathering.facts import Activity, Facts, KnownEntry, Member, Outcome
from server.knowledge.similarity.lexical import lexical_likeness
from server.knowledge.synthesis.draft import Draft
from server.knowledge.synthesis.together import synthesise
from server.model.knowledge import KnowledgeType
from server.model.moments import microseconds

DAY = 86_400_000_000
UNTIL = microseconds("2026-04-05T18:00:00Z")


def outcome(
    system: str,
    title: str,
    category: str = "stale_data",
    before: float | None = 12,
    after: float | None = 3,
    *,
    proposal: str = "PROP-1",
    days_ago: int = 10,
    promoted: bool = True,
    **more: Any,
) -> Outcome:
    """A promotion, of which the error fell from 12 to 3 a week unless said otherwise."""
    return Outcome(
        ref=f"{system}:{proposal}",
        system_id=system,
        at=UNTIL - days_ago * DAY,
        promoted=promoted,
        proposal_id=proposal,
        title=title,
        error_category=category,
        before=before,
        after=after,
        observation_days=more.pop("observation_days", 28),
        **more,
    )


def rejection(system: str, title: str, category: str = "", **more: Any) -> Outcome:
    """A rejection; without figures unless they are told."""
    return outcome(system, title, category, more.pop("before", None), more.pop("after", None), promoted=False, **more)


def member(system: str, kin: str = "") -> Member:
    """A live system that reads a JSON file of prices."""
    return Member(
        system, "PRODUCTION", True, kin or system, frozenset({"~/cache/prices.json"}), reads_forms=frozenset({"json"})
    )


def facts(
    *outcomes: Outcome,
    active: Iterable[tuple[str, str, int]] = (),
    kin: Iterable[tuple[str, str]] = (),
    known: Iterable[KnownEntry] = (),
    **more: Any,
) -> Facts:
    """All of it; `active` are (system, category, times in the last 30 days), `kin` (system, family)."""
    families = dict(kin)
    activity = tuple(Activity(system, category, times, UNTIL - DAY) for system, category, times in active)
    systems = {one.system_id for one in outcomes} | {one.system_id for one in activity} | set(families)
    return Facts(
        since=UNTIL - 30 * DAY,
        until=UNTIL,
        outcomes=tuple(outcomes),
        activity=activity,
        members={system: member(system, families.get(system, "")) for system in sorted(systems)},
        known=tuple(known),
        **more,
    )


def drafts(told: Facts, kind: KnowledgeType) -> list[Draft]:
    """What a synthesis finds of that type."""
    return [one for one in synthesise(told, lexical_likeness) if one.type is kind]
