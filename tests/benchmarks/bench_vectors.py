"""Shared entries ranked by words and meaning: time and memory, with vectors in numpy's matrix and in PostgreSQL's column.

    python tests/benchmarks/bench_vectors.py [--entries N …] [--sides matrix,column]

Each of N entries (20,000 and 100,000) has 60 words and a vector of 384 numbers that a made-up model gives at once: a direction
that all have in common, one of 300 topics, and chance. The matrix is measured on SQLite, the column on a PostgreSQL that is
started for it; each in a process of its own, queries of 5 and of 30 words that none asked before. Wanted: 50 ms of processor
time in the process for 5 words among 100,000. With the column PostgreSQL's own time is in the seconds waited alone.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import psutil

from server.knowledge.search.corpus import digest_of, searched_text
from server.knowledge.search.finder import Finder
from server.knowledge.search.providers import Vectors, of_length_one
from server.model.moments import microseconds
from server.storage import embeddings, knowledge, vectors
from server.storage.database import Database
from server.storage.session import Session
from tests.benchmarks.bench_find_knowledge import stored
from tests.databases import PostgresServer

NOW = microseconds("2026-04-05T12:00:00Z")
DIMENSION, TOPICS = 384, 300
SECONDS = 0.05
ASKED = 30


class MadeUp:
    """A model that gives each text a vector at once, the same text the same."""

    key = "made-up"
    at_once = 5_000

    def __init__(self) -> None:
        chance = np.random.default_rng(2026)
        self._common = chance.normal(size=DIMENSION)
        self._topics = chance.normal(size=(TOPICS, DIMENSION))

    def vectors(self, texts: Sequence[str], *, waiting: bool = False) -> Vectors:
        """One for each text."""
        rows = []
        for text in texts:
            chance = np.random.default_rng(int(digest_of(text), 16))
            rows.append(0.5 * self._common + self._topics[chance.integers(TOPICS)] + chance.normal(size=DIMENSION))
        return of_length_one(rows)


def read_by_model(database: Database) -> None:
    """Every entry has its vector."""
    model = MadeUp()
    in_column = database.read(embeddings.may_stand) and database.write(embeddings.establish)
    keep = embeddings.keep if in_column else vectors.keep
    for rows in database.read(lambda session: list(knowledge.changed_since(session, 0))):
        told = model.vectors([searched_text(one) for one in rows])
        made = [
            vectors.Vector(one.entry_id, digest_of(searched_text(one)), vector.astype("<f4").tobytes())
            for one, vector in zip(rows, told, strict=True)
        ]
        database.write(partial(_keep, keep, made))


def _keep(
    keep: Callable[[Session, str, Sequence[vectors.Vector]], None], made: Sequence[vectors.Vector], session: Session
) -> None:
    keep(session, MadeUp.key, made)


def measure(url: str, count: int, words: Sequence[str]) -> bool:
    """Whether a query takes no longer than wanted; the figures are printed."""
    chance = Random(7)
    database = Database(url)
    process = psutil.Process()
    finder = Finder(database, MadeUp)
    alone = Finder(database)
    begun = process.memory_info().rss
    alone.search("warm", now=NOW)
    before = process.memory_info().rss
    began = perf_counter()
    finder.search("warm", now=NOW)
    held = (process.memory_info().rss - before - (before - begun)) / 2**20
    print(
        f"{count:,} entries, {url.partition(':')[0]}: first query {perf_counter() - began:.1f} s, "
        f"{held:.0f} MiB more than for the words ({(before - begun) / 2**20:.0f})"
    )
    well = True
    for size in (5, 30):
        spent, waited, by_words = [], [], []
        for _ in range(ASKED):
            query = " ".join(chance.choices(words, k=size))
            began, wall = process_time(), perf_counter()
            found = finder.search(query, now=NOW)
            spent.append(process_time() - began)
            waited.append(perf_counter() - wall)
            began = process_time()
            alone.search(query, now=NOW)
            by_words.append(process_time() - began)
            assert found.note == "", found.note
        print(
            f"  {size} words: {median(spent) * 1e3:.0f} ms of processor time (words alone {median(by_words) * 1e3:.0f} ms), "
            f"{median(waited) * 1e3:.0f} ms waited, medians of {ASKED}"
        )
        well &= size > 5 or count > 100_000 or median(spent) <= SECONDS
    finder.close()
    database.close()
    return well


def main() -> int:
    """Print the figures; exit code 1 where one is not as wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, nargs="*", default=[20_000, 100_000])
    parser.add_argument("--sides", default="matrix,column")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    words = re.findall(r"\w+", (Path(__file__).parents[2] / "docs/patterns.md").read_text(encoding="utf-8"))
    if asked.measure:
        return 0 if measure(asked.measure, asked.entries[0], words) else 1
    well = True
    with tempfile.TemporaryDirectory() as folder:
        server = PostgresServer(Path(folder) / "pg") if "column" in asked.sides else None
        for count in asked.entries:
            urls = {"matrix": f"sqlite:///{folder}/{count}.db", "column": server.create() if server else ""}
            for side in asked.sides.split(","):
                began = perf_counter()
                database = Database(urls[side])
                stored(database, count, words)
                read_by_model(database)
                database.close()
                print(
                    f"{side}: {count:,} entries stored with their vectors in {perf_counter() - began:.0f} s", flush=True
                )
                again = [sys.executable, __file__, "--measure", urls[side], "--entries", str(count)]
                well &= subprocess.run(again, check=False).returncode == 0
        if server is not None:
            server.stop()
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
