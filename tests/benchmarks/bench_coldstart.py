"""How long from the start of the process until `tools/list` is answered: Concord beside a bare echo server on the same SDK.

    python tests/benchmarks/bench_coldstart.py [--rounds 15] [--systems 1000]

Prints a table and one line of JSON. Each round starts both, in turn, so that a slow moment of the machine hits both alike.
The memory is Concord's resident set after it has registered `--systems` systems and answered some calls.
Wanted: at most 1.6 times the echo server, at most 150 MB.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.wire import StdioSession, concord_command, echo_command

FACTOR_WANTED = 1.6
MEGABYTES_WANTED = 150
AGREED = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "value": {"type": "number", "minimum": 0}},
    "required": ["name", "value"],
}
NARROWED = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


def seconds_to_tools(command: list[str], home: Path) -> float:
    """From the start of the process to its answer to `tools/list`, on the current protocol revision."""
    started = perf_counter()
    with StdioSession(command, home) as session:
        tools = session.request("tools/list")["tools"]
        took = perf_counter() - started
    assert tools
    return took


def megabytes_in_use(home: Path, systems: int) -> float:
    """Concord's resident memory after the systems were registered, found, looked at, traced and checked."""
    import psutil

    with StdioSession(concord_command(), home) as session:
        for number in range(systems):
            session.call("register_system", system=registration(number))
        for number in range(0, systems, max(1, systems // 20)):
            session.call("find_systems", query=f"stage {number}", limit=50)
            session.call("get_system", system_id=f"sys_stage_{number}")
            session.call("trace_impact", target=f"sys_stage_{number}")
            session.call("check_change", resource=f"/data/stage_{number}.json", new_schema=NARROWED)
        resident: int = psutil.Process(session.pid).memory_info().rss
    return resident / 1e6


def registration(number: int) -> dict[str, object]:
    """One of many systems in rows of ten: each reads what the one before it writes."""
    reads = [{"resource": f"/data/stage_{number - 1}.json"}] if number % 10 else []
    contract = {
        "type": "CONSUMER",
        "counterparty": f"sys_stage_{number - 1}",
        "resource": f"/data/stage_{number - 1}.json",
    }
    return {
        "id": f"sys_stage_{number}",
        "name": f"Stage {number}",
        "description": f"Turns what stage {number - 1} wrote into the input of the next one.",
        "owner": f"team_{number % 7}",
        "tier": ("MISSION_CRITICAL", "PRODUCTION", "EXPERIMENTAL")[number % 3],
        "reads_from": reads,
        "writes_to": [{"resource": f"/data/stage_{number}.json", "consumers": [f"sys_stage_{number + 1}"]}],
        "contracts": [{**contract, "schema": AGREED}] if number % 10 else [],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--systems", type=int, default=1_000)
    wanted = parser.parse_args()
    commands = {"echo": echo_command(), "concord": concord_command()}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        for command in commands.values():  # the first start compiles and fills the file cache
            seconds_to_tools(command, home)
        for _ in range(wanted.rounds):
            for name, command in commands.items():
                taken[name].append(seconds_to_tools(command, home))
        memory = megabytes_in_use(home, wanted.systems)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    factor = medians["concord"] / medians["echo"]
    for name, times in taken.items():
        print(
            f"{name:8} median {medians[name] * 1e3:7.0f} ms   best {min(times) * 1e3:7.0f} ms   worst {max(times) * 1e3:7.0f} ms"
        )
    print(f"factor   {factor:.2f}   (wanted: at most {FACTOR_WANTED})")
    print(f"memory   {memory:.0f} MB after {wanted.systems:,} systems   (wanted: at most {MEGABYTES_WANTED})")
    figures = {
        "benchmark": "coldstart",
        "echo_ms": round(medians["echo"] * 1e3),
        "concord_ms": round(medians["concord"] * 1e3),
        "factor": round(factor, 3),
        "resident_mb": round(memory, 1),
        "systems": wanted.systems,
        "rounds": wanted.rounds,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
