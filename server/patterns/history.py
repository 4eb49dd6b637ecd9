"""What systems reported in a time, as columns: the one thing that detectors read.

Each kind of event is a table of equally long numpy arrays. Texts stand once, in a sorted tuple; the columns hold their
positions (-1 = none). Moments are microseconds since 1970, all times half-open [since, until). This module and whatever imports it
load numpy: they are imported where a job runs, never at the start.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]


@dataclass(frozen=True)
class Runs:
    """Runs, by system and then by their beginning."""

    seq: Ints
    """The number of the stored event."""
    system: Ints
    started: Ints
    finished: Ints
    failed: Bools
    """Ended in ERROR or CRITICAL."""
    ended: Bools
    """False where only the beginning was told."""


@dataclass(frozen=True)
class Troubles:
    """Errors and incidents, by system and then by time. Failed runs are not among them."""

    seq: Ints
    system: Ints
    at: Ints
    category: Ints
    """Position in `History.categories`; an incident's title."""
    resource: Ints
    """Position in `History.resources`."""
    source: Ints
    """Component or device, position in `History.sources`."""
    text: Ints
    """What was told, position in `History.texts`."""
    severity: Ints
    """0 LOW … 3 CRITICAL."""
    incident: Bools


@dataclass(frozen=True)
class Accesses:
    """Reads and writes, by system and then by their beginning."""

    seq: Ints
    system: Ints
    resource: Ints
    write: Bools
    started: Ints
    finished: Ints
    """As `started` where only a moment was told."""


@dataclass(frozen=True)
class Metrics:
    """Figures, by system, name and time."""

    seq: Ints
    system: Ints
    name: Ints
    at: Ints
    value: Floats


@dataclass(frozen=True)
class Change:
    """A promotion or rejection."""

    seq: int
    system: int
    at: int
    promoted: bool
    proposal_id: str
    title: str
    approach: str
    error_category: str
    before: float | None
    """Occurrences of the error category a week."""
    after: float | None
    observation_days: float | None


@dataclass(frozen=True)
class History:
    """All of it."""

    since: int
    until: int
    systems: tuple[str, ...]
    """Ids; the columns hold positions in it."""
    categories: tuple[str, ...]
    resources: tuple[str, ...]
    """By their canonical names."""
    sources: tuple[str, ...]
    texts: tuple[str, ...]
    metric_names: tuple[str, ...]
    runs: Runs
    troubles: Troubles
    accesses: Accesses
    metrics: Metrics
    changes: tuple[Change, ...]


Told = tuple[int, str, int, dict[str, Any]]
"""An event: its number, whose it is, when, and its document."""

READ_KINDS = ("access", "error", "incident", "metric", "promotion", "rejection", "run")
"""What detectors read."""
TEXT_READ = 500
"""Characters of a free text that are read."""
_TAKEN_AT_ONCE = 20_000
_SEVERITIES = {"LOW": 0, "MEDIUM": 1, "HIGH": 2, "CRITICAL": 3}
_EMPTY: dict[type, Any] = {
    Runs: {"failed": bool, "ended": bool},
    Troubles: {"incident": bool},
    Accesses: {"write": bool},
    Metrics: {"value": np.float64},
}
"""The tables with those columns that are no whole numbers."""


