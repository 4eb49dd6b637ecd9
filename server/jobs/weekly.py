"""The weekly run of learning from beginning to end, with the weeks that were missed (learning rule 9)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from server.knowledge.weekly.digest import evening_of, week_ending
from server.knowledge.weekly.digests import FILE, LATEST, Digests
from server.knowledge.weekly.metrics import FILE as METRICS_FILE
from server.knowledge.weekly.metrics import Metrics
from server.model.base import JsonObject
from server.model.moments import from_wire
from server.model.progress import Progress


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
        finished = self._digests.unfinished(now)
        parts = len(moments) + 1
        told = [
            self._learn(at, now, _part(progress, number, parts), since=since, until=until)
            for number, at in enumerate(moments)
        ]
        progress(len(moments), parts, "counting the weeks")
        self._metrics.count(now)  # once for all: it reads what everybody reported of a year
        # a look at some time alone is no substitute for the run of the week's evening, which its digest would tell of
        ends = [min(now, evening_of(week_ending(now)) - timedelta(seconds=1))] if alone else moments
        made = [self._write(at, summary) for at, summary in zip(ends, told, strict=True)]
        for week in finished:
            self._close(week, now)
        uris = [f"concord://digests/{week}" for week in (*finished, *map(week_ending, moments), LATEST)]
        self._changed([*uris, FILE, METRICS_FILE])
        trends = {name: trend.value for name, trend in self._metrics.trends(now).items()}
        late_ones = [{"week_ending": week, "new": one.get("new", [])} for week, one in zip(late, told, strict=False)]
        newest = {**told[-1], **made[-1]} if moments else {}
        return {**newest, "caught_up": late_ones, "trends": trends}

    def _learn(self, at: datetime, now: datetime, progress: Progress, *, since: str, until: str) -> JsonObject:
        """One synthesis as of a moment, and what adopters reported until then."""
        past = None if at == now else at
        summary = self._synthesise(now, _part(progress, 0, 2), since=since, until=until, at=past)
        return {**summary, "measured": self._measure(at, _part(progress, 1, 2))}

    def _write(self, at: datetime, summary: JsonObject) -> JsonObject:
        """The digest of the week of a moment: {week_ending, organizational_health}."""
        left_out = summary.get("left_out", [])
        digest = self._digests.make(week_ending(at), at, attention=self._attention(at), left_out=left_out)
        health = digest["digest"]["organizational_health"]
        return {"week_ending": digest["week_ending"], "organizational_health": health}

    def _close(self, week: str, now: datetime) -> None:
        """The digest of a week that has ended since takes in its last evening."""
        end = min(now, evening_of(week) + timedelta(hours=6, microseconds=-1))
        self._digests.make(week, end, attention=self._attention(end))


def _part(progress: Progress, number: int, parts: int) -> Progress:
    """The progress of one part of several, counted from 0, as a part of the whole."""
    return lambda done, total, message: progress(number + (done / total if total else 0), parts, message)
