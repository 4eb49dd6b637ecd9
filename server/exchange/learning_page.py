"""The newest digest as a page for people, from what is kept."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from server.clock import to_wire
from server.exchange.page.digest import Shown, digest_page
from server.knowledge.weekly.digests import LATEST
from server.knowledge.weekly.weeks import trends

if TYPE_CHECKING:
    from server.knowledge.service import KnowledgeService

WEEKS = 26
"""Weeks that are drawn."""


def learning_page(knowledge: "KnowledgeService", now: datetime) -> str | None:
    """`learning_digest.html` of the newest week; None before the first digest."""
    digest = knowledge.digests.get(LATEST, now=now)
    if not digest:
        return None
    week = digest["week_ending"]
    today = min(to_wire(now)[:10], (date.fromisoformat(week) + timedelta(days=6)).isoformat())
    weeks = [one for one in knowledge.metrics.weeks(now) if one.week_ending <= week][-WEEKS:]
    return digest_page(Shown(digest, knowledge.digests.entries(week), weeks, trends(weeks, today), today))
