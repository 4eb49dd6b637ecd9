"""How long the detection of patterns takes as the fleet grows, and how much memory, up to 1,000 systems with 1,000,000 events.

    python tests/benchmarks/bench_pattern_scale.py [--sizes 100,200,500,1000] [--each 1000] [--phases]

For each size a database of its own is filled by a process of its own: systems that are registered with who reads whom, 90 days
of runs, errors, accesses and weekly figures. Then a server is started on it over stdio and told `run_job` patterns; its peak
memory and processor time are those of that process. `--phases` adds, in a further process, how long the reading and each
detector take. Prints a table and one line of JSON. Wanted: 200 systems with 200,000 events within 20 s and 1.5 GiB, 1,000
with 1,000,000 within 30 s, reading from SQLite included; and numpy is not loaded when the server starts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.wire import ROOT, StdioSession, concord_command

Floats = npt.NDArray[np.float64]
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = 90
END = (BEGIN + timedelta(days=DAYS)).isoformat()
MINUTES = DAYS * 1_440
BATCH = 5_000
WANTED = {200: (20.0, 1.5), 1_000: (30.0, None)}
"""By number of systems: seconds, GiB."""
CATEGORIES = ("timeout", "parse_error", "stale_data", "disk_full", "bad_schema", "rate_limited", "null_value", "render")


def _at(minute: float) -> str:
    return (BEGIN + timedelta(seconds=round(float(minute) * 60))).isoformat()


class _Told:
    """The events of a system, and when it failed."""

    def __init__(self, events: list[dict[str, Any]], failures: Floats) -> None:
        self.events, self.failures = events, failures


def events_of(system: dict[str, Any], events: int, followed: Floats, chance: np.random.Generator) -> _Told:
    """What one system reports: half of it runs, a third errors, some of them minutes after those in `followed`."""
    count = events // 2
    begun = np.sort(chance.uniform(0, MINUTES / count) + np.arange(count) * (MINUTES / count))
    begun = np.clip(begun + chance.normal(0, 1, count), 0, MINUTES - 60)
    failed = chance.random(count) < 0.03
    own = chance.uniform(0, MINUTES, events // 3)
    after = followed[chance.random(followed.size) < 0.6][: events // 10]
    errors = np.sort(np.concatenate([own[: own.size - after.size], after + chance.uniform(5, 8, after.size)]))
    errors = errors[errors < MINUTES - 1]
    told: list[dict[str, Any]] = []
    for start, is_bad in zip(begun, failed, strict=True):
        end = _at(start + 4)
        result = "ERROR" if is_bad else "OK"
        told.append({"kind": "run", "at": end, "started_at": _at(start), "finished_at": end, "result": result})
    for moment in errors:
        category = CATEGORIES[int(chance.integers(len(CATEGORIES)))]
        told.append({"kind": "error", "at": _at(moment), "category": category, "description": f"{category} in a step"})
    for week in range(1, 13):
        value = round(float(chance.normal(0.9, 0.02)), 4)
        told.append({"kind": "metric", "at": _at(week * 10_080), "name": "accuracy", "value": value})
    told += _accesses(system, events - len(told), chance)
    return _Told(told, np.sort(np.concatenate([errors, begun[failed] + 4])))


def _accesses(system: dict[str, Any], count: int, chance: np.random.Generator) -> Iterator[dict[str, Any]]:
    used = [(one["resource"], "read") for one in system["reads_from"]]
    used += [(one["resource"], "write") for one in system["writes_to"]]
    for _ in range(count if used else 0):
        resource, mode = used[int(chance.integers(len(used)))]
        start = chance.uniform(0, MINUTES - 60)
        yield {"kind": "access", "at": _at(start), "resource": resource, "mode": mode, "finished_at": _at(start + 0.5)}


def _registered(number: int, chance: np.random.Generator) -> dict[str, Any]:
    """A system that writes one file and reads those of up to three that were there before it."""
    others = chance.choice(number, min(3, number), replace=False) if number else ()
    return {
        "id": f"sys_{number:04}",
        "name": f"Pipeline {number}",
        "tier": "PRODUCTION",
        "reads_from": [{"resource": f"/data/sys_{int(one):04}/out.json", "required": True} for one in others],
        "writes_to": [{"resource": f"/data/sys_{number:04}/out.json", "schema_version": "1.0", "consumers": []}],
        "contracts": [],
    }


def fill(folder: str, systems: int, each: int) -> None:
    """The database in the folder holds the fleet and all that it has reported."""
    from server.app import build_services
    from server.clock import clock_from
    from server.config import read_config

    chance = np.random.default_rng(systems)
    registered = [_registered(number, chance) for number in range(systems)]
    file = Path(folder, "system_registry.json")
    file.write_text(json.dumps({"systems": registered}))
    services = build_services(read_config({**os.environ, "CONCORD_HOME": folder}))
    now = clock_from(END).now()
    services.exchange.import_source(now=now, paths=[str(file)])
    failures: dict[str, Floats] = {}
    links: list[tuple[str, str]] = []
    for system in registered:
        writers = [one["resource"].split("/")[-2] for one in system["reads_from"]]
        known = [failures[one] for one in writers if one in failures]
        is_follower = bool(known) and chance.random() < 0.2
        if is_follower:
            links.append((next(one for one in writers if one in failures), system["id"]))
        told = events_of(system, each, known[0] if is_follower else np.empty(0), chance)
        failures[system["id"]] = told.failures
        for first in range(0, len(told.events), BATCH):
            answer = services.journal.report(system["id"], told.events[first : first + BATCH], caller="", now=now)
            assert not answer["rejected_total"], answer
    services.close()
    Path(folder, "links.json").write_text(json.dumps(links))


def phases(folder: str) -> dict[str, float]:
    """Seconds of processor time of the reading and of each detector, in this process; and what was planted and found."""
    from server.app import build_services
    from server.config import read_config
    from server.knowledge.similarity.lexical import lexical_likeness
    from server.model.moments import microseconds
    from server.patterns.detectors import detectors
    from server.patterns.members import fleet_of, naming
    from server.patterns.reading import read_history
    from server.storage.database import Database

    config = read_config({**os.environ, "CONCORD_HOME": folder})
    services, database = build_services(config), Database(config.database_url)
    with services.registry.reading() as registry:
        fleet, name = fleet_of(registry), naming(registry, services.registry.canonical)
    spent: dict[str, float] = {}
    began = process_time()
    since, until = microseconds(BEGIN.isoformat()), microseconds(END)
    history = database.read(lambda session: read_history(session, since, until, name))
    spent["reading"] = process_time() - began
    planted = {(cause, effect) for cause, effect in json.loads(Path(folder, "links.json").read_text())}
    shown: set[tuple[str, str]] = set()
    for detector in detectors(lexical_likeness):
        began = process_time()
        found = detector.detect(history, fleet, frozenset())
        spent[detector.words] = process_time() - began
        shown |= {
            (one.cause, one.effect)
            for one in found
            if one.identity.type.value == "cascade_failure" and not one.held_back
        }
    spent |= {"links planted": len(planted), "shown": len(shown), "true": len(shown & planted)}
    services.close()
    database.close()
    return spent


def detect(folder: str) -> dict[str, Any]:
    """What the job tells, with the seconds from the call to its end and what the server took for it."""
    with StdioSession(concord_command("--toolsets", "core,admin"), Path(folder)) as session:
        server = psutil.Process(session.pid)
        session.request("tools/list")
        has_numpy = any("/numpy/" in one.path for one in server.memory_maps())
        spent_before, began = sum(server.cpu_times()[:2]), perf_counter()
        run = session.call("run_job", job="patterns", since=BEGIN.isoformat(), until=END)["structuredContent"]
        while run["state"] == "RUNNING":
            sleep(0.1)
            read = session.request("resources/read", uri=f"concord://runs/{run['run_id']}")
            run = json.loads(read["contents"][0]["text"])
        taken = perf_counter() - began
        assert run["state"] == "SUCCEEDED", run
        summary = run["summary_data"]
        return {
            "seconds": taken,
            "processor_s": sum(server.cpu_times()[:2]) - spent_before,
            "peak_mib": _peak(session.pid),
            "numpy_at_start": has_numpy,
            **{name: summary.get(name, 0) for name in ("events", "active", "candidates", "by_type")},
        }


def _peak(pid: int) -> float:
    """Resident memory at its highest, in MiB; Linux tells it."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [one for one in status.splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def _apart(*arguments: str) -> str:
    """What this file prints when it is run with these arguments, in a process of its own."""
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout


