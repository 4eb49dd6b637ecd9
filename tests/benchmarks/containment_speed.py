"""How long the containment engine takes for a pair of schemas, inside one process, and beside jsonsubschema in the same run.

    python tests/benchmarks/containment_speed.py [FILE.jsonl] [--beside PYTHON]

PYTHON is an interpreter that has jsonsubschema installed; pairs that it can't decide are left out of the comparison.
Without a file it is `conflicts/schema_pairs.jsonl` in CONCORD_TEST_DATA. Wanted: 99th percentile under 250 ms, ratio at most 1.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
WANTED_P99 = 0.25
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


def ours(pairs: list[dict[str, Any]]) -> dict[str, float]:
    """Seconds by pair that was decided: the best of three."""
    sys.path.insert(0, str(ROOT))
    from server.conflicts.containment import decide

    decide({"pattern": "a"}, {"type": "null"})
    took: dict[str, float] = {}
    for pair in pairs:
        times = []
        for _ in range(ROUNDS):
            before = perf_counter()
            decision = decide(pair["writer"], pair["reader"])
            times.append(perf_counter() - before)
        if decision.verdict != "UNKNOWN":
            took[pair["id"]] = min(times)
    return took


def theirs(python: str, file: Path) -> dict[str, float]:
    """The same for jsonsubschema."""
    done = subprocess.run([python, "-c", OTHER, str(file)], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return {name: took for name, took in lines if took is not None}


def main() -> int:
    """Prints the figures; 1 where a wanted one is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--beside", metavar="PYTHON")
    arguments = parser.parse_args()
    data = os.environ.get("CONCORD_TEST_DATA")
    if arguments.file is None and not data:
        print("containment speed: no file given, and CONCORD_TEST_DATA is not set; nothing measured")
        return 0
    file = arguments.file or Path(str(data)) / "conflicts" / "schema_pairs.jsonl"
    pairs = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    took = ours(pairs)
    times = sorted(took.values())
    last = quantiles(times, n=100)[98]
    print(
        f"{len(took)} of {len(pairs)} pairs decided: median {median(times) * 1e3:.2f} ms, 99th percentile {last * 1e3:.2f} ms"
    )
    missed = last > WANTED_P99
    if arguments.beside:
        other = theirs(arguments.beside, file)
        both = sorted(took.keys() & other.keys())
        mine, its = median(took[name] for name in both), median(other[name] for name in both)
        per_pair = median(took[name] / other[name] for name in both)
        print(
            f"{len(both)} pairs decided by both: {mine * 1e3:.2f} ms here, {its * 1e3:.2f} ms there; "
            f"ratio of medians {mine / its:.2f}, median of ratios {per_pair:.2f}"
        )
        missed = missed or per_pair > 1
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
