"""The round trip of `find_systems` over many systems, beside an echo tool that answers with as many bytes, as text and structured content.

    python tests/benchmarks/bench_roundtrip.py [--calls 200] [--systems 1000]

Both over stdio with the official Python client, in turn. Prints a table and one line of JSON. Wanted: at most 2 times the echo.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import anyio

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from mcp import Client, StdioServerParameters

from tests.benchmarks.bench_coldstart import registration
from tests.benchmarks.wire import StdioSession, concord_command, echo_command, environment

FACTOR_WANTED = 2.0
QUERIES = ("stage", "", "input of the next one", "stage 417", "team_3")
"""From everything over many to a single one: each is measured by itself."""


def _server(command: list[str], home: Path) -> StdioServerParameters:
    return StdioServerParameters(command=command[0], args=command[1:], env=environment(home))


async def _seconds(client: Client, tool: str, arguments: dict[str, Any]) -> float:
    started = perf_counter()
    result = await client.call_tool(tool, arguments)
    took = perf_counter() - started
    assert not result.is_error, result.content
    return took


async def _compare(home: Path, query: str, calls: int) -> dict[str, Any]:
    """The medians of both for one query, with its answer's size in bytes."""
    asked: dict[str, Any] = {"query": query}
    taken: dict[str, list[float]] = {"concord": [], "echo": []}
    async with Client(_server(concord_command(), home)) as concord, Client(_server(echo_command(), home)) as echo:
        first = await concord.call_tool("find_systems", asked)
        text: str = first.content[0].text  # type: ignore[union-attr]  # find_systems answers with text alone
        size = len(text.encode())
        for _ in range(calls):
            taken["concord"].append(await _seconds(concord, "find_systems", asked))
            taken["echo"].append(await _seconds(echo, "echo", {"size": size}))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    return {"query": query, "bytes": size, **medians, "factor": medians["concord"] / medians["echo"]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--systems", type=int, default=1_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        with StdioSession(concord_command(), home) as session:
            for number in range(wanted.systems):
                session.call("register_system", system=registration(number))
        rows = [anyio.run(_compare, home, query, wanted.calls) for query in QUERIES]
    print(f"{'query':24} {'bytes':>7} {'concord ms':>11} {'echo ms':>9} {'factor':>7}")
    for row in rows:
        print(
            f"{row['query']!r:24} {row['bytes']:7} {row['concord'] * 1e3:11.2f} {row['echo'] * 1e3:9.2f} {row['factor']:7.2f}"
        )
    worst = max(row["factor"] for row in rows)
    print(f"worst factor {worst:.2f}   (wanted: at most {FACTOR_WANTED})")
    figures = {
        "benchmark": "roundtrip",
        "systems": wanted.systems,
        "calls": wanted.calls,
        "worst_factor": round(worst, 3),
        "factors": {row["query"]: round(row["factor"], 3) for row in rows},
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
