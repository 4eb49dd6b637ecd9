"""How long a scan of 20,000 files takes, how much of what is planted in them it finds, and whether it shows a secret.

    python tests/benchmarks/bench_discovery.py [--files 20000] [--beside PROGRAM]

The tree is made anew: a hundred projects of sources, configuration and documents, in which every kind of marker is planted
once with its schedule and accesses, and two dozen kinds of secrets. Beside the scan stands what merely reading the same files
takes. PROGRAM is another scanner, agentmesh-discovery's `agent-discovery`: how many of the planted files it names is counted.
Wanted: under 20 seconds, recall of .9 and more, no secret.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.planted_programs import Planted  # noqa: E402 -- found through the line above
from tests.planted_secrets import SECRETS  # noqa: E402 -- as above
from tests.planted_tree import plant  # noqa: E402 -- as above
from tests.planted_tree import resource as planted_resource  # noqa: E402 -- as above

PER_PROJECT = 200
WORDS = "order total report signal client price stock member invoice route event store batch model token cache".split()


def make_projects(root: Path, files: int) -> None:
    """Projects of sources, configuration and documents; the same with every call."""
    chance = random.Random(20_260_405)
    for number in range(files):
        folder = root / f"work/project{number // PER_PROJECT:03d}" / f"part{number % 7}"
        folder.mkdir(parents=True, exist_ok=True)
        ending = chance.choices(("py", "sh", "yaml", "json", "md", "ts", "txt"), (45, 5, 10, 10, 12, 12, 6))[0]
        (folder / f"{chance.choice(WORDS)}_{number}.{ending}").write_text(
            _content(ending, number, chance), encoding="utf-8"
        )


def _content(ending: str, number: int, chance: random.Random) -> str:
    name = chance.choice(WORDS)
    if ending == "py":
        functions = "\n\n".join(
            f"def {chance.choice(WORDS)}_{place}(rows, limit={place}):\n"
            f'    """Counts what is in the {name}s."""\n'
            f"    found = [row for row in rows if row['{name}'] > limit]\n"
            f"    return {{'{name}': len(found), 'rest': len(rows) - len(found)}}"
            for place in range(chance.randint(5, 40))
        )
        opened = (
            f'\n\nwith open("data/{name}_{number}.json") as source:\n    text = source.read()\n'
            if number % 5 == 0
            else ""
        )
        return f"import json\nimport os\n\n{functions}\n{opened}"
    if ending == "sh":
        return f"#!/bin/sh\nset -e\ncat data/{name}.csv | sort > out/{name}_{number}.csv\necho done\n"
    if ending == "yaml":
        return "".join(f"{word}:\n  size: {chance.randint(1, 99)}\n  names: [a, b]\n" for word in WORDS)
    if ending == "json":
        return json.dumps([{word: chance.random() for word in WORDS} for _ in range(20)])
    return "\n".join(" ".join(chance.choices(WORDS, k=12)) for _ in range(60))


def missing(planted: list[Planted], tree: Path, found: list[dict[str, Any]]) -> list[Planted]:
    """What was planted and is not found with its place, schedule, reads and writes."""
    left = []
    for one in planted:
        reads = {planted_resource(tree, name) for name in one.reads}
        writes = {planted_resource(tree, name) for name in one.writes}
        fitting = (
            entry["name"] == one.name
            and any(evidence["file"] == f"{tree}/{one.place}" for evidence in entry["evidence"])
            and (not one.schedule or entry["schedule"] == one.schedule)
            and reads <= set(entry["reads"])
            and writes <= set(entry["writes"])
            for entry in found
        )
        if not any(fitting):
            left.append(one)
    return left


def measured(command: list[str], environment: dict[str, str]) -> tuple[str, float, float]:
    """What the command prints, the seconds it takes, and its processor time."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    took = perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout + done.stderr, took, spent


def reading_alone(tree: Path) -> float:
    """Seconds that it takes to read every file."""
    started = perf_counter()
    for folder, _, names in os.walk(tree):
        for name in names:
            with open(os.path.join(folder, name), "rb") as content:
                content.read()
    return perf_counter() - started


def command_beside(program: str, tree: Path) -> list[str]:
    """How the other scanner is called; the place of its inventory follows."""
    return [program, "scan", "--scanner", "config", "--paths", str(tree), "--output", "json", "--storage"]


def main() -> int:
    """Make the tree, scan it, and say what came out; exit code 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--beside", metavar="PROGRAM", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tree = (Path(folder) / "tree").resolve()
        planted = plant(tree)
        make_projects(tree, asked.files)
        alone = reading_alone(tree)
        environment = {**os.environ, "CONCORD_HOME": f"{folder}/home"}
        command = [sys.executable, "-m", "concord_mcp", "scan", str(tree), "--json"]
        said, took, spent = measured(command, environment)
        (line,) = [one for one in said.splitlines() if one.startswith("{")]
        document = json.loads(line)
        left = missing(planted, tree, document["unregistered"])
        leaked = [kind for kind, secret in SECRETS.items() if secret in said]
        recall = 1 - len(left) / len(planted)
        print(
            f"{asked.files:,} files and {len(planted)} planted markers: {took:.1f} s ({spent:.1f} s of processor time)"
        )
        print(f"reading every file alone: {alone:.1f} s")
        print(
            f"recall {recall:.2f}; candidates {len(document['unregistered'])}; secrets shown {len(leaked)} of {len(SECRETS)}"
        )
        for one in left:
            print(f"  missed: {one.marker} {one.place} {one.name}")
        if asked.beside:
            other, took, spent = measured([*command_beside(asked.beside, tree), f"{folder}/inventory"], environment)
            places = {one.place for one in planted}
            named = [place for place in sorted(places) if place in other]
            print(f"{asked.beside}: {took:.1f} s ({spent:.1f} s), names {len(named)} of {len(places)} planted files")
        return 0 if took < 20 and recall >= 0.9 and not leaked else 1


if __name__ == "__main__":
    raise SystemExit(main())
