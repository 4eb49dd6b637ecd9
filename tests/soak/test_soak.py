"""Load and faults for as long as one likes (`make soak SECONDS=120`): what was acknowledged is there, once, whatever was killed."""

import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from server.storage.database import Database
from server.storage.lazily import sql, tables
from tests.soak.fleet import BATCHES, BEGIN, CAUSE, EFFECT, END, ENOUGH, SIZE, SYSTEMS, batch, registered
from tests.soak.lessons import PUPILS, Lessons, assert_knowledge_is_whole
from tests.soak.servers import Gone, Used

SECONDS = float(os.environ.get("CONCORD_TEST_SOAK_SECONDS", "120")) / 2
"""On each kind of database."""
BETWEEN = (10, 40)
"""Calls that are answered between two signals, so that a busy machine gets on as well."""
LOOK = 0.05
"""Seconds until the next look whether they are."""
STOPPED = 0.5
"""Seconds that a process stands still, perhaps while it has the database to itself."""
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP)
TRIES = 20
"""Of the last detection: a run that was killed stands in its way for half a minute, and a call waits ten seconds."""
Identity = tuple[str, tuple[str, ...]]


@dataclass
class Soak:
    """What goes on, and what everybody was told."""

    url: str
    home: Path
    until: float
    told: dict[str, list[int]] = field(default_factory=lambda: {system: [] for system in SYSTEMS})
    """By system the numbers of the batches that were acknowledged, in their order."""
    repeated: int = 0
    named: dict[str, set[Identity]] = field(default_factory=dict)
    """What went by the id of a pattern, at any time."""
    runs: Counter[str] = field(default_factory=Counter)
    signals: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    """Calls of all of them, about."""
    failed: list[BaseException] = field(default_factory=list)

    def count(self) -> None:
        """One more call was answered."""
        self.answered += 1

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.until and not self.failed

    def watched(self, work: Callable[[], None]) -> threading.Thread:
        """A thread that does it, and ends the whole where it fails."""

        def run() -> None:
            try:
                work()
            except BaseException as error:
                self.failed.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def tell(self, system: str, server: Used) -> None:
        """Batch after batch, each until it is acknowledged; now and then one from before once more."""
        chance, told = Random(system), self.told[system]
        while self.goes_on and len(told) < BATCHES:
            is_new = not told or chance.random() < 0.9
            number = len(told) if is_new else chance.choice(told)
            with suppress(Gone):
                answer = server.call("report", system_id=system, events=batch(system, number))
                assert (answer["accepted"], answer["rejected_total"]) == (SIZE, 0), answer
                self.answered += 1
                if is_new:
                    told.append(number)
                else:
                    self.repeated += 1

    def detect(self, server: Used) -> None:
        """Detection after detection, and a look at what was found."""
        while self.goes_on:
            with suppress(Gone):
                self.runs[detected(server)["state"]] += 1
                self.note(server)
                self.answered += 1

    def note(self, server: Used) -> None:
        for row in found(server):
            self.named.setdefault(row["id"], set()).add((row["type"], tuple(row["systems_involved"])))

    def disturb(self, servers: list[Used]) -> None:
        """One server after the other is killed, told to end, or stopped for a while."""
        chance, pause, before = Random(2026), threading.Event(), self.answered
        calls = chance.randint(*BETWEEN)
        while self.goes_on:
            if self.answered - before < calls:
                pause.wait(LOOK)
                continue
            before, calls = self.answered, chance.randint(*BETWEEN)
            pid, sent = chance.choice(servers).pid, chance.choice(SIGNALS)
            if pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, sent)
                    self.signals[sent.name] += 1
                    if sent == signal.SIGSTOP:
                        pause.wait(STOPPED)
                        os.kill(pid, signal.SIGCONT)


def detected(server: Used) -> dict[str, Any]:
    """The run of a detection over all that was told, as it stands after some seconds."""
    return server.call("run_job", job="patterns", since=BEGIN.isoformat(), until=END)


def found(server: Used) -> list[dict[str, Any]]:
    """All patterns, candidates as well."""
    rows: list[dict[str, Any]] = server.call("find_patterns", status="ALL", limit=50)["patterns"]
    return rows


