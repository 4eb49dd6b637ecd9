"""What systems reported in a time, as columns: the one thing that detectors read.

Each kind of event is a table of equally long numpy arrays. Texts stand once, in a tuple; the columns hold their positions
(-1 = none). Moments are microseconds since 1970, all times half-open [since, until). This module and whatever imports it
load numpy: they are imported where a job runs, never at the start.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from server.model.moments import microseconds

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


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


Columns = dict[str, "array[int] | array[float]"]


class HistoryBuilder:
    """Takes events one by one, in any order, and gives the columns."""

    def __init__(
        self, since: int, until: int, *, canonical: Callable[[str, str], str] = lambda system_id, resource: resource
    ) -> None:
        """`canonical` gives the one name of a resource as this system writes it."""
        self._since, self._until = since, until
        self._canonical = canonical
        self._systems: dict[str, int] = {}
        self._categories: dict[str, int] = {}
        self._resources: dict[str, int] = {}
        self._named: dict[tuple[str, str], int] = {}
        self._sources: dict[str, int] = {}
        self._texts: dict[str, int] = {}
        self._metric_names: dict[str, int] = {}
        self._runs, self._troubles = _columns(Runs), _columns(Troubles)
        self._accesses, self._metrics = _columns(Accesses), _columns(Metrics)
        self._changes: list[Change] = []

    def add(self, seq: int, system_id: str, kind: str, at: int, document: dict[str, Any]) -> None:
        """One event more, as it is stored. Kinds that no detector reads are passed over."""
        system = _place(self._systems, system_id)
        if kind == "run":
            started = _moment(document.get("started_at"), at)
            finished = _moment(document.get("finished_at"), max(started, at))
            failed = document.get("result", "OK") != "OK"
            ended = bool(document.get("result") or document.get("finished_at"))
            _append(self._runs, seq, system, started, max(started, finished), failed, ended)
        elif kind in ("error", "incident"):
            self._add_trouble(seq, system, system_id, kind == "incident", at, document)
        elif kind == "access":
            started = _moment(document.get("started_at"), at)
            finished = _moment(document.get("finished_at"), started)
            resource = self._resource(system_id, document["resource"])
            write = document["mode"] == "write"
            _append(self._accesses, seq, system, resource, write, started, max(started, finished))
        elif kind == "metric":
            _append(self._metrics, seq, system, _place(self._metric_names, document["name"]), at, document["value"])
        elif kind in ("promotion", "rejection"):
            self._add_change(seq, system, kind == "promotion", at, document)

    def build(self) -> History:
        """The columns, each table in its order."""
        return History(
            since=self._since,
            until=self._until,
            systems=tuple(self._systems),
            categories=tuple(self._categories),
            resources=tuple(self._resources),
            sources=tuple(self._sources),
            texts=tuple(self._texts),
            metric_names=tuple(self._metric_names),
            runs=Runs(**_sorted(_only_ends(_arrays(self._runs, failed=bool, ended=bool)), "system", "started", "seq")),
            troubles=Troubles(**_sorted(_arrays(self._troubles, incident=bool), "system", "at", "seq")),
            accesses=Accesses(**_sorted(_arrays(self._accesses, write=bool), "system", "started", "seq")),
            metrics=Metrics(**_sorted(_arrays(self._metrics), "system", "name", "at", "seq")),
            changes=tuple(sorted(self._changes, key=lambda change: (change.at, change.seq))),
        )

    def _add_trouble(
        self, seq: int, system: int, system_id: str, incident: bool, at: int, document: dict[str, Any]
    ) -> None:
        category = document.get("title" if incident else "category") or ""
        text = document.get("description") or ""
        severity = _SEVERITIES.get(document.get("severity", "MEDIUM"), 1)
        resource = document.get("resource") or ""
        source = document.get("source") or ""
        _append(
            self._troubles,
            seq,
            system,
            at,
            _place(self._categories, category),
            self._resource(system_id, resource) if resource else -1,
            _place(self._sources, source) if source else -1,
            _place(self._texts, text) if text else -1,
            severity,
            incident,
        )

    def _add_change(self, seq: int, system: int, promoted: bool, at: int, document: dict[str, Any]) -> None:
        self._changes.append(
            Change(
                seq=seq,
                system=system,
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
        )

    def _resource(self, system_id: str, resource: str) -> int:
        known = self._named.get((system_id, resource))
        if known is None:
            known = self._named[system_id, resource] = _place(self._resources, self._canonical(system_id, resource))
        return known


_SEVERITIES = {"LOW": 0, "MEDIUM": 1, "HIGH": 2, "CRITICAL": 3}


def _columns(table: Any) -> Columns:
    return {field.name: array("d" if field.name == "value" else "q") for field in fields(table)}


def _append(columns: Columns, *row: Any) -> None:
    for column, value in zip(columns.values(), row, strict=True):
        column.append(value)


def _place(known: dict[str, int], text: str) -> int:
    return known.setdefault(text, len(known))


def _moment(told: Any, otherwise: int) -> int:
    return microseconds(told) if told else otherwise


def _arrays(columns: Columns, **types: type) -> dict[str, npt.NDArray[Any]]:
    return {
        name: np.array(column, dtype=types.get(name, np.float64 if column.typecode == "d" else np.int64))
        for name, column in columns.items()
    }


def _only_ends(runs: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """A run whose end is told as well counts once, with its end."""
    system, started, ended = runs["system"], runs["started"], runs["ended"]
    if ended.all():
        return runs
    told = set(zip(system[ended].tolist(), started[ended].tolist(), strict=True))
    kept = ended | np.array([pair not in told for pair in zip(system.tolist(), started.tolist(), strict=True)])
    return {name: column[kept] for name, column in runs.items()}


def _sorted(table: dict[str, npt.NDArray[Any]], *by: str) -> dict[str, npt.NDArray[Any]]:
    order = np.lexsort([table[name] for name in reversed(by)])
    return {name: column[order] for name, column in table.items()}
