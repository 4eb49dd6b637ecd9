"""How long a look at 100,000 JSON records takes: with the quick functions, with `jsonschema-rs`, and with the library alone.

    python tests/benchmarks/bench_validation.py [RECORDS]

`json.load` alone stands beside them, as nothing can be quicker that reads the file. Wanted for 100,000 records: 5 s without
the extra `fast`, 1 s with it. Each figure is the median of three runs, in seconds of processor time, the reading of the
file included. A record in a thousand is wrong in the same way, which has to come out as one line.
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from server.conflicts.promised import found_in_text
from server.model.moments import from_wire
from server.registry.validation.breaks import Breaks, names_in
from server.registry.validation.engine import Judge, fast_engine
from server.registry.validation.files import read_path
from server.registry.validation.look import Look
from server.registry.validation.reading import Reading
from server.registry.validation.terms import Ready, Terms

NOW = from_wire("2026-04-05T14:00:00Z")
WANTED = {"plain": 5.0, "fast": 1.0}
RUNS = 3
RECORD = {
    "type": "object",
    "required": ["ticker", "score", "signal", "timestamp"],
    "properties": {
        "ticker": {"type": "string", "minLength": 1},
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "signal": {"enum": ["BUY", "SELL", "HOLD"]},
        "timestamp": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
}
SCHEMA = {"type": "array", "items": RECORD}
PATTERN = {**SCHEMA, "items": {**RECORD, "properties": {**RECORD["properties"], "ticker": {"pattern": "^[A-Z0-9]+$"}}}}  # type: ignore[dict-item]  # a schema is what it is


def records(count: int) -> list[dict[str, Any]]:
    """Varied records, one in a thousand wrong."""
    return [
        {
            "ticker": f"T{number % 5_000}",
            "score": "n/a" if number % 1_000 == 999 else number % 101,
            "signal": ("BUY", "SELL", "HOLD")[number % 3],
            "timestamp": f"2026-04-05T{number % 24:02}:00:00Z",
            "tags": ["a", "b"][: number % 3],
            **({"note": None if number % 2 else "seen"} if number % 4 else {}),
        }
        for number in range(count)
    ]


def looked_at(file: Path, schema: Any, *, fast: bool) -> list[tuple[int, str]]:
    """What a look at the file finds: how often, and where."""
    look = Look(Ready(Terms(schema), found_in_text, fast), NOW, seconds=lambda: 0.0)
    read_path(str(file), "", Reading([look]))
    assert look.complete
    return [(line.count, line.path) for line in look.breaks.lines()]


def by_library(file: Path) -> list[tuple[int, str]]:
    """The same by the `jsonschema` library alone."""
    judge, breaks = Judge(RECORD, found=found_in_text, slow=True), Breaks(names_in(RECORD))
    for number, record in enumerate(json.loads(file.read_text(encoding="utf-8"))):
        for found in judge.breaks(record):
            breaks.add(found._replace(path=(number, *found.path)))
    return [(line.count, line.path) for line in breaks.lines()]


def timed(work: Callable[[], Any], runs: int = RUNS) -> tuple[float, Any]:
    """The median of the runs, and what the last one found."""
    took = []
    found = None
    for _ in range(runs):
        before = process_time()
        found = work()
        took.append(process_time() - before)
    return statistics.median(took), found


def main() -> int:
    """Prints the figures; 0 where they are as wanted."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signals.json"
        file.write_text(json.dumps(records(count)), encoding="utf-8")
        print(f"{count:,} records, {file.stat().st_size / 1e6:.1f} MB")
        loading, _ = timed(lambda: json.loads(file.read_text(encoding="utf-8")))
        print(f"{'json.load alone':28} {loading:6.2f} s")
        plain, expected = timed(lambda: looked_at(file, SCHEMA, fast=False))
        print(f"{'without extras':28} {plain:6.2f} s   {expected}")
        patterned, _ = timed(lambda: looked_at(file, PATTERN, fast=False), runs=1)
        print(f"{'without extras, a pattern':28} {patterned:6.2f} s")
        missed = plain > WANTED["plain"]
        if fast_engine():
            fast, found = timed(lambda: looked_at(file, SCHEMA, fast=True))
            print(f"{'with jsonschema-rs':28} {fast:6.2f} s   {found}")
            missed = missed or fast > WANTED["fast"] or found != expected
        library, found = timed(lambda: by_library(file), runs=1)
        print(f"{'the library alone':28} {library:6.2f} s   {found}")
    return int(missed or found != expected or len(expected) != 1)


if __name__ == "__main__":
    raise SystemExit(main())