def kept(url: str) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """How many events of each (system, batch) are there, and how often each (system, key)."""
    database, events = Database(url), tables.events.c
    rows = database.read(
        lambda session: list(session.connection().execute(sql.select(events.system_id, events.key, events.document)))
    )
    database.close()
    rows = [row for row in rows if row.system_id in SYSTEMS]
    named = ((system, document.get("name") or document["description"]) for system, _, document in rows)
    batches = Counter((system, said.removeprefix(f"{system}, ").removeprefix("batch ")) for system, said in named)
    return batches, Counter((system, key) for system, key, _ in rows)


def registered_by(server: Used) -> None:
    for system in registered():
        server.call("register_system", system=system)


def look_once_more(soak: Soak, server: Used) -> None:
    """A detection that nobody disturbs comes to its end, as soon as the one that was killed is given up."""
    for _ in range(TRIES):
        if (run := detected(server))["state"] == "SUCCEEDED":
            break
    assert run["state"] == "SUCCEEDED", run
    soak.note(server)
    shown = [row for row in found(server) if row["status"] == "ACTIVE" and row["type"] == "cascade_failure"]
    if min(len(soak.told[CAUSE]), len(soak.told[EFFECT])) >= ENOUGH:
        assert [tuple(row["systems_involved"]) for row in shown] == [(CAUSE, EFFECT)]
    server.end()


def assert_nothing_lost_or_twice(soak: Soak) -> None:
    """Each acknowledged batch is there as a whole, each event once, and the file is sound."""
    there, keys = kept(soak.url)
    told = {(system, str(number)) for system, numbers in soak.told.items() for number in numbers}
    assert told <= set(there), "an acknowledged batch is missing"
    assert set(there.values()) == {SIZE}, "a batch is there as a whole or not at all"
    assert set(keys.values()) == {1}, "an event is there once"
    if soak.url.startswith("sqlite"):
        assert whole(soak.url) == "ok"


def assert_patterns_keep_their_names(soak: Soak) -> None:
    """No id has ever meant two patterns, and what a pattern rests on is there."""
    assert {name: meant for name, meant in soak.named.items() if len(meant) > 1} == {}
    database, rests, there = Database(soak.url), tables.pattern_events.c, tables.events.c
    missing = sql.select(rests.seq).where(rests.seq.not_in(sql.select(there.seq)))
    assert database.read(lambda session: session.connection().execute(missing).all()) == []
    database.close()


def whole(url: str) -> str:
    """What SQLite says of its file."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        said: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return said


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(new_database_url: str, tmp_path: Path) -> None:
    url = new_database_url
    tellers = {system: Used(url, tmp_path) for system in SYSTEMS}
    detectors = [Used(url, tmp_path, "--toolsets", "core,admin") for _ in range(2)]
    learner, pupil = Used(url, tmp_path, "--toolsets", "core,admin"), Used(url, tmp_path)
    servers = [*tellers.values(), *detectors, learner, pupil]
    try:
        registered_by(detectors[0])
        for server in servers:  # all of them are there before the time counts
            found(server)
        soak = Soak(url, tmp_path, time.monotonic() + SECONDS)
        lessons = Lessons(lambda: soak.goes_on, soak.count)
        lessons.begin(detectors[0])
        threads = [soak.watched(partial(soak.tell, system, server)) for system, server in tellers.items()]
        threads += [soak.watched(partial(soak.detect, server)) for server in detectors]
        threads.append(soak.watched(partial(lessons.learn, learner, seed=1)))
        threads.append(soak.watched(partial(lessons.answer, pupil, PUPILS)))
        threads.append(soak.watched(partial(soak.disturb, servers)))
        for thread in threads:
            thread.join()
        if soak.failed:
            raise soak.failed[0]
        print(
            f"{soak.signals}, {soak.runs}, { ({one: len(told) for one, told in soak.told.items()}) }, again {soak.repeated}"
        )
        print(f"learning {lessons.runs}, imports {lessons.imports}, answers to {len(lessons.said)}")
        for server in servers:
            server.end()
        assert soak.signals, "nothing was disturbed"
        look_once_more(soak, detectors[0])
        assert_nothing_lost_or_twice(soak)
        assert_patterns_keep_their_names(soak)
        assert_knowledge_is_whole(url, lessons)
    finally:
        for server in servers:
            server.end()
