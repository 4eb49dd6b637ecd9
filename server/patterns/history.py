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

from server.model.withholding import name_crossing
from server.patterns.columns import Words, in_order_of, moments, name_of, only_ends
from server.patterns.found import READ_KINDS

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


TEXT_READ = 500
"""Characters of a free text that are read."""
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
        self._systems = Words()
        self._categories = Words(kept_as=name_of)
        self._resources = Words()
        self._named: dict[tuple[str, str], int] = {}
        self._sources = Words()
        self._texts = Words()
        self._metric_names = Words(kept_as=name_of)
        self._waiting: dict[str, list[tuple[int, str, int, dict[str, Any]]]] = {kind: [] for kind in READ_KINDS}
        self._parts: dict[type, list[dict[str, Column]]] = {table: [] for table in _EMPTY}
        self._changes: list[Change] = []

    def add(self, seq: int, system_id: str, kind: str, at: int, document: dict[str, Any]) -> None:
        """One event more, as it is stored. Kinds that no detector reads are passed over."""
        self._systems.place(system_id)
        if kind in self._waiting:
            self._waiting[kind].append((seq, system_id, at, document))

    def add_many(
        self, kind: str, seqs: Sequence[int], ids: Sequence[str], at: Sequence[int], documents: Sequence[dict[str, Any]]
    ) -> None:
        """Events more of one kind that detectors read: their numbers, whose they are, when, and what; each equally long."""
        whose = {"seq": np.array(seqs, np.int64), "system": self._systems.places(ids)}
        happened = np.array(at, np.int64)
        match kind:
            case "run":
                self._parts[Runs].append({**whose, **_runs(happened, documents)})
            case "error" | "incident":
                self._parts[Troubles].append({**whose, **self._troubles(kind == "incident", ids, happened, documents)})
            case "access":
                self._parts[Accesses].append({**whose, **self._accesses(ids, happened, documents)})
            case "metric":
                names = self._metric_names.places([one["name"] for one in documents])
                values = np.array([one["value"] for one in documents], np.float64)
                self._parts[Metrics].append({**whose, "name": names, "at": happened, "value": values})
            case _:
                systems = whose["system"].tolist()
                each = zip(seqs, systems, at, documents, strict=True)
                self._changes += [_change(kind == "promotion", *one) for one in each]

    def build(self) -> History:
        """The columns, each table in its order."""
        for kind, waiting in self._waiting.items():
            if waiting:
                self.add_many(kind, *zip(*waiting, strict=True))
                waiting.clear()
        systems, categories, resources = self._systems, self._categories, self._resources
        sources, texts, names = self._sources, self._texts, self._metric_names
        runs = only_ends(self._whole(Runs, system=systems))
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
            runs=Runs(**in_order_of(runs, "system", "started", "seq")),
            troubles=Troubles(**in_order_of(troubles, "system", "at", "seq")),
            accesses=Accesses(**in_order_of(accesses, "system", "started", "seq")),
            metrics=Metrics(**in_order_of(metrics, "system", "name", "at", "seq")),
            changes=tuple(sorted(changes, key=lambda change: (change.at, change.seq))),
        )

    def _troubles(
        self, incident: bool, ids: Sequence[str], at: Ints, documents: Sequence[dict[str, Any]]
    ) -> dict[str, Column]:
        named = "title" if incident else "category"
        texts = [one.get("description") or "" for one in documents]
        return {
            "at": at,
            "category": self._categories.places([one.get(named) or "" for one in documents]),
            "resource": self._named_by(ids, [one.get("resource") or "" for one in documents]),
            "source": self._sources.places([one.get("source") or "" for one in documents], but=""),
            "text": self._texts.places([one[:TEXT_READ] for one in texts], but=""),
            "severity": np.array([_SEVERITIES.get(one.get("severity", "MEDIUM"), 1) for one in documents], np.int64),
            "incident": np.full(len(documents), incident),
        }

    def _accesses(self, ids: Sequence[str], at: Ints, documents: Sequence[dict[str, Any]]) -> dict[str, Column]:
        started = moments([one.get("started_at") for one in documents], at)
        finished = moments([one.get("finished_at") for one in documents], started)
        return {
            "resource": self._named_by(ids, [one["resource"] for one in documents]),
            "write": np.array([one["mode"] == "write" for one in documents], bool),
            "started": started,
            "finished": np.maximum(started, finished),
        }

    def _named_by(self, ids: Sequence[str], resources: Sequence[str]) -> Ints:
        """The places of resources as these systems write them; -1 for none."""
        pairs = list(zip(ids, resources, strict=True))
        for system_id, resource in set(pairs).difference(self._named):
            name = name_crossing(self._canonical(system_id, name_crossing(resource))) if resource else ""
            self._named[system_id, resource] = self._resources.place(name) if resource else -1
        return np.array([self._named[pair] for pair in pairs], np.int64)

    def _whole(self, table: type, **worded: "Words") -> dict[str, Column]:
        """The columns of a table, those with words holding positions in their final order."""
        parts = self._parts.pop(table)
        whole: dict[str, Column] = {}
        for field in fields(table):
            pieces = [part.pop(field.name) for part in parts]
            empty = np.array([], _EMPTY[table].get(field.name, np.int64))
            column = np.concatenate([empty, *pieces])
            whole[field.name] = worded[field.name].ranks()[column] if field.name in worded else column
        return whole


def _runs(at: Ints, documents: Sequence[dict[str, Any]]) -> dict[str, Column]:
    started = moments([one.get("started_at") for one in documents], at)
    finished = moments([one.get("finished_at") for one in documents], np.maximum(started, at))
    return {
        "started": started,
        "finished": np.maximum(started, finished),
        "failed": np.array([one.get("result", "OK") != "OK" for one in documents], bool),
        "ended": np.array([bool(one.get("result") or one.get("finished_at")) for one in documents], bool),
    }


def _change(promoted: bool, seq: int, system: int, at: int, document: dict[str, Any]) -> Change:
    return Change(
        seq=seq,
        system=system,
        at=at,
        promoted=promoted,
        proposal_id=document.get("proposal_id") or "",
        title=name_of(document.get("title") or ""),
        approach=document.get("approach") or "",
        error_category=name_of(document.get("error_category") or ""),
        before=document.get("before"),
        after=document.get("after"),
        observation_days=document.get("observation_days"),
    )
