"""What a check of a schema made to exhaust it costs the server: processor time and peak memory, over stdio.

    python tests/benchmarks/bench_hostile.py

The writer promises any object; each reader takes forty texts; the new schema is one of those below. Every call goes to a server
of its own that has loaded what a check needs. Readers that all differ share no decision.
In the rows after those the hostile schema is registered, and is patched, or read in part; or a reader is to read by it.
Prints a table and one line of JSON. Wanted: at most 2 s and 300 MB, whoever reads.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.wire import StdioSession, concord_command
from tests.hostile_schemas import alternatives, members

SECONDS_WANTED = 2.0
MEGABYTES_WANTED = 300
X = "/data/signals.json"


SCHEMAS: dict[str, dict[str, Any]] = {
    "10,000 members": {"type": "object", "properties": members("q", 10_000)},
    "nested 12 deep": {"type": "object", "properties": {"p1": alternatives(12)}},
    "10,000 required": {"type": "object", "properties": members("q", 10_000), "required": list(members("q", 10_000))},
}


def taken_before(session: StdioSession, schema: dict[str, Any], how: str) -> dict[str, Any]:
    """The call to measure, once the hostile schema is registered (`patched`, `projected`) or is to be read by (`reader`)."""
    present = {"type": "object", "properties": members("p", 40)} if how == "reader" else schema
    contract = {"type": "PRODUCER", "resource": X, "schema": present}
    writes = [{"resource": X, "consumers": ["sys_reader"]}]
    writer = {"id": "sys_writer", "tier": "PRODUCTION", "contracts": [contract], "writes_to": writes}
    session.call("register_system", system=writer)
    reads: dict[str, Any] = {"type": "CONSUMER", "resource": X, "reads": [f"/p{number}" for number in range(40)]}
    if how == "patched":
        taken = {"type": "object", "properties": members("p", 40, maxLength=100)}
        reads = {"type": "CONSUMER", "resource": X, "reader_schema": taken}
    reader = {"id": "sys_reader", "tier": "PRODUCTION", "reads_from": [{"resource": X}], "contracts": [reads]}
    session.call("register_system", system=reader)
    if how == "reader":
        return {"resource": X, "source_system": "sys_reader", "reader_schema": schema}
    patch = [{"op": "add", "path": "/properties/p2", "value": {"type": "integer"}}]
    return {"resource": X, "source_system": "sys_writer", "patch": patch}


def measured_before(schema: dict[str, Any], how: str) -> tuple[float, float, str]:
    """As `measured`; the other call that loads the server speaks of something else."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        StdioSession(concord_command(), Path(folder)) as session,
    ):
        call = taken_before(session, schema, how)
        session.call("check_change", resource=X, source_system=call["source_system"], capacity={"rows_per_day": 5})
        return timed(session, call)


def measured(schema: dict[str, Any], readers: int, *, alike: bool = True) -> tuple[float, float, str]:
    """(seconds of processor time of the call, the process's peak memory in megabytes, the verdict)."""
    names = [f"sys_reader_{number:02}" for number in range(readers)]
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        StdioSession(concord_command(), Path(folder)) as session,
    ):
        contract = {"type": "PRODUCER", "resource": X, "schema": {"type": "object"}}
        writer = {"id": "sys_writer", "tier": "PRODUCTION", "contracts": [contract]}
        session.call("register_system", system={**writer, "writes_to": [{"resource": X, "consumers": names}]})
        for number, name in enumerate(names):
            taken = members("p", 40, maxLength=100 if alike else 100 + number)
            reads = {"type": "CONSUMER", "resource": X, "reader_schema": {"type": "object", "properties": taken}}
            system = {"id": name, "tier": "PRODUCTION", "reads_from": [{"resource": X}], "contracts": [reads]}
            session.call("register_system", system=system)
        warm = {"type": "object", "properties": {"p0": {"type": "integer"}}}
        session.call("check_change", resource=X, source_system="sys_writer", new_schema=warm)
        return timed(session, {"resource": X, "source_system": "sys_writer", "new_schema": schema})


def timed(session: StdioSession, call: dict[str, Any]) -> tuple[float, float, str]:
    """(seconds of processor time of the check, the process's peak memory in megabytes, the verdict)."""
    process = psutil.Process(session.pid)
    before = process.cpu_times()
    answer = session.call("check_change", **call)
    after = process.cpu_times()
    seconds = after.user + after.system - before.user - before.system
    return seconds, peak(session.pid), answer["structuredContent"]["verdict"]


def peak(pid: int) -> float:
    """The most memory that the process has held so far, where the system tells; else what it holds now. In megabytes."""
    status = Path(f"/proc/{pid}/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1_024 / 1e6
    held: int = psutil.Process(pid).memory_info().rss
    return held / 1e6


def main() -> int:
    """Prints the figures; 1 where a wanted one is missed."""
    runs: list[tuple[str, str, Callable[[], tuple[float, float, str]]]] = []
    for name, schema in SCHEMAS.items():
        runs += [
            (name, f"{count} {'alike' if alike else 'different'}", partial(measured, schema, count, alike=alike))
            for count, alike in ((1, True), (30, True), (30, False))
        ]
        runs += [(name, how, partial(measured_before, schema, how)) for how in ("patched", "projected", "reader")]
    figures, missed = [], False
    print(f"{'new schema':18} {'KB':>5} {'readers':>16} {'seconds':>8} {'peak MB':>8}  verdict")
    for name, who, measure in runs:
        seconds, megabytes, verdict = measure()
        size = len(json.dumps(SCHEMAS[name])) // 1_000
        print(f"{name:18} {size:5} {who:>16} {seconds:8.2f} {megabytes:8.0f}  {verdict}")
        figures.append({"schema": name, "readers": who, "seconds": round(seconds, 2), "megabytes": round(megabytes)})
        missed = missed or megabytes > MEGABYTES_WANTED or seconds > SECONDS_WANTED
    print(f"(wanted: at most {SECONDS_WANTED:.0f} s and {MEGABYTES_WANTED} MB)")
    print(json.dumps({"benchmark": "hostile", "runs": figures}))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
