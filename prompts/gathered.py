"""What several prompts gather: a check without what only machines need, and the systems that it is about."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from server.errors import InvalidArgument
from server.model.moments import from_wire, read_moment, to_wire

if TYPE_CHECKING:
    from server.journal.happenings import Course
    from server.services import Services

SHOWN = 10
"""Conflicts quoted, the worst first; the rest is counted and named by the check's address."""

LINE_LENGTH = 300
"""Characters of what a system wrote, where it stands in a line."""

Documents = list[dict[str, Any]]


def verdict_of(check: Mapping[str, Any]) -> dict[str, Any]:
    """The check without its conflicts and plans; what others rejected before stands in it where this is like it."""
    left_out = ("conflicts", "undecided", "in_flight", *(() if check.get("knowledge") else ("knowledge",)))
    return {name: value for name, value in check.items() if name not in left_out}


def conflicts_of(check: Mapping[str, Any]) -> Documents:
    """The worst conflicts with what proves them, each with its way out in a sentence."""
    found = []
    for conflict in check["conflicts"][:SHOWN]:
        plan = conflict["proposed_resolution"]
        way_out = {name: plan[name] for name in ("strategy", "description", "estimated_duration_days")}
        told = {name: value for name, value in conflict.items() if name != "proposed_resolution"}
        found.append({**told, "way_out": way_out})
    return found


def affected_by(check: Mapping[str, Any]) -> set[str]:
    """The proposing system and everyone whom its conflicts or undecided items name."""
    items = [*check["conflicts"], *check["undecided"]]
    return {check["source_system"], *(item["affected_system"] for item in items)} - {""}


def systems_named(services: "Services", ids: Iterable[str], now: datetime) -> Documents:
    """{id, name, tier, owner, status} of each system, as its health is now (REG-5); one that nobody registered says so."""
    wanted = sorted(set(ids))
    health = services.registry.health_of(wanted, now)
    with services.registry.reading() as registry:
        found = []
        for system_id in wanted:
            stored = registry.systems.get(system_id)
            if stored is None:
                found.append({"id": system_id, "registered": False})
                continue
            system = stored.system
            known = {
                "name": system.name,
                "tier": system.tier.value,
                "owner": system.owner,
                "status": health[system_id].status.value,
            }
            found.append({"id": system_id, **known, **({"archived": True} if stored.archived else {})})
        return found


def moment_in(text: str, argument: str, now: datetime, *, otherwise: datetime) -> datetime:
    """The moment that an argument names, or the other one where it is empty. Raises InvalidArgument for what is none, or ahead."""
    if not text.strip():
        return otherwise
    try:
        moment = from_wire(read_moment(text))
    except ValueError as error:
        raise InvalidArgument(
            f"{text[:100]!r} is not an ISO 8601 time.", path=f"/{argument}", hint="For example 2026-04-05T14:00:00Z."
        ) from error
    if moment > now:
        raise InvalidArgument(f"{to_wire(moment)} lies ahead: it is {to_wire(now)}.", path=f"/{argument}")
    return moment


def told(course: "Course") -> str:
    """A line for each thing that happened; what systems wrote stays on its line."""
    lines = []
    for one in course.happened:
        more = ", ".join(f"{name}: {_plain(value)}" for name, value in one.told.items() if value and name != "at")
        lines.append(f"{one.at} {one.system_id}: {one.what}{' (' + more + ')' if more else ''}")
    return "\n".join(lines) or "Nothing."


def _plain(value: Any) -> str:
    text = "; ".join(map(_plain, value)) if isinstance(value, list) else " ".join(str(value).split())
    return text if len(text) <= LINE_LENGTH else f"{text[: LINE_LENGTH - 1]}…"