def _line(systems: int, one: dict[str, Any]) -> str:
    return (
        f"{systems:7} {one['events']:9} {one['seconds']:8.1f} {one['processor_s']:10.1f} {one['peak_mib']:9.0f} "
        f"{one['active']:7} {one['candidates']:11}"
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100,200,500,1000")
    parser.add_argument("--each", type=int, default=1_000, help="events of each system")
    parser.add_argument("--phases", action="store_true")
    parser.add_argument("--fill", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--time", metavar="FOLDER", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.fill:
        fill(asked.fill, int(asked.sizes), asked.each)
        return 0
    if asked.time:
        print(json.dumps(phases(asked.time)))
        return 0
    print(
        f"{'systems':>7} {'events':>9} {'seconds':>8} {'processor':>10} {'peak MiB':>9} {'active':>7} {'candidates':>11}"
    )
    measured: dict[int, dict[str, Any]] = {}
    for systems in map(int, asked.sizes.split(",")):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            _apart("--fill", folder, "--sizes", str(systems), "--each", str(asked.each))
            measured[systems] = detect(folder)
            print(_line(systems, measured[systems]), flush=True)
            if asked.phases:
                measured[systems]["phases"] = json.loads(_apart("--time", folder).splitlines()[-1])
                for words, seconds in measured[systems]["phases"].items():
                    print(f"        {seconds:8.2f}  {words}", flush=True)
    print(json.dumps({"benchmark": "pattern_scale", "each": asked.each, "sizes": measured}))
    return 0 if all(_is_kept(systems, one) for systems, one in measured.items()) else 1


def _is_kept(systems: int, one: dict[str, Any]) -> bool:
    seconds, gibibytes = WANTED.get(systems, (30.0, None))
    is_small = gibibytes is None or one["peak_mib"] < gibibytes * 1024
    return one["seconds"] <= seconds and is_small and not one["numpy_at_start"]


if __name__ == "__main__":
    raise SystemExit(main())
