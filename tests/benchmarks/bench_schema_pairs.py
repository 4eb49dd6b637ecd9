"""How `concord diff --batch` decides labelled pairs of schemas: what it gets wrong, what it leaves open, and how long it takes.

    python tests/benchmarks/bench_schema_pairs.py [FILE.jsonl]

Each line is {"id", "writer", "reader", "safe": true | false | null}; null counts as neither. Without a file it is
`conflicts/schema_pairs.jsonl` in CONCORD_TEST_DATA. Wanted: nothing wrong, at most a quarter left open.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from jsonschema.exceptions import SchemaError
from jsonschema.validators import Draft7Validator, Draft202012Validator, validator_for

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN_WANTED = 0.25
LABELS = {True: "safe", False: "breaks", None: "unlabelled"}
ASSUMED = (Draft202012Validator, Draft7Validator)
"""What a schema is written in that does not say so: the newest draft, or the one in which most such schemas are."""
WRONG = {("safe", "BREAKS"), ("breaks", "SAFE")}


def decided(file: Path) -> Iterator[tuple[dict[str, Any], float]]:
    """The answers as they come, each with the seconds since the one before; the first carries the start of the process."""
    command = [sys.executable, "-m", "concord_mcp", "diff", "--batch", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        before = perf_counter()
        for line in process.stdout:
            now = perf_counter()
            yield json.loads(line), now - before
            before = now
    if process.returncode != 0:
        raise SystemExit(f"concord diff --batch left with {process.returncode}")


def confirms(pair: dict[str, Any], witness: Any) -> bool:
    """Whether the `jsonschema` library finds the witness valid for the writer and invalid for the reader."""
    return any(
        _accepts(pair["writer"], witness, assumed) and not _accepts(pair["reader"], witness, assumed)
        for assumed in ASSUMED
    )


def _accepts(schema: Any, document: Any, assumed: type[Any]) -> bool:
    validator = validator_for(schema, assumed) if isinstance(schema, dict) else assumed
    try:
        validator.check_schema(schema)
    except SchemaError:
        return False
    return bool(validator(schema).is_valid(document))


def main() -> int:
    """Decide all pairs, print the table; exit code 1 where more is wrong or open than wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    file: Path | None = parser.parse_args().file
    if file is None:
        if "CONCORD_TEST_DATA" not in os.environ:
            print("left out: CONCORD_TEST_DATA is not set, and no file was named")
            return 0
        file = Path(os.environ["CONCORD_TEST_DATA"]) / "conflicts" / "schema_pairs.jsonl"
    pairs = {pair["id"]: pair for pair in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
    table: Counter[tuple[str, str]] = Counter()
    unconfirmed, seconds, wrong = [], [], []
    for answer, took in decided(file):
        pair = pairs[answer["id"]]
        outcome = (LABELS[pair.get("safe")], answer["verdict"])
        table[outcome] += 1
        seconds.append(took)
        if outcome in WRONG:
            wrong.append(answer["id"])
        if answer["verdict"] == "BREAKS" and not confirms(pair, answer["witness"]):
            unconfirmed.append(answer["id"])
    verdicts = ("SAFE", "BREAKS", "UNKNOWN")
    print("labelled    " + "".join(f"{verdict:>9}" for verdict in verdicts))
    for label in LABELS.values():
        print(f"{label:12}" + "".join(f"{table[label, verdict]:9}" for verdict in verdicts))
    labelled = sum(count for (label, _), count in table.items() if label != "unlabelled")
    unknown = sum(count for (label, verdict), count in table.items() if label != "unlabelled" and verdict == "UNKNOWN")
    share = unknown / labelled
    slowest = max(seconds[1:], default=0.0)
    print(f"wrong        {len(wrong)} {wrong[:10]}   (wanted: none)")
    print(f"witnesses that jsonschema does not confirm: {len(unconfirmed)} {unconfirmed[:10]}   (wanted: none)")
    print(f"left open    {unknown} of {labelled} = {share:.1%}   (wanted: at most {UNKNOWN_WANTED:.0%})")
    print(f"time         {sum(seconds):.1f} s in all, {slowest * 1e3:.0f} ms for the slowest pair")
    figures = {"benchmark": "schema_pairs", "pairs": len(pairs), "wrong": len(wrong), "unconfirmed": len(unconfirmed)}
    print(json.dumps({**figures, "unknown_share": round(share, 4), "seconds": round(sum(seconds), 2)}))
    return 0 if not wrong and not unconfirmed and share <= UNKNOWN_WANTED and sum(table.values()) == len(pairs) else 1


if __name__ == "__main__":
    sys.exit(main())
