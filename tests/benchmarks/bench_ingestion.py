"""Events of 200 systems taken in over stdio, into SQLite, beside a bare insert of the same rows.

    python tests/benchmarks/bench_ingestion.py [--systems 200] [--events 200000] [--batch 1000]

Every call is answered before the next is sent, and answered only when its events are durable. The requests are written
beforehand. The bare insert puts the same rows into a table with the same indexes, as many a transaction, as durable. Prints a
table and one line of JSON. Wanted: 5,000 events a second; the exit code is 1 where it is missed.
"""

import argparse
import json
import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import psutil

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.bench_hostile import peak
from tests.benchmarks.wire import StdioSession, concord_command, encoded

WANTED = 5_000
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = 90


def events_of(chosen: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """So many events of one system over 90 days: runs, errors, accesses, figures, heartbeats."""
    step = timedelta(days=DAYS) / count
    for number in range(count):
        at = BEGIN + step * (number + chosen.random())
        told = at.isoformat()
        resource = f"/data/set_{chosen.randrange(50)}.json"
        match number % 10:
            case 0 | 1 | 2:
                finished, result = (at + timedelta(minutes=2)).isoformat(), chosen.choices(("OK", "ERROR"), (19, 1))[0]
                yield {"kind": "run", "at": finished, "started_at": told, "finished_at": finished, "result": result}
            case 3 | 4:
                text = f"could not read part {chosen.randrange(1_000)} within 30 s"
                category = f"category {chosen.randrange(20)}"
                yield {
                    "kind": "error",
                    "at": told,
                    "category": category,
                    "description": text,
                    "severity": "HIGH",
                    "resource": resource,
                }
            case 5 | 6:
                yield {"kind": "access", "at": told, "resource": resource, "mode": chosen.choice(("read", "write"))}
            case 7 | 8:
                yield {"kind": "metric", "at": told, "name": "accuracy", "value": chosen.random()}
            case _:
                yield {"kind": "heartbeat", "at": told, "load": chosen.random()}


def reports(systems: int, events: int, batch: int) -> list[tuple[int, bytes]]:
    """(number, request) of every report; the systems take turns."""
    chosen = random.Random(2026)
    told = [list(events_of(chosen, events // systems)) for _ in range(systems)]
    requests: list[tuple[int, bytes]] = []
    for start in range(0, events // systems, batch):
        for place, one in enumerate(told):
            arguments = {"system_id": f"sys_{place:03}", "events": one[start : start + batch]}
            number = 1_000_000 + len(requests)
            requests.append((number, encoded(number, "tools/call", {"name": "report", "arguments": arguments})))
    return requests


def inserted(source: Path, target: Path, batch: int) -> tuple[float, float]:
    """Seconds that a bare insert of the same rows takes, and of them those of the processor."""
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target, isolation_level=None)) as here:
        rows = there.execute("SELECT system_id, key, kind, at, origin, document FROM events ORDER BY seq").fetchall()
        statements = "SELECT sql FROM sqlite_master WHERE tbl_name = 'events' AND sql IS NOT NULL ORDER BY type DESC"
        here.execute("PRAGMA journal_mode=WAL")
        here.execute("PRAGMA synchronous=FULL")
        for (statement,) in there.execute(statements):
            here.execute(statement)
        started, used = perf_counter(), process_time()
        for start in range(0, len(rows), batch):
            here.execute("BEGIN IMMEDIATE")
            here.executemany(
                "INSERT INTO events (system_id, key, kind, at, origin, document) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (system_id, key) DO NOTHING",
                rows[start : start + batch],
            )
            here.execute("COMMIT")
        return perf_counter() - started, process_time() - used


def main() -> int:
    """Measure and print; 1 where it takes in too few a second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", type=int, default=200)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=1_000)
    wanted = parser.parse_args()
    requests = reports(wanted.systems, wanted.events, wanted.batch)
    figures: dict[str, Any] = {"benchmark": "ingestion", "systems": wanted.systems, "batch": wanted.batch}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        StdioSession(concord_command("--no-jobs"), Path(folder)) as session,
    ):
        for place in range(wanted.systems):
            session.call("register_system", system={"id": f"sys_{place:03}", "tier": "PRODUCTION"})
        server, counted = psutil.Process(session.pid), 0
        for name in ("new", "again"):
            before, started = server.cpu_times(), perf_counter()
            taken = sum(session.exchange(*request)["structuredContent"]["accepted"] for request in requests)
            seconds, after = perf_counter() - started, server.cpu_times()
            counted = counted or taken
            assert taken == counted, "what comes again is accepted, and kept once"
            figures[name] = {
                "seconds": seconds,
                "processor_seconds": after.user + after.system - before.user - before.system,
                "a_second": taken / seconds,
            }
        figures |= {"events": counted, "peak_megabytes": peak(session.pid)}
        bare, used = inserted(Path(folder) / "concord.db", Path(folder) / "bare.db", wanted.batch)
        ratio = figures["new"]["seconds"] / bare
        figures["bare"] = {"seconds": bare, "processor_seconds": used, "a_second": counted / bare, "ratio": ratio}
    print(f"{counted:,} events of {wanted.systems} systems, {wanted.batch:,} a call")
    for name in ("new", "again", "bare"):
        one = figures[name]
        print(f"{name:6} {one['seconds']:8.2f} s, {one['processor_seconds']:.2f} s of the processor", end="")
        print(f" {one['a_second']:10,.0f} a second")
    print(f"{ratio:.1f} x the bare insert; the server held {figures['peak_megabytes']:.0f} MB at most")
    print(json.dumps(figures))
    return int(figures["new"]["a_second"] < WANTED)


if __name__ == "__main__":
    sys.exit(main())
