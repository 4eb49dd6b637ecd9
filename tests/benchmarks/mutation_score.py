"""How many small faults, put into the containment engine and the severity rules, the rule tests notice.

    python tests/benchmarks/mutation_score.py [--sample N] [--seed N] [--module PART] [--again FILE] [--out FILE]

A mutant is the source with one operator, number or branch changed, as cosmic-ray changes it; a sample is drawn from all of
them, except those inside type annotations, which do not load or can't be told from the original. Every mutant gets the tests
of `tests/rules` that name its module, then those of whole decisions, until one fails. A mutant that runs for much longer than
the original counts as killed, as it does for cosmic-ray; one that means the same as the original counts as a survivor. All of
it happens in a copy of the sources, and the mutant itself exists only in the memory of the process under test.

FILE gets one JSON line for each mutant; `--again` runs those mutants anew that survived in such a file. cosmic-ray has to be
installed (`make mutation` does that). Ends with 1 where the score is under 85 %.
"""

import argparse
import ast
import difflib
import json
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from math import sqrt
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
UNDER_TEST = ("server/conflicts/containment/**/*.py", "server/conflicts/severity*.py")
TESTS = ("containment/test_*.py", "conflicts/test_severity*.py", "conflicts/test_modes*.py")
WHOLE = tuple(f"test_{name}.py" for name in "keywords references unevaluated witnesses searches random_pairs".split())
"""Tests of whole decisions: every mutant gets them, after those that speak of its module."""
LEFT_OUT = (
    "test_all_of_narrows_and_any_of_widens",
    "test_con_10_a_hostile_pair_is_answered_within_the_budget",
    "test_con_12_what_is_seen_to_be_safe_is_proved_by_the_search",
    "test_renaming_definitions_changes_nothing",
    "test_the_same_question_gets_the_same_answer",
    "test_what_is_proved_is_transitive",
)
"""They take long, and are hardly ever the first to notice."""
PAIRS = "300"
"""Random pairs of schemas; a quarter of what the test suite takes."""
WANTED = 0.85
LEAST_CPU = 10
"""Seconds; with twice the processor time that all the tests take, a mutant has run long enough."""
MEMORY = 4 << 30


@dataclass(frozen=True)
class Mutant:
    """One change at one place."""

    module: str
    operator: str
    occurrence: int
    line: int


def sources(root: Path) -> list[Path]:
    """The files that are changed, in a fixed order."""
    return [path for pattern in UNDER_TEST for path in sorted(root.glob(pattern))]


def every_mutant(root: Path) -> Iterator[Mutant]:
    """All that cosmic-ray's operators make of the sources, in a fixed order, without those in annotations."""
    plugins, trees = import_module("cosmic_ray.plugins"), import_module("cosmic_ray.ast")
    operators = [(name, plugins.get_operator(name)) for name in sorted(plugins.operator_names())]
    made = [(name, operator()) for name, operator in operators if not operator.arguments()]
    for path in sources(root):
        text = path.read_text(encoding="utf-8")
        ignored = _annotations(text)
        nodes = list(trees.ast_nodes(trees.get_ast(text)))
        for name, operator in made:
            places = (place for node in nodes for place in operator.mutation_positions(node))
            for occurrence, (start, _) in enumerate(places):
                if not any(first <= start < last for first, last in ignored):
                    yield Mutant(path.relative_to(root).as_posix(), name, occurrence, start[0])


