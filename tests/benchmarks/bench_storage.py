"""Acknowledged writes a second to one SQLite file, beside one transaction a write with nothing but a busy time-out.

    python tests/benchmarks/bench_storage.py [--seconds 2] [--threads 8]

Both write the same row, every commit synced to disk, with one and with eight processes, in turn. Prints a table and one
line of JSON: writes a second, the slowest write in milliseconds, refused writes, and the share of the process that got
least (1 = as much as the average).
"""

import argparse
import json
import multiprocessing
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from server.storage import checks, counters
from server.storage.database import Database

PROCESSES = (1, 8)
DOCUMENT = {"check_timestamp": "2026-04-05T14:00:00Z", "source_system": "s", "proposal_id": "", "verdict": "CLEAR"}


def _grouped(file: Path) -> Callable[[str], object]:
    """A write through the storage of the product: a number is taken, and a row kept under it."""
    database = Database(f"sqlite:///{file}")

    def one(name: str) -> object:
        def operation(session: Any) -> None:
            number = counters.following(session, name)
            checks.save(session, {**DOCUMENT, "check_id": f"{name}-{number}"}, {})

        return database.write(operation)

    database.read(lambda session: None)
    return one


def _plain(file: Path) -> Callable[[str], object]:
    """The same write as its own transaction on a connection of its own, waiting at most five seconds for a lock."""
    connections = threading.local()
    kept = json.dumps({"check": DOCUMENT, "inputs": {}})

    def one(name: str) -> object:
        if not hasattr(connections, "own"):
            connections.own = sqlite3.connect(file, isolation_level=None)
            for pragma in ("busy_timeout=5000", "synchronous=FULL"):
                connections.own.execute(f"PRAGMA {pragma}")
        own: sqlite3.Connection = connections.own
        own.execute("BEGIN IMMEDIATE")
        taken = own.execute(
            "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            [name],
        ).fetchone()
        columns = "check_id, created_at, source_system, proposal_id, verdict, caller, document"
        row = [f"{name}-{taken[0]}", *DOCUMENT.values(), "", kept]
        own.execute(f"INSERT INTO checks ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return own.execute("COMMIT")

    return one


WAYS = {"plain": _plain, "grouped": _grouped}
TURNS = 4


@dataclass
class Tally:
    """What one process got done in one way."""

    writes: int = 0
    refused: int = 0
    slowest: float = 0.0


def _slice(write: Callable[[str], object], name: str, threads: int, seconds: float, tally: Tally) -> None:
    """Writes from several threads until the time is over."""
    adding = threading.Lock()

    def loop(own: str) -> None:
        done, refused, slowest = 0, 0, 0.0
        began = now = perf_counter()
        while now - began < seconds:
            before = now
            try:
                write(own)
                done += 1
            except sqlite3.OperationalError as error:
                if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                    raise
                refused += 1
            now = perf_counter()
            slowest = max(slowest, now - before)
        with adding:
            tally.writes += done
            tally.refused += refused
            tally.slowest = max(tally.slowest, slowest)

    running = [threading.Thread(target=loop, args=(f"{name}-{number}",)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def _work(folder: Path, name: str, threads: int, seconds: float, start: Any, results: Any) -> None:
    """Every way by turns, so that a disk that tires treats them alike; all processes are in the same slice together."""
    writes = {way: prepare(folder / f"{way}.db") for way, prepare in WAYS.items()}
    tallies = {way: Tally() for way in WAYS}
    for turn in range(TURNS):
        for way in list(WAYS)[:: 1 if turn % 2 else -1]:
            start.wait()
            _slice(writes[way], name, threads, seconds / TURNS, tallies[way])
    results.put(tallies)


def _measure(processes: int, threads: int, seconds: float) -> dict[str, dict[str, Any]]:
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        for way in WAYS:
            made = Database(f"sqlite:///{folder}/{way}.db")
            made.read(lambda session: None)
            made.close()
        start, results = context.Barrier(processes), context.Queue()
        running = [
            context.Process(target=_work, args=(Path(folder), f"p{number}", threads, seconds, start, results))
            for number in range(processes)
        ]
        for process in running:
            process.start()
        told = [results.get() for _ in running]
        for process in running:
            process.join()
    return {way: _row([one[way] for one in told], seconds) for way in WAYS}


def _row(tallies: list[Tally], seconds: float) -> dict[str, Any]:
    writes = [one.writes for one in tallies]
    return {
        "writes_per_second": round(sum(writes) / seconds, 1),
        "slowest_ms": round(max(one.slowest for one in tallies) * 1000, 1),
        "refused": sum(one.refused for one in tallies),
        "least_share": round(min(writes) * len(writes) / max(1, sum(writes)), 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each way and number of processes")
    parser.add_argument("--threads", type=int, default=8, help="threads in each process")
    args = parser.parse_args()
    print(
        f"{'processes':>9} {'threads':>7} {'way':<8} {'writes/s':>9} {'slowest ms':>10} {'refused':>7} {'least share':>11}"
    )
    figures: dict[str, Any] = {"benchmark": "storage", "rows": [], "ratios": {}}
    for processes in PROCESSES:
        for threads in sorted({1, args.threads}):
            ways = _measure(processes, threads, args.seconds)
            for way, row in ways.items():
                print(
                    f"{processes:>9} {threads:>7} {way:<8} {row['writes_per_second']:>9} "
                    f"{row['slowest_ms']:>10} {row['refused']:>7} {row['least_share']:>11}"
                )
                figures["rows"].append({"processes": processes, "threads": threads, "way": way, **row})
            ratio = ways["grouped"]["writes_per_second"] / max(0.1, ways["plain"]["writes_per_second"])
            figures["ratios"][f"{processes} x {threads}"] = round(ratio, 2)
    print("grouped / plain:", ", ".join(f"{shape}: {ratio}" for shape, ratio in figures["ratios"].items()))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
