"""Fleets with the other five types of pattern planted, each beside near misses: what is just not one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from server.model.moments import microseconds
from server.patterns.fleet import Fleet, Member
from server.patterns.history import History, HistoryBuilder

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = 90
TYPES = (
    "resource_contention",
    "timing_dependency",
    "correlated_degradation",
    "shared_root_cause",
    "transferable_solution",
)
_SPECIFIC = (
    ("isin_missing", "isin column missing in portfolio snapshot", "portfolio snapshot has no isin column any more"),
    ("tz_shift", "exchange calendar off by one hour after daylight saving", "daylight saving moved exchange calendar an hour"),
    ("utf16_feed", "broker feed encoded as utf-16 cannot be decoded", "cannot decode broker feed: utf-16 encoded"),
    ("margin_nan", "margin ratio becomes NaN for delisted warrants", "NaN margin ratio on delisted warrants"),
    ("fx_fixing", "fx fixing for krona published twice", "krona fixing appears twice in fx publication"),
    ("ledger_gap", "sequence gap in ledger of futures clearing", "futures clearing ledger skips a sequence number"),
)  # fmt: skip
_GENERIC = ("timeout", "connection error", "unexpected error", "retry", "failed")


@dataclass
class OtherFleet:
    """What was reported, and which systems belong together by type; two near misses stand beside each."""

    events: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    truth: dict[str, set[frozenset[str]]] = field(default_factory=lambda: {one: set() for one in TYPES})

    def history(self) -> History:
        """The columns that detectors read."""
        begin = microseconds(BEGIN.isoformat())
        builder = HistoryBuilder(begin, begin + DAYS * 86_400_000_000)
        for number, (system, kind, document) in enumerate(sorted(self.events, key=lambda one: one[2]["at"]), 1):
            builder.add(number, system, kind, microseconds(document["at"]), document)
        return builder.build()

    def fleet(self) -> Fleet:
        """The registry's side of it."""
        return Fleet(self.members)


class _Making:
    def __init__(self, seed: int, planted: bool) -> None:
        self.rng = np.random.default_rng([seed, 5])
        self.planted = planted
        self.made = OtherFleet()
        self.left = [f"sys_{number:02}" for number in self.rng.permutation(60)]

    def pair(self) -> tuple[str, str]:
        """Two systems that nothing has been told of yet."""
        return self.left.pop(), self.left.pop()

    def tell(self, system: str, kind: str, day: float, minute: float = 0, **document: Any) -> None:
        """The system reports it; members that are numbers and end in `_at` are minutes of that day."""
        if 0 <= day < DAYS:
            told = {name: _at(day, value) if name.endswith("_at") else value for name, value in document.items()}
            self.made.events.append((system, kind, {"at": _at(day, minute), **told}))

    def member(self, system: str, **known: Any) -> None:
        """The registry knows of it."""
        self.made.members[system] = Member(system, **known)

    def true(self, kind: str, *systems: str) -> None:
        """This is planted."""
        self.made.truth[kind].add(frozenset(systems))


def _at(day: float, minute: float) -> str:
    return (BEGIN + timedelta(days=day, seconds=round(minute * 60))).isoformat().replace("+00:00", "Z")


def _contention(make: _Making) -> None:
    for case in ("planted", "planted", "touching", "readers", "twice"):
        writer, reader = make.pair()
        resource, minute = f"/data/{writer}/prices.json", make.rng.uniform(60, 1_200)
        make.member(writer, writes=frozenset({resource}))
        make.member(reader, reads=frozenset({resource}), depends_on=frozenset({writer}))
        meets = set(make.rng.choice(DAYS, {"planted": 12, "readers": 30, "twice": 2}.get(case, 0), replace=False))
        if case == "planted" and not make.planted:
            meets = set()
        for day in range(DAYS):
            begun = minute + float(make.rng.normal(0, 3))
            mode = "read" if case == "readers" else "write"
            make.tell(writer, "access", day, begun, resource=resource, mode=mode, finished_at=begun + 10)
            read = begun + 5 if day in meets else begun + (10 if case == "touching" else 40)
            make.tell(reader, "access", day, read, resource=resource, mode="read", finished_at=read + 2)
        if case == "planted" and make.planted:
            make.true("resource_contention", writer, reader)
            make.true("timing_dependency", writer, reader)  # it needs what it reads half-written