def _annotations(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where annotations go: line and column, as cosmic-ray counts them."""
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            found.append(node.returns)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            found.append(node.annotation)
    return [
        ((one.lineno, one.col_offset), (one.end_lineno or 0, one.end_col_offset or 0))
        for one in found
        if one is not None
    ]


def mutated(root: Path, mutant: Mutant) -> str:
    """The source of the mutant's module with the change in it."""
    plugins, mutating = import_module("cosmic_ray.plugins"), import_module("cosmic_ray.mutating")
    text = (root / mutant.module).read_text(encoding="utf-8")
    changed = mutating.mutate_code(text, plugins.get_operator(mutant.operator)(), mutant.occurrence)
    assert isinstance(changed, str)
    return changed


def is_python(text: str) -> bool:
    """Whether it compiles: cosmic-ray takes the `**` of a dictionary and the `|` of a pattern for operators, too."""
    try:
        compile(text, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def difference(root: Path, mutant: Mutant, text: str) -> str:
    """The changed lines, before and after."""
    before = (root / mutant.module).read_text(encoding="utf-8").splitlines()
    lines = difflib.unified_diff(before, text.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


class Swapped(MetaPathFinder):
    """Loads one module from a text instead of from its file."""

    def __init__(self, path: Path, name: str, text: str) -> None:
        self.path, self.name, self.text = path, name, text

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Ours for the one module, nothing for all others."""
        if fullname != self.name:
            return None
        text = self.text

        class Loader(SourceFileLoader):
            def get_code(self, fullname: str) -> Any:
                return compile(text, self.path, "exec", dont_inherit=True)

        inside = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        loader = Loader(fullname, str(self.path))
        return spec_from_file_location(fullname, self.path, loader=loader, submodule_search_locations=inside)


class FirstFailure:
    """Remembers which test failed first."""

    name = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest for every phase of every test."""
        if report.failed and not self.name:
            self.name = str(report.nodeid)


def copied() -> Path:
    """A copy of what the tests need."""
    root = Path(tempfile.mkdtemp(prefix="mutation-"))
    for name in ("server", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_files(root: Path, mutant: Mutant | None) -> list[list[str]]:
    """The tests in two groups: those whose name or imports name the mutant's module, and those of whole decisions."""
    rules = root / "tests" / "rules"
    paths = sorted(path for pattern in TESTS for path in rules.glob(pattern))
    whole = [path for name in WHOLE for path in paths if path.name == name]
    near: list[Path] = []
    if mutant is not None:
        stem = Path(mutant.module).stem
        named = re.compile(rf"^(from|import) .*\b{stem}\b", re.MULTILINE)
        near = [path for path in paths if stem in path.name or named.search(path.read_text(encoding="utf-8"))]
    groups = (near, [path for path in whole if path not in near]) if mutant is not None else (paths, [])
    return [[path.relative_to(root).as_posix() for path in group] for group in groups if group]


@dataclass(frozen=True)
class Run:
    """How one run of the tests ended: `outcome`, the first test that failed, and seconds of processor time."""

    outcome: str
    test: str
    seconds: float


def run(root: Path, mutant: Mutant | None, text: str, most_cpu: int) -> Run:
    """The tests against one mutant of this text (or the original), in a process of its own that dies with what it did."""
    readable, writable = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(readable)
        os.setpgid(0, 0)
        _in_child(root, mutant, text, most_cpu, writable)
    os.close(writable)
    _, status, used = os.wait4(process, 0)
    with os.fdopen(readable, encoding="utf-8") as pipe:
        test = pipe.read()
    seconds = used.ru_utime + used.ru_stime
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return Run("survived", "", seconds)
    if code in (-signal.SIGXCPU, -signal.SIGALRM):
        return Run("timed out", test, seconds)
    return Run("killed" if test or code < 0 else "loads not", test, seconds)


def _in_child(root: Path, mutant: Mutant | None, text: str, most_cpu: int, pipe: int) -> None:
    """Runs the tests and ends the process; never returns."""
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (most_cpu, most_cpu + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.alarm(20 * most_cpu)
        if mutant is not None:
            module = mutant.module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            sys.meta_path.insert(0, Swapped(root / mutant.module, module, text))
        code, test = _tested(test_files(root, mutant))
        os.write(pipe, test.encode())
    finally:
        os._exit(code)


def _tested(groups: list[list[str]]) -> tuple[int, str]:
    import pytest

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    first = FirstFailure()
    options = ["-x", "-q", "--noconftest", "--tb=no", "--assert=plain", "--hypothesis-profile=ci"]
    options += [f"-pno:{name}" for name in ("cacheprovider", "xdist", "anyio", "pytest_anyio", "faulthandler")]
    options += ["-k", " and ".join(f"not {name}" for name in LEFT_OUT)]
    code = 0
    for files in groups:
        code = code or int(pytest.main([*options, *files], plugins=[first])) % pytest.ExitCode.NO_TESTS_COLLECTED
    return code, first.name


def said(killed: int, of: int) -> str:
    """The score with its interval."""
    low, high = wilson(killed, of)
    return f"{killed} of {of} killed = {killed / of:.1%} (95 % interval {low:.1%} to {high:.1%})"


def wilson(killed: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z = 1.959964
    share, spread = killed / of, z * z / of
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of))
    return (share + spread / 2 - half) / (1 + spread), (share + spread / 2 + half) / (1 + spread)


def prepared() -> Path:
    """A copy of the sources, in which this process stands, with everything loaded that no mutant changes."""
    os.nice(10)
    root = copied()
    os.chdir(root)
    for name in [name for name in os.environ if name.startswith("CONCORD_")]:
        del os.environ[name]
    os.environ["CONCORD_TEST_PAIRS"] = PAIRS
    sys.path[:] = [
        str(root),
        *(one for one in sys.path if Path(one or ".").resolve() not in (ROOT, Path(__file__).parent)),
    ]
    for name in "hypothesis.strategies jsonschema.validators pytest referencing.jsonschema server.model.check".split():
        import_module(name)
    return root


def wanted_mutants(root: Path, arguments: argparse.Namespace) -> list[Mutant]:
    """The mutants that were asked for."""
    if arguments.again:
        lines = [json.loads(line) for line in arguments.again.read_text(encoding="utf-8").splitlines()]
        return [Mutant(**one["mutant"]) for one in lines if one["outcome"] == "survived"]
    population = [one for one in every_mutant(root) if arguments.module in one.module]
    print(f"{len(population):,} mutants in all; seed {arguments.seed}", flush=True)
    return Random(arguments.seed).sample(population, min(arguments.sample, len(population)))


def main() -> int:
    """Prints the score; 1 where it is under the one that is wanted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--module", default="", help="only files with this in their path")
    parser.add_argument("--again", type=Path, help="the survivors in this file, instead of a sample")
    parser.add_argument("--out", type=Path, help="gets a JSON line for each mutant")
    arguments = parser.parse_args()
    out = arguments.out.open("w", encoding="utf-8") if arguments.out else None
    root = prepared()
    try:
        return measured(root, arguments, out)
    finally:
        os.chdir(ROOT)
        shutil.rmtree(root)


def measured(root: Path, arguments: argparse.Namespace, out: Any) -> int:
    """Runs the mutants one after the other and says how many were noticed."""
    original = run(root, None, "", 600)
    if original.outcome != "survived":
        print(f"the tests fail without any mutation: {original.test}")
        return 1
    most_cpu = max(LEAST_CPU, round(2 * original.seconds))
    mutants = wanted_mutants(root, arguments)
    print(f"the original takes {original.seconds:.1f} s; {len(mutants)} mutants, each at most {most_cpu} s", flush=True)
    outcomes: Counter[str] = Counter()
    began = time.monotonic()
    for number, mutant in enumerate(mutants, 1):
        text = mutated(root, mutant)
        ended = run(root, mutant, text, most_cpu) if is_python(text) else Run("no Python", "", 0)
        outcomes[ended.outcome] += 1
        if out is not None:
            line = {"mutant": asdict(mutant), **asdict(ended), "change": difference(root, mutant, text)}
            out.write(json.dumps(line) + "\n")
            out.flush()
        if ended.outcome == "survived":
            print(
                f"survived {mutant.module}:{mutant.line} {mutant.operator}\n{difference(root, mutant, text)}",
                flush=True,
            )
        if number % 50 == 0:
            print(f"{number} done after {time.monotonic() - began:.0f} s: {dict(outcomes)}", flush=True)
    survived, of = outcomes["survived"], len(mutants)
    print(f"{said(of - survived, of)}; {dict(outcomes)}")
    print(f"{said(of - survived - outcomes['no Python'], of - outcomes['no Python'])} of those that are Python")
    return int(survived / of > 1 - WANTED)


if __name__ == "__main__":
    sys.exit(main())