class HistoryBuilder:
    """Takes events, in any order, and gives the columns, in which nothing depends on that order."""

    def __init__(
        self, since: int, until: int, *, canonical: Callable[[str, str], str] = lambda system_id, resource: resource
    ) -> None:
        """`canonical` gives the one name of a resource as this system writes it."""
        self._since, self._until = since, until
        self._canonical = canonical
        self._systems = _Words()
        self._categories = _Words()
        self._resources = _Words()
        self._named: dict[tuple[str, str], int] = {}
        self._sources = _Words()
        self._texts = _Words()
        self._metric_names = _Words()
        self._waiting: dict[str, list[Told]] = {kind: [] for kind in READ_KINDS}
        self._parts: dict[type, list[dict[str, Column]]] = {table: [] for table in _EMPTY}
        self._changes: list[Change] = []

    def add(self, seq: int, system_id: str, kind: str, at: int, document: dict[str, Any]) -> None:
        """One event more, as it is stored. Kinds that no detector reads are passed over."""
        self._systems.place(system_id)
        if kind in self._waiting:
            waiting = self._waiting[kind]
            waiting.append((seq, system_id, at, document))
            if len(waiting) >= _TAKEN_AT_ONCE:
                self._take(kind)

    def build(self) -> History:
        """The columns, each table in its order."""
        for kind in READ_KINDS:
            self._take(kind)
        systems, categories, resources = self._systems, self._categories, self._resources
        sources, texts, names = self._sources, self._texts, self._metric_names
        runs = _only_ends(self._whole(Runs, system=systems))
        troubles = self._whole(
            Troubles, system=systems, category=categories, resource=resources, source=sources, text=texts
        )
        accesses = self._whole(Accesses, system=systems, resource=resources)
        metrics = self._whole(Metrics, system=systems, name=names)
        ranks = systems.ranks()
        changes = [replace(change, system=int(ranks[change.system])) for change in self._changes]
        return History(
            since=self._since,
            until=self._until,
            systems=systems.in_order(),
            categories=categories.in_order(),
            resources=resources.in_order(),
            sources=sources.in_order(),
            texts=texts.in_order(),
            metric_names=names.in_order(),
            runs=Runs(**_sorted(runs, "system", "started", "seq")),
            troubles=Troubles(**_sorted(troubles, "system", "at", "seq")),
            accesses=Accesses(**_sorted(accesses, "system", "started", "seq")),
            metrics=Metrics(**_sorted(metrics, "system", "name", "at", "seq")),
            changes=tuple(sorted(changes, key=lambda change: (change.at, change.seq))),
        )

    def _take(self, kind: str) -> None:
        """What waits of this kind stands in columns."""
        if told := self._waiting[kind]:
            self._waiting[kind] = []
            match kind:
                case "run":
                    self._take_runs(told)
                case "error" | "incident":
                    self._take_troubles(told, incident=kind == "incident")
                case "access":
                    self._take_accesses(told)
                case "metric":
                    self._take_metrics(told)
                case _:
                    self._changes += [self._change(kind == "promotion", *one) for one in told]

    def _take_runs(self, told: Sequence[Told]) -> None:
        at, documents = _moments_told(told), [one[3] for one in told]
        started = _moments([one.get("started_at") for one in documents], at)
        finished = _moments([one.get("finished_at") for one in documents], np.maximum(started, at))
        self._parts[Runs].append(
            {
                **self._whose(told),
                "started": started,
                "finished": np.maximum(started, finished),
                "failed": np.array([one.get("result", "OK") != "OK" for one in documents], bool),
                "ended": np.array([bool(one.get("result") or one.get("finished_at")) for one in documents], bool),
            }
        )

    def _take_troubles(self, told: Sequence[Told], *, incident: bool) -> None:
        documents = [one[3] for one in told]
        named = "title" if incident else "category"
        self._parts[Troubles].append(
            {
                **self._whose(told),
                "at": _moments_told(told),
                "category": _ints([self._categories.place(one.get(named) or "") for one in documents]),
                "resource": _ints([self._resource(one[1], one[3].get("resource")) for one in told]),
                "source": _ints([self._sources.place_if_any(one.get("source")) for one in documents]),
                "text": _ints([self._texts.place_if_any(_cut(one.get("description"))) for one in documents]),
                "severity": _ints([_SEVERITIES.get(one.get("severity", "MEDIUM"), 1) for one in documents]),
                "incident": np.full(len(told), incident),
            }
        )

    def _take_accesses(self, told: Sequence[Told]) -> None:
        documents = [one[3] for one in told]
        started = _moments([one.get("started_at") for one in documents], _moments_told(told))
        finished = _moments([one.get("finished_at") for one in documents], started)
        self._parts[Accesses].append(
            {
                **self._whose(told),
                "resource": _ints([self._resource(one[1], one[3]["resource"]) for one in told]),
                "write": np.array([one["mode"] == "write" for one in documents], bool),
                "started": started,
                "finished": np.maximum(started, finished),
            }
        )

    def _take_metrics(self, told: Sequence[Told]) -> None:
        self._parts[Metrics].append(
            {
                **self._whose(told),
                "name": _ints([self._metric_names.place(one[3]["name"]) for one in told]),
                "at": _moments_told(told),
                "value": np.array([one[3]["value"] for one in told], np.float64),
            }
        )

    def _change(self, promoted: bool, seq: int, system_id: str, at: int, document: dict[str, Any]) -> Change:
        return Change(
            seq=seq,
            system=self._systems.place(system_id),
            at=at,
            promoted=promoted,
            proposal_id=document.get("proposal_id") or "",
            title=document.get("title") or "",
            approach=document.get("approach") or "",
            error_category=document.get("error_category") or "",
            before=document.get("before"),
            after=document.get("after"),
            observation_days=document.get("observation_days"),
        )

    def _whose(self, told: Sequence[Told]) -> dict[str, Column]:
        place = self._systems.place
        return {"seq": _ints([one[0] for one in told]), "system": _ints([place(one[1]) for one in told])}

    def _resource(self, system_id: str, resource: str | None) -> int:
        if not resource:
            return -1
        known = self._named.get((system_id, resource))
        if known is None:
            known = self._named[system_id, resource] = self._resources.place(self._canonical(system_id, resource))
        return known

    def _whole(self, table: type, **worded: "_Words") -> dict[str, Column]:
        """The columns of a table, those with words holding positions in their final order."""
        parts = self._parts.pop(table)
        whole: dict[str, Column] = {}
        for field in fields(table):
            pieces = [part.pop(field.name) for part in parts]
            empty = np.array([], _EMPTY[table].get(field.name, np.int64))
            column = np.concatenate([empty, *pieces])
            whole[field.name] = worded[field.name].ranks()[column] if field.name in worded else column
        return whole


