"""Shared knowledge in the terminal: what stands, who has not answered, and the errors of the last weeks as blocks."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from server.cli.output import show
from server.model.base import JsonObject
from server.model.sparkline import WEEKS, sparkline
from server.model.wording import counted

if TYPE_CHECKING:
    from server.services import Services

_NAMED = 5
"""Systems that are named."""


def learned(services: "Services", now: datetime) -> JsonObject:
    """{current, by_type, ending_14d, unanswered {system: entries}, errors_a_week[]}: shared knowledge in figures."""
    standing = services.knowledge.standing(now)
    return {
        "current": sum(standing.by_type.values()),
        "by_type": standing.by_type,
        "ending_14d": standing.expiring,
        "unanswered": standing.unanswered,
        "errors_a_week": [week.errors for week in services.knowledge.metrics.weeks(now)[-WEEKS:]],
    }


def show_learned(knowledge: JsonObject) -> None:
    """Two lines and one of blocks; nothing where nothing was ever shared or counted."""
    if knowledge["current"]:
        types = ", ".join(f"{kind} {count}" for kind, count in knowledge["by_type"].items())
        soon = knowledge["ending_14d"]
        ending = f"; {soon} {'ends' if soon == 1 else 'end'} within 14 days" if soon else ""
        show(f"shared knowledge: {counted(knowledge['current'], 'entry', 'entries')} ({types}){ending}")
        open_ = list(knowledge["unanswered"].items())
        if open_:
            more = f" and {len(open_) - _NAMED} more" if len(open_) > _NAMED else ""
            show("  not answered: " + ", ".join(f"{system} {count}" for system, count in open_[:_NAMED]) + more)
    _show_errors(knowledge["errors_a_week"])


def _show_errors(weeks: Sequence[int]) -> None:
    if any(weeks):
        show(f"errors a week: {sparkline(weeks)} ({weeks[-1]} in the newest of {counted(len(weeks), 'week')})")
