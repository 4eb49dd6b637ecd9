"""Real alarms of a telecommunication network, of which it is known what alarm causes what: types of alarm as systems.

    CONCORD_TEST_DATA=… python tests/benchmarks/bench_telecom_alarms.py

34,838 alarms of 18 types on 55 devices over 240 days (telecom-18V, MIT); the device is told as `source`. Prints how many of the
pairs that the detector shows are among the true ones, beside the bare rule and a drawing of as many pairs by chance, and one
line of JSON. The true graph is dense (69 of 306 pairs) and says nothing about lags.
"""

import csv
import gzip
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from server.model.moments import microseconds
from server.patterns.cascade import detect as cascade
from server.patterns.fleet import Fleet
from server.patterns.history import History, HistoryBuilder
from tests.benchmarks.pattern_rivals import Pairs, bare_rule

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def read_alarms(folder: Path) -> tuple[History, Pairs]:
    """What happened, and the true pairs."""
    begin = microseconds(BEGIN.isoformat())
    with gzip.open(folder / "events.csv.gz", "rt") as file:
        rows = [(int(row["start_timestamp"]), row["alarm_id"], row["device_id"]) for row in csv.DictReader(file)]
    builder = HistoryBuilder(begin, begin + (max(rows)[0] + 1) * 1_000_000)
    for number, (second, alarm, device) in enumerate(rows, 1):
        at = (BEGIN + timedelta(seconds=second)).isoformat()
        document = {"at": at, "category": f"alarm {alarm}", "source": f"device {device}"}
        builder.add(number, _named(alarm), "error", begin + second * 1_000_000, document)
    edges = json.loads((folder / "true_edges.json").read_text())
    return builder.build(), frozenset((_named(cause), _named(effect)) for cause, effect in edges)


def _named(alarm: object) -> str:
    return f"alarm_{alarm}"


def figures(said: Pairs, truth: Pairs) -> dict[str, float]:
    """How the pairs that were said stand to the true ones."""
    true = len(said & truth)
    return {
        "found": len(said),
        "true": true,
        "precision": true / len(said) if said else 1.0,
        "recall": true / len(truth),
        "f1": 2 * true / (len(said) + len(truth)),
    }


def main() -> int:
    """Measure and print."""
    data = os.environ.get("CONCORD_TEST_DATA", "")
    if not data:
        print("The alarms are skipped: CONCORD_TEST_DATA says where they lie.")
        return 0
    history, truth = read_alarms(Path(data) / "patterns" / "telecom-18V")
    began = process_time()
    shown = frozenset((one.cause, one.effect) for one in cascade.detect(history, Fleet()) if not one.held_back)
    seconds = process_time() - began
    pairs = len(history.systems) * (len(history.systems) - 1)
    by_chance = len(truth) / pairs
    said = {"detector": figures(shown, truth), "bare rule": figures(bare_rule(history), truth)}
    for name, one in said.items():
        print(
            f"{name:10} {one['found']:4.0f} found, {one['true']:3.0f} of {len(truth)} true: "
            f"precision {one['precision']:.3f}, recall {one['recall']:.3f}, F1 {one['f1']:.3f}"
        )
    reversed_too = len(shown & frozenset((effect, cause) for cause, effect in truth) - truth)
    print(f"by chance  precision {by_chance:.3f}; {reversed_too} are true the other way round; {seconds:.1f} s")
    print(json.dumps({"benchmark": "telecom_alarms", **said, "chance": by_chance, "seconds": seconds}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
