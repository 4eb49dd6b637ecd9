"""How well texts of one meaning are found by their terms, beside SQLite's FTS5, and how long a query takes among 100,000.

    python tests/benchmarks/bench_similarity.py [FOLDER]

FOLDER holds `*.docs.jsonl` ({"id", "title", "body", "created"} a line) and `*.pairs.json` (pairs of ids that report one
thing); without it it is `knowledge` in CONCORD_TEST_DATA. Titles count twice. Each text of a pair is looked up by the other,
once among all texts and once, as in use, the later one among those that were there before it.
Wanted: MRR .59 and recall@10 .80 among all, better than FTS5 in each; at most 50 ms for a query among 100,000.
"""

import argparse
import json
import os
import random
import re
import sqlite3
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from server.knowledge.similarity.index import LexicalIndex

MRR_WANTED, RECALL_WANTED = 0.59, 0.80
SECONDS_WANTED = 0.05
ENTRIES = 100_000
Rank = Callable[[int], list[int]]
"""The texts by how much they are like one of them, the best first."""


def by_terms(texts: Sequence[str]) -> Rank:
    """As `LexicalIndex` ranks them."""
    index = LexicalIndex(texts)
    return lambda text: [hit.text for hit in index.search(texts[text], len(texts))]


def by_fts5(texts: Sequence[str]) -> Rank:
    """As SQLite's full-text search with Porter's stemmer ranks them (BM25), asked for any of the words."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = 'porter unicode61')")
    database.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", enumerate(texts))

    def rank(text: int) -> list[int]:
        words = sorted(set(re.findall(r"\w+", texts[text])))
        asked = " OR ".join(f'"{word}"' for word in words)
        rows = database.execute("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank", (asked,))
        return [row for (row,) in rows]

    return rank


def scored(rank: Rank, pairs: Sequence[tuple[int, int]], allowed: Callable[[int, int], bool]) -> tuple[float, float]:
    """(mean reciprocal rank, share among the first ten) of the second text of each pair when the first is asked for."""
    places = []
    for asked, wanted in pairs:
        found = [one for one in rank(asked) if one != asked and allowed(asked, one)]
        places.append(found.index(wanted) + 1 if wanted in found else 0)
    mean = sum(1 / place for place in places if place) / len(places)
    return mean, sum(0 < place <= 10 for place in places) / len(places)


def _was_there(created: Sequence[datetime], asked: int, one: int) -> bool:
    return created[one] <= created[asked]


def seconds_a_query(bodies: Sequence[str]) -> tuple[float, float]:
    """(to make an index of 100,000 texts, median of a query) in processor time; the texts are mixed from real ones."""
    chance = random.Random(2026)
    words = [word for body in bodies for word in body.split()]
    texts = [" ".join(chance.choices(words, k=40)) for _ in range(ENTRIES)]
    before = process_time()
    index = LexicalIndex(texts)
    index.search("warm", 1)
    made = process_time() - before
    times = []
    for text in texts[:100]:
        before = process_time()
        index.search(text, 10)
        times.append(process_time() - before)
    return made, median(times)


def main() -> int:
    """Print the figures; exit code 1 where one is not as wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    folder: Path | None = parser.parse_args().folder
    if folder is None:
        if "CONCORD_TEST_DATA" not in os.environ:
            print("left out: CONCORD_TEST_DATA is not set, and no folder was named")
            return 0
        folder = Path(os.environ["CONCORD_TEST_DATA"]) / "knowledge"
    well, bodies = True, []
    for file in sorted(folder.glob("*.docs.jsonl")):
        documents: list[dict[str, Any]] = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        place = {one["id"]: number for number, one in enumerate(documents)}
        told = json.loads(file.with_name(file.name.replace(".docs.jsonl", ".pairs.json")).read_text(encoding="utf-8"))
        pairs = [(place[one], place[other]) for one, other in told]
        texts = [f"{one['title']} {one['title']} {one['body']}" for one in documents]
        bodies += [one["body"] for one in documents]
        created = [datetime.strptime(one["created"], "%d/%b/%y %H:%M") for one in documents]  # noqa: DTZ007 (only compared)
        later = [max(pair, key=lambda one: (created[one], one)) for pair in pairs]
        backwards = [(last, one if last == other else other) for (one, other), last in zip(pairs, later, strict=True)]
        both = pairs + [(other, one) for one, other in pairs]
        figures = {}
        for name, rank in (("terms", by_terms(texts)), ("FTS5", by_fts5(texts))):
            everywhere = figures[name] = scored(rank, both, lambda asked, one: True)
            earlier = scored(rank, backwards, partial(_was_there, created))
            print(
                f"{file.name}, {len(pairs)} pairs, {name}: among all MRR {everywhere[0]:.3f}, recall@10 {everywhere[1]:.3f}; "
                f"among the earlier ones {earlier[0]:.3f}, {earlier[1]:.3f}"
            )
        well &= figures["terms"][0] >= max(MRR_WANTED, figures["FTS5"][0])
        well &= figures["terms"][1] >= max(RECALL_WANTED, figures["FTS5"][1])
    made, seconds = seconds_a_query(bodies)
    print(
        f"{ENTRIES:,} texts of 40 words: made in {made:.1f} s, a query {seconds * 1_000:.1f} ms (processor time, median)"
    )
    return 0 if well and seconds <= SECONDS_WANTED else 1


if __name__ == "__main__":
    raise SystemExit(main())