def _timing(make: _Making) -> None:
    for case in ("planted", "planted", "finished", "twice", "strangers"):
        writer, reader = make.pair()
        resource, hour = f"/data/{writer}/table.parquet", float(make.rng.integers(1, 20)) * 60
        make.member(writer, writes=frozenset({resource}))
        if case == "strangers":
            make.member(reader)
        else:
            make.member(reader, reads=frozenset({resource}), depends_on=frozenset({writer}))
        late = set(make.rng.choice(DAYS, {"planted": 9, "strangers": 9, "twice": 2}.get(case, 0), replace=False))
        if case == "planted" and not make.planted:
            late = set()
        for day in range(DAYS):
            took = make.rng.uniform(65, 90) if day in late else make.rng.uniform(25, 45)
            begun = hour + float(make.rng.uniform(0, 2))
            told = {"started_at": begun, "finished_at": begun + took, "result": "OK"}
            make.tell(writer, "run", day, begun + took, **told)
            reads = hour + 60 + float(make.rng.uniform(0, 2))
            make.tell(reader, "run", day, reads + 5, started_at=reads, finished_at=reads + 5, result="OK")
        if case == "planted" and make.planted:
            make.true("timing_dependency", writer, reader)


def _degradation(make: _Making) -> None:
    for case in ("planted", "planted", "no_dependency", "unrelated", "few"):
        one, other = make.pair()
        both_need = frozenset() if case == "no_dependency" else frozenset({make.left.pop()})
        for system in (one, other):
            make.member(system, depends_on=both_need)
        for system in both_need:
            make.member(system)
        together = case != "unrelated" and (make.planted or case != "planted")
        first = second = 0.95
        for week in range(7 if case == "few" else 13):
            step = float(make.rng.normal(-0.012, 0.02))
            apart = step if together else float(make.rng.normal(-0.012, 0.02))
            first, second = first + step, second + apart + float(make.rng.normal(0, 0.004))
            make.tell(one, "metric", week * 7 + 1, 600, name="accuracy", value=round(first, 4))
            make.tell(other, "metric", week * 7 + 1, 660, name="accuracy", value=round(second, 4))
        if case == "planted" and make.planted:
            make.true("correlated_degradation", one, other)


def _root_cause(make: _Making) -> None:
    for number, case in enumerate(("planted", "planted", "resource", "generic", "generic", "few")):
        one, other = make.pair()
        category, said, likewise = _SPECIFIC[number % len(_SPECIFIC)]
        resource = f"/data/shared_{number}/feed.csv" if case == "resource" else ""
        for system, words in ((one, said), (other, likewise)):
            make.member(system)
            for _ in range(2 if case == "few" and system == other else 6):
                generic = str(make.rng.choice(_GENERIC))
                is_own = case == "generic" or (case in ("planted", "resource") and not make.planted)
                told: dict[str, Any] = {"category": category, "description": words}
                if is_own or case == "resource":
                    told = {"category": generic, "description": ""}
                if resource and make.planted:
                    told["resource"] = resource
                make.tell(system, "error", float(make.rng.uniform(0, DAYS)), **told)
        if case in ("planted", "resource") and make.planted:
            make.true("shared_root_cause", one, other)


def _transfer(make: _Making) -> None:
    for number, case in enumerate(("planted", "planted", "small_drop", "twice", "long_ago", "elsewhere")):
        source, target = make.pair()
        category = f"stale_{('quotes', 'orders', 'rates', 'curves', 'greeks', 'limits')[number]}"
        make.member(source)
        make.member(target)
        is_true = case == "planted" and make.planted
        after = 9.5 if case == "small_drop" or (case == "planted" and not is_true) else 2.0
        proposal: dict[str, Any] = {
            "proposal_id": f"PROP-{number}",
            "title": "Check freshness",
            "error_category": category,
        }
        figures = {"before": 12.0, "after": after, "observation_days": 28.0}
        make.tell(source, "promotion", 40, **proposal, **figures)
        begin, end = (DAYS - 29, DAYS - 1) if case != "long_ago" else (DAYS - 55, DAYS - 33)
        for _ in range(2 if case == "twice" else 8):
            told = "gpu_lost" if case == "elsewhere" else category
            make.tell(target, "error", float(make.rng.uniform(begin, end)), category=told, description=told)
        if is_true:
            make.true("transferable_solution", source, target)


def plant_others(seed: int, *, planted: bool = True) -> OtherFleet:
    """The fleet of this seed; where not `planted`, the near misses alone."""
    make = _Making(seed, planted)
    for plant in (_contention, _timing, _degradation, _root_cause, _transfer):
        plant(make)
    return make.made
