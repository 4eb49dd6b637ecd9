"""How long the containment engine takes for a pair of schemas, inside one process: anew, from memory, and beside jsonsubschema.

    python tests/benchmarks/bench_containment.py [FILE.jsonl] [--beside PYTHON]

PYTHON is an interpreter that has jsonsubschema installed, for want of the option that in CONCORD_JSONSUBSCHEMA; pairs that it
can't decide are left out of the comparison. Without a file it is `conflicts/schema_pairs.jsonl` in CONCORD_TEST_DATA; without
that, pairs of the made-up registry. Prints a table and one line of JSON.
Wanted: 99th percentile under 250 ms, ratio at most 1, an answer from memory within 0.1 ms.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.large_registry import large_registry

ROUNDS = 3
RATIO_WANTED = 1.0
P99_WANTED = 0.25
REMEMBERED_WANTED = 0.000_1
OTHER = """
import json, sys, time
from jsonsubschema import isSubschema
for line in open(sys.argv[1], encoding="utf-8"):
    pair = json.loads(line)
    best = None
    try:
        for _ in range(3):
            before = time.perf_counter()
            isSubschema(pair["writer"], pair["reader"])
            took = time.perf_counter() - before
            best = took if best is None else min(best, took)
    except BaseException:
        best = None
    print(json.dumps([pair["id"], best]), flush=True)
"""

Pair = dict[str, Any]
"""{"id", "writer", "reader"}"""


def _best(decide: Callable[[Any, Any], Any], pair: Pair) -> tuple[float, Any]:
    """The best time of three for a pair, in seconds, and the decision."""
    times, answer = [], None
    for _ in range(ROUNDS):
        before = perf_counter()
        answer = decide(pair["writer"], pair["reader"])
        times.append(perf_counter() - before)
    return min(times), answer


def anew(pairs: list[Pair]) -> dict[str, float]:
    """Seconds by pair that was decided, each time from the start."""
    from server.conflicts.containment import decide

    decide({"pattern": "a"}, {"type": "null"})
    took = {pair["id"]: _best(decide, pair) for pair in pairs}
    return {name: seconds for name, (seconds, decision) in took.items() if decision.verdict != "UNKNOWN"}


def remembered(pairs: list[Pair]) -> list[float]:
    """Seconds by pair where the engine, as a check asks it, has decided the pair in an earlier check."""
    from server.conflicts.allowance import within_allowance
    from server.conflicts.engine import containment_engine

    def decide(writer: Any, reader: Any) -> Any:
        return within_allowance(containment_engine()).decide(writer, reader)

    for pair in pairs:
        decide(pair["writer"], pair["reader"])
    return [_best(decide, pair)[0] for pair in pairs]


def theirs(python: str, pairs: list[Pair]) -> dict[str, float]:
    """Seconds by pair that jsonsubschema decides."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(pair) + "\n" for pair in pairs)
        file.flush()
        done = subprocess.run([python, "-c", OTHER, file.name], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return {name: took for name, took in lines if took is not None}


def made_up() -> list[Pair]:
    """Each schema of the made-up registry against every other one."""
    schemas = [one.schema for one in large_registry(400, 2_000).written][:20]
    return [
        {"id": f"{row}-{column}", "writer": writer, "reader": reader}
        for row, writer in enumerate(schemas)
        for column, reader in enumerate(schemas)
        if row != column
    ]


def late(times: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(times, n=100)[98]


def main() -> int:
    """Prints the figures; 1 where a wanted one is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--beside", metavar="PYTHON", default=os.environ.get("CONCORD_JSONSUBSCHEMA", ""))
    arguments = parser.parse_args()
    data = os.environ.get("CONCORD_TEST_DATA")
    file: Path | None = arguments.file or (Path(data) / "conflicts" / "schema_pairs.jsonl" if data else None)
    lines = file.read_text(encoding="utf-8").splitlines() if file else []
    pairs = [json.loads(line) for line in lines if line.strip()] if file else made_up()
    took = anew(pairs)
    times, again = list(took.values()), remembered(pairs)
    figures: dict[str, Any] = {
        "benchmark": "containment",
        "pairs": len(pairs),
        "decided": len(took),
        "median_ms": round(median(times) * 1e3, 3),
        "p99_ms": round(late(times) * 1e3, 3),
        "remembered_median_ms": round(median(again) * 1e3, 4),
        "remembered_p99_ms": round(late(again) * 1e3, 4),
    }
    print(f"{len(took)} of {len(pairs)} pairs decided")
    print(
        f"anew         median {figures['median_ms']:.2f} ms, 99th percentile {figures['p99_ms']:.2f} ms"
        f"   (wanted: 99th percentile under {P99_WANTED * 1e3:.0f} ms)"
    )
    print(
        f"from memory  median {figures['remembered_median_ms']:.4f} ms, 99th percentile {figures['remembered_p99_ms']:.4f} ms"
        f"   (wanted: median under {REMEMBERED_WANTED * 1e3} ms)"
    )
    missed = late(times) > P99_WANTED or median(again) > REMEMBERED_WANTED
    if arguments.beside:
        other = theirs(arguments.beside, pairs)
        both = sorted(took.keys() & other.keys())
        mine, its = median(took[name] for name in both), median(other[name] for name in both)
        ratio = median(took[name] / other[name] for name in both)
        figures |= {"beside_pairs": len(both), "ratio": round(ratio, 3), "ratio_of_medians": round(mine / its, 3)}
        print(
            f"{len(both)} pairs decided by both: {mine * 1e3:.2f} ms here, {its * 1e3:.2f} ms there (medians); "
            f"median of the ratios {ratio:.2f}   (wanted: at most {RATIO_WANTED})"
        )
        missed = missed or ratio > RATIO_WANTED
    else:
        print("beside jsonsubschema: left out, as no interpreter that has it was named (--beside)")
    print(json.dumps(figures))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
