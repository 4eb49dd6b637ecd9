"""What it takes to gather what a synthesis knows, beside the other work of a large organisation.

    python tests/benchmarks/bench_gathering.py [--events 1000000] [--systems 1000]

The events of 90 days lie in a new SQLite file: runs, errors of 200 categories, metrics, accesses, and five in a thousand
promotions and rejections, three in ten of them without figures. Gathered are the outcomes and errors of the last 30 days, in
a process that has just started. Prints one line of JSON: processor and wall seconds, peak memory. Wanted: at most 3 s.
"""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from server.app import build_services
from server.config import read_config
from server.knowledge.gathering.gather import gather
from server.storage.database import Database
from server.storage.lazily import sql, tables

NOW = datetime(2026, 4, 5, 18, tzinfo=UTC)
KINDS, SHARES = ("run", "error", "metric", "access", "promotion", "rejection"), (40, 40, 10, 9.5, 0.3, 0.2)
AT_ONCE = 20_000


def _events(number: int, systems: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)
    for place in range(number):
        at = NOW - timedelta(seconds=chance.random() * 90 * 86_400)
        kind = chance.choices(KINDS, SHARES)[0]
        document: dict[str, Any] = {"at": at.isoformat()}
        if kind == "error":
            document |= {"category": f"category_{chance.randrange(200)}", "severity": "LOW"}
        if kind in ("promotion", "rejection"):
            document |= {"proposal_id": f"P-{place}", "title": f"Mend part {place % 300}"}
            document |= {"approach": "retry with backoff", "error_category": f"category_{chance.randrange(200)}"}
            document |= {"before": 12, "after": 3} if chance.random() < 0.7 else {}
        system_id = f"sys_{chance.randrange(systems):04d}"
        yield {
            "system_id": system_id,
            "key": str(place),
            "kind": kind,
            "at": _microseconds(at),
            "origin": "",
            "document": document,
        }


def _fill(database: Database, number: int, systems: int) -> None:
    def fill(session: Any) -> None:
        rows: list[dict[str, Any]] = []
        for row in _events(number, systems):
            rows.append(row)
            if len(rows) == AT_ONCE:
                session.connection().execute(sql.insert(tables.events), rows)
                rows.clear()
        if rows:
            session.connection().execute(sql.insert(tables.events), rows)

    database.write(fill)


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def main() -> None:
    """The events are stored and gathered, and one line says what that took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--systems", type=int, default=1_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        services = build_services(read_config({"CONCORD_HOME": home, "CONCORD_NOW": NOW.isoformat()}))
        for number in range(given.systems):
            services.registry.register({"id": f"sys_{number:04d}", "tier": "PRODUCTION"}, caller="", now=NOW)
        database = Database(read_config({"CONCORD_HOME": home}).database_url)
        _fill(database, given.events, given.systems)
        edges = [_microseconds(moment) for moment in (NOW - timedelta(days=30), NOW)]
        cpu, wall = time.process_time(), time.perf_counter()
        with services.registry.reading() as registry:
            facts = database.read(
                lambda session: gather(session, edges[0], edges[1], registry, activity_since=edges[0])
            ).facts
        print(
            json.dumps(
                {
                    "benchmark": "gathering",
                    "systems": given.systems,
                    "events": given.events,
                    "outcomes": len(facts.outcomes),
                    "active": len(facts.activity),
                    "cpu_seconds": round(time.process_time() - cpu, 2),
                    "seconds": round(time.perf_counter() - wall, 2),
                    "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                }
            )
        )
        database.close()
        services.close()


if __name__ == "__main__":
    main()
