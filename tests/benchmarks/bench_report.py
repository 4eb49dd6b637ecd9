"""A full batch of events through `report`, over stdio, into SQLite.

    python tests/benchmarks/bench_report.py [--events 5000] [--batches 5]

Prints a table and one line of JSON: seconds from the call to the durable answer, new events and the same ones once more.
Wanted: well under a second for 5,000.
"""

import argparse
import json
import statistics
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.wire import StdioSession, concord_command

BEGIN = datetime(2026, 4, 5, tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--batches", type=int, default=5)
    wanted = parser.parse_args()
    taken: dict[str, list[float]] = {"new": [], "again": []}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        StdioSession(concord_command(), Path(folder)) as session,
    ):
        session.call("register_system", system={"id": "sys_busy", "tier": "PRODUCTION"})
        for batch in range(wanted.batches):
            begin = BEGIN + timedelta(hours=2 * batch)
            events = [
                {
                    "kind": "run",
                    "at": (begin + timedelta(seconds=second)).isoformat(),
                    "result": "OK",
                    "message": "done",
                }
                for second in range(wanted.events)
            ]
            for times in taken.values():
                started = perf_counter()
                answer = session.call("report", system_id="sys_busy", events=events)["structuredContent"]
                times.append(perf_counter() - started)
                assert answer["accepted"] == wanted.events, answer
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name, seconds in medians.items():
        print(f"{wanted.events} events, {name:6} {seconds * 1e3:9.1f} ms")
    print(json.dumps({"benchmark": "report", "events": wanted.events, **medians}))


if __name__ == "__main__":
    main()