class _Words:
    """Texts in the order in which they came; in the end in alphabetical order."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def place(self, text: str) -> int:
        return self._known.setdefault(text, len(self._known))

    def place_if_any(self, text: str | None) -> int:
        return self._known.setdefault(text, len(self._known)) if text else -1

    def in_order(self) -> tuple[str, ...]:
        return tuple(sorted(self._known))

    def ranks(self) -> Ints:
        """The final position of each; that of none, -1, is -1."""
        ranks = np.full(len(self._known) + 1, -1, np.int64)
        ranks[_ints([self._known[text] for text in self.in_order()])] = np.arange(len(self._known))
        return ranks


def _cut(text: str | None) -> str | None:
    return text[:TEXT_READ] if text else None


def _ints(values: list[int]) -> Ints:
    return np.array(values, np.int64)


def _moments_told(told: Sequence[Told]) -> Ints:
    return _ints([one[2] for one in told])


def _moments(told: Sequence[str | None], otherwise: Ints) -> Ints:
    """Microseconds since 1970 of moments as the events keep them; where none is told, the other."""
    places = [place for place, text in enumerate(told) if text]
    moments = otherwise.copy()
    if places:
        # numpy knows no offsets; all of them end in Z
        texts = np.array([text[:-1] for text in told if text], "datetime64[us]")
        moments[_ints(places)] = texts.astype(np.int64)
    return moments


def _only_ends(runs: dict[str, Column]) -> dict[str, Column]:
    """A run whose end is told as well counts once, with its end."""
    system, started, ended = runs["system"], runs["started"], runs["ended"]
    if ended.all():
        return runs
    told = set(zip(system[ended].tolist(), started[ended].tolist(), strict=True))
    begun = np.flatnonzero(~ended)
    pairs = zip(system[begun].tolist(), started[begun].tolist(), strict=True)
    kept = ended.copy()
    kept[begun] = [pair not in told for pair in pairs]
    return {name: column[kept] for name, column in runs.items()}


def _sorted(table: dict[str, Column], *by: str) -> dict[str, Column]:
    order = np.lexsort([table[name] for name in reversed(by)])
    return {name: column[order] for name, column in table.items()}
