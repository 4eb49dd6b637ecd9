"""The weekly run of learning from beginning to end, with the weeks that were missed (learning rule 9)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from server.knowledge.digest import evening_of, week_ending
from server.knowledge.digests import FILE, LATEST, Digests
from server.knowledge.metrics.service import FILE as METRICS_FILE
from server.knowledge.metrics.service import Metrics
from server.model.base import JsonObject
from server.model.moments import from_wire

Progress = Callable[[float, float, str], None]
_STEPS = 3


class Synthesise(Protocol):
    """Makes entries as the facts show them; what it answers has `left_out`."""

    def __call__(self, now: datetime, progress: Progress, *, since: str, until: str, at: datetime | None) -> JsonObject:
        """`at`: as of then, where that is past."""
        ...


class WeeklyLearning:
    """Synthesis, what adoptions led to, the weeks in figures and the digest, in this order."""

    def __init__(
        self,
        metrics: Metrics,
        digests: Digests,
        *,
        synthesise: Synthesise,
        measure: Callable[[datetime, Progress], JsonObject],
        attention: Callable[[datetime], Sequence[JsonObject]],
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
    ) -> None:
        """`measure` takes in what adopters' reports show, `attention` tells {system, reason} of each system that leaves shared
        knowledge unanswered; `changed` is told the URIs of digests and files that were made anew.
        """
        self._synthesise = synthesise
        self._measure = measure
        self._attention = attention
        self._metrics = metrics
        self._digests = digests
        self._changed = changed

    def run(self, now: datetime, progress: Progress, *, since: str = "", until: str = "", due: str = "") -> JsonObject:
        """Every week whose evening was missed has its entries and its digest, the oldest first; then the present week has.

        A run of the schedule (`due`) that makes up for past weeks leaves the present one to its own evening. One that was
        told a time (`since`, `until`) looks at that alone. The summary: that of the last synthesis, `week_ending`,
        `caught_up` [{week_ending, new[]}], `organizational_health`, `trends` {}.
        """
        alone = bool(since or until)
        late = [] if alone else self._digests.missed(now)
        present = [] if due and not alone and week_ending(from_wire(due)) != week_ending(now) else [now]
        moments = [*map(evening_of, late), *present]
        summary: JsonObject = {}
        caught_up: list[JsonObject] = []
        finished = self._digests.unfinished(now)
        for number, at in enumerate(moments):
            step = _part(progress, number, len(moments))
            summary = self._learn(at, now, step, since=since, until=until)
            if number < len(late):
                caught_up.append({"week_ending": late[number], "new": summary.get("new", [])})
        for week in finished:
            self._close(week, now)
        weeks = [week_ending(at) for at in moments]
        made = [f"concord://digests/{one}" for one in (*finished, *weeks, LATEST)]
        self._changed([*made, FILE, METRICS_FILE])
        found = self._metrics.trends(now)
        return {
            **summary,
            **({"week_ending": weeks[-1]} if weeks else {}),
            "caught_up": caught_up,
            "trends": {name: trend.value for name, trend in found.items()},
        }

    def _learn(self, at: datetime, now: datetime, progress: Progress, *, since: str, until: str) -> JsonObject:
        """One synthesis as of a moment, and the digest of its week."""
        past = None if at == now else at
        summary = self._synthesise(now, _part(progress, 0, _STEPS), since=since, until=until, at=past)
        measured = self._measure(at, _part(progress, 1, _STEPS))
        progress(2, _STEPS, f"writing the digest of the week to {week_ending(at)}")
        self._metrics.count(at)
        digest = self._digests.make(
            week_ending(at), at, attention=self._attention(at), left_out=summary.get("left_out", [])
        )
        return {**summary, "measured": measured, "organizational_health": digest["digest"]["organizational_health"]}

    def _close(self, week: str, now: datetime) -> None:
        """The digest of a week that has ended since takes in its last evening."""
        end = min(now, evening_of(week) + timedelta(hours=6, microseconds=-1))
        self._digests.make(week, end, attention=self._attention(end))


def _part(progress: Progress, number: int, parts: int) -> Progress:
    """The progress of one part of several, counted from 0, as a part of the whole."""
    return lambda done, total, message: progress(number + (done / total if total else 0), parts, message)
