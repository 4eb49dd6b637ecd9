"""What a check of a schema made to exhaust it costs the server: processor time and peak memory, over stdio.

    python tests/benchmarks/bench_hostile.py

The writer promises any object; each reader takes forty texts; the new schema is one of those below. Every call goes to a server
of its own that has loaded what a check needs. The last row has readers that all differ, which share no decision.
Prints a table and one line of JSON. Wanted: with one reader at most 2 s and 300 MB.
"""

import json
import sys
import tempfile
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
        process = psutil.Process(session.pid)
        before = process.cpu_times()
        answer = session.call("check_change", resource=X, source_system="sys_writer", new_schema=schema)
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
    runs = [(name, readers, True) for name in SCHEMAS for readers in (1, 30)] + [("10,000 members", 30, False)]
    figures, missed = [], False
    print(f"{'new schema':18} {'KB':>5} {'readers':>16} {'seconds':>8} {'peak MB':>8}  verdict")
    for name, readers, alike in runs:
        seconds, megabytes, verdict = measured(SCHEMAS[name], readers, alike=alike)
        size = len(json.dumps(SCHEMAS[name])) // 1_000
        who = f"{readers} {'alike' if alike else 'different'}"
        print(f"{name:18} {size:5} {who:>16} {seconds:8.2f} {megabytes:8.0f}  {verdict}")
        figures.append({"schema": name, "readers": who, "seconds": round(seconds, 2), "megabytes": round(megabytes)})
        missed = missed or megabytes > MEGABYTES_WANTED or (readers == 1 and seconds > SECONDS_WANTED)
    print(f"(wanted: with one reader at most {SECONDS_WANTED:.0f} s, always at most {MEGABYTES_WANTED} MB)")
    print(json.dumps({"benchmark": "hostile", "runs": figures}))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
