"""Twelve weeks of a fleet: one thing that leads to another, amid nine systems that have nothing to do with it.

Every moment follows from a fixed seed, so that each playing tells the same story.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from server.demo import cast
from server.model.base import JsonObject

Story = Mapping[str, list[JsonObject]]
"""What each system reports, by its id: events of the kinds `run` and `error`."""

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)
"""Where the clock of every server stands."""
WEEKS = 12
FIRST_REFRESH = datetime(2026, 1, 14, 2, 55, tzinfo=UTC)
"""A Wednesday, as all others are; the last of the twelve is on 1 April."""
LEFT_OUT, UNHARMED = 5, 9
"""The week without a refresh, and the one whose refresh the dashboard survived."""
DELAYED = {3: timedelta(hours=2, minutes=10), 8: timedelta(hours=5)}
"""Weeks in which the refresh began later: what tells a cause from two schedules that happen to agree."""
BYSTANDERS: Mapping[str, tuple[str, int]] = {
    "sys_billing": ("payment", 4),
    "sys_mailer": ("bounce", 4),
    "sys_search_index": ("disk", 6),
    "sys_crm_sync": ("quota", 6),
    "sys_inventory": ("stock", 6),
    "sys_auth_gateway": ("login", 4),
    "sys_report_builder": ("layout", 8),
    "sys_backup": ("checksum", 12),
    "sys_ad_bidder": ("auction", 3),
}
"""Id: what its errors are about, and the hours from one of its runs to the next."""

_SEED = 20260405
_BEGIN, _END = NOW - timedelta(weeks=WEEKS), NOW - timedelta(hours=12)
_WITHIN = timedelta(minutes=30)
_FEWEST = 3


def bystanders() -> list[JsonObject]:
    """The nine others, as they are registered: they share nothing, neither with one another nor with the three."""
    return [
        {"id": system_id, "name": system_id.removeprefix("sys_").replace("_", " ").capitalize(), "tier": "PRODUCTION"}
        for system_id in BYSTANDERS
    ]


def twelve_weeks() -> Story:
    """All that was reported. The dashboard fails some 15 minutes after the pipeline's weekly refresh, and now and then besides."""
    chance = random.Random(_SEED)
    refreshes = [
        FIRST_REFRESH + timedelta(weeks=week) + DELAYED.get(week, timedelta())
        for week in range(WEEKS)
        if week != LEFT_OUT
    ]
    harmed = [begun for begun in refreshes if (begun - FIRST_REFRESH) // timedelta(weeks=1) != UNHARMED]
    evenings = [_BEGIN + timedelta(days=day, hours=7) for day in range(7 * WEEKS)]
    broken = [begun + timedelta(minutes=chance.gauss(15, 1.5)) for begun in harmed]
    return {
        cast.PIPELINE: [
            *(_run(begun, minutes=chance.uniform(19, 25)) for begun in refreshes),
            *(_run(begun, minutes=4) for begun in evenings if begun.weekday() < 5),
        ],
        cast.GENERATOR: [_run(begun + timedelta(minutes=10), minutes=3) for begun in evenings if begun.weekday() < 5],
        cast.DASHBOARD: [
            *(_error(at, "rendering") for at in broken),
            *(_error(at, "rendering") for at in _now_and_then(chance, 4)),
            *(_error(at, "session") for at in _now_and_then(chance, 20)),
        ],
        **{system_id: list(_ordinary(chance, system_id)) for system_id in BYSTANDERS},
    }


def pairs_by_the_bare_rule(story: Story) -> set[tuple[str, str]]:
    """(cause, effect) wherever three errors of the one came within half an hour after a run or an error of the other."""
    firings, errors = {}, {}
    for system_id, events in story.items():
        firings[system_id] = [datetime.fromisoformat(event.get("started_at") or event["at"]) for event in events]
        errors[system_id] = [datetime.fromisoformat(event["at"]) for event in events if event["kind"] == "error"]
    return {
        (cause, effect)
        for cause in story
        for effect in story
        if cause != effect and _followed(firings[cause], errors[effect]) >= _FEWEST
    }


def _followed(firings: list[datetime], errors: list[datetime]) -> int:
    return sum(any(timedelta() < error - fired <= _WITHIN for fired in firings) for error in errors)


def _ordinary(chance: random.Random, system_id: str) -> Iterator[JsonObject]:
    """A system's runs at its own pace, and errors in spells of one to three."""
    category, hours = BYSTANDERS[system_id]
    begun = _BEGIN + timedelta(minutes=chance.uniform(0, 60 * hours))
    while begun < _END:
        yield _run(begun, minutes=chance.uniform(2, 9))
        begun += timedelta(hours=hours, minutes=chance.gauss(0, 2))
    for spell in _now_and_then(chance, 30):
        for number in range(chance.choice((1, 1, 2, 3))):
            yield _error(spell + timedelta(minutes=3 * number), category)


def _now_and_then(chance: random.Random, times: int) -> list[datetime]:
    return [_BEGIN + (_END - _BEGIN) * chance.random() for _ in range(times)]


def _run(begun: datetime, *, minutes: float) -> JsonObject:
    ended = begun + timedelta(minutes=minutes)
    return {
        "kind": "run",
        "at": _moment(ended),
        "started_at": _moment(begun),
        "finished_at": _moment(ended),
        "result": "OK",
    }


def _error(at: datetime, category: str) -> JsonObject:
    return {"kind": "error", "at": _moment(at), "category": category, "severity": "HIGH"}


def _moment(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()
